//! Eight bytes at a time in a 64-bit word: for every machine, and the oracle of the others.

use std::ops::Range;

use crate::readers::automaton::{Dialect, State};
use crate::readers::scan::index::Index;
use crate::readers::scan::kept::{self, Kept};
use crate::readers::scan::lanes::{Lanes, Masks, Needles, Scanner};
use crate::readers::scan::marks::{self, Marks};
use crate::readers::scan::summary::Summary;
use crate::readers::scan::tally::{self, Pattern, Tally};
use crate::readers::scan::walk::{LastEnd, walk};

/// Needs nothing of the machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Scanner for Portable {
    fn index(&self, bytes: &[u8], dialect: Dialect, state: State, index: &mut Index) -> State {
        let mut lists = index.lists();
        let state = walk(*self, bytes, dialect, state, &mut lists);
        let counts = lists.counts();
        index.set_counts(counts);
        state
    }

    fn keep(&self, bytes: &[u8], dialect: Dialect, kept: &mut Kept) -> Summary {
        kept::keep(*self, bytes, dialect, kept)
    }

    fn index_kept(&self, kept: &Kept, range: Range<usize>, index: &mut Index) {
        let mut lists = index.lists();
        kept::index(*self, kept, range, &mut lists);
        let counts = lists.counts();
        index.set_counts(counts);
    }

    fn mark(&self, bytes: &[u8], needles: [u8; 4], start: u32, places: &mut Marks) -> usize {
        marks::mark(*self, bytes, needles, start, places)
    }

    fn tally(&self, bytes: &[u8], dialect: Dialect, pattern: &Pattern, begins_inside: bool) -> (Summary, Tally) {
        tally::tally(*self, bytes, dialect, pattern, begins_inside)
    }

    fn last_end(&self, bytes: &[u8], dialect: Dialect, state: State) -> (State, Option<usize>) {
        let mut last = LastEnd(None);
        let state = walk(*self, bytes, dialect, state, &mut last);
        (state, last.0)
    }
}

const LOW_SEVEN: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// Bit `i` is set where byte `i` of `word` is `byte`. Exact: no carry runs from one byte into the next.
#[inline(always)]
fn equal_in_word(word: u64, byte: u8) -> u64 {
    let zeros = word ^ (u64::from(byte) * 0x0101_0101_0101_0101);
    let high = !(((zeros & LOW_SEVEN) + LOW_SEVEN) | zeros | LOW_SEVEN);
    // The high bits of the eight bytes, gathered into the top byte by one multiplication.
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Where `byte` stands in 64 bytes.
#[inline(always)]
fn equal(block: &[u8; 64], byte: u8) -> u64 {
    let (words, _) = block.as_chunks::<8>();
    words.iter().enumerate().fold(0, |mask, (i, word)| mask | equal_in_word(u64::from_le_bytes(*word), byte) << (8 * i))
}

impl Lanes for Portable {
    #[inline(always)]
    fn masks(self, block: &[u8; 64], needles: Needles) -> Masks {
        Masks {
            quotes: equal(block, needles.quote) & needles.quoting,
            delimiters: equal(block, needles.delimiter),
            crs: equal(block, b'\r'),
            lfs: equal(block, b'\n'),
        }
    }

    #[inline(always)]
    fn any_of(self, block: &[u8; 64], needles: [u8; 4]) -> u64 {
        needles.into_iter().fold(0, |mask, needle| mask | equal(block, needle))
    }

    #[inline(always)]
    fn prefix_xor(self, bits: u64) -> u64 {
        [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, by| bits ^ bits << by)
    }

    #[inline(always)]
    fn rank(self, mut bits: u64, among: u64) -> u64 {
        let mut ranks = 0;
        while bits != 0 {
            let lowest = bits & bits.wrapping_neg();
            ranks |= 1 << (among & (lowest - 1)).count_ones();
            bits ^= lowest;
        }
        ranks
    }

    #[inline(always)]
    fn write(self, out: &mut [u32; 64], mut bits: u64, base: u32) {
        for entry in out {
            if bits == 0 {
                break;
            }
            *entry = base.wrapping_add(bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}
