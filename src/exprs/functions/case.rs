//! `lower` and `upper`: Unicode's case of every character, which may be another number of them (`ß` → `SS`).
//!
//! The obvious way makes a new text. Departure: ASCII, which is most of it, is changed in a copy of the bytes, and text that has
//! its case already is handed on as it is.

use bumpalo::Bump;

use super::{Function, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const LOWER: Function = Function {
    name: "lower",
    signature: "lower(text)",
    doc: "The text in lower case.",
    bind: |args| bind(args, LOWER.signature, Case::Lower),
};

pub(super) const UPPER: Function = Function {
    name: "upper",
    signature: "upper(text)",
    doc: "The text in upper case.",
    bind: |args| bind(args, UPPER.signature, Case::Upper),
};

fn bind(args: Vec<Typed>, signature: &str, case: Case) -> Result<Typed, Misuse> {
    let [arg] = required(args, signature)?;
    let text = format!("{}({})", if case == Case::Lower { "lower" } else { "upper" }, arg.text);
    let column = arg.text.clone();
    Typed::call(Recase { case, column }, vec![operators::demand(arg, Type::Text)?], Type::Text, text)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Lower,
    Upper,
}

#[derive(Debug)]
struct Recase {
    case: Case,
    column: Box<str>,
}

impl Scalar for Recase {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map_text(args[0], lanes, out, |lane, text| {
            if text.is_ascii() {
                return Value::Text(self.ascii(text, arena));
            }
            match std::str::from_utf8(text) {
                Ok(text) => {
                    let text = if self.case == Case::Lower { text.to_lowercase() } else { text.to_uppercase() };
                    Value::Text(arena.alloc_slice_copy(text.as_bytes()))
                }
                Err(_) => {
                    troubles.bad(lane, Type::Text, &self.column, text);
                    Value::Null
                }
            }
        });
    }
}

impl Recase {
    #[inline]
    fn ascii<'a>(&self, text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
        let changes = match self.case {
            Case::Lower => text.iter().any(u8::is_ascii_uppercase),
            Case::Upper => text.iter().any(u8::is_ascii_lowercase),
        };
        if !changes {
            return text;
        }
        let copy = arena.alloc_slice_copy(text);
        match self.case {
            Case::Lower => copy.make_ascii_lowercase(),
            Case::Upper => copy.make_ascii_uppercase(),
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::{Constant, Expr};

    #[test]
    fn every_character_gets_its_case() {
        for (field, lower, upper) in [
            ("Abc", "abc", "ABC"),
            ("abc", "abc", "ABC"),
            ("Größe", "größe", "GRÖSSE"),
            ("नमस्ते", "नमस्ते", "नमस्ते"),
            ("", "NULL", "NULL"),
        ] {
            check((LOWER.bind)(vec![column(0, Type::Dynamic)]), &[field], lower);
            check((UPPER.bind)(vec![column(0, Type::Dynamic)]), &[field], upper);
        }
        check((UPPER.bind)(vec![column(0, Type::Number)]), &["n:1.50"], "1.5");
    }

    #[test]
    fn invalid_utf8_is_a_bad_value() {
        let literal =
            Typed { expr: Expr::Constant(Constant::Text((*b"a\xFF").into())), ty: Type::Text, text: "c".into() };
        assert_eq!((LOWER.bind)(vec![literal]).unwrap_err().to_string(), "\"a\\xff\" is no UTF-8 text");
    }
}
