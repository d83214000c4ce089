//! One byte in, the next state out: the slow, obvious reader of CSV that every fast one must agree with.
//!
//! `csv-core` is its oracle. It is ours because a chunk begins in the middle: a state must go in, and come out.
//! The scan falls back on it for the 64 bytes in which a quote stands where none should, and for long records.

use memchr::{memchr, memchr3};

/// Which bytes separate and which enclose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between two fields.
    pub(crate) delimiter: u8,
    /// Around a field; `None`: no byte is.
    pub(crate) quote: Option<u8>,
}

/// Where in the text a byte boundary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// No byte of the next record was seen.
    RecordStart,
    /// The same, and a CR ended the record before: an LF belongs to it.
    AfterCr,
    /// A delimiter was seen.
    FieldStart,
    /// In a field that is not, or no longer, quoted: quotes are ordinary.
    InField,
    /// Between quotes: only a quote means anything.
    InQuoted,
    /// After a quote between quotes: the closing one, or the first of two.
    QuoteInQuoted,
}

/// What ends with a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Nothing.
    Nothing,
    /// A field, by a delimiter.
    Field,
    /// A record (possibly an empty line), by CR or LF.
    Record,
}

impl State {
    /// Whether a record may begin at this boundary.
    pub(crate) fn is_record_start(self) -> bool {
        matches!(self, State::RecordStart | State::AfterCr)
    }
}

impl Dialect {
    /// The state behind `byte`, and what it ended.
    #[inline]
    pub(crate) fn step(self, state: State, byte: u8) -> (State, Ends) {
        let is_quote = self.quote == Some(byte);
        match state {
            State::InQuoted if is_quote => (State::QuoteInQuoted, Ends::Nothing),
            State::InQuoted => (State::InQuoted, Ends::Nothing),
            State::AfterCr if byte == b'\n' => (State::RecordStart, Ends::Nothing),
            _ if byte == b'\r' => (State::AfterCr, Ends::Record),
            _ if byte == b'\n' => (State::RecordStart, Ends::Record),
            _ if byte == self.delimiter => (State::FieldStart, Ends::Field),
            State::InField => (State::InField, Ends::Nothing),
            _ if is_quote => (State::InQuoted, Ends::Nothing),
            _ => (State::InField, Ends::Nothing),
        }
    }

    /// How many of the next bytes cannot change `state` nor end anything.
    fn idle(self, state: State, bytes: &[u8]) -> usize {
        let next = match (state, self.quote) {
            (State::InQuoted, Some(quote)) => memchr(quote, bytes),
            (State::InField, _) => memchr3(self.delimiter, b'\r', b'\n', bytes),
            _ => Some(0),
        };
        next.unwrap_or(bytes.len())
    }
}

/// A walk through one record, byte by byte or faster, that can be interrupted wherever the bytes at hand end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    /// The state behind the bytes walked.
    pub(crate) state: State,
    /// How many were walked.
    pub(crate) at: usize,
    /// Delimiters met.
    pub(crate) n_delimiters: usize,
}

impl Walk {
    /// From `state`, nothing walked.
    pub(crate) fn from(state: State) -> Walk {
        Walk { state, at: 0, n_delimiters: 0 }
    }

    /// Goes on in `bytes`, of which the first `self.at` were walked, until a record ends: the place of its CR or LF.
    /// `None` when the bytes end before. The places of delimiters are handed to `delimiter`.
    pub(crate) fn until_record_end(
        &mut self,
        dialect: Dialect,
        bytes: &[u8],
        mut delimiter: impl FnMut(usize),
    ) -> Option<usize> {
        while self.at < bytes.len() {
            self.at += dialect.idle(self.state, &bytes[self.at..]);
            let byte = *bytes.get(self.at)?;
            let (state, ends) = dialect.step(self.state, byte);
            let at = self.at;
            self.state = state;
            self.at += 1;
            match ends {
                Ends::Nothing => {}
                Ends::Field => {
                    self.n_delimiters += 1;
                    delimiter(at);
                }
                Ends::Record => return Some(at),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The fields' raw lengths are not comparable, but the number of fields of each record is.
    fn field_counts(text: &[u8]) -> Vec<usize> {
        let dialect = Dialect { delimiter: b',', quote: Some(b'"') };
        let (mut counts, mut state, mut fields, mut begun) = (Vec::new(), State::RecordStart, 1, false);
        for &byte in text {
            let (next, ends) = dialect.step(state, byte);
            match ends {
                Ends::Record if !begun => {}
                Ends::Record => counts.push(std::mem::replace(&mut fields, 1)),
                Ends::Field => fields += 1,
                Ends::Nothing => {}
            }
            begun = !next.is_record_start();
            state = next;
        }
        if begun {
            counts.push(fields);
        }
        counts
    }

    fn csv_core_counts(text: &[u8]) -> Vec<usize> {
        let mut reader = csv_core::Reader::new();
        let (mut counts, mut rest) = (Vec::new(), text);
        let (mut out, mut ends) = (vec![0; text.len() + 1], vec![0; text.len() + 2]);
        loop {
            let (result, n_in, _, n_ends) = reader.read_record(rest, &mut out, &mut ends);
            rest = &rest[n_in..];
            match result {
                csv_core::ReadRecordResult::Record => counts.push(n_ends),
                csv_core::ReadRecordResult::InputEmpty => {
                    if let (csv_core::ReadRecordResult::Record, _, _, n) =
                        reader.read_record(&[], &mut out, &mut ends[n_ends..])
                    {
                        counts.push(n_ends + n);
                    }
                    return counts;
                }
                _ => return counts,
            }
        }
    }

    proptest! {
        #[test]
        fn automaton_cuts_as_csv_core_does(text in proptest::collection::vec(prop::sample::select(b"\",\r\nab".to_vec()), 0..60)) {
            prop_assert_eq!(field_counts(&text), csv_core_counts(&text));
        }
    }
}
