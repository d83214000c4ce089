//! Records of one block, cut into fields where somebody asks for them.

use bumpalo::Bump;

use crate::error::Place;

/// Complete records, one after the other in input order.
///
/// Borrows the worker's buffers; gone when the worker goes on. Must not be kept while waiting for another worker: a long
/// record holds the one lock that lets another worker read one.
#[derive(Debug)]
pub struct Batch<'a> {
    _bytes: &'a [u8],
}

impl<'a> Batch<'a> {
    /// How many records there are; at least one.
    pub fn n_records(&self) -> usize {
        unimplemented!()
    }

    /// Column `k` (of the first file's header) in all records.
    pub fn column(&self, _k: usize) -> Column<'a> {
        unimplemented!()
    }

    /// Where record `r` begins, with its line. Cold: a file is read again up to there.
    pub fn place(&self, _r: usize) -> Place {
        unimplemented!()
    }

    /// The same, naming the column.
    pub fn place_of(&self, _r: usize, _column: &str) -> Place {
        unimplemented!()
    }

    /// Byte offset of record `r` in its file.
    pub fn offset(&self, _r: usize) -> u64 {
        unimplemented!()
    }

    /// Which file of [`Input::files`](super::Input::files) the records are of.
    pub fn file(&self) -> usize {
        unimplemented!()
    }
}

/// One column of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    _bytes: &'a [u8],
}

impl<'a> Column<'a> {
    /// The field's bytes as they stand in the file, quotes and all; empty where the record was padded.
    pub fn raw(&self, _r: usize) -> &'a [u8] {
        unimplemented!()
    }

    /// What the field says: without its quotes, doubled quotes undoubled in `arena`. Empty is NULL, quoted or not.
    pub fn field<'s>(&self, _r: usize, _arena: &'s Bump) -> &'s [u8]
    where
        'a: 's,
    {
        unimplemented!()
    }
}
