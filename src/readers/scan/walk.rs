//! The loop over 64-byte blocks: masks in, separators out, quotes kept straight.

use crate::readers::automaton::{Dialect, Ends, State};
use crate::readers::scan::index::Lists;
use crate::readers::scan::lanes::{Lanes, Needles};

/// What is known at the boundary between two blocks; all of [`State`] that matters to where things end.
#[derive(Clone, Copy)]
struct Carry {
    /// All ones between quotes, else 0.
    inside: u64,
    /// 1 where a quote would open, or reopen, a quoted field.
    opens: u64,
    /// 1 after a CR that ended a record.
    cr: u64,
}

impl From<State> for Carry {
    fn from(state: State) -> Carry {
        Carry {
            inside: if state == State::InQuoted { u64::MAX } else { 0 },
            opens: u64::from(!matches!(state, State::InField | State::InQuoted)),
            cr: u64::from(state == State::AfterCr),
        }
    }
}

impl Carry {
    /// The state, given the byte before the boundary.
    fn state(self, last: u8, dialect: Dialect) -> State {
        match last {
            _ if self.inside != 0 => State::InQuoted,
            b'\r' => State::AfterCr,
            b'\n' => State::RecordStart,
            _ if last == dialect.delimiter => State::FieldStart,
            _ if self.opens != 0 => State::QuoteInQuoted,
            _ => State::InField,
        }
    }

    /// A state from which the automaton goes on as from the true one: where a quote opens, all are alike.
    fn like(self) -> State {
        match self {
            Carry { inside: 1.., .. } => State::InQuoted,
            Carry { cr: 1.., .. } => State::AfterCr,
            Carry { opens: 1.., .. } => State::FieldStart,
            _ => State::InField,
        }
    }
}

/// What is done with the separators of a block.
pub(super) trait Take {
    /// `separators` and, among them, `ends` of records, in the 64 bytes from `base`.
    fn block<L: Lanes>(&mut self, lanes: L, base: usize, separators: u64, ends: u64);
}

/// Lists them.
impl Take for Lists<'_> {
    #[inline(always)]
    fn block<L: Lanes>(&mut self, lanes: L, base: usize, separators: u64, ends: u64) {
        let first = self.counts().0 as u32;
        lanes.write_few(self.add_ends(ends.count_ones() as usize), lanes.rank(ends, separators), first);
        lanes.write(self.add_seps(separators.count_ones() as usize), separators, base as u32);
    }
}

/// Keeps only the last record end.
pub(super) struct LastEnd(pub(super) Option<usize>);

impl Take for LastEnd {
    #[inline(always)]
    fn block<L: Lanes>(&mut self, _lanes: L, base: usize, _separators: u64, ends: u64) {
        if ends != 0 {
            self.0 = Some(base + 63 - ends.leading_zeros() as usize);
        }
    }
}

/// Hands every separator of `bytes`, which begin in `state`, to `take`; the state in which they end.
#[inline(always)]
pub(super) fn walk<L: Lanes>(lanes: L, bytes: &[u8], dialect: Dialect, state: State, take: &mut impl Take) -> State {
    let needles = Needles::from(dialect);
    let Some(&last) = bytes.last() else { return state };
    let mut carry = Carry::from(state);
    let (blocks, tail) = bytes.as_chunks::<64>();
    for (i, block) in blocks.iter().enumerate() {
        carry = step(lanes, block, 64, i * 64, dialect, needles, carry, take);
    }
    if !tail.is_empty() {
        let mut block = [0; 64];
        block[..tail.len()].copy_from_slice(tail);
        carry = step(lanes, &block, tail.len(), blocks.len() * 64, dialect, needles, carry, take);
    }
    carry.state(last, dialect)
}

/// One block, of which the first `len` bytes count.
#[expect(clippy::too_many_arguments, reason = "everything the loop keeps in registers")]
#[inline(always)]
fn step<L: Lanes>(
    lanes: L,
    block: &[u8; 64],
    len: usize,
    base: usize,
    dialect: Dialect,
    needles: Needles,
    carry: Carry,
    take: &mut impl Take,
) -> Carry {
    let counted = u64::MAX >> (64 - len);
    let masks = lanes.masks(block, needles);
    let quotes = masks.quotes & counted;
    // Bit i: byte i is followed by a byte between quotes. A separator is no quote, so there it means "lies between quotes".
    let inside = lanes.prefix_xor(quotes) ^ carry.inside;
    let before = masks.delimiters | masks.crs | masks.lfs | quotes;
    // An opening quote stands at the start of a field, or behind a closing one (two quotes are one, within).
    let stray = quotes & inside & !(before << 1 | carry.opens);
    let last = len - 1;
    let (separators, ends, next) = if stray == 0 {
        let outside = counted & !inside;
        let ends = (masks.crs | masks.lfs & !(masks.crs << 1 | carry.cr)) & outside;
        let next = Carry {
            inside: (inside.cast_signed() >> 63).cast_unsigned(),
            opens: before >> last & 1,
            cr: (masks.crs & outside) >> last & 1,
        };
        (ends | masks.delimiters & outside, ends, next)
    } else {
        let (separators, ends, state) = redo(&block[..len], dialect, carry.like());
        (separators, ends, Carry::from(state))
    };
    take.block(lanes, base, separators, ends);
    next
}

/// The separators and record ends of one block with a quote where none should be, from its true state; and the state behind it.
#[cold]
#[inline(never)]
fn redo(block: &[u8], dialect: Dialect, mut state: State) -> (u64, u64, State) {
    let (mut separators, mut record_ends) = (0, 0);
    for (i, &byte) in block.iter().enumerate() {
        let (next, ends) = dialect.step(state, byte);
        separators |= u64::from(ends != Ends::Nothing) << i;
        record_ends |= u64::from(ends == Ends::Record) << i;
        state = next;
    }
    (separators, record_ends, state)
}
