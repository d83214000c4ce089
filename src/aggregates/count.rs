//! `count(*)`, `count(value)`: how many rows, or values that are not NULL.

use bumpalo::Bump;

use super::AggregateFunction;
use super::functions::Bound;
use super::states::{Fold, States};
use crate::exprs::{Type, Value, codec, operators};

pub(super) const COUNT: AggregateFunction = AggregateFunction {
    name: "count",
    signature: "count(*) · count(value) · count(DISTINCT value)",
    doc: "How many rows, values that are not NULL, or different values there are.",
    bind: |asked| {
        let asked = asked.unordered()?;
        let distinct = asked.distinct;
        let make = || Box::new(States::new(Count)) as Box<_>;
        if asked.args.is_empty() && !distinct {
            return Ok(Bound::rows(operators::boolean(true), Type::Number, make).without_argument());
        }
        let [value] = asked.arguments(COUNT.signature)?;
        Ok(Bound::rows(value, Type::Number, make).distinct(distinct))
    },
};

/// Counts values; `count(*)` counts a constant.
#[derive(Debug)]
pub struct Count;

impl Fold for Count {
    type State = u64;

    #[inline]
    fn update(&self, state: &mut u64, value: Value<'_>) {
        *state += u64::from(!matches!(value, Value::Null));
    }

    #[inline]
    fn update_in_place(&self, state: &mut u64, value: Value<'_>) -> bool {
        self.update(state, value);
        true
    }

    #[inline]
    fn merge(&self, into: &mut u64, from: u64) {
        *into += from;
    }

    #[inline]
    fn encode(&self, state: &u64, out: &mut Vec<u8>) {
        codec::write_varint(*state, out);
    }

    #[inline]
    fn decode(&self, bytes: &mut &[u8]) -> Option<u64> {
        codec::read_varint(bytes)
    }

    fn finish<'a>(&self, state: &u64, _: &'a Bump) -> Result<Value<'a>, String> {
        let mantissa = i64::try_from(*state).map_err(|_| format!("a count of {state} passes 64 bits"))?;
        Ok(Value::Short { mantissa, scale: 0 })
    }
}
