//! Bytes in, a bit for each out: whether it is one of four that somebody looks for in every field.
//!
//! The obvious way is memchr, field by field: a call for each, and one more for each hit. A field of a tweet is as long as two
//! or three blocks of 64 bytes, so that it is mostly beginnings and ends. Instead all fields are looked through at once, as
//! they lie there; a field without a hit is told by two or three words of these bits, and where it has hits, they are told
//! from one another by counting zeros.

use std::ops::Range;

use crate::readers::scan::lanes::Lanes;

/// Where in some bytes one of four stands.
#[derive(Clone, Copy, Debug)]
pub struct Marks<'m> {
    /// Bit `i % 64` of word `i / 64` is the byte at `start + i`; a word more than that takes.
    words: &'m [u64],
    start: usize,
}

impl<'m> Marks<'m> {
    /// Of the bytes from place `start` on.
    pub(crate) fn new(words: &'m [u64], start: usize) -> Marks<'m> {
        Marks { words, start }
    }

    /// The first marked place from `place` on; behind all bytes where there is none.
    #[inline]
    pub fn first_from(&self, place: usize) -> usize {
        let from = place - self.start;
        let (first, words) = (from / 64, self.words.get(from / 64..).unwrap_or_default());
        let mut left = u64::MAX << (from % 64);
        for (i, word) in words.iter().enumerate() {
            if word & left != 0 {
                return self.start + (first + i) * 64 + (word & left).trailing_zeros() as usize;
            }
            left = u64::MAX;
        }
        usize::MAX
    }

    /// Puts the marked places of `range` into `places`, counted from its start; ascending, and nothing else is left there.
    #[inline]
    pub fn within(&self, range: Range<usize>, places: &mut Vec<u32>) {
        places.clear();
        let (from, to) = (range.start - self.start, range.end - self.start);
        let (first, last) = (from / 64, to / 64);
        let mut left = u64::MAX << (from % 64);
        let mut base = ((first * 64) as u32).wrapping_sub(from as u32);
        for word in first..=last {
            let until = if word == last { !(u64::MAX << (to % 64)) } else { u64::MAX };
            let mut bits = self.words[word] & left & until;
            while bits != 0 {
                places.push(base.wrapping_add(bits.trailing_zeros()));
                bits &= bits - 1;
            }
            left = u64::MAX;
            base = base.wrapping_add(64);
        }
    }
}

/// Sets the bits of `bytes` in `words`, of which there are enough.
#[inline(always)]
pub(super) fn mark<L: Lanes>(lanes: L, bytes: &[u8], needles: [u8; 4], words: &mut [u64]) {
    let (blocks, tail) = bytes.as_chunks::<64>();
    for (block, word) in blocks.iter().zip(&mut *words) {
        *word = lanes.any_of(block, needles);
    }
    if let Some(word) = words.get_mut(blocks.len()) {
        let mut block = [0; 64];
        block[..tail.len()].copy_from_slice(tail);
        *word = lanes.any_of(&block, needles) & !(u64::MAX << tail.len());
    }
}
