//! One block's index in, batches of its records out: rectangular where it can be, record by record where it cannot.
//!
//! Knows which records are none (empty lines), too long or ragged; knows nothing of files, and only places in the block.

use crate::readers::batch::Record;
use crate::readers::scan::Index;
use crate::readers::{Counts, Ragged};

/// What a worker has indexed, and how far it was delivered.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) index: Index,
    /// Where in the bytes in hand it begins.
    pub(super) start: usize,
    /// How many of its records were taken.
    taken: usize,
    /// The number of fields of a record walked alone, of which the index holds at most one more than there are columns.
    pub(super) walked_fields: Option<usize>,
    /// The records of the batch in hand, when it is not rectangular.
    pub(super) records: Vec<Record>,
}

/// What records must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) n_columns: usize,
    pub(super) batch_records: usize,
    pub(super) max_record_bytes: u64,
    pub(super) ragged: Ragged,
}

/// Which records of the block make the next batch.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// None: all were empty lines, or left out.
    Nothing,
    /// `n` records from entry `first` of the separators.
    Rectangular { first: usize, n: usize },
    /// [`Block::records`], counted from entry `first` of the separators.
    Listed { first: usize },
}

/// A record that ends everything, by its place in the block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// It has `found` fields.
    Ragged { at: usize, found: usize },
    /// It is longer than the longest.
    Long { at: usize },
}

impl Block {
    pub(super) fn of(block_bytes: usize) -> Block {
        let index = Index::for_blocks(block_bytes);
        Block { index, start: 0, taken: 0, walked_fields: None, records: Vec::new() }
    }

    /// Forgets all records; the next ones begin at `start`.
    pub(super) fn begin(&mut self, start: usize) {
        self.index.clear();
        self.start = start;
        self.taken = 0;
        self.walked_fields = None;
    }

    /// Whether every record was taken.
    #[inline]
    pub(super) fn is_taken(&self) -> bool {
        self.taken + 1 >= self.index.ends().len()
    }

    /// Where in the block its last record ends; `None` when none does.
    pub(super) fn last_end(&self) -> Option<usize> {
        match self.index.ends() {
            [_, .., last] => Some(self.index.seps()[*last as usize + 1] as usize),
            _ => None,
        }
    }

    /// The next batch, from `bytes`, which begin at the block's start; what is no record is counted and left out. After a
    /// stop, what was before it makes the last batch.
    pub(super) fn next(&mut self, bytes: &[u8], rules: Rules, counts: &mut Counts) -> (Shape, Option<Stop>) {
        let ends = &self.index.ends()[self.taken..];
        let ends = &ends[..ends.len().min(rules.batch_records + 1)];
        let n = ends.len() - 1;
        let first = ends[0].wrapping_add(1) as usize;
        let seps = &self.index.seps()[first..];
        let is_short = u64::from(seps[seps.len() - 1]) <= rules.max_record_bytes;
        let is_regular = is_short && self.walked_fields.is_none() && is_rectangular(ends, rules.n_columns);
        if is_regular && (rules.n_columns > 1 || !has_empty(bytes, &seps[..=n])) {
            self.taken += n;
            counts.rows += n as u64;
            return (Shape::Rectangular { first, n }, None);
        }
        let stop = self.list(bytes, n, first, rules, counts);
        self.taken = if stop.is_some() { self.index.ends().len() - 1 } else { self.taken + n };
        counts.rows += self.records.len() as u64;
        (if self.records.is_empty() { Shape::Nothing } else { Shape::Listed { first } }, stop)
    }

    /// Lists the next `n` records one by one, up to the first that stops.
    fn list(&mut self, bytes: &[u8], n: usize, first: usize, rules: Rules, counts: &mut Counts) -> Option<Stop> {
        self.records.clear();
        let seps = &self.index.seps()[first..];
        for pair in self.index.ends()[self.taken..][..=n].windows(2) {
            let before = pair[0].wrapping_add(1) as usize - first;
            let n_listed = pair[1].wrapping_sub(pair[0]);
            let (start, end) = (seps[before].wrapping_add(1) as usize, seps[before + n_listed as usize] as usize);
            // The LF of a CRLF, whose CR ended the record before.
            let start = start + usize::from(start < end && bytes[start] == b'\n');
            let n_fields = self.walked_fields.unwrap_or(n_listed as usize);
            if start == end && n_fields == 1 {
                counts.empty_lines += 1;
                continue;
            }
            if (end - start) as u64 > rules.max_record_bytes {
                return Some(Stop::Long { at: start });
            }
            match rules.ragged {
                _ if n_fields == rules.n_columns => {}
                Ragged::Skip => {
                    counts.skipped += 1;
                    continue;
                }
                Ragged::Pad if n_fields < rules.n_columns => counts.padded += 1,
                Ragged::Pad | Ragged::Error => return Some(Stop::Ragged { at: start, found: n_fields }),
            }
            let first = u32::try_from(before).expect("an index is shorter than its block, which is below 4 GiB");
            self.records.push(Record { first, n_fields: n_listed });
        }
        None
    }
}

/// Whether every record has `n_columns` fields; `ends` begins with what is before the first.
fn is_rectangular(ends: &[u32], n_columns: usize) -> bool {
    let Ok(step) = u32::try_from(n_columns) else { return false };
    // Without a branch a record, so that it is done many at a time.
    ends.windows(2).fold(0, |differences, pair| differences | pair[1].wrapping_sub(pair[0]) ^ step) == 0
}

/// Whether a line is empty among records of one field each.
fn has_empty(bytes: &[u8], seps: &[u32]) -> bool {
    seps.windows(2).any(|pair| {
        let (start, end) = (pair[0].wrapping_add(1) as usize, pair[1] as usize);
        start == end || start + 1 == end && bytes[start] == b'\n'
    })
}
