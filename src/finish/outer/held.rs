//! What aggregates hold of values, counted: all of them together have a share of the budget.
//!
//! SQLite gives back pages when its memory is nearly used, and writes what it sorts to files; a map of values can do neither, so it
//! ends where its share does. The way out is a pass, where values are sorted on disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

/// What all aggregates of a query may hold.
#[derive(Debug, Default)]
pub(super) struct Share {
    limit_bytes: AtomicUsize,
    held_bytes: AtomicUsize,
}

/// What one group or window holds of it; given back with it.
#[derive(Debug)]
pub(super) struct Held {
    share: Arc<Share>,
    bytes: usize,
}

impl Share {
    /// From now on it is `limit_bytes`, of which whole megabytes count.
    pub(super) fn set(&self, limit_bytes: usize) {
        const MEGABYTE: usize = 1_000_000;
        self.limit_bytes.store((limit_bytes / MEGABYTE).max(1) * MEGABYTE, Ordering::Relaxed);
    }
}

impl Held {
    /// Nothing yet, of `share`.
    pub(super) fn of(share: &Arc<Share>) -> Held {
        Held { share: Arc::clone(share), bytes: 0 }
    }

    /// From now on it is `bytes`, for the values of `function`.
    pub(super) fn set(&mut self, bytes: usize, function: &str) -> Result<(), Error> {
        let Share { limit_bytes, held_bytes } = &*self.share;
        let others = held_bytes.fetch_sub(self.bytes, Ordering::Relaxed) - self.bytes;
        held_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.bytes = bytes;
        let limit_bytes = limit_bytes.load(Ordering::Relaxed);
        match others + bytes <= limit_bytes {
            true => Ok(()),
            false => Err(Error::OuterValues { function: function.to_owned(), limit_bytes: limit_bytes as u64 }),
        }
    }

    /// So many bytes more.
    pub(super) fn add(&mut self, bytes: usize, function: &str) -> Result<(), Error> {
        self.set(self.bytes + bytes, function)
    }

    /// So many bytes less.
    pub(super) fn sub(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.share.held_bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.bytes -= bytes;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.sub(self.bytes);
    }
}

/// What `n` bytes in an allocation of their own take, with where they are noted.
pub(super) fn allocated(n: usize) -> usize {
    const NOTED_BYTES: usize = 48;
    NOTED_BYTES + n.next_multiple_of(16) + n / 8
}
