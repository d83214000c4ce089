//! Where an answer is meant to go in, the library's sink out.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;

use rowfold::encoding::Encoding;
use rowfold::error::{Error, Result};
use rowfold::output::{Csv, Destination, Format, Json, JsonLines, Look, Markdown, Sink, Streamed, Table};
use rowfold::readers::Input;

use crate::flags::FormatTyped;
use crate::meaning::Answer;
use crate::shared::Shared;

/// The sink that `answer` means; refused when it would write over one of `inputs`.
pub(crate) fn open(answer: &Answer, inputs: &[Input], shared: &'static Shared) -> Result<Box<dyn Sink>> {
    table(answer, None, inputs, shared)
}

/// The same; CSV is spelt as `csv` says, if that is told.
pub(crate) fn table(
    answer: &Answer,
    csv: Option<Csv>,
    inputs: &[Input],
    shared: &'static Shared,
) -> Result<Box<dyn Sink>> {
    refuse_input(answer, inputs)?;
    of(answer, csv, destination(answer, shared)?)
}

/// Refuses a target that is one of `inputs`.
pub(crate) fn refuse_input(answer: &Answer, inputs: &[Input]) -> Result<()> {
    let target = answer.output.as_deref().unwrap_or(Path::new("/dev/stdout"));
    let is_regular = target.metadata().is_ok_and(|target| target.is_file());
    if is_regular && inputs.iter().any(|input| input.is_file(target)) {
        let name = answer.output.as_deref().map_or("stdout".into(), Path::to_string_lossy);
        return Err(Error::Usage(format!("{name}: is the input; write to another file")));
    }
    Ok(())
}

/// The sink into `destination`, in the format of `answer`; CSV is spelt as `csv` says, if that is told.
pub(crate) fn of(answer: &Answer, csv: Option<Csv>, destination: Destination) -> Result<Box<dyn Sink>> {
    let format: Arc<dyn Format> = match answer.format {
        FormatTyped::Csv => Arc::new(csv.unwrap_or(Csv::COMMAS)),
        FormatTyped::Tsv => Arc::new(csv.unwrap_or(Csv::TABS)),
        FormatTyped::Json => Arc::new(Json),
        FormatTyped::Jsonl => Arc::new(JsonLines),
        FormatTyped::Markdown => Arc::new(Markdown),
        FormatTyped::Parquet => return parquet(answer, destination),
        FormatTyped::Table => {
            let width = answer.to_terminal.then(terminal_size::terminal_size).flatten().map(|(width, _)| width.0);
            return Ok(Box::new(Table::new(destination, Look { width, color: answer.color })));
        }
    };
    Ok(Box::new(Streamed::new(format, destination, answer.to_terminal)))
}

#[cfg(feature = "parquet")]
fn parquet(answer: &Answer, destination: Destination) -> Result<Box<dyn Sink>> {
    if answer.to_terminal {
        return Err(Error::Usage(
            "--format parquet is for no terminal; name a file: --output answer.parquet".to_owned(),
        ));
    }
    Ok(Box::new(rowfold::output::Parquet::new(destination)))
}

#[cfg(not(feature = "parquet"))]
fn parquet(_answer: &Answer, _destination: Destination) -> Result<Box<dyn Sink>> {
    let way_out = "cargo install --path . --features parquet";
    Err(Error::Usage(format!("--format parquet: this rowfold was built without it; {way_out}")))
}

/// The bytes of `answer`: a file that appears whole, or stdout.
pub(crate) fn destination(answer: &Answer, shared: &'static Shared) -> Result<Destination> {
    let destination = match &answer.output {
        None => stdout(answer.to_terminal.then_some(shared))?,
        Some(path) => Destination::file(path)?,
    };
    if let Some(aside) = destination.aside() {
        shared.keep_aside(aside);
    }
    let destination = match answer.encoding {
        // Not even escaped: bytes of one encoding are control sequences in another.
        encoding if encoding != Encoding::Utf8 && answer.to_terminal => {
            return Err(Error::Usage(format!("--output-encoding {encoding} is for no terminal; name a file")));
        }
        encoding => destination.encoded(encoding),
    };
    match answer.compression {
        None => Ok(destination),
        Some(_) if answer.to_terminal => {
            Err(Error::Usage("what is compressed is for no terminal; name a file, or --compress none".to_owned()))
        }
        Some(compression) => destination.compressed(compression),
    }
}

/// Stdout without the line buffer that `std::io::stdout` puts before it.
///
/// A stdout that was closed (`>&-`) is not told, and its answer goes nowhere: before `main`, Rust's runtime opens `/dev/null`
/// to read and write in its place, and that is also what callers who want no answer hand over (Python's `DEVNULL`); the
/// two are the same in every word of `/proc` (2026-11-21: `cat /proc/PID/fdinfo/1`).
fn stdout(bar_on_terminal: Option<&'static Shared>) -> Result<Destination> {
    let stream = io::stdout().as_fd().try_clone_to_owned();
    let stream = stream.map_err(|source| Error::Io { path: "stdout".to_owned(), verb: "open", source })?;
    let stream = File::from(stream);
    Ok(match bar_on_terminal {
        Some(shared) => Destination::stream("stdout", UnderBar { stream, shared }),
        None => Destination::stream("stdout", stream),
    })
}

/// A terminal on which a progress bar may stand; it goes before the first byte of the answer.
struct UnderBar {
    stream: File,
    shared: &'static Shared,
}

impl Write for UnderBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shared.clear_bar();
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
