//! The elements of a column's fields, where it is marked in the batch at once what elements begin with: the fast twin of
//! reading the column into values first and taking each apart by itself.
//!
//! 1. A field without a mark has no elements, and is not even unquoted.
//! 2. A field with marks is taken apart at these.
//! 3. A field that has to be written anew to be unquoted, so that its marks are elsewhere, is taken apart the plain way.
//!
//! CPU time of one thread over the first 64 MB of the tweets: `tweets/top-emojis` 79 ms without and 61 with,
//! `tweets/top-mentions` 71 and 63, of which counting records is 24 (lower quartiles of 15, in turns, 2026-11-21). Marks as a list, along
//! which records are walked, instead of a bit for each byte that every record looks for its own in: the three tweets questions in one scan
//! of 460 MB 1.17 and 1.09 CPU seconds (best third of 15, in turns, `--profile quick`, 2026-11-30).
//!
//! Knows nothing of what elements are.

use bumpalo::Bump;

use super::columns::is_text;
use crate::exprs::Expr;
use crate::exprs::lists::{BoundList, List};
use crate::questions::plan::InputColumn;
use crate::readers::{Batch, Column};

/// The column whose fields can be taken apart so: `list` finds elements at marks, and its subject is a column that is text as
/// it stands.
pub(super) fn slot(list: &BoundList, columns: &[InputColumn]) -> Option<usize> {
    let Expr::Column(slot) = list.subject else { return None };
    let column = columns.get(slot)?;
    (is_text(column) && list.list.marks().is_some()).then_some(slot)
}

/// A column with its marks.
#[derive(Debug)]
pub(super) struct Marked<'a> {
    fields: Column<'a>,
    /// The marked places from where the records begin that are asked for next, and maybe some before.
    left: &'a [u32],
    arena: &'a Bump,
}

/// What is marked of one record.
#[derive(Debug)]
pub(super) enum Places<'a> {
    /// Places in what its field says, and from where they are counted.
    At(&'a [u8], &'a [u32], u32),
    /// Others than are marked: the field was written anew.
    Elsewhere(&'a [u8]),
}

impl<'a> Marked<'a> {
    /// Column `k` of `batch` with the marks of `list`; `None` where there are none, or too many.
    pub(super) fn of(batch: &Batch<'a>, k: usize, list: &dyn List, arena: &'a Bump) -> Option<Marked<'a>> {
        Some(Marked { fields: batch.column(k), left: batch.marks(list.marks()?, arena)?, arena })
    }

    /// How many of `records`, from the first on, have nothing marked; records are asked for in their order.
    #[inline]
    pub(super) fn n_without(&mut self, records: &[u32]) -> usize {
        let mut n = 0;
        while let Some(&next) = self.left.first() {
            n += self.fields.n_ending_until(next as usize, &records[n..]);
            let Some(&record) = records.get(n) else { return n };
            let start = self.fields.range(record as usize).start;
            if start <= next as usize {
                return n;
            }
            self.left = &self.left[n_below(self.left, start)..];
        }
        records.len()
    }

    /// What is marked of `record`.
    #[inline]
    pub(super) fn places(&mut self, record: usize) -> Places<'a> {
        let Some(said) = self.fields.said(record) else {
            return Places::Elsewhere(self.fields.field(record, self.arena));
        };
        // A quote may be marked, too.
        let left = &self.left[n_below(self.left, said.start)..];
        let (places, left) = left.split_at(n_below(left, said.end));
        self.left = left;
        let from = u32::try_from(said.start).expect("is below places of 32 bits");
        Places::At(self.fields.bytes(said), places, from)
    }
}

/// How many of the first `places` are below `end`: few.
#[inline]
fn n_below(places: &[u32], end: usize) -> usize {
    places.iter().take_while(|&&place| (place as usize) < end).count()
}
