//! Records of an input in, on all threads; rows out: into sorters, or one batch after the other to who takes them.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};

use bumpalo::Bump;

use crate::aggregates::spill::Spill;
use crate::budget::Shares;
use crate::error::{Error, Result};
use crate::finish::Sorter;
use crate::loads::keep::{Keep, Verdict};
use crate::loads::record::{Record, Row, Spelling};
use crate::loads::refusals::{Refusal, Refuse, Rule};
use crate::pass::{self, Lender, Progress};
use crate::readers::{Batch, Counts, Input, Scan, Worker};

/// What an arena keeps of memory behind a batch; one that a long record blew up is given back.
const ARENA_BYTES: usize = 4 << 20;

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Loaded,
    Kept,
}

/// An input that rows are made of.
pub(super) struct Rows<'r, K> {
    pub(super) keep: &'r K,
    pub(super) side: Side,
    pub(super) input: &'r Input,
    pub(super) spelling: &'r Spelling,
    pub(super) shares: &'r Shares,
    pub(super) lender: &'r Lender,
    pub(super) refuse: &'r Refuse<'r>,
    pub(super) progress: &'r Progress,
}

impl<K: Keep> Rows<'_, K> {
    /// Does `work` with a reader on each thread, until the input is read; the first error in input order.
    pub(super) fn on_all_threads(&self, work: impl Fn(&mut Worker<'_>) -> Result<()> + Sync) -> Result<()> {
        let scan = self.input.scan(self.shares.sizes, self.lender);
        let work = |scan: &Scan<'_>| {
            let mut reader = scan.worker();
            let worked = work(&mut reader);
            self.count(&reader.take_counts());
            worked.unwrap_or_else(|error| reader.fail(error));
        };
        std::thread::scope(|threads| {
            for i in 0..self.shares.threads {
                let builder = std::thread::Builder::new().name(format!("load-{i}"));
                let spawned = builder.spawn_scoped(threads, || work(&scan));
                if let Err(error) = spawned {
                    scan.stop();
                    return Err(Error::Usage(format!("cannot start {} threads: {error}", self.shares.threads)));
                }
            }
            Ok(())
        })?;
        let warnings = scan.finish()?;
        self.progress.warnings.lock().unwrap_or_else(PoisonError::into_inner).extend(warnings);
        pass::check_stop(self.progress)
    }

    /// All rows, in sorters that hold `limit_bytes` each.
    pub(super) fn sorters<'s>(&self, spill: &'s Spill, limit_bytes: usize) -> Result<Vec<Sorter<'s>>> {
        let all = Mutex::new(Vec::new());
        self.on_all_threads(|reader| {
            let mut sorter = Sorter::new(spill, limit_bytes);
            let mut maker = Maker::new(self);
            while reader.next_chunk()?.is_some() {
                pass::check_stop(self.progress)?;
                while let Some(batch) = reader.next_batch()? {
                    maker.rows(&batch, &mut |row| sorter.push(&row.key, &row.payload))?;
                }
                reader.intact()?;
                self.count(&reader.take_counts());
            }
            all.lock().unwrap_or_else(PoisonError::into_inner).push(sorter);
            Ok(())
        })?;
        Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds what was read. Rows are those of the load.
    pub(super) fn count(&self, counts: &Counts) {
        self.progress.bytes.fetch_add(counts.bytes, Relaxed);
        if self.side == Side::Loaded {
            self.progress.rows.fetch_add(counts.rows, Relaxed);
        }
        self.progress.padded_rows.fetch_add(counts.padded, Relaxed);
        self.progress.skipped_rows.fetch_add(counts.skipped, Relaxed);
        self.progress.empty_lines.fetch_add(counts.empty_lines, Relaxed);
    }
}

/// What a worker makes rows with.
pub(super) struct Maker<'m, 'r, K> {
    of: &'m Rows<'r, K>,
    arena: Bump,
    row: Row,
    /// Rows that are not of those asked for.
    n_left_out: u64,
}

impl<'m, 'r, K: Keep> Maker<'m, 'r, K> {
    /// For the rows of `of`.
    pub(super) fn new(of: &'m Rows<'r, K>) -> Maker<'m, 'r, K> {
        Maker { of, arena: Bump::new(), row: Row::default(), n_left_out: 0 }
    }

    /// Calls `each` with the rows of `batch`, in order.
    pub(super) fn rows(&mut self, batch: &Batch<'_>, each: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
        let Rows { keep, side, spelling, refuse, .. } = *self.of;
        if self.arena.allocated_bytes() > ARENA_BYTES {
            self.arena = Bump::new();
        }
        self.arena.reset();
        let file = match side {
            Side::Kept => 0,
            Side::Loaded => u32::try_from(batch.file() + 1).unwrap_or(u32::MAX),
        };
        let row = &mut self.row;
        for (r, position) in batch.positions().enumerate() {
            let record = Record { batch, r, spelling, arena: &self.arena, file, position };
            row.clear();
            let verdict = match side {
                Side::Loaded => keep.loaded(&record, row),
                Side::Kept => keep.kept(&record, row),
            };
            match verdict {
                Verdict::Taken => each(row)?,
                Verdict::LeftOut => self.n_left_out += 1,
                Verdict::Refused(rule, column) => refused(&record, rule, column, refuse)?,
            }
        }
        Ok(())
    }
}

impl<K> Drop for Maker<'_, '_, K> {
    fn drop(&mut self) {
        let mut changes = self.of.progress.changes.lock().unwrap_or_else(PoisonError::into_inner);
        changes.get_or_insert_default().left_out += self.n_left_out;
    }
}

#[cold]
fn refused(record: &Record<'_>, rule: Rule, column: usize, refuse: &Refuse<'_>) -> Result<()> {
    let mut fields = Vec::new();
    record.spell_whole(&mut fields);
    let Record { file, position, .. } = *record;
    refuse(&Refusal { file, position, rule, column: Some(column), detail: b"", record: &fields })
}
