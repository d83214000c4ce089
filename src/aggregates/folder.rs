//! Rows of one worker in, groups in a hot table and entries in partition logs out.
//!
//! The hot table begins small, to stay near the core. A row whose key is in it is folded there. When the table is full, the
//! row of a new key goes to the log of its hash's partition, as the entry of a group of one row; at the end the groups of the
//! table follow as entries, too. So memory does not grow with the number of keys, and nothing is locked. When it seems that
//! all keys would fit a larger table that the budget allows, it becomes that: a row that finds its group, even beyond L2, costs
//! a third of one that goes through a log and comes back (h2o q3: 1.8 instead of 3.0 s CPU, 2026-11-21).
//!
//! Which rows meet in the table is chance (it depends on threads and chunks); by the law of merging nothing else does.

use super::seed::Seed;

use super::groups::Groups;
use super::key::{INLINE_BYTES, Key, KeyColumn};
use super::keys::Keys;
use super::probes::{PROBES, Probes};
use super::slabs::{Log, Store};
use super::states::{Aggregate, MISSED, Values};
use crate::error::Result;

/// One aggregate's argument over a batch.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'v, 'a> {
    /// The lanes that pass its `FILTER`.
    pub lanes: &'v [u32],
    /// The same by lane; `None` when all pass.
    pub passes: Option<&'v [bool]>,
    /// Its values.
    pub values: Values<'v, 'a>,
}

/// What most states of one row take in an entry at most.
const LIKELY_STATE_BYTES: usize = 24;

/// What a table takes at first: a few times L2, which frequent keys have for themselves.
const FIRST_BYTES: usize = 3 << 20;

/// Rows looked at before the table is judged.
const WINDOW: u64 = 1 << 15;

/// A worker's side of one fold.
#[derive(Debug)]
pub struct Folder<'s> {
    groups: Groups,
    log: Log,
    store: &'s Store<'s>,
    seed: Seed,
    first_bytes: usize,
    most_bytes: usize,
    /// Either of them.
    limit_bytes: usize,
    /// The group of each lane of the batch.
    numbers: Vec<u32>,
    /// The hash of each key of the batch.
    hashes: Vec<u64>,
    /// Those of them that are looked up.
    probes: Box<Probes>,
    entry: Vec<u8>,
    /// The states of a row of the batch, where all its rows have the same.
    same: Vec<u8>,
    /// The keys of the batch that were missed, and the partition of each.
    missed: Vec<usize>,
    partitions: Vec<usize>,
    judge: Judge,
}

impl<'s> Folder<'s> {
    /// A folder of aggregates with these (empty) states, whose hot table holds up to `most_bytes`.
    pub fn new(states: Vec<Box<dyn Aggregate>>, store: &'s Store<'s>, seed: Seed, most_bytes: usize) -> Folder<'s> {
        let first_bytes = most_bytes.min(FIRST_BYTES);
        let mut groups = bounded(states, most_bytes);
        groups.keys.set_limit(first_bytes);
        Folder {
            groups,
            log: Log::default(),
            store,
            seed,
            first_bytes,
            most_bytes,
            limit_bytes: first_bytes,
            numbers: Vec::new(),
            hashes: Vec::new(),
            probes: Box::default(),
            entry: Vec::new(),
            same: Vec::new(),
            missed: Vec::new(),
            partitions: Vec::new(),
            judge: Judge::default(),
        }
    }

    /// Folds a batch of `n_lanes` lanes by `keys`. Without any, all are of one group.
    pub fn fold<K: KeyColumn + ?Sized>(
        &mut self,
        n_lanes: usize,
        lanes: &[u32],
        keys: Option<&K>,
        arguments: &[Argument<'_, '_>],
    ) -> Result<()> {
        if lanes.is_empty() {
            return Ok(());
        }
        let mut n_missed = 0;
        match keys {
            None => {
                self.numbers.clear();
                self.numbers.resize(n_lanes, MISSED);
                let number = self.groups.number(&Key::new(b""), 0, &self.seed);
                lanes.iter().for_each(|&lane| self.numbers[lane as usize] = number);
            }
            Some(keys) => {
                n_missed = self.look_up(n_lanes, lanes, keys);
            }
        }
        self.groups.settle();
        if n_missed < lanes.len() {
            for (states, argument) in self.groups.states.iter_mut().zip(arguments) {
                states.update(&self.numbers, argument.lanes, argument.values);
            }
        }
        if let Some(keys) = keys
            && n_missed > 0
        {
            self.log_missed(lanes, keys, arguments)?;
        }
        let fits = |n_keys| fits(&self.groups, self.most_bytes, n_keys);
        match self.judge.next(lanes.len(), n_missed, self.groups.keys.len(), fits) {
            Verdict::Keep if self.groups.weigh() > self.limit_bytes => self.flush()?,
            Verdict::Keep => {}
            Verdict::Grow => self.limit(self.most_bytes),
            Verdict::Flush => {
                self.flush()?;
                self.limit(self.first_bytes);
            }
        }
        Ok(())
    }

    /// Finds the groups of `lanes`, made where there is room; how many have none.
    fn look_up<K: KeyColumn + ?Sized>(&mut self, n_lanes: usize, lanes: &[u32], keys: &K) -> usize {
        // Nearly always all lanes are left: then nothing is put by lane.
        let all = lanes.len() == n_lanes && !self.judge.is_bypassing();
        self.numbers.clear();
        if !all {
            self.numbers.resize(n_lanes, MISSED);
        }
        self.hashes.clear();
        if self.judge.is_bypassing() && !self.store.is_by_hash() {
            return lanes.len();
        }
        let (mut n_missed, mut numbers) = (0, [MISSED; PROBES]);
        for (first, lanes) in lanes.chunks(PROBES).enumerate() {
            keys.fill(first * PROBES, lanes, &mut self.probes, &self.seed);
            self.hashes.extend_from_slice(&self.probes.hashes[..lanes.len()]);
            if self.judge.is_bypassing() {
                n_missed += lanes.len();
                continue;
            }
            let key = |i: usize| keys.key(first * PROBES + i, lanes[i]);
            let numbers = &mut numbers[..lanes.len()];
            self.groups.keys.numbers(&self.probes, numbers, &self.seed, key);
            n_missed += numbers.iter().filter(|&&number| number == MISSED).count();
            if all {
                self.numbers.extend_from_slice(numbers);
            } else {
                lanes.iter().zip(numbers).for_each(|(&lane, number)| self.numbers[lane as usize] = *number);
            }
        }
        n_missed
    }

    fn log_missed<K: KeyColumn + ?Sized>(
        &mut self,
        lanes: &[u32],
        keys: &K,
        arguments: &[Argument<'_, '_>],
    ) -> Result<()> {
        self.store.learn(&self.groups.keys);
        // Partitions first: what one takes does not wait for what another does.
        self.partitions.clear();
        self.missed.clear();
        let numbers = &self.numbers;
        self.missed.extend((0..lanes.len()).filter(|&i| numbers[lanes[i] as usize] == MISSED));
        for &i in &self.missed {
            let key = keys.key(i, lanes[i]);
            self.partitions.push(self.store.partition_of(&key, || self.hashes[i], 0, &mut self.entry));
        }
        let states = &self.groups.states;
        self.same.clear();
        let is_same = states.iter().zip(arguments).all(|(states, argument)| {
            let Argument { passes: None, values: Values::Same(value), .. } = argument else { return false };
            states.encode_row(*value, &mut self.same);
            true
        });
        for (&i, &partition) in self.missed.iter().zip(&self.partitions) {
            let lane = lanes[i];
            let key = keys.key(i, lane);
            let likely_bytes = key.n_bytes() + LIKELY_STATE_BYTES * (1 + states.len());
            self.log.append_with(self.store, partition, likely_bytes, &mut self.entry, |entry| {
                key.write(entry);
                if is_same {
                    return entry.extend_from_slice(&self.same);
                }
                for (states, argument) in states.iter().zip(arguments) {
                    if argument.passes.is_none_or(|passes| passes[lane as usize]) {
                        states.encode_row(argument.values.at(lane), entry);
                    } else {
                        states.encode_none(entry);
                    }
                }
            })?;
        }
        Ok(())
    }

    /// Adds an encoded state of one aggregate (`slot`) to the group of `key`.
    pub fn merge(&mut self, key: &Key<'_>, slot: usize, mut state: &[u8]) -> Result<()> {
        let hash = key.hash(&self.seed);
        let number = self.groups.number(key, hash, &self.seed);
        if number != MISSED {
            self.groups.settle();
            self.groups.states[slot].merge(Some(number), &mut state).expect("was encoded by the fold below");
            if self.groups.weigh() > self.limit_bytes {
                self.flush()?;
            }
            return Ok(());
        }
        self.store.learn(&self.groups.keys);
        let partition = self.store.partition_of(key, || key.hash(&self.seed), 0, &mut self.entry);
        self.entry.clear();
        key.write(&mut self.entry);
        for (i, states) in self.groups.states.iter().enumerate() {
            if i == slot { self.entry.extend_from_slice(state) } else { states.encode_none(&mut self.entry) }
        }
        self.log.append(self.store, partition, &self.entry)
    }

    /// Makes the group of the empty key, which a global aggregate has even of nothing.
    pub fn ensure_global(&mut self) {
        self.groups.number(&Key::new(b""), 0, &self.seed);
        self.groups.settle();
    }

    /// Hands all groups and entries to the store.
    pub fn close(mut self) -> Result<()> {
        self.flush()?;
        self.log.close(self.store)
    }

    fn limit(&mut self, bytes: usize) {
        self.limit_bytes = bytes;
        self.groups.keys.set_limit(bytes);
    }

    fn flush(&mut self) -> Result<()> {
        flush(&mut self.groups, &mut self.log, self.store, &self.seed, 0, &mut self.entry)
    }
}

/// Whether about `n_keys` such groups fit `most_bytes`, or nearly.
fn fits(groups: &Groups, most_bytes: usize, n_keys: u64) -> bool {
    let group_bytes = groups.bytes() / groups.keys.len().max(1);
    n_keys * group_bytes as u64 <= (most_bytes + most_bytes / 4) as u64
}

/// Groups that touch at most about `limit_bytes` of memory, set aside at once.
pub fn bounded(mut states: Vec<Box<dyn Aggregate>>, limit_bytes: usize) -> Groups {
    let mut keys = Keys::new(limit_bytes, states.iter().map(|states| states.state_bytes()).sum());
    let max_keys = keys.reserve();
    states.iter_mut().for_each(|states| states.reserve(max_keys));
    Groups::new(keys, states)
}

/// Moves all groups to the log as entries of `store`, by the partitions of `level`.
pub fn flush(
    groups: &mut Groups,
    log: &mut Log,
    store: &Store<'_>,
    seed: &Seed,
    level: u32,
    entry: &mut Vec<u8>,
) -> Result<()> {
    if groups.keys.is_empty() {
        return Ok(());
    }
    store.learn(&groups.keys);
    let mut inline = [0; INLINE_BYTES];
    for number in 0..groups.keys.len() {
        let number = u32::try_from(number).expect("numbers have 32 bits");
        let bytes = groups.keys.key(number, &mut inline);
        let key = bytes.as_ref().map_or(Key::NULL, |bytes| Key::new(bytes.get(&inline)));
        let partition = store.partition_of(&key, || key.hash(seed), level, entry);
        entry.clear();
        key.write(entry);
        groups.states.iter().for_each(|states| states.encode(number, entry));
        log.append(store, partition, entry)?;
    }
    groups.clear();
    Ok(())
}

/// Says when the hot table is too small for the keys that come, or no longer holds them.
///
/// Three cases are told apart. The keys seem to be few enough: the table grows. Keys drift (a file sorted by date): the table is
/// flushed and fills with the new ones. Keys hardly ever repeat, or half of the rows find none in any table that is allowed: the
/// table is passed by for a while, twice as long each time it proves useless. (With a third of the rows found `tweets/top-days` took 3.40
/// and 3.22 CPU seconds without and with the half, the three questions in one scan 6.69 and 6.13, though more is spilled; medians of 7
/// in turns, 2026-11-22.)
#[derive(Debug, Default)]
struct Judge {
    rows: u64,
    missed: u64,
    /// Rows since the table was last empty.
    cycle_rows: u64,
    cycle_missed: u64,
    bypass_left: u64,
    bypass_next: u64,
}

/// What is to be done with the hot table.
enum Verdict {
    Keep,
    /// It may grow to all that it is allowed.
    Grow,
    Flush,
}

impl Judge {
    fn is_bypassing(&self) -> bool {
        self.bypass_left > 0
    }

    /// `fits` says whether so many keys fit the largest table.
    fn next(&mut self, n_rows: usize, n_missed: usize, n_groups: usize, fits: impl Fn(u64) -> bool) -> Verdict {
        let (n_rows, n_missed, n_groups) = (n_rows as u64, n_missed as u64, n_groups as u64);
        if self.bypass_left > 0 {
            self.bypass_left = self.bypass_left.saturating_sub(n_rows);
            return Verdict::Keep;
        }
        self.rows += n_rows;
        self.missed += n_missed;
        self.cycle_rows += n_rows;
        self.cycle_missed += n_missed;
        if self.rows < WINDOW {
            return Verdict::Keep;
        }
        let (rows, missed) = (self.rows, self.missed);
        (self.rows, self.missed) = (0, 0);
        let found = rows - missed;
        if found * 4 >= rows {
            if missed * 8 <= rows {
                return Verdict::Keep;
            }
            // Were all keys as frequent, so many would make what was found; a window that was missed in part only tells less.
            if fits(n_groups * rows / found) {
                return Verdict::Grow;
            }
            if found * 2 >= rows {
                return Verdict::Keep;
            }
        }
        // How many rows each group of this cycle took in.
        let repeated = self.cycle_rows - self.cycle_missed >= 2 * n_groups;
        if !repeated {
            let least = (8 * WINDOW).max(4 * n_groups);
            self.bypass_next = (self.bypass_next * 2).clamp(least, least.max(256 * WINDOW));
            self.bypass_left = self.bypass_next;
        }
        (self.cycle_rows, self.cycle_missed) = (0, 0);
        Verdict::Flush
    }
}
