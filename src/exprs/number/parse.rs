//! Text in, a number out, or the knowledge that it is none: the two grammars of a number.
//!
//! *Plain* (what makes a dynamic value a number by itself): optional `-`, digits without superfluous leading zeros,
//! optional point and digits. *Free* (where an operation demands a number): an optional sign, digits with an optional point
//! before, among or after them, an optional exponent. No blanks, no separators, no words.
//!
//! The obvious way is a loop over the digits. Departure: up to 16 bytes without exponent are parsed at once in registers
//! (the same carry-free steps for any place of the point), which is nearly every number of a CSV.
//!
//! Source of the eight-digit steps: Lemire, "Quickly parsing eight digits", 2018; the point is closed up before them.
#![expect(clippy::cast_possible_truncation, reason = "places are below 16, and eight digits are below 2^32")]

use bumpalo::Bump;

use super::{Number, POWERS};
use crate::exprs::value::{Decimal, Value};

/// The number that `text` spells freely; exact where 38 digits hold it, a real only where an exponent says so.
///
/// `None` where it spells none, where a number without exponent passes 38 digits (it could only be changed), and where an
/// exponent passes the range of reals.
pub fn parse(text: &[u8]) -> Option<Number> {
    match parse_short(text) {
        Some((mantissa, scale)) => Some(Number::Decimal(Decimal { mantissa: mantissa.into(), scale })),
        None => parse_long(text),
    }
}

/// The value of the number that `text` spells freely, as [`parse()`] says; what is wide lies in `arena`.
#[inline]
pub fn parse_value<'a>(text: &[u8], arena: &'a Bump) -> Option<Value<'a>> {
    match parse_short(text) {
        Some((mantissa, scale)) => Some(Value::Short { mantissa, scale }),
        None => parse_long(text).map(|number| number.value(arena)),
    }
}

/// Mantissa and scale of a free number without exponent in at most 16 bytes after its sign; `None` says nothing about others.
#[inline]
pub fn parse_short(text: &[u8]) -> Option<(i64, u8)> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let (mantissa, scale) = if digits.len() <= 8 { eight(digits)? } else { sixteen(digits)? };
    Some((if negative { -mantissa } else { mantissa }, scale))
}

/// The same of a plain number; `None` says nothing about longer ones.
#[inline]
pub fn parse_plain_short(text: &[u8]) -> Option<(i64, u8)> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_plain =
        matches!(digits, [b'0'] | [b'0', b'.', .., b'0'..=b'9'] | [b'1'..=b'9'] | [b'1'..=b'9', .., b'0'..=b'9']);
    if is_plain { parse_short(text) } else { None }
}

/// The same of the first `len` bytes of `head`, of at most 8 bytes after the sign.
#[inline(always)]
pub fn parse_head(head: &[u8; 16], len: usize) -> Option<(i64, u8)> {
    let negative = head[0] == b'-';
    let skip = usize::from(negative || head[0] == b'+');
    let n = len.wrapping_sub(skip);
    if !(1..=8).contains(&n) {
        return None;
    }
    let word = (u128::from_le_bytes(*head) >> (8 * skip)) as u64;
    let (mantissa, scale) = eight_bytes(word, n)?;
    Some((if negative { -mantissa } else { mantissa }, scale))
}

/// 1 to 8 bytes of digits and at most one point.
#[inline]
fn eight(text: &[u8]) -> Option<(i64, u8)> {
    let len = text.len();
    let bytes = match len {
        0 => return None,
        1 => u64::from(text[0]),
        2 | 3 => u64::from(text[0]) | u64::from(text[1]) << 8 | u64::from(text[len - 1]) << (8 * (len - 1)),
        _ => {
            let first = u32::from_le_bytes(*text.first_chunk()?);
            let last = u32::from_le_bytes(*text.last_chunk()?);
            u64::from(first) | u64::from(last) << (8 * (len - 4))
        }
    };
    eight_bytes(bytes, len)
}

/// The lowest `len` bytes, 1 to 8, of `bytes`.
#[inline(always)]
fn eight_bytes(bytes: u64, len: usize) -> Option<(i64, u8)> {
    // The last character becomes the top byte; what is free below is filled with zeros.
    let missing = 8 * (8 - len);
    let mut word = bytes << missing | (!(u64::MAX << missing) & ZEROS);
    let points = zero_bytes(word ^ POINTS);
    let mut scale = 0;
    if points != 0 {
        let place = points.trailing_zeros() / 8;
        let before = word & !(u64::MAX << (8 * place));
        word = (word & (u64::MAX << (8 * place) << 8)) | before << 8 | u64::from(b'0');
        scale = 7 - place as u8;
        if len == 1 {
            return None;
        }
    }
    Some((i64::from(eight_digits(word)?), scale))
}

/// 9 to 16 bytes of digits and at most one point.
#[inline]
fn sixteen(text: &[u8]) -> Option<(i64, u8)> {
    let len = text.len();
    if len > 16 {
        return None;
    }
    let mut high = u64::from_le_bytes(*text.first_chunk()?);
    let mut low = u64::from_le_bytes(*text.last_chunk()?);
    // `high` keeps the `len − 8` characters that `low` has not, its last one on top.
    let missing = 8 * (16 - len);
    high = high << missing | (!(u64::MAX << missing) & ZEROS);
    let (points_high, points_low) = (zero_bytes(high ^ POINTS), zero_bytes(low ^ POINTS));
    let mut scale = 0;
    if points_high | points_low != 0 {
        let carried = high >> 56;
        if points_high != 0 {
            let place = points_high.trailing_zeros() / 8;
            let before = high & !(u64::MAX << (8 * place));
            high = (high & (u64::MAX << (8 * place) << 8)) | before << 8 | u64::from(b'0');
            scale = 15 - place as u8;
        } else {
            let place = points_low.trailing_zeros() / 8;
            let before = low & !(u64::MAX << (8 * place));
            low = (low & (u64::MAX << (8 * place) << 8)) | before << 8 | carried;
            high = high << 8 | u64::from(b'0');
            scale = 7 - place as u8;
        }
    }
    let high = i64::from(eight_digits(high)?);
    Some((high * 100_000_000 + i64::from(eight_digits(low)?), scale))
}

pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;
pub(super) const POINTS: u64 = 0x2E2E_2E2E_2E2E_2E2E;

/// The top bit of each zero byte; exact up to the lowest one, which is all that is asked for.
#[inline(always)]
pub(super) fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080
}

/// The number that eight ASCII digits spell, the first in the lowest byte.
#[inline(always)]
pub(in crate::exprs) fn eight_digits(word: u64) -> Option<u32> {
    are_digits(word).then(|| value_of_digits(word) as u32)
}

/// Whether each byte is a digit: its high half is 3 and stays 3 when 6 is added.
#[inline(always)]
pub(in crate::exprs) fn are_digits(word: u64) -> bool {
    let high = 0xF0F0_F0F0_F0F0_F0F0;
    (word & high) | (word.wrapping_add(0x0606_0606_0606_0606) & high) >> 4 == 0x3333_3333_3333_3333
}

/// The number that they spell, if they are.
#[inline(always)]
pub(super) fn value_of_digits(word: u64) -> u64 {
    let pairs = (word & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32
}

/// Every free number, a byte at a time.
fn parse_long(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let (digits, exponent) = match rest.iter().position(|byte| byte | 0x20 == b'e') {
        Some(place) => (&rest[..place], Some(exponent(&rest[place + 1..])?)),
        None => (rest, None),
    };
    let mut mantissa = 0i128;
    let (mut scale, mut n_digits, mut in_fraction, mut dropped, mut cut) = (0i64, 0usize, false, 0i64, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                n_digits += 1;
                scale += i64::from(in_fraction);
                // Beyond 38 digits zeros are only counted; another digit there makes the decimal one that does not fit.
                if mantissa < POWERS[37] {
                    mantissa = mantissa * 10 + i128::from(byte - b'0');
                } else {
                    dropped += 1;
                    cut |= byte != b'0';
                }
            }
            b'.' if !in_fraction => in_fraction = true,
            _ => return None,
        }
    }
    if n_digits == 0 {
        return None;
    }
    let decimal = if cut { None } else { decimal(mantissa, scale - dropped - exponent.unwrap_or(0)) };
    match (decimal, exponent) {
        (Some(decimal), _) => {
            let mantissa = if negative { -decimal.mantissa } else { decimal.mantissa };
            Some(Number::Decimal(Decimal { mantissa, ..decimal }))
        }
        (None, None) => None,
        (None, Some(_)) => {
            let real: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
            real.is_finite().then_some(Number::Real(real))
        }
    }
}

/// `mantissa · 10^-scale`, `0 ≤ mantissa < 10^38`, if 38 digits hold it.
fn decimal(mantissa: i128, scale: i64) -> Option<Decimal> {
    if mantissa == 0 {
        return Some(Decimal { mantissa, scale: scale.clamp(0, 38).try_into().ok()? });
    }
    if scale >= 0 {
        // Up to 37 zeros at the end of 38 digits can go.
        return Decimal::fitting(mantissa, u32::try_from(scale).ok()?);
    }
    let power = POWERS.get(usize::try_from(-scale).ok()?)?;
    Decimal::fitting(mantissa.checked_mul(*power)?, 0)
}

/// What stands after the `e`; huge ones are held where they stay huge.
fn exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = digits.iter().fold(0i64, |n, byte| (n * 10 + i64::from(byte - b'0')).min(1 << 40));
    Some(if negative { -n } else { n })
}

/// Whether `text` is a number by itself, in the plain grammar: what makes a dynamic value one. Any length.
#[inline]
pub fn is_plain(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let n_whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if n_whole == 0 || (n_whole > 1 && digits[0] == b'0') {
        return false;
    }
    match &digits[n_whole..] {
        [] => true,
        [b'.', fraction @ ..] => !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The free grammar told slowly: sign, digits, point, exponent, each by itself.
    fn oracle(text: &str) -> Option<(i128, u32)> {
        let (sign, rest) = match text.as_bytes().first()? {
            b'-' => (-1, &text[1..]),
            b'+' => (1, &text[1..]),
            _ => (1, text),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some((sign * digits.parse::<i128>().ok()?, u32::try_from(fraction.len()).ok()?))
    }

    fn check(text: &str, expected: Option<(i128, u8)>) {
        let found = match parse(text.as_bytes()) {
            Some(Number::Decimal(decimal)) => Some((decimal.mantissa, decimal.scale)),
            Some(Number::Real(real)) => panic!("{text} became the real {real}"),
            None => None,
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn signs_zeros_points_and_exponents_are_understood_where_a_number_is_demanded() {
        for (text, expected) in [
            ("0", (0, 0)),
            ("-0", (0, 0)),
            ("007", (7, 0)),
            ("+5", (5, 0)),
            ("3.25", (325, 2)),
            ("-3.25", (-325, 2)),
            (".5", (5, 1)),
            ("5.", (5, 0)),
            ("12345678", (12_345_678, 0)),
            ("123456789", (123_456_789, 0)),
            ("1234567.89", (123_456_789, 2)),
            ("123456.7890123456", (1_234_567_890_123_456, 10)),
            ("9747747.934", (9_747_747_934, 3)),
            ("1e3", (1000, 0)),
            ("1.5E-3", (15, 4)),
            ("1e-38", (1, 38)),
            ("0e999999999999999999999", (0, 0)),
            ("99999999999999999999999999999999999999", (POWERS[38] - 1, 0)),
            ("1.00000000000000000000000000000000000000000", (POWERS[37], 37)),
        ] {
            check(text, Some(expected));
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "-.",
            "1.2.3",
            "1..2",
            " 1",
            "1 ",
            "1,000",
            "0x10",
            "1e",
            "1e+",
            "e5",
            "nan",
            "inf",
            "--1",
            "12a",
            "1234567a",
            "1234567.8.",
            "a2345678901",
            "1e400",
            "१",
        ] {
            assert!(parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn a_number_that_38_digits_cannot_hold_is_a_real_only_with_an_exponent() {
        check("100000000000000000000000000000000000000", None);
        check("0.1234567890123456789012345678901234567891", None);
        for (text, real) in
            [("1e38", 1e38), ("-2.5e300", -2.5e300), ("1e-39", 1e-39), ("1.7976931348623157e308", f64::MAX)]
        {
            assert!(matches!(parse(text.as_bytes()), Some(Number::Real(found)) if found == real), "{text}");
        }
    }

    #[test]
    fn a_plain_number_has_no_plus_no_exponent_and_no_superfluous_zero() {
        for text in ["0", "-0", "7", "10", "-12.50", "0.5", "123456789012345678901234567890123456789012345"] {
            assert!(is_plain(text.as_bytes()), "{text}");
        }
        for text in ["", "-", "+1", "01", "-01", ".5", "5.", "1e3", " 1", "1 ", "0x1", "1.5.2", "a"] {
            assert!(!is_plain(text.as_bytes()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn short_numbers_are_what_the_slow_way_makes_of_them(text in "[-+]?[0-9.]{0,18}") {
            let slow = oracle(&text);
            let fast = parse_short(text.as_bytes());
            let mut head = [b'7'; 16];
            head.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
            if let Some(read) = parse_head(&head, text.len()) {
                prop_assert_eq!(Some(read), fast);
            } else if text.trim_start_matches(['-', '+']).len() <= 8 {
                prop_assert_eq!(fast, None);
            }
            if let Some((mantissa, scale)) = fast {
                prop_assert_eq!(slow, Some((mantissa.into(), scale.into())));
            } else if text.trim_start_matches(['-', '+']).len() <= 16 {
                prop_assert_eq!(slow, None);
            }
        }

        #[test]
        fn one_stray_byte_makes_a_number_none(text in "[0-9]{0,14}", stray in any::<u8>(), place in 0usize..15) {
            prop_assume!(!stray.is_ascii_digit() && !b".eE+-".contains(&stray));
            let mut text = text.into_bytes();
            text.insert(place.min(text.len()), stray);
            prop_assert!(parse(&text).is_none());
        }

        #[test]
        fn short_plain_numbers_are_those_that_are_plain_and_short(text in "[-+]?[0-9.]{0,18}") {
            let text = text.as_bytes();
            let expected = if is_plain(text) { parse_short(text) } else { None };
            prop_assert_eq!(parse_plain_short(text), expected);
        }

        #[test]
        fn any_decimal_reads_back_what_it_prints(mantissa in any::<i128>(), shift in 1u32..128, scale in 0u8..=38) {
            let decimal = Decimal { mantissa: (mantissa >> shift) % POWERS[38], scale };
            let mut text = Vec::new();
            super::super::write(Number::Decimal(decimal), &mut text);
            let Some(Number::Decimal(back)) = parse(&text) else { panic!("{text:?}") };
            let (found, expected) = (back.stripped(), decimal.stripped());
            prop_assert_eq!((found.mantissa, found.scale), (expected.mantissa, expected.scale));
        }

        #[test]
        fn any_real_reads_back_what_it_prints(bits in any::<u64>()) {
            let real = f64::from_bits(bits);
            prop_assume!(real.is_finite());
            let mut text = Vec::new();
            super::super::write(Number::Real(real), &mut text);
            prop_assert_eq!(parse(&text).map(Number::real), Some(real));
        }
    }
}
