//! `rowfold completions SHELL`: what tells a shell to ask the tool for the words that may come next.

use clap_complete::env::Shells;
use rowfold::error::{Error, Result};

use crate::flags::ShellTyped;
use crate::meaning::Meant;
use crate::shared::Shared;
use crate::{completion, sink};

pub(super) fn run(shell: ShellTyped, meant: Meant, shared: &'static Shared) -> Result<()> {
    let name = match shell {
        ShellTyped::Bash => "bash",
        ShellTyped::Zsh => "zsh",
        ShellTyped::Fish => "fish",
    };
    let shells = Shells::builtins();
    let known = shells.completer(name).ok_or_else(|| Error::Usage(format!("{name}: is no shell that is known")))?;
    let mut script = Vec::new();
    let written = known.write_registration(completion::VARIABLE, "rowfold", "rowfold", "rowfold", &mut script);
    written.map_err(|source| Error::Io { path: "the script".to_owned(), verb: "write", source })?;
    let mut destination = sink::destination(&meant.answer, shared)?;
    destination.write(script.trim_ascii())?;
    destination.write(b"\n")?;
    destination.finish()
}
