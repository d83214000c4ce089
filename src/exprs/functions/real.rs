//! Functions of reals: the number becomes its nearest real, the result is a real.

use bumpalo::Bump;

use super::Function;
use super::rowwise::{self, Why};
use crate::exprs::number::Number;
use crate::exprs::{Misuse, Type, Typed, Value};

pub(super) const SQRT: Function = Function {
    name: "sqrt",
    signature: "sqrt(number)",
    doc: "The square root, a real.",
    bind: |args| {
        one(args, SQRT.signature, |values, _| match real(values[0]) {
            below if below < 0.0 => Err(Why::Failed("a negative number has no root".to_owned())),
            real => Ok(Value::Real(real.sqrt())),
        })
    },
};

pub(super) const EXP: Function = Function {
    name: "exp",
    signature: "exp(number)",
    doc: "e to the power of the number, a real.",
    bind: |args| one(args, EXP.signature, |values, _| finite(real(values[0]).exp())),
};

pub(super) const LN: Function = Function {
    name: "ln",
    signature: "ln(number)",
    doc: "The natural logarithm, a real.",
    bind: |args| one(args, LN.signature, |values, _| logarithm(values[0], f64::ln)),
};

pub(super) const LOG: Function = Function {
    name: "log",
    signature: "log(number)",
    doc: "The same as log10.",
    bind: |args| one(args, LOG.signature, |values, _| logarithm(values[0], f64::log10)),
};

pub(super) const LOG10: Function = Function {
    name: "log10",
    signature: "log10(number)",
    doc: "The logarithm to base 10, a real.",
    bind: |args| one(args, LOG10.signature, |values, _| logarithm(values[0], f64::log10)),
};

pub(super) const POW: Function = Function {
    name: "pow",
    signature: "pow(base, exponent)",
    doc: "The same as power.",
    bind: |args| rowwise::bind(args, POW.signature, &[Type::Number; 2], 2, Type::Number, power),
};

pub(super) const POWER: Function = Function {
    name: "power",
    signature: "power(base, exponent)",
    doc: "The base to the power of the exponent, a real.",
    bind: |args| rowwise::bind(args, POWER.signature, &[Type::Number; 2], 2, Type::Number, power),
};

fn one(args: Vec<Typed>, signature: &str, row: rowwise::Row) -> Result<Typed, Misuse> {
    rowwise::bind(args, signature, &[Type::Number], 1, Type::Number, row)
}

fn real(value: Value<'_>) -> f64 {
    Number::of(value).map_or(f64::NAN, Number::real)
}

fn logarithm<'a>(value: Value<'a>, log: fn(f64) -> f64) -> Result<Value<'a>, Why> {
    match real(value) {
        positive if positive > 0.0 => Ok(Value::Real(log(positive))),
        _ => Err(Why::Failed("only numbers above 0 have a logarithm".to_owned())),
    }
}

fn power<'a>(values: &[Value<'a>], _: &'a Bump) -> Result<Value<'a>, Why> {
    let (base, exponent) = (real(values[0]), real(values[1]));
    if base < 0.0 && exponent.fract() != 0.0 {
        return Err(Why::Failed("a negative number has no such power".to_owned()));
    }
    finite(base.powf(exponent))
}

fn finite<'a>(real: f64) -> Result<Value<'a>, Why> {
    if real.is_finite() {
        return Ok(Value::Real(real));
    }
    Err(Why::Failed("the result passes 1.8e308, the range of reals".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn results_are_reals_or_told_to_be_none() {
        for (function, field, expected) in [
            (SQRT, "2.25", "1.5"),
            (SQRT, "-1", "!sqrt(c0): a negative number has no root"),
            (EXP, "0", "1.0"),
            (EXP, "1000", "!exp(c0): the result passes 1.8e308, the range of reals"),
            (LN, "1", "0.0"),
            (LN, "0", "!ln(c0): only numbers above 0 have a logarithm"),
            (LOG10, "1000", "3.0"),
            (LOG, "0.01", "-2.0"),
            (LOG, "", "NULL"),
        ] {
            check((function.bind)(vec![column(0, Type::Dynamic)]), &[field], expected);
        }
        for (base, exponent, expected) in [
            ("2", "10", "1024.0"),
            ("2", "-1", "0.5"),
            ("-8", "0.5", "!power(c0, c1): a negative number has no such power"),
            ("0", "-1", "!power(c0, c1): the result passes 1.8e308, the range of reals"),
        ] {
            check((POWER.bind)(vec![column(0, Type::Dynamic), column(1, Type::Dynamic)]), &[base, exponent], expected);
        }
    }
}
