//! `median` and `quantile_cont`: the value at a place among the sorted ones, between two of them in proportion.
//!
//! The place is `fraction · (n − 1)`, as PostgreSQL's `percentile_cont` and DuckDB have it; it and the value there are exact,
//! rounded once to a real.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint};

use super::AggregateFunction;
use super::functions::{Asked, Bound, Route, number, only};
use super::ordered::{Given, InOrder, Stop, Walk};
use super::rounding::nearest;
use super::states::States;
use crate::exprs::number::{Number, POWERS};
use crate::exprs::{Decimal, Misuse, Type, Typed, Value, codec, operators, sort_key};

pub(super) const MEDIAN: AggregateFunction = AggregateFunction {
    name: "median",
    signature: "median(number)",
    doc: "The value in the middle of the sorted ones, or between the two there; exact, in bounded memory.",
    bind: |asked| {
        let (value, asked) = only(asked, Type::Number, MEDIAN.signature)?;
        Ok(bind(value, asked.distinct, Decimal { mantissa: 5, scale: 1 }))
    },
};

pub(super) const QUANTILE_CONT: AggregateFunction = AggregateFunction {
    name: "quantile_cont",
    signature: "quantile_cont(number, fraction)",
    doc: "The value below which that fraction (0 to 1) of the sorted ones lies, between two in proportion; exact, in bounded memory.",
    bind: |asked| {
        let Asked { args, distinct, .. } = asked.unordered()?;
        let [value, fraction] = crate::exprs::functions::required(args, QUANTILE_CONT.signature)?;
        let text = fraction.text.clone();
        let fraction = match number(fraction, "the fraction")? {
            Number::Decimal(d) if d.mantissa >= 0 && d.mantissa <= POWERS[usize::from(d.scale)] && d.scale <= 18 => d,
            _ => {
                return Err(Misuse::new(
                    format!("the fraction {text} does not lie between 0 and 1"),
                    "write it as 0.95",
                ));
            }
        };
        Ok(bind(operators::demand(value, Type::Number)?, distinct, fraction))
    },
};

fn bind(value: Typed, distinct: bool, fraction: Decimal) -> Bound {
    let order = Box::new(Quantile { fraction: fraction.stripped() });
    let bound = Bound::rows(value, Type::Number, || Box::new(States::new(Given)));
    bound.by(Route::InOrder { order, once: distinct })
}

/// A quantile of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Quantile {
    /// `0 ≤ fraction ≤ 1`, at its least scale, of 18 digits at most.
    pub fraction: Decimal,
}

impl InOrder for Quantile {
    fn row(&self, value: Value<'_>, _: u64, key: &mut Vec<u8>, payload: &mut Vec<u8>) -> u64 {
        sort_key(Type::Number, value, false, false, key);
        codec::encode(value, payload);
        0
    }

    fn walk(&self, n: u64) -> Box<dyn Walk> {
        Box::new(Place { quantile: *self, n, passed: 0, below: None, value: None })
    }
}

/// On the way to the place.
#[derive(Debug)]
struct Place {
    quantile: Quantile,
    n: u64,
    passed: u64,
    /// The value at the whole place below.
    below: Option<Number>,
    /// What is there in proportion.
    value: Option<f64>,
}

impl Place {
    /// The whole place below, and how far behind it the place lies, in units of the fraction.
    fn place(&self) -> (u64, u64) {
        let power = POWERS[usize::from(self.quantile.fraction.scale)].unsigned_abs();
        let product = self.quantile.fraction.mantissa.unsigned_abs() * u128::from(self.n.saturating_sub(1));
        let low = |n: u128| u64::try_from(n).unwrap_or(u64::MAX);
        (low(product / power), low(product % power))
    }
}

impl Walk for Place {
    fn take(&mut self, payload: &[u8], count: u64) -> Result<(), Stop> {
        if self.value.is_some() {
            return Ok(());
        }
        let (place, rest) = self.place();
        let mut found = None;
        let mut bytes = payload;
        codec::decode_with(&mut bytes, |value| found = Number::of(value));
        self.passed += count;
        let Some(number) = found else { return Err(Stop::Failed("a value of a quantile is damaged".to_owned())) };
        match self.below {
            Some(below) => self.value = Some(between(below, number, rest, self.quantile.fraction.scale)),
            None if self.passed > place + 1 || (self.passed == place + 1 && rest == 0) => {
                self.value = Some(number.real())
            }
            None if self.passed == place + 1 => self.below = Some(number),
            None => {}
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Stop> {
        codec::encode(self.value.map_or(Value::Null, Value::Real), out);
        Ok(())
    }
}

/// `a + (b − a) · rest / 10^scale`, rounded once.
fn between(a: Number, b: Number, rest: u64, scale: u8) -> f64 {
    let power = POWERS[usize::from(scale)];
    match (a, b) {
        (Number::Decimal(a), Number::Decimal(b)) => {
            let common = a.scale.max(b.scale);
            let at = |d: Decimal| BigInt::from(d.mantissa) * POWERS[usize::from(common - d.scale)];
            let (a, b) = (at(a), at(b));
            let numerator = &a * power + (b - &a) * rest;
            nearest(&numerator, &(BigUint::from(power.unsigned_abs()) * POWERS[usize::from(common)].unsigned_abs()))
        }
        #[expect(clippy::cast_precision_loss, reason = "a proportion of reals is a real")]
        _ => {
            let part = rest as f64 / power as f64;
            let (a, b) = (a.real(), b.real());
            if a.total_cmp(&b) == Ordering::Equal { a } else { a * (1.0 - part) + b * part }
        }
    }
}
