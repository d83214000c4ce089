//! The passes over a chunk, one by one, for benches: the one door into the scan.

use std::ops::Range;

use crate::readers::automaton::{Dialect, State};
use crate::readers::scan::{Index, Kept, Simd};

/// A worker's way through a chunk of whole records, without the worker.
#[derive(Debug)]
pub struct Passes {
    simd: Simd,
    dialect: Dialect,
    kept: Kept,
    index: Index,
}

impl Passes {
    /// On one path, in one dialect.
    pub fn of(simd: Simd, delimiter: u8, quote: u8) -> Passes {
        let dialect = Dialect { delimiter, quote: Some(quote) };
        Passes { simd, dialect, kept: Kept::default(), index: Index::default() }
    }

    /// The first pass, which keeps the masks; whether `bytes`, begun with a record, are known to end with one.
    pub fn keep(&mut self, bytes: &[u8]) -> bool {
        let summary = self.simd.keep(bytes, self.dialect, &mut self.kept);
        self.kept.settle(false);
        summary.end(bytes, self.dialect, State::RecordStart).is_some_and(State::is_record_start)
    }

    /// The second pass, over a range of what was kept: how many separators, how many record ends.
    pub fn index_kept(&mut self, range: Range<usize>) -> (usize, usize) {
        self.simd.index_kept(&self.kept, range, &mut self.index);
        self.counts()
    }

    /// The same in one pass over `bytes`, which begin with a record.
    pub fn index(&mut self, bytes: &[u8]) -> (usize, usize) {
        self.simd.index(bytes, self.dialect, State::RecordStart, &mut self.index);
        self.counts()
    }

    /// Without the sentinels.
    fn counts(&self) -> (usize, usize) {
        (self.index.seps().len() - 1, self.index.ends().len() - 1)
    }
}
