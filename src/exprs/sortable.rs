//! A value in, bytes out that `memcmp` orders, and the value back: keys of groups that leave in the order of their keys.
//!
//! The bytes are the [`sort_key`], ascending, NULL last. It spells every value out but a number, whose [`codec`] follows it.
//! They are canonical and self-delimiting as the codec's are, but longer, so what nobody puts in order is encoded by that.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::codec::{self, take};
use super::sort_key::{DIGITS, END, EQUAL, ESCAPE, LONGEST, NULL_LAST, OTHER, short_key, sort_key};
use super::value::{Type, Value};
use super::words::Short;

/// Appends the bytes of `value`, of type `ty`.
#[inline]
pub fn encode(ty: Type, value: Value<'_>, out: &mut Vec<u8>) {
    sort_key(ty, value, false, false, out);
    if matches!(ty, Type::Number | Type::Interval(_)) && !value.is_null() {
        codec::encode(value, out);
    }
}

/// The same of a short text, of the type text or dynamic; `false` where that has to be said in the long way.
#[inline(always)]
pub fn encode_short(ty: Type, text: Short, out: &mut Vec<u8>) -> bool {
    short_key(ty, text, out)
}

/// The value of type `ty` that `bytes` begin with; they are left behind it. Text borrows from `bytes` where it can.
///
/// `None` when the bytes are no encoding: they were cut or damaged.
#[inline]
pub fn decode<'a>(ty: Type, bytes: &mut &'a [u8], arena: &'a Bump) -> Option<Value<'a>> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first == NULL_LAST {
        return Some(Value::Null);
    }
    Some(match ty {
        Type::Dynamic if first < OTHER => Value::Text(plain_number(first, bytes)?),
        Type::Dynamic | Type::Text => Value::Text(text(bytes, arena)?),
        Type::Number | Type::Interval(_) => {
            skip_number(bytes)?;
            codec::decode(bytes, arena)?
        }
        Type::Date => Value::Date(i32::from_be_bytes(*take(bytes, 4)?.first_chunk()?) ^ i32::MIN),
        Type::Timestamp => Value::Timestamp(i64::from_be_bytes(*take(bytes, 8)?.first_chunk()?) ^ i64::MIN),
        Type::Boolean => Value::Boolean(take(bytes, 1)? == [1]),
        Type::Null => return None,
    })
}

/// The same where the value is a text that lies in `bytes` as it is; otherwise nothing is done.
#[inline(always)]
pub fn decode_text<'a>(ty: Type, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (&first, rest) = bytes.split_first()?;
    let end = match ty {
        Type::Dynamic if (DIGITS..LONGEST).contains(&first) => find(END, rest)?,
        Type::Dynamic | Type::Text if first == OTHER => {
            let end = rest.iter().position(|&byte| byte <= ESCAPE)?;
            if rest[end] == ESCAPE {
                return None;
            }
            end
        }
        _ => return None,
    };
    *bytes = &rest[end + 1..];
    Some(&rest[..end])
}

/// What stands before the next `end`; both are left behind.
#[inline]
fn until<'a>(end: u8, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let place = find(end, bytes)?;
    let found = &bytes[..place];
    *bytes = &bytes[place + 1..];
    Some(found)
}

/// Fields are short: the first bytes are looked at by a loop, which costs less than a call.
#[inline]
fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    let (near, far) = bytes.split_at(bytes.len().min(NEAR));
    near.iter().position(|&other| other == byte).or_else(|| Some(NEAR + memchr::memchr(byte, far)?))
}

const NEAR: usize = 12;

#[inline]
fn text<'a>(bytes: &mut &'a [u8], arena: &'a Bump) -> Option<&'a [u8]> {
    let escaped = until(END, bytes)?;
    let Some(mut place) = find(ESCAPE, escaped) else { return Some(escaped) };
    let (mut text, mut rest) = (ArenaVec::with_capacity_in(escaped.len(), arena), escaped);
    loop {
        text.extend_from_slice(&rest[..place]);
        text.push(rest.get(place + 1)?.wrapping_sub(1));
        rest = &rest[place + 2..];
        match memchr::memchr(ESCAPE, rest) {
            Some(next) => place = next,
            None => break,
        }
    }
    text.extend_from_slice(rest);
    Some(text.into_bump_slice())
}

/// The text of a plain number behind its first byte.
#[inline]
fn plain_number<'a>(first: u8, bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    if first == LONGEST || first == !LONGEST & !OTHER {
        take(bytes, 4)?;
    }
    if first < DIGITS {
        until(!END, bytes)?;
    }
    until(END, bytes)
}

/// Leaves the key of a number, of which the first byte was taken, behind.
fn skip_number(bytes: &mut &[u8]) -> Option<()> {
    let real = take(bytes, 9)?;
    if real[8] == EQUAL {
        return Some(());
    }
    let is_negative = real[0] < OTHER;
    take(bytes, 4)?;
    until(if is_negative { !END } else { END }, bytes).map(drop)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exprs::Decimal;
    use crate::exprs::number;

    fn check(ty: Type, values: &[Value<'_>]) {
        let (arena, mut all) = (Bump::new(), Vec::new());
        values.iter().for_each(|&value| encode(ty, value, &mut all));
        let mut rest = all.as_slice();
        for &value in values {
            let (mut lying, before) = (rest, rest);
            if let Some(text) = decode_text(ty, &mut lying) {
                assert!(matches!(decode(ty, &mut rest, &arena), Some(Value::Text(same)) if same == text));
                assert_eq!(lying, rest);
            } else {
                assert_eq!(lying, before);
            }
            rest = before;
            let back = decode(ty, &mut rest, &arena).expect("was encoded");
            let bytes = |value| {
                let mut out = Vec::new();
                codec::encode(value, &mut out);
                out
            };
            assert_eq!(bytes(back), bytes(value));
        }
        assert!(rest.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(
            short in any::<i64>(), wide in any::<i128>(), scale in 0u8..=38, real in any::<f64>(), texts in prop::collection::vec("[\0\u{1}\u{2}ab.-]{0,70}", 0..3),
            plain in "-?(0|[1-9][0-9]{0,80})(\\.[0-9]{1,30})?", micros in any::<i64>(), days in any::<i32>(), boolean in any::<bool>(),
        ) {
            let wide = Decimal { mantissa: wide % number::POWERS[38], scale };
            let real = if real.is_finite() { real } else { 0.5 };
            let short = Value::Short { mantissa: short, scale };
            check(Type::Number, &[short, Value::Null, Value::Wide(&wide), Value::Real(real)]);
            let mut texts: Vec<Value<'_>> = texts.iter().map(|text| Value::Text(text.as_bytes())).collect();
            texts.extend([Value::Null, Value::Text(plain.as_bytes())]);
            check(Type::Text, &texts);
            check(Type::Dynamic, &texts);
            check(Type::Date, &[Value::Date(days), Value::Null]);
            check(Type::Timestamp, &[Value::Timestamp(micros), Value::Null]);
            check(Type::Boolean, &[Value::Boolean(boolean), Value::Null]);
        }

        #[test]
        fn cut_bytes_are_refused_and_nothing_panics(bytes in any::<Vec<u8>>()) {
            let arena = Bump::new();
            for ty in [Type::Dynamic, Type::Text, Type::Number, Type::Date, Type::Timestamp, Type::Boolean, Type::Null] {
                let mut rest = bytes.as_slice();
                while decode(ty, &mut rest, &arena).is_some() {
                    let _ = decode_text(ty, &mut { rest });
                }
            }
        }
    }
}
