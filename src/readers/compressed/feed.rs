//! A file in, its bytes out, a buffer at a time: what decoders read from.

use std::io::{self, Read};

use crate::readers::source::Rest;
use crate::readers::text::{Decoded, Text};

/// Bytes read at a time.
pub(super) const FEED_BYTES: usize = 64 << 10;

/// The bytes of a compressed file that come next.
#[derive(Debug)]
pub(crate) struct Feed {
    rest: Rest,
    buffer: Vec<u8>,
    /// What of the buffer was read, and not taken yet.
    at: usize,
    end: usize,
    /// Bytes taken so far.
    pub(super) taken: u64,
    /// Nothing comes behind the buffer.
    pub(super) is_last: bool,
}

impl Feed {
    /// Of `first`, which was read already, then of the rest.
    pub(crate) fn of(first: &[u8], rest: Rest) -> Feed {
        Feed { rest, at: 0, end: first.len(), buffer: first.to_vec(), taken: 0, is_last: false }
    }

    /// The next bytes: `n` of them at least, unless there are no more.
    pub(super) fn next(&mut self, n: usize) -> io::Result<&[u8]> {
        if self.end - self.at < n && !self.is_last {
            self.buffer.resize(FEED_BYTES, 0);
            self.buffer.copy_within(self.at..self.end, 0);
            (self.at, self.end) = (0, self.end - self.at);
            while self.end < n && !self.is_last {
                self.read()?;
            }
        }
        Ok(&self.buffer[self.at..self.end])
    }

    /// Reads what comes next behind the bytes in the buffer.
    fn read(&mut self) -> io::Result<()> {
        match self.rest.read(&mut self.buffer[self.end..]) {
            Ok(n) => {
                self.end += n;
                self.is_last = n == 0;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The first `n` of the next bytes are done with.
    pub(super) fn take(&mut self, n: usize) {
        self.at += n;
        self.taken += n as u64;
    }
}

/// The file as it is.
impl Text for Feed {
    fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded> {
        let next = self.next(1)?;
        let n = next.len().min(output.len());
        output[..n].copy_from_slice(&next[..n]);
        self.take(n);
        Ok(Decoded::Bytes(n))
    }

    fn position(&self) -> u64 {
        self.taken
    }
}
