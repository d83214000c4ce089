//! The values of undeclared columns: what each is by itself, and the one order that all of them have.
//!
//! Bytes in, an order out. Numbers come first, by value; equal ones (`1`, `1.0`) by their bytes; then text, by bytes. So the
//! order is total: two values are equal exactly when their bytes are, which is also how they group. Any length of number is
//! understood; nothing is converted.

use std::cmp::Ordering;

use super::number;

/// What a dynamic value is by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Plain digits, as [`number::is_plain`] says.
    Number,
    /// Everything else.
    Text,
}

/// What the value with these bytes is.
#[inline]
pub fn classify(text: &[u8]) -> Class {
    if number::is_plain(text) { Class::Number } else { Class::Text }
}

/// The order of two dynamic values.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (classify(a), classify(b)) {
        (Class::Text, Class::Text) => a.cmp(b),
        (Class::Number, Class::Number) => Plain::of(a).cmp(&Plain::of(b)).then_with(|| a.cmp(b)),
        (a, b) => a.cmp(&b),
    }
}

/// A plain number taken apart; ordered by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plain<'t> {
    negative: bool,
    /// Without leading zeros.
    whole: &'t [u8],
    /// Without trailing zeros.
    fraction: &'t [u8],
}

impl<'t> Plain<'t> {
    fn of(text: &'t [u8]) -> Plain<'t> {
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        let point = digits.iter().position(|&byte| byte == b'.').unwrap_or(digits.len());
        let whole = if digits[0] == b'0' { &[] } else { &digits[..point] };
        let fraction = digits.get(point + 1..).unwrap_or(&[]);
        let n = fraction.iter().rposition(|&byte| byte != b'0').map_or(0, |last| last + 1);
        let fraction = &fraction[..n];
        let zero = whole.is_empty() && fraction.is_empty();
        Plain { negative: text[0] == b'-' && !zero, whole, fraction }
    }

    fn cmp(&self, other: &Plain<'_>) -> Ordering {
        let magnitudes = || {
            let whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(other.whole));
            whole.then_with(|| self.fraction.cmp(other.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => magnitudes(),
            (true, true) => magnitudes().reverse(),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_come_first_by_value_then_text_by_bytes() {
        let sorted = [
            "-100000000000000000000000000000000000000000000",
            "-2",
            "-1.5",
            "-1",
            "-0.5",
            "-0",
            "0",
            "0.0",
            "0.25",
            "0.5",
            "1",
            "1.0",
            "1.5",
            "9",
            "10",
            "10.0",
            "100000000000000000000000000000000000000000000",
            "",
            " 1",
            "+1",
            "-",
            "01",
            "1e3",
            "Zebra",
            "apple",
            "é",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a.as_bytes(), b.as_bytes()), i.cmp(&j), "{a} {b}");
            }
        }
    }

    proptest! {
        #[test]
        fn short_numbers_are_ordered_as_decimals_are(a in "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?", b in "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?") {
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let by_value = number::compare(number::parse(a).unwrap(), number::parse(b).unwrap());
            prop_assert_eq!(compare(a, b), by_value.then_with(|| a.cmp(b)));
        }
    }
}
