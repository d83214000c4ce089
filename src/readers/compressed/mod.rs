//! Compressed bytes in, plain bytes out, for the reader of pipes to pull.
//!
//! A file is what its first bytes say, whatever its name. It may be several streams, one behind the other (gzip's members,
//! zstd's frames), which decompress to one text. Knows nothing of CSV.
//!
//! ```text
//! Feed ─▶ Decoder ─▶ Ahead ┊▶ Pipe          ┊ two threads: three buffers go round between them
//!            ▼
//!          Stream: Gzip │ Zstd │ Bzip2 │ Xz
//! ```
//!
//! The obvious way is a reader over a reader that a worker calls when it wants bytes. Departures:
//! 1. decoding has a thread of its own, since it takes longer than what is done with the text;
//! 2. what a decoder needs to remember (from 32 KiB to 2 GiB, and the file decides) is asked for before it is taken;
//! 3. an end in the middle, a wrong checksum and anything behind the last stream are errors, never a shorter text.

mod ahead;
mod bzip2;
mod decoder;
mod feed;
mod gzip;
mod xz;
mod zstd;

use std::fmt;
use std::io;

pub(crate) use ahead::{Ahead, DECODING_BYTES};
pub(crate) use decoder::Decoder;
pub(crate) use feed::Feed;

use crate::error::{Error, Place};

/// As many bytes as tell what begins with them.
pub(crate) const HEAD_BYTES: usize = 18;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Format {
    const ALL: [Format; 4] = [Format::Gzip, Format::Zstd, Format::Bzip2, Format::Xz];

    /// What begins with `head`; `None` where that is no compressed data that we know.
    pub(crate) fn of(head: &[u8]) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.begins(head))
    }

    /// Whether a stream begins with `head`.
    fn begins(self, head: &[u8]) -> bool {
        match self {
            Format::Gzip => head.starts_with(b"\x1f\x8b"),
            Format::Zstd => zstd::begins(head),
            Format::Bzip2 => bzip2::begins(head),
            Format::Xz => head.starts_with(b"\xfd7zXZ\0"),
        }
    }

    /// Whether zeros may follow a stream and mean nothing (blocks of a tape, multiples of four).
    fn is_padded(self) -> bool {
        matches!(self, Format::Gzip | Format::Xz)
    }

    /// As it is spelt.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Gzip => "gzip",
            Format::Zstd => "zstd",
            Format::Bzip2 => "bzip2",
            Format::Xz => "xz",
        }
    }

    fn stream(self) -> Box<dyn Stream> {
        match self {
            Format::Gzip => Box::new(gzip::Gzip::default()),
            Format::Zstd => Box::new(zstd::Zstd::default()),
            Format::Bzip2 => Box::new(bzip2::Bzip2::default()),
            Format::Xz => Box::new(xz::Xz::default()),
        }
    }
}

/// One format's decoder, for one stream after another.
trait Stream: Send {
    /// A stream begins, with `head`; no memory is taken yet that depends on it.
    fn begin(&mut self, head: &[u8]);

    /// Decodes from `input`, which is empty only at its end, to `output`, which is not.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String>;
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// So many bytes were read and written; whether the stream ended.
    Went { read: usize, written: usize, ended: bool },
    /// Nothing was done: the next step takes so much memory.
    Needs(u64),
}

/// Why there is no more of the text.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The data is not what it should be, at this byte of the compressed file.
    Bad { at: u64, what: String },
    /// The text of this line, at this byte of what was transcoded, is none in its encoding.
    Malformed { at: u64, line: u64, text: Vec<u8>, encoding: &'static str },
    /// More memory is needed than there is.
    Memory { format: Format, need_bytes: u64, would_do_bytes: u64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Bad { at, what } => write!(f, "byte {at}: {what}"),
            Fault::Malformed { at, encoding, .. } => write!(f, "byte {at}: no {encoding}"),
            Fault::Memory { format, need_bytes, .. } => write!(f, "{} needs {need_bytes} bytes", format.name()),
        }
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> io::Error {
        io::Error::other(fault)
    }
}

/// A failure to read the file of this name, as a person is told.
pub(crate) fn named(path: &str, error: io::Error) -> Error {
    let path = path.to_owned();
    match error.downcast::<Fault>() {
        Ok(Fault::Bad { at, what }) => Error::Corrupt { path, at, what },
        Ok(Fault::Malformed { at, line, text, encoding }) => {
            Error::Malformed { place: Place { path, line: Some(line), column: None }, at, text, encoding }
        }
        Ok(Fault::Memory { format, need_bytes, would_do_bytes }) => Error::MemoryAt {
            place: Place { path, ..Place::default() },
            what: match format {
                Format::Gzip => "decoding gzip",
                Format::Zstd => "decoding zstd",
                Format::Bzip2 => "decoding bzip2",
                Format::Xz => "decoding xz",
            },
            need_bytes,
            would_do_bytes,
        },
        Err(source) => Error::Io { path, verb: "read", source },
    }
}

/// How far a decoder's count went on in a step, which buffers bound.
fn since(before: u64, now: u64) -> usize {
    usize::try_from(now - before).unwrap_or(usize::MAX)
}
