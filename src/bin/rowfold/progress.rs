//! How far a pass is, shown on stderr while it runs: bytes, rate, rows.

use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anstream::eprintln;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::meaning;
use crate::shared::Shared;

/// A pass that is over sooner shows nothing.
const QUIET: Duration = Duration::from_secs(1);
/// Between two lines of `--progress plain`.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// A bar on the terminal.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    fn new(size_bytes: Option<u64>) -> Bar {
        let bar = ProgressBar::with_draw_target(size_bytes, ProgressDrawTarget::stderr());
        let template = match size_bytes {
            Some(_) => "{bar:30} {decimal_bytes}/{decimal_total_bytes} · {decimal_bytes_per_sec} · {msg} · {eta} to go",
            None => "{spinner} {decimal_bytes} · {decimal_bytes_per_sec} · {msg}",
        };
        bar.set_style(ProgressStyle::with_template(template).expect("the templates above are valid"));
        Bar(bar)
    }

    pub(crate) fn clear(self) {
        self.0.finish_and_clear();
    }
}

/// Shows progress when it is called now and then.
#[derive(Debug)]
pub(crate) struct Shower {
    how: meaning::Progress,
    last: Instant,
}

impl Shower {
    pub(crate) fn new(how: meaning::Progress) -> Shower {
        Shower { how, last: Instant::now() }
    }

    /// Shows how far the pass is, if it is time.
    pub(crate) fn show(&mut self, shared: &Shared) {
        let Some(opened) = shared.opened.get() else { return };
        let bytes = shared.progress.bytes.load(Relaxed);
        let rows = shared.progress.rows.load(Relaxed);
        match self.how {
            meaning::Progress::Never => {}
            meaning::Progress::Bar if shared.started.elapsed() < QUIET => {}
            meaning::Progress::Bar => {
                let mut bar = shared.bar.lock().unwrap_or_else(PoisonError::into_inner);
                if shared.progress.answer_rows.load(Relaxed) > 0 {
                    bar.take().into_iter().for_each(Bar::clear);
                    return;
                }
                let bar = bar.get_or_insert_with(|| Bar::new(opened.size_bytes()));
                bar.0.set_message(format!("{} rows", HumanCount(rows)));
                bar.0.set_position(bytes);
            }
            meaning::Progress::Lines if self.last.elapsed() < BETWEEN_LINES => {}
            meaning::Progress::Lines => {
                self.last = Instant::now();
                let seconds = shared.started.elapsed().as_secs_f64();
                let gigabytes = bytes as f64 / 1e9;
                eprintln!("{gigabytes:.1} GB · {:.2} GB/s · {} rows", gigabytes / seconds, HumanCount(rows));
            }
        }
    }
}
