//! `approx_count_distinct`: about how many different values there are, in 4 KiB a group whatever their number.
//!
//! A HyperLogLog sketch of 4,096 registers, the Apache DataSketches library's. Its registers are maxima of hashes with a fixed
//! seed, so the estimate made of them alone (the "composite" one) does not depend on who saw which row when; the library's
//! other estimate, which follows the rows as they come, would, and is not used.
//!
//! The bounds are two standard errors, 1.04/√4096 each: the true count lies between them in about 95 of 100 cases.

use bumpalo::Bump;
use datasketches::hll::{HllSketch, HllType, HllUnion};

use super::AggregateFunction;
use super::functions::{Asked, Bound};
use super::states::{Fold, States};
use crate::exprs::{Misuse, Type, Value, codec};

pub(super) const APPROX_COUNT_DISTINCT: AggregateFunction = AggregateFunction {
    name: "approx_count_distinct",
    signature: "approx_count_distinct(value)",
    doc: "About how many different values there are: HyperLogLog, 3.25 % off at most in 95 of 100 cases. Not exact.",
    bind: |asked| bind(asked, APPROX_COUNT_DISTINCT.signature, Told::Estimate),
};

pub(super) const APPROX_COUNT_DISTINCT_HIGH: AggregateFunction = AggregateFunction {
    name: "approx_count_distinct_high",
    signature: "approx_count_distinct_high(value)",
    doc: "The number of different values that is not passed in about 97 of 100 cases. Not exact.",
    bind: |asked| bind(asked, APPROX_COUNT_DISTINCT_HIGH.signature, Told::High),
};

pub(super) const APPROX_COUNT_DISTINCT_LOW: AggregateFunction = AggregateFunction {
    name: "approx_count_distinct_low",
    signature: "approx_count_distinct_low(value)",
    doc: "The number of different values that is reached in about 97 of 100 cases. Not exact.",
    bind: |asked| bind(asked, APPROX_COUNT_DISTINCT_LOW.signature, Told::Low),
};

fn bind(asked: Asked, signature: &str, told: Told) -> Result<Bound, Misuse> {
    let [value] = asked.unordered()?.not_distinct()?.arguments(signature)?;
    let make = move || Box::new(States::new(Different { told })) as Box<_>;
    Ok(Bound::rows(value, Type::Number, make).approximate())
}

/// What is told of the sketch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Told {
    Estimate,
    Low,
    High,
}

/// Registers: 2^12.
const LG_REGISTERS: u8 = 12;

/// Two standard errors.
const ERROR: f64 = 2.0 * 1.04 / 64.0;

/// Counts different values by a sketch.
#[derive(Clone, Copy, Debug)]
pub struct Different {
    /// What of it.
    pub told: Told,
}

/// The sketch; none without values.
#[derive(Debug, Default)]
pub struct Sketch(Option<Box<HllSketch>>);

impl Sketch {
    fn get(&mut self) -> &mut HllSketch {
        self.0.get_or_insert_with(|| {
            Box::new(HllSketch::new(LG_REGISTERS, HllType::Hll8).expect("12 lies between 4 and 21"))
        })
    }
}

impl Fold for Different {
    type State = Sketch;

    fn update(&self, state: &mut Sketch, value: Value<'_>) {
        if value.is_null() {
            return;
        }
        let mut bytes = Vec::with_capacity(32);
        codec::encode(value, &mut bytes);
        state.get().update(bytes.as_slice());
    }

    fn merge(&self, into: &mut Sketch, from: Sketch) {
        match (&mut into.0, from.0) {
            (_, None) => {}
            (None, from) => into.0 = from,
            (Some(into), Some(from)) => {
                let mut union = HllUnion::new(LG_REGISTERS).expect("12 lies between 4 and 21");
                union.update(into);
                union.update(&from);
                **into = union.to_sketch(HllType::Hll8);
            }
        }
    }

    fn encode(&self, state: &Sketch, out: &mut Vec<u8>) {
        let bytes = state.0.as_ref().map_or_else(Vec::new, |sketch| sketch.serialize());
        codec::write_varint(bytes.len() as u64, out);
        out.extend_from_slice(&bytes);
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Sketch> {
        let len = usize::try_from(codec::read_varint(bytes)?).ok()?;
        let bytes = codec::take(bytes, len)?;
        if bytes.is_empty() {
            return Some(Sketch(None));
        }
        Some(Sketch(Some(Box::new(HllSketch::deserialize(bytes).ok()?))))
    }

    #[expect(clippy::cast_possible_truncation, reason = "an estimate of rows is far below 2^63")]
    fn finish<'a>(&self, state: &Sketch, _: &'a Bump) -> Result<Value<'a>, String> {
        let Some(sketch) = &state.0 else { return Ok(Value::integer(0)) };
        let estimate = sketch.composite_estimate();
        let told = match self.told {
            Told::Estimate => estimate.round(),
            Told::Low => (estimate / (1.0 + ERROR)).floor(),
            Told::High => (estimate / (1.0 - ERROR)).ceil(),
        };
        Ok(Value::integer(told as i64))
    }

    fn heap_bytes(&self, state: &Sketch) -> usize {
        state.0.as_ref().map_or(0, |sketch| sketch.estimated_size() + size_of::<HllSketch>() + 32)
    }
}
