//! The bytes that a worker has in hand: a mapping, or a buffer that is used again.
//!
//! The buffer costs a copy, and yet is faster: page tables cost more, and what was copied lies in the cache when it is scanned. Two threads,
//! page cache warm, medians of five, interleaved, seconds by `map` and by `read` (2026-11-22, two cores of an AMD EPYC): count of rows of
//! 2.3 GB 0.71 and 0.39, `tweets/top-days` 2.75 and 2.12, 6 of 60 columns 1.56 and 0.71, 50 M measurements 1.25 and 1.08.

use crate::error::Result;
use crate::readers::Io;
use crate::readers::map::{Mapping, NotMapped};
use crate::readers::source::{Regular, Source, read_at};

/// A range of a file, or what was read of a pipe.
#[derive(Debug, Default)]
pub(super) struct Held {
    mapping: Option<Mapping>,
    /// Of a pipe, filled by who takes the ticket.
    pub(super) buffer: Vec<u8>,
}

impl Held {
    /// The bytes.
    #[inline]
    pub(super) fn get(&self) -> &[u8] {
        match &self.mapping {
            Some(mapping) => mapping.bytes(),
            None => &self.buffer,
        }
    }

    /// Whether all bytes seen so far were the file's.
    #[inline]
    pub(super) fn is_intact(&self) -> bool {
        self.mapping.as_ref().is_none_or(Mapping::is_intact)
    }

    /// Gets `len` bytes of the file from `offset` in hand, instead of what was.
    pub(super) fn load(&mut self, source: &Source, regular: &Regular, io: Io, offset: u64, len: usize) -> Result<()> {
        self.mapping = None;
        if io == Io::Map {
            match Mapping::of(&source.file, offset, len) {
                Ok(mapping) => {
                    self.mapping = Some(mapping);
                    return Ok(());
                }
                Err(NotMapped::Shrank) => return Err(source.shrank(offset, regular.end)),
                Err(NotMapped::Unfit) => {}
            }
        }
        self.buffer.clear();
        self.append(source, regular, offset, len)
    }

    /// Gets `more` bytes of the file from `offset` in hand, behind those from `kept` on.
    pub(super) fn load_more(
        &mut self,
        source: &Source,
        regular: &Regular,
        offset: u64,
        kept: usize,
        more: usize,
    ) -> Result<()> {
        if self.mapping.is_some() {
            let n_kept = self.get().len() - kept;
            return self.load(source, regular, Io::Map, offset - n_kept as u64, n_kept + more);
        }
        self.buffer.drain(..kept);
        self.append(source, regular, offset, more)
    }

    fn append(&mut self, source: &Source, regular: &Regular, offset: u64, len: usize) -> Result<()> {
        self.buffer.reserve_exact(len);
        let got = read_at(&source.file, &mut self.buffer, offset, len).map_err(|error| source.failed(error))?;
        if got < len { Err(source.shrank(offset + got as u64, regular.end)) } else { Ok(()) }
    }

    /// Unmaps; keeps the buffer for the next chunk.
    pub(super) fn let_go(&mut self) {
        self.mapping = None;
    }

    /// Gives the buffer's memory back, too.
    pub(super) fn free(&mut self) {
        *self = Held::default();
    }
}
