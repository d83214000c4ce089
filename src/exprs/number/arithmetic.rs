//! Two numbers in, one out: exact while both are decimals, except `/`, which is a real rounded once.
//!
//! A decimal result is exact or [`OutOfRange`], never rounded and never wrapped, and whether it fits does not depend on how
//! its operands were written (`1.50` or `1.5`). With one real operand the other becomes its nearest real first.
//!
//! The obvious way computes in 256 bits throughout. Departure: 128 bits are tried first, which 64-bit mantissas never pass.

use ethnum::I256;
use thiserror::Error;

use super::{Number, POWERS, ratio};
use crate::exprs::value::Decimal;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutOfRange {
    /// The exact result has more than 38 digits.
    #[error("the exact result passes 38 digits; round() an operand first, or divide one by 1 to compute in reals")]
    Decimal,
    /// The real result passes the largest real.
    #[error("the result passes 1.8e308, the range of reals")]
    Real,
}

type Result = std::result::Result<Number, OutOfRange>;

/// `a + b`.
#[inline]
pub fn add(a: Number, b: Number) -> Result {
    match (a, b) {
        (Number::Decimal(a), Number::Decimal(b)) => sum(a, b),
        _ => finite(a.real() + b.real()),
    }
}

/// `a - b`.
#[inline]
pub fn subtract(a: Number, b: Number) -> Result {
    add(a, negate(b))
}

/// `-a`.
#[inline]
pub fn negate(a: Number) -> Number {
    match a {
        Number::Decimal(a) => Number::Decimal(Decimal { mantissa: -a.mantissa, ..a }),
        Number::Real(a) => Number::Real(-a),
    }
}

/// `a · b`.
#[inline]
pub fn multiply(a: Number, b: Number) -> Result {
    let (Number::Decimal(a), Number::Decimal(b)) = (a, b) else { return finite(a.real() * b.real()) };
    let scale = u32::from(a.scale) + u32::from(b.scale);
    match a.mantissa.checked_mul(b.mantissa) {
        Some(product) => Decimal::fitting(product, scale).ok_or(OutOfRange::Decimal).map(Number::Decimal),
        None => {
            let (a, b) = (a.stripped(), b.stripped());
            fit(I256::new(a.mantissa) * I256::new(b.mantissa), u32::from(a.scale) + u32::from(b.scale))
        }
    }
}

/// `a / b`, the real nearest to the exact quotient; `None` where `b` is zero.
pub fn divide(a: Number, b: Number) -> std::result::Result<Option<Number>, OutOfRange> {
    let (Number::Decimal(a), Number::Decimal(b)) = (a, b) else {
        let divisor = b.real();
        return if divisor == 0.0 { Ok(None) } else { finite(a.real() / divisor).map(Some) };
    };
    if b.mantissa == 0 {
        return Ok(None);
    }
    let sign = b.mantissa.signum();
    let (numerator, divisor) = (sign * a.mantissa, sign * b.mantissa);
    // The smaller scale is brought up to the larger.
    let up = |n: i128, from: u8, to: u8| (n, POWERS[usize::from(to.saturating_sub(from))]);
    let ((n, by), (d, into)) = (up(numerator, a.scale, b.scale), up(divisor, b.scale, a.scale));
    let real = match (n.checked_mul(by), d.checked_mul(into)) {
        (Some(numerator), Some(divisor)) => ratio::quotient(numerator, divisor),
        _ => {
            let (numerator, divisor) = (I256::new(n) * I256::new(by), I256::new(d) * I256::new(into));
            let sign = if n < 0 { -1.0 } else { 1.0 };
            ratio::nearest(sign, numerator.unsigned_abs(), divisor.unsigned_abs())
        }
    };
    Ok(Some(Number::Real(real)))
}

/// `a // b`: the quotient without its fraction, cut towards zero as DuckDB's; `None` where `b` is zero.
pub fn integer_divide(a: Number, b: Number) -> std::result::Result<Option<Number>, OutOfRange> {
    let (Number::Decimal(a), Number::Decimal(b)) = (a, b) else {
        let divisor = b.real();
        return if divisor == 0.0 { Ok(None) } else { finite((a.real() / divisor).trunc()).map(Some) };
    };
    if b.mantissa == 0 {
        return Ok(None);
    }
    let (a, b, _) = aligned(a, b);
    fit(a / b, 0).map(Some)
}

/// `a % b`: what `a // b` leaves, with the sign of `a`; `None` where `b` is zero.
pub fn remainder(a: Number, b: Number) -> std::result::Result<Option<Number>, OutOfRange> {
    let (Number::Decimal(a), Number::Decimal(b)) = (a, b) else {
        let divisor = b.real();
        return if divisor == 0.0 { Ok(None) } else { finite(a.real() % divisor).map(Some) };
    };
    if b.mantissa == 0 {
        return Ok(None);
    }
    let (a, b, scale) = aligned(a, b);
    fit(a % b, scale).map(Some)
}

/// `a` with `places` digits after the point (before it where negative), halves away from zero; a decimal stays exact.
pub fn round(a: Number, places: i32) -> Result {
    match a {
        Number::Decimal(a) => round_decimal(a, places).map(Number::Decimal),
        Number::Real(a) => finite(round_real(a, places)),
    }
}

/// The greatest whole number that is not above `a`.
pub fn floor_at(a: Number) -> Number {
    match a {
        Number::Decimal(a) => Number::Decimal(Decimal::integer(a.mantissa.div_euclid(POWERS[usize::from(a.scale)]))),
        Number::Real(a) => Number::Real(a.floor()),
    }
}

#[inline]
fn sum(a: Decimal, b: Decimal) -> Result {
    if a.scale == b.scale
        && let Some(mantissa) = a.mantissa.checked_add(b.mantissa)
        && mantissa.unsigned_abs() < POWERS[38].unsigned_abs()
    {
        return Ok(Number::Decimal(Decimal { mantissa, scale: a.scale }));
    }
    let (a, b, scale) = aligned(a, b);
    fit(a + b, scale)
}

/// Both mantissas at the larger scale.
fn aligned(a: Decimal, b: Decimal) -> (I256, I256, u32) {
    let scale = a.scale.max(b.scale);
    let at = |d: Decimal| I256::new(d.mantissa) * I256::new(POWERS[usize::from(scale - d.scale)]);
    (at(a), at(b), scale.into())
}

/// `mantissa · 10^-scale` as a decimal, exactly.
fn fit(mut mantissa: I256, mut scale: u32) -> Result {
    while scale > 0 && (scale > 38 || i128::try_from(mantissa).is_err()) && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    let mantissa = i128::try_from(mantissa).map_err(|_| OutOfRange::Decimal)?;
    Decimal::fitting(mantissa, scale).ok_or(OutOfRange::Decimal).map(Number::Decimal)
}

fn finite(real: f64) -> Result {
    if real.is_finite() { Ok(Number::Real(real)) } else { Err(OutOfRange::Real) }
}

fn round_decimal(a: Decimal, places: i32) -> std::result::Result<Decimal, OutOfRange> {
    let drop = i64::from(a.scale) - i64::from(places);
    let Ok(drop) = usize::try_from(drop) else { return Ok(a) };
    // Where more than 38 digits go, less than half a unit was there.
    let Some(&power) = POWERS.get(drop) else { return Ok(Decimal::integer(0)) };
    let (whole, rest) = (a.mantissa / power, a.mantissa % power);
    let up = if rest.abs() >= power - rest.abs() { a.mantissa.signum() } else { 0 };
    let mantissa = whole + up;
    match u8::try_from(places) {
        Ok(scale) => Ok(Decimal { mantissa, scale }),
        // Before the point the zeros come back.
        Err(_) => mantissa
            .checked_mul(POWERS[drop - usize::from(a.scale)])
            .and_then(|mantissa| Decimal::fitting(mantissa, 0))
            .ok_or(OutOfRange::Decimal),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is cast is below 10^37")]
fn round_real(a: f64, places: i32) -> f64 {
    if places < 0 {
        // Only the whole part decides; beyond 10^37 there is no tie to find.
        return match a.abs() < 1e37 {
            true => round_decimal(Decimal::integer(a.trunc() as i128), places).map_or(a, Decimal::real),
            false => a,
        };
    }
    let places = usize::try_from(places).unwrap_or(0).min(400);
    // A tie has exactly one digit more, a five; `{:.n}` would send it to the even neighbour.
    let longer = format!("{a:.*}", places + 1);
    if longer.ends_with('5')
        && let Some(tie @ Number::Decimal(decimal)) = super::parse(longer.as_bytes())
        && super::compare(tie, Number::Real(a)).is_eq()
    {
        return round_decimal(decimal, i32::try_from(places).unwrap_or(0)).map_or(a, Decimal::real);
    }
    format!("{a:.places$}").parse().unwrap_or(a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        super::super::parse(text.as_bytes()).unwrap()
    }

    fn text(number: Number) -> String {
        let mut out = Vec::new();
        super::super::write(number, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn check(op: fn(Number, Number) -> Result, cases: &[(&str, &str, &str)]) {
        for (a, b, expected) in cases {
            let found = op(number(a), number(b)).map_or_else(|error| format!("{error:?}"), text);
            assert_eq!(found, *expected, "{a}, {b}");
        }
    }

    const NINES: &str = "99999999999999999999999999999999999999";

    #[test]
    fn sums_and_products_of_decimals_are_exact_or_refused() {
        check(
            add,
            &[
                ("0.1", "0.2", "0.3"),
                ("1.50", "2.5", "4"),
                ("-1", "0.001", "-0.999"),
                ("9223372036854775807", "1", "9223372036854775808"),
                (NINES, "1", "Decimal"),
                (NINES, "0.0", NINES),
                ("90000000000000000000000000000000000000", "90000000000000000000000000000000000000", "Decimal"),
                ("0.1", "1e300", "1e300"),
                ("1.7e308", "1.7e308", "Real"),
            ],
        );
        check(
            subtract,
            &[("0.3", "0.1", "0.2"), (NINES, NINES, "0"), ("-9223372036854775808", "1", "-9223372036854775809")],
        );
        check(
            multiply,
            &[
                ("1.5", "1.5", "2.25"),
                ("9223372036854775807", "9223372036854775807", "85070591730234615847396907784232501249"),
                ("100000000000000000000", "10000000000000000000", "Decimal"),
                ("1e-30", "1e-30", "Decimal"),
                ("2e-20", "5e-19", "0.00000000000000000000000000000000000001"),
            ],
        );
    }

    #[test]
    fn a_quotient_is_the_nearest_real_and_nothing_by_zero() {
        let quotient = |a, b| divide(number(a), number(b)).unwrap().map_or("NULL".into(), text);
        for (a, b, expected) in [
            ("1", "3", "0.3333333333333333"),
            ("6", "2", "3.0"),
            ("0.3", "0.1", "3.0"),
            ("1", "0", "NULL"),
            ("1", "0.00", "NULL"),
            ("-1", "8", "-0.125"),
            (NINES, "1e-38", "1e76"),
            ("1e-38", NINES, "1e-76"),
        ] {
            assert_eq!(quotient(a, b), expected, "{a} / {b}");
        }
    }

    #[test]
    fn integer_division_cuts_towards_zero_and_leaves_the_remainder() {
        for (a, b, quotient, rest) in [
            ("5", "2", "2", "1"),
            ("-5", "2", "-2", "-1"),
            ("5", "-2", "-2", "1"),
            ("5.5", "2", "2", "1.5"),
            ("0.7", "0.2", "3", "0.1"),
            ("5.0e300", "1e300", "5.0", "0.0"),
        ] {
            assert_eq!(integer_divide(number(a), number(b)).unwrap().map(text).unwrap(), quotient, "{a} // {b}");
            assert_eq!(remainder(number(a), number(b)).unwrap().map(text).unwrap(), rest, "{a} % {b}");
        }
        assert!(integer_divide(number("1"), number("0")).unwrap().is_none());
        assert!(remainder(number("1"), number("0")).unwrap().is_none());
        assert_eq!(integer_divide(number(NINES), number("1e-38")).unwrap_err(), OutOfRange::Decimal);
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (a, places, expected) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.449", 1, "2.4"),
            ("2.45", 1, "2.5"),
            ("1234.567", -2, "1200"),
            ("1250", -2, "1300"),
            ("49", -2, "0"),
            ("3", 5, "3"),
            ("7", -40, "0"),
            ("0.0000000000000000000000000000000000005", 0, "0"),
        ] {
            assert_eq!(text(round(number(a), places).unwrap()), expected, "{a} {places}");
        }
        assert_eq!(round(number(NINES), -1).unwrap_err(), OutOfRange::Decimal);
        for (a, places, expected) in [
            (2.5, 0, 3.0),
            (0.125, 2, 0.13),
            (2.675, 2, 2.67),
            (-0.125, 2, -0.13),
            (1250.0, -2, 1300.0),
            (1e300, 3, 1e300),
        ] {
            assert_eq!(round_real(a, places), expected, "{a} {places}");
        }
    }

    #[test]
    fn floor_goes_down_on_both_sides_of_zero() {
        for (a, expected) in [("2.5", "2"), ("-2.5", "-3"), ("-2", "-2"), ("1e300", "1e300")] {
            assert_eq!(text(floor_at(number(a))), expected);
        }
    }

    proptest! {
        #[test]
        fn what_was_divided_is_put_together_again(a in any::<i64>(), scale_a in 0u8..10, b in any::<i64>(), scale_b in 0u8..10) {
            prop_assume!(b != 0);
            let (a, b) = (Decimal { mantissa: a.into(), scale: scale_a }, Decimal { mantissa: b.into(), scale: scale_b });
            let (a, b) = (Number::Decimal(a), Number::Decimal(b));
            let (Some(quotient), Some(rest)) = (integer_divide(a, b).unwrap(), remainder(a, b).unwrap()) else { panic!() };
            let again = add(multiply(quotient, b).unwrap(), rest).unwrap();
            prop_assert!(super::super::compare(again, a).is_eq());
        }

        #[test]
        fn a_quotient_of_decimals_is_what_long_division_spells(a in any::<i64>(), b in 1i64.., scale in 0u8..=18) {
            let found = divide(Number::Decimal(Decimal { mantissa: a.into(), scale }), Number::Decimal(Decimal::integer(b.into())));
            let exact = ratio::ratio(I256::from(a), scale, b.unsigned_abs());
            prop_assert!(matches!(found, Ok(Some(Number::Real(real))) if real == exact));
        }
    }
}
