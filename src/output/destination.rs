//! Bytes of an answer in; a stream that has taken them all, or a file that appears whole.
//!
//! Holds one buffer, and what its stages hold. Knows nothing of rows or formats.
//!
//! The obvious way is `BufWriter<File>`. Departures:
//! 1. a `BufWriter` that is dropped swallows its last error: here [`Destination::finish`] flushes and tells;
//! 2. a file that is written in place is half an answer when the pass fails: here it is written beside its target and
//!    renamed at the end, so that what was there before stays until the answer is whole;
//! 3. only a regular file can be replaced so: `/dev/null`, a FIFO or a terminal is written in place;
//! 4. what is to be in another encoding, or compressed, becomes so on its way: bytes ─▶ encoder ─▶ buffer ─▶ packer ─▶ file.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::aside::Aside;
use super::encoded::{Encoder, PIECE_BYTES};
use super::packed::{Compression, Packer};
use crate::encoding::Encoding;
use crate::error::{Error, Result};

/// Bytes held before they are written; larger pieces are written as they come.
const BUFFER_BYTES: usize = 64 << 10;

/// Symbolic links followed before a target is refused, as the kernel does.
const MAX_LINKS: usize = 40;

/// Where an answer's bytes go.
pub struct Destination {
    name: String,
    out: Out,
    encoder: Option<Encoder>,
    packer: Option<Packer>,
    buffer: Vec<u8>,
}

enum Out {
    /// Somebody else's stream; its reader may go away.
    Stream(Box<dyn Write + Send>),
    /// What is no regular file: written in place.
    InPlace(File),
    /// A new file beside its target. Dropped, it is removed.
    Aside(Aside),
    /// In place after [`Destination::finish`].
    Done,
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Destination {
    /// An open stream, written as it is. `name` stands in messages.
    ///
    /// A broken pipe becomes [`Error::ClosedPipe`]; `stream` should not buffer by itself.
    pub fn stream(name: &str, stream: impl Write + Send + 'static) -> Destination {
        Destination::new(name, Out::Stream(Box::new(stream)))
    }

    /// The file at `path`: new or replaced when [`finish`](Destination::finish) has succeeded, untouched before.
    ///
    /// Symbolic links are followed and the mode of an old file is kept. What is there and no regular file is written in place.
    pub fn file(path: &Path) -> Result<Destination> {
        let name = path.display().to_string();
        let cannot = |verb| move |source| Error::Io { path: path.display().to_string(), verb, source };
        let target = follow(path).map_err(cannot("open"))?;
        let old = match fs::metadata(&target) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot("open")(error)),
        };
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            let file = OpenOptions::new().write(true).open(&target).map_err(cannot("open"))?;
            return Ok(Destination::new(&name, Out::InPlace(file)));
        }
        let directory = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".rowfold-")
            .permissions(Permissions::from_mode(0o666)) // less the umask, as any new file
            .tempfile_in(directory)
            .map_err(cannot("create"))?;
        let aside = Aside::new(file, target, old.map(|old| old.permissions()));
        Ok(Destination::new(&name, Out::Aside(aside)))
    }

    /// The unfinished file beside its target, which is removed when this is dropped, but not when the process is killed.
    pub fn aside(&self) -> Option<&Path> {
        match &self.out {
            Out::Aside(aside) => Some(aside.path()),
            _ => None,
        }
    }

    fn new(name: &str, out: Out) -> Destination {
        let buffer = Vec::with_capacity(BUFFER_BYTES);
        Destination { name: name.to_owned(), out, encoder: None, packer: None, buffer }
    }

    /// The same, in `encoding`: what is written to it is to be UTF-8, unless `encoding` is.
    pub fn encoded(self, encoding: Encoding) -> Destination {
        Destination { encoder: Encoder::of(encoding, &self.name), ..self }
    }

    /// The same, compressed.
    pub fn compressed(self, compression: Compression) -> Result<Destination> {
        let packer = Packer::new(compression).map_err(|error| self.told(error))?;
        Ok(Destination { packer: Some(packer), ..self })
    }

    /// What it holds beside its buffer.
    pub fn held_bytes(&self) -> usize {
        let encoder = self.encoder.as_ref().map_or(0, |_| Encoder::HELD_BYTES);
        encoder + self.packer.as_ref().map_or(0, |packer| packer.compression().held_bytes())
    }

    /// Takes `bytes`; they are written by [`finish`](Destination::finish) at the latest.
    ///
    /// What the encoding does not have is told now, not when the buffer is full: of two errors in an input the first counts.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(mut encoder) = self.encoder.take() else { return self.hold(bytes) };
        let mut pieces = bytes.chunks(PIECE_BYTES);
        let written = pieces.try_for_each(|piece| encoder.encode(piece).and_then(|encoded| self.hold(encoded)));
        self.encoder = Some(encoder);
        written
    }

    fn hold(&mut self, mut bytes: &[u8]) -> Result<()> {
        // A packer has all of its pieces of one size.
        while self.packer.is_some() && self.buffer.len() + bytes.len() > BUFFER_BYTES {
            let (now, later) = bytes.split_at(BUFFER_BYTES - self.buffer.len());
            self.buffer.extend_from_slice(now);
            self.flush()?;
            bytes = later;
        }
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
        }
        if bytes.len() >= BUFFER_BYTES {
            return self.write_through(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes what is held. A reader sees it, unless it is compressed; a file is not yet in place.
    fn flush(&mut self) -> Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let written = self.write_through(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
        written
    }

    /// Writes what is held and puts a file in its place. Every error that the system has to tell comes out here at the latest.
    pub fn finish(&mut self) -> Result<()> {
        self.encoder.take().map_or(Ok(()), Encoder::finish)?;
        self.flush()?;
        if let Some(packer) = self.packer.take() {
            let packed = packer.finish().map_err(|error| self.told(error))?;
            self.write_through(&packed)?;
        }
        let finished = match std::mem::replace(&mut self.out, Out::Done) {
            Out::Stream(mut stream) => stream.flush(),
            Out::InPlace(mut file) => file.flush(),
            Out::Aside(aside) => aside.replace(),
            Out::Done => Ok(()),
        };
        finished.map_err(|error| self.told(error))
    }

    fn write_through(&mut self, bytes: &[u8]) -> Result<()> {
        let out = &mut self.out;
        let mut write = |bytes: &[u8]| match out {
            Out::Stream(stream) => stream.write_all(bytes),
            Out::InPlace(file) => file.write_all(bytes),
            Out::Aside(aside) => aside.write_all(bytes),
            Out::Done => Ok(()),
        };
        let written = match &mut self.packer {
            Some(packer) => packer.pack(bytes, write),
            None => write(bytes),
        };
        written.map_err(|error| self.told(error))
    }

    fn told(&self, source: io::Error) -> Error {
        match self.out {
            Out::Stream(_) if source.kind() == io::ErrorKind::BrokenPipe => Error::ClosedPipe,
            _ => Error::Io { path: self.name.clone(), verb: "write", source },
        }
    }
}

/// The path behind the symbolic links at `path`; it need not exist.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
            return Ok(path);
        }
        let next = fs::read_link(&path)?;
        path = path.parent().map_or_else(|| next.clone(), |parent| parent.join(&next));
    }
    Err(io::Error::other("too many symbolic links"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn answer(path: &Path, bytes: &[u8]) {
        let mut destination = Destination::file(path).expect("a place to write");
        destination.write(bytes).expect("room");
        destination.finish().expect("a file in place");
    }

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(directory).expect("a directory").map(|e| e.expect("an entry").file_name()).collect();
        names.sort();
        names.into_iter().map(|name| name.into_string().expect("UTF-8")).collect()
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("answer.csv");
        fs::write(&path, "before").expect("room");
        let mut given_up = Destination::file(&path).expect("a place to write");
        given_up.write(&[b'x'; 3 * BUFFER_BYTES]).expect("room");
        assert_eq!(fs::read(&path).expect("the old file"), b"before");
        drop(given_up);
        assert_eq!(names(directory.path()), ["answer.csv"]);
        answer(&path, b"after");
        assert_eq!(fs::read(&path).expect("the new file"), b"after");
        assert_eq!(names(directory.path()), ["answer.csv"]);
    }

    #[test]
    fn links_are_followed_and_modes_kept() {
        let directory = tempfile::tempdir().expect("a directory");
        let target = directory.path().join("target.csv");
        fs::write(&target, "before").expect("room");
        fs::set_permissions(&target, Permissions::from_mode(0o640)).expect("ours");
        symlink("target.csv", directory.path().join("link")).expect("room");
        symlink("new.csv", directory.path().join("dangling")).expect("room");
        answer(&directory.path().join("link"), b"after");
        answer(&directory.path().join("dangling"), b"new");
        assert_eq!(fs::read(&target).expect("the target"), b"after");
        assert_eq!(fs::metadata(&target).expect("the target").permissions().mode() & 0o777, 0o640);
        assert_eq!(names(directory.path()), ["dangling", "link", "new.csv", "target.csv"]);
    }

    #[test]
    fn what_is_no_regular_file_is_written_in_place() {
        answer(Path::new("/dev/null"), b"gone");
        let mut full = Destination::file(Path::new("/dev/full")).expect("a device");
        full.write(b"too much").expect("held");
        assert!(matches!(full.finish(), Err(Error::Io { verb: "write", .. })));
    }
}
