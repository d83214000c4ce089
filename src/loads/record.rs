//! A record in; what orders its row and the row's fields, spelt as they will be written, out.
//!
//! The obvious way is a list of fields. Departures:
//! 1. fields are spelt when they are read, on all threads: what is kept of them is written as it is, and equal if its bytes are;
//! 2. nearly always they stand in the file as they will be spelt, one behind the other, and are copied as a whole.

use std::ops::Range;

use bumpalo::Bump;

use crate::exprs::time;
use crate::output::Csv;
use crate::readers::Batch;

/// What a row becomes before it is sorted.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The bytes that order it: its key, then what orders the rows with one key.
    pub(super) key: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

/// What a buffer keeps behind a long row.
pub(super) const KEPT_BYTES: usize = 1 << 20;

impl Row {
    /// Nothing, in buffers that a long row did not blow up.
    pub(super) fn clear(&mut self) {
        for buffer in [&mut self.key, &mut self.payload] {
            buffer.clear();
            buffer.shrink_to(KEPT_BYTES);
        }
    }
}

/// How the columns that are wanted of a record are spelt.
#[derive(Debug)]
pub(super) struct Spelling {
    /// Where they are in the record.
    places: Vec<usize>,
    /// They are its first, in their order.
    is_in_place: bool,
    /// Where those are that were added to them.
    added: Vec<usize>,
    delimiter: u8,
}

impl Spelling {
    /// Of the columns at `places`, of which there is one at least, with `delimiter` between two; at `added` are those that were
    /// added to them.
    pub(super) fn new(places: &[usize], added: &[usize], delimiter: u8) -> Spelling {
        let is_in_place = places.iter().enumerate().all(|(at, &place)| at == place);
        Spelling { places: places.to_vec(), is_in_place, added: added.to_vec(), delimiter }
    }
}

/// A record of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'b> {
    pub(super) batch: &'b Batch<'b>,
    pub(super) r: usize,
    pub(super) spelling: &'b Spelling,
    pub(super) arena: &'b Bump,
    /// 0 for what is kept, from 1 on those of the load.
    pub(super) file: u32,
    /// Where in the file.
    pub(super) position: u64,
}

impl<'b> Record<'b> {
    /// What wanted column `column` says.
    #[inline]
    pub(super) fn field(&self, column: usize) -> &'b [u8] {
        self.field_at(self.spelling.places[column])
    }

    /// What the column at `place` of the record says.
    #[inline]
    pub(super) fn field_at(&self, place: usize) -> &'b [u8] {
        self.batch.column(place).field(self.r, self.arena)
    }

    /// Appends the wanted columns; where in `out` column `marked` lies.
    #[inline]
    pub(super) fn spell(&self, marked: usize, out: &mut Vec<u8>) -> Range<usize> {
        let Spelling { places, is_in_place, delimiter, .. } = self.spelling;
        let start = out.len();
        if *is_in_place && let Some((fields, at)) = self.batch.plain_fields(self.r, places.len(), *delimiter) {
            out.extend_from_slice(fields);
            let marked = self.batch.column(marked).range(self.r);
            return start + marked.start - at.start..start + marked.end - at.start;
        }
        self.spell_each(marked, out)
    }

    /// Appends them all, and those that were added to them.
    pub(super) fn spell_whole(&self, out: &mut Vec<u8>) {
        let Spelling { added, delimiter, .. } = self.spelling;
        self.spell(0, out);
        for &place in added {
            out.push(*delimiter);
            Csv::with(*delimiter).field(self.field_at(place), out);
        }
    }

    #[inline(never)]
    fn spell_each(&self, marked: usize, out: &mut Vec<u8>) -> Range<usize> {
        let Spelling { places, delimiter, .. } = self.spelling;
        let mut found = 0..0;
        // As they stand in the file, they are as long as they are spelt, but for those that are quoted now and were not.
        out.reserve_exact(places.iter().map(|&place| self.batch.column(place).raw(self.r).len() + 1).sum());
        for (column, &place) in places.iter().enumerate() {
            if column > 0 {
                out.push(*delimiter);
            }
            let start = out.len();
            Csv::with(*delimiter).field(self.field_at(place), out);
            if column == marked {
                found = start..out.len();
            }
        }
        found
    }
}

/// The fields of `spelt`, as [`Record::spell`] spells them.
pub(super) fn fields(spelt: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(spelt);
    std::iter::from_fn(move || {
        let spelt = rest?;
        let mut is_quoted = false;
        let end = spelt.iter().position(|&byte| {
            is_quoted ^= byte == b'"';
            byte == delimiter && !is_quoted
        });
        rest = end.map(|end| &spelt[end + 1..]);
        Some(&spelt[..end.unwrap_or(spelt.len())])
    })
}

/// What a spelt field says.
pub(super) fn said(spelt: &[u8]) -> Vec<u8> {
    match spelt.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")) {
        None => spelt.to_vec(),
        Some(inner) => {
            let mut quotes = 0;
            let is_said = |byte: &&u8| {
                quotes += usize::from(**byte == b'"');
                **byte != b'"' || quotes % 2 == 1
            };
            inner.iter().filter(is_said).copied().collect()
        }
    }
}

/// The instant that a spelt field says; a day is its midnight.
#[inline]
pub(super) fn instant(spelt: &[u8]) -> Option<i64> {
    // Where a delimiter makes quotes necessary, they enclose what has none.
    let inner = spelt.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\""));
    time::parse_timestamp(inner.unwrap_or(spelt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelt_fields_are_cut_and_said_again() {
        let spelt = b"1,\"a,\"\"b\"\"\",,\"two\nlines\",";
        let cut: Vec<_> = fields(spelt, b',').map(said).collect();
        assert_eq!(cut, [&b"1"[..], b"a,\"b\"", b"", b"two\nlines", b""]);
        assert_eq!(fields(b"", b',').count(), 1);
        assert_eq!(instant(b"\"1970-01-02\""), instant(b"1970-01-02"));
        assert_eq!(instant(b"1970-02-30"), None);
    }
}
