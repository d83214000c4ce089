//! `floor` and `ceil`: the nearest whole number below or above, exact of a decimal.

use bumpalo::Bump;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::number::{self, Number};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const FLOOR: Function = Function {
    name: "floor",
    signature: "floor(number)",
    doc: "The greatest whole number that is not above it.",
    bind: |args| bind(args, FLOOR.signature, Way::Down),
};

pub(super) const CEIL: Function = Function {
    name: "ceil",
    signature: "ceil(number)",
    doc: "The least whole number that is not below it.",
    bind: |args| bind(args, CEIL.signature, Way::Up),
};

pub(super) const CEILING: Function = Function {
    name: "ceiling",
    signature: "ceiling(number)",
    doc: "The same as ceil.",
    bind: |args| bind(args, CEILING.signature, Way::Up),
};

fn bind(args: Vec<Typed>, signature: &str, way: Way) -> Result<Typed, Misuse> {
    let [arg] = required(args, signature)?;
    let text = format!("{}({})", if way == Way::Down { "floor" } else { "ceil" }, arg.text);
    Typed::call(Whole { way }, vec![operators::demand(arg, Type::Number)?], Type::Number, text)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Down,
    Up,
}

#[derive(Debug)]
struct Whole {
    way: Way,
}

impl Scalar for Whole {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map(args[0], lanes, out, |_, value| {
            let Some(number) = Number::of(value) else { return Value::Null };
            match self.way {
                Way::Down => number::floor_at(number).value(arena),
                Way::Up => number::negate(number::floor_at(number::negate(number))).value(arena),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn whole_numbers_lie_below_and_above() {
        for (field, floor, ceil) in [
            ("2.1", "2", "3"),
            ("-2.1", "-3", "-2"),
            ("5", "5", "5"),
            ("-0.5", "-1", "0"),
            ("1.5e300", "1.5e300", "1.5e300"),
        ] {
            check((FLOOR.bind)(vec![column(0, Type::Dynamic)]), &[field], floor);
            check((CEIL.bind)(vec![column(0, Type::Dynamic)]), &[field], ceil);
        }
    }
}
