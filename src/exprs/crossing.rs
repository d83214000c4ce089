//! Values as SQLite keeps them, and back: what an outer query's tables hold.
//!
//! Integers are its integers, reals its reals, booleans 0 and 1, all else is text: other decimals in plain digits, dates and
//! timestamps in ISO 8601, in UTC. So its equality of two values of one type is ours (a real beside a decimal apart), and so is its
//! order of all that is neither a number nor dynamic. A timestamp goes without its `Z`: with it, `00.5Z` would stand before `00Z`.
//!
//! What a value is cannot be seen in the table; it is known from the question, so that reading takes its type.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use super::number;
use super::time;
use super::value::{Type, Value};
use super::write::write;

/// A value on the other side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Crossed<'a> {
    /// No value.
    Null,
    /// A whole number of 64 bits, or a boolean.
    Integer(i64),
    /// A real.
    Real(f64),
    /// All else.
    Text(&'a [u8]),
}

/// `value` on the other side; what has to be written is written to `scratch`.
pub fn cross<'a>(value: Value<'a>, scratch: &'a mut Vec<u8>) -> Crossed<'a> {
    match value {
        Value::Null => Crossed::Null,
        Value::Boolean(truth) => Crossed::Integer(truth.into()),
        Value::Short { mantissa, scale: 0 } => Crossed::Integer(mantissa),
        Value::Real(real) => Crossed::Real(real),
        Value::Text(text) => Crossed::Text(text),
        Value::Short { mut mantissa, mut scale } => {
            while scale > 0 && mantissa % 10 == 0 {
                mantissa /= 10;
                scale -= 1;
            }
            if scale == 0 {
                return Crossed::Integer(mantissa);
            }
            text(value, scratch);
            Crossed::Text(scratch)
        }
        Value::Wide(decimal) => {
            let decimal = decimal.stripped();
            if let (Ok(whole), 0) = (i64::try_from(decimal.mantissa), decimal.scale) {
                return Crossed::Integer(whole);
            }
            text(value, scratch);
            Crossed::Text(scratch)
        }
        Value::Date(_) | Value::Timestamp(_) => {
            text(value, scratch);
            Crossed::Text(scratch)
        }
    }
}

/// The text of `value` on the other side.
pub fn text(value: Value<'_>, out: &mut Vec<u8>) {
    out.clear();
    match value {
        Value::Timestamp(timestamp) => time::write_clock(timestamp, out),
        value => write(value, out),
    }
}

/// The value of type `ty` that came back; `None` if it is no such value, which no value that crossed is.
pub fn back<'a>(crossed: Crossed<'a>, ty: Type, arena: &'a Bump) -> Option<Value<'a>> {
    Some(match (crossed, ty) {
        (Crossed::Null, _) => Value::Null,
        (Crossed::Integer(truth), Type::Boolean) => Value::Boolean(truth != 0),
        (Crossed::Integer(whole), _) => Value::integer(whole),
        (Crossed::Real(real), _) => Value::Real(real),
        (Crossed::Text(text), Type::Number) => number::parse(text)?.value(arena),
        (Crossed::Text(text), Type::Date) => Value::Date(time::parse_date(text)?),
        (Crossed::Text(text), Type::Timestamp) => {
            // What crossed is UTC, whatever the zone of the process.
            let mut utc = BumpVec::with_capacity_in(text.len() + 1, arena);
            utc.extend_from_slice(text);
            utc.push(b'Z');
            Value::Timestamp(time::parse_timestamp(&utc)?)
        }
        (Crossed::Text(text), _) => Value::Text(text),
    })
}
