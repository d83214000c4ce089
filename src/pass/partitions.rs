//! Partitions of a store in, each folded by one worker out; what is to be told of their groups is kept until all are done.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering as Memory};

use super::{Progress, check_stop};
use crate::aggregates::groups::Groups;
use crate::aggregates::partition::fold_partition;
use crate::aggregates::seed::Seed;
use crate::aggregates::slabs::{PARTITIONS, Store};
use crate::error::Result;

/// Partitions of a store, taken one by one by whoever is free.
pub(super) struct Partitions<'s> {
    store: &'s Store<'s>,
    next: AtomicUsize,
    limit_bytes: usize,
    progress: &'s Progress,
}

impl<'s> Partitions<'s> {
    /// All of `store`, to be folded in tables of `limit_bytes`.
    pub(super) fn new(store: &'s Store<'s>, limit_bytes: usize, progress: &'s Progress) -> Partitions<'s> {
        Partitions { store, next: AtomicUsize::new(0), limit_bytes, progress }
    }

    /// The next partition that nobody has taken.
    pub(super) fn next(&self) -> Result<Option<usize>> {
        check_stop(self.progress)?;
        let partition = self.next.fetch_add(1, Memory::Relaxed);
        Ok((partition < PARTITIONS).then_some(partition))
    }

    /// Folds one in `table`, and calls `each` with groups that are whole.
    pub(super) fn fold(
        &self,
        partition: usize,
        table: &mut Groups,
        seed: &Seed,
        each: &mut dyn FnMut(&Groups) -> Result<()>,
    ) -> Result<()> {
        fold_partition(table, self.limit_bytes, seed, self.store, partition, 0, each)
    }
}

/// Sentences about groups, each to be told once.
#[derive(Default)]
pub(super) struct Notes(pub(super) Mutex<Vec<&'static str>>);

impl Notes {
    /// Has them told at the end of the run.
    pub(super) fn tell(self, progress: &Progress) {
        let mut notes = self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        notes.sort_unstable();
        notes.dedup();
        let mut warnings = progress.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        warnings.extend(notes.into_iter().map(str::to_owned));
    }
}
