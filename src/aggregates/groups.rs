//! Keys with their states: the groups of one fold, as far as they are in memory.

use super::seed::Seed;

use super::key::Key;
use super::keys::Keys;
use super::states::{Aggregate, MISSED};

/// Groups of one fold.
#[derive(Debug)]
pub struct Groups {
    /// The keys, numbered.
    pub keys: Keys,
    /// For each aggregate the states, by the key's number.
    pub states: Vec<Box<dyn Aggregate>>,
}

impl Groups {
    /// No groups yet.
    pub fn new(keys: Keys, states: Vec<Box<dyn Aggregate>>) -> Groups {
        Groups { keys, states }
    }

    /// The number of `key`'s group, made when it is new and there is room; [`MISSED`] when there is none.
    #[inline]
    pub fn number(&mut self, key: &Key<'_>, hash: u64, seed: &Seed) -> u32 {
        self.keys.number(key, hash, seed).unwrap_or(MISSED)
    }

    /// Makes states for groups that are new.
    #[inline]
    pub fn settle(&mut self) {
        let n_groups = self.keys.len();
        self.states.iter_mut().for_each(|states| states.grow(n_groups));
    }

    /// What all of it holds of memory.
    pub fn bytes(&self) -> usize {
        self.keys.bytes() + self.states.iter().map(|states| states.bytes()).sum::<usize>()
    }

    /// Has the keys know what the states hold beyond their own size. What all of it holds.
    pub fn weigh(&mut self) -> usize {
        let states: usize = self.states.iter().map(|states| states.heap_bytes()).sum();
        self.keys.set_outside(states);
        self.bytes()
    }

    /// Forgets all groups and keeps the memory.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.states.iter_mut().for_each(|states| states.clear());
    }
}
