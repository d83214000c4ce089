//! The loops of scalars: a value a lane in, a value a lane out, the shapes of the operands told apart outside of the loop.

use super::expr::Operand;
use super::value::Value;

/// `out[lane] = f(lane, value)` for each lane whose value is not NULL; of NULL comes NULL.
#[inline]
pub(super) fn map<'a>(
    operand: Operand<'_, 'a>,
    lanes: &[u32],
    out: &mut [Value<'a>],
    mut f: impl FnMut(u32, Value<'a>) -> Value<'a>,
) {
    match operand {
        Operand::Constant(Value::Null) => lanes.iter().for_each(|&lane| out[lane as usize] = Value::Null),
        Operand::Constant(value) => lanes.iter().for_each(|&lane| out[lane as usize] = f(lane, value)),
        Operand::Vector(values) => {
            for &lane in lanes {
                let value = values[lane as usize];
                out[lane as usize] = if value.is_null() { Value::Null } else { f(lane, value) };
            }
        }
    }
}

/// `out[lane] = f(lane, text)` for each lane whose value is text; of everything else comes NULL.
#[inline]
pub(super) fn map_text<'a>(
    operand: Operand<'_, 'a>,
    lanes: &[u32],
    out: &mut [Value<'a>],
    mut f: impl FnMut(u32, &'a [u8]) -> Value<'a>,
) {
    map(operand, lanes, out, |lane, value| match value {
        Value::Text(text) => f(lane, text),
        _ => Value::Null,
    });
}

/// `out[lane] = f(lane, left, right)` for each lane where neither is NULL; where one is, NULL.
#[inline]
pub(super) fn zip<'a>(
    left: Operand<'_, 'a>,
    right: Operand<'_, 'a>,
    lanes: &[u32],
    out: &mut [Value<'a>],
    mut f: impl FnMut(u32, Value<'a>, Value<'a>) -> Value<'a>,
) {
    match (left, right) {
        (Operand::Constant(left), right) => {
            map(right, lanes, out, |lane, right| if left.is_null() { left } else { f(lane, left, right) });
        }
        (left, Operand::Constant(right)) => {
            map(left, lanes, out, |lane, left| if right.is_null() { right } else { f(lane, left, right) });
        }
        (Operand::Vector(left), Operand::Vector(right)) => {
            for &lane in lanes {
                let (left, right) = (left[lane as usize], right[lane as usize]);
                let null = left.is_null() || right.is_null();
                out[lane as usize] = if null { Value::Null } else { f(lane, left, right) };
            }
        }
    }
}
