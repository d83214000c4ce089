//! Entries in, kept by partition in slabs of one pool, and in a spill file when the pool is used up.
//!
//! A slab is a buffer of fixed size that belongs to one partition and holds whole entries back to back. A worker fills slabs
//! of its own, one a partition, without a lock; a full one is handed to the partition. When so many are kept that the pool
//! is used up, the full slab is written out and filled anew: sequential writes, and memory does not grow.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::spill::{Spill, Stretch};
use crate::error::Result;

/// Partitions of a store: chosen by eight bits of the key's hash, other bits a level.
///
/// So many that ten million groups make partitions whose tables fit a budget of 64 MB: with 64 they did not, and were all
/// written and read twice. More make slabs smaller, and writing costs a call a slab.
pub const PARTITIONS: usize = 256;

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
    max_kept: usize,
    kept: AtomicUsize,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Pool {
    /// A pool that keeps up to `max_kept` full slabs of `slab_bytes` each; open slabs, one a worker, store and partition,
    /// come on top.
    pub fn new(slab_bytes: usize, max_kept: usize) -> Pool {
        Pool { slab_bytes, max_kept, kept: AtomicUsize::new(0), free: Mutex::default() }
    }

    fn take(&self) -> Vec<u8> {
        let free = lock(&self.free).pop();
        free.unwrap_or_else(|| Vec::with_capacity(self.slab_bytes))
    }

    fn give(&self, mut slab: Vec<u8>) {
        slab.clear();
        lock(&self.free).push(slab);
    }

    fn may_keep(&self) -> bool {
        let kept = self.kept.fetch_add(1, Ordering::Relaxed) < self.max_kept;
        if !kept {
            self.kept.fetch_sub(1, Ordering::Relaxed);
        }
        kept
    }

    /// Gives slabs that nobody uses back to the allocator.
    pub fn shrink(&self) {
        *lock(&self.free) = Vec::new();
    }
}

/// A mutex is poisoned by a panic only, which ends the pass anyway.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The entries of one fold, by partition, from all workers.
#[derive(Debug)]
pub struct Store<'p> {
    pool: &'p Pool,
    spill: &'p Spill,
    partitions: Vec<Mutex<Vec<Extent>>>,
}

/// Some whole entries of a partition.
#[derive(Debug)]
enum Extent {
    Memory(Vec<u8>),
    Disk(Stretch),
}

impl<'p> Store<'p> {
    /// A store without entries.
    pub fn new(pool: &'p Pool, spill: &'p Spill) -> Store<'p> {
        Store { pool, spill, partitions: (0..PARTITIONS).map(|_| Mutex::default()).collect() }
    }

    /// The pool and the spill file that the store uses.
    pub fn places(&self) -> (&'p Pool, &'p Spill) {
        (self.pool, self.spill)
    }

    /// Whether `partition` has no entries.
    pub fn is_empty(&self, partition: usize) -> bool {
        lock(&self.partitions[partition]).is_empty()
    }

    /// Takes the entries of `partition` out, a slab at a time.
    pub fn drain(&self, partition: usize, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let extents = std::mem::take(&mut *lock(&self.partitions[partition]));
        let mut buffer = Vec::new();
        for extent in extents {
            match extent {
                Extent::Memory(slab) => {
                    each(&slab)?;
                    drop(slab);
                    self.pool.kept.fetch_sub(1, Ordering::Relaxed);
                }
                Extent::Disk(stretch) => {
                    self.spill.read(stretch, &mut buffer)?;
                    each(&buffer)?;
                    if buffer.capacity() > 4 * self.pool.slab_bytes {
                        buffer = Vec::new();
                    }
                }
            }
        }
        Ok(())
    }

    fn put(&self, partition: usize, extent: Extent) {
        lock(&self.partitions[partition]).push(extent);
    }
}

/// A worker's open slabs of one store; none by default.
#[derive(Debug, Default)]
pub struct Log {
    open: Vec<Vec<u8>>,
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
            store.put(partition, Extent::Disk(store.spill.write(entry)?));
            return Ok(());
        }
        let slab = &mut self.open[partition];
        if slab.capacity() == 0 {
            *slab = store.pool.take();
        } else if store.pool.may_keep() {
            store.put(partition, Extent::Memory(std::mem::replace(slab, store.pool.take())));
        } else {
            store.put(partition, Extent::Disk(store.spill.write(slab)?));
            slab.clear();
        }
        slab.extend_from_slice(entry);
        Ok(())
    }

    /// Hands all entries to the store.
    pub fn close(&mut self, store: &Store<'_>) -> Result<()> {
        for (partition, slab) in std::mem::take(&mut self.open).into_iter().enumerate() {
            if slab.is_empty() {
                continue;
            }
            if store.pool.may_keep() {
                store.put(partition, Extent::Memory(slab));
            } else {
                store.put(partition, Extent::Disk(store.spill.write(&slab)?));
                store.pool.give(slab);
            }
        }
        Ok(())
    }
}
