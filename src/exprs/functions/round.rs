//! `round`: halves away from zero, on the exact decimal.

use bumpalo::Bump;

use super::arguments::whole;
use super::{Function, optional};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::zip;
use crate::exprs::number::{self, Number};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const ROUND: Function = Function {
    name: "round",
    signature: "round(number[, places])",
    doc: "The number with so many digits after the point (0 unless told; before it where negative), halves away from zero.",
    bind: |args| {
        let ([arg], places) = optional(args, ROUND.signature)?;
        let text: Box<str> = match &places {
            Some(places) => format!("round({}, {})", arg.text, places.text).into(),
            None => format!("round({})", arg.text).into(),
        };
        let places = match places {
            Some(places) => operators::demand(places, Type::Number)?,
            None => operators::number("0")?,
        };
        let args = vec![operators::demand(arg, Type::Number)?, places];
        Typed::call(Round { text: text.clone() }, args, Type::Number, text)
    },
};

#[derive(Debug)]
struct Round {
    text: Box<str>,
}

impl Scalar for Round {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        zip(args[0], args[1], lanes, out, |lane, value, places| {
            let Some(number) = Number::of(value) else { return Value::Null };
            let Some(places) = whole(places) else {
                troubles.failed(lane, format!("{}: places are a whole number", self.text));
                return Value::Null;
            };
            let places = i32::try_from(places.clamp(-1000, 1000)).unwrap_or(0);
            match number::round(number, places) {
                Ok(number) => number.value(arena),
                Err(error) => {
                    troubles.failed(lane, format!("{}: {error}", self.text));
                    Value::Null
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::number;
    use crate::exprs::operators::testing::{check, column, misuse};

    #[test]
    fn halves_go_away_from_zero() {
        for (field, places, expected) in
            [("2.5", "0", "3"), ("-2.5", "0", "-3"), ("2.345", "2", "2.35"), ("1234", "-2", "1200"), ("", "0", "NULL")]
        {
            check((ROUND.bind)(vec![column(0, Type::Dynamic), number(places).unwrap()]), &[field], expected);
        }
        check((ROUND.bind)(vec![column(0, Type::Dynamic)]), &["0.5"], "1");
        assert_eq!(
            misuse((ROUND.bind)(vec![number("1").unwrap(), number("0.5").unwrap()])),
            "round(1, 0.5): places are a whole number"
        );
    }
}
