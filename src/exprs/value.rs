//! What a field or an expression spells: one value, 24 bytes, borrowed from the batch or the worker's arena.

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
    /// True or false.
    Boolean,
    /// Nothing but NULL (the literal).
    Null,
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
    /// A number that is no short decimal: of a function of reals, or with an exponent too large.
    Real(f64),
    /// Bytes; also every value of a dynamic column. Never empty when it is a field as it was read (empty is NULL).
    Text(&'a [u8]),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
}

/// An exact decimal: `mantissa · 10^-scale`, `|mantissa| < 10^38`, `scale ≤ 38`.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// All digits, signed.
    pub mantissa: i128,
    /// Digits after the point.
    pub scale: u8,
}
