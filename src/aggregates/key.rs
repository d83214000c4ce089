//! A key of a group: the bytes that the rows of the group have in common, or NULL.
//!
//! A key of up to 24 bytes is three words beside its length: hashed, compared and written without a loop.

use super::probes::Probes;
use super::seed::Seed;
use crate::exprs::words::{self, Short};
use crate::exprs::{Operand, Value, codec};

/// The longest key that is words alone, in bytes.
pub const INLINE_BYTES: usize = words::LONGEST;

/// The length that stands for the key NULL, which is not the empty key.
pub(super) const NULL_LEN: u32 = u32::MAX;

/// A key to look up: its bytes, and the words by which it is compared.
#[derive(Clone, Copy, Debug)]
pub struct Key<'k> {
    pub(super) words: [u64; 3],
    pub(super) len: u32,
    /// Where it lies; empty of a short one that lies nowhere.
    pub(super) bytes: &'k [u8],
}

impl<'k> Key<'k> {
    /// The key NULL.
    pub const NULL: Key<'static> = Key { words: [0; 3], len: NULL_LEN, bytes: &[] };

    /// The key of `bytes`, which are shorter than 4 GiB.
    #[inline]
    pub fn new(bytes: &'k [u8]) -> Key<'k> {
        Key { words: words::words(bytes), len: len_of(bytes), bytes }
    }

    /// The key of `bytes`, which `head` begins with as far as it goes: without a branch on their length.
    #[inline(always)]
    pub fn of_head(bytes: &'k [u8], head: &[u8; INLINE_BYTES]) -> Key<'k> {
        match Short::of_head(head, bytes.len()) {
            Some(Short { words, .. }) => Key { words, len: len_of(bytes), bytes },
            None => Key::new(bytes),
        }
    }

    /// The key of a short text.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most 24")]
    pub fn short(Short { words, len }: Short) -> Key<'k> {
        Key { words, len: len as u32, bytes: &[] }
    }

    /// The key that [`write`](Key::write) wrote at the start of `bytes`, which are left behind it.
    #[inline]
    pub fn read(bytes: &mut &'k [u8]) -> Option<Key<'k>> {
        match codec::read_varint(bytes)? {
            0 => Some(Key::NULL),
            len => Some(Key::new(codec::take(bytes, usize::try_from(len - 1).ok()?)?)),
        }
    }

    /// Appends the key so that [`read`](Key::read) finds its end.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        match self.len as usize {
            _ if self.len == NULL_LEN => out.push(0),
            len if len <= INLINE_BYTES => {
                let head = u8::try_from(self.len).expect("at most 24") + 1;
                words::write([head], self.words, len, out);
            }
            len => {
                codec::write_varint(len as u64 + 1, out);
                out.extend_from_slice(self.bytes);
            }
        }
    }

    /// What [`write`](Key::write) appends, where that is short.
    #[inline(always)]
    pub fn written(&self) -> Option<Short> {
        match self.len {
            NULL_LEN => Some(Short::of_word(0, 1)),
            len if len as usize <= INLINE_BYTES => {
                Short::of_word(u64::from(len) + 1, 1).then(Short { words: self.words, len: len as usize })
            }
            _ => None,
        }
    }

    /// Whether the words are all of it.
    #[inline(always)]
    pub(super) fn is_short(&self) -> bool {
        self.len as usize <= INLINE_BYTES || self.len == NULL_LEN
    }

    /// The bytes, in `inline` where they lie nowhere; `None` for NULL.
    #[inline]
    pub fn bytes<'b>(&'b self, inline: &'b mut [u8; INLINE_BYTES]) -> Option<&'b [u8]> {
        if self.is_short() && self.bytes.is_empty() && self.len != NULL_LEN {
            *inline = words::bytes(self.words);
            return Some(&inline[..self.len as usize]);
        }
        (self.len != NULL_LEN).then_some(self.bytes)
    }

    /// How many bytes there are; 0 of NULL.
    #[inline]
    pub fn n_bytes(&self) -> usize {
        if self.len == NULL_LEN { 0 } else { self.len as usize }
    }

    /// The hash of the key under `seed`, which is random in each process: an attacker cannot choose collisions.
    #[inline(always)]
    pub fn hash(&self, seed: &Seed) -> u64 {
        if self.is_short() { seed.hash_words(self.words, self.len) } else { seed.hash_bytes(self.bytes) }
    }
}

/// The keys of a batch, made when they are asked for.
pub trait KeyColumn {
    /// The key of `lane`, which is the `i`-th that is left.
    fn key(&self, i: usize, lane: u32) -> Key<'_>;

    /// Has `probes` be the keys of `lanes`, which are those left from the `first` on.
    #[inline]
    fn fill(&self, first: usize, lanes: &[u32], probes: &mut Probes, seed: &Seed) {
        lanes.iter().enumerate().for_each(|(i, &lane)| probes.set(i, &self.key(first + i, lane), seed));
    }
}

impl KeyColumn for [Key<'_>] {
    #[inline]
    fn key(&self, i: usize, _: u32) -> Key<'_> {
        self[i]
    }
}

/// A column whose values are keys by their bytes.
impl KeyColumn for Operand<'_, '_> {
    #[inline(always)]
    fn key(&self, _: usize, lane: u32) -> Key<'_> {
        match self.get(lane) {
            Value::Text(text) => Key::new(text),
            _ => Key::NULL,
        }
    }
}

#[inline]
fn len_of(bytes: &[u8]) -> u32 {
    let len = u32::try_from(bytes.len()).expect("a record is at most 2 GiB");
    debug_assert!(len != NULL_LEN);
    len
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_is_the_same_whatever_stands_behind_it(bytes in prop::collection::vec(any::<u8>(), 0..40), more in any::<[u8; 24]>()) {
            let room = [&bytes[..], &more].concat();
            let (slow, fast) = (Key::new(&bytes), Key::of_head(&bytes, room.first_chunk().expect("24 more")));
            prop_assert_eq!((slow.words, slow.len, slow.bytes), (fast.words, fast.len, fast.bytes));
        }
    }
}
