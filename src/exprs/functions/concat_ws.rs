//! `concat_ws`: texts with a separator between them, NULLs left out together with theirs.

use bumpalo::Bump;

use super::Function;
use super::arguments::some;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const CONCAT_WS: Function = Function {
    name: "concat_ws",
    signature: "concat_ws(separator, value, …)",
    doc: "The texts of the values with the separator between them; NULLs are left out, a NULL separator makes NULL.",
    bind: |args| {
        let args = some(args, CONCAT_WS.signature)?;
        let texts = args.iter().map(|arg| &*arg.text).collect::<Vec<_>>().join(", ");
        let args = args.into_iter().map(|arg| operators::demand(arg, Type::Text)).collect::<Result<_, _>>()?;
        Typed::call(Joined, args, Type::Text, format!("concat_ws({texts})"))
    },
};

#[derive(Debug)]
struct Joined;

impl Scalar for Joined {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut joined = Vec::new();
        for &lane in lanes {
            joined.clear();
            let mut separator: &[u8] = &[];
            let Value::Text(between) = args[0].at(lane) else {
                out[lane as usize] = Value::Null;
                continue;
            };
            for arg in &args[1..] {
                if let Value::Text(text) = arg.at(lane) {
                    joined.extend_from_slice(separator);
                    joined.extend_from_slice(text);
                    separator = between;
                }
            }
            out[lane as usize] = Value::Text(arena.alloc_slice_copy(&joined));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn a_null_is_left_out_with_its_separator() {
        let args = || vec![text("-"), column(0, Type::Dynamic), column(1, Type::Number), column(2, Type::Dynamic)];
        check((CONCAT_WS.bind)(args()), &["a", "n:1.50", "b"], "a-1.5-b");
        check((CONCAT_WS.bind)(args()), &["", "n:2", ""], "2");
        check((CONCAT_WS.bind)(vec![column(0, Type::Dynamic), text("a")]), &[""], "NULL");
    }
}
