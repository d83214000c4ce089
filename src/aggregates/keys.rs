//! Key bytes in, a small dense number out: 0 for the first key seen, 1 for the next, …
//!
//! Holds each distinct key once. Knows nothing of what is counted under a number; that is [`Groups`](super::groups::Groups).
//!
//! The obvious way is `HashMap<Vec<u8>, u32>`: one allocation a key and a chase a look-up. Instead:
//! 1. a key of up to 24 bytes is three words beside its length, compared without a loop;
//! 2. a slot is one word of 32 bits: the number, and as many bits of the hash as are left, so that hardly ever a key is looked at
//!    that is another;
//! 3. longer keys lie back to back in one buffer;
//! 4. many keys are looked up together, each step for all of them.
//!
//! CPU seconds with slots of 64 bits, up to four fifths of them taken, and with these, medians of five in turns, `--profile quick`,
//! 2026-11-30: count by username 1.39 and 1.28, h2o q3 1.01 and 0.93, q5 1.28 and 1.15.

use std::ops::Range;

use super::key::{INLINE_BYTES, Key, NULL_LEN};
use super::prefetch::prefetch;
use super::probes::{Probes, Told, told};
use super::seed::Seed;
use crate::exprs::words;

/// Slots of an empty table.
const LEAST_SLOTS: usize = 64;

/// Slots at most: a number has to leave a bit to the hash.
const MOST_SLOTS: usize = 1 << 31;

/// Slots that are small beside the caches next to a core.
const IN_L1_BYTES: usize = 32 << 10;
const IN_L2_BYTES: usize = 256 << 10;

/// Bytes that are fetched at once at most, however a key lies.
const FETCHED: usize = 63;

/// A key as the table holds it: 32 bytes.
#[derive(Clone, Copy, Debug)]
struct Stored {
    /// Of a key longer than [`INLINE_BYTES`]: where it lies in `long`, and its length.
    told: Told,
}

impl Stored {
    #[inline(always)]
    fn len(&self) -> usize {
        usize::try_from(self.told[3]).expect("is a length in memory")
    }

    /// Where in `long` the key lies; empty of a short one.
    #[inline(always)]
    fn long(&self) -> Range<usize> {
        if self.len() <= INLINE_BYTES || self.told[3] == u64::from(NULL_LEN) {
            return 0..0;
        }
        let at = usize::try_from(self.told[0]).expect("is a place in memory");
        at..at + self.len()
    }
}

/// Distinct keys, numbered in the order in which they came.
#[derive(Debug)]
pub struct Keys {
    /// Number plus one in the low bits, as many as number the slots; above them bits of the hash. 0 is free. A power of two, mostly as
    /// full as [`most_keys`] says, half full at most: so a look hardly goes beyond two of them.
    slots: Vec<u32>,
    stored: Vec<Stored>,
    long: Vec<u8>,
    limit_bytes: usize,
    /// What lies beside each key elsewhere.
    beside_bytes: usize,
    /// What somebody else holds of the limit.
    outside_bytes: usize,
    is_full: bool,
    first_may_pass: bool,
}

impl Keys {
    /// An empty table that takes keys while they and `beside_bytes` for each, which lie elsewhere, are within `limit_bytes`.
    pub fn new(limit_bytes: usize, beside_bytes: usize) -> Keys {
        Keys {
            slots: vec![0; LEAST_SLOTS],
            stored: Vec::new(),
            long: Vec::new(),
            limit_bytes,
            beside_bytes,
            outside_bytes: 0,
            is_full: false,
            first_may_pass: false,
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.stored.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.stored.is_empty()
    }

    /// What the table has touched of memory.
    pub fn bytes(&self) -> usize {
        self.slots.len() * SLOT_BYTES + self.stored.len() * size_of::<Stored>() + self.long.len()
    }

    /// Lets the table take up to `bytes`, at most those it was made with.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit_bytes = bytes;
        self.is_full = false;
    }

    /// Has `bytes` of the limit taken by what neither lies in the table nor is as large for every key.
    pub fn set_outside(&mut self, bytes: usize) {
        self.outside_bytes = bytes;
    }

    /// Takes the first key even when it passes the limit: a partition split down to one key can be split no further.
    pub fn let_first_pass(&mut self) {
        self.first_may_pass = true;
    }

    /// Sets room aside for all that the table takes, so that growing never copies; pages are touched only when keys come. How
    /// many keys there are at most.
    pub fn reserve(&mut self) -> usize {
        let max_keys = self.limit_bytes / (size_of::<Stored>() + self.beside_bytes);
        self.slots.reserve_exact(n_slots(max_keys).saturating_sub(self.slots.len()));
        self.stored.reserve_exact(max_keys);
        self.long.reserve_exact(self.limit_bytes);
        max_keys
    }

    /// The number of `key`; a new one when it was not there; `None` when it was not there and the table is full.
    #[inline]
    pub fn number(&mut self, key: &Key<'_>, hash: u64, seed: &Seed) -> Option<u32> {
        let slotted = Slotted::of(hash, self.slots.len());
        let mut at = slotted.at;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(key, slotted, at, seed);
            }
            let number = slotted.number(slot);
            if self.stored.get(number as usize).is_some_and(|stored| self.is(stored, key)) {
                return Some(number);
            }
            at = (at + 1) & slotted.mask;
        }
    }

    /// The numbers of the first keys of `probes`, or `u32::MAX` as [`Keys::number`] has none. `key` tells one of them whole.
    ///
    /// Looks at the first two places of all keys before it looks further for any, and asks for lines of the table before their turn: so
    /// the core waits for many of them at once. With 10,000 stations, whose table is larger than L2, that is most of the work (perf,
    /// 2026-11-21).
    #[inline]
    pub fn numbers<'k>(&mut self, probes: &Probes, numbers: &mut [u32], seed: &Seed, key: impl Fn(usize) -> Key<'k>) {
        let (slots, stored) = (&*self.slots, &*self.stored);
        for hash in &probes.hashes[..numbers.len()] {
            prefetch(slots, Slotted::of(*hash, slots.len()).at);
        }
        for (hash, number) in probes.hashes.iter().zip(&mut *numbers) {
            let slotted = Slotted::of(*hash, slots.len());
            let (first, second) = (slots[slotted.at], slots[(slotted.at + 1) & slotted.mask]);
            *number = slotted.number(first).min(slotted.number(second));
            prefetch(stored, *number as usize);
        }
        for (told, number) in probes.told.iter().zip(&mut *numbers) {
            let is_it = stored.get(*number as usize).is_some_and(|stored| stored.told == *told);
            *number = if is_it { *number } else { u32::MAX };
        }
        for (i, number) in numbers.iter_mut().enumerate() {
            if *number == u32::MAX {
                *number = self.number(&key(i), probes.hashes[i], seed).unwrap_or(u32::MAX);
            }
        }
    }

    /// The key under `number`.
    #[inline]
    pub fn key(&self, number: u32, inline: &mut [u8; INLINE_BYTES]) -> Option<KeyBytes<'_>> {
        let stored = &self.stored[number as usize];
        match stored.len() {
            _ if stored.told[3] == u64::from(NULL_LEN) => None,
            len if len > INLINE_BYTES => Some(KeyBytes::Long(&self.long[stored.long()])),
            len => {
                let [one, two, three, _] = stored.told;
                *inline = words::bytes([one, two, three]);
                Some(KeyBytes::Inline(len))
            }
        }
    }

    /// Has the keys under `numbers` fetched into the cache, many at once: they lie anywhere, and who then looks at one after the
    /// other would wait for each.
    pub fn fetch(&self, numbers: impl Iterator<Item = u32> + Clone) {
        numbers.clone().for_each(|number| prefetch(&self.stored, number as usize));
        for number in numbers {
            let at = self.stored[number as usize].long().start;
            prefetch(&self.long, at);
            prefetch(&self.long, at + FETCHED);
        }
    }

    /// Forgets all keys and keeps the memory.
    pub fn clear(&mut self) {
        // The next keys are likely to be as many: not all slots that were ever needed are wiped for few.
        self.slots.truncate(n_slots(self.stored.len()));
        self.slots.fill(0);
        self.stored.clear();
        self.long.clear();
        (self.outside_bytes, self.is_full) = (0, false);
    }

    /// Word by word: an array is compared by loads wider than the stores that made it, which the core cannot forward.
    #[inline(always)]
    fn is(&self, stored: &Stored, key: &Key<'_>) -> bool {
        let [one, two, three, len] = stored.told;
        let differences = (one ^ key.words[0]) | (two ^ key.words[1]) | (three ^ key.words[2]);
        if key.is_short() {
            differences | (len ^ u64::from(key.len)) == 0
        } else {
            len == u64::from(key.len) && self.long[stored.long()] == *key.bytes
        }
    }

    #[inline(never)]
    fn add(&mut self, key: &Key<'_>, slotted: Slotted, slot: usize, seed: &Seed) -> Option<u32> {
        let long_bytes = if key.is_short() { 0 } else { key.bytes.len() };
        let passes = self.is_full || self.bytes_of(self.slots.len(), 1, long_bytes) > self.limit_bytes;
        if passes && !(self.first_may_pass && self.stored.is_empty()) {
            return None;
        }
        let mut words = key.words;
        if long_bytes > 0 {
            words = [self.long.len() as u64, 0, 0];
            self.long.extend_from_slice(key.bytes);
        }
        let number = u32::try_from(self.stored.len()).ok()?;
        self.stored.push(Stored { told: told(words, key.len) });
        self.slots[slot] = slotted.slot(number);
        let n_slots = self.slots.len();
        if self.stored.len() >= most_keys(n_slots) {
            // Before half of them are taken, more slots are not to take the room of as many keys again.
            let must = self.stored.len() >= n_slots / 2;
            let (more_keys, more_long) = if must { (0, 0) } else { (self.stored.len(), self.long.len()) };
            if n_slots < MOST_SLOTS && self.bytes_of(2 * n_slots, more_keys, more_long) <= self.limit_bytes {
                self.grow(seed);
            } else {
                self.is_full = must;
            }
        }
        Some(number)
    }

    /// What would be taken of the limit with so many slots, more keys and more bytes of long ones.
    ///
    /// What lies outside counts twice, since it grows where no key comes.
    #[inline]
    fn bytes_of(&self, n_slots: usize, more_keys: usize, more_long: usize) -> usize {
        let keys = (self.stored.len() + more_keys) * (size_of::<Stored>() + self.beside_bytes);
        n_slots * SLOT_BYTES + keys + self.long.len() + more_long + 2 * self.outside_bytes
    }

    #[cold]
    fn grow(&mut self, seed: &Seed) {
        let n_slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(n_slots, 0);
        for (number, stored) in (0u32..).zip(&self.stored) {
            let [one, two, three, len] = stored.told;
            let len = u32::try_from(len).expect("was one");
            let hash = Key { words: [one, two, three], len, bytes: &self.long[stored.long()] }.hash(seed);
            let slotted = Slotted::of(hash, n_slots);
            let mut at = slotted.at;
            while self.slots[at] != 0 {
                at = (at + 1) & slotted.mask;
            }
            self.slots[at] = slotted.slot(number);
        }
    }
}

const SLOT_BYTES: usize = size_of::<u32>();

/// Keys up to which so many slots do, while there is room for more: fewer where slots take little of the caches anyway.
fn most_keys(n_slots: usize) -> usize {
    match n_slots * SLOT_BYTES {
        bytes if bytes <= IN_L1_BYTES => n_slots / 8,
        bytes if bytes <= IN_L2_BYTES => n_slots / 4,
        _ => n_slots / 2,
    }
}

/// Slots for so many keys.
fn n_slots(n_keys: usize) -> usize {
    let least = (2 * (n_keys + 1)).next_power_of_two().max(LEAST_SLOTS);
    [least, 2 * least, 4 * least].into_iter().find(|&n_slots| n_keys < most_keys(n_slots)).unwrap_or(8 * least)
}

/// Where the search for a key begins, and what its slot says.
#[derive(Clone, Copy, Debug)]
struct Slotted {
    at: usize,
    mask: usize,
    /// The bits of the hash, above those of a number.
    tag: u32,
}

impl Slotted {
    /// Of a key with this hash in a table of `n_slots`, a power of two up to 2³¹. The low bits choose the slot; the top bits are the
    /// partition's, so the lower of the upper half are the tag.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "some bits are what is wanted")]
    fn of(hash: u64, n_slots: usize) -> Slotted {
        let mask = n_slots - 1;
        Slotted { at: hash as usize & mask, mask, tag: ((hash >> 32) as u32) << n_slots.trailing_zeros() }
    }

    /// What is in the slot of the key when it has this number.
    #[inline(always)]
    fn slot(self, number: u32) -> u32 {
        self.tag | (number + 1)
    }

    /// The number in `slot`; beyond all numbers when it is free or another key's by the tag.
    #[inline(always)]
    fn number(self, slot: u32) -> u32 {
        let rest = slot ^ self.tag;
        if rest as usize <= self.mask { rest.wrapping_sub(1) } else { u32::MAX }
    }
}

/// Where [`Keys::key`] put the bytes.
#[derive(Clone, Copy, Debug)]
pub enum KeyBytes<'k> {
    /// So many at the start of the buffer that was passed.
    Inline(usize),
    /// In the table.
    Long(&'k [u8]),
}

impl KeyBytes<'_> {
    /// The bytes, `inline` being the buffer that was passed.
    pub fn get<'b>(&'b self, inline: &'b [u8; INLINE_BYTES]) -> &'b [u8] {
        match self {
            KeyBytes::Inline(len) => &inline[..*len],
            KeyBytes::Long(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::aggregates::probes::PROBES;

    fn text(keys: &Keys, number: u32) -> Option<Vec<u8>> {
        let mut inline = [0; INLINE_BYTES];
        keys.key(number, &mut inline).map(|key| key.get(&inline).to_vec())
    }

    fn key(row: &Option<Vec<u8>>) -> Key<'_> {
        row.as_ref().map_or(Key::NULL, |bytes| Key::new(bytes))
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_a_hash_map(
            rows in prop::collection::vec(prop::option::weighted(0.95, prop::collection::vec(prop::sample::select(b"ab\0".to_vec()), 0..40)), 0..400),
            together in 1..=PROBES,
        ) {
            let (seed, mut map) = (Seed::random(), HashMap::new());
            let (mut one_by_one, mut keys) = (Keys::new(usize::MAX, 0), Keys::new(usize::MAX, 0));
            let (mut probes, mut numbers) = (Probes::default(), [0; PROBES]);
            for rows in rows.chunks(together) {
                rows.iter().enumerate().for_each(|(i, row)| probes.set(i, &key(row), &seed));
                let numbers = &mut numbers[..rows.len()];
                keys.numbers(&probes, numbers, &seed, |i| key(&rows[i]));
                for (row, number) in rows.iter().zip(numbers) {
                    let next = u32::try_from(map.len()).expect("few");
                    let expected = *map.entry(row.clone()).or_insert(next);
                    prop_assert_eq!(*number, expected);
                    prop_assert_eq!(one_by_one.number(&key(row), key(row).hash(&seed), &seed), Some(expected));
                    prop_assert_eq!(&text(&keys, expected), row);
                }
            }
            prop_assert_eq!((keys.len(), one_by_one.len()), (map.len(), map.len()));
        }
    }

    #[test]
    fn a_full_table_still_finds_what_it_has() {
        let seed = Seed::random();
        let mut keys = Keys::new(LEAST_SLOTS * SLOT_BYTES + 2 * (32 + 8) + 30, 8);
        let mut number = |bytes: &[u8]| {
            let key = Key::new(bytes);
            keys.number(&key, key.hash(&seed), &seed)
        };
        assert_eq!(number(b"a"), Some(0));
        assert_eq!(number(&[7; 31]), None, "31 bytes pass the 30 for long keys");
        assert_eq!(number(b"b"), Some(1));
        assert_eq!(number(b"c"), None, "40 bytes pass the 30");
        assert_eq!(number(b"a"), Some(0));
    }

    #[test]
    fn a_table_near_its_limit_has_room_for_keys_before_slots() {
        let (seed, key_bytes) = (Seed::random(), 32 + 8);
        for n_keys in [4usize, 20, 33, 1_000, 40_000] {
            let n_slots = (2 * n_keys).next_power_of_two().max(LEAST_SLOTS);
            let limit_bytes = n_slots * SLOT_BYTES + n_keys * key_bytes;
            let (mut keys, mut n_taken) = (Keys::new(limit_bytes, 8), 0);
            for i in 0..2 * n_keys {
                let bytes = i.to_le_bytes();
                let key = Key::new(&bytes);
                n_taken += usize::from(keys.number(&key, key.hash(&seed), &seed).is_some());
            }
            assert!(n_taken >= n_keys / 4 * 3, "{n_taken} of {n_keys}");
            assert!(keys.bytes() + 8 * keys.len() <= limit_bytes, "{n_keys}");
        }
    }
}
