//! Where the bytes go: a file or stdout; and what is said when they cannot.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::blocks::{self, Rows, Written};
use crate::extent::Extent;
use crate::truth;

/// What every generator of one file is told.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Output {
    /// File to write [default: stdout]
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// An open output.
struct Opened {
    name: PathBuf,
    /// Takes the bytes.
    writer: Box<dyn Write + Send>,
    /// Where the truth goes: beside a regular file, nowhere otherwise.
    truth_path: Option<PathBuf>,
}

impl Output {
    /// Writes `n_rows` rows, then beside a regular file what `truth_of` makes of their tally, if anything.
    ///
    /// # Errors
    /// Where either cannot be written.
    pub(crate) fn write<R: Rows, T: Serialize>(
        &self,
        extent: &Extent,
        rows: &R,
        n_rows: u64,
        truth_of: impl FnOnce(Written<R::Tally>) -> Option<T>,
    ) -> Result<(), Failure> {
        let mut output = self.open()?;
        let written = blocks::write(rows, n_rows, extent.seed, extent.threads(), &mut output.writer)
            .map_err(|error| Failure::new(&output.name, error))?;
        match (&output.truth_path, truth_of(written)) {
            (Some(path), Some(truth)) => truth::write(path, &truth),
            _ => Ok(()),
        }
    }

    /// Whether it is a path, so that a truth may stand beside it.
    pub(crate) fn is_named(&self) -> bool {
        self.output.is_some()
    }

    /// Opens it, emptying a file that is there and removing its truth, which will not be true much longer.
    fn open(&self) -> Result<Opened, Failure> {
        let Some(path) = &self.output else {
            return Ok(Opened { name: PathBuf::from("stdout"), writer: Box::new(io::stdout()), truth_path: None });
        };
        let file = create(path)?;
        let is_regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let truth_path = is_regular.then(|| path.with_extension("truth.json"));
        if let Some(stale) = &truth_path {
            match std::fs::remove_file(stale) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Failure::new(stale, error)),
                _ => {}
            }
        }
        Ok(Opened { name: path.clone(), writer: Box::new(file), truth_path })
    }
}

/// Creates or empties the file at `path`.
///
/// # Errors
/// As the system says, with the path.
pub(crate) fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| Failure::new(path, error))
}

/// Why nothing, or not all, was written.
#[derive(Debug)]
pub enum Failure {
    /// What the system said, and of which path.
    Write {
        /// What was to be written.
        path: PathBuf,
        /// The system's word.
        error: io::Error,
    },
    /// Options that do not go together, and what would do.
    Usage(String),
}

impl Failure {
    /// `error`, met at `path`.
    pub(crate) fn new(path: &Path, error: io::Error) -> Failure {
        Failure::Write { path: path.to_owned(), error }
    }

    /// Says what happened, and how to end. A reader of stdout that went away needs no words.
    pub fn report(&self) -> ExitCode {
        let (words, code) = match self {
            Failure::Write { error, .. } if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::from(141),
            Failure::Write { path, error } => (format!("{}: {}", path.display(), describe(error)), 1),
            Failure::Usage(words) => (words.clone(), 2),
        };
        // If stderr is gone as well there is nobody left to tell.
        let _ = writeln!(io::stderr(), "data-gen: {words}");
        ExitCode::from(code)
    }
}

/// The error in words: the system's, with what to do where that is known.
fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full; the file is cut short".to_owned(),
        io::ErrorKind::NotFound => "no such directory".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be written".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory; name a file in it".to_owned(),
        _ => error.to_string(),
    }
}
