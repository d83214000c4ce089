//! The elements of a column's fields, where it is marked in the batch at once what elements begin with: the fast twin of
//! reading the column into values first and taking each apart by itself.
//!
//! 1. A field without a mark has no elements, and is not even unquoted.
//! 2. A field with marks is taken apart at these.
//! 3. A field that has to be written anew to be unquoted, so that its marks are elsewhere, is taken apart the plain way.
//!
//! CPU time of one thread over the first 64 MB of the tweets: `tweets/top-emojis` 79 ms without and 61 with,
//! `tweets/top-mentions` 71 and 63, of which counting records is 24 (lower quartiles of 15, in turns, 2026-11-21).
//!
//! Knows nothing of what elements are.

use bumpalo::Bump;

use super::columns::is_text;
use crate::exprs::Expr;
use crate::exprs::lists::{BoundList, List};
use crate::questions::plan::InputColumn;
use crate::readers::{Batch, Column, Marks};

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
    marks: Marks<'a>,
    /// The first marked place behind those of the records that were asked for.
    next: usize,
    /// What is worked with.
    places: Vec<u32>,
    arena: &'a Bump,
}

/// What is marked of one record.
#[derive(Debug)]
pub(super) enum Places<'m, 'a> {
    /// Nothing.
    None,
    /// Places in what its field says, counted from its start.
    At(&'a [u8], &'m [u32]),
    /// Others than are marked: the field was written anew.
    Elsewhere(&'a [u8]),
}

impl<'a> Marked<'a> {
    /// Column `k` of `batch` with the marks of `list`; `None` where there are none, or too many.
    pub(super) fn of(batch: &Batch<'a>, k: usize, list: &dyn List, arena: &'a Bump) -> Option<Marked<'a>> {
        let (fields, marks) = (batch.column(k), batch.marks(list.marks()?, arena)?);
        Some(Marked { fields, marks, next: 0, places: Vec::new(), arena })
    }

    /// What is marked of `record`; records are asked for in their order.
    #[inline]
    pub(super) fn places(&mut self, record: usize) -> Places<'_, 'a> {
        let range = self.fields.range(record);
        if self.next < range.start {
            self.next = self.marks.first_from(range.start);
        }
        if self.next >= range.end {
            return Places::None;
        }
        let Some(said) = self.fields.said(record) else {
            return Places::Elsewhere(self.fields.field(record, self.arena));
        };
        self.marks.within(said.clone(), &mut self.places);
        Places::At(self.fields.bytes(said), &self.places)
    }
}
