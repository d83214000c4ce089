//! Keys in, the partition whose range they lie in out: partitions that stand in the order of their keys.
//!
//! Where groups leave in the order of their keys, partitions by hash would all have to be merged by it, through the disk. Of
//! partitions by range each is put in order by itself, in memory, and they leave one after the other.
//!
//! What separates the ranges is learnt once, from the keys that the first worker with a full table has seen. Keys that come
//! in order (a file sorted by date) nearly all lie in the last range; then that is split by what separates its own.

use std::sync::OnceLock;

use super::in_order::{KeyOrder, in_order};
use super::key::{INLINE_BYTES, Key};
use super::keys::Keys;
use super::slabs::PARTITIONS;

/// A partition for each range of keys.
#[derive(Debug)]
pub struct Ranges {
    order: KeyOrder,
    splitters: OnceLock<Splitters>,
}

impl Ranges {
    /// Ranges that are to be learnt.
    pub fn new(order: KeyOrder) -> Ranges {
        Ranges { order, splitters: OnceLock::new() }
    }

    /// Learns what separates the ranges from the keys of a table, unless that is known.
    pub fn learn(&self, keys: &Keys) {
        self.splitters.get_or_init(|| {
            let numbers = in_order(keys, self.order);
            let mut chosen = Vec::new();
            // The first key of all separates nothing.
            for i in 1..PARTITIONS {
                let at = i * numbers.len() / PARTITIONS;
                if at > 0 {
                    chosen.push(self.key_of(keys, numbers[at]));
                }
            }
            Splitters::new(chosen)
        });
    }

    /// Ranges of a partition of these that proved too large: separated by the keys that are in its table, of `n_taken` pieces,
    /// the key that did not fit and the keys that `left` pieces begin with.
    pub fn split(&self, keys: &Keys, n_taken: usize, missed: Option<&Key<'_>>, left: &[Box<[u8]>]) -> Ranges {
        let (mut scratch, mut inline) = (Vec::new(), [0; INLINE_BYTES]);
        let mut sample: Vec<Box<[u8]>> = left
            .iter()
            .filter_map(|bytes| Some(cut(self.order.key(Key::read(&mut &**bytes)?.bytes(&mut inline), &mut scratch))))
            .collect();
        sample.extend(missed.map(|key| cut(self.order.key(key.bytes(&mut inline), &mut scratch))));
        let n_picked = if left.is_empty() { PARTITIONS } else { n_taken.clamp(2, PARTITIONS * 16) };
        let numbers = in_order(keys, self.order);
        for i in 0..n_picked.min(numbers.len()) {
            sample.push(self.key_of(keys, numbers[i * numbers.len() / n_picked.min(numbers.len())]));
        }
        sample.sort_unstable();
        sample.dedup();
        let chosen = (1..PARTITIONS).map(|i| i * sample.len() / PARTITIONS).filter(|&at| at > 0);
        let mut chosen: Vec<_> = chosen.map(|at| sample[at].clone()).collect();
        if chosen.is_empty() {
            chosen.extend(self.separator(keys, &numbers, missed));
        }
        Ranges { order: self.order, splitters: OnceLock::from(Splitters::new(chosen)) }
    }

    /// What separates two keys that begin alike for longer than is kept of one.
    fn separator(&self, keys: &Keys, numbers: &[u32], missed: Option<&Key<'_>>) -> Option<Box<[u8]>> {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        let (mut inline, &first) = ([0; INLINE_BYTES], numbers.first()?);
        let key = keys.key(first, &mut inline);
        self.order.key(key.as_ref().map(|key| key.get(&inline)), &mut one);
        let one = if let KeyOrder::Bytes = self.order { key.as_ref()?.get(&inline) } else { &one };
        let (mut inline, mut of_missed) = ([0; INLINE_BYTES], [0; INLINE_BYTES]);
        let key = if numbers.len() > 1 { keys.key(numbers[numbers.len() / 2], &mut inline) } else { None };
        let other = match (&key, missed) {
            (Some(key), _) => self.order.key(Some(key.get(&inline)), &mut other),
            (None, missed) => self.order.key(missed?.bytes(&mut of_missed), &mut other),
        };
        let n_common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
        Some(one.max(other)[..n_common + 1].into())
    }

    /// The partition of a key.
    #[inline]
    pub fn partition_of(&self, key: &Key<'_>, scratch: &mut Vec<u8>) -> usize {
        let splitters = self.splitters.get_or_init(Splitters::default);
        splitters.n_below(self.order.key(key.bytes(&mut [0; INLINE_BYTES]), scratch))
    }

    fn key_of(&self, keys: &Keys, number: u32) -> Box<[u8]> {
        let (mut inline, mut scratch) = ([0; INLINE_BYTES], Vec::new());
        let key = keys.key(number, &mut inline);
        cut(self.order.key(key.as_ref().map(|key| key.get(&inline)), &mut scratch))
    }
}

/// What is kept of a key that separates ranges, in bytes: keys may be as long as a record.
const KEPT_BYTES: usize = 256;

fn cut(key: &[u8]) -> Box<[u8]> {
    key[..key.len().min(KEPT_BYTES)].into()
}

/// Ascending keys, each the first of a range.
#[derive(Debug, Default)]
struct Splitters {
    keys: Vec<Box<[u8]>>,
    /// Bytes that all begin with.
    n_common: usize,
    /// The sixteen bytes behind, which decide most comparisons.
    words: Vec<u128>,
    /// The last of each whole run of them.
    lasts: Vec<u128>,
}

/// So many words are a run: of all partitions' there are as many runs.
const RUN: usize = PARTITIONS.isqrt();

impl Splitters {
    fn new(mut keys: Vec<Box<[u8]>>) -> Splitters {
        keys.dedup();
        let n_common = match (keys.first(), keys.last()) {
            (Some(first), Some(last)) => first.iter().zip(last).take_while(|(a, b)| a == b).count(),
            _ => 0,
        };
        let words: Vec<u128> = keys.iter().map(|key| word(&key[n_common..])).collect();
        let lasts = words.chunks_exact(RUN).map(|run| run[RUN - 1]).collect();
        Splitters { keys, n_common, words, lasts }
    }

    /// How many are `key` or below.
    #[inline]
    fn n_below(&self, key: &[u8]) -> usize {
        let Some(first) = self.keys.first() else { return 0 };
        let Some((begin, rest)) =
            key.split_at_checked(self.n_common).filter(|(begin, _)| *begin == &first[..begin.len()])
        else {
            return if *key < **first { 0 } else { self.keys.len() };
        };
        debug_assert_eq!(begin.len(), self.n_common);
        let word = word(rest);
        // All of a few are compared, instead of a search whose every step is a branch that nothing foretells: the scan of h2o q10 by 9 %.
        let n_below = |words: &[u128]| words.iter().fold(0, |n, other| n + usize::from(*other < word));
        let whole = n_below(&self.lasts);
        let at = whole * RUN + self.words.chunks(RUN).nth(whole).map_or(0, n_below);
        let n_equal = self.words[at..].iter().take_while(|other| **other == word).count();
        at + self.keys[at..at + n_equal].partition_point(|splitter| **splitter <= *key)
    }
}

/// The first sixteen bytes of `key`, zeros behind its end, as a number that orders like them.
#[inline]
fn word(key: &[u8]) -> u128 {
    let bytes = key.first_chunk::<16>().copied().unwrap_or_else(|| {
        let mut bytes = [0; 16];
        bytes[..key.len()].copy_from_slice(key);
        bytes
    });
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_lies_behind_all_splitters_that_are_not_above_it(
            splitters in prop::collection::vec(prop::collection::vec(0u8..3, 0..40), 0..300), begin in prop::collection::vec(0u8..3, 0..30),
            keys in prop::collection::vec(prop::collection::vec(0u8..3, 0..60), 1..40),
        ) {
            let mut splitters: Vec<Box<[u8]>> = splitters.into_iter().map(|rest| [&*begin, &*rest].concat().into()).collect();
            splitters.sort();
            splitters.dedup();
            let found = Splitters::new(splitters.clone());
            for key in keys.iter().cloned().chain(keys.iter().map(|rest| [&*begin, &**rest].concat())) {
                prop_assert_eq!(found.n_below(&key), splitters.iter().filter(|splitter| ***splitter <= *key).count());
            }
        }
    }
}
