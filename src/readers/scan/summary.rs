//! What the quotes of a chunk do to a state, before the state is known.

use crate::readers::automaton::{Dialect, State};
use crate::readers::scan::lanes::{Lanes, Masks};

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
    /// Whether the bytes look as if they began between quotes: a guess.
    pub(crate) fn seems_inside(self) -> bool {
        self.strays_outside && !self.strays_inside
    }

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

/// What is known between two blocks.
pub(super) struct Quotes {
    /// All ones between quotes, if the chunk begins outside them.
    inside: u64,
    /// 1 where a quote may open.
    opens: u64,
    /// Quotes that open where none should, under either hypothesis.
    strays_outside: u64,
    strays_inside: u64,
}

impl Default for Quotes {
    /// Before the first byte.
    fn default() -> Quotes {
        Quotes { inside: 0, opens: 1, strays_outside: 0, strays_inside: 0 }
    }
}

impl Quotes {
    /// One block, of which the `counted` bytes count; which of them are between quotes, if the chunk begins outside them.
    #[inline(always)]
    pub(super) fn step<L: Lanes>(&mut self, lanes: L, masks: Masks, counted: u64) -> u64 {
        let quotes = masks.quotes & counted;
        let before = masks.delimiters | masks.crs | masks.lfs | quotes;
        let within = lanes.prefix_xor(quotes) ^ self.inside;
        let strays = quotes & !(before << 1 | self.opens);
        self.strays_outside |= strays & within;
        self.strays_inside |= strays & !within;
        self.inside = (within.cast_signed() >> 63).cast_unsigned();
        self.opens = before >> 63;
        within
    }

    /// What is known behind the last block of `bytes`.
    pub(super) fn summary(&self, bytes: &[u8], dialect: Dialect) -> Summary {
        Summary {
            odd: self.inside != 0,
            begins_with_quote: bytes.first().is_some_and(|first| dialect.quote == Some(*first)),
            strays_outside: self.strays_outside != 0,
            strays_inside: self.strays_inside != 0,
        }
    }
}
