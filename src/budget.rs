//! The byte budget: `--memory` in, a share for every holder out.
//!
//! `--memory` is the peak resident memory of the whole process. What is there before a pass begins is measured; what the
//! passes hold is divided here, once, so that no holder has to ask while it works.
//!
//! ```text
//! ┌ fixed ──────────────┬ work ────────────────────────────────────────────────────────────────────────────────┐
//! │ binary, allocator,  │ scan: readers │ columns │ hot tables │ open slabs │ kept slabs │ finish: tables of     │
//! │ stacks, open files, │                                                  │            │ partitions │ rows to  │
//! │ decoder             │                                                  │            │ order │ merge buffers │
//! └─────────────────────┴───────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! The finish comes after the scan, but does not count on its memory, since an allocator gives pages back when it likes; only
//! on that of one hot table a worker, whose large pieces go back to the system at once. What the finish will need is lent to
//! long records during the scan; and where there were any, their rows come back in the finish, so that its tables are smaller
//! then ([`Shares::finish`]).

use crate::aggregates::slabs::{PARTITIONS, TOGETHER};
use crate::error::{Error, Result};
use crate::exprs::Value;
use crate::readers::{Io, Sizes};

/// What a process gains after the measurement without anybody asking: code that is paged in, tables built on first use.
const LATER_BYTES: usize = 5 << 19;

/// What a thread costs beside its shares: stack, the allocator's own pages.
const THREAD_BYTES: usize = 384 << 10;

/// The same for texts of any length, each in an allocation of its own: the allocator has a page of 64 KiB for each class of
/// lengths, and those it does not fill.
const TEXTS_BYTES: usize = 640 << 10;

/// A worker's slabs of a fold.
const SLABS: usize = PARTITIONS + TOGETHER;

/// Key and bookkeeping a lane and fold.
const LANE_BYTES: usize = 64;

/// What the passes need, counted over all of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// Groupings, folds of folds counted for themselves.
    pub folds: usize,
    /// Columns of values held for a batch.
    pub columns: usize,
    /// Passes whose rows are put in order.
    pub orders: usize,
    /// Whether rows are written as they are read.
    pub streams: bool,
    /// Whether rows are put in order as they are read.
    pub collects: bool,
    /// Whether states keep texts.
    pub keeps_texts: bool,
    /// How often the text of a record lies in memory while it is worked on, its own place apart.
    pub copies: usize,
    /// What decompressing the input takes.
    pub decoder_bytes: usize,
    /// What the answers' sinks hold.
    pub sink_bytes: usize,
    /// What the tables of outer queries take.
    pub tables_bytes: usize,
}

/// The share of every holder, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// The budget.
    pub memory_bytes: u64,
    /// Threads that fold.
    pub threads: usize,
    /// One worker's chunk and index block.
    pub sizes: Sizes,
    /// One worker's hot table of one fold.
    pub hot_bytes: usize,
    /// One slab.
    pub slab_bytes: usize,
    /// Full slabs kept in memory, by all.
    pub max_kept_slabs: usize,
    /// One worker's spelt rows that wait for their turn.
    pub spelt_bytes: usize,
    /// What may be lent to records longer than a worker's own buffers.
    pub lent_bytes: usize,
    /// All that the finish has, and in how many parts.
    finish_bytes: usize,
    finish_parts: usize,
}

/// The shares of the finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finish {
    /// Threads that take partitions at once.
    pub threads: usize,
    /// One worker's table of the partition in hand.
    pub table_bytes: usize,
    /// One worker's rows to order, a pass.
    pub order_bytes: usize,
}

impl Shares {
    /// Divides what the finish has, when a row of the answer may take `long_bytes` of who makes it, beside its shares: fewer
    /// make any at once where not all can. It is at most [`Shares::lent_bytes`].
    pub fn finish(&self, long_bytes: usize) -> Finish {
        let threads = self.lent_bytes.checked_div(long_bytes).unwrap_or(self.threads).clamp(1, self.threads);
        let part = (self.finish_bytes - self.lent_bytes.min(threads * long_bytes)) / self.finish_parts;
        // A worker's hot table is gone before its first table of the finish is made.
        Finish { threads, table_bytes: part * 2 + self.hot_bytes, order_bytes: part }
    }

    /// One worker's rows to order, a pass, while records are read: what is lent to them is not counted on.
    pub fn order_bytes(&self) -> usize {
        self.finish(self.lent_bytes).order_bytes
    }
}

/// Divides `memory_bytes` (`None`: the default) among the holders.
///
/// `threads` is as asked; `None` takes what the machine has, and fewer where the budget is too small for them.
/// Errors: [`Error::Memory`] with the smallest budget that would do.
pub fn settle(memory_bytes: Option<u64>, threads: Option<usize>, io: Io, needs: Needs) -> Result<Shares> {
    let memory_bytes = self::memory_bytes(memory_bytes);
    let resident = usize::try_from(resident_bytes()).unwrap_or(usize::MAX);
    let most = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    let least = if threads.is_some() { most } else { 1 };
    for threads in (least..=most).rev() {
        if let Some(shares) = divide(memory_bytes, resident, threads, io, needs) {
            return Ok(shares);
        }
    }
    let need = fixed_bytes(resident, least, needs) + least_work_bytes(least, needs);
    // Resident memory varies from run to run, by what of the program is paged in; the figure told has to do in the next one, too.
    let need_bytes = ((need + (1 << 20)) as u64).next_multiple_of(1_000_000);
    Err(Error::Memory {
        have_bytes: memory_bytes,
        need_bytes,
        threads: least,
        decoder_bytes: needs.decoder_bytes as u64,
    })
}

/// The budget in force where `--memory` is this.
pub fn memory_bytes(asked: Option<u64>) -> u64 {
    asked.unwrap_or_else(default_memory_bytes)
}

/// The tables of one of `n_outer` outer queries while passes run.
pub fn tables_bytes(memory_bytes: u64, n_outer: usize) -> usize {
    let share = usize::try_from(memory_bytes).unwrap_or(usize::MAX) / 16 / n_outer.max(1);
    share.clamp(LEAST_TABLES, MOST_TABLES)
}

/// What the process has not yet taken of its budget.
pub fn left_bytes(memory_bytes: u64) -> usize {
    usize::try_from(memory_bytes.saturating_sub(resident_bytes())).unwrap_or(usize::MAX)
}

/// The smallest budget, in whole megabytes, that lends `lent_bytes` on so many threads.
pub fn would_lend(lent_bytes: u64, threads: usize, io: Io, needs: Needs) -> u64 {
    let resident = usize::try_from(resident_bytes()).unwrap_or(usize::MAX);
    let lends = |megabytes: u64| {
        let shares = divide(megabytes * 1_000_000, resident, threads, io, needs);
        shares.is_some_and(|shares| shares.lent_bytes as u64 >= lent_bytes)
    };
    let enough = (0..44).map(|power| 1 << power).find(|&megabytes| lends(megabytes)).unwrap_or(1 << 44);
    let (mut few, mut enough) = (enough / 2, enough);
    while few + 1 < enough {
        let middle = few.midpoint(enough);
        if lends(middle) { enough = middle } else { few = middle }
    }
    (enough + 1) * 1_000_000
}

/// The smaller of 256 MB and 60 % of the cgroup's limit.
fn default_memory_bytes() -> u64 {
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let limit = limits.iter().find_map(|path| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok());
    limit.map_or(256_000_000, |limit| (limit / 5 * 3).min(256_000_000))
}

/// Resident memory of this process, now.
fn resident_bytes() -> u64 {
    let pages = || std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse::<u64>().ok();
    pages().map_or(8 << 20, |pages| pages * 4096)
}

fn fixed_bytes(resident: usize, threads: usize, needs: Needs) -> usize {
    resident
        + LATER_BYTES
        + needs.decoder_bytes
        + needs.sink_bytes
        + needs.tables_bytes
        + threads * (THREAD_BYTES + if needs.keeps_texts { TEXTS_BYTES } else { 0 })
}

/// Values, keys and results of one record.
fn record_bytes(needs: Needs) -> usize {
    needs.columns * size_of::<Value<'_>>() + (needs.folds + 1) * LANE_BYTES
}

const LEAST_TABLES: usize = 1 << 20;
const MOST_TABLES: usize = 32 << 20;
const LEAST_HOT: usize = 64 << 10;
/// Where the caches end, a log is as good.
const MOST_HOT: usize = 32 << 20;
const LEAST_SLAB: usize = 512;
const LEAST_PART: usize = 64 << 10;
const LEAST_RECORDS: usize = 32;
const MOST_RECORDS: usize = 4096;

/// Parts of the finish: a worker's table takes two, its rows of each ordered pass one, merging sorted rows one in all.
fn finish_parts(threads: usize, needs: Needs) -> usize {
    let table = if needs.folds > 0 { 2 } else { 0 };
    threads * (table + needs.orders) + 1
}

/// A worker's reader and the values of its batches.
fn reader_bytes(sizes: Sizes, needs: Needs) -> usize {
    sizes.bytes_per_worker() + sizes.batch_records * record_bytes(needs)
}

/// The least reader and batches, and `more_bytes` for each.
fn sizes(io: Io, needs: Needs, more_bytes: usize) -> Sizes {
    let least = Sizes::within(io, 0, needs.copies).bytes_per_worker();
    let records = LEAST_RECORDS + more_bytes / record_bytes(needs);
    Sizes { batch_records: records.min(MOST_RECORDS), ..Sizes::within(io, least + more_bytes, needs.copies) }
}

fn least_work_bytes(threads: usize, needs: Needs) -> usize {
    let folds = needs.folds * (LEAST_HOT + SLABS * LEAST_SLAB);
    let scan = reader_bytes(sizes(Io::Map, needs, 0), needs) + folds + spelt(needs, 64 << 10);
    // What is left of the least scan is divided as below: 7/8 of two thirds, half of it lent, has to be enough for the least parts.
    let lent = if needs.collects { 2 } else { 1 };
    threads * scan + lent * (LEAST_PART + 1024) * finish_parts(threads, needs) / 7 * 12
}

fn spelt(needs: Needs, bytes: usize) -> usize {
    if needs.streams { bytes } else { 0 }
}

fn divide(memory_bytes: u64, resident: usize, threads: usize, io: Io, needs: Needs) -> Option<Shares> {
    let memory = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
    let work = memory.checked_sub(fixed_bytes(resident, threads, needs))?;
    let spare = work.checked_sub(least_work_bytes(threads, needs))?;
    // Every share starts at its least; what the budget has beyond that is handed out from there.
    let each = spare / threads;
    let folds = needs.folds.max(1);
    let sizes = sizes(io, needs, each / 7);
    let hot_bytes = (LEAST_HOT + each * 9 / (20 * folds)).min(MOST_HOT);
    let slab_bytes = (LEAST_SLAB + each / (7 * folds * SLABS)).min(64 << 10);
    // Whole pages, of which those that are written out take none in part.
    let slab_bytes = if slab_bytes < 4096 { slab_bytes / 512 * 512 } else { slab_bytes / 4096 * 4096 };
    let spelt_bytes = spelt(needs, ((64 << 10) + each / 8).min(4 << 20));
    let open_bytes = SLABS * slab_bytes;
    let folds = needs.folds * (hot_bytes + open_bytes);
    let scan = threads * (reader_bytes(sizes, needs) + folds + spelt_bytes);
    let left = work.checked_sub(scan)?;
    let kept = if needs.folds > 0 { left / 8 } else { 0 };
    // An eighth stays free, for what an allocator rounds up.
    let finish_bytes = (left - kept) / 8 * 7;
    let lent_bytes = match needs {
        Needs { orders: 0, .. } => finish_bytes,
        Needs { collects: true, .. } => finish_bytes / 2,
        _ => finish_bytes / 4 * 3,
    };
    let finish_parts = finish_parts(threads, needs);
    let max_kept_slabs = kept / slab_bytes;
    let shares = Shares {
        memory_bytes,
        threads,
        sizes,
        hot_bytes,
        slab_bytes,
        max_kept_slabs,
        spelt_bytes,
        lent_bytes,
        finish_bytes,
        finish_parts,
    };
    Some(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(shares: &Shares, needs: Needs, long_bytes: usize) -> usize {
        let folds = needs.folds * (shares.hot_bytes + SLABS * shares.slab_bytes);
        let scan = reader_bytes(shares.sizes, needs) + folds + shares.spelt_bytes;
        let finish = shares.finish(long_bytes);
        let table = if needs.folds > 0 { finish.table_bytes - shares.hot_bytes } else { 0 };
        let finish_bytes = shares.threads * (table + needs.orders * finish.order_bytes) + finish.order_bytes;
        let long = finish.threads * long_bytes;
        shares.threads * scan + finish_bytes + long + shares.max_kept_slabs * shares.slab_bytes
    }

    fn needs() -> impl Strategy<Value = Needs> {
        let counts = (0usize..6, 0usize..200, 0usize..3, 0usize..40);
        (counts, any::<bool>(), any::<bool>(), any::<bool>(), 0usize..100 << 20).prop_map(
            |(counts, streams, collects, keeps_texts, decoder_bytes)| {
                let (folds, columns, orders, copies) = counts;
                let orders = orders.max(usize::from(collects));
                Needs {
                    folds,
                    columns,
                    orders,
                    streams,
                    collects,
                    keeps_texts,
                    copies,
                    decoder_bytes,
                    sink_bytes: 0,
                    tables_bytes: 0,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn the_shares_are_within_the_budget(
            memory in 0u64..2_000_000_000, threads in 1usize..65, needs in needs(), long in 0usize..=100,
        ) {
            let resident = 9 << 20;
            if let Some(shares) = divide(memory, resident, threads, Io::Map, needs) {
                let budget = usize::try_from(memory).expect("64 bits");
                let long_bytes = if needs.orders > 0 { shares.lent_bytes / 100 * long } else { 0 };
                prop_assert!(fixed_bytes(resident, threads, needs) + sum(&shares, needs, long_bytes) <= budget);
                prop_assert!(shares.finish(0).order_bytes >= LEAST_PART && shares.slab_bytes >= LEAST_SLAB);
                prop_assert!(!needs.collects || shares.order_bytes() >= LEAST_PART);
            }
        }

        #[test]
        fn what_would_do_does(threads in 1usize..65, needs in needs()) {
            let least = fixed_bytes(0, threads, needs) + least_work_bytes(threads, needs);
            prop_assert!(divide(least as u64, 0, threads, Io::Map, needs).is_some());
        }

        #[test]
        fn what_would_lend_lends(lent in 0u64..1 << 40, threads in 1usize..65, needs in needs()) {
            let memory = would_lend(lent, threads, Io::Map, needs);
            let shares = settle(Some(memory), Some(threads), Io::Map, needs).expect("enough");
            prop_assert!(shares.lent_bytes as u64 >= lent);
        }
    }
}
