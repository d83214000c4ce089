//! `nullif`: NULL where a value equals another.

use bumpalo::Bump;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, compare, operators};

pub(super) const NULLIF: Function = Function {
    name: "nullif",
    signature: "nullif(value, other)",
    doc: "NULL where both are equal, the value otherwise.",
    bind: |args| {
        let [value, other] = required(args, NULLIF.signature)?;
        let text = format!("nullif({}, {})", value.text, other.text);
        let (values, ty) = operators::unify(vec![value, other])?;
        Typed::call(NullIf { ty }, values, ty, text)
    },
};

#[derive(Debug)]
struct NullIf {
    ty: Type,
}

impl Scalar for NullIf {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        for &lane in lanes {
            let (value, other) = (args[0].at(lane), args[1].at(lane));
            let equal = !value.is_null() && !other.is_null() && compare(self.ty, value, other).is_eq();
            out[lane as usize] = if equal { Value::Null } else { value };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::{null, number, text};

    #[test]
    fn what_equals_is_null_and_what_does_not_stays() {
        let column = || column(0, Type::Dynamic);
        check((NULLIF.bind)(vec![column(), text("n/a")]), &["n/a"], "NULL");
        check((NULLIF.bind)(vec![column(), text("n/a")]), &["x"], "x");
        check((NULLIF.bind)(vec![column(), number("0").unwrap()]), &["0.0"], "NULL");
        check((NULLIF.bind)(vec![column(), null()]), &["x"], "x");
    }
}
