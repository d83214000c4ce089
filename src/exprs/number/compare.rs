//! Two numbers in, their order out: by what they are, whatever their scale, exact also between decimals and reals.
//!
//! The obvious way casts the decimal to `f64`, which makes 2^53 and 2^53 + 1 equal. Departure: the cast only decides where
//! it differs; where it does not, the remainder is compared in 256 bits.

use std::cmp::Ordering;

use ethnum::I256;

use super::{Number, POWERS};
use crate::exprs::value::Decimal;

/// The order of `a` and `b` on the number line; a NaN, which no value of ours is, comes last.
pub fn compare(a: Number, b: Number) -> Ordering {
    match (a, b) {
        (Number::Decimal(a), Number::Decimal(b)) => decimals(a, b),
        (Number::Decimal(a), Number::Real(b)) => decimal_and_real(a, b),
        (Number::Real(a), Number::Decimal(b)) => decimal_and_real(b, a).reverse(),
        (Number::Real(a), Number::Real(b)) => reals(a, b),
    }
}

fn reals(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Exact order of decimals of any scale.
pub(super) fn decimals(a: Decimal, b: Decimal) -> Ordering {
    match a.scale.cmp(&b.scale) {
        Ordering::Equal => a.mantissa.cmp(&b.mantissa),
        Ordering::Less => scaled(a, b),
        Ordering::Greater => scaled(b, a).reverse(),
    }
}

/// `a` of the smaller scale against `b`.
fn scaled(a: Decimal, b: Decimal) -> Ordering {
    match a.mantissa.checked_mul(POWERS[usize::from(b.scale - a.scale)]) {
        Some(mantissa) => mantissa.cmp(&b.mantissa),
        // Past 2^127 it is farther from zero than any mantissa.
        None => a.mantissa.cmp(&0),
    }
}

/// Exact order of a decimal and a real.
fn decimal_and_real(a: Decimal, b: f64) -> Ordering {
    if b.is_nan() {
        return Ordering::Less;
    }
    match a.real().partial_cmp(&b) {
        Some(Ordering::Equal) | None => a.against_its_real(),
        Some(order) => order,
    }
}

impl Decimal {
    /// How this number lies to the real nearest to it: what rounding took away.
    pub(in crate::exprs) fn against_its_real(self) -> Ordering {
        const EXACT: i64 = 1 << 53;
        if let Ok(mantissa) = i64::try_from(self.mantissa)
            && (-EXACT..=EXACT).contains(&mantissa)
            && self.scale <= 22
        {
            if self.scale == 0 {
                return Ordering::Equal;
            }
            // Both are exact reals, and a fused step rounds once, which keeps the sign.
            let rest = (-self.real()).mul_add(POWERS[usize::from(self.scale)] as f64, mantissa as f64);
            return rest.partial_cmp(&0.0).unwrap_or(Ordering::Equal);
        }
        let real = self.real();
        if real == 0.0 {
            return Ordering::Equal;
        }
        let bits = real.to_bits();
        // A decimal's real is normal: |real| is 0 or at least 10^-38.
        let exponent = i64::from((bits >> 52) as u16 & 0x7FF) - 1075;
        let fraction = I256::from((bits & ((1 << 52) - 1)) | 1 << 52);
        let significand = if real < 0.0 { -fraction } else { fraction };
        // mantissa / 10^scale against significand · 2^exponent; as both are nearly equal, neither product passes 2^254.
        let mut left = I256::new(self.mantissa);
        let mut right = significand * I256::new(POWERS[usize::from(self.scale)]);
        if exponent < 0 {
            left <<= exponent.unsigned_abs();
        } else {
            right <<= exponent.unsigned_abs();
        }
        left.cmp(&right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(mantissa: i128, scale: u8) -> Number {
        Number::Decimal(Decimal { mantissa, scale })
    }

    #[test]
    fn numbers_are_compared_as_what_they_are() {
        use Ordering::*;
        for (a, b, order) in [
            (decimal(15, 1), decimal(150, 2), Equal),
            (decimal(-15, 1), decimal(-149, 2), Less),
            (decimal(POWERS[37] * 9, 0), decimal(1, 38), Greater),
            (decimal(-POWERS[37] * 9, 0), decimal(-1, 38), Less),
            (decimal(5, 1), Number::Real(0.5), Equal),
            (decimal(1, 1), Number::Real(0.1), Less),
            (decimal(3, 1), Number::Real(0.3), Greater),
            (decimal(9_007_199_254_740_993, 0), Number::Real(9_007_199_254_740_992.0), Greater),
            (decimal(0, 7), Number::Real(-0.0), Equal),
            (decimal(0, 0), Number::Real(5e-324), Less),
            (decimal(POWERS[38] - 1, 0), Number::Real(1e38), Greater),
            (decimal(POWERS[38] - 1, 0), Number::Real(f64::MAX), Less),
        ] {
            assert_eq!(compare(a, b), order, "{a:?} {b:?}");
            assert_eq!(compare(b, a), order.reverse(), "{b:?} {a:?}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_lies_to_a_real_as_to_the_digits_of_the_real(mantissa in any::<i128>(), shift in 1u32..127, scale in 0u8..=38, ulps in -2i64..=2) {
            let a = Decimal { mantissa: mantissa >> shift, scale };
            prop_assume!(a.mantissa != 0 && a.mantissa.abs() < POWERS[38]);
            let real = f64::from_bits(a.real().to_bits().wrapping_add_signed(ulps));
            // All the digits there are: at most 180 after the point.
            let (exact, own) = (format!("{real:.200}"), format!("{}", a.mantissa.unsigned_abs()));
            let own = format!("{own:0>width$}", width = usize::from(scale) + 1);
            let (whole, fraction) = own.split_at(own.len() - usize::from(scale));
            let own = format!("{whole:0>60}.{fraction:0<200}");
            let exact = exact.trim_start_matches('-');
            let exact = format!("{:0>60}.{}", exact.split_once('.').unwrap().0, exact.split_once('.').unwrap().1);
            let order = if a.mantissa < 0 { exact.cmp(&own) } else { own.cmp(&exact) };
            prop_assert_eq!(compare(Number::Decimal(a), Number::Real(real)), order);
        }
    }
}
