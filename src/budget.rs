//! The byte budget: `--memory` in, a share for every holder out.
//!
//! `--memory` is the peak resident memory of the whole process. What is there before a pass begins is measured; what the
//! passes hold is divided here, once, so that no holder has to ask while it works. The scan and the finish come one after the
//! other and share what only one of them needs.
//!
//! ```text
//! ┌ fixed ──────────────┬ work ──────────────────────────────────────────────────────────────────────────────┐
//! │ binary, allocator,  │ scan:   readers │ columns │ hot tables │ open slabs │ kept slabs             │ spare │
//! │ stacks, open files  │ finish: tables of partitions │ rows to order │      │ kept slabs             │ spare │
//! └─────────────────────┴─────────────────────────────────────────────────────────────────────────────────────┘
//! ```

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
const LEAST_TABLE: usize = 512 << 10;
const LEAST_ORDER: usize = 128 << 10;

fn least_work_bytes(threads: usize, needs: Needs) -> usize {
    let reader = Sizes::within(Io::Map, 0).bytes_per_worker();
    let scan =
        reader + batch_bytes(needs) + needs.folds * (LEAST_HOT + PARTITIONS * LEAST_SLAB) + spelt(needs, 64 << 10);
    let finish = needs.folds * LEAST_HOT + LEAST_TABLE + needs.orders * LEAST_ORDER + batch_bytes(needs);
    threads * scan.max(finish) + 32 * LEAST_SLAB
}

fn spelt(needs: Needs, bytes: usize) -> usize {
    if needs.streams { bytes } else { 0 }
}

fn divide(memory_bytes: u64, resident: usize, threads: usize, io: Io, needs: Needs) -> Option<Shares> {
    let memory = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
    let work = memory.checked_sub(fixed_bytes(resident, threads))?;
    if work < least_work_bytes(threads, needs) {
        return None;
    }
    let folds = needs.folds.max(1);
    let sizes = Sizes::within(io, work / (6 * threads));
    let hot_bytes = (work / (8 * threads * folds)).clamp(LEAST_HOT, 1 << 20);
    let slab_bytes = (work / (6 * threads * folds * PARTITIONS)).clamp(LEAST_SLAB, 64 << 10) / 1024 * 1024;
    let spelt_bytes = spelt(needs, (work / (8 * threads)).clamp(64 << 10, 4 << 20));
    let open = needs.folds * PARTITIONS * slab_bytes;
    let scan = threads * (sizes.bytes_per_worker() + batch_bytes(needs) + needs.folds * hot_bytes + open + spelt_bytes);
    let left = work.saturating_sub(scan);
    // An eighth stays free, for what an allocator rounds up.
    let kept = if needs.folds > 0 { left / 2 } else { 0 };
    let spare_bytes = left / 8 * 7 - kept;
    let finish = (work - kept) / 8 * 7;
    let each = (finish / threads).saturating_sub(needs.folds * hot_bytes + batch_bytes(needs));
    let parts = 2 + needs.orders;
    Some(Shares {
        memory_bytes,
        threads,
        sizes,
        hot_bytes,
        slab_bytes,
        max_kept_slabs: kept / slab_bytes,
        table_bytes: (each / parts * 2).max(LEAST_TABLE),
        order_bytes: (each / parts).max(LEAST_ORDER),
        spelt_bytes,
        spare_bytes,
    })
}
