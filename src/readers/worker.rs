//! Tickets in file order in, batches of whole records out, on as many threads as take a worker.

use std::marker::PhantomData;

use crate::error::{Error, Result};
use crate::readers::{Batch, Input};

/// The records of an input, being read by several workers.
#[derive(Debug)]
pub struct Scan<'i> {
    _input: &'i Input,
}

/// A piece of the input that one worker reads; the order of their ordinals is input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// 0, 1, 2, … over all files, without gaps.
    pub ordinal: u64,
}

/// What a worker met since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes of input.
    pub bytes: u64,
    /// Records delivered, padded ones included.
    pub rows: u64,
    /// Records padded (`--ragged pad`).
    pub padded: u64,
    /// Records left out (`--ragged skip`).
    pub skipped: u64,
    /// Empty lines, which are no records.
    pub empty_lines: u64,
}

impl<'i> Scan<'i> {
    /// A worker with buffers of its own; call it on the thread that uses it.
    pub fn worker(&self) -> Worker<'_> {
        unimplemented!()
    }

    /// No chunk after `ordinal` is needed (a `LIMIT` is full): none is handed out, and workers on later ones end at
    /// their next call. Those on earlier ones go on.
    pub fn stop_after(&self, _ordinal: u64) {
        unimplemented!()
    }

    /// Nothing more is needed at all (a signal): every worker ends at its next call.
    pub fn stop(&self) {
        unimplemented!()
    }

    /// When all workers are gone: the first error in input order; a file that changed; else sentences of warning (a file that grew).
    pub fn finish(self) -> Result<Vec<String>> {
        unimplemented!()
    }
}

/// One thread's part in a scan.
#[derive(Debug)]
pub struct Worker<'s> {
    _scan: PhantomData<&'s ()>,
}

impl Worker<'_> {
    /// The next chunk; `None` at the end of the input or of the need. Blocks until the state in which it begins is known.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        unimplemented!()
    }

    /// The next records of the chunk; `None` at its end. The error of a record comes after the batch of those before it.
    pub fn next_batch(&mut self) -> Result<Option<Batch<'_>>> {
        unimplemented!()
    }

    /// Counts since the last call.
    pub fn take_counts(&mut self) -> Counts {
        unimplemented!()
    }

    /// Whether all bytes seen so far were the file's own: ask before anything made of them leaves the process.
    /// (A file truncated under its mapping reads as zeros until the next call; this tells.)
    pub fn intact(&self) -> Result<()> {
        unimplemented!()
    }

    /// Notes `error` at the chunk in hand: [`Scan::finish`] gives the first in input order, so workers on earlier chunks
    /// finish theirs and later ones end.
    pub fn fail(&self, _error: Error) {
        unimplemented!()
    }
}
