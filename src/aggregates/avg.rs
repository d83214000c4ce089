//! `avg(number)`: the exact sum divided once by the count, as a real.

use bumpalo::Bump;
use ethnum::I256;

use super::AggregateFunction;
use super::functions::{Bound, only};
use super::states::{Fold, States};
use super::sum::Total;
use crate::exprs::{Decimal, Type, Value, codec, number};

pub(super) const AVG: AggregateFunction = AggregateFunction {
    name: "avg",
    signature: "avg(number)",
    doc: "The mean of the values that are not NULL: their exact sum divided once.",
    bind: |asked| {
        let (value, asked) = only(asked, Type::Number, AVG.signature)?;
        Ok(Bound::rows(value, Type::Number, || Box::new(States::new(Avg))).distinct(asked.distinct))
    },
};

/// The mean of numbers.
#[derive(Debug)]
pub struct Avg;

/// The sum and how many there were.
#[derive(Debug, Default)]
pub struct Mean {
    total: Total,
    n: u64,
}

impl Fold for Avg {
    type State = Mean;

    #[inline]
    fn update(&self, state: &mut Mean, value: Value<'_>) {
        state.n += u64::from(!matches!(value, Value::Null));
        state.total.add(value);
    }

    #[inline]
    fn update_in_place(&self, state: &mut Mean, value: Value<'_>) -> bool {
        let added = state.total.add_in_place(value);
        state.n += u64::from(added);
        added
    }

    #[inline]
    fn update_short(&self, state: &mut Mean, mantissa: i64, scale: u8) -> bool {
        let added = state.total.add_short(mantissa, scale);
        state.n += u64::from(added);
        added
    }

    #[inline]
    fn merge(&self, into: &mut Mean, from: Mean) {
        into.n += from.n;
        into.total.merge(from.total);
    }

    #[inline]
    fn encode(&self, state: &Mean, out: &mut Vec<u8>) {
        codec::write_varint(state.n, out);
        state.total.encode(out);
    }

    #[inline]
    fn decode(&self, bytes: &mut &[u8]) -> Option<Mean> {
        Some(Mean { n: codec::read_varint(bytes)?, total: Total::decode(bytes)? })
    }

    fn finish<'a>(&self, state: &Mean, _: &'a Bump) -> Result<Value<'a>, String> {
        if state.n == 0 {
            return Ok(Value::Null);
        }
        let decimal = state.total.decimal().ok_or("the sum of an average passes 38 digits")?;
        Ok(Value::Real(match state.total.real() {
            None => ratio(decimal, state.n),
            #[expect(clippy::cast_precision_loss, reason = "a mean of reals is a real; 2^53 rows are out of reach")]
            Some(real) => (real + ratio(decimal, 1)) / state.n as f64,
        }))
    }

    #[inline]
    fn heap_bytes(&self, state: &Mean) -> usize {
        state.total.heap_bytes()
    }
}

/// `decimal / n`, rounded once.
pub fn ratio(decimal: Decimal, n: u64) -> f64 {
    number::ratio(I256::new(decimal.mantissa), decimal.scale, n)
}
