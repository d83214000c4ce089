//! What a field or an expression spells: one value, 24 bytes, borrowed from the batch or the worker's arena.
//!
//! Knows no operation; a number's are [`number`](super::number), an instant's [`time`](super::time), and what every
//! type has (order, text, sort key) is [`compare`](super::compare()), [`write`](super::write()) and
//! [`sort_key`](super::sort_key()).

use std::fmt;

use bumpalo::Bump;

use super::time::Span;

/// What is known of every value of a column or expression before a byte is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// An undeclared column: its bytes are a number or text; values are [`Value::Text`] until a number is demanded.
    Dynamic,
    /// Bytes.
    Text,
    /// An exact decimal, or a real where an exponent or operation made one.
    Number,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
    /// A number of months, days or microseconds: values are whole numbers. An answer has none; a time has it added.
    Interval(Span),
    /// True or false.
    Boolean,
    /// Nothing but NULL (the literal).
    Null,
}

impl Type {
    /// Its name as a question writes it: `number`, `date`, ….
    pub fn name(self) -> &'static str {
        match self {
            Type::Dynamic => "dynamic",
            Type::Text => "text",
            Type::Number => "number",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
            Type::Interval(_) => "interval",
            Type::Boolean => "boolean",
            Type::Null => "null",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One value. `Copy`, so that columns of values are plain vectors.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// `mantissa · 10^-scale`, the short form that nearly every number has.
    Short {
        /// All digits, signed.
        mantissa: i64,
        /// Digits after the point, at most 38.
        scale: u8,
    },
    /// A decimal whose mantissa passes 64 bits.
    Wide(&'a Decimal),
    /// A finite number that is no short decimal: of a function of reals, or with an exponent too large.
    Real(f64),
    /// Bytes; also every value of a dynamic column. Never empty when it is a field as it was read (empty is NULL).
    Text(&'a [u8]),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
}

impl<'a> Value<'a> {
    /// The whole number `n`.
    pub fn integer(n: i64) -> Value<'a> {
        Value::Short { mantissa: n, scale: 0 }
    }

    /// `decimal` in its short form where it has one, else in `arena`.
    #[inline]
    pub fn decimal(decimal: Decimal, arena: &'a Bump) -> Value<'a> {
        match i64::try_from(decimal.mantissa) {
            Ok(mantissa) => Value::Short { mantissa, scale: decimal.scale },
            Err(_) => Value::Wide(arena.alloc(decimal)),
        }
    }

    /// The type that the value has by itself; of bytes it is text.
    pub fn natural_type(self) -> Type {
        match self {
            Value::Null => Type::Null,
            Value::Boolean(_) => Type::Boolean,
            Value::Short { .. } | Value::Wide(_) | Value::Real(_) => Type::Number,
            Value::Text(_) => Type::Text,
            Value::Date(_) => Type::Date,
            Value::Timestamp(_) => Type::Timestamp,
        }
    }

    /// Whether this is NULL.
    #[inline]
    pub fn is_null(self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether this is `true`: neither `false` nor NULL.
    #[inline]
    pub fn is_true(self) -> bool {
        matches!(self, Value::Boolean(true))
    }
}

/// An exact decimal: `mantissa · 10^-scale`, `|mantissa| < 10^38`, `scale ≤ 38`.
///
/// Several spell one number (`1.5`, `1.50`): compare with [`number::compare`](super::number::compare), key with
/// [`Decimal::stripped`].
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// All digits, signed.
    pub mantissa: i128,
    /// Digits after the point.
    pub scale: u8,
}
