//! `rowfold floor INPUT…`: how long reading an input and counting its newlines takes, with the same reader on the same threads.
//!
//! No question can be answered faster; benchmarks stand beside it.

use std::ffi::OsString;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Instant;

use rowfold::error::{Error, Result};
use rowfold::exprs::{Type, Value};
use rowfold::questions::plan::AnswerColumn;
use rowfold::readers::{Input, Sizes};

use crate::meaning::Meant;
use crate::shared::{Opened, Shared};
use crate::{inputs, sink};

pub(super) fn run(words: &[OsString], meant: Meant, shared: &'static Shared) -> Result<()> {
    let mut files = Vec::new();
    words.iter().try_for_each(|word| inputs::expand(word, &mut files))?;
    shared.question.get_or_init(|| "floor".to_owned());
    let inputs = vec![Input::open(&files, &meant.reading.of_any()?)?];
    let opened = Opened { tables: vec![("floor".to_owned(), files)], inputs };
    let inputs = &shared.opened.get_or_init(|| opened).inputs;
    let input = &inputs[0];
    let mut sink = sink::open(&meant.answer, inputs, shared)?;

    let progress = &shared.progress;
    let n_threads = meant.pass.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    progress.threads.store(n_threads as u64, Relaxed);
    let mut sizes = Sizes::best(input.io());
    sizes.chunk_bytes = meant.pass.chunk_bytes.unwrap_or(sizes.chunk_bytes);
    let started = Instant::now();
    let lines = input.count_newlines(n_threads, sizes, &|bytes| {
        progress.bytes.fetch_add(bytes, Relaxed);
        if progress.stop.load(Relaxed) { Err(Error::Interrupted { terminated: false }) } else { Ok(()) }
    })?;
    let seconds = started.elapsed().as_secs_f64();

    let bytes = progress.bytes.load(Relaxed);
    let number = |name: &str| AnswerColumn { name: name.to_owned(), ty: Type::Number };
    sink.begin(&["newlines", "bytes", "seconds", "gb_per_s"].map(number))?;
    let count = |n: u64| Value::integer(i64::try_from(n).unwrap_or(i64::MAX));
    let rounded = |number: f64| Value::Real((number * 1e4).round() / 1e4);
    sink.row(&[count(lines), count(bytes), rounded(seconds), rounded(bytes as f64 / 1e9 / seconds)])?;
    progress.answer_rows.store(1, Relaxed);
    sink.finish()
}
