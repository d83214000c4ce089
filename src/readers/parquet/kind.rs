//! What a column is in the file, and how a value of it is spelt.

use std::io::Write;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use ::parquet::data_type::Int96;
use ::parquet::schema::types::ColumnDescriptor;

use crate::exprs::number::{Number, write as write_number, write_integer};
use crate::exprs::time::{write_clock, write_date};
use crate::exprs::{Decimal, number};

/// What the bytes of a column's values mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As the physical type says; bytes as they are.
    Plain,
    /// A whole number without a sign.
    Unsigned,
    Decimal {
        scale: u8,
    },
    Date,
    /// So many a second since 1970, in UTC or as clocks show it.
    Timestamp {
        per_second: i64,
        is_utc: bool,
    },
    /// So many a second since midnight.
    Time {
        per_second: i64,
    },
    Uuid,
    Half,
}

impl Kind {
    /// Of `column`, or why its values are none that a field can spell.
    pub(super) fn of(column: &ColumnDescriptor) -> Result<Kind, String> {
        if column.max_rep_level() > 0 {
            return Err("is a list, which has no place in a row; unnest it where the file is made".to_owned());
        }
        let decimal = |scale: i32| match u8::try_from(scale) {
            Ok(scale) if usize::from(scale) < number::POWERS.len() => Ok(Kind::Decimal { scale }),
            _ => Err(format!("has {scale} digits after the point, of at most 38; cast it where the file is made")),
        };
        match column.logical_type_ref() {
            Some(LogicalType::Decimal(decimals)) => decimal(decimals.scale),
            Some(LogicalType::Integer(integer)) if !integer.is_signed => Ok(Kind::Unsigned),
            Some(LogicalType::Date) => Ok(Kind::Date),
            Some(LogicalType::Time(time)) => Ok(Kind::Time { per_second: per_second(&time.unit) }),
            Some(LogicalType::Timestamp(time)) => {
                Ok(Kind::Timestamp { per_second: per_second(&time.unit), is_utc: time.is_adjusted_to_u_t_c })
            }
            Some(LogicalType::Uuid) => Ok(Kind::Uuid),
            Some(LogicalType::Float16) => Ok(Kind::Half),
            Some(_) => Ok(Kind::Plain),
            None => match column.converted_type() {
                ConvertedType::DECIMAL => decimal(column.type_scale()),
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                    Ok(Kind::Unsigned)
                }
                ConvertedType::DATE => Ok(Kind::Date),
                ConvertedType::TIME_MILLIS => Ok(Kind::Time { per_second: MILLIS }),
                ConvertedType::TIME_MICROS => Ok(Kind::Time { per_second: MICROS }),
                ConvertedType::TIMESTAMP_MILLIS => Ok(Kind::Timestamp { per_second: MILLIS, is_utc: true }),
                ConvertedType::TIMESTAMP_MICROS => Ok(Kind::Timestamp { per_second: MICROS, is_utc: true }),
                ConvertedType::INTERVAL => {
                    Err("is an interval of three units; cast it where the file is made".to_owned())
                }
                _ if column.physical_type() == Physical::INT96 => {
                    Ok(Kind::Timestamp { per_second: NANOS, is_utc: true })
                }
                _ => Ok(Kind::Plain),
            },
        }
    }
}

const MILLIS: i64 = 1_000;
const MICROS: i64 = 1_000_000;
const NANOS: i64 = 1_000_000_000;

fn per_second(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => MILLIS,
        TimeUnit::MICROS => MICROS,
        TimeUnit::NANOS => NANOS,
    }
}

/// A value of a physical type.
pub(super) trait Spell {
    /// Appends its text, what it is being `kind`; or says why it has none.
    fn spell(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), String>;

    /// Its text where that is its own bytes.
    fn text(&self, _kind: Kind) -> Option<&[u8]> {
        None
    }
}

impl Spell for bool {
    fn spell(&self, _: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
        Ok(())
    }
}

impl Spell for i32 {
    fn spell(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        match kind {
            Kind::Unsigned => write_integer(self.cast_unsigned().into(), out),
            Kind::Date => write_date(*self, out),
            kind => return i64::from(*self).spell(kind, out),
        }
        Ok(())
    }
}

impl Spell for i64 {
    fn spell(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        match kind {
            Kind::Decimal { scale } => decimal((*self).into(), scale, out),
            Kind::Unsigned => decimal(self.cast_unsigned().into(), 0, out),
            Kind::Timestamp { per_second, is_utc } => clock(*self, per_second, is_utc, out),
            Kind::Time { per_second } => {
                let from = out.len();
                clock(*self, per_second, false, out);
                // The day of 1970 and the `T`.
                out.drain(from..from + 11);
            }
            _ => write_integer(*self, out),
        }
        Ok(())
    }
}

impl Spell for Int96 {
    fn spell(&self, _: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        // Nanoseconds of the day, then its Julian number.
        const EPOCH: i64 = 2_440_588;
        let [low, high, day] = *self.data() else { return Err("is no INT96".to_owned()) };
        let seconds = (i64::from(day) - EPOCH) * 86_400;
        let nanos = i64::from(high) << 32 | i64::from(low);
        instant(seconds.saturating_add(nanos.div_euclid(NANOS)), nanos.rem_euclid(NANOS), NANOS, out);
        out.push(b'Z');
        Ok(())
    }
}

impl Spell for f32 {
    fn spell(&self, _: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        real(*self, (*self).into(), out);
        Ok(())
    }
}

impl Spell for f64 {
    fn spell(&self, _: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        real(*self, *self, out);
        Ok(())
    }
}

/// Of both types of bytes.
impl Spell for [u8] {
    fn spell(&self, kind: Kind, out: &mut Vec<u8>) -> Result<(), String> {
        match (kind, self) {
            (Kind::Decimal { scale }, bytes) => decimal(big_endian(bytes)?, scale, out),
            (Kind::Uuid, bytes) => {
                for (place, byte) in bytes.iter().enumerate() {
                    if matches!(place, 4 | 6 | 8 | 10) {
                        out.push(b'-');
                    }
                    let _ = write!(out, "{byte:02x}");
                }
            }
            (Kind::Half, &[low, high]) => {
                let half = half(u16::from_le_bytes([low, high]));
                real(half, half.into(), out);
            }
            (_, bytes) => out.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn text(&self, kind: Kind) -> Option<&[u8]> {
        (kind == Kind::Plain).then_some(self)
    }
}

fn decimal(mantissa: i128, scale: u8, out: &mut Vec<u8>) {
    write_number(Number::Decimal(Decimal { mantissa, scale }), out);
}

/// Two's complement, the highest byte first.
fn big_endian(bytes: &[u8]) -> Result<i128, String> {
    let fill = if bytes.first().is_some_and(|byte| *byte >= 0x80) { 0xff } else { 0 };
    let (beyond, kept) = bytes.split_at(bytes.len().saturating_sub(16));
    let mut wide = [fill; 16];
    wide[16 - kept.len()..].copy_from_slice(kept);
    let number = i128::from_be_bytes(wide);
    if beyond.iter().any(|byte| *byte != fill) || (number < 0) != (fill != 0) {
        return Err("has a decimal of more than 38 digits; cast it where the file is made".to_owned());
    }
    Ok(number)
}

fn clock(count: i64, per_second: i64, is_utc: bool, out: &mut Vec<u8>) {
    instant(count.div_euclid(per_second), count.rem_euclid(per_second), per_second, out);
    if is_utc {
        out.push(b'Z');
    }
}

/// Appends `YYYY-MM-DDTHH:MM:SS[.fraction]`; the fraction is `part / per_second`, without zeros at its end.
fn instant(seconds: i64, part: i64, per_second: i64, out: &mut Vec<u8>) {
    write_clock(seconds.saturating_mul(MICROS), out);
    if part > 0 {
        let digits = per_second.ilog10() as usize;
        let _ = write!(out, ".{part:0digits$}");
        let zeros = out.iter().rev().take_while(|byte| **byte == b'0').count();
        out.truncate(out.len() - zeros);
    }
}

/// The shortest text that reads back, plain while it has no more digits than a decimal: what has an exponent is no number to an
/// undeclared column.
fn real<R: std::fmt::Debug + std::fmt::Display + std::fmt::LowerExp>(real: R, size: f64, out: &mut Vec<u8>) {
    const MOST_PLAIN: usize = 38;
    let size = size.abs();
    if size == 0.0 {
        out.extend_from_slice(b"0.0");
    } else if (1e-5..1e16).contains(&size) || !size.is_finite() {
        let _ = write!(out, "{real:?}");
    } else {
        let from = out.len();
        let _ = write!(out, "{real}");
        if out.len() - from > MOST_PLAIN {
            out.truncate(from);
            let _ = write!(out, "{real:e}");
        }
    }
}

/// IEEE 754's binary16, which an `f32` holds exactly.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    let size = match exponent {
        0 => f32::from(bits & 0x3ff) * 2f32.powi(-24),
        31 => f32::from_bits(0x7f80_0000 | fraction << 13),
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    if bits & 0x8000 != 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<S: Spell + ?Sized>(value: &S, kind: Kind, expected: &str) {
        let mut out = Vec::new();
        value.spell(kind, &mut out).expect("has a text");
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn numbers_are_spelt_with_all_their_digits() {
        check(&-7, Kind::Plain, "-7");
        check(&-1, Kind::Unsigned, "4294967295");
        check(&-1i64, Kind::Unsigned, "18446744073709551615");
        check(&1500i64, Kind::Decimal { scale: 3 }, "1.5");
        check(&[0xff, 0x85][..], Kind::Decimal { scale: 2 }, "-1.23");
        check(&[0; 20][..], Kind::Decimal { scale: 2 }, "0");
        assert!([1; 17][..].spell(Kind::Decimal { scale: 0 }, &mut Vec::new()).is_err());
        let mut beyond = [0xff; 17];
        beyond[1] = 0x7f;
        assert!(beyond[..].spell(Kind::Decimal { scale: 0 }, &mut Vec::new()).is_err());
    }

    #[test]
    fn reals_are_plain_while_a_decimal_could_be_as_long() {
        check(&79f64, Kind::Plain, "79.0");
        check(&-0f64, Kind::Plain, "0.0");
        check(&0.1f32, Kind::Plain, "0.1");
        check(&1e-7f64, Kind::Plain, "0.0000001");
        check(&1e22f64, Kind::Plain, "10000000000000000000000");
        check(&1e300f64, Kind::Plain, "1e300");
        check(&[0x00, 0x3e][..], Kind::Half, "1.5");
        check(&[0x01, 0x00][..], Kind::Half, "0.000000059604645");
        check(&[0x00, 0xfc][..], Kind::Half, "-inf");
    }

    #[test]
    fn times_are_spelt_to_their_last_digit() {
        let utc = |per_second| Kind::Timestamp { per_second, is_utc: true };
        check(&0, Kind::Date, "1970-01-01");
        check(&-1i64, utc(MILLIS), "1969-12-31T23:59:59.999Z");
        check(&1_500_000i64, utc(MICROS), "1970-01-01T00:00:01.5Z");
        check(&1i64, Kind::Timestamp { per_second: NANOS, is_utc: false }, "1970-01-01T00:00:00.000000001");
        check(&3_600_500i32, Kind::Time { per_second: MILLIS }, "01:00:00.5");
        let mut int96 = Int96::new();
        int96.set_data(500_000_000, 0, 2_440_589);
        check(&int96, utc(NANOS), "1970-01-02T00:00:00.5Z");
        check(&[0xab; 16][..], Kind::Uuid, "abababab-abab-abab-abab-abababababab");
    }
}
