//! `+ - * / // %` and the sign: exact on decimals, as [`number`] says.

use bumpalo::Bump;

use super::cast::demand;
use super::interval;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::{map, zip};
use crate::exprs::number::{self, Number, OutOfRange};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value};

/// `+ - * / // %`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`, exact
    Add,
    /// `-`, exact
    Subtract,
    /// `*`, exact
    Multiply,
    /// `/`, real, rounded once; NULL by zero
    Divide,
    /// `//`, cut towards zero as DuckDB does for integers, exact; NULL by zero
    IntegerDivide,
    /// `%`, with the sign of the dividend, exact; NULL by zero
    Remainder,
}

impl Arithmetic {
    /// How a question writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::IntegerDivide => "//",
            Arithmetic::Remainder => "%",
        }
    }

    fn apply(self, a: Number, b: Number) -> Result<Option<Number>, OutOfRange> {
        match self {
            Arithmetic::Add => number::add(a, b).map(Some),
            Arithmetic::Subtract => number::subtract(a, b).map(Some),
            Arithmetic::Multiply => number::multiply(a, b).map(Some),
            Arithmetic::Divide => number::divide(a, b),
            Arithmetic::IntegerDivide => number::integer_divide(a, b),
            Arithmetic::Remainder => number::remainder(a, b),
        }
    }
}

/// `left op right`.
pub fn arithmetic(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, Misuse> {
    if [&left, &right].iter().any(|side| matches!(side.ty, Type::Date | Type::Timestamp | Type::Interval(_))) {
        return interval::arithmetic(op, left, right);
    }
    let text: Box<str> = format!("{} {} {}", left.text, op.sign(), right.text).into();
    let args = vec![demand(left, Type::Number)?, demand(right, Type::Number)?];
    Typed::call(Binary { op, text: text.clone() }, args, Type::Number, text)
}

/// `-value`.
pub fn negate(value: Typed) -> Result<Typed, Misuse> {
    let text = format!("-{}", value.text);
    let (value, ty) = match value.ty {
        Type::Interval(_) => interval::as_number(value),
        _ => (demand(value, Type::Number)?, Type::Number),
    };
    Typed::call(Negate, vec![value], ty, text)
}

#[derive(Debug)]
struct Binary {
    op: Arithmetic,
    text: Box<str>,
}

impl Scalar for Binary {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut slow = |lane, a, b| {
            let (Some(a), Some(b)) = (Number::of(a), Number::of(b)) else { return Value::Null };
            match self.op.apply(a, b) {
                Ok(number) => number.map_or(Value::Null, |number| number.value(arena)),
                Err(error) => {
                    troubles.failed(lane, format!("{}: {error}", self.text));
                    Value::Null
                }
            }
        };
        // Short decimals of one scale, and products of them, stay in registers.
        macro_rules! short {
            ($checked:ident) => {
                zip(args[0], args[1], lanes, out, |lane, a, b| match (a, b) {
                    (Value::Short { mantissa: x, scale }, Value::Short { mantissa: y, scale: same })
                        if scale == same =>
                    {
                        match x.$checked(y) {
                            Some(mantissa) => Value::Short { mantissa, scale },
                            None => slow(lane, a, b),
                        }
                    }
                    _ => slow(lane, a, b),
                })
            };
        }
        match self.op {
            Arithmetic::Add => short!(checked_add),
            Arithmetic::Subtract => short!(checked_sub),
            Arithmetic::Multiply => zip(args[0], args[1], lanes, out, |lane, a, b| match (a, b) {
                (Value::Short { mantissa: x, scale: p }, Value::Short { mantissa: y, scale: q }) if p + q <= 38 => {
                    match x.checked_mul(y) {
                        Some(mantissa) => Value::Short { mantissa, scale: p + q },
                        None => slow(lane, a, b),
                    }
                }
                _ => slow(lane, a, b),
            }),
            _ => zip(args[0], args[1], lanes, out, slow),
        }
    }
}

#[derive(Debug)]
struct Negate;

impl Scalar for Negate {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map(args[0], lanes, out, |_, value| {
            Number::of(value).map_or(Value::Null, |number| number::negate(number).value(arena))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{null, number};
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use Arithmetic::*;

    #[test]
    fn decimals_are_computed_exactly() {
        for (a, op, b, expected) in [
            ("0.1", Add, "0.2", "0.3"),
            ("1", Subtract, "0.9", "0.1"),
            ("9223372036854775807", Add, "1", "9223372036854775808"),
            ("-9223372036854775808", Multiply, "-1", "9223372036854775808"),
            ("1.5", Multiply, "1.5", "2.25"),
            ("7", Divide, "2", "3.5"),
            ("6", Divide, "2", "3.0"),
            ("1", Divide, "0", "NULL"),
            ("-7", IntegerDivide, "2", "-3"),
            ("-7", Remainder, "2", "-1"),
            ("7", Remainder, "0", "NULL"),
            ("", Add, "1", "NULL"),
            ("1e3", Add, "1", "1001"),
            ("x", Add, "1", "!number"),
        ] {
            check(arithmetic(op, column(0, Type::Dynamic), column(1, Type::Dynamic)), &[a, b], expected);
            check(arithmetic(op, column(0, Type::Dynamic), number(b).unwrap()), &[a], expected);
        }
    }

    #[test]
    fn a_result_over_38_digits_says_where_and_what_to_do() {
        let nines = "99999999999999999999999999999999999999";
        let message =
            "the exact result passes 38 digits; round() an operand first, or divide one by 1 to compute in reals";
        check(
            arithmetic(Add, column(0, Type::Dynamic), column(1, Type::Dynamic)),
            &[nines, "1"],
            &format!("!c0 + c1: {message}"),
        );
        assert_eq!(
            misuse(arithmetic(Multiply, number(nines).unwrap(), number("10").unwrap())),
            format!("{nines} * 10: {message}")
        );
    }

    #[test]
    fn the_sign_turns_the_least_integer_into_a_wide_decimal() {
        check(negate(column(0, Type::Dynamic)), &["-9223372036854775808"], "9223372036854775808");
        check(negate(null()), &[], "NULL");
        check(negate(number("0.5").unwrap()), &[], "-0.5");
    }
}
