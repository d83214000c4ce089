//! One file of a table, opened: what it is, where its records begin, and whether it is still what it was.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::buffer::spare_capacity;
use rustix::io::Errno;

use crate::error::{Error, Place, Result};
use crate::readers::Reserve;
use crate::readers::automaton::{Dialect, State};
use crate::readers::batch::count_lines;
use crate::readers::compressed::{self, Ahead};
use crate::readers::text::Recount;
use crate::readers::values::Values;

/// A file whose dialect and header are settled.
#[derive(Debug)]
pub(crate) struct Source {
    /// As typed; `stdin` for `-`.
    pub(crate) path: String,
    pub(crate) dialect: Dialect,
    /// Fields of its header.
    pub(crate) n_columns: usize,
    /// Its records are JSON values or rows of a table, without lines of their own: they are counted instead.
    pub(crate) are_values: bool,
    /// Who counts them where line feeds do not.
    pub(crate) recount: Option<Arc<dyn Recount>>,
    /// Where the columns of the first file's header are in this one's; `None` when they are in the same places.
    pub(crate) places: Option<Vec<usize>>,
    pub(crate) file: Arc<File>,
    /// What it was at open, if it is a regular file.
    pub(crate) identity: Option<Identity>,
    /// How many bytes there are, if it is a regular file; compressed ones where it is compressed.
    pub(crate) size_bytes: Option<u64>,
    /// Bytes before the first record: mark, skipped lines, header; of a compressed file, those read for them.
    pub(crate) head_bytes: u64,
    /// What decoding it takes beside what the decoder remembers.
    pub(crate) decoder_bytes: u64,
    pub(crate) bytes: Bytes,
    /// Bytes taken by workers so far, the head apart.
    pub(crate) read_bytes: AtomicU64,
    /// Records delivered so far.
    pub(crate) rows: AtomicU64,
}

/// Where the bytes come from.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// A regular file: any range of it, at any time.
    File(Regular),
    /// Anything else, and what is compressed: what comes next, once.
    Pipe(Mutex<Pipe>),
}

/// A regular file, as it was at open.
#[derive(Debug)]
pub(crate) struct Regular {
    /// Where its text begins: 0, but for a stdin that somebody has read from.
    pub(crate) begin: u64,
    /// Where its records begin.
    pub(crate) first: u64,
    /// The state there.
    pub(crate) state: State,
    /// Where it ends.
    pub(crate) end: u64,
}

/// What comes next of a pipe.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) flow: Flow,
    /// Read, but not yet handed out.
    pub(crate) tail: Vec<u8>,
    /// Where in the text `tail` begins.
    pub(crate) offset: u64,
    /// Line feeds before it.
    pub(crate) lines: u64,
    /// The state there; a record's start.
    pub(crate) state: State,
    /// Nothing comes after `tail`.
    pub(crate) at_end: bool,
    /// Bytes of the compressed file that were counted as read.
    pub(crate) counted: u64,
    /// Of JSON values without lines: what puts them on lines. Then `lines` counts records, and `offset` bytes of lines.
    pub(crate) values: Option<Values>,
}

/// Where a pipe's text comes from.
#[derive(Debug)]
pub(crate) enum Flow {
    /// From the file as it is, from here on.
    Plain(Rest),
    /// From the file, decompressed.
    Decoded(Box<Ahead>),
}

/// What is left of a file: of a regular one up to where it ended at open, of a pipe what comes.
#[derive(Clone, Debug)]
pub(crate) struct Rest {
    pub(crate) file: Arc<File>,
    /// Where a regular file is to be read on, and where it ends; a pipe is read on where it is.
    pub(crate) range: Option<(u64, u64)>,
}

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((next, end)) = &mut self.range else { return (&*self.file).read(buffer) };
        let left = usize::try_from(*end - *next).map_or(buffer.len(), |left| left.min(buffer.len()));
        let got = self.file.read_at(&mut buffer[..left], *next)?;
        *next += got as u64;
        Ok(got)
    }
}

/// What tells a file from another, and from itself after a change.
#[derive(Debug)]
pub(crate) struct Identity {
    /// The path, if it has one.
    path: Option<PathBuf>,
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Identity {
    /// Of what `metadata` was asked of; `path` names it still.
    pub(crate) fn of(metadata: &Metadata, path: Option<PathBuf>) -> Identity {
        Identity {
            path,
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    /// Whether `metadata` is of the same file.
    pub(crate) fn is(&self, metadata: &Metadata) -> bool {
        (self.device, self.inode) == (metadata.dev(), metadata.ino())
    }
}

impl Source {
    /// Where column `k` of the first file's header is in this one's.
    #[inline]
    pub(crate) fn column(&self, k: usize) -> usize {
        self.places.as_ref().map_or(k, |places| places[k])
    }

    /// What decoding it takes, as far as its head tells, when only these columns of the first file's header are read (`None`: all).
    pub(crate) fn decoder_bytes(&self, columns: Option<&[usize]>) -> Result<u64> {
        let Bytes::Pipe(pipe) = &self.bytes else { return Ok(0) };
        let pipe = &mut *pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let Flow::Decoded(ahead) = &mut pipe.flow else { return Ok(0) };
        let own = columns.map(|columns| columns.iter().map(|&k| self.column(k)).collect::<Vec<_>>());
        Ok(self.decoder_bytes + ahead.ask(own.as_deref())?)
    }

    /// A failure of the system or of the data, named. Data of a file that has changed is not to blame.
    pub(crate) fn failed(&self, error: io::Error) -> Error {
        match compressed::named(&self.path, error) {
            corrupt @ Error::Corrupt { .. } => self.still().err().unwrap_or(corrupt),
            other => other,
        }
    }

    /// The file ended at byte `at`, before it should.
    pub(crate) fn shrank(&self, at: u64, end: u64) -> Error {
        Error::Changed { path: self.path.clone(), what: "shrank", at, size: end }
    }

    /// The line of the byte at `offset`: line feeds before it, plus one; of a table the row. Reads a file again from its start; a pipe
    /// cannot.
    pub(crate) fn line_of(&self, offset: u64) -> Option<u64> {
        match (&self.bytes, &self.recount) {
            (Bytes::Pipe(_), None) => None,
            _ => Lines::of(self).line_of(offset),
        }
    }

    /// After the last byte was read: an error if the file is not what it was at open, a warning if it only grew.
    pub(crate) fn still(&self) -> Result<Option<String>> {
        let Some(then) = &self.identity else { return Ok(None) };
        let failed = |source| Error::Io { path: self.path.clone(), verb: "read", source };
        let now = self.file.metadata().map_err(failed)?;
        let changed = |what| Error::Changed { path: self.path.clone(), what, at: then.size, size: then.size };
        if now.size() < then.size {
            return Err(Error::Changed { path: self.path.clone(), what: "shrank", at: now.size(), size: then.size });
        }
        // A path that is gone is no change of the bytes: they were all there.
        if let Some(named) = then.path.as_ref().and_then(|path| path.metadata().ok())
            && !then.is(&named)
        {
            return Err(changed("was replaced"));
        }
        if now.size() > then.size {
            let more = now.size() - then.size;
            return Ok(Some(format!(
                "{}: grew by {more} bytes while it was read; they are not in the answer",
                self.path
            )));
        }
        if (now.mtime(), now.mtime_nsec()) != then.modified {
            return Err(changed("was written to"));
        }
        Ok(None)
    }
}

impl Pipe {
    /// The same text as JSON values, each on a line.
    pub(crate) fn of_values(mut self) -> Pipe {
        let mut values = Values::new(self.offset);
        values.lines(&mut self.tail, 0);
        self.at_end &= !values.has_fault(self.at_end);
        (self.values, self.lines) = (Some(values), 0);
        self
    }

    /// Appends `wanted` bytes to `buffer`, of a plain pipe more where it has more room; fewer only at the end and before a fault. (Values without anything between them
    /// have line ends put in besides.) A decoder asks `reserve` for what it needs beyond
    /// [`Source::decoder_bytes`].
    pub(crate) fn read(&mut self, buffer: &mut Vec<u8>, wanted: usize, reserve: &dyn Reserve) -> io::Result<()> {
        if let Some(values) = &mut self.values
            && values.has_fault(false)
        {
            // Behind the records before it.
            let fault = if buffer.contains(&b'\n') { None } else { values.fault() };
            return fault.map_or(Ok(()), |fault| Err(fault.into()));
        }
        let from = buffer.len();
        let at_end = match &mut self.flow {
            Flow::Plain(rest) if rest.range.is_none() && self.values.is_none() => read_on(&rest.file, buffer, wanted)?,
            Flow::Plain(rest) => rest.take(wanted as u64).read_to_end(buffer)? < wanted,
            Flow::Decoded(ahead) => ahead.read(buffer, wanted, reserve)?,
        };
        self.at_end = at_end;
        if let Some(values) = &mut self.values {
            values.lines(buffer, from);
            // A fault is told by the next call, behind the records before it.
            self.at_end &= !values.has_fault(at_end);
        }
        Ok(())
    }

    /// How many bytes of the file count as read for the next `len` bytes of its text.
    pub(crate) fn count(&mut self, len: usize) -> u64 {
        match &self.flow {
            Flow::Plain(_) => len as u64,
            Flow::Decoded(ahead) => {
                let before = self.counted;
                self.counted = before.max(ahead.position());
                self.counted - before
            }
        }
    }
}

/// Tells the lines of records by their [positions](super::Positions), which are asked for in ascending order.
#[derive(Debug)]
pub struct Lines<'s> {
    source: &'s Source,
    buffer: Vec<u8>,
    /// How far line feeds are counted, and how many there are.
    at: u64,
    lines: u64,
}

impl<'s> Lines<'s> {
    /// Those of `source`.
    pub(crate) fn of(source: &'s Source) -> Lines<'s> {
        let at = if let Bytes::File(regular) = &source.bytes { regular.begin } else { 0 };
        Lines { source, buffer: Vec::new(), at, lines: 0 }
    }

    /// What is told of the record on `line`.
    pub fn place(&self, line: Option<u64>, column: Option<String>) -> Place {
        self.source.place(line, column)
    }

    /// The line of the record at `position`, which no position asked for before is greater than: line feeds before it, plus one.
    /// Reads a file again up to there; `None` where that fails.
    pub fn line_of(&mut self, position: u64) -> Option<u64> {
        if let Some(recount) = &self.source.recount {
            return Arc::clone(recount).record_at(position);
        }
        let Bytes::File(_) = &self.source.bytes else { return Some(position) };
        self.buffer.resize(64 << 10, 0);
        while self.at < position {
            let wanted =
                usize::try_from(position - self.at).map_or(self.buffer.len(), |left| left.min(self.buffer.len()));
            let n = self.source.file.read_at(&mut self.buffer[..wanted], self.at).ok().filter(|&n| n > 0)?;
            self.lines += count_lines(&self.buffer[..n]);
            self.at += n as u64;
        }
        Some(self.lines + 1)
    }
}

impl Source {
    /// What is told of the record on `line`, which is the record's number where it has no line of its own.
    pub(crate) fn place(&self, line: Option<u64>, column: Option<String>) -> Place {
        let path = self.path.clone();
        match line {
            Some(record) if self.are_values => Place { path: format!("{path}: record {record}"), line: None, column },
            line => Place { path, line, column },
        }
    }
}

/// Reads on until `wanted` bytes are appended to `buffer`; whether the file ends before. Its spare room is written without being
/// zeroed, as much at a time as there is (`read_to_end` begins small, each time).
fn read_on(file: &File, buffer: &mut Vec<u8>, wanted: usize) -> io::Result<bool> {
    buffer.reserve_exact(wanted);
    let enough = buffer.len() + wanted;
    while buffer.len() < enough {
        match rustix::io::read(file, spare_capacity(buffer)) {
            Ok(0) => return Ok(true),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// Appends the bytes of `file` from `offset` to `buffer`, `wanted` of them or as many as there are; how many. Its spare room is written
/// without being zeroed. After an error it holds what it held before.
pub(crate) fn read_at(file: &File, buffer: &mut Vec<u8>, offset: u64, wanted: usize) -> io::Result<usize> {
    let from = buffer.len();
    buffer.reserve_exact(wanted);
    // All spare room is filled: what is read beyond `wanted` is read for nothing.
    if buffer.capacity() - from > 2 * wanted {
        buffer.shrink_to(from + wanted);
    }
    let mut got = 0;
    while got < wanted {
        match rustix::io::pread(file, spare_capacity(buffer), offset + got as u64) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(Errno::INTR) => {}
            Err(error) => {
                buffer.truncate(from);
                return Err(error.into());
            }
        }
    }
    got = got.min(wanted);
    buffer.truncate(from + got);
    Ok(got)
}
