//! A value in, self-delimiting bytes out, and back: for keys, partition logs, partials and sorted runs.
//!
//! Canonical: two values of one type have the same bytes exactly when they are equal (`1.50` and `1.5`, `-0.0` and `0.0`
//! too), so that a key's bytes are its identity. Not ordered; ordered bytes are [`sort_key`](super::sort_key())'s.
//!
//! One tag byte, then what the tag needs; the scale of a short decimal rides in its tag, so a small number takes two bytes.

use bumpalo::Bump;

use super::value::{Decimal, Value};
use super::words::{self, Short};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const TEXT: u8 = 3;
const DATE: u8 = 4;
const TIMESTAMP: u8 = 5;
const REAL: u8 = 6;
/// Tags `SHORT + scale`: a mantissa of at most 64 bits.
const SHORT: u8 = 64;
/// Tags `WIDE + scale`: a mantissa of up to 128 bits.
const WIDE: u8 = 128;

/// Appends the bytes of `value`.
#[inline]
pub fn encode(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Boolean(false) => out.push(FALSE),
        Value::Boolean(true) => out.push(TRUE),
        Value::Text(text) if text.len() <= words::LONGEST => {
            encode_words(words::words(text), text.len(), out);
        }
        Value::Text(text) => {
            out.push(TEXT);
            write_varint(text.len() as u64, out);
            out.extend_from_slice(text);
        }
        Value::Date(days) => {
            out.push(DATE);
            write_varint(zigzag(i64::from(days)), out);
        }
        Value::Timestamp(micros) => {
            out.push(TIMESTAMP);
            write_varint(zigzag(micros), out);
        }
        Value::Real(real) => {
            // -0.0 equals 0.0, and every NaN is one NaN.
            let real = if real == 0.0 { 0.0 } else { real };
            let real = if real.is_nan() { f64::NAN } else { real };
            out.push(REAL);
            out.extend_from_slice(&real.to_le_bytes());
        }
        Value::Short { mut mantissa, mut scale } => {
            while scale > 0 && mantissa % 10 == 0 {
                mantissa /= 10;
                scale -= 1;
            }
            out.push(SHORT + scale);
            write_varint(zigzag(mantissa), out);
        }
        Value::Wide(decimal) => encode_wide(*decimal, out),
    }
}

/// What [`encode`] appends for NULL.
pub const SHORT_NULL: Short = Short { words: [NULL as u64, 0, 0], len: 1 };

/// What [`encode`] appends, where that is short and told without a loop; `None` says nothing about others.
#[inline(always)]
pub fn encode_short(value: &Value<'_>) -> Option<Short> {
    match *value {
        Value::Null => Some(SHORT_NULL),
        Value::Boolean(truth) => Some(Short::of_word(if truth { TRUE } else { FALSE }.into(), 1)),
        Value::Text(text) if text.len() <= words::LONGEST => {
            encode_short_text(Short { words: words::words(text), len: text.len() })
        }
        Value::Date(days) => {
            let (word, len) = varint(zigzag(days.into()));
            // 33 bits take five bytes at most.
            Some(Short::of_word(u64::from(DATE) | word << 8, 1 + len))
        }
        Value::Timestamp(micros) if zigzag(micros) < VARINT_WORD => {
            let (word, len) = varint(zigzag(micros));
            Short::of_word(TIMESTAMP.into(), 1).then(Short::of_word(word, len))
        }
        Value::Short { mantissa, scale } if zigzag(mantissa) < VARINT_WORD && (scale == 0 || mantissa % 10 != 0) => {
            let (word, len) = varint(zigzag(mantissa));
            Short::of_word((SHORT + scale).into(), 1).then(Short::of_word(word, len))
        }
        _ => None,
    }
}

/// The same of a text.
#[inline(always)]
pub fn encode_short_text(text: Short) -> Option<Short> {
    Short::of_word(u64::from(TEXT) | (text.len as u64) << 8, 2).then(text)
}

/// Appends the bytes of a text of `len` bytes, at most [`words::LONGEST`], which `words` begin with.
#[inline]
pub fn encode_words(words: [u64; 3], len: usize, out: &mut Vec<u8>) {
    words::write([TEXT, u8::try_from(len).expect("at most 24")], words, len, out);
}

#[cold]
fn encode_wide(Decimal { mut mantissa, mut scale }: Decimal, out: &mut Vec<u8>) {
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    match i64::try_from(mantissa) {
        Ok(mantissa) => encode(Value::Short { mantissa, scale }, out),
        Err(_) => {
            out.push(WIDE + scale);
            out.extend_from_slice(&mantissa.to_le_bytes());
        }
    }
}

/// The value that `bytes` begin with; they are left behind it. Text borrows from `bytes`, a wide decimal goes to `arena`.
///
/// `None` when the bytes are no encoding: they were cut or damaged.
#[inline]
pub fn decode<'a>(bytes: &mut &'a [u8], arena: &'a Bump) -> Option<Value<'a>> {
    let (&tag, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(match tag {
        NULL => Value::Null,
        FALSE => Value::Boolean(false),
        TRUE => Value::Boolean(true),
        TEXT => {
            let len = usize::try_from(read_varint(bytes)?).ok()?;
            Value::Text(take(bytes, len)?)
        }
        DATE => Value::Date(i32::try_from(unzigzag(read_varint(bytes)?)).ok()?),
        TIMESTAMP => Value::Timestamp(unzigzag(read_varint(bytes)?)),
        REAL => Value::Real(f64::from_le_bytes(*take(bytes, 8)?.first_chunk()?)),
        SHORT..=102 => Value::Short { mantissa: unzigzag(read_varint(bytes)?), scale: tag - SHORT },
        WIDE..=166 => {
            let mantissa = i128::from_le_bytes(*take(bytes, 16)?.first_chunk()?);
            Value::Wide(arena.alloc(Decimal { mantissa, scale: tag - WIDE }))
        }
        _ => return None,
    })
}

/// Passes the value that `bytes` begin with to `take`; the bytes are left behind it.
#[inline]
pub fn decode_with(bytes: &mut &[u8], take: impl FnOnce(Value<'_>)) -> Option<()> {
    // A bump without a block costs nothing; only a wide decimal makes it allocate.
    let arena = Bump::new();
    let mut rest = *bytes;
    take(decode(&mut rest, &arena)?);
    *bytes = &bytes[bytes.len() - rest.len()..];
    Some(())
}

/// The first `len` of `bytes`, which are left behind them.
#[inline]
pub fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(len)?;
    *bytes = tail;
    Some(head)
}

/// Below it a varint is a word.
const VARINT_WORD: u64 = 1 << 56;

/// The bytes of `number`, which is below [`VARINT_WORD`], and how many they are.
#[inline(always)]
fn varint(number: u64) -> (u64, usize) {
    let len = (64 - (number | 1).leading_zeros()).div_ceil(7);
    let fours = (number & 0x0FFF_FFFF) | (number & 0xFF_FFFF_F000_0000) << 4;
    let twos = (fours & 0x3FFF_0000_3FFF) | (fours & 0x0FFF_C000_0FFF_C000) << 2;
    let ones = (twos & 0x007F_007F_007F_007F) | (twos & 0x3F80_3F80_3F80_3F80) << 1;
    let more = 0x8080_8080_8080_8080 & !(u64::MAX << (8 * (len - 1)));
    (ones | more, len as usize)
}

/// Appends `number` seven bits a byte, least first; the high bit says that more follow.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "masked to seven bits")]
pub fn write_varint(mut number: u64, out: &mut Vec<u8>) {
    if number < 0x80 {
        return out.push(number as u8);
    }
    if number < VARINT_WORD {
        // As many bytes are written whatever the length, and then cut off: no loop whose end is anybody's guess.
        let ((word, len), start) = (varint(number), out.len());
        out.extend_from_slice(&word.to_le_bytes());
        out.truncate(start + len);
        return;
    }
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The number that `bytes` begin with; they are left behind it.
#[inline]
pub fn read_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        *bytes = rest;
        return Some(first.into());
    }
    let Some(word) = bytes.first_chunk().map(|chunk| u64::from_le_bytes(*chunk)) else {
        return read_long_varint(bytes);
    };
    let ends = !word & 0x8080_8080_8080_8080;
    if ends == 0 {
        return read_long_varint(bytes);
    }
    let n_bits = ends.trailing_zeros() + 1;
    let ones = word & 0x7F7F_7F7F_7F7F_7F7F & (u64::MAX >> (64 - n_bits));
    let twos = (ones & 0x007F_007F_007F_007F) | (ones & 0x7F00_7F00_7F00_7F00) >> 1;
    let fours = (twos & 0x3FFF_0000_3FFF) | (twos & 0x3FFF_0000_3FFF_0000) >> 2;
    *bytes = &bytes[n_bits as usize / 8..];
    Some((fours & 0x0FFF_FFFF) | (fours & 0x0FFF_FFFF_0000_0000) >> 4)
}

/// The same a byte at a time.
#[cold]
fn read_long_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift, mut rest) = (0, 0, *bytes);
    loop {
        let (&byte, left) = rest.split_first()?;
        rest = left;
        if shift > 63 {
            return None;
        }
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            *bytes = rest;
            return Some(number);
        }
    }
}

/// Signed to unsigned, small either way: 0, -1, 1, -2 … become 0, 1, 2, 3 …
#[inline]
pub fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// The inverse of [`zigzag`].
#[inline]
pub fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(value: Value<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        encode(value, &mut out);
        out
    }

    #[test]
    fn equal_numbers_have_equal_bytes() {
        assert_eq!(bytes(Value::Short { mantissa: 150, scale: 2 }), bytes(Value::Short { mantissa: 15, scale: 1 }));
        assert_eq!(
            bytes(Value::Wide(&Decimal { mantissa: 70, scale: 1 })),
            bytes(Value::Short { mantissa: 7, scale: 0 })
        );
        assert_eq!(bytes(Value::Real(-0.0)), bytes(Value::Real(0.0)));
    }

    #[test]
    fn numbers_take_seven_bits_a_byte() {
        for shift in 0..64 {
            for number in [(1u64 << shift) - 1, 1 << shift, 3 << shift] {
                let mut out = vec![9];
                write_varint(number, &mut out);
                let n_bits = 64 - number.leading_zeros() as usize;
                assert_eq!(out.len() - 1, n_bits.div_ceil(7).max(1), "{number}");
                for n_behind in [0, 8] {
                    out.resize(1 + n_bits.div_ceil(7).max(1) + n_behind, 0x80);
                    let mut rest = &out[1..];
                    assert_eq!((read_varint(&mut rest), rest.len(), out[0]), (Some(number), n_behind, 9));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(
            mantissa in any::<i64>(), wide in any::<i128>(), scale in 0u8..=38, text in any::<Vec<u8>>(), micros in any::<i64>(),
            days in any::<i32>(), real in any::<f64>(),
        ) {
            let decimal = Decimal { mantissa: wide, scale };
            let values = [
                Value::Null, Value::Boolean(true), Value::Boolean(false), Value::Short { mantissa, scale }, Value::Wide(&decimal),
                Value::Text(&text), Value::Timestamp(micros), Value::Date(days), Value::Real(real),
            ];
            let mut all = Vec::new();
            values.iter().for_each(|&value| encode(value, &mut all));
            let (arena, mut rest) = (Bump::new(), all.as_slice());
            for value in values {
                let back = decode(&mut rest, &arena).expect("was encoded");
                prop_assert_eq!(bytes(back), bytes(value));
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn what_is_short_is_what_is_encoded(
            long in any::<i64>(), few in -99_999i64..99_999, scale in 0u8..=38, text in prop::collection::vec(any::<u8>(), 0..30),
            days in any::<i32>(),
        ) {
            for value in [
                Value::Null, Value::Boolean(true), Value::Boolean(false), Value::Date(days), Value::Text(&text),
                Value::Timestamp(long), Value::Timestamp(few), Value::Real(1.5),
                Value::Short { mantissa: long, scale }, Value::Short { mantissa: few, scale }, Value::Short { mantissa: few, scale: 0 },
            ] {
                let bytes = bytes(value);
                let is_short = !matches!(value, Value::Real(_)) && bytes.len() <= 9;
                match encode_short(&value) {
                    Some(short) => prop_assert_eq!(short, Short { words: words::words(&bytes), len: bytes.len() }),
                    // Another short form has zeros to lose, or a varint longer than a word.
                    None => prop_assert!(!is_short || matches!(value, Value::Short { scale, .. } if scale > 0), "{:?}", value),
                }
            }
        }

        #[test]
        fn cut_bytes_are_refused_and_nothing_panics(bytes in any::<Vec<u8>>()) {
            let (arena, mut rest) = (Bump::new(), bytes.as_slice());
            while decode(&mut rest, &arena).is_some() {}
        }
    }
}
