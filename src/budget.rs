//! The byte budget: `--memory` in, a share for every holder out.
//!
//! `--memory` is the peak resident memory of the whole process. What is there before a pass begins is measured; what the
//! passes hold is divided here, once, so that no holder has to ask while it works.
//!
//! ```text
//! ┌ fixed ──────────────┬ work ────────────────────────────────────────────────────────────────────────────────┐
//! │ binary, allocator,  │ scan: readers │ columns │ hot tables │ open slabs │ kept slabs │ finish: tables of     │
//! │ stacks, open files  │                                                  │            │ partitions │ rows to  │
//! │                     │                                                  │            │ order │ merge buffers │
//! └─────────────────────┴───────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! The finish comes after the scan, but does not count on its memory: an allocator gives pages back when it likes. What the
//! finish will need is lent to long records during the scan.

use crate::aggregates::slabs::PARTITIONS;
use crate::error::{Error, Result};
use crate::exprs::Value;
use crate::readers::{BATCH_RECORDS, Io, Sizes};

/// What a process gains after the measurement without anybody asking: code that is paged in, tables built on first use.
const LATER_BYTES: usize = 3 << 20;

/// What a thread costs beside its shares: stack, the allocator's own pages.
const THREAD_BYTES: usize = 512 << 10;

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
    /// One worker's table of the partition in hand.
    pub table_bytes: usize,
    /// One worker's rows to order, a pass.
    pub order_bytes: usize,
    /// One worker's spelt rows that wait for their turn.
    pub spelt_bytes: usize,
    /// What may be lent to records longer than a worker's own buffers.
    pub spare_bytes: usize,
}

/// Divides `memory_bytes` (`None`: the default) among the holders.
///
/// `threads` is as asked; `None` takes what the machine has, and fewer where the budget is too small for them.
/// Errors: [`Error::Memory`] with the smallest budget that would do.
pub fn settle(memory_bytes: Option<u64>, threads: Option<usize>, io: Io, needs: Needs) -> Result<Shares> {
    let memory_bytes = memory_bytes.unwrap_or_else(default_memory_bytes);
    let resident = usize::try_from(resident_bytes()).unwrap_or(usize::MAX);
    let most = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    let least = if threads.is_some() { most } else { 1 };
    for threads in (least..=most).rev() {
        if let Some(shares) = divide(memory_bytes, resident, threads, io, needs) {
            return Ok(shares);
        }
    }
    let need = fixed_bytes(resident, least) + least_work_bytes(least, needs);
    // Resident memory varies by some pages from run to run; the figure told has to do in the next one, too.
    let need_bytes = ((need + (512 << 10)) as u64).next_multiple_of(1_000_000);
    Err(Error::Memory { have_bytes: memory_bytes, need_bytes, threads: least })
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

fn fixed_bytes(resident: usize, threads: usize) -> usize {
    resident + LATER_BYTES + threads * THREAD_BYTES
}

/// Values, keys and results of one worker's batch, and what functions allocate for it.
fn batch_bytes(needs: Needs) -> usize {
    let lanes = needs.columns * size_of::<Value<'_>>() + (needs.folds + 1) * LANE_BYTES;
    BATCH_RECORDS * lanes + (256 << 10)
}

const LEAST_HOT: usize = 64 << 10;
const LEAST_SLAB: usize = 4 << 10;
const LEAST_PART: usize = 192 << 10;

/// Parts of the finish: a worker's table takes two, its rows of each ordered pass one, merging sorted rows one in all.
fn finish_parts(threads: usize, needs: Needs) -> usize {
    threads * (2 + needs.orders) + 1
}

fn least_work_bytes(threads: usize, needs: Needs) -> usize {
    let reader = Sizes::within(Io::Map, 0).bytes_per_worker();
    let folds = needs.folds * (LEAST_HOT + PARTITIONS * LEAST_SLAB);
    let scan = reader + batch_bytes(needs) + folds + spelt(needs, 64 << 10);
    // What is left of the least scan is divided as below: 7/8 of two thirds has to be enough for the least parts.
    threads * scan + LEAST_PART * finish_parts(threads, needs) / 7 * 12
}

fn spelt(needs: Needs, bytes: usize) -> usize {
    if needs.streams { bytes } else { 0 }
}

fn divide(memory_bytes: u64, resident: usize, threads: usize, io: Io, needs: Needs) -> Option<Shares> {
    let memory = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
    let work = memory.checked_sub(fixed_bytes(resident, threads))?;
    let spare = work.checked_sub(least_work_bytes(threads, needs))?;
    // Every share starts at its least; what the budget has beyond that is handed out from there.
    let each = spare / threads;
    let folds = needs.folds.max(1);
    let least_reader = Sizes::within(io, 0).bytes_per_worker();
    let sizes = Sizes::within(io, least_reader + each / 6);
    let hot_bytes = (LEAST_HOT + each / (8 * folds)).min(1 << 20);
    let slab_bytes = (LEAST_SLAB + each / (6 * folds * PARTITIONS)).min(64 << 10) / 1024 * 1024;
    let spelt_bytes = spelt(needs, ((64 << 10) + each / 8).min(4 << 20));
    let open_bytes = PARTITIONS * slab_bytes;
    let folds = needs.folds * (hot_bytes + open_bytes);
    let scan = threads * (sizes.bytes_per_worker() + batch_bytes(needs) + folds + spelt_bytes);
    let left = work.checked_sub(scan)?;
    let kept = if needs.folds > 0 { left / 3 } else { 0 };
    // An eighth stays free, for what an allocator rounds up.
    let finish = (left - kept) / 8 * 7;
    let part = finish / finish_parts(threads, needs);
    Some(Shares {
        memory_bytes,
        threads,
        sizes,
        hot_bytes,
        slab_bytes,
        max_kept_slabs: kept / slab_bytes,
        table_bytes: part * 2,
        order_bytes: part,
        spelt_bytes,
        spare_bytes: finish,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(shares: &Shares, needs: Needs) -> usize {
        let folds = needs.folds * (shares.hot_bytes + PARTITIONS * shares.slab_bytes);
        let scan = shares.sizes.bytes_per_worker() + batch_bytes(needs) + folds + shares.spelt_bytes;
        let finish = shares.table_bytes + needs.orders * shares.order_bytes;
        shares.threads * (scan + finish) + shares.order_bytes + shares.max_kept_slabs * shares.slab_bytes
    }

    proptest! {
        #[test]
        fn the_shares_are_within_the_budget(
            memory in 0u64..2_000_000_000, threads in 1usize..65, folds in 0usize..6, columns in 0usize..200, orders in 0usize..3, streams: bool,
        ) {
            let needs = Needs { folds, columns, orders, streams };
            let resident = 9 << 20;
            if let Some(shares) = divide(memory, resident, threads, Io::Map, needs) {
                prop_assert!(fixed_bytes(resident, threads) + sum(&shares, needs) <= usize::try_from(memory).expect("64 bits"));
                prop_assert!(shares.order_bytes >= LEAST_PART && shares.slab_bytes >= LEAST_SLAB);
            }
        }

        #[test]
        fn what_would_do_does(threads in 1usize..65, folds in 0usize..6, columns in 0usize..200, orders in 0usize..3, streams: bool) {
            let needs = Needs { folds, columns, orders, streams };
            let least = fixed_bytes(0, threads) + least_work_bytes(threads, needs);
            prop_assert!(divide(least as u64, 0, threads, Io::Map, needs).is_some());
        }
    }
}
