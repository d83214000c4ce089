//! The records of a batch in, the elements of their lists out, each a lane: `UNNEST`.
//!
//! A record may have any number of elements, so these leave in portions, in an arena of their own.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::frame::{Lanes, Located, Reading, Take};
use super::marked::{Marked, Places};
use crate::error::Result;
use crate::exprs::lists::List;
use crate::exprs::{Expr, Value};

/// What is taken apart.
#[derive(Debug)]
pub(super) enum Subject<'a> {
    /// The values, by lane.
    Values(&'a [Value<'a>]),
    /// The fields of a column.
    Marked(Marked<'a>),
}

/// Elements that wait to be handed over.
#[derive(Debug)]
pub(super) struct Elements<'p, 'a> {
    reading: &'p Reading,
    records: &'p Lanes<'a>,
    filter: Option<&'p Expr>,
    /// A portion.
    most: usize,
    elements: ArenaVec<'a, Value<'a>>,
    /// The record of each.
    owners: ArenaVec<'a, u32>,
    /// The number of each in its record, where somebody asks.
    indexes: ArenaVec<'a, u32>,
    arena: Bump,
}

impl<'p, 'a> Elements<'p, 'a> {
    /// None yet of `records`; of those that come the ones that pass `filter` are handed over, at most `most` at a time.
    pub(super) fn of(
        reading: &'p Reading,
        records: &'p Lanes<'a>,
        filter: Option<&'p Expr>,
        most: usize,
    ) -> Elements<'p, 'a> {
        Elements {
            reading,
            records,
            filter,
            most,
            elements: ArenaVec::with_capacity_in(most, records.arena),
            owners: ArenaVec::with_capacity_in(most, records.arena),
            indexes: ArenaVec::with_capacity_in(if reading.places { most } else { 0 }, records.arena),
            arena: Bump::new(),
        }
    }

    /// Makes a lane of each element of `subject`, with the columns of the record it is of.
    pub(super) fn explode(
        &mut self,
        (list, subject): (&dyn List, Subject<'a>),
        located: &mut Vec<Located>,
        take: &mut Take<'_>,
    ) -> Result<()> {
        match subject {
            Subject::Values(values) => {
                for &lane in self.records.lanes {
                    self.push_all(list, values[lane as usize], lane, located, take)?;
                }
            }
            Subject::Marked(mut marked) => {
                let mut left = self.records.lanes;
                while let Some((&lane, behind)) = left[marked.n_without(left)..].split_first() {
                    left = behind;
                    match marked.places(lane as usize) {
                        Places::At(text, places, from) => {
                            self.push_marked(list, (text, places, from), lane, located, take)?;
                        }
                        Places::Elsewhere(text) => self.push_all(list, Value::Text(text), lane, located, take)?,
                    }
                }
            }
        }
        self.hand_over(located, take)
    }

    /// The elements of one value, the plain way.
    fn push_all(
        &mut self,
        list: &dyn List,
        value: Value<'a>,
        lane: u32,
        located: &mut Vec<Located>,
        take: &mut Take<'_>,
    ) -> Result<()> {
        let (mut index, mut taken) = (0, Ok(()));
        let told = list.each(value, &mut |element| {
            self.elements.push(element);
            index = self.own(lane, index);
            if self.elements.len() == self.most {
                // Behind an error nobody wants the others, however many a record has.
                if taken.is_ok() { taken = self.hand_over(located, take) } else { self.clear() }
            }
        });
        if let Err(trouble) = told {
            located.push((lane as usize, trouble));
        }
        taken
    }

    /// The elements at the marked places of a text.
    #[inline]
    fn push_marked(
        &mut self,
        list: &dyn List,
        (text, mut places, from): (&'a [u8], &[u32], u32),
        lane: u32,
        located: &mut Vec<Located>,
        take: &mut Take<'_>,
    ) -> Result<()> {
        let (mut index, mut settled) = (0, 0);
        loop {
            let n = places.len().min(self.most - self.elements.len());
            settled = list.append_at(text, (&places[..n], from), settled, &mut self.elements);
            index = self.own(lane, index);
            places = &places[n..];
            if self.elements.len() == self.most {
                self.hand_over(located, take)?;
            }
            if places.is_empty() {
                return Ok(());
            }
        }
    }

    /// Says of the elements that were pushed last that they are those of `lane` from number `index` on; the next one's number.
    #[inline]
    fn own(&mut self, lane: u32, index: u32) -> u32 {
        let more = self.elements.len() - self.owners.len();
        (0..more).for_each(|_| self.owners.push(lane));
        let next = index + u32::try_from(more).expect("a portion has few elements");
        if self.reading.places {
            self.indexes.extend(index..next);
        }
        next
    }

    fn hand_over(&mut self, located: &mut Vec<Located>, take: &mut Take<'_>) -> Result<()> {
        let portion = (&self.elements[..], &self.owners[..], &self.indexes[..]);
        let lanes = self.reading.lanes_of_elements(self.records, portion, self.filter, &self.arena, located);
        let taken = take(lanes, located);
        self.clear();
        taken
    }

    fn clear(&mut self) {
        self.elements.clear();
        self.owners.clear();
        self.indexes.clear();
        self.arena.reset();
    }
}
