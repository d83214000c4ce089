//! `var_pop`, `var_samp`, `stddev_pop`, `stddev_samp`: from the exact sums of values and of squares, rounded once.

use bumpalo::Bump;
use num_bigint::BigUint;

use super::exact::ExactSum;
use super::functions::{Asked, Bound, only};
use super::rounding::{nearest, nearest_root};
use super::states::Fold;
use super::{AggregateFunction, states::States};
use crate::exprs::number::Number;
use crate::exprs::{Misuse, Type, Value, codec};

pub(super) const VAR_POP: AggregateFunction = AggregateFunction {
    name: "var_pop",
    signature: "var_pop(number)",
    doc: "The variance of all the values: the mean squared distance from their mean.",
    bind: |asked| bind(asked, VAR_POP.signature, Spread { is_sample: false, is_root: false }),
};

pub(super) const VAR_SAMP: AggregateFunction = AggregateFunction {
    name: "var_samp",
    signature: "var_samp(number)",
    doc: "The variance that the values, a sample, suggest: divided by one less than their number. NULL of one value.",
    bind: |asked| bind(asked, VAR_SAMP.signature, Spread { is_sample: true, is_root: false }),
};

pub(super) const VARIANCE: AggregateFunction = AggregateFunction {
    name: "variance",
    signature: "variance(number)",
    doc: "The same as var_samp.",
    bind: |asked| bind(asked, VARIANCE.signature, Spread { is_sample: true, is_root: false }),
};

pub(super) const STDDEV_POP: AggregateFunction = AggregateFunction {
    name: "stddev_pop",
    signature: "stddev_pop(number)",
    doc: "The standard deviation of all the values, the root of var_pop.",
    bind: |asked| bind(asked, STDDEV_POP.signature, Spread { is_sample: false, is_root: true }),
};

pub(super) const STDDEV_SAMP: AggregateFunction = AggregateFunction {
    name: "stddev_samp",
    signature: "stddev_samp(number)",
    doc: "The standard deviation that the values, a sample, suggest, the root of var_samp. NULL of one value.",
    bind: |asked| bind(asked, STDDEV_SAMP.signature, Spread { is_sample: true, is_root: true }),
};

pub(super) const STDDEV: AggregateFunction = AggregateFunction {
    name: "stddev",
    signature: "stddev(number)",
    doc: "The same as stddev_samp.",
    bind: |asked| bind(asked, STDDEV.signature, Spread { is_sample: true, is_root: true }),
};

fn bind(asked: Asked, signature: &str, fold: Spread) -> Result<Bound, Misuse> {
    let (value, asked) = only(asked, Type::Number, signature)?;
    Ok(Bound::rows(value, Type::Number, move || Box::new(States::new(fold))).distinct(asked.distinct))
}

/// How far values lie apart.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// Whether the values are a sample of all.
    pub is_sample: bool,
    /// Whether the root is wanted.
    pub is_root: bool,
}

/// How many values, their sum, the sum of their squares.
#[derive(Debug, Default)]
pub struct Moments {
    n: u64,
    sum: ExactSum,
    squares: ExactSum,
}

impl Fold for Spread {
    type State = Moments;

    fn update(&self, state: &mut Moments, value: Value<'_>) {
        let Some(number) = Number::of(value) else { return };
        state.n += 1;
        state.sum.add(number);
        state.squares.add_product(number, number);
    }

    fn merge(&self, into: &mut Moments, from: Moments) {
        into.n += from.n;
        into.sum.merge(&from.sum);
        into.squares.merge(&from.squares);
    }

    fn encode(&self, state: &Moments, out: &mut Vec<u8>) {
        codec::write_varint(state.n, out);
        if state.n > 0 {
            state.sum.encode(out);
            state.squares.encode(out);
        }
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Moments> {
        match codec::read_varint(bytes)? {
            0 => Some(Moments::default()),
            n => Some(Moments { n, sum: ExactSum::decode(bytes)?, squares: ExactSum::decode(bytes)? }),
        }
    }

    fn finish<'a>(&self, state: &Moments, _: &'a Bump) -> Result<Value<'a>, String> {
        let divisor = if self.is_sample { state.n.saturating_sub(1) } else { state.n };
        if divisor == 0 {
            return Ok(Value::Null);
        }
        let Some(units) = Units::of(&[&state.sum], &[&state.squares]) else {
            return Err(super::pairs::INFINITE.to_owned());
        };
        let (sum, squares) = (units.single(&state.sum), units.double(&state.squares));
        // n·Σx² − (Σx)², in units squared; never below 0.
        let spread = squares * state.n - &sum * &sum;
        let denominator = units.squared() * state.n * divisor;
        let real = match self.is_root {
            true => nearest_root(spread.magnitude(), &denominator),
            false => nearest(&spread, &denominator),
        };
        super::pairs::finite(real)
    }

    fn heap_bytes(&self, state: &Moments) -> usize {
        state.sum.heap_bytes() + state.squares.heap_bytes()
    }
}

/// The unit in which sums and sums of products are whole numbers: `1 / (10^ten · 2^two)`, and its square.
#[derive(Clone, Copy, Debug)]
pub(super) struct Units {
    ten: u32,
    two: u32,
}

impl Units {
    /// Of sums of values and sums of products of two; `None` if one is infinite.
    pub(super) fn of(single: &[&ExactSum], double: &[&ExactSum]) -> Option<Units> {
        let mut units = Units { ten: 0, two: 0 };
        for sum in single {
            let (ten, two) = sum.places()?;
            units = Units { ten: units.ten.max(ten), two: units.two.max(two) };
        }
        for sum in double {
            let (ten, two) = sum.places()?;
            units = Units { ten: units.ten.max(ten.div_ceil(2)), two: units.two.max(two.div_ceil(2)) };
        }
        Some(units)
    }

    /// A sum of values in units.
    pub(super) fn single(self, sum: &ExactSum) -> num_bigint::BigInt {
        sum.scaled(self.ten, self.two)
    }

    /// A sum of products in units squared.
    pub(super) fn double(self, sum: &ExactSum) -> num_bigint::BigInt {
        sum.scaled(2 * self.ten, 2 * self.two)
    }

    /// How many units are 1.
    pub(super) fn one(self) -> BigUint {
        BigUint::from(10u32).pow(self.ten) << self.two
    }

    /// How many units squared are 1.
    pub(super) fn squared(self) -> BigUint {
        let one = self.one();
        &one * &one
    }
}
