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

/// One pass over the quotes; the other bytes matter only near them.
#[inline(always)]
pub(super) fn summary<L: Lanes>(lanes: L, bytes: &[u8], dialect: Dialect, quote: u8) -> Summary {
    let needles = Needles::from(dialect);
    let mut quotes = Quotes { inside: 0, opens: 1, strays_outside: 0, strays_inside: 0 };
    let (blocks, tail) = bytes.as_chunks::<64>();
    let (groups, rest) = blocks.as_chunks::<4>();
    let mut is_known = true;
    for (i, group) in groups.iter().enumerate() {
        // One branch for 256 bytes: text without quotes is skipped, text with quotes is worked through without a branch.
        let [a, b, c, d] = group;
        let any = lanes.equal(a, quote) | lanes.equal(b, quote) | lanes.equal(c, quote) | lanes.equal(d, quote);
        if any == 0 {
            is_known = false;
            continue;
        }
        if !is_known {
            quotes.opens = opens_behind(bytes[i * 256 - 1], dialect, quote);
            is_known = true;
        }
        for block in group {
            quotes.step(lanes, block, 64, needles);
        }
    }
    if !is_known {
        quotes.opens = opens_behind(bytes[groups.len() * 256 - 1], dialect, quote);
    }
    for block in rest {
        quotes.step(lanes, block, 64, needles);
    }
    if !tail.is_empty() {
        let mut block = [0; 64];
        block[..tail.len()].copy_from_slice(tail);
        quotes.step(lanes, &block, tail.len(), needles);
    }
    Summary {
        odd: quotes.inside != 0,
        begins_with_quote: bytes.first() == Some(&quote),
        strays_outside: quotes.strays_outside != 0,
        strays_inside: quotes.strays_inside != 0,
    }
}

/// 1 where a quote behind `byte` would open a field, or reopen one.
fn opens_behind(byte: u8, dialect: Dialect, quote: u8) -> u64 {
    u64::from(byte == dialect.delimiter || byte == b'\r' || byte == b'\n' || byte == quote)
}

/// What is known between two blocks.
struct Quotes {
    /// All ones between quotes, if the chunk begins outside them.
    inside: u64,
    /// 1 where a quote may open.
    opens: u64,
    /// Quotes that open where none should, under either hypothesis.
    strays_outside: u64,
    strays_inside: u64,
}

impl Quotes {
    /// One block, of which the first `len` bytes count.
    #[inline(always)]
    fn step<L: Lanes>(&mut self, lanes: L, block: &[u8; 64], len: usize, needles: Needles) {
        let masks = lanes.masks(block, needles);
        let quotes = masks.quotes & u64::MAX >> (64 - len);
        let before = masks.delimiters | masks.crs | masks.lfs | quotes;
        let within = lanes.prefix_xor(quotes) ^ self.inside;
        let strays = quotes & !(before << 1 | self.opens);
        self.strays_outside |= strays & within;
        self.strays_inside |= strays & !within;
        self.inside = (within.cast_signed() >> 63).cast_unsigned();
        self.opens = before >> 63;
    }
}
