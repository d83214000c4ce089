//! What a command and its watcher both look at: how far the pass is, what is read, what must not be left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use rowfold::pass;
use rowfold::readers::Input;

use crate::progress::Bar;

/// One run of the tool.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) started: Instant,
    pub(crate) progress: pass::Progress,
    /// `system/name`, the path of a `.sql` file, or the SQL itself.
    pub(crate) question: OnceLock<String>,
    /// The inputs, once they are open.
    pub(crate) opened: OnceLock<Opened>,
    /// The unfinished answers beside their targets.
    pub(crate) aside: Mutex<Vec<PathBuf>>,
    /// The signal that came; 0 for none.
    pub(crate) signal: AtomicUsize,
    /// The progress bar, as long as it may be drawn.
    pub(crate) bar: Mutex<Option<Bar>>,
}

/// Tables, and their files as they were named and as they are read.
#[derive(Debug)]
pub(crate) struct Opened {
    /// One an input: the table's name, and its files as they were named; `-` for stdin.
    pub(crate) tables: Vec<(String, Vec<PathBuf>)>,
    pub(crate) inputs: Vec<Input>,
}

impl Opened {
    /// How bytes come: nothing but a regular file is mapped or read in pieces.
    pub(crate) fn io(&self) -> Option<&'static str> {
        let input = self.inputs.first()?;
        Some(if self.size_bytes().is_some() { input.io().name() } else { "pipe" })
    }

    /// What all files hold, where it is known of all.
    pub(crate) fn size_bytes(&self) -> Option<u64> {
        self.inputs.iter().map(Input::size_bytes).sum()
    }
}

impl Shared {
    /// For the process's lifetime, which is a run's: signal handlers hold it, too.
    pub(crate) fn new() -> &'static Shared {
        Box::leak(Box::new(Shared {
            started: Instant::now(),
            progress: pass::Progress::default(),
            question: OnceLock::new(),
            opened: OnceLock::new(),
            aside: Mutex::new(Vec::new()),
            signal: AtomicUsize::new(0),
            bar: Mutex::new(None),
        }))
    }

    /// The progress of a pass before the pass, which counts for nothing; a signal ends it, too.
    pub(crate) fn look_ahead(&self) -> pass::Progress {
        pass::Progress { stop: Arc::clone(&self.progress.stop), ..pass::Progress::default() }
    }

    /// Takes the bar off the screen for good.
    pub(crate) fn clear_bar(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.clear();
        }
    }

    /// Remembers an unfinished answer.
    pub(crate) fn keep_aside(&self, path: &Path) {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    }

    /// Removes what a command that will not end by itself would leave behind. (Spill files have no names.)
    pub(crate) fn abandon(&self) {
        for path in self.aside.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = fs::remove_file(path); // it may be in its place already, or never have been there
        }
    }
}
