//! What a run came to in, sentences on stderr and an exit code out. The one place that prints errors.

use std::error::Error as _;
use std::io::Write;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

use anstream::AutoStream;
use rowfold::error::{Error, Exit, Result, quoted};

use crate::flags::StatsTyped;
use crate::meaning::Report;
use crate::shared::Shared;
use crate::stats::Stats;

/// Says how the run ended: warnings, what was counted, the error, and last the statistics.
pub(crate) fn end(shared: &Shared, outcome: &Result<()>, report: Report) -> Exit {
    let mut stderr = AutoStream::new(std::io::stderr().lock(), report.color);
    // A stderr that takes nothing more leaves the exit code to tell.
    let _ = say(&mut stderr, shared, outcome, report.stats);
    outcome.as_ref().map_or_else(Error::exit, |()| Exit::Answered)
}

fn say(
    stderr: &mut impl Write,
    shared: &Shared,
    outcome: &Result<()>,
    stats: Option<StatsTyped>,
) -> std::io::Result<()> {
    match outcome {
        Ok(()) => write_counted(stderr, shared)?,
        Err(Error::ClosedPipe) => {} // nobody is there to be told
        Err(error) => {
            write_counted(stderr, shared)?;
            write_error(stderr, error)?;
        }
    }
    match stats {
        Some(StatsTyped::Json) => {
            writeln!(stderr, "{}", serde_json::to_string(&Stats::of(shared)).map_err(std::io::Error::from)?)
        }
        Some(StatsTyped::Text) => writeln!(stderr, "{}", Stats::of(shared)),
        None => Ok(()),
    }
}

/// What went on although it was not as it should be: nothing is passed over in silence.
fn write_counted(stderr: &mut impl Write, shared: &Shared) -> std::io::Result<()> {
    let progress = &shared.progress;
    for warning in progress.warnings.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        writeln!(stderr, "rowfold: warning: {warning}")?;
    }
    let bad_values = progress.bad_values.lock().unwrap_or_else(PoisonError::into_inner);
    if !bad_values.is_empty() {
        let columns: Vec<_> =
            bad_values.iter().map(|(name, n)| format!("{n} in {}", quoted(name.as_bytes()))).collect();
        writeln!(stderr, "rowfold: bad values taken as NULL: {}", columns.join(", "))?;
    }
    for (n, what) in [
        (&progress.padded_rows, "ragged records filled up"),
        (&progress.skipped_rows, "ragged records left out"),
        (&progress.bad_records, "records left out that are not right"),
        (&progress.duplicate_keys, "keys twice in their object, of which the last counts"),
    ] {
        match n.load(Relaxed) {
            0 => {}
            n => writeln!(stderr, "rowfold: {what}: {n}")?,
        }
    }
    Ok(())
}

/// The error and what it came from, on one line.
fn write_error(stderr: &mut impl Write, error: &Error) -> std::io::Result<()> {
    let (on, off) = ("\u{1b}[1;31m", "\u{1b}[0m"); // dropped by the stream where there is no colour
    write!(stderr, "{on}rowfold:{off} {error}")?;
    let mut source = error.source();
    while let Some(error) = source {
        write!(stderr, ": {}", lower(&error.to_string()))?;
        source = error.source();
    }
    writeln!(stderr)
}

/// The system's words in our manner: `No space left on device (os error 28)` is `no space left on device`.
fn lower(text: &str) -> String {
    let text = text.split(" (os error ").next().unwrap_or(text);
    let mut letters = text.chars();
    match letters.next() {
        // An abbreviation keeps its capitals.
        Some(first) if !letters.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_with_its_cause() {
        for (number, expected) in
            [(2, "no such file or directory"), (28, "no space left on device"), (5, "input/output error")]
        {
            let source = std::io::Error::from_raw_os_error(number);
            let error = Error::Io { path: "a.csv".to_owned(), verb: "open", source };
            let mut line = Vec::new();
            write_error(&mut anstream::StripStream::new(&mut line), &error).expect("memory takes every byte");
            let line = String::from_utf8(line).expect("UTF-8");
            assert!(line.starts_with("rowfold: a.csv: cannot open: ") && line.ends_with('\n'), "{line:?}");
            assert!(line.to_lowercase().contains(&expected.to_lowercase()) && !line.contains("os error"), "{line:?}");
        }
    }
}
