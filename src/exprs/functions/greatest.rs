//! `greatest` and `least`: of the values of a row, NULLs left out.

use bumpalo::Bump;

use super::Function;
use super::arguments::some;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, compare, operators};

pub(super) const GREATEST: Function = Function {
    name: "greatest",
    signature: "greatest(value, …)",
    doc: "The greatest of the values that are not NULL.",
    bind: |args| bind(args, GREATEST.signature, End::Greatest),
};

pub(super) const LEAST: Function = Function {
    name: "least",
    signature: "least(value, …)",
    doc: "The least of the values that are not NULL.",
    bind: |args| bind(args, LEAST.signature, End::Least),
};

fn bind(args: Vec<Typed>, signature: &str, end: End) -> Result<Typed, Misuse> {
    let texts = args.iter().map(|arg| &*arg.text).collect::<Vec<_>>().join(", ");
    let (args, ty) = operators::unify(some(args, signature)?)?;
    let name = if end == End::Greatest { "greatest" } else { "least" };
    Typed::call(Extreme { ty, end }, args, ty, format!("{name}({texts})"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Greatest,
    Least,
}

#[derive(Debug)]
struct Extreme {
    ty: Type,
    end: End,
}

impl Scalar for Extreme {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        for &lane in lanes {
            let values = args.iter().map(|arg| arg.at(lane)).filter(|value| !value.is_null());
            let best = values.reduce(|best, value| {
                let order = compare(self.ty, value, best);
                let better = if self.end == End::Greatest { order.is_gt() } else { order.is_lt() };
                if better { value } else { best }
            });
            out[lane as usize] = best.unwrap_or(Value::Null);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::number;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn nulls_take_no_part() {
        let values = || vec![column(0, Type::Dynamic), column(1, Type::Dynamic)];
        check((GREATEST.bind)(values()), &["9", "10"], "10");
        check((LEAST.bind)(values()), &["9", ""], "9");
        check((LEAST.bind)(values()), &["", ""], "NULL");
        check((GREATEST.bind)(vec![column(0, Type::Dynamic), number("0").unwrap()]), &["-1"], "0");
    }
}
