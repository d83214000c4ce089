//! `rowfold flatten [INPUT…]`: nested JSON in, a table out.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use rowfold::error::{Error, Result};
use rowfold::flatten::{self, Columns, OnBad};
use rowfold::output::Csv;
use rowfold::readers::{Input, Records, Settings};

use crate::flags::{Flatten, OnBadTyped};
use crate::meaning::Meant;
use crate::shared::{Opened, Shared};
use crate::{inputs, sink};

pub(super) fn run(words: &[OsString], typed: &Flatten, meant: Meant, shared: &'static Shared) -> Result<()> {
    let mut files = Vec::new();
    words.iter().try_for_each(|word| inputs::expand(word, &mut files))?;
    if files.is_empty() && !io::stdin().is_terminal() {
        files.push(PathBuf::from("-"));
    }
    if files.is_empty() {
        return Err(Error::Usage("no input: name a file, or pipe one in".to_owned()));
    }
    shared.question.get_or_init(|| "flatten".to_owned());
    let on_bad = match typed.on_bad {
        OnBadTyped::Error => OnBad::Error,
        OnBadTyped::Skip => OnBad::Skip,
    };
    // The delimiter is that of the table which is written.
    let reading = meant.reading.of_any()?;
    let delimiter = reading.delimiter;
    let reading = Settings { records: Records::Json, delimiter: None, ..reading };
    let explode = typed.explode.as_deref();
    let columns = match &typed.columns {
        Some(text) => Columns::parse(text, explode, &typed.date_only)?,
        None => {
            let input = Input::open(&files, &reading)?;
            if input.size_bytes().is_none() {
                return Err(Error::Usage(format!(
                    "{}: is no regular file, whose columns could be found before it is read; name them: --columns id,user.name",
                    input.path()
                )));
            }
            flatten::find(&input, explode, &typed.date_only, &meant.pass, on_bad, &shared.look_ahead())?
        }
    };
    let inputs = vec![Input::open(&files, &reading)?];
    let opened = shared.opened.get_or_init(|| Opened { tables: vec![("json".to_owned(), files)], inputs });
    let mut sink = sink::table(&meant.answer, delimiter.map(Csv::with), &opened.inputs, shared)?;
    flatten::run(&columns, &opened.inputs[0], &meant.pass, on_bad, &mut *sink, &shared.progress)
}
