//! Key bytes in, a small dense number out: 0 for the first key seen, 1 for the next, …
//!
//! Holds each distinct key once. Knows nothing of what is counted under a number; that is [`Groups`](super::groups::Groups).
//!
//! The obvious way is `HashMap<Vec<u8>, u32>`: one allocation a key and a chase a look-up. Instead:
//! 1. a key of up to 24 bytes is three words beside its length, read by overlapping loads, compared without a loop;
//! 2. a slot holds 32 bits of the hash beside the number, so a probe that fails touches one word;
//! 3. longer keys lie back to back in one buffer.

use std::hash::{BuildHasher, Hasher};

use ahash::RandomState;

/// The longest key that lies in the table itself, in bytes.
pub const INLINE_BYTES: usize = 24;

/// The length that stands for the key NULL, which is not the empty key.
const NULL_LEN: u32 = u32::MAX;

/// A key to look up: its bytes, and the words by which it is compared.
#[derive(Clone, Copy, Debug)]
pub struct Key<'k> {
    words: [u64; 3],
    len: u32,
    bytes: &'k [u8],
}

impl<'k> Key<'k> {
    /// The key NULL.
    pub const NULL: Key<'static> = Key { words: [0; 3], len: NULL_LEN, bytes: &[] };

    /// The key of `bytes`, which are shorter than 4 GiB.
    ///
    /// The words overlap (the first eight bytes, the last eight, …), which together with the length is still one to one.
    #[inline]
    pub fn new(bytes: &'k [u8]) -> Key<'k> {
        let len = u32::try_from(bytes.len()).expect("a record is at most 2 GiB");
        debug_assert!(len != NULL_LEN);
        let words = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) => {
                let middle =
                    if len > 16 { *bytes[8..].first_chunk().expect("17 bytes are 8 and 8 more") } else { [0; 8] };
                [u64::from_le_bytes(*first), u64::from_le_bytes(*last), u64::from_le_bytes(middle)]
            }
            _ => [few(bytes), 0, 0],
        };
        Key { words, len, bytes }
    }

    /// The key that [`write`](Key::write) wrote at the start of `bytes`, which are left behind it.
    #[inline]
    pub fn read(bytes: &mut &'k [u8]) -> Option<Key<'k>> {
        use crate::exprs::codec;
        match codec::read_varint(bytes)? {
            0 => Some(Key::NULL),
            len => Some(Key::new(codec::take(bytes, usize::try_from(len - 1).ok()?)?)),
        }
    }

    /// Appends the key so that [`read`](Key::read) finds its end.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        match self.bytes() {
            None => out.push(0),
            Some(bytes) => {
                crate::exprs::codec::write_varint(bytes.len() as u64 + 1, out);
                out.extend_from_slice(bytes);
            }
        }
    }

    /// The bytes; `None` for NULL.
    #[inline]
    pub fn bytes(&self) -> Option<&'k [u8]> {
        (self.len != NULL_LEN).then_some(self.bytes)
    }

    /// The hash of the key under `seed`, which is random in each process: an attacker cannot choose collisions.
    #[inline]
    pub fn hash(&self, seed: &RandomState) -> u64 {
        let mut hasher = seed.build_hasher();
        if self.len as usize > INLINE_BYTES && self.len != NULL_LEN {
            hasher.write(self.bytes);
        } else {
            hasher.write_u64(self.words[0] ^ u64::from(self.len) << 56);
            hasher.write_u64(self.words[1]);
            if self.len > 16 {
                hasher.write_u64(self.words[2]);
            }
        }
        hasher.finish()
    }
}

/// Up to seven bytes as a word; with the length, one to one.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32,
        _ => match bytes {
            [] => 0,
            [first, ..] => {
                let (middle, last) = (bytes[bytes.len() / 2], bytes[bytes.len() - 1]);
                u64::from(*first) | u64::from(middle) << 8 | u64::from(last) << 16
            }
        },
    }
}

/// A key as the table holds it: 32 bytes.
#[derive(Clone, Copy, Debug)]
struct Stored {
    words: [u64; 3],
    len: u32,
    /// Where a key longer than [`INLINE_BYTES`] lies in `long`.
    at: u32,
}

/// Distinct keys, numbered in the order in which they came.
#[derive(Debug)]
pub struct Keys {
    /// Number plus one in the low half, 32 bits of the hash in the high half; 0 is free. A power of two, at most 3/4 full.
    slots: Vec<u64>,
    stored: Vec<Stored>,
    long: Vec<u8>,
    max_keys: usize,
    max_long_bytes: usize,
    first_may_pass: bool,
}

impl Keys {
    /// An empty table that takes up to `max_keys` keys and `max_long_bytes` (less than 4 GiB) of long ones.
    pub fn new(max_keys: usize, max_long_bytes: usize) -> Keys {
        let max_long_bytes = max_long_bytes.min(u32::MAX as usize);
        Keys {
            slots: Vec::new(),
            stored: Vec::new(),
            long: Vec::new(),
            max_keys,
            max_long_bytes,
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
        self.slots.len() * 8 + self.stored.len() * size_of::<Stored>() + self.long.len()
    }

    /// What a key of up to [`INLINE_BYTES`] takes at most: slots double at 3/4, so there are up to 8/3 a key.
    pub const KEY_BYTES: usize = size_of::<Stored>() + 8 * 8 / 3 + 1;

    /// Takes one long key even when it passes `max_long_bytes`: a partition split down to it can be split no further.
    pub fn let_first_pass(&mut self) {
        self.first_may_pass = true;
    }

    /// Sets room aside for all that the table takes, so that growing never copies; pages are touched only when keys come.
    pub fn reserve(&mut self) {
        self.slots.reserve_exact((self.max_keys * 4 / 3 + 1).next_power_of_two().max(64));
        self.stored.reserve_exact(self.max_keys);
        self.long.reserve_exact(self.max_long_bytes);
    }

    /// The number of `key`; a new one when it was not there; `None` when it was not there and the table is full.
    #[inline]
    pub fn number(&mut self, key: &Key<'_>, hash: u64, seed: &RandomState) -> Option<u32> {
        if self.stored.len() * 4 >= self.slots.len() * 3 {
            self.grow(seed);
        }
        let mask = self.slots.len() - 1;
        let tag = hash >> 32;
        let mut at = slot_of(hash, mask);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(key, tag, at);
            }
            if slot >> 32 == tag {
                #[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
                let number = slot as u32 - 1;
                let stored = &self.stored[number as usize];
                if stored.words == key.words && stored.len == key.len && self.long_bytes_equal(stored, key) {
                    return Some(number);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// The key under `number`.
    #[inline]
    pub fn key(&self, number: u32, inline: &mut [u8; INLINE_BYTES]) -> Option<KeyBytes<'_>> {
        let stored = &self.stored[number as usize];
        match stored.len as usize {
            _ if stored.len == NULL_LEN => None,
            len if len > INLINE_BYTES => Some(KeyBytes::Long(&self.long[stored.at as usize..][..len])),
            len => {
                unpack(stored.words, len, inline);
                Some(KeyBytes::Inline(len))
            }
        }
    }

    /// Forgets all keys and keeps the memory.
    pub fn clear(&mut self) {
        self.slots.fill(0);
        self.stored.clear();
        self.long.clear();
    }

    #[inline]
    fn long_bytes_equal(&self, stored: &Stored, key: &Key<'_>) -> bool {
        let len = key.len as usize;
        len <= INLINE_BYTES || key.len == NULL_LEN || self.long[stored.at as usize..][..len] == *key.bytes
    }

    fn add(&mut self, key: &Key<'_>, tag: u64, slot: usize) -> Option<u32> {
        if self.stored.len() >= self.max_keys {
            return None;
        }
        let mut at = 0;
        if key.len as usize > INLINE_BYTES && key.len != NULL_LEN {
            let passes = self.long.len() + key.bytes.len() > self.max_long_bytes;
            if passes && !(self.first_may_pass && self.long.is_empty()) {
                return None;
            }
            at = u32::try_from(self.long.len()).ok()?;
            self.long.extend_from_slice(key.bytes);
        }
        let number = u32::try_from(self.stored.len()).ok()?;
        self.stored.push(Stored { words: key.words, len: key.len, at });
        self.slots[slot] = tag << 32 | (u64::from(number) + 1);
        Some(number)
    }

    #[cold]
    fn grow(&mut self, seed: &RandomState) {
        let n_slots = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(n_slots, 0);
        let mask = n_slots - 1;
        for number in 0..self.stored.len() {
            let stored = &self.stored[number];
            let len = stored.len as usize;
            let long = if len > INLINE_BYTES && stored.len != NULL_LEN {
                &self.long[stored.at as usize..][..len]
            } else {
                &[]
            };
            let hash = Key { words: stored.words, len: stored.len, bytes: long }.hash(seed);
            let mut at = slot_of(hash, mask);
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = hash >> 32 << 32 | (number as u64 + 1);
        }
    }
}

/// The low bits choose the slot; the top bits are the partition's.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "masked")]
fn slot_of(hash: u64, mask: usize) -> usize {
    hash as usize & mask
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

/// The inverse of the overlapping loads of [`Key::new`].
#[inline]
fn unpack(words: [u64; 3], len: usize, out: &mut [u8; INLINE_BYTES]) {
    if len >= 8 {
        out[..8].copy_from_slice(&words[0].to_le_bytes());
        if len > 16 {
            out[8..16].copy_from_slice(&words[2].to_le_bytes());
        }
        out[len - 8..len].copy_from_slice(&words[1].to_le_bytes());
    } else if len >= 4 {
        let both = words[0].to_le_bytes();
        out[..4].copy_from_slice(&both[..4]);
        out[len - 4..len].copy_from_slice(&both[4..]);
    } else if len > 0 {
        let [first, middle, last, ..] = words[0].to_le_bytes();
        out[0] = first;
        out[len / 2] = middle;
        out[len - 1] = last;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn text(keys: &Keys, number: u32) -> Option<Vec<u8>> {
        let mut inline = [0; INLINE_BYTES];
        keys.key(number, &mut inline).map(|key| key.get(&inline).to_vec())
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_a_hash_map(
            rows in prop::collection::vec(prop::option::weighted(0.95, prop::collection::vec(prop::sample::select(b"ab\0".to_vec()), 0..40)), 0..400),
        ) {
            let seed = RandomState::new();
            let mut keys = Keys::new(usize::MAX, usize::MAX);
            let mut map = HashMap::new();
            for row in &rows {
                let next = u32::try_from(map.len()).expect("few");
                let expected = *map.entry(row.clone()).or_insert(next);
                let key = row.as_ref().map_or(Key::NULL, |bytes| Key::new(bytes));
                prop_assert_eq!(keys.number(&key, key.hash(&seed), &seed), Some(expected));
                prop_assert_eq!(&text(&keys, expected), row);
            }
            prop_assert_eq!(keys.len(), map.len());
        }
    }

    #[test]
    fn a_full_table_still_finds_what_it_has() {
        let seed = RandomState::new();
        let mut keys = Keys::new(2, 30);
        let mut number = |bytes: &[u8]| {
            let key = Key::new(bytes);
            keys.number(&key, key.hash(&seed), &seed)
        };
        assert_eq!(number(b"a"), Some(0));
        assert_eq!(number(&[7; 31]), None, "31 bytes pass the 30 for long keys");
        assert_eq!(number(b"b"), Some(1));
        assert_eq!(number(b"c"), None);
        assert_eq!(number(b"a"), Some(0));
    }
}
