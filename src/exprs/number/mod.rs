//! Numbers: exact decimals of up to 38 digits while that is what they are, reals (finite `f64`) from there on.
//!
//! Text becomes a number in [`parse()`], a number becomes text in [`write()`], and between the two lie an exact order
//! ([`compare()`]), exact arithmetic and one rounding ([`ratio()`]). Knows nothing of columns, NULL or where a number came from.
//!
//! The obvious way is `f64`, or `i128` throughout. Instead:
//! 1. a mantissa of 64 bits and a scale ([`Value::Short`]) is what CSV is full of, and every operation tries it first;
//! 2. nothing exact becomes a real unless the operation is one of reals, so sums and keys stay what was written;
//! 3. a decimal and a real are compared as the numbers they are, not after a cast that could make two of them equal.

mod arithmetic;
mod compare;
mod eight;
mod parse;
mod ratio;
mod write;

pub use arithmetic::{OutOfRange, add, divide, floor_at, integer_divide, multiply, negate, remainder, round, subtract};
pub use compare::compare;
pub use eight::Eight;
pub(super) use parse::{are_digits, eight_digits};
pub use parse::{is_plain, parse, parse_head, parse_plain_short, parse_short, parse_value};
pub use ratio::ratio;
pub(super) use write::with_digits;
pub use write::{write, write_integer};

use bumpalo::Bump;

use super::value::{Decimal, Value};

/// `POWERS[k]` is 10^k.
pub const POWERS: [i128; 39] = {
    let mut powers = [1i128; 39];
    let mut k = 1;
    while k < 39 {
        powers[k] = powers[k - 1] * 10;
        k += 1;
    }
    powers
};

/// A number out of its [`Value`]: what arithmetic works on.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// Exact.
    Decimal(Decimal),
    /// Finite.
    Real(f64),
}

impl Number {
    /// The number that `value` holds; `None` for NULL and every value that is no number.
    #[inline]
    pub fn of(value: Value<'_>) -> Option<Number> {
        match value {
            Value::Short { mantissa, scale } => Some(Number::Decimal(Decimal { mantissa: mantissa.into(), scale })),
            Value::Wide(decimal) => Some(Number::Decimal(*decimal)),
            Value::Real(real) => Some(Number::Real(real)),
            _ => None,
        }
    }

    /// The value that holds it, in `arena` where it is wide.
    #[inline]
    pub fn value<'a>(self, arena: &'a Bump) -> Value<'a> {
        match self {
            Number::Decimal(decimal) => Value::decimal(decimal, arena),
            Number::Real(real) => Value::Real(real),
        }
    }

    /// The nearest real, ties to even.
    pub fn real(self) -> f64 {
        match self {
            Number::Decimal(decimal) => decimal.real(),
            Number::Real(real) => real,
        }
    }
}

impl Decimal {
    /// The whole number `n`, `|n| < 10^38`.
    pub fn integer(n: i128) -> Decimal {
        Decimal { mantissa: n, scale: 0 }
    }

    /// `mantissa · 10^-scale` if it has at most 38 digits, of which at most 38 after the point, once superfluous zeros are gone.
    pub fn fitting(mantissa: i128, scale: u32) -> Option<Decimal> {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while (scale > 38 || mantissa.unsigned_abs() >= POWERS[38].unsigned_abs()) && scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let fits = mantissa.unsigned_abs() < POWERS[38].unsigned_abs();
        u8::try_from(scale).ok().filter(|&scale| fits && scale <= 38).map(|scale| Decimal { mantissa, scale })
    }

    /// The same number at its least scale: equal numbers become equal pairs, so this is what keys are made of.
    #[inline]
    pub fn stripped(self) -> Decimal {
        let Decimal { mut mantissa, mut scale } = self;
        if let Ok(mut short) = i64::try_from(mantissa) {
            while scale > 0 && short % 10 == 0 {
                short /= 10;
                scale -= 1;
            }
            return Decimal { mantissa: short.into(), scale };
        }
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Decimal { mantissa, scale }
    }

    /// The nearest real, ties to even.
    #[inline]
    pub fn real(self) -> f64 {
        ratio::quotient(self.mantissa, POWERS[usize::from(self.scale)])
    }
}
