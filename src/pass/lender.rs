//! Lends what no share holds to records longer than a worker's own buffers, and remembers how long they were.
//!
//! The obvious way counts a record's own bytes. But a field on its way to the answer lies in memory several times: unquoted,
//! as a function's result, in a key, in an entry on its way to the disk, in a row to be ordered. Which columns go how far is
//! known from the plan, so a long field that nobody reads costs its window alone.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::budget;
use crate::exprs::{Expr, Type};
use crate::questions::plan::{Body, Output, Pass, Scan};
use crate::readers::{Io, Reserve};

/// Copies of a field that leaves as it is read: spelt, in a buffer that doubles.
const STREAMED: usize = 2;

/// Copies of a field that is put in order: in the row's key and in its payload, each in a buffer that doubles; later in two
/// runs being merged.
const ORDERED: usize = 4;

/// Copies of a field that is a key or a state: unquoted once more, in the table, in an entry in a buffer that doubles; later
/// once more in a row.
const FOLDED: usize = 6;

/// How often a field of each column lies in memory while its record is worked on, its own place apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copies(Vec<(usize, usize)>);

impl Copies {
    /// Of the columns that `scan` reads.
    pub(super) fn of(scan: &Scan) -> Copies {
        let mut copies: Vec<_> = scan.columns.iter().map(|column| (column.index, 1)).collect();
        let count = |pass: &Pass, expr: &Expr, carried: usize, copies: &mut Vec<(usize, usize)>| {
            let each = carried + n_calls(expr);
            expr.visit(&mut |part| match part {
                Expr::Column(slot) if *slot < copies.len() => copies[*slot].1 += each,
                // An element may be all of what it was taken from.
                Expr::Column(_) => {
                    let subject = pass.explode.iter().flat_map(|list| list.subject.columns());
                    subject.for_each(|slot| copies[slot].1 += each);
                }
                _ => {}
            });
        };
        for pass in &scan.passes {
            let mut count = |expr: &Expr, carried| count(pass, expr, carried, &mut copies);
            let filters = pass.filter.iter().chain(&pass.element_filter);
            filters.chain(pass.explode.iter().map(|list| &list.subject)).for_each(|expr| count(expr, 0));
            match &pass.body {
                Body::Rows { outputs } => {
                    let carried = if pass.cut.order.is_empty() { STREAMED } else { ORDERED };
                    outputs.iter().for_each(|output| count(&output.expr, carried_of(output.ty, carried)));
                }
                Body::Groups { keys, aggregates, having, outputs } => {
                    let later =
                        outputs.iter().map(|Output { expr, .. }| expr).chain(having).map(n_calls).sum::<usize>();
                    keys.iter().for_each(|key| count(&key.expr, carried_of(key.ty, FOLDED + later)));
                    for call in aggregates {
                        let carried = if call.keeps_texts || call.is_by_value() { FOLDED + later } else { 0 };
                        call.argument.iter().for_each(|expr| count(expr, carried_of(call.ty, carried)));
                        call.filter.iter().for_each(|expr| count(expr, 0));
                    }
                }
            }
        }
        Copies(copies)
    }

    /// Of one column alone.
    pub(crate) fn of_column(index: usize, copies: usize) -> Copies {
        Copies(vec![(index, copies)])
    }

    /// Of each of these columns, so often.
    pub(crate) fn of_columns(columns: impl Iterator<Item = (usize, usize)>) -> Copies {
        Copies(columns.collect())
    }

    /// Of both: a column that is read twice is copied by each who reads it.
    pub(crate) fn and(mut self, mut other: Copies) -> Copies {
        other.0.retain(|(index, more)| match self.0.iter_mut().find(|(known, _)| known == index) {
            Some((_, copies)) => {
                *copies += more;
                false
            }
            None => true,
        });
        self.0.append(&mut other.0);
        self
    }

    /// Of the column of which there are most.
    pub(crate) fn most(&self) -> usize {
        self.0.iter().map(|&(_, copies)| copies).max().unwrap_or(0)
    }
}

/// Only text is as long as the field that it is made of.
fn carried_of(ty: Type, copies: usize) -> usize {
    if matches!(ty, Type::Text | Type::Dynamic) { copies } else { 0 }
}

fn n_calls(expr: &Expr) -> usize {
    let mut n = 0;
    expr.visit(&mut |part| n += usize::from(matches!(part, Expr::Call(_))));
    n
}

/// What is lent of a budget.
#[derive(Debug)]
pub(crate) struct Lender {
    copies: Copies,
    left: AtomicU64,
    lent: AtomicU64,
    most_lent: AtomicU64,
    /// What the budget was settled for.
    threads: usize,
    io: Io,
    needs: budget::Needs,
}

impl Lender {
    /// Lends `shares.lent_bytes`.
    pub(crate) fn new(copies: Copies, shares: &budget::Shares, io: Io, needs: budget::Needs) -> Lender {
        let left = AtomicU64::new(shares.lent_bytes as u64);
        let (lent, most_lent) = (AtomicU64::new(0), AtomicU64::new(0));
        Lender { copies, left, lent, most_lent, threads: shares.threads, io, needs }
    }

    /// The most that was lent at once: the longest record with all that was made of it.
    pub(super) fn most_lent(&self) -> usize {
        usize::try_from(self.most_lent.load(Ordering::Relaxed)).unwrap_or(usize::MAX)
    }
}

impl Reserve for Lender {
    fn work_bytes(&self, field_bytes: &dyn Fn(usize) -> usize) -> u64 {
        self.copies.0.iter().map(|&(index, copies)| (copies * field_bytes(index)) as u64).sum()
    }

    fn reserve(&self, bytes: u64) -> bool {
        let take = |left: u64| left.checked_sub(bytes);
        let lends = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok();
        if lends {
            let lent = self.lent.fetch_add(bytes, Ordering::Relaxed) + bytes;
            self.most_lent.fetch_max(lent, Ordering::Relaxed);
        }
        lends
    }

    fn give_back(&self, bytes: u64) {
        self.lent.fetch_sub(bytes, Ordering::Relaxed);
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }

    fn would_do(&self, record_bytes: u64) -> u64 {
        let bytes = record_bytes.saturating_mul(1 + self.copies.most() as u64);
        budget::would_lend(bytes, self.threads, self.io, self.needs)
    }
}
