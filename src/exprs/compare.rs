//! Two values of one type in, their order out: the order that answers, `min`, `max` and comparisons have.
//!
//! NULLs are not ordered here: where they stand is asked for (`NULLS FIRST`) or decided by SQL's logic.

use std::cmp::Ordering;

use super::value::{Type, Value};
use super::{dynamic, number};

/// The order of `a` and `b`, both values of type `ty`.
///
/// Dynamic: numbers before text ([`dynamic::compare`]); text by bytes; numbers exactly by value; dates and timestamps by time;
/// `false` before `true`. A NULL, which the caller should have dealt with, comes last.
#[inline]
pub fn compare(ty: Type, a: Value<'_>, b: Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) if ty == Type::Dynamic => dynamic::compare(a, b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Short { mantissa: a, scale }, Value::Short { mantissa: b, scale: other }) if scale == other => {
            a.cmp(&b)
        }
        (Value::Date(a), Value::Date(b)) => a.cmp(&b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(&b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(&b),
        _ => match (number::Number::of(a), number::Number::of(b)) {
            (Some(a), Some(b)) => number::compare(a, b),
            _ => {
                debug_assert!(a.is_null() || b.is_null(), "{a:?} and {b:?} are not of one type");
                a.is_null().cmp(&b.is_null())
            }
        },
    }
}
