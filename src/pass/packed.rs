//! The parts of keys in, keys out: as words where that is possible, back to back in a buffer where it is not.
//!
//! The obvious way writes each key to memory and reads it again as words, which are wider than what was written: the core waits.
//! (`tweets/top-days` 4.18 and 3.87 CPU seconds, medians of seven in turns, `--profile quick`, 2026-11-22.)

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use crate::aggregates::key::{INLINE_BYTES, Key};
use crate::exprs::words::Short;

/// Where the long keys of a batch are made: kept from batch to batch, as far as it is what most of them need.
#[derive(Debug, Default)]
pub(super) struct Packed(Vec<u8>);

/// What is kept of it: the keys of a block of short records.
const PACKED_BYTES: usize = 128 << 10;

/// Long keys in a batch, after which no other is expected to be short.
const PATIENCE: usize = 8;

/// The keys of a batch while they are made.
#[derive(Debug)]
pub(super) struct Making<'p, 'a> {
    keys: ArenaVec<'a, Key<'a>>,
    /// The long ones, back to back.
    bytes: &'p mut Vec<u8>,
    /// The number of each, and where it ends.
    long: ArenaVec<'a, (usize, usize)>,
    arena: &'a Bump,
}

impl Packed {
    /// Room for `n` keys in `arena`.
    pub(super) fn begin<'p, 'a>(&'p mut self, n: usize, arena: &'a Bump) -> Making<'p, 'a> {
        self.0.clear();
        let keys = ArenaVec::with_capacity_in(n, arena);
        Making { keys, bytes: &mut self.0, long: ArenaVec::new_in(arena), arena }
    }

    /// Gives back what a long record took.
    pub(super) fn end(&mut self) {
        self.0.clear();
        self.0.shrink_to(PACKED_BYTES);
    }
}

impl<'a> Making<'_, 'a> {
    /// Appends the key that `short` tells, or else the one that `long` appends to the bytes of others; none where that says so. Whether
    /// there is one.
    #[inline(always)]
    pub(super) fn push(
        &mut self,
        short: impl FnOnce() -> Option<Short>,
        long: impl FnOnce(&mut Vec<u8>) -> bool,
    ) -> bool {
        if self.long.len() < PATIENCE
            && let Some(short) = short()
        {
            self.keys.push(Key::short(short));
            return true;
        }
        let start = self.bytes.len();
        if !long(self.bytes) {
            self.bytes.truncate(start);
            return false;
        }
        self.long.push((self.keys.len(), self.bytes.len()));
        self.keys.push(Key::NULL);
        true
    }

    /// All keys, in their order.
    pub(super) fn done(mut self) -> &'a [Key<'a>] {
        // Copied at once: an allocation a key is longer than the key.
        self.bytes.extend([0; INLINE_BYTES]);
        let (bytes, mut start) = (&*self.arena.alloc_slice_copy(self.bytes), 0);
        for &(number, end) in &self.long {
            let head = bytes[start..].first_chunk().expect("there are more behind the last");
            self.keys[number] = Key::of_head(&bytes[start..end], head);
            start = end;
        }
        self.keys.into_bump_slice()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exprs::words;

    proptest! {
        #[test]
        fn a_key_is_its_bytes_however_it_is_made(texts in prop::collection::vec(prop::option::weighted(0.9, prop::collection::vec(any::<u8>(), 0..30)), 0..60)) {
            let (mut packed, arena) = (Packed::default(), Bump::new());
            let mut making = packed.begin(texts.len(), &arena);
            for text in &texts {
                let short = || {
                    let text = text.as_ref().filter(|text| text.len() <= words::LONGEST)?;
                    Some(Short { words: words::words(text), len: text.len() })
                };
                let is_one = making.push(short, |bytes| {
                    bytes.extend_from_slice(text.as_deref().unwrap_or(b"none"));
                    text.is_some()
                });
                prop_assert_eq!(is_one, text.is_some());
            }
            let mut inline = [0; INLINE_BYTES];
            let made: Vec<_> = making.done().iter().map(|key| key.bytes(&mut inline).map(<[u8]>::to_vec)).collect();
            let expected: Vec<_> = texts.into_iter().filter(Option::is_some).collect();
            prop_assert_eq!(made, expected);
        }
    }
}
