//! Bytes that do not fit the budget out to temporary files, and back.
//!
//! A file has no name (or loses it at birth) and mode 0600, so nothing is left behind however the process ends. It is made
//! at the first byte and only grows; writers take disjoint places with one atomic and need no lock.
//!
//! The obvious way is one file. But the kernel lets one thread at a time write to a file, and the others spin: with two
//! threads that was 4 % of h2o q10. So threads take turns at a few files.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::error::{Error, Result};

/// What a place is a multiple of, unless it is smaller.
const PAGE_BYTES: u64 = 4096;

/// Files at most; threads share them when they are more.
const FILES: usize = 8;

/// The temporary files of a run, shared by all workers.
#[derive(Debug)]
pub struct Spill {
    dir: Option<PathBuf>,
    limit_bytes: u64,
    files: [SpillFile; FILES],
    written: AtomicU64,
}

#[derive(Debug, Default)]
struct SpillFile {
    open: OnceLock<(File, String)>,
    end: AtomicU64,
}

/// A byte of a spill file.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    pub(super) file: usize,
    pub(super) offset: u64,
}

impl Position {
    /// The byte `n` bytes on.
    #[must_use]
    pub fn plus(self, n: u64) -> Position {
        Position { offset: self.offset + n, ..self }
    }
}

/// A place in a spill file.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Where it begins.
    pub at: Position,
    /// Its bytes.
    pub len: usize,
}

/// The file of this thread.
fn own_file() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed) % FILES);
    OWN.with(|own| *own)
}

impl Spill {
    /// Spill files to be made in `dir` (`None`: the temporary directory, or `/var/tmp` where that is memory).
    pub fn new(dir: Option<PathBuf>, limit_bytes: Option<u64>) -> Spill {
        let limit_bytes = limit_bytes.unwrap_or(u64::MAX);
        Spill { dir, limit_bytes, files: Default::default(), written: AtomicU64::new(0) }
    }

    /// Writes `bytes` and says where.
    pub fn write(&self, bytes: &[u8]) -> Result<Stretch> {
        let at = self.take_place(bytes.len() as u64)?;
        self.write_at(at, bytes)?;
        Ok(Stretch { at, len: bytes.len() })
    }

    /// Where a place of `len` bytes begins that is the caller's alone, to be filled by [`write_at`](Spill::write_at).
    pub fn take_place(&self, len: u64) -> Result<Position> {
        // The kernel wipes the rest of a page that is written in part.
        let len = if len < PAGE_BYTES { len } else { len.next_multiple_of(PAGE_BYTES) };
        let written = self.written.fetch_add(len, Ordering::Relaxed);
        if written + len > self.limit_bytes {
            return Err(Error::SpillLimit { limit_bytes: self.limit_bytes });
        }
        let file = own_file();
        Ok(Position { file, offset: self.files[file].end.fetch_add(len, Ordering::Relaxed) })
    }

    /// Writes `bytes` from `at` on, in a place that was taken.
    pub fn write_at(&self, at: Position, bytes: &[u8]) -> Result<()> {
        let (file, path) = self.file(at)?;
        let failed = |source| Error::Io { path: path.clone(), verb: "write spilled bytes", source };
        file.write_all_at(bytes, at.offset).map_err(failed)
    }

    /// Reads `stretch` into `out`, which holds nothing else afterwards.
    pub fn read(&self, stretch: Stretch, out: &mut Vec<u8>) -> Result<()> {
        out.resize(stretch.len, 0);
        self.read_into(stretch.at, out)
    }

    /// Fills `out` from `at` on.
    pub fn read_into(&self, at: Position, out: &mut [u8]) -> Result<()> {
        let (file, path) = self.file(at)?;
        let failed = |source| Error::Io { path: path.clone(), verb: "read spilled bytes", source };
        file.read_exact_at(out, at.offset).map_err(failed)
    }

    /// Bytes written so far.
    pub fn written_bytes(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// The directory to spill to, where it is another than the temporary one.
    pub fn told_directory(&self) -> Result<Option<PathBuf>> {
        match &self.dir {
            Some(dir) if is_memory(dir) => {
                let dir = dir.display();
                Err(Error::Usage(format!(
                    "{dir}: is memory (tmpfs), not a place to spill to; name a --spill-dir on a disk"
                )))
            }
            Some(dir) => Ok(Some(dir.clone())),
            None if is_memory(&std::env::temp_dir()) => Ok(Some(PathBuf::from("/var/tmp"))),
            None => Ok(None),
        }
    }

    fn file(&self, at: Position) -> Result<&(File, String)> {
        let open = &self.files[at.file].open;
        if open.get().is_none() {
            let dir = self.told_directory()?.unwrap_or_else(std::env::temp_dir);
            let path = dir.display().to_string();
            let made = tempfile::tempfile_in(&dir);
            let file =
                made.map_err(|source| Error::Io { path: path.clone(), verb: "make a spill file there", source })?;
            // Two workers may come here at once; the file that loses is closed and gone.
            let _ = open.set((file, path));
        }
        Ok(open.get().expect("was set just above, by this worker or another"))
    }
}

/// Whether `dir` lies on a file system that is memory, by the longest mount point that holds it.
fn is_memory(dir: &Path) -> bool {
    let kind = || -> io::Result<Option<String>> {
        let dir = dir.canonicalize()?;
        let mounts = std::fs::read_to_string("/proc/mounts")?;
        let mounts = mounts.lines().filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.nth(1)?.to_owned(), words.next()?.to_owned()))
        });
        let holding = mounts.filter(|(point, _)| dir.starts_with(point));
        Ok(holding.max_by_key(|(point, _)| point.len()).map(|(_, kind)| kind))
    };
    matches!(kind().ok().flatten().as_deref(), Some("tmpfs" | "ramfs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let spill = Spill::new(None, None);
        let stretches: Vec<Stretch> = (0..100u8).map(|i| spill.write(&[i; 37]).expect("disk")).collect();
        let mut out = Vec::new();
        for (i, stretch) in (0..100u8).zip(stretches) {
            spill.read(stretch, &mut out).expect("disk");
            assert_eq!(out, [i; 37]);
        }
    }

    #[test]
    fn the_limit_is_an_error_that_names_it() {
        let spill = Spill::new(None, Some(10));
        spill.write(b"0123456789").expect("at the limit");
        let error = spill.write(b"x").expect_err("past the limit").to_string();
        assert_eq!(error, "spill passes 10 bytes: raise --spill-limit, or --memory so that less is spilled");
    }
}
