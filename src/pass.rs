//! The only loop and the only threads that fold.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};

use crate::error::Result;
use crate::output::Sink;
use crate::questions::plan::Plan;

/// What a person sets about a pass.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--memory`; `None` is the smaller of 256 MB and 60 % of the cgroup's limit.
    pub memory_bytes: Option<u64>,
    /// `--threads`; `None` is what `available_parallelism` says, shrunk when the budget is too small for it.
    pub threads: Option<usize>,
    /// `--spill-dir`.
    pub spill_dir: Option<PathBuf>,
    /// `--spill-limit`.
    pub spill_limit_bytes: Option<u64>,
    /// `--bad-values null`: count bad values as NULL instead of ending at the first.
    pub bad_values_are_null: bool,
    /// `--null-value`: a field that says this is NULL, as an empty one is.
    pub null_value: Option<Box<[u8]>>,
    /// `--chunk`: bytes of input a ticket, for tests.
    pub chunk_bytes: Option<usize>,
}

/// How far a pass has come: written by the workers, read by a progress bar, and by `--stats` also after a failure.
#[derive(Debug, Default)]
pub struct Progress {
    /// Set from outside (a signal, a closed pipe) to end the pass soon with [`Error::Interrupted`](crate::error::Error::Interrupted).
    pub stop: AtomicBool,
    /// Bytes of input read.
    pub bytes: AtomicU64,
    /// Records after the header.
    pub rows: AtomicU64,
    /// Records padded (`--ragged pad`).
    pub padded_rows: AtomicU64,
    /// Records skipped (`--ragged skip`).
    pub skipped_rows: AtomicU64,
    /// Empty lines, which are no records.
    pub empty_lines: AtomicU64,
    /// Groups there were.
    pub groups: AtomicU64,
    /// Bytes written to spill files.
    pub spilled_bytes: AtomicU64,
    /// Rows of the answer.
    pub answer_rows: AtomicU64,
    /// Bad values by column, when they count as NULL.
    pub bad_values: Mutex<BTreeMap<String, u64>>,
    /// Sentences for stderr that are no errors: a file that grew, `min` over numbers and text.
    pub warnings: Mutex<Vec<String>>,
    /// Threads that folded, the budget they kept; 0 until settled.
    pub threads: AtomicU64,
    /// The budget in force.
    pub memory_bytes: AtomicU64,
}

/// Answers `plan` over `input`, row by row into `sink`.
pub fn run(
    _plan: &Plan,
    _input: &crate::readers::Input,
    _settings: &Settings,
    _sink: &mut dyn Sink,
    _progress: &Progress,
) -> Result<()> {
    unimplemented!()
}
