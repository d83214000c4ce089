//! Two whole numbers in, the nearest real to their quotient out: the one rounding that exact sums go through.
//!
//! The obvious way casts both to `f64` and divides, which rounds three times. Departure: only where both casts are exact
//! is that done; everything else is divided in binary, 54 bits and a remainder, which is all that rounding can ask for.

use ethnum::{I256, U256};

/// `numerator / (10^scale · denominator)`, the nearest real, ties to even: a mean from an exact sum. 0 where `denominator` is 0.
///
/// `scale ≤ 38`.
pub fn ratio(numerator: I256, scale: u8, denominator: u64) -> f64 {
    if denominator == 0 {
        return 0.0;
    }
    let power = super::POWERS[usize::from(scale.min(38))].unsigned_abs();
    let divisor = U256::new(power) * U256::from(denominator);
    match (i128::try_from(numerator), i128::try_from(divisor)) {
        (Ok(numerator), Ok(divisor)) => quotient(numerator, divisor),
        _ => nearest(if numerator < 0 { -1.0 } else { 1.0 }, numerator.unsigned_abs(), divisor),
    }
}

/// `numerator / divisor`, `divisor > 0`, the nearest real, ties to even.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "both casts are exact below 2^53, which is checked")]
pub(super) fn quotient(numerator: i128, divisor: i128) -> f64 {
    const EXACT: i64 = 1 << 53;
    if let (Ok(numerator), Ok(divisor)) = (i64::try_from(numerator), i64::try_from(divisor))
        && (-EXACT..=EXACT).contains(&numerator)
        && divisor <= EXACT
    {
        return numerator as f64 / divisor as f64;
    }
    nearest(
        if numerator < 0 { -1.0 } else { 1.0 },
        U256::new(numerator.unsigned_abs()),
        U256::new(divisor.unsigned_abs()),
    )
}

/// `sign · numerator / divisor`; both below 2^255, `divisor > 0`.
#[expect(clippy::cast_precision_loss, reason = "the mantissa has at most 54 bits, the last of them zero")]
pub(super) fn nearest(sign: f64, mut numerator: U256, mut divisor: U256) -> f64 {
    if numerator == 0 {
        return 0.0;
    }
    // Bring the quotient to 1 ≤ q < 2 and remember the power of two.
    let mut exponent = i64::from(divisor.leading_zeros()) - i64::from(numerator.leading_zeros());
    if exponent > 0 {
        divisor <<= exponent.unsigned_abs();
    } else {
        numerator <<= exponent.unsigned_abs();
    }
    if numerator < divisor {
        numerator <<= 1;
        exponent -= 1;
    }
    let mut bits = 0u64;
    for _ in 0..54 {
        bits <<= 1;
        if numerator >= divisor {
            numerator -= divisor;
            bits |= 1;
        }
        numerator <<= 1;
    }
    // The last bit is half a unit; what is left decides, or the even neighbour.
    let (mut mantissa, half) = (bits >> 1, bits & 1 == 1);
    if half && (numerator != 0 || mantissa & 1 == 1) {
        mantissa += 1;
    }
    sign * mantissa as f64 * power_of_two(exponent - 52)
}

/// 2^exponent for exponents of normal reals.
pub(super) fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits((exponent + 1023).unsigned_abs() << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_mean_is_rounded_once() {
        for (sum, scale, n, mean) in [
            (237, 0, 3, 79.0),
            (1, 0, 3, 1.0 / 3.0),
            (3, 1, 1, 0.3),
            (-5, 1, 2, -0.25),
            (0, 5, 7, 0.0),
            (9_007_199_254_740_993, 0, 1, 9_007_199_254_740_992.0),
            (9_007_199_254_740_995, 0, 1, 9_007_199_254_740_996.0),
            (18_014_398_509_481_985, 0, 2, 9_007_199_254_740_992.0),
            (18_014_398_509_481_987, 0, 2, 9_007_199_254_740_994.0),
        ] {
            assert_eq!(ratio(I256::new(sum), scale, n), mean, "{sum} {scale} {n}");
        }
        assert_eq!(ratio(I256::new(10).pow(76), 0, u64::MAX), 1e76 / 18_446_744_073_709_551_615.0);
    }

    proptest! {
        #[test]
        fn a_decimal_becomes_the_real_that_its_text_spells(mantissa in any::<i128>(), shift in 1u32..127, scale in 0u8..=38) {
            let mantissa = mantissa >> shift;
            let text = format!("{mantissa}e-{scale}");
            prop_assert_eq!(ratio(I256::new(mantissa), scale, 1), text.parse::<f64>().unwrap());
        }

        /// The error times the divisor is at most half a unit in the last place, in whole numbers.
        #[test]
        fn no_neighbour_is_nearer(numerator in 1u128..(1 << 120), divisor in 1u64..) {
            let found = ratio(I256::from(numerator), 0, divisor);
            let distance = |real: f64| {
                // |numerator − real · divisor|, both times 2^64; reals here lie between 2^-64 and 2^120.
                let bits = real.to_bits();
                let (mantissa, exponent) = ((bits & ((1 << 52) - 1)) | 1 << 52, (bits >> 52) as i64 - 1075 + 117);
                let product = U256::from(mantissa) * U256::from(divisor);
                prop_assume!(exponent >= 0);
                let (left, right) = (U256::from(numerator) << 117u32, product << exponent.unsigned_abs());
                Ok(if left > right { left - right } else { right - left })
            };
            let own = distance(found)?;
            prop_assert!(own <= distance(f64::from_bits(found.to_bits() + 1))?);
            prop_assert!(own <= distance(f64::from_bits(found.to_bits() - 1))?);
        }
    }
}
