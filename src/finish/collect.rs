//! Where the rows of one worker go until all are there: a heap of the first k, or a sorter.

use super::sort::{Sorter, merge};
use super::top::Top;
use crate::aggregates::spill::Spill;
use crate::error::Result;

/// The most rows that a heap keeps; more are sorted.
const MAX_TOP: u64 = 10_000;

/// How many rows of the ordered whole are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Rows left out before.
    pub offset: u64,
    /// At most so many.
    pub limit: Option<u64>,
    /// Memory that one worker's rows may take.
    pub limit_bytes: usize,
}

impl Target {
    /// The rows that a heap keeps, if so few are wanted that they are kept in one.
    fn top(self) -> Option<usize> {
        let k = self.limit?.saturating_add(self.offset);
        usize::try_from(k).ok().filter(|_| k <= MAX_TOP)
    }

    /// Whether so few rows are wanted that they are kept in a heap.
    pub fn is_top(self) -> bool {
        self.top().is_some()
    }
}

/// One worker's rows.
#[derive(Debug)]
pub struct Collector<'s> {
    kind: Kind<'s>,
    spill: &'s Spill,
    limit_bytes: usize,
}

#[derive(Debug)]
enum Kind<'s> {
    Top(Top),
    Sort(Sorter<'s>),
}

impl<'s> Collector<'s> {
    /// An empty collector.
    pub fn new(target: Target, spill: &'s Spill) -> Collector<'s> {
        let kind = match target.top() {
            Some(k) => Kind::Top(Top::new(k)),
            None => Kind::Sort(Sorter::new(spill, target.limit_bytes)),
        };
        Collector { kind, spill, limit_bytes: target.limit_bytes }
    }

    /// Whether a row whose key begins so would stay, as far as is known now.
    pub fn wants(&self, key: &[u8]) -> bool {
        match &self.kind {
            Kind::Top(top) => top.wants(key),
            Kind::Sort(_) => true,
        }
    }

    /// Takes a row.
    pub fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        match &mut self.kind {
            Kind::Top(top) => {
                top.push(key, payload);
                // Few but huge rows: the sorter takes them over, and the limit cuts later.
                if top.bytes() > self.limit_bytes { self.sort_instead() } else { Ok(()) }
            }
            Kind::Sort(sorter) => sorter.push(key, payload),
        }
    }

    fn sort_instead(&mut self) -> Result<()> {
        let sorter = Kind::Sort(Sorter::new(self.spill, self.limit_bytes));
        if let Kind::Top(top) = std::mem::replace(&mut self.kind, sorter)
            && let Kind::Sort(sorter) = &mut self.kind
        {
            for row in top.into_rows() {
                sorter.push(&row.key, &row.payload)?;
            }
        }
        Ok(())
    }
}

/// The rows of all workers.
#[derive(Debug)]
pub struct Gathered<'s>(pub Vec<Collector<'s>>);

impl Gathered<'_> {
    /// Calls `each` with the payloads of the wanted rows, in order.
    pub fn emit(self, target: Target, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let (mut skip, mut left) = (target.offset, target.limit.unwrap_or(u64::MAX));
        let mut cut = |_: &[u8], payload: &[u8]| {
            if left == 0 {
                return Ok(false);
            }
            if skip > 0 {
                skip -= 1;
                return Ok(true);
            }
            left -= 1;
            each(payload)?;
            Ok(left > 0)
        };
        let (mut rows, mut sorters) = (Vec::new(), Vec::new());
        for collector in self.0 {
            match collector.kind {
                Kind::Top(top) => rows.append(&mut top.into_rows()),
                Kind::Sort(sorter) => sorters.push(sorter),
            }
        }
        if let Some(first) = sorters.first_mut() {
            for row in rows.drain(..) {
                first.push(&row.key, &row.payload)?;
            }
            return merge(sorters, target.limit_bytes, &mut cut);
        }
        rows.sort_unstable();
        for row in &rows {
            if !cut(&row.key, &row.payload)? {
                break;
            }
        }
        Ok(())
    }
}
