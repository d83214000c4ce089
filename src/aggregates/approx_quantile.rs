//! `approx_quantile`: about the value below which a fraction of the sorted ones lies, in at most 2,048 counters a group.
//!
//! A real is its sign, an exponent and 52 bits; values that agree in sign, exponent and the first bits share a counter, which
//! stands for the middle between its ends. So every value is known within a fixed part of itself, at first 1/256; when there are
//! more counters than there may be, all drop a bit. How many bits are left follows from the values alone, not from the order in
//! which they came, and counters add up: the law of merging holds and answers do not vary.
//!
//! The obvious way is the library's KLL sketch. Departure: it tosses coins at every compaction, so two runs over one file
//! differ, and what is merged first shows; its bound is one of ranks, too, which says nothing about the value.

use std::collections::BTreeMap;

use bumpalo::Bump;

use super::AggregateFunction;
use super::functions::{Asked, Bound, number};
use super::states::{Fold, States};
use crate::exprs::functions::required;
use crate::exprs::number::Number;
use crate::exprs::{Misuse, Type, Value, codec, operators};

pub(super) const APPROX_QUANTILE: AggregateFunction = AggregateFunction {
    name: "approx_quantile",
    signature: "approx_quantile(number, fraction)",
    doc: "About the value below which that fraction (0 to 1) lies; it lies between _low and _high. Not exact: quantile_cont is.",
    bind: |asked| bind(asked, APPROX_QUANTILE.signature, Told::Middle),
};

pub(super) const APPROX_QUANTILE_HIGH: AggregateFunction = AggregateFunction {
    name: "approx_quantile_high",
    signature: "approx_quantile_high(number, fraction)",
    doc: "A value that the quantile surely does not pass. Not exact.",
    bind: |asked| bind(asked, APPROX_QUANTILE_HIGH.signature, Told::High),
};

pub(super) const APPROX_QUANTILE_LOW: AggregateFunction = AggregateFunction {
    name: "approx_quantile_low",
    signature: "approx_quantile_low(number, fraction)",
    doc: "A value that the quantile surely reaches. Not exact.",
    bind: |asked| bind(asked, APPROX_QUANTILE_LOW.signature, Told::Low),
};

fn bind(asked: Asked, signature: &str, told: Told) -> Result<Bound, Misuse> {
    let [value, fraction] = required(asked.unordered()?.not_distinct()?.args, signature)?;
    let text = fraction.text.clone();
    let fraction = number(fraction, "the fraction")?.real();
    if !(0.0..=1.0).contains(&fraction) {
        return Err(Misuse::new(format!("the fraction {text} does not lie between 0 and 1"), "write it as 0.95"));
    }
    let value = operators::demand(value, Type::Number)?;
    let make = move || Box::new(States::new(Buckets { fraction, told })) as Box<_>;
    Ok(Bound::rows(value, Type::Number, make).approximate())
}

/// What is told of the counter at the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Told {
    Middle,
    Low,
    High,
}

/// A quantile of counters.
#[derive(Clone, Copy, Debug)]
pub struct Buckets {
    /// 0 to 1.
    pub fraction: f64,
    /// What of it.
    pub told: Told,
}

/// Counters of a group, at most.
const MOST: usize = 2048;

/// Bits of the fraction that tell counters apart, at first.
const BITS: u32 = 8;

/// Counters by the first bits of what they count; values in order.
#[derive(Debug, Default)]
pub struct Counters {
    /// By the value's bits, ordered and shifted by `52 − 8 + dropped`.
    counts: BTreeMap<i64, u64>,
    dropped: u32,
    n: u64,
}

/// Bits that order as reals do, as an integer: zero is 0, negative reals are below it.
fn ordered(real: f64) -> i64 {
    let bits = real.to_bits().cast_signed();
    if bits < 0 { -(bits & i64::MAX) } else { bits }
}

fn real(ordered: i64) -> f64 {
    let magnitude = f64::from_bits(ordered.unsigned_abs());
    if ordered < 0 { -magnitude } else { magnitude }
}

impl Counters {
    fn shift(&self) -> u32 {
        52 - BITS + self.dropped
    }

    fn add(&mut self, key: i64, count: u64) {
        *self.counts.entry(key).or_insert(0) += count;
        self.n += count;
        while self.counts.len() > MOST {
            self.drop_bit();
        }
    }

    /// Halves the counters: neighbours become one.
    fn drop_bit(&mut self) {
        self.dropped += 1;
        let mut halved = BTreeMap::new();
        for (key, count) in std::mem::take(&mut self.counts) {
            *halved.entry(coarser(key)).or_insert(0) += count;
        }
        self.counts = halved;
    }

    fn merge(&mut self, mut other: Counters) {
        while self.dropped < other.dropped {
            self.drop_bit();
        }
        while other.dropped < self.dropped {
            other.drop_bit();
        }
        for (key, count) in other.counts {
            // A merge may drop further bits on its way.
            let key = (other.dropped..self.dropped).fold(key, |key, _| coarser(key));
            self.add(key, count);
        }
    }
}

/// Towards zero, so that both signs are treated alike.
fn coarser(key: i64) -> i64 {
    key / 2
}

impl Fold for Buckets {
    type State = Counters;

    fn update(&self, state: &mut Counters, value: Value<'_>) {
        if let Some(number) = Number::of(value) {
            let key = ordered(number.real());
            // Towards zero, as bits are dropped later.
            state.add(key / (1 << state.shift()), 1);
        }
    }

    fn merge(&self, into: &mut Counters, from: Counters) {
        into.merge(from);
    }

    fn encode(&self, state: &Counters, out: &mut Vec<u8>) {
        codec::write_varint(state.counts.len() as u64, out);
        codec::write_varint(state.dropped.into(), out);
        let mut last = 0;
        for (&key, &count) in &state.counts {
            codec::write_varint(codec::zigzag(key - last), out);
            codec::write_varint(count, out);
            last = key;
        }
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Counters> {
        let len = codec::read_varint(bytes)?;
        let dropped = u32::try_from(codec::read_varint(bytes)?).ok()?;
        let mut state = Counters { dropped, ..Counters::default() };
        let mut key = 0i64;
        for _ in 0..len {
            key = key.checked_add(codec::unzigzag(codec::read_varint(bytes)?))?;
            let count = codec::read_varint(bytes)?;
            state.counts.insert(key, count);
            state.n += count;
        }
        Some(state)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among rows is no larger than their number"
    )]
    fn finish<'a>(&self, state: &Counters, _: &'a Bump) -> Result<Value<'a>, String> {
        if state.n == 0 {
            return Ok(Value::Null);
        }
        // Both values between which the exact quantile lies.
        let place = self.fraction * (state.n - 1) as f64;
        let (below, above) = (place.floor() as u64, place.ceil() as u64);
        let at = |place: u64| {
            let mut passed = 0;
            let found = state.counts.iter().find(|(_, count)| {
                passed += **count;
                passed > place
            });
            found.or(state.counts.last_key_value()).map_or(0, |(&key, _)| key)
        };
        let (low, _) = ends(at(below), state.shift());
        let (_, high) = ends(at(above), state.shift());
        Ok(Value::Real(match self.told {
            Told::Low => low,
            Told::High => high,
            Told::Middle => low / 2.0 + high / 2.0,
        }))
    }

    fn heap_bytes(&self, state: &Counters) -> usize {
        state.counts.len() * 24
    }
}

/// The least and the greatest real that a counter counts.
fn ends(key: i64, shift: u32) -> (f64, f64) {
    let (one, last) = (1i64 << shift, (1i64 << shift) - 1);
    match key {
        0 => (real(-last), real(last)),
        1.. => (real(key * one), real(key * one + last)),
        _ => (real(key * one - last), real(key * one)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(values: &[f64], fraction: f64, told: Told) -> f64 {
        let fold = Buckets { fraction, told };
        let mut state = Counters::default();
        values.iter().for_each(|&value| fold.update(&mut state, Value::Real(value)));
        match fold.finish(&state, &Bump::new()) {
            Ok(Value::Real(real)) => real,
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_quantile_lies_within_the_bounds(values in prop::collection::vec(any::<f64>(), 1..3000), fraction in 0.0f64..=1.0) {
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let place = fraction * (values.len() - 1) as f64;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among at most 3,000 values")]
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            prop_assert!(told(&values, fraction, Told::Low) <= below);
            prop_assert!(told(&values, fraction, Told::High) >= above);
        }
    }

    #[test]
    fn what_is_alike_is_known_within_a_256th() {
        let values: Vec<f64> = (1..=10_000).map(f64::from).collect();
        for (fraction, exact) in [(0.0, 1.0), (0.5, 5000.5), (0.99, 9900.01), (1.0, 10_000.0)] {
            let middle = told(&values, fraction, Told::Middle);
            assert!((middle - exact).abs() <= exact / 256.0, "{fraction}: {middle}");
        }
        assert_eq!(told(&[0.0], 0.5, Told::Middle), 0.0);
    }
}
