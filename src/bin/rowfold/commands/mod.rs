//! The commands, one a file.

mod answer;
mod ask;
mod completions;
mod convert;
mod explain;
mod flatten;
mod floor;
mod functions;
mod history;
mod latest;
mod load;
mod man;
mod questions;
mod sql;

use std::process::ExitCode;

use crate::flags::{Command, Typed};
use crate::meaning::{Meant, Report};
use crate::shared::Shared;
use crate::{report, watch};

/// Does what was typed and tells how it ended.
pub(crate) fn run(typed: Typed) -> ExitCode {
    let Typed { mut common, mut command } = typed;
    let shared = Shared::new();
    let early = Report::before_meant(&common);
    let named = match &mut command {
        Command::Convert { target, convert, .. } => convert::name_output(target.take(), convert, &mut common),
        _ => Ok(()),
    };
    let meant = match named.and_then(|()| Meant::of(common)) {
        Ok(meant) => meant,
        Err(error) => return ExitCode::from(report::end(shared, &Err(error), early) as u8),
    };
    let settings = meant.report;
    let outcome = watch::run(shared, settings.progress, move || match command {
        Command::Ask { question, inputs, explain } => ask::run(&question, &inputs, explain, meant, shared),
        Command::Sql { text, inputs, explain } => sql::run(&text, &inputs, explain, meant, shared),
        Command::Explain { text, inputs } => explain::run(&text, &inputs, meant, shared),
        Command::Questions { name } => questions::run(name.as_deref(), meant, shared),
        Command::Flatten { inputs, flatten } => flatten::run(&inputs, &flatten, meant, shared),
        Command::Convert { input, convert, .. } => convert::run(&input, convert, meant, shared),
        Command::Latest { inputs, latest } => latest::run(&inputs, &latest, meant, shared),
        Command::History { inputs, history } => history::run(&inputs, &history, meant, shared),
        Command::Functions { name } => functions::run(name.as_deref(), meant, shared),
        Command::Completions { shell } => completions::run(shell, meant, shared),
        Command::Man { directory } => man::run(&directory),
        Command::Floor { inputs } => floor::run(&inputs, meant, shared),
    });
    ExitCode::from(report::end(shared, &outcome, settings) as u8)
}
