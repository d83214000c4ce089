//! `||` and `concat`: texts one after the other.

use bumpalo::Bump;

use super::cast::demand;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, write};

/// `left || right`: NULL beside NULL; other values than text are their text.
pub fn concat(left: Typed, right: Typed) -> Result<Typed, Misuse> {
    let text = format!("{} || {}", left.text, right.text);
    join(vec![left, right], Nulls::Spread, text)
}

/// What a NULL among joined texts does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exprs) enum Nulls {
    /// It is left out, as by `concat`.
    Skip,
    /// It makes the whole NULL, as by `||`.
    Spread,
}

/// `values` one after the other.
pub(in crate::exprs) fn join(values: Vec<Typed>, nulls: Nulls, text: impl Into<Box<str>>) -> Result<Typed, Misuse> {
    // The text of any value is written by the join itself; only NULL literals need a type, and intervals have no text.
    let values = values.into_iter().map(|value| match value.ty {
        Type::Null | Type::Interval(_) => demand(value, Type::Text),
        _ => Ok(value),
    });
    Typed::call(Join { nulls }, values.collect::<Result<_, _>>()?, Type::Text, text)
}

#[derive(Debug)]
struct Join {
    nulls: Nulls,
}

impl Scalar for Join {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut text = Vec::new();
        for &lane in lanes {
            let null = self.nulls == Nulls::Spread && args.iter().any(|arg| arg.at(lane).is_null());
            out[lane as usize] = if null {
                Value::Null
            } else {
                text.clear();
                args.iter().for_each(|arg| write(arg.at(lane), &mut text));
                Value::Text(arena.alloc_slice_copy(&text))
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{null, number, text};
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn a_null_spreads_through_the_operator() {
        check(concat(column(0, Type::Dynamic), text("-")), &["a"], "a-");
        check(concat(column(0, Type::Dynamic), text("-")), &[""], "NULL");
        check(concat(text("a"), null()), &[], "NULL");
        check(concat(number("1.50").unwrap(), text("%")), &[], "1.5%");
        check(concat(column(0, Type::Date), column(1, Type::Number)), &["d:2024-02-29", "n:7"], "2024-02-297");
    }
}
