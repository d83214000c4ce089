//! `mod`: the operator `%` by its other name.

use super::{Function, required};
use crate::exprs::Typed;
use crate::exprs::operators::{Arithmetic, arithmetic};

pub(super) const MOD: Function = Function {
    name: "mod",
    signature: "mod(number, by)",
    doc: "What integer division leaves, with the sign of the number; the same as %.",
    bind: |args| {
        let [number, by] = required(args, MOD.signature)?;
        let text = format!("mod({}, {})", number.text, by.text).into();
        Ok(Typed { text, ..arithmetic(Arithmetic::Remainder, number, by)? })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::Type;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn the_rest_has_the_sign_of_the_number() {
        for (a, b, expected) in [("-7", "2", "-1"), ("7.5", "2", "1.5"), ("7", "0", "NULL")] {
            check((MOD.bind)(vec![column(0, Type::Dynamic), column(1, Type::Dynamic)]), &[a, b], expected);
        }
    }
}
