//! What the quotes of a chunk do to a state, before the state is known.

use crate::readers::automaton::{Dialect, State};
use crate::readers::scan::lanes::{Lanes, Needles};

/// Holds for both hypotheses: the chunk begins between quotes, or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The number of quotes is odd.
    odd: bool,
    /// The first byte is a quote.
    begins_with_quote: bool,
    /// A quote opens where none should, if the chunk begins outside quotes.
    strays_outside: bool,
    /// The same, if it begins inside.
    strays_inside: bool,
}

impl Summary {
    /// The state behind `bytes`, of which this is the summary, when they begin in `state`. `None` when parity does not
    /// tell, because a quote stands where none should: then they must be walked.
    pub(crate) fn end(self, bytes: &[u8], dialect: Dialect, state: State) -> Option<State> {
        let Some(&last) = bytes.last() else { return Some(state) };
        let begins_inside = state == State::InQuoted;
        let strays = if begins_inside { self.strays_inside } else { self.strays_outside };
        if strays || state == State::InField && self.begins_with_quote {
            return None;
        }
        Some(match last {
            _ if begins_inside != self.odd => State::InQuoted,
            b'\r' => State::AfterCr,
            b'\n' => State::RecordStart,
            _ if last == dialect.delimiter => State::FieldStart,
            _ if Some(last) == dialect.quote => State::QuoteInQuoted,
            _ => State::InField,
        })
    }
}

/// One pass over the quotes; the other bytes of a block matter only where it has some.
#[inline(always)]
pub(super) fn summary<L: Lanes>(lanes: L, bytes: &[u8], dialect: Dialect, quote: u8) -> Summary {
    let needles = Needles::from(dialect);
    let mut summary = Summary { begins_with_quote: bytes.first() == Some(&quote), ..Summary::default() };
    // Bit i of `inside`: what follows byte i is between quotes, if the chunk begins outside them.
    let mut inside = 0;
    let mut block_of = |block: &[u8; 64], len: usize, base: usize| {
        let counted = u64::MAX >> (64 - len);
        let quotes = lanes.equal(block, quote) & counted;
        if quotes == 0 {
            return;
        }
        let masks = lanes.masks(block, needles);
        let before = masks.delimiters | masks.crs | masks.lfs | quotes;
        let opens = base == 0 || {
            let byte = bytes[base - 1];
            byte == dialect.delimiter || byte == b'\r' || byte == b'\n' || byte == quote
        };
        let within = lanes.prefix_xor(quotes) ^ inside;
        let strays = quotes & !(before << 1 | u64::from(opens));
        summary.strays_outside |= strays & within != 0;
        summary.strays_inside |= strays & !within != 0;
        inside = (within.cast_signed() >> 63).cast_unsigned();
    };
    let (blocks, tail) = bytes.as_chunks::<64>();
    for (i, block) in blocks.iter().enumerate() {
        block_of(block, 64, i * 64);
    }
    if !tail.is_empty() {
        let mut block = [0; 64];
        block[..tail.len()].copy_from_slice(tail);
        block_of(&block, tail.len(), blocks.len() * 64);
    }
    summary.odd = inside != 0;
    summary
}
