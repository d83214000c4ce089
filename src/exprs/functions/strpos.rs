//! `strpos`, also `position(part IN text)`: at which character of a text another begins, counted from 1.

use bumpalo::Bump;
use memchr::memmem;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::zip;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const STRPOS: Function = Function {
    name: "strpos",
    signature: "strpos(text, part)",
    doc: "The character, counted from 1, at which the part first begins in the text; 0 where it does not.",
    bind: |args| {
        let [text, part] = required(args, STRPOS.signature)?;
        let (spelt, column) = (format!("strpos({}, {})", text.text, part.text), text.text.clone());
        let args = vec![operators::demand(text, Type::Text)?, operators::demand(part, Type::Text)?];
        Typed::call(Strpos { column }, args, Type::Number, spelt)
    },
};

#[derive(Debug)]
struct Strpos {
    column: Box<str>,
}

impl Scalar for Strpos {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        zip(args[0], args[1], lanes, out, |lane, text, part| {
            let (Value::Text(text), Value::Text(part)) = (text, part) else { return Value::Null };
            let Some(place) = memmem::find(text, part) else { return Value::integer(0) };
            match std::str::from_utf8(&text[..place]) {
                Ok(before) => Value::integer(before.chars().count() as i64 + 1),
                Err(_) => {
                    troubles.bad(lane, Type::Text, &self.column, text);
                    Value::Null
                }
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
    fn places_are_characters() {
        for (field, part, expected) in [("äbc", "c", "3"), ("abc", "x", "0"), ("abc", "", "1"), ("", "a", "NULL")] {
            check((STRPOS.bind)(vec![column(0, Type::Dynamic), text(part)]), &[field], expected);
        }
    }
}
