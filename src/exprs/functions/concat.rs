//! `concat`: texts one after the other, NULLs left out.

use super::Function;
use super::arguments::some;
use crate::exprs::operators::{Nulls, join};

pub(super) const CONCAT: Function = Function {
    name: "concat",
    signature: "concat(value, …)",
    doc: "The texts of the values one after the other; NULLs are left out.",
    bind: |args| {
        let args = some(args, CONCAT.signature)?;
        let texts = args.iter().map(|arg| &*arg.text).collect::<Vec<_>>().join(", ");
        join(args, Nulls::Skip, format!("concat({texts})"))
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::Type;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::{null, number, text};

    #[test]
    fn nulls_are_left_out() {
        check((CONCAT.bind)(vec![column(0, Type::Dynamic), text("-"), column(1, Type::Dynamic)]), &["a", ""], "a-");
        check((CONCAT.bind)(vec![null(), number("7").unwrap()]), &[], "7");
    }
}
