//! `corr`, `covar_*`, `regr_*`: statistics of two numbers a row, from exact sums of values, squares and products, rounded once.
//!
//! Two arguments travel packed as one ([`operators::pack`]); a row where one is NULL takes no part.

use bumpalo::Bump;
use num_bigint::{BigInt, BigUint, Sign};

use super::AggregateFunction;
use super::exact::ExactSum;
use super::functions::{Asked, Bound};
use super::moments::Units;
use super::rounding::{nearest, nearest_root};
use super::states::{Fold, States};
use crate::exprs::number::Number;
use crate::exprs::{Misuse, Type, Value, codec, operators};

pub(super) const CORR: AggregateFunction = AggregateFunction {
    name: "corr",
    signature: "corr(y, x)",
    doc: "Pearson's correlation of two numbers, −1 to 1; NULL where one never varies.",
    bind: |asked| bind(asked, CORR.signature, Statistic::Correlation),
};

pub(super) const COVAR_POP: AggregateFunction = AggregateFunction {
    name: "covar_pop",
    signature: "covar_pop(y, x)",
    doc: "The covariance of two numbers over all rows.",
    bind: |asked| bind(asked, COVAR_POP.signature, Statistic::Covariance),
};

pub(super) const COVAR_SAMP: AggregateFunction = AggregateFunction {
    name: "covar_samp",
    signature: "covar_samp(y, x)",
    doc: "The covariance of two numbers that the rows, a sample, suggest. NULL of one row.",
    bind: |asked| bind(asked, COVAR_SAMP.signature, Statistic::SampleCovariance),
};

pub(super) const REGR_INTERCEPT: AggregateFunction = AggregateFunction {
    name: "regr_intercept",
    signature: "regr_intercept(y, x)",
    doc: "Where the least-squares line of y over x crosses x = 0; NULL where x never varies.",
    bind: |asked| bind(asked, REGR_INTERCEPT.signature, Statistic::Intercept),
};

pub(super) const REGR_R2: AggregateFunction = AggregateFunction {
    name: "regr_r2",
    signature: "regr_r2(y, x)",
    doc: "How much of the variance of y the least-squares line over x explains, 0 to 1; NULL where x never varies.",
    bind: |asked| bind(asked, REGR_R2.signature, Statistic::Determination),
};

pub(super) const REGR_SLOPE: AggregateFunction = AggregateFunction {
    name: "regr_slope",
    signature: "regr_slope(y, x)",
    doc: "The slope of the least-squares line of y over x; NULL where x never varies.",
    bind: |asked| bind(asked, REGR_SLOPE.signature, Statistic::Slope),
};

fn bind(asked: Asked, signature: &str, statistic: Statistic) -> Result<Bound, Misuse> {
    let asked = asked.unordered()?;
    let distinct = asked.distinct;
    let [y, x] = asked.arguments(signature)?;
    let numbers = [operators::demand(y, Type::Number)?, operators::demand(x, Type::Number)?];
    let pair = operators::pack(numbers.into(), &[0, 1])?;
    Ok(Bound::rows(pair, Type::Number, move || Box::new(States::new(Pairs { statistic }))).distinct(distinct))
}

/// What is asked of pairs of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Statistic {
    Correlation,
    Covariance,
    SampleCovariance,
    Slope,
    Intercept,
    Determination,
}

/// A statistic of packed pairs, y first.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// Which.
    pub statistic: Statistic,
}

/// How many pairs, and the sums of what the statistic needs; the others stay 0.
#[derive(Debug, Default)]
pub struct Sums {
    n: u64,
    y: ExactSum,
    x: ExactSum,
    xy: ExactSum,
    xx: ExactSum,
    yy: ExactSum,
}

/// Why there is no statistic.
pub(super) const INFINITE: &str = "the result passes 1.8e308, the range of reals; divide the values by a power of ten";

/// `real`, unless it passes the range of reals.
pub(super) fn finite<'a>(real: f64) -> Result<Value<'a>, String> {
    if real.is_finite() { Ok(Value::Real(real)) } else { Err(INFINITE.to_owned()) }
}

impl Statistic {
    fn needs_xx(self) -> bool {
        !matches!(self, Statistic::Covariance | Statistic::SampleCovariance)
    }

    fn needs_yy(self) -> bool {
        matches!(self, Statistic::Correlation | Statistic::Determination)
    }
}

impl Sums {
    fn all(&self) -> [&ExactSum; 5] {
        [&self.y, &self.x, &self.xy, &self.xx, &self.yy]
    }

    fn all_mut(&mut self) -> [&mut ExactSum; 5] {
        [&mut self.y, &mut self.x, &mut self.xy, &mut self.xx, &mut self.yy]
    }
}

impl Fold for Pairs {
    type State = Sums;

    fn update(&self, state: &mut Sums, value: Value<'_>) {
        let Value::Text(mut packed) = value else { return };
        let mut number = || {
            let mut found = None;
            codec::decode_with(&mut packed, |value| found = Number::of(value))?;
            found
        };
        let (Some(y), Some(x)) = (number(), number()) else { return };
        state.n += 1;
        state.y.add(y);
        state.x.add(x);
        state.xy.add_product(x, y);
        if self.statistic.needs_xx() {
            state.xx.add_product(x, x);
        }
        if self.statistic.needs_yy() {
            state.yy.add_product(y, y);
        }
    }

    fn merge(&self, into: &mut Sums, from: Sums) {
        into.n += from.n;
        into.all_mut().into_iter().zip(from.all()).for_each(|(into, from)| into.merge(from));
    }

    fn encode(&self, state: &Sums, out: &mut Vec<u8>) {
        codec::write_varint(state.n, out);
        if state.n > 0 {
            state.all().into_iter().for_each(|sum| sum.encode(out));
        }
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Sums> {
        let mut sums = Sums { n: codec::read_varint(bytes)?, ..Sums::default() };
        if sums.n > 0 {
            for sum in sums.all_mut() {
                *sum = ExactSum::decode(bytes)?;
            }
        }
        Some(sums)
    }

    fn finish<'a>(&self, state: &Sums, _: &'a Bump) -> Result<Value<'a>, String> {
        if state.n == 0 {
            return Ok(Value::Null);
        }
        let Some(units) = Units::of(&[&state.x, &state.y], &[&state.xy, &state.xx, &state.yy]) else {
            return Err(INFINITE.to_owned());
        };
        let (x, y) = (units.single(&state.x), units.single(&state.y));
        let (xy, xx, yy) = (units.double(&state.xy), units.double(&state.xx), units.double(&state.yy));
        // Each n times too large, in units squared.
        let together = &xy * state.n - &x * &y;
        let across = || &xx * state.n - &x * &x;
        let along = || &yy * state.n - &y * &y;
        let is_zero = |n: &BigInt| n.sign() == Sign::NoSign;
        let real = match self.statistic {
            Statistic::SampleCovariance if state.n == 1 => return Ok(Value::Null),
            Statistic::Covariance => nearest(&together, &(units.squared() * state.n * state.n)),
            Statistic::SampleCovariance => nearest(&together, &(units.squared() * state.n * (state.n - 1))),
            Statistic::Slope => match across() {
                across if is_zero(&across) => return Ok(Value::Null),
                across => nearest(&together, across.magnitude()),
            },
            Statistic::Intercept => match across() {
                across if is_zero(&across) => return Ok(Value::Null),
                across => nearest(&(y * xx - x * xy), &(across.magnitude() * units.one())),
            },
            Statistic::Correlation | Statistic::Determination => {
                let (across, along) = (across(), along());
                let is_correlation = self.statistic == Statistic::Correlation;
                if is_zero(&across) || (is_correlation && is_zero(&along)) {
                    return Ok(Value::Null);
                }
                // PostgreSQL's and DuckDB's: a line through points of one height explains all.
                if is_zero(&along) {
                    return Ok(Value::Real(1.0));
                }
                let product: BigUint = across.magnitude() * along.magnitude();
                let squared: BigUint = together.magnitude() * together.magnitude();
                match is_correlation {
                    true if together.sign() == Sign::Minus => -nearest_root(&squared, &product),
                    true => nearest_root(&squared, &product),
                    false => nearest(&BigInt::from(squared), &product),
                }
            }
        };
        finite(real)
    }

    fn heap_bytes(&self, state: &Sums) -> usize {
        state.all().into_iter().map(ExactSum::heap_bytes).sum()
    }
}
