//! `length`: how many characters a text has. Characters are Unicode code points.

use bumpalo::Bump;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const LENGTH: Function = Function {
    name: "length",
    signature: "length(text)",
    doc: "How many characters (Unicode code points) the text has.",
    bind: |args| {
        let [arg] = required(args, LENGTH.signature)?;
        let (text, column) = (format!("length({})", arg.text), arg.text.clone());
        Typed::call(Length { column }, vec![operators::demand(arg, Type::Text)?], Type::Number, text)
    },
};

#[derive(Debug)]
struct Length {
    column: Box<str>,
}

impl Scalar for Length {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map_text(args[0], lanes, out, |lane, text| match std::str::from_utf8(text) {
            Ok(text) => Value::integer(text.chars().count() as i64),
            Err(_) => {
                troubles.bad(lane, Type::Text, &self.column, text);
                Value::Null
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        for (field, expected) in [("abc", "3"), ("é", "1"), ("🤦‍♂️", "4"), ("", "NULL")] {
            check((LENGTH.bind)(vec![column(0, Type::Dynamic)]), &[field], expected);
        }
        check((LENGTH.bind)(vec![text("")]), &[], "0");
    }
}
