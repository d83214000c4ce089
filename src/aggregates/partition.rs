//! Entries of one partition in, its groups out: whole, each key once, in a table that fits.
//!
//! Partitions are disjoint, so workers take them one by one and nothing is merged between them. A partition that does not fit
//! is split by the next six bits of the hash, entries and groups alike, and each part is folded by itself.

use super::seed::Seed;

use super::folder::flush;
use super::groups::Groups;
use super::keys::Key;
use super::slabs::{LEVELS, Log, PARTITIONS, Store, partition_of};
use super::states::MISSED;
use crate::error::{Error, Place, Result};

/// Folds `partition` of `store` in `groups` (bounded; what is in it is forgotten) and calls `each` with groups that are
/// whole, once or, when it was split, several times. `level` is 0 for a store that workers filled.
pub fn fold_partition(
    groups: &mut Groups,
    limit_bytes: usize,
    seed: &Seed,
    store: &Store<'_>,
    partition: usize,
    level: u32,
    each: &mut dyn FnMut(&Groups) -> Result<()>,
) -> Result<()> {
    groups.clear();
    groups.keys.let_first_pass();
    if store.is_empty(partition) {
        return Ok(());
    }
    let (pool, spill) = store.places();
    let parts = Store::new(pool, spill);
    let (mut log, mut entry, mut is_split) = (Log::default(), Vec::new(), false);
    store.drain(partition, |slab| {
        let mut rest = slab;
        while !rest.is_empty() {
            let before = rest;
            let key = Key::read(&mut rest).ok_or_else(damaged)?;
            let hash = key.hash(seed);
            let number = groups.number(&key, hash, seed);
            let group = (number != MISSED).then_some(number);
            if group.is_some_and(|number| number as usize + 1 == groups.keys.len()) {
                groups.settle();
            }
            for states in &mut groups.states {
                states.merge(group, &mut rest).ok_or_else(damaged)?;
            }
            if group.is_none() {
                if level + 1 == LEVELS {
                    return Err(Error::MemoryAt {
                        place: Place { path: "one group".to_owned(), ..Place::default() },
                        what: "its key and state",
                        need_bytes: before.len() as u64,
                        would_do_bytes: 4 * limit_bytes as u64,
                    });
                }
                is_split = true;
                log.append(&parts, partition_of(hash, level + 1), &before[..before.len() - rest.len()])?;
            }
        }
        if groups.bytes() > limit_bytes && level + 1 < LEVELS && groups.keys.len() > 1 {
            is_split = true;
            flush(groups, &mut log, &parts, seed, level + 1, &mut entry)?;
        }
        Ok(())
    })?;
    if !is_split {
        return each(groups);
    }
    flush(groups, &mut log, &parts, seed, level + 1, &mut entry)?;
    log.close(&parts)?;
    (0..PARTITIONS).try_for_each(|part| fold_partition(groups, limit_bytes, seed, &parts, part, level + 1, each))
}

fn damaged() -> Error {
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "an entry does not end where it should");
    Error::Io { path: "spill file".to_owned(), verb: "read spilled bytes", source }
}
