//! `sign`: which side of zero a number lies on.

use super::Function;
use super::rowwise;
use crate::exprs::number::{self, Number};
use crate::exprs::{Decimal, Type, Value};

pub(super) const SIGN: Function = Function {
    name: "sign",
    signature: "sign(number)",
    doc: "−1, 0 or 1: the side of zero on which the number lies.",
    bind: |args| {
        rowwise::bind(args, SIGN.signature, &[Type::Number], 1, Type::Number, |values, _| {
            let zero = Number::Decimal(Decimal::integer(0));
            Ok(Number::of(values[0]).map_or(Value::Null, |n| Value::integer(number::compare(n, zero) as i64)))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn a_sign_is_minus_one_zero_or_one() {
        for (field, expected) in [("-0.01", "-1"), ("0.00", "0"), ("7e300", "1")] {
            check((SIGN.bind)(vec![column(0, Type::Dynamic)]), &[field], expected);
        }
    }
}
