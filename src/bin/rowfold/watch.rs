//! Runs a command on a thread of its own and stays awake beside it: signals, progress.
//!
//! The obvious way is to run it on the main thread and ask for signals now and then. But a read from a pipe that nobody
//! writes to lasts until somebody does, and nothing asks. So a signal sets the pass's stop flag and the main thread waits:
//! a command that does not come back soon is left where it is, with what it would leave behind removed.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rowfold::error::{Error, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::progress::Shower;
use crate::shared::Shared;
use crate::{meaning, process};

/// Between two looks at signals and progress. A command that ends is noticed at once.
const TICK: Duration = Duration::from_millis(50);
/// How long a command has to come back after a signal.
const GRACE: Duration = Duration::from_millis(500);
/// Stack of the command's thread, as large as a main thread's; only what is used is resident.
const STACK_BYTES: usize = 8 << 20;

/// The signals that end a run and let it clean up behind itself.
const SIGNALS: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];

/// What `command` comes to, or [`Error::Interrupted`] or [`Error::HungUp`].
///
/// A signal that the process was born to ignore stays ignored: SIGHUP under `nohup`, SIGINT of a shell's background job.
pub(crate) fn run(
    shared: &'static Shared,
    progress: meaning::Progress,
    command: impl FnOnce() -> Result<()> + Send + 'static,
) -> Result<()> {
    let system = |verb| move |source| Error::Io { path: "this process".to_owned(), verb, source };
    for signal in SIGNALS.into_iter().filter(|signal| !process::ignores(*signal)) {
        let taken = signal_hook::flag::register_usize(signal, &shared.signal, signal.unsigned_abs() as usize)
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&shared.progress.stop)));
        taken.map_err(system("take signals"))?;
    }
    let (running, ended) = mpsc::channel::<()>();
    let command = move || {
        let _running = running; // dropped with this thread's last work, also by a panic, which wakes the watcher
        command()
    };
    let thread = thread::Builder::new().name("command".to_owned()).stack_size(STACK_BYTES).spawn(command);
    let thread = thread.map_err(system("start a thread"))?;
    let mut shower = Shower::new(progress);
    let mut signalled: Option<Instant> = None;
    let outcome = loop {
        if ended.recv_timeout(TICK) == Err(RecvTimeoutError::Disconnected) {
            break thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
        }
        let is_signalled = shared.signal.load(Ordering::Relaxed) != 0;
        if is_signalled && signalled.get_or_insert_with(Instant::now).elapsed() > GRACE {
            shared.abandon();
            break Err(Error::Interrupted { terminated: false });
        }
        shower.show(shared);
    };
    shared.clear_bar();
    // Whatever ended it after a signal, the signal did: an interrupt ends the writer of a pipe, too.
    outcome.map_err(|error| match i32::try_from(shared.signal.load(Ordering::Relaxed)) {
        Ok(SIGHUP) => Error::HungUp,
        Ok(SIGINT) => Error::Interrupted { terminated: false },
        Ok(SIGTERM) => Error::Interrupted { terminated: true },
        _ => error,
    })
}
