//! A value in, its text out: what a CSV answer prints before quoting, and what `concat` and casts to text see.

use super::number::{self, Number};
use super::time;
use super::value::Value;

/// Appends the text of `value`; nothing for NULL.
///
/// Text and dynamic values are their bytes, dates and timestamps ISO 8601 in UTC, booleans `true` and `false`, numbers as
/// [`number::write`] says.
#[inline]
pub fn write(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Null => {}
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Short { mantissa, scale: 0 } => number::write_integer(mantissa, out),
        Value::Short { mantissa, scale } => {
            number::write(Number::Decimal(super::Decimal { mantissa: mantissa.into(), scale }), out);
        }
        Value::Wide(decimal) => number::write(Number::Decimal(*decimal), out),
        Value::Real(real) => number::write(Number::Real(real), out),
        Value::Text(text) => out.extend_from_slice(text),
        Value::Date(date) => time::write_date(date, out),
        Value::Timestamp(timestamp) => time::write_timestamp(timestamp, out),
    }
}
