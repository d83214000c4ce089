//! What differs between machines: four operations on 64 bytes; and what each machine's functions look like from outside.

use std::ops::Range;

use crate::readers::automaton::{Dialect, State};
use crate::readers::scan::marks::Marks;
use crate::readers::scan::{Index, Kept, Pattern, Summary, Tally};

/// Where in 64 bytes the bytes that mean something stand: bit `i` is byte `i`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    pub(super) delimiters: u64,
    pub(super) crs: u64,
    pub(super) lfs: u64,
}

/// The bytes that mean something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needles {
    /// Between fields.
    pub(super) delimiter: u8,
    /// Around fields; means nothing while `quoting` is 0.
    pub(super) quote: u8,
    /// All ones, or 0 when no byte is a quote.
    pub(super) quoting: u64,
}

impl From<Dialect> for Needles {
    fn from(dialect: Dialect) -> Needles {
        Needles {
            delimiter: dialect.delimiter,
            quote: dialect.quote.unwrap_or(0),
            quoting: if dialect.quote.is_some() { u64::MAX } else { 0 },
        }
    }
}

/// Operations on 64 bytes. A value of the type is the proof that this machine has its instructions.
///
/// Every method is `#[inline(always)]`, so that it is compiled with the instructions of the function that it is called in.
pub(super) trait Lanes: Copy {
    /// Where everything stands that means something.
    fn masks(self, block: &[u8; 64], needles: Needles) -> Masks;

    /// Where one of `needles` stands.
    fn any_of(self, block: &[u8; 64], needles: [u8; 4]) -> u64;

    /// Bit `i` is the parity of bits `0..=i`.
    fn prefix_xor(self, bits: u64) -> u64;

    /// `bits`, of which all are in `among`, numbered by their rank there (`pext`).
    fn rank(self, bits: u64, among: u64) -> u64;

    /// Writes `base + i` for every bit `i`, ascending; the entries behind them become anything.
    fn write(self, out: &mut [u32; 64], bits: u64, base: u32);

    /// The same, faster where there are few.
    #[inline(always)]
    fn write_few(self, out: &mut [u32; 64], bits: u64, base: u32) {
        self.write(out, bits, base);
    }
}

/// One machine's functions; chosen once a block.
pub(super) trait Scanner: Sync {
    /// See [`Simd::index`](super::Simd::index).
    fn index(&self, bytes: &[u8], dialect: Dialect, state: State, index: &mut Index) -> State;
    /// See [`Simd::keep`](super::Simd::keep).
    fn keep(&self, bytes: &[u8], dialect: Dialect, kept: &mut Kept) -> Summary;
    /// See [`Simd::index_kept`](super::Simd::index_kept).
    fn index_kept(&self, kept: &Kept, range: Range<usize>, index: &mut Index);
    /// See [`Simd::mark`](super::Simd::mark).
    fn mark(&self, bytes: &[u8], needles: [u8; 4], start: u32, places: &mut Marks) -> usize;
    /// See [`Simd::tally`](super::Simd::tally).
    fn tally(&self, bytes: &[u8], dialect: Dialect, pattern: &Pattern, begins_inside: bool) -> (Summary, Tally);
    /// See [`Simd::last_end`](super::Simd::last_end).
    fn last_end(&self, bytes: &[u8], dialect: Dialect, state: State) -> (State, Option<usize>);
}
