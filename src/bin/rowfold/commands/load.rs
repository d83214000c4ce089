//! A load, a table that is kept and what was typed about both in; the library's load, its sinks opened, out: `latest`, `history`.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use rowfold::error::{Error, Result};
use rowfold::loads::{Load, Open};
use rowfold::output::{Csv, Destination, Sink, Streamed};
use rowfold::readers::{Input, Settings};

use crate::flags::{FormatTyped, Loading};
use crate::meaning::{Answer, Meant};
use crate::shared::{Opened, Shared};
use crate::{inputs, sink};

/// What a command does with its load: how its result is opened, and where what is refused goes.
type Do<'d> = dyn Fn(&Load<'_>, &mut Open<'_>, Option<&mut dyn Sink>) -> Result<()> + 'd;

/// Opens what `words` and `typed` name, and has `load` do the rest.
pub(super) fn run(
    command: &'static str,
    words: &[OsString],
    typed: &Loading,
    meant: Meant,
    shared: &'static Shared,
    load: &Do<'_>,
) -> Result<()> {
    let mut files = Vec::new();
    words.iter().try_for_each(|word| inputs::expand(word, &mut files))?;
    if files.is_empty() && !io::stdin().is_terminal() {
        files.push(PathBuf::from("-"));
    }
    if files.is_empty() {
        return Err(Error::Usage("no input: name a file, or pipe one in".to_owned()));
    }
    shared.question.get_or_init(|| command.to_owned());
    let answer = answer(typed, &meant.answer)?;
    let input = Input::open(&files, &meant.reading.of_any()?)?;
    let mut opened = Opened { tables: vec![("load".to_owned(), files)], inputs: vec![input] };
    // It is read as it was written, whatever is said of the load.
    if let Some(path) = typed.into.as_ref().filter(|path| path.exists()) {
        let all = &meant.reading.all;
        let settings =
            Settings { max_record_bytes: all.max_record_bytes, io: all.io, simd: all.simd, ..Settings::default() };
        opened.inputs.push(Input::open(&[path], &settings)?);
        opened.tables.push(("into".to_owned(), vec![path.clone()]));
    }
    let opened = shared.opened.get_or_init(|| opened);
    let input = &opened.inputs[0];
    sink::refuse_input(&answer, std::slice::from_ref(input))?;
    let mut rejects = typed.rejects.as_deref().map(|path| rejects(path, &answer, opened, shared)).transpose()?;
    let delimiter = if answer.format == FormatTyped::Tsv { b'\t' } else { b',' };
    let kept = opened.inputs.get(1);
    let task = Load { input, kept, delimiter, settings: &meant.pass, progress: &shared.progress };
    let csv = Csv::with(kept.map_or(delimiter, Input::delimiter));
    let mut open = || -> Result<Box<dyn Sink>> {
        let destination = sink::destination(&answer, shared)?;
        Ok(Box::new(Streamed::new(std::sync::Arc::new(csv), destination, answer.to_terminal)))
    };
    load(&task, &mut open, rejects.as_mut().map(|sink| &mut **sink as &mut dyn Sink))
}

/// Where the result goes: into what is kept, or where an answer would.
fn answer(typed: &Loading, meant: &Answer) -> Result<Answer> {
    let usage = |what: &str| Err(Error::Usage(what.to_owned()));
    // On a terminal nobody may have said anything.
    let is_default = meant.to_terminal && meant.format == FormatTyped::Table;
    if !is_default && !matches!(meant.format, FormatTyped::Csv | FormatTyped::Tsv) {
        return usage("--format: a table that is kept is csv or tsv");
    }
    let Some(into) = &typed.into else { return Ok(meant.clone()) };
    if meant.output.is_some() {
        return usage("--output: the result goes to the file of --into; copy that before, to keep it");
    }
    if into.exists() && !into.is_file() {
        return Err(Error::Usage(format!("{}: --into names a file, which is written anew", into.display())));
    }
    Ok(Answer { output: Some(into.clone()), to_terminal: false, ..meant.clone() })
}

/// The file of what is refused; it appears as a whole, whether anything is or not.
fn rejects(path: &Path, answer: &Answer, opened: &Opened, shared: &'static Shared) -> Result<Box<dyn Sink>> {
    let is_target = answer.output.as_deref() == Some(path);
    if is_target || (path.is_file() && opened.inputs.iter().any(|input| input.is_file(path))) {
        return Err(Error::Usage(format!("{}: --rejects names a file of its own", path.display())));
    }
    let destination = Destination::file(path)?;
    if let Some(aside) = destination.aside() {
        shared.keep_aside(aside);
    }
    Ok(Box::new(Streamed::new(std::sync::Arc::new(Csv::COMMAS), destination, false)))
}
