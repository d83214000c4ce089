//! Sums of reals that do not depend on order: every bit of every addend is kept.
//!
//! The obvious way, adding f64s, rounds at each step, so the result depends on threads and chunks. Instead a real is the
//! integer `m · 2^e` that it is: `e` chooses a bin of 32 binary places, and the bin adds `m` shifted into it as an i128. Bins
//! are few (neighbouring magnitudes share one) and held sparsely. Rounding happens once, at the end.
//!
//! Source: the "small superaccumulator", R. Neal, "Fast exact summation using small and large superaccumulators", 2015.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use crate::exprs::codec;

/// Binary places a bin.
const BIN_BITS: i32 = 32;

/// An exact sum of reals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RealSum {
    /// Bin `b` holds multiples of `2^(32·b)`; kept carried: below `2^32` in magnitude but for the top.
    bins: BTreeMap<i32, i128>,
    /// What infinities and NaNs come to; 0 without any. Adding those is order-free in IEEE 754 up to NaN's payload.
    special: f64,
}

impl RealSum {
    /// Adds a real.
    pub fn add(&mut self, real: f64) {
        if !real.is_finite() {
            self.special += real;
            return;
        }
        let (mantissa, exponent) = parts(real);
        if mantissa != 0 {
            self.add_to_bin(exponent.div_euclid(BIN_BITS), mantissa << exponent.rem_euclid(BIN_BITS));
        }
    }

    /// Adds the product of two reals, all of its up to 106 bits, also where it passes the range of reals.
    pub(super) fn add_product(&mut self, a: f64, b: f64) {
        if !a.is_finite() || !b.is_finite() {
            self.special += a * b;
            return;
        }
        let ((a, a_exponent), (b, b_exponent)) = (parts(a), parts(b));
        let (product, exponent) = (a * b, a_exponent + b_exponent);
        if product != 0 {
            let (bin, shift) = (exponent.div_euclid(BIN_BITS), exponent.rem_euclid(BIN_BITS));
            self.add_to_bin(bin, (product & i128::from(u64::MAX)) << shift);
            self.add_to_bin(bin + 2, product >> 64 << shift);
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &RealSum) {
        self.special += other.special;
        for (&bin, &amount) in &other.bins {
            self.add_to_bin(bin, amount);
        }
    }

    /// The sum, rounded once (to nearest, ties to even).
    pub fn value(&self) -> f64 {
        if self.special != 0.0 {
            return self.special;
        }
        // From the top: the leading bins make the mantissa, and whether anything stands below decides ties.
        let mut carried = self.clone();
        carried.carry();
        let negative = carried.bins.last_key_value().is_some_and(|(_, &top)| top < 0);
        if negative {
            carried.bins.values_mut().for_each(|amount| *amount = -*amount);
            carried.carry();
        }
        let Some((&top, _)) = carried.bins.last_key_value() else { return 0.0 };
        let mut mantissa: u128 = 0;
        let lowest_taken = top - 3;
        for bin in (lowest_taken..=top).rev() {
            mantissa = mantissa << 32 | carried.bins.get(&bin).map_or(0, |amount| amount.cast_unsigned());
        }
        let sticky = carried.bins.range(..lowest_taken).next().is_some();
        let magnitude = scale_by_power_of_two(mantissa | u128::from(sticky), lowest_taken * BIN_BITS);
        if negative { -magnitude } else { magnitude }
    }

    /// The sum as a whole number times a power of two; `None` where it is infinite or no number.
    pub(super) fn exact(&self) -> Option<(BigInt, i32)> {
        if self.special != 0.0 {
            return None;
        }
        let Some((&lowest, _)) = self.bins.first_key_value() else { return Some((BigInt::ZERO, 0)) };
        let whole = self.bins.iter().map(|(bin, amount)| BigInt::from(*amount) << ((bin - lowest) * BIN_BITS));
        Some((whole.sum(), lowest * BIN_BITS))
    }

    /// What the sum holds of memory beyond its own size.
    pub fn heap_bytes(&self) -> usize {
        self.bins.len() * 48
    }

    /// Appends the sum.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.special.to_le_bytes());
        codec::write_varint(self.bins.len() as u64, out);
        for (&bin, &amount) in &self.bins {
            codec::write_varint(codec::zigzag(i64::from(bin)), out);
            out.extend_from_slice(&amount.to_le_bytes());
        }
    }

    /// The sum at the start of `bytes`, which are left behind it.
    pub fn decode(bytes: &mut &[u8]) -> Option<RealSum> {
        let special = f64::from_le_bytes(*codec::take(bytes, 8)?.first_chunk()?);
        let mut bins = BTreeMap::new();
        for _ in 0..codec::read_varint(bytes)? {
            let bin = i32::try_from(codec::unzigzag(codec::read_varint(bytes)?)).ok()?;
            bins.insert(bin, i128::from_le_bytes(*codec::take(bytes, 16)?.first_chunk()?));
        }
        Some(RealSum { bins, special })
    }

    fn add_to_bin(&mut self, bin: i32, amount: i128) {
        let sum = self.bins.entry(bin).or_insert(0);
        *sum += amount;
        // An addend is below 2^95, a carried bin below 2^33: far from 2^127, and carried long before it.
        if sum.unsigned_abs() >> 120 != 0 {
            self.carry();
        }
    }

    /// Brings every bin but the top into `0 … 2^32 - 1`, and drops empty ones; the top bin's sign is then the sum's.
    fn carry(&mut self) {
        let mut next = self.bins.first_key_value().map(|(&bin, _)| bin);
        while let Some(bin) = next {
            let amount = self.bins.remove(&bin).unwrap_or(0);
            let (low, high) = (amount & 0xffff_ffff, amount >> 32);
            let is_top = self.bins.range(bin..).next().is_none();
            if is_top && (high == 0 || high == -1) {
                if amount != 0 {
                    self.bins.insert(bin, amount);
                }
                // A negative top of one bin stays as it is; the caller negates all of it.
                return;
            }
            if low != 0 {
                self.bins.insert(bin, low);
            }
            if high != 0 {
                *self.bins.entry(bin + 1).or_insert(0) += high;
            }
            next = self.bins.range(bin + 1..).next().map(|(&bin, _)| bin);
        }
    }
}

/// The whole number and the power of two that a finite real is the product of.
fn parts(real: f64) -> (i128, i32) {
    let bits = real.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).expect("eleven bits");
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    (if real < 0.0 { -mantissa } else { mantissa }, exponent)
}

/// `mantissa · 2^exponent`, rounded once, to nearest, ties to even.
pub(super) fn scale_by_power_of_two(mantissa: u128, exponent: i32) -> f64 {
    let Some(width) = mantissa.checked_ilog2().and_then(|log| i32::try_from(log).ok()) else { return 0.0 };
    // The unit in the last place of the result: 53 bits of mantissa, or 2^-1074 where that is more.
    let unit = (width + exponent - 52).max(-1074);
    let cut = unit - exponent;
    if cut <= 0 {
        // At most 53 bits: exact.
        #[expect(clippy::cast_precision_loss, reason = "at most 53 bits wide")]
        return times_power_of_two(mantissa as f64, exponent);
    }
    if cut > 127 {
        return 0.0;
    }
    let (kept, rest, half) = (mantissa >> cut, mantissa & ((1 << cut) - 1), 1u128 << (cut - 1));
    let rounded = kept + u128::from(rest > half || (rest == half && kept & 1 == 1));
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
    times_power_of_two(rounded as f64, unit)
}

/// `real · 2^exponent` in steps that stay exact.
fn times_power_of_two(mut real: f64, mut exponent: i32) -> f64 {
    while exponent != 0 {
        let step = exponent.clamp(-1000, 1000);
        real *= 2f64.powi(step);
        exponent -= step;
    }
    real
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(reals: &[f64]) -> RealSum {
        let mut sum = RealSum::default();
        reals.iter().for_each(|&real| sum.add(real));
        sum
    }

    #[test]
    fn what_cancels_leaves_what_was_small() {
        assert_eq!(sum(&[1e300, 1.0, -1e300]).value(), 1.0);
        assert_eq!(sum(&[0.1; 10]).value(), 1.0);
        assert_eq!(sum(&[f64::MIN_POSITIVE, -f64::MIN_POSITIVE / 2.0]).value(), f64::MIN_POSITIVE / 2.0);
        assert_eq!(sum(&[-1e-300, -1.0]).value(), -1.0);
        assert_eq!(sum(&[]).value(), 0.0);
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).value().is_nan());
    }

    #[test]
    fn integers_add_as_integers_do() {
        let reals: Vec<f64> = (0..1000).map(|i| f64::from(i * 7919 % 1000) * 1e12 - 3e14).collect();
        let exact: i128 = (0..1000i128).map(|i| i * 7919 % 1000 * 1_000_000_000_000 - 300_000_000_000_000).sum();
        #[expect(clippy::cast_precision_loss, reason = "rounds to nearest, as the sum has to")]
        let nearest = exact as f64;
        assert_eq!(sum(&reals).value(), nearest);
    }

    proptest! {
        #[test]
        fn one_real_is_itself(real in any::<f64>()) {
            prop_assert_eq!(sum(&[real]).value().to_bits() & !(1 << 63), (real + 0.0).to_bits() & !(1 << 63));
        }

        #[test]
        fn two_reals_add_as_ieee_adds(a in any::<f64>(), b in any::<f64>()) {
            let (ours, theirs) = (sum(&[a, b]).value(), a + b);
            prop_assert!(ours == theirs || (ours.is_nan() && theirs.is_nan()), "{ours} {theirs}");
        }

        #[test]
        fn no_order_and_no_cut_changes_the_sum(reals in prop::collection::vec(any::<f64>().prop_filter("finite", |r| r.is_finite()), 0..40), cut in 0usize..40) {
            let whole = sum(&reals).value();
            let reversed: Vec<f64> = reals.iter().rev().copied().collect();
            prop_assert_eq!(whole, sum(&reversed).value());
            let (left, right) = reals.split_at(cut.min(reals.len()));
            let mut merged = sum(right);
            let mut bytes = Vec::new();
            sum(left).encode(&mut bytes);
            merged.merge(&RealSum::decode(&mut bytes.as_slice()).expect("was encoded"));
            prop_assert_eq!(whole, merged.value());
        }
    }
}
