//! A field's bytes in, what kind of value they spell out; and the kind that two values have in common.
//!
//! Every field is of one kind, so kinds join without knowing an order: nothing with anything is that, two of one kind are of it,
//! all else is text. A field is more than text only where its value, written again, says the same, zeros behind the point and the sign
//! of zero apart: a number with leading zeros, an exponent or a `+` is text, and so is a time with an offset other than UTC's, or with
//! more than microseconds.

use crate::exprs::{Type, number, time};

/// What all values of a column have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// There is no value.
    #[default]
    Nothing,
    /// `true` and `false`, in lower case, upper case or capitalised.
    Boolean,
    /// Plain numbers, with at most so many digits before the point and after it.
    Number {
        /// Before the point, a lone zero not counted.
        whole: usize,
        /// After it.
        scale: usize,
    },
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD` and `HH:MM:SS` with at most six digits behind, `T` or a blank between them.
    Timestamp {
        /// Whether UTC stands behind it, `Z` or `+00:00`; otherwise it is the zone's time.
        is_utc: bool,
    },
    /// Anything else.
    Text,
}

/// What an output tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Numbers, `true` and `false`: JSON.
    Literals,
    /// All types: Parquet.
    Types,
}

/// Digits of the largest exact number.
const MOST_DIGITS: usize = 38;

impl Kind {
    /// That of a field which says `text`, and says something.
    pub fn of(text: &[u8]) -> Kind {
        match text {
            [b'-' | b'0'..=b'9', ..] if number::is_plain(text) => {
                let digits = text.strip_prefix(b"-").unwrap_or(text);
                let point = memchr::memchr(b'.', digits).unwrap_or(digits.len());
                let whole = if digits[0] == b'0' { 0 } else { point };
                Kind::Number { whole, scale: digits.len().saturating_sub(point + 1) }
            }
            [_, _, _, _, b'-', _, _, b'-', _, _] if time::parse_plain_date(text).is_some() => Kind::Date,
            [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b' ', clock @ ..] => {
                timestamp(clock).filter(|_| time::parse_timestamp(text).is_some()).unwrap_or(Kind::Text)
            }
            b"true" | b"false" | b"True" | b"False" | b"TRUE" | b"FALSE" => Kind::Boolean,
            _ => Kind::Text,
        }
    }

    /// What both are.
    pub fn and(self, other: Kind) -> Kind {
        match (self, other) {
            (Kind::Nothing, kind) | (kind, Kind::Nothing) => kind,
            (Kind::Number { whole, scale }, Kind::Number { whole: more, scale: deeper }) => {
                Kind::Number { whole: whole.max(more), scale: scale.max(deeper) }
            }
            (one, other) if one == other => one,
            _ => Kind::Text,
        }
    }

    /// As what a column of this kind is read, so that an output that tells so much apart tells it.
    ///
    /// Where it tells less the bytes stay: a number is dynamic to JSON, which so keeps its digits.
    pub fn ty(self, told: Told) -> Type {
        match (self, told) {
            (Kind::Boolean, _) => Type::Boolean,
            (Kind::Number { .. }, Told::Literals) => Type::Dynamic,
            (Kind::Number { whole, scale }, Told::Types) if whole + scale <= MOST_DIGITS => Type::Number,
            (Kind::Date, Told::Types) => Type::Date,
            (Kind::Timestamp { .. }, Told::Types) => Type::Timestamp,
            _ => Type::Text,
        }
    }
}

/// The kind of `HH:MM:SS[.ffffff][Z|+00:00]`, by its form.
fn timestamp(clock: &[u8]) -> Option<Kind> {
    let (local, is_utc) = match clock {
        [local @ .., b'Z'] => (local, true),
        [local @ .., b'+', b'0', b'0', b':', b'0', b'0'] => (local, true),
        local => (local, false),
    };
    let [_, _, b':', _, _, b':', _, _, fraction @ ..] = local else { return None };
    let is_kept = match fraction {
        [] => true,
        [b'.', digits @ ..] => (1..=6).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_kept.then_some(Kind::Timestamp { is_utc })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UTC: Kind = Kind::Timestamp { is_utc: true };
    const LOCAL: Kind = Kind::Timestamp { is_utc: false };

    fn number(whole: usize, scale: usize) -> Kind {
        Kind::Number { whole, scale }
    }

    #[test]
    fn a_field_is_of_the_kind_whose_values_come_back_as_they_were() {
        for (text, expected) in [
            ("7", number(1, 0)),
            ("-120.50", number(3, 2)),
            ("0.125", number(0, 3)),
            ("0", number(0, 0)),
            ("12345678901234567890123456789012345678901", number(41, 0)),
            ("007", Kind::Text),
            ("+7", Kind::Text),
            ("1e5", Kind::Text),
            (" 7", Kind::Text),
            ("-", Kind::Text),
            ("1.", Kind::Text),
            (".5", Kind::Text),
            ("2021-02-28", Kind::Date),
            ("2021-02-29", Kind::Text),
            ("20210228", number(8, 0)),
            ("2021-02-28T10:11:12", LOCAL),
            ("2021-02-28 10:11:12.123456", LOCAL),
            ("2021-02-28T10:11:12.1234567", Kind::Text),
            ("2021-02-28T10:11:12Z", UTC),
            ("2021-02-28T10:11:12.5+00:00", UTC),
            ("2021-02-28T10:11:12+05:30", Kind::Text),
            ("2021-02-28T25:11:12Z", Kind::Text),
            ("2021-02-28T10:11", Kind::Text),
            ("2021-02-28T10:11:12.Z", Kind::Text),
            ("true", Kind::Boolean),
            ("FALSE", Kind::Boolean),
            ("True", Kind::Boolean),
            ("tRUE", Kind::Text),
            ("t", Kind::Text),
            ("yes", Kind::Text),
            ("é", Kind::Text),
        ] {
            assert_eq!(Kind::of(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn an_output_is_told_what_it_can_hold() {
        for (kind, literals, types) in [
            (Kind::Nothing, Type::Text, Type::Text),
            (Kind::Boolean, Type::Boolean, Type::Boolean),
            (number(30, 8), Type::Dynamic, Type::Number),
            (number(30, 9), Type::Dynamic, Type::Text),
            (Kind::Date, Type::Text, Type::Date),
            (UTC, Type::Text, Type::Timestamp),
            (Kind::Text, Type::Text, Type::Text),
        ] {
            assert_eq!((kind.ty(Told::Literals), kind.ty(Told::Types)), (literals, types), "{kind:?}");
        }
    }

    fn kinds() -> impl Strategy<Value = Kind> {
        let number = (0usize..50, 0usize..50).prop_map(|(whole, scale)| number(whole, scale));
        let others = [Kind::Nothing, Kind::Boolean, Kind::Date, UTC, LOCAL, Kind::Text];
        prop_oneof![number, proptest::sample::select(others.to_vec())]
    }

    proptest! {
        #[test]
        fn kinds_join_in_any_order_and_grouping(a in kinds(), b in kinds(), c in kinds()) {
            prop_assert_eq!(a.and(b), b.and(a));
            prop_assert_eq!(a.and(b).and(c), a.and(b.and(c)));
            prop_assert_eq!(a.and(a), a);
            prop_assert_eq!(a.and(Kind::Nothing), a);
            prop_assert_eq!(a.and(Kind::Text), Kind::Text);
        }
    }
}
