//! What a run took: the line of `--stats`, as JSON for programs, as text for people.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use indicatif::HumanCount;
use rowfold::error::size;
use rowfold::pass::Changes;
use serde::Serialize;

use crate::process;
use crate::shared::{Opened, Shared};

/// The contract's line; the order of the fields is the order in which they are written.
#[derive(Debug, Serialize)]
pub(crate) struct Stats {
    question: Option<String>,
    inputs: Vec<InputStats>,
    rows: u64,
    bytes: u64,
    seconds: f64,
    cpu_seconds: Option<f64>,
    gb_per_s: f64,
    threads: u64,
    simd: Option<&'static str>,
    io: Option<&'static str>,
    groups: u64,
    spilled_bytes: u64,
    peak_rss_bytes: Option<u64>,
    memory_bytes: u64,
    bad_values: BTreeMap<String, u64>,
    padded_rows: u64,
    skipped_rows: u64,
    empty_lines: u64,
    #[serde(skip_serializing_if = "is_none")]
    bad_records: u64,
    #[serde(skip_serializing_if = "is_none")]
    duplicate_keys: u64,
    #[serde(flatten)]
    changes: Option<ChangesStats>,
    answer_rows: u64,
    exact: bool,
    version: &'static str,
}

/// What a load changed.
#[derive(Clone, Copy, Debug, Serialize)]
struct ChangesStats {
    inserted: u64,
    updated: u64,
    unchanged: u64,
    closed: u64,
    rejected: u64,
    #[serde(skip_serializing_if = "is_none")]
    left_out: u64,
}

impl ChangesStats {
    fn of(changes: Changes) -> ChangesStats {
        let Changes { inserted, updated, unchanged, closed, rejected, left_out } = changes;
        ChangesStats { inserted, updated, unchanged, closed, rejected, left_out }
    }
}

#[derive(Debug, Serialize)]
struct InputStats {
    table: String,
    path: String,
    bytes: u64,
    rows: u64,
    delimiter: char,
}

impl Stats {
    /// The figures of `shared` now.
    pub(crate) fn of(shared: &Shared) -> Stats {
        let progress = &shared.progress;
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        let seconds = shared.started.elapsed().as_secs_f64();
        let opened = shared.opened.get();
        let inputs: Vec<InputStats> = opened.map_or_else(Vec::new, |opened| {
            let tables = opened.tables.iter().zip(&opened.inputs);
            let stats = tables.flat_map(|((table, files), input)| {
                files.iter().zip(input.files()).map(|(path, file)| InputStats {
                    table: table.clone(),
                    path: path.display().to_string(),
                    bytes: file.bytes,
                    rows: file.rows,
                    delimiter: char::from(file.delimiter),
                })
            });
            stats.collect()
        });
        // A pass counts a header with the chunk after it, of which there may be none.
        let bytes = count(&progress.bytes).max(inputs.iter().map(|input| input.bytes).sum());
        Stats {
            question: shared.question.get().cloned(),
            inputs,
            rows: count(&progress.rows),
            bytes,
            seconds: rounded(seconds),
            cpu_seconds: process::cpu_seconds(),
            gb_per_s: rounded(bytes as f64 / 1e9 / seconds),
            threads: count(&progress.threads),
            simd: opened.and_then(|opened| opened.inputs.first()).map(|input| input.simd().name()),
            io: opened.and_then(Opened::io),
            groups: count(&progress.groups),
            spilled_bytes: count(&progress.spilled_bytes),
            peak_rss_bytes: process::peak_rss_bytes(),
            memory_bytes: count(&progress.memory_bytes),
            bad_values: progress.bad_values.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            padded_rows: count(&progress.padded_rows),
            skipped_rows: count(&progress.skipped_rows),
            empty_lines: count(&progress.empty_lines),
            bad_records: count(&progress.bad_records),
            duplicate_keys: count(&progress.duplicate_keys),
            changes: progress.changes.lock().unwrap_or_else(PoisonError::into_inner).map(ChangesStats::of),
            answer_rows: count(&progress.answer_rows),
            exact: !progress.approximate.load(Relaxed),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// What only JSON has is told where there was any.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_none(n: &u64) -> bool {
    *n == 0
}

/// Four digits after the point: a tenth of a millisecond.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        write!(f, "{} row{} · {}", HumanCount(self.rows), plural(self.rows), megabytes(self.bytes))?;
        write!(f, " · {:.2} s ({:.2} GB/s)", self.seconds, self.gb_per_s)?;
        if let (Some(seconds), 1..) = (self.cpu_seconds, self.threads) {
            write!(f, " · {seconds:.2} s of CPU on {} thread{}", self.threads, plural(self.threads))?;
        }
        if let Some(peak) = self.peak_rss_bytes {
            write!(f, " · peak {}", megabytes(peak))?;
            if self.memory_bytes > 0 {
                write!(f, " of {}", size(self.memory_bytes))?;
            }
        }
        if self.spilled_bytes > 0 {
            write!(f, " · spilled {}", megabytes(self.spilled_bytes))?;
        }
        if self.groups > 0 {
            write!(f, " · {} group{}", HumanCount(self.groups), plural(self.groups))?;
        }
        if let Some(changes) = self.changes {
            let ChangesStats { inserted, updated, unchanged, closed, rejected, left_out } = changes;
            let mut counts = vec![(inserted, "inserted"), (updated, "updated"), (unchanged, "unchanged")];
            counts.extend(
                [(closed, "closed"), (rejected, "rejected"), (left_out, "left out")].iter().filter(|(n, _)| *n > 0),
            );
            for (n, what) in counts {
                write!(f, " · {} {what}", HumanCount(n))?;
            }
        }
        write!(f, " · {} row{} of answer", HumanCount(self.answer_rows), plural(self.answer_rows))?;
        if self.empty_lines > 0 {
            write!(f, " · {} empty line{}", HumanCount(self.empty_lines), plural(self.empty_lines))?;
        }
        if let Some(input) = self.inputs.first().filter(|input| input.delimiter != '\0') {
            write!(f, " · delimiter {}", input.delimiter.escape_default())?;
        }
        match (self.simd, self.io) {
            (Some(simd), Some(io)) => write!(f, " · {simd}, {io}"),
            _ => Ok(()),
        }
    }
}

fn plural(n: u64) -> &'static str {
    if n == 1 { "" } else { "s" }
}
