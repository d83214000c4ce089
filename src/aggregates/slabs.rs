//! Entries in, kept by partition in slabs of one pool, and in a spill file when the pool is used up.
//!
//! A slab is a buffer of fixed size that belongs to one partition and holds whole entries back to back. A worker fills slabs
//! of its own, one a partition, without a lock; a full one is handed to the partition. When so many are kept that the pool
//! is used up, the full slab is copied to those that are written out next, and filled anew: sequential writes, and memory does
//! not grow.
//!
//! The obvious way is a write a slab. But slabs are not quite full, and the kernel wipes the rest of each page that is written in
//! part: with slabs of 4 KiB, calls and wiping were 12 % of the CPU of `tweets/top-days`. So a worker writes [`TOGETHER`] at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::extents::Extents;
use super::in_order::KeyOrder;
use super::key::Key;
use super::keys::Keys;
use super::ranges::Ranges;
use super::spill::{Spill, Stretch};
use crate::error::Result;

/// Partitions of a store: chosen by eight bits of the key's hash, other bits a level.
///
/// So many that ten million groups make partitions whose tables fit a budget of 64 MB: with 64 they did not, and were all
/// written and read twice. More make slabs smaller.
pub const PARTITIONS: usize = 256;

/// Slabs that a worker writes out at once; they lie in a buffer of its own beside the open ones.
pub const TOGETHER: usize = 16;

/// Levels of splitting that a hash of 64 bits allows.
pub const LEVELS: u32 = 7;

/// The partition of a hash at a level.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "eight bits")]
pub fn partition_of(hash: u64, level: u32) -> usize {
    (hash >> (56 - 8 * level)) as usize & (PARTITIONS - 1)
}

/// Slabs that all stores share.
#[derive(Debug)]
pub struct Pool {
    slab_bytes: usize,
    max_kept_bytes: usize,
    kept_bytes: AtomicUsize,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Pool {
    /// A pool that keeps up to `max_kept` full slabs of `slab_bytes` each; open slabs, one a worker, store and partition,
    /// come on top.
    pub fn new(slab_bytes: usize, max_kept: usize) -> Pool {
        let max_kept_bytes = slab_bytes * max_kept;
        Pool { slab_bytes, max_kept_bytes, kept_bytes: AtomicUsize::new(0), free: Mutex::default() }
    }

    fn take(&self) -> Vec<u8> {
        let free = lock(&self.free).pop();
        free.unwrap_or_else(|| Vec::with_capacity(self.slab_bytes))
    }

    fn give(&self, mut slab: Vec<u8>) {
        if slab.capacity() == self.slab_bytes {
            slab.clear();
            lock(&self.free).push(slab);
        }
    }

    fn may_keep(&self, slab: &Vec<u8>) -> bool {
        let bytes = slab.capacity();
        let kept = self.kept_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= self.max_kept_bytes;
        if !kept {
            self.let_go(bytes);
        }
        kept
    }

    fn let_go(&self, bytes: usize) {
        self.kept_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Gives slabs that nobody uses back to the allocator.
    pub fn shrink(&self) {
        *lock(&self.free) = Vec::new();
    }
}

/// Extents of a partition whose first keys are looked at before it is split, and how much of each is.
const SAMPLE: usize = PARTITIONS;
const HEAD_BYTES: usize = 2 << 10;

/// A mutex is poisoned by a panic only, which ends the pass anyway.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The entries of one fold, by partition, from all workers.
#[derive(Debug)]
pub struct Store<'p> {
    pool: &'p Pool,
    spill: &'p Spill,
    by: By,
    partitions: Vec<Mutex<Extents>>,
}

/// What decides on the partition of a key.
#[derive(Debug)]
enum By {
    Hash,
    Range(Ranges),
}

/// Some whole entries of a partition.
#[derive(Debug)]
pub enum Extent {
    /// Kept in the pool.
    Memory(Vec<u8>),
    /// Written out.
    Disk(Stretch),
}

impl<'p> Store<'p> {
    /// A store without entries, partitioned by hash.
    pub fn new(pool: &'p Pool, spill: &'p Spill) -> Store<'p> {
        Store::by(By::Hash, pool, spill)
    }

    /// A store without entries, partitioned by ranges of keys in this order.
    pub fn in_order(pool: &'p Pool, spill: &'p Spill, order: KeyOrder) -> Store<'p> {
        Store::by(By::Range(Ranges::new(order)), pool, spill)
    }

    fn by(by: By, pool: &'p Pool, spill: &'p Spill) -> Store<'p> {
        Store { pool, spill, by, partitions: (0..PARTITIONS).map(|_| Mutex::default()).collect() }
    }

    /// Where the store writes what the pool does not keep.
    pub fn spill(&self) -> &'p Spill {
        self.spill
    }

    /// A store for the parts of a partition that is too large: those of `keys`, of `n_taken` extents of it, `missed`, which
    /// did not fit beside them, and what is `left`.
    pub fn parts(&self, keys: &Keys, n_taken: usize, missed: Option<&Key<'_>>, left: &[Extent]) -> Result<Store<'p>> {
        let by = match &self.by {
            By::Hash => By::Hash,
            By::Range(ranges) => {
                let step = left.len().div_ceil(SAMPLE).max(1);
                let heads: Result<Vec<_>> = left.iter().step_by(step).map(|extent| self.head(extent)).collect();
                By::Range(ranges.split(keys, n_taken.div_ceil(step), missed, &heads?))
            }
        };
        Ok(Store::by(by, self.pool, self.spill))
    }

    /// The first bytes of an extent.
    fn head(&self, extent: &Extent) -> Result<Box<[u8]>> {
        match extent {
            Extent::Memory(slab) => Ok(slab[..slab.len().min(HEAD_BYTES)].into()),
            Extent::Disk(stretch) => {
                let mut head = vec![0; stretch.len.min(HEAD_BYTES)];
                self.spill.read_into(stretch.at, &mut head)?;
                Ok(head.into())
            }
        }
    }

    /// Levels of splitting that partitions allow.
    pub fn levels(&self) -> u32 {
        match &self.by {
            By::Hash => LEVELS,
            // Each part has fewer keys than what it is a part of.
            By::Range(_) => u32::MAX,
        }
    }

    /// Has the store see the keys of a table, before the first partition is asked for.
    #[inline]
    pub fn learn(&self, keys: &Keys) {
        if let By::Range(ranges) = &self.by {
            ranges.learn(keys);
        }
    }

    /// The partition of a key at a level; `hash` is asked only where it decides.
    #[inline]
    pub fn partition_of(&self, key: &Key<'_>, hash: impl FnOnce() -> u64, level: u32, scratch: &mut Vec<u8>) -> usize {
        match &self.by {
            By::Hash => partition_of(hash(), level),
            By::Range(ranges) => ranges.partition_of(key, scratch),
        }
    }

    /// Whether the hash of a key decides its partition.
    pub fn is_by_hash(&self) -> bool {
        matches!(self.by, By::Hash)
    }

    /// Whether `partition` has no entries.
    pub fn is_empty(&self, partition: usize) -> bool {
        lock(&self.partitions[partition]).is_empty()
    }

    /// Takes the entries of `partition` out.
    pub fn take(&self, partition: usize) -> Result<Vec<Extent>> {
        std::mem::take(&mut *lock(&self.partitions[partition])).all(self.spill)
    }

    /// Replaces what is in `buffer` by the entries of `extent`, which is left empty.
    pub fn load(&self, extent: &mut Extent, buffer: &mut Vec<u8>) -> Result<()> {
        match extent {
            Extent::Memory(slab) => {
                *buffer = std::mem::take(slab);
                self.pool.let_go(buffer.capacity());
                Ok(())
            }
            Extent::Disk(stretch) => {
                if buffer.capacity() > 4 * self.pool.slab_bytes {
                    *buffer = Vec::new();
                }
                self.spill.read(*stretch, buffer)
            }
        }
    }

    fn put(&self, partition: usize, extent: Extent) -> Result<()> {
        lock(&self.partitions[partition]).push(extent, self.spill)
    }
}

/// A worker's open slabs of one store; none by default.
#[derive(Debug, Default)]
pub struct Log {
    open: Vec<Vec<u8>>,
    outgoing: Outgoing,
}

/// Full slabs, one behind the other, that are written out next.
#[derive(Debug, Default)]
struct Outgoing {
    bytes: Vec<u8>,
    /// The partition of each, and where it ends.
    slabs: Vec<(usize, usize)>,
}

impl Outgoing {
    /// Takes a copy of a full slab.
    fn take(&mut self, store: &Store<'_>, partition: usize, slab: &[u8]) -> Result<()> {
        let most_bytes = TOGETHER * store.pool.slab_bytes;
        if self.bytes.len() + slab.len() > most_bytes {
            self.write(store)?;
        }
        self.bytes.reserve_exact(most_bytes - self.bytes.len());
        self.bytes.extend_from_slice(slab);
        self.slabs.push((partition, self.bytes.len()));
        Ok(())
    }

    /// Writes out what there is.
    fn write(&mut self, store: &Store<'_>) -> Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let Stretch { at, .. } = store.spill.write(&self.bytes)?;
        let mut start = 0;
        for (partition, end) in self.slabs.drain(..) {
            store.put(partition, Extent::Disk(Stretch { at: at.plus(start as u64), len: end - start }))?;
            start = end;
        }
        self.bytes.clear();
        Ok(())
    }
}

impl Log {
    /// Appends an entry, which must tell its own end.
    #[inline]
    pub fn append(&mut self, store: &Store<'_>, partition: usize, entry: &[u8]) -> Result<()> {
        if self.open.is_empty() {
            self.open.resize_with(PARTITIONS, Vec::new);
        }
        let slab = &mut self.open[partition];
        if entry.len() > slab.capacity() - slab.len() {
            return self.append_to_next(store, partition, entry);
        }
        slab.extend_from_slice(entry);
        Ok(())
    }

    /// Appends the entry that `write` appends, of probably at most `likely_bytes`; in `scratch` where it may not fit.
    #[inline]
    pub fn append_with(
        &mut self,
        store: &Store<'_>,
        partition: usize,
        likely_bytes: usize,
        scratch: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<()> {
        if let Some(slab) = self.open.get_mut(partition)
            && slab.capacity() - slab.len() >= likely_bytes
        {
            let start = slab.len();
            write(slab);
            return if slab.capacity() <= store.pool.slab_bytes {
                Ok(())
            } else {
                self.outgrown(store, partition, start)
            };
        }
        scratch.clear();
        write(scratch);
        self.append(store, partition, scratch)
    }

    /// The entry from `start` on was longer than was likely, and made its slab grow.
    #[cold]
    fn outgrown(&mut self, store: &Store<'_>, partition: usize, start: usize) -> Result<()> {
        let slab = &mut self.open[partition];
        let entry = slab.split_off(start);
        let mut exact = store.pool.take();
        exact.extend_from_slice(slab);
        *slab = exact;
        self.append(store, partition, &entry)
    }

    #[cold]
    fn append_to_next(&mut self, store: &Store<'_>, partition: usize, entry: &[u8]) -> Result<()> {
        if entry.len() > store.pool.slab_bytes {
            return store.put(partition, Extent::Disk(store.spill.write(entry)?));
        }
        let slab = &mut self.open[partition];
        if slab.capacity() == 0 {
            *slab = store.pool.take();
        } else if store.pool.may_keep(slab) {
            store.put(partition, Extent::Memory(std::mem::replace(slab, store.pool.take())))?;
        } else {
            self.outgoing.take(store, partition, slab)?;
            slab.clear();
        }
        slab.extend_from_slice(entry);
        Ok(())
    }

    /// Hands all entries to the store.
    pub fn close(&mut self, store: &Store<'_>) -> Result<()> {
        for (partition, mut slab) in std::mem::take(&mut self.open).into_iter().enumerate() {
            if slab.is_empty() {
                continue;
            }
            if slab.len() < slab.capacity() / 2 {
                // Few entries by worker and partition stay in memory, whatever their slabs would take.
                let few = Vec::from(slab.as_slice());
                store.pool.give(std::mem::replace(&mut slab, few));
            }
            if store.pool.may_keep(&slab) {
                store.put(partition, Extent::Memory(slab))?;
            } else {
                self.outgoing.take(store, partition, &slab)?;
                store.pool.give(slab);
            }
        }
        self.outgoing.write(store)?;
        self.outgoing = Outgoing::default();
        Ok(())
    }
}
