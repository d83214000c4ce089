//! A file's bytes in, its text in UTF-8 out, for a thread of its own to make: what stages of that have in common.
//!
//! A stage reads the file ([`Feed`](super::compressed::Feed)), decompresses it ([`Decoder`](super::compressed::Decoder)) or
//! brings it from another encoding ([`Transcoder`](super::transcoder::Transcoder)), and pulls from the stage before it. A table that is
//! no text at all (Parquet) is spelt as one.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use crate::error::Result;
use crate::readers::compressed::Format;

/// What a stage gives at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// So many bytes; none at the end.
    Bytes(usize),
    /// Nothing, until so much memory is granted.
    Needs(Format, u64),
}

/// A text, being made.
pub(crate) trait Text: Send {
    /// Writes to `output`, which is not empty, what is there to be had at once.
    fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded>;

    /// Bytes of the file read so far.
    fn position(&self) -> u64;

    /// The most memory that it asked for so far.
    fn needed_bytes(&self) -> u64 {
        0
    }

    /// Says what it may hold from now on.
    fn grant(&mut self, _bytes: u64) {}

    /// Says, before its first byte, which of its columns will be read, `None` for all; the others may come empty. What it has to hold
    /// for that, as far as it knows.
    fn ask(&mut self, _columns: Option<&[usize]>) -> Result<u64> {
        Ok(self.needed_bytes())
    }
}

/// A text whose lines are none of the file's: its records are counted, when a message names one, by making it again.
pub(crate) trait Recount: fmt::Debug + Send + Sync {
    /// The record that begins at byte `offset` of the text, from 1.
    fn record_at(self: Arc<Self>, offset: u64) -> Option<u64>;
}

/// A text as a reader, of a file's head, for which memory is not asked for: what is granted must be without limit.
pub(crate) struct Unasked<'t>(pub(crate) &'t mut dyn Text);

impl Read for Unasked<'_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.is_empty() {
            return Ok(0);
        }
        match self.0.decode(output)? {
            Decoded::Bytes(n) => Ok(n),
            Decoded::Needs(..) => Err(io::ErrorKind::OutOfMemory.into()),
        }
    }
}
