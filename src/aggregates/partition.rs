//! Entries of one partition in, its groups out: whole, each key once, in a table that fits.
//!
//! Partitions are disjoint, so workers take them one by one and nothing is merged between them. A partition that does not fit
//! is split by the next bits of the hash, or by narrower ranges of keys, entries and groups alike, and each part is folded by
//! itself. Of a store in the order of its keys the groups come in that order, too, as far as one call has those before the next.

use super::folder::flush;
use super::groups::Groups;
use super::key::Key;
use super::seed::Seed;
use super::slabs::{Log, PARTITIONS, Store};
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
    let mut extents = store.take(partition)?;
    if extents.is_empty() {
        return Ok(());
    }
    let (mut parts, mut log, mut entry, mut slab) = (None, Log::default(), Vec::new(), Vec::new());
    for at in 0..extents.len() {
        store.load(&mut extents[at], &mut slab)?;
        let left = &extents[at + 1..];
        let mut rest = slab.as_slice();
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
                if level + 1 == store.levels() {
                    return Err(Error::MemoryAt {
                        place: Place { path: "one group".to_owned(), ..Place::default() },
                        what: "its key and state",
                        need_bytes: before.len() as u64,
                        would_do_bytes: 4 * limit_bytes as u64,
                    });
                }
                if parts.is_none() {
                    parts = Some(store.parts(&groups.keys, at + 1, Some(&key), left)?);
                }
                let parts = parts.as_ref().expect("was made just above");
                let part = parts.partition_of(&key, || key.hash(seed), level + 1, &mut entry);
                log.append(parts, part, &before[..before.len() - rest.len()])?;
            }
        }
        if groups.weigh() > limit_bytes && level + 1 < store.levels() && groups.keys.len() > 1 {
            if parts.is_none() {
                parts = Some(store.parts(&groups.keys, at + 1, None, left)?);
            }
            let parts = parts.as_ref().expect("was made just above");
            flush(groups, &mut log, parts, seed, level + 1, &mut entry)?;
        }
    }
    drop((slab, extents));
    let Some(parts) = parts else { return each(groups) };
    flush(groups, &mut log, &parts, seed, level + 1, &mut entry)?;
    log.close(&parts)?;
    drop((entry, log));
    (0..PARTITIONS).try_for_each(|part| fold_partition(groups, limit_bytes, seed, &parts, part, level + 1, each))
}

fn damaged() -> Error {
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "an entry does not end where it should");
    Error::Io { path: "spill file".to_owned(), verb: "read spilled bytes", source }
}
