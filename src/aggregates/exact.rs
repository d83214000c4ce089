//! Sums of numbers and of products of two, exact and without regard to order: what variances and correlations are made of.
//!
//! A product of two decimals has up to 76 digits, as many of them after the point; 256 bits hold it. The sum is kept in 256
//! bits at the largest scale seen, and goes on in an integer of any size, in units of 10^-76, when it outgrows them. Reals and
//! products with them go to a [`RealSum`], all of their bits.

use ethnum::I256;
use num_bigint::{BigInt, Sign};

use super::real::RealSum;
use crate::exprs::codec;
use crate::exprs::number::{Number, POWERS};

/// The largest scale of a product.
const SCALE: u8 = 76;

/// An exact sum.
#[derive(Debug, Default)]
pub(super) struct ExactSum {
    mantissa: I256,
    scale: u8,
    beyond: Option<Box<Beyond>>,
}

/// What does not fit the common state.
#[derive(Debug, Default)]
struct Beyond {
    /// In units of 10^-76.
    wide: BigInt,
    reals: RealSum,
}

impl ExactSum {
    /// Adds a number.
    #[inline]
    pub(super) fn add(&mut self, number: Number) {
        match number {
            Number::Decimal(decimal) => self.add_decimal(I256::new(decimal.mantissa), decimal.scale),
            Number::Real(real) => self.reals().add(real),
        }
    }

    /// Adds the product of two numbers.
    #[inline]
    pub(super) fn add_product(&mut self, a: Number, b: Number) {
        match (a, b) {
            (Number::Decimal(a), Number::Decimal(b)) => {
                let product = match a.mantissa.checked_mul(b.mantissa) {
                    Some(product) => I256::new(product),
                    None => I256::new(a.mantissa) * I256::new(b.mantissa),
                };
                self.add_decimal(product, a.scale + b.scale);
            }
            _ => {
                let (a, b) = (a.real(), b.real());
                self.reals().add_product(a, b);
            }
        }
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: &ExactSum) {
        self.add_decimal(other.mantissa, other.scale);
        if let Some(theirs) = &other.beyond {
            let ours = self.beyond.get_or_insert_default();
            ours.wide += &theirs.wide;
            ours.reals.merge(&theirs.reals);
        }
    }

    #[inline]
    fn add_decimal(&mut self, mantissa: I256, scale: u8) {
        if scale == self.scale
            && let Some(sum) = self.mantissa.checked_add(mantissa)
        {
            self.mantissa = sum;
        } else if mantissa != 0 {
            self.add_rescaled(mantissa, scale);
        }
    }

    fn add_rescaled(&mut self, mantissa: I256, scale: u8) {
        let common = scale.max(self.scale);
        let ours = self.mantissa.checked_mul(power(common - self.scale));
        let theirs = mantissa.checked_mul(power(common - scale));
        match ours.zip(theirs).and_then(|(ours, theirs)| ours.checked_add(theirs)) {
            Some(sum) => (self.mantissa, self.scale) = (sum, common),
            None => {
                let wide = self.wide();
                self.beyond.get_or_insert_default().wide = wide;
                (self.mantissa, self.scale) = (mantissa, scale);
            }
        }
    }

    fn reals(&mut self) -> &mut RealSum {
        &mut self.beyond.get_or_insert_default().reals
    }

    /// The decimal part in units of 10^-76.
    fn wide(&self) -> BigInt {
        let own = big(self.mantissa) * BigInt::from(10).pow(u32::from(SCALE - self.scale));
        self.beyond.as_ref().map_or_else(|| own.clone(), |beyond| &beyond.wide + &own)
    }

    /// The digits after the point and the binary places after it that the sum needs; `None` if it is infinite.
    pub(super) fn places(&self) -> Option<(u32, u32)> {
        match &self.beyond {
            None => Some((self.scale.into(), 0)),
            Some(beyond) => {
                let ten = if beyond.wide.sign() == Sign::NoSign { self.scale } else { SCALE };
                let (_, exponent) = beyond.reals.exact()?;
                Some((ten.into(), u32::try_from(-exponent).unwrap_or(0)))
            }
        }
    }

    /// The sum times `10^ten · 2^two`, which are at least its [`places`](ExactSum::places).
    pub(super) fn scaled(&self, ten: u32, two: u32) -> BigInt {
        let Some(beyond) = &self.beyond else {
            return (big(self.mantissa) * BigInt::from(10).pow(ten - u32::from(self.scale))) << two;
        };
        let decimals = match beyond.wide.sign() {
            Sign::NoSign => big(self.mantissa) * BigInt::from(10).pow(ten - u32::from(self.scale)),
            _ => self.wide() * BigInt::from(10).pow(ten - u32::from(SCALE)),
        };
        let (reals, exponent) = beyond.reals.exact().unwrap_or_default();
        let places = i64::from(two) + i64::from(exponent);
        (decimals << two) + ((reals << places.max(0)) * BigInt::from(10).pow(ten))
    }

    /// What the sum holds of memory beyond its own size.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.beyond {
            None => 0,
            Some(beyond) => size_of::<Beyond>() + 128 + beyond.reals.heap_bytes(),
        }
    }

    /// Appends the sum.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match (&self.beyond, i64::try_from(self.mantissa)) {
            (None, Ok(mantissa)) => {
                out.push(self.scale);
                codec::write_varint(codec::zigzag(mantissa), out);
            }
            (beyond, _) => {
                out.push(128 + self.scale);
                out.extend_from_slice(&self.mantissa.to_le_bytes());
                out.push(u8::from(beyond.is_some()));
                if let Some(beyond) = beyond {
                    let wide = beyond.wide.to_signed_bytes_le();
                    codec::write_varint(wide.len() as u64, out);
                    out.extend_from_slice(&wide);
                    beyond.reals.encode(out);
                }
            }
        }
    }

    /// The sum at the start of `bytes`, which are left behind it.
    pub(super) fn decode(bytes: &mut &[u8]) -> Option<ExactSum> {
        let [tag] = *codec::take(bytes, 1)?.first_chunk()?;
        let scale = tag & 127;
        if scale > SCALE {
            return None;
        }
        if tag < 128 {
            let mantissa = I256::from(codec::unzigzag(codec::read_varint(bytes)?));
            return Some(ExactSum { mantissa, scale, beyond: None });
        }
        let mantissa = I256::from_le_bytes(*codec::take(bytes, 32)?.first_chunk()?);
        let [more] = *codec::take(bytes, 1)?.first_chunk()?;
        let mut sum = ExactSum { mantissa, scale, beyond: None };
        if more != 0 {
            let len = usize::try_from(codec::read_varint(bytes)?).ok()?;
            let wide = BigInt::from_signed_bytes_le(codec::take(bytes, len)?);
            sum.beyond = Some(Box::new(Beyond { wide, reals: RealSum::decode(bytes)? }));
        }
        Some(sum)
    }
}

fn power(exponent: u8) -> I256 {
    match POWERS.get(usize::from(exponent)) {
        Some(&power) => I256::new(power),
        None => I256::new(POWERS[38]) * I256::new(POWERS[usize::from(exponent - 38)]),
    }
}

fn big(number: I256) -> BigInt {
    match i128::try_from(number) {
        Ok(number) => BigInt::from(number),
        Err(_) => BigInt::from_signed_bytes_le(&number.to_le_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::Decimal;

    fn decimal(mantissa: i128, scale: u8) -> Number {
        Number::Decimal(Decimal { mantissa, scale })
    }

    #[test]
    fn a_sum_outgrows_256_bits_and_comes_back() {
        let nines = decimal(10i128.pow(38) - 1, 0);
        let minus = decimal(1 - 10i128.pow(38), 0);
        let tiny = decimal(3, 38);
        let mut sum = ExactSum::default();
        for _ in 0..100 {
            sum.add_product(nines, nines);
        }
        sum.add_product(tiny, tiny);
        sum.add_product(decimal(1, 0), Number::Real(0.5));
        let mut bytes = Vec::new();
        sum.encode(&mut bytes);
        let mut other = ExactSum::decode(&mut bytes.as_slice()).expect("was encoded");
        for _ in 0..100 {
            other.add_product(nines, minus);
        }
        let (ten, two) = other.places().expect("finite");
        let expected = (BigInt::from(9) << two) + (BigInt::from(10).pow(ten) << (two - 1));
        assert_eq!((ten, other.scaled(ten, two)), (76, expected));
    }
}
