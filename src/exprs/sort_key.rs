//! A value in, bytes out that `memcmp` orders as the contract orders values: what external sorting sorts.
//!
//! No key is the beginning of another, so the keys of a row's values stand one after the other. Only the order is kept, not
//! the value. Knows nothing of rows.
//!
//! | value | bytes |
//! |---|---|
//! | NULL | `00` first or `FF` last, ascending and descending alike |
//! | text | `80`, its bytes, `00`; a `00` becomes `01 01` and a `01` becomes `01 02` |
//! | number | `40`, the nearest real in 8 bytes, how the number lies to it (`00` below, `01` equal, `02` above); if not equal, its digits |
//! | dynamic | a plain number: `40` + the digits before its point (`7E` and 4 bytes from 62 on), its text, `00`; if negative that complemented (`3F` − …) and without zeros at its end, then its text, `00`; or text's bytes |
//! | date, timestamp, boolean | `80` and 4, 8, 1 bytes, the sign flipped |
//!
//! Descending: all but NULL's byte complemented. The obvious way for numbers is their digits. Departure: rounding to a real
//! keeps order, so eight bytes decide nearly always, are all there is for whole numbers up to 2^53, and are made without a loop.

use std::cmp::Ordering;

use super::dynamic;
use super::number;
use super::value::{Decimal, Type, Value};
use super::words::{self, Short};

/// Appends the sort key of `value`, of type `ty`: keys compared as bytes stand as [`compare`](super::compare()) says, the other
/// way round if `descending`, and NULL where it is asked for.
#[inline]
pub fn sort_key(ty: Type, value: Value<'_>, descending: bool, nulls_first: bool, out: &mut Vec<u8>) {
    let start = out.len();
    match value {
        Value::Null => return out.push(if nulls_first { 0x00 } else { NULL_LAST }),
        Value::Text(text) if ty == Type::Dynamic => dynamic_key(text, out),
        Value::Text(text) => text_key(text, out),
        Value::Short { mantissa, scale: 0 } if mantissa.unsigned_abs() <= EXACT => {
            real_key(mantissa as f64, Ordering::Equal, out)
        }
        Value::Short { mantissa, scale } => decimal_key(Decimal { mantissa: mantissa.into(), scale }, out),
        Value::Wide(decimal) => decimal_key(*decimal, out),
        Value::Real(real) => real_key(real, Ordering::Equal, out),
        Value::Date(date) => {
            out.push(OTHER);
            out.extend_from_slice(&(date ^ i32::MIN).to_be_bytes());
        }
        Value::Timestamp(timestamp) => {
            out.push(OTHER);
            out.extend_from_slice(&(timestamp ^ i64::MIN).to_be_bytes());
        }
        Value::Boolean(boolean) => out.extend_from_slice(&[OTHER, boolean.into()]),
    }
    if descending {
        complement(&mut out[start..]);
    }
}

/// Appends what [`sort_key`] begins with: all of it, but of a decimal only its nearest real.
#[inline]
pub fn sort_key_head(ty: Type, value: Value<'_>, descending: bool, nulls_first: bool, out: &mut Vec<u8>) {
    let decimal = match value {
        Value::Short { mantissa, scale } if scale > 0 => Decimal { mantissa: mantissa.into(), scale },
        Value::Wide(decimal) => *decimal,
        _ => return sort_key(ty, value, descending, nulls_first, out),
    };
    let start = out.len();
    out.extend_from_slice(&real_head(decimal.real()));
    if descending {
        complement(&mut out[start..]);
    }
}

fn complement(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = !*byte;
    }
}

/// Whole numbers up to here are reals.
const EXACT: u64 = 1 << 53;
const NUMBER: u8 = 0x40;
/// Before the text of a plain number that is not negative, and as many more as it has digits before its point.
pub(super) const DIGITS: u8 = 0x40;
/// So many digits that four bytes tell how many.
pub(super) const LONGEST: u8 = 0x7E;
/// Before what is no number.
pub(super) const OTHER: u8 = 0x80;
pub(super) const NULL_LAST: u8 = 0xFF;
/// Behind a text.
pub(super) const END: u8 = 0;
/// Before a byte of a text that is 0 or 1, one added to it.
pub(super) const ESCAPE: u8 = 1;
/// A number is its real.
pub(super) const EQUAL: u8 = 1;

/// Appends the [`sort_key`] of a text, ascending, where it is told from its words; whether it was.
///
/// `ty` is text or dynamic. Nothing is asked byte by byte, as it is where the length is not known.
#[inline]
pub(super) fn short_key(ty: Type, Short { words, len }: Short, out: &mut Vec<u8>) -> bool {
    let begins_number = ty == Type::Dynamic && matches!(words[0].to_le_bytes()[0], b'-' | b'0'..=b'9');
    let head = match u8::try_from(len) {
        Ok(n @ 1..=8) if begins_number && words::is_whole_number(words[0], len) => DIGITS + n,
        Ok(1..LONGEST_SHORT) if !begins_number && !words::any_up_to(ESCAPE, words, len) => OTHER,
        _ => return false,
    };
    // Behind the text its words are `END`.
    words::write([head], words, len + 1, out);
    true
}

/// Longer than any text whose end is among its words.
const LONGEST_SHORT: u8 = 24;

fn text_key(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(OTHER);
    // Fields are short: a fold without an early exit becomes SIMD, and costs less than a call.
    if text.len() < 64 && !text.iter().fold(false, |any, &byte| any | (byte <= ESCAPE)) {
        out.extend_from_slice(text);
        return out.push(END);
    }
    let mut rest = text;
    while let Some(place) = memchr::memchr2(0, 1, rest) {
        out.extend_from_slice(&rest[..place]);
        out.extend_from_slice(&[ESCAPE, rest[place] + 1]);
        rest = &rest[place + 1..];
    }
    out.extend_from_slice(rest);
    out.push(END);
}

fn dynamic_key(text: &[u8], out: &mut Vec<u8>) {
    match dynamic::classify(text) {
        dynamic::Class::Text => text_key(text, out),
        dynamic::Class::Number => plain_key(text, out),
    }
}

/// How many digits stand before the point, then the text as it is: longer whole parts are greater, and equally long ones
/// stand in the order of their bytes, `1` before `1.0` before `1.5`. A negative number turns that round, so that what does
/// not change its value, zeros at its end, has to stand apart: in the text, behind.
fn plain_key(text: &[u8], out: &mut Vec<u8>) {
    let Some(digits) = text.strip_prefix(b"-") else {
        n_whole_key(text, out);
        out.extend_from_slice(text);
        return out.push(END);
    };
    let start = out.len();
    n_whole_key(digits, out);
    let n_zeros =
        if digits.contains(&b'.') { digits.iter().rev().take_while(|&&byte| byte == b'0').count() } else { 0 };
    let digits = &digits[..digits.len() - n_zeros];
    out.extend_from_slice(digits.strip_suffix(b".").unwrap_or(digits));
    out.push(END);
    complement(&mut out[start..]);
    out[start] &= !OTHER;
    out.extend_from_slice(text);
    out.push(END);
}

fn n_whole_key(digits: &[u8], out: &mut Vec<u8>) {
    let n_whole = digits.iter().take_while(|&&byte| byte != b'.').count();
    match u8::try_from(n_whole) {
        Ok(n) if n < LONGEST - DIGITS => out.push(DIGITS + n),
        _ => {
            out.push(LONGEST);
            out.extend_from_slice(&u32::try_from(n_whole).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
}

fn decimal_key(decimal: Decimal, out: &mut Vec<u8>) {
    let side = decimal.against_its_real();
    real_key(decimal.real(), side, out);
    if side.is_ne() {
        let Decimal { mantissa, scale } = decimal.stripped();
        number::with_digits(mantissa.unsigned_abs(), |digits| {
            let n_digits = i32::try_from(digits.len()).expect("at most 39");
            digits_key(mantissa < 0, n_digits - i32::from(scale), digits, out);
        });
    }
}

#[inline]
fn real_key(real: f64, side: Ordering, out: &mut Vec<u8>) {
    let mut key = [0; 10];
    key[..9].copy_from_slice(&real_head(real));
    key[9] = match side {
        Ordering::Less => 0,
        Ordering::Equal => EQUAL,
        Ordering::Greater => 2,
    };
    out.extend_from_slice(&key);
}

#[inline]
fn real_head(real: f64) -> [u8; 9] {
    // Reals order as their bits do once the negative ones are complemented; −0 is 0.
    let bits = (real + 0.0).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    let mut head = [NUMBER; 9];
    head[1..].copy_from_slice(&ordered.to_be_bytes());
    head
}

/// The number `±0.significant · 10^point`, `significant` without zeros at either end.
fn digits_key(negative: bool, point: i32, significant: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&(point ^ i32::MIN).to_be_bytes());
    out.extend_from_slice(significant);
    out.push(0);
    if negative {
        complement(&mut out[start..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::compare;
    use crate::exprs::number::Number;
    use proptest::prelude::*;

    fn key(ty: Type, value: Value<'_>, descending: bool) -> Vec<u8> {
        let mut out = Vec::new();
        sort_key(ty, value, descending, false, &mut out);
        out
    }

    fn check(ty: Type, a: Value<'_>, b: Value<'_>) {
        let order = compare(ty, a, b);
        for (descending, order) in [(false, order), (true, order.reverse())] {
            let (a_key, b_key) = (key(ty, a, descending), key(ty, b, descending));
            assert_eq!(a_key.cmp(&b_key), order, "{a:?} {b:?}");
            assert!(order.is_eq() || !(a_key.starts_with(&b_key) || b_key.starts_with(&a_key)), "{a:?} {b:?}");
        }
        for nulls_first in [false, true] {
            for descending in [false, true] {
                let (mut null, mut some) = (Vec::new(), Vec::new());
                sort_key(ty, Value::Null, descending, nulls_first, &mut null);
                sort_key(ty, a, descending, nulls_first, &mut some);
                assert_eq!(null < some, nulls_first);
            }
        }
    }

    fn decimals() -> impl Strategy<Value = Decimal> {
        (any::<i128>(), 1u32..128, 0u8..=38)
            .prop_map(|(mantissa, shift, scale)| Decimal { mantissa: (mantissa >> shift) % number::POWERS[38], scale })
    }

    /// Reals, decimals, and decimals beside a given one or a real.
    fn numbers() -> impl Strategy<Value = Vec<Number>> {
        (decimals(), decimals(), any::<u64>(), any::<i64>()).prop_map(|(a, b, bits, n)| {
            let mut all = vec![
                a,
                b,
                Decimal { mantissa: a.mantissa + 1, scale: a.scale },
                Decimal { mantissa: -b.mantissa, scale: b.scale },
                Decimal { mantissa: n.into(), scale: a.scale },
            ]
            .into_iter()
            .map(Number::Decimal)
            .collect::<Vec<_>>();
            let real = f64::from_bits(bits);
            all.extend([a.real(), b.real(), if real.is_finite() { real } else { 0.0 }].map(Number::Real));
            all
        })
    }

    #[test]
    fn long_dynamic_numbers_keep_their_order() {
        let digits = "1".repeat(400);
        let texts = [
            format!("-{digits}"),
            format!("-{digits}.5"),
            digits.clone(),
            format!("{digits}.0"),
            format!("{digits}.1"),
            "9007199254740993".into(),
            "9007199254740992".into(),
            "9007199254740992.00000000000000000000000000000000000000000000001".into(),
            format!("0.{}1", "0".repeat(400)),
            format!("-0.{}1", "0".repeat(400)),
            "0".into(),
            "-0".into(),
            "0.000".into(),
            "0.1".into(),
            format!("0.1{}", "0".repeat(60)),
            "0.1000000000000000055511151231257827021181583404541015625".into(),
            format!("0.{}", "0".repeat(60)),
            "1x".into(),
            String::new(),
            "\0".into(),
            "\0\u{1}".into(),
            "\u{1}".into(),
        ];
        for a in &texts {
            for b in &texts {
                check(Type::Dynamic, Value::Text(a.as_bytes()), Value::Text(b.as_bytes()));
            }
        }
    }

    proptest! {
        #[test]
        fn keys_of_numbers_are_in_the_order_of_numbers(numbers in numbers()) {
            let arena = bumpalo::Bump::new();
            for a in &numbers {
                for b in &numbers {
                    check(Type::Number, a.value(&arena), b.value(&arena));
                }
            }
        }

        #[test]
        fn the_key_of_a_short_text_is_its_key(text in "-?[0-9]{1,10}(\\.[0-9])?|[\0-\x03a-c]{0,24}|[0-9a-]{0,10}") {
            let text = &text.as_bytes()[..text.len().min(words::LONGEST)];
            for ty in [Type::Text, Type::Dynamic] {
                let mut out = vec![7];
                if short_key(ty, Short { words: words::words(text), len: text.len() }, &mut out) {
                    prop_assert_eq!(&out[1..], key(ty, Value::Text(text), false));
                } else {
                    prop_assert_eq!(out, [7]);
                }
            }
        }

        #[test]
        fn a_head_is_what_the_key_begins_with(numbers in numbers(), descending in any::<bool>()) {
            let arena = bumpalo::Bump::new();
            for value in numbers.iter().map(|number| number.value(&arena)).chain([Value::Null, Value::Date(3)]) {
                let (mut head, mut key) = (Vec::new(), Vec::new());
                sort_key_head(Type::Number, value, descending, false, &mut head);
                sort_key(Type::Number, value, descending, false, &mut key);
                prop_assert!(key.starts_with(&head) && !head.is_empty(), "{value:?}");
            }
        }

        #[test]
        fn keys_of_text_are_in_the_order_of_bytes(a in prop::collection::vec(0u8..3, 0..8), b in prop::collection::vec(any::<u8>(), 0..8), n in 0usize..8) {
            let c = [&a[..n.min(a.len())], &b].concat();
            for (left, right) in [(&a, &b), (&a, &c), (&b, &c)] {
                check(Type::Text, Value::Text(left), Value::Text(right));
                check(Type::Dynamic, Value::Text(left), Value::Text(right));
            }
        }

        #[test]
        fn keys_of_dynamic_values_are_in_their_order(a in "-?[0-9]{1,3}(\\.[0-9]{1,3})?", b in "-?[0-9]{1,20}(\\.[0-9]{1,30})?|[a-c0-1.-]{0,3}") {
            check(Type::Dynamic, Value::Text(a.as_bytes()), Value::Text(b.as_bytes()));
        }

        #[test]
        fn keys_of_times_are_in_the_order_of_time(a in any::<i32>(), b in any::<i32>(), c in any::<i64>(), d in any::<i64>()) {
            check(Type::Date, Value::Date(a), Value::Date(b));
            check(Type::Timestamp, Value::Timestamp(c), Value::Timestamp(d));
            check(Type::Boolean, Value::Boolean(a > b), Value::Boolean(c > d));
        }
    }
}
