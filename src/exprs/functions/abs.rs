//! `abs`: a number without its sign.

use bumpalo::Bump;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::number::{self, Number};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const ABS: Function = Function {
    name: "abs",
    signature: "abs(number)",
    doc: "The number without its sign; exact of a decimal.",
    bind: |args| {
        let [arg] = required(args, ABS.signature)?;
        let text = format!("abs({})", arg.text);
        Typed::call(Abs, vec![operators::demand(arg, Type::Number)?], Type::Number, text)
    },
};

#[derive(Debug)]
struct Abs;

impl Scalar for Abs {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map(args[0], lanes, out, |_, value| match Number::of(value) {
            Some(Number::Decimal(decimal)) if decimal.mantissa < 0 => {
                number::negate(Number::Decimal(decimal)).value(arena)
            }
            Some(Number::Real(real)) => Value::Real(real.abs()),
            _ => value,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn the_sign_is_gone() {
        for (field, expected) in [
            ("-1.50", "1.5"),
            ("2", "2"),
            ("-9223372036854775808", "9223372036854775808"),
            ("-1e99", "1e99"),
            ("", "NULL"),
        ] {
            check((ABS.bind)(vec![column(0, Type::Dynamic)]), &[field], expected);
        }
    }
}
