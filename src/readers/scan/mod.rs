//! Bytes of one block in, the places of its separators and record ends out.
//!
//! Knows delimiters, quotes and line ends; knows nothing of files, chunks or columns.
//!
//! The obvious way is the automaton ([`Dialect::step`]): a few nanoseconds a byte. Instead 64 bytes at a time:
//! 1. four compares give four masks: quotes, delimiters, CRs, LFs;
//! 2. the prefix xor of the quotes tells which bytes lie between quotes (right while every quote opens or closes a field,
//!    which one mask proves; 64 bytes where it is not so are redone by the automaton, from the true state);
//! 3. what remains are the separators; their places are written without a branch a hit.
//!
//! Source: Langdale & Lemire, "Parsing Gigabytes of JSON per Second", VLDB J. 2019, §3.1; the proof of 2 is ours.
//!
//! The loop is written once ([`walk`]) over what differs between machines ([`lanes::Lanes`]), and compiled once for each.

#![expect(
    clippy::cast_possible_truncation,
    reason = "places are u32 and every block is far below 4 GiB: `Index::of` asserts it"
)]

mod index;
mod kept;
mod lanes;
mod marks;
mod passes;
mod portable;
mod simd;
mod summary;
mod tally;
mod walk;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use index::Index;
pub(crate) use kept::{Kept, kept_bytes};
pub(crate) use marks::{Marks, PIECE_BYTES};
pub use passes::Passes;
pub use simd::Simd;
pub(crate) use summary::Summary;
pub(crate) use tally::{Pattern, Tally};

use std::ops::Range;

use crate::readers::automaton::{Dialect, State};
use lanes::Scanner;

impl Simd {
    /// The table of functions compiled for these instructions; the portable ones where they are not.
    fn scanner(self) -> &'static dyn Scanner {
        match self {
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => x86::avx2().unwrap_or(&portable::Portable),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512 => x86::avx512().unwrap_or(&portable::Portable),
            _ => &portable::Portable,
        }
    }

    /// Lists the separators and record ends of `bytes`, which begin in `state`; the state in which they end.
    pub(crate) fn index(self, bytes: &[u8], dialect: Dialect, state: State, index: &mut Index) -> State {
        index.clear_for(bytes.len());
        self.scanner().index(bytes, dialect, state, index)
    }

    /// What can be known of `bytes` without knowing the state in which they begin; and in `kept`, for
    /// [`Simd::index_kept`], what need not be looked at again.
    pub(crate) fn keep(self, bytes: &[u8], dialect: Dialect, kept: &mut Kept) -> Summary {
        self.scanner().keep(bytes, dialect, kept)
    }

    /// Lists the separators and record ends of `range` of the bytes that were kept, where a record begins: as
    /// [`Simd::index`] does, without looking at a byte. Right where the summary told the state.
    pub(crate) fn index_kept(self, kept: &Kept, range: Range<usize>, index: &mut Index) {
        index.clear_for(range.len());
        self.scanner().index_kept(kept, range, index);
    }

    /// Puts the places of `needles` in at most [`PIECE_BYTES`] of `bytes`, counted from `start`, into `places`, ascending; how many there are.
    pub(crate) fn mark(self, bytes: &[u8], needles: [u8; 4], start: u32, places: &mut Marks) -> usize {
        self.scanner().mark(bytes, needles, start, places)
    }

    /// The summary of `bytes`, and how many records end in them if they begin as is guessed: right where the summary tells
    /// the state and that was so.
    pub(crate) fn tally(self, bytes: &[u8], dialect: Dialect, pattern: &Pattern) -> (Summary, Tally) {
        // Wrongly taken for inside, quoted fields show at once.
        let first = &bytes[..bytes.len().min(4096)];
        let begins_inside = self.scanner().tally(first, dialect, pattern, false).0.seems_inside();
        self.scanner().tally(bytes, dialect, pattern, begins_inside)
    }

    /// The state in which `bytes` end, and the place of the last record end in them.
    pub(crate) fn last_end(self, bytes: &[u8], dialect: Dialect, state: State) -> (State, Option<usize>) {
        self.scanner().last_end(bytes, dialect, state)
    }
}

#[cfg(test)]
mod tests;
