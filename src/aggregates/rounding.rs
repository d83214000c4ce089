//! Fractions of whole numbers of any size in, the nearest reals out: where exact statistics are rounded, once.

use num_bigint::{BigInt, BigUint, Sign};

use super::real::scale_by_power_of_two;

/// The bits of a quotient that are looked at; more than the 53 of a real, and what is behind them is remembered in one more.
const BITS: u64 = 66;

/// The real nearest to `numerator / denominator`, ties to even; infinite beyond the range of reals. `denominator > 0`.
pub(super) fn nearest(numerator: &BigInt, denominator: &BigUint) -> f64 {
    let magnitude = numerator.magnitude();
    if magnitude.bits() == 0 {
        return 0.0;
    }
    let shift = shift(BITS, magnitude, denominator);
    let (quotient, is_exact) = divide(magnitude, denominator, shift);
    let real = scale_by_power_of_two(with_rest(&quotient, is_exact), -shift - 1);
    if numerator.sign() == Sign::Minus { -real } else { real }
}

/// The real nearest to the square root of `numerator / denominator`. `denominator > 0`.
pub(super) fn nearest_root(numerator: &BigUint, denominator: &BigUint) -> f64 {
    if numerator.bits() == 0 {
        return 0.0;
    }
    let shift = shift(2 * BITS, numerator, denominator);
    let shift = shift + shift % 2;
    let (quotient, is_exact) = divide(numerator, denominator, shift);
    let root = quotient.sqrt();
    let is_exact = is_exact && &root * &root == quotient;
    scale_by_power_of_two(with_rest(&root, is_exact), -shift / 2 - 1)
}

/// The places by which `numerator` has to be moved so that its quotient has about `bits` bits.
fn shift(bits: u64, numerator: &BigUint, denominator: &BigUint) -> i32 {
    let places = i128::from(bits) + i128::from(denominator.bits()) - i128::from(numerator.bits());
    i32::try_from(places).unwrap_or(i32::MAX)
}

fn divide(numerator: &BigUint, denominator: &BigUint, shift: i32) -> (BigUint, bool) {
    let (numerator, denominator) = match shift {
        0.. => (numerator << shift.unsigned_abs(), denominator.clone()),
        _ => (numerator.clone(), denominator << shift.unsigned_abs()),
    };
    let quotient = &numerator / &denominator;
    let is_exact = &quotient * &denominator == numerator;
    (quotient, is_exact)
}

/// The bits with one more behind them, which says whether there are others.
fn with_rest(bits: &BigUint, is_exact: bool) -> u128 {
    let digits: Vec<u64> = bits.iter_u64_digits().collect();
    let word = |i: usize| digits.get(i).copied().map_or(0, u128::from);
    (word(1) << 64 | word(0)) << 1 | u128::from(!is_exact)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unsigned(n: u128) -> BigUint {
        BigUint::from(n)
    }

    #[test]
    fn quotients_and_roots_are_rounded_once() {
        for (a, b, expected) in
            [(1i64, 3, 1.0 / 3.0), (-7, 2, -3.5), (0, 5, 0.0), (9_007_199_254_740_993, 1, 9_007_199_254_740_992.0)]
        {
            assert_eq!(nearest(&BigInt::from(a), &unsigned(b)), expected);
        }
        for (a, b, expected) in [(2u128, 1, 2f64.sqrt()), (9, 4, 1.5), (1, 1_000_000, 0.001), (0, 1, 0.0)] {
            assert_eq!(nearest_root(&unsigned(a), &unsigned(b)), expected);
        }
        let huge = unsigned(10).pow(400);
        assert_eq!(nearest(&BigInt::from(huge.clone()), &unsigned(1)), f64::INFINITY);
        assert_eq!(nearest(&BigInt::from(1), &huge), 0.0);
        assert_eq!(nearest(&BigInt::from(unsigned(10).pow(350)), &unsigned(10).pow(500)), 1e-150);
        assert_eq!(nearest(&BigInt::from(1), &unsigned(10).pow(310)), 1e-310, "below the normal reals");
    }

    proptest! {
        #[test]
        fn quotients_are_those_of_reals(a in -(1i64 << 53)..1 << 53, b in 1i64..1 << 53) {
            prop_assert_eq!(nearest(&BigInt::from(a), &unsigned(b.unsigned_abs().into())), a as f64 / b as f64);
        }

        #[test]
        fn roots_are_those_of_reals(a in 0u64..1 << 53) {
            prop_assert_eq!(nearest_root(&unsigned(a.into()), &unsigned(1)), (a as f64).sqrt());
        }
    }
}
