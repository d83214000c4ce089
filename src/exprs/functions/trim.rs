//! `trim`, `ltrim`, `rtrim`: a text without blanks, or without other given characters, at its ends.

use bumpalo::Bump;

use super::{Function, optional};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::zip;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const TRIM: Function = Function {
    name: "trim",
    signature: "trim(text[, characters])",
    doc: "The text without blanks, or without the given characters, at both ends.",
    bind: |args| bind(args, &TRIM, Ends { left: true, right: true }),
};

pub(super) const LTRIM: Function = Function {
    name: "ltrim",
    signature: "ltrim(text[, characters])",
    doc: "The text without blanks, or without the given characters, at its beginning.",
    bind: |args| bind(args, &LTRIM, Ends { left: true, right: false }),
};

pub(super) const RTRIM: Function = Function {
    name: "rtrim",
    signature: "rtrim(text[, characters])",
    doc: "The text without blanks, or without the given characters, at its end.",
    bind: |args| bind(args, &RTRIM, Ends { left: false, right: true }),
};

fn bind(args: Vec<Typed>, function: &Function, ends: Ends) -> Result<Typed, Misuse> {
    let ([text], characters) = optional(args, function.signature)?;
    let characters = characters.unwrap_or_else(|| operators::text(" "));
    let spelt = format!("{}({}, {})", function.name, text.text, characters.text);
    let args = vec![operators::demand(text, Type::Text)?, operators::demand(characters, Type::Text)?];
    Typed::call(Trim { ends }, args, Type::Text, spelt)
}

#[derive(Clone, Copy, Debug)]
struct Ends {
    left: bool,
    right: bool,
}

#[derive(Debug)]
struct Trim {
    ends: Ends,
}

impl Scalar for Trim {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        zip(args[0], args[1], lanes, out, |_, text, characters| {
            let (Value::Text(mut text), Value::Text(characters)) = (text, characters) else { return Value::Null };
            if self.ends.left {
                while let Some(rest) = pieces(characters).find_map(|piece| text.strip_prefix(piece)) {
                    text = rest;
                }
            }
            if self.ends.right {
                while let Some(rest) = pieces(characters).find_map(|piece| text.strip_suffix(piece)) {
                    text = rest;
                }
            }
            Value::Text(text)
        });
    }
}

/// The characters of `text` as their bytes; what is no UTF-8 a byte at a time.
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid();
        let characters = valid.char_indices().map(move |(place, c)| &valid.as_bytes()[place..place + c.len_utf8()]);
        characters.chain(chunk.invalid().chunks(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn ends_lose_their_blanks_or_the_given_characters() {
        for (function, field, characters, expected) in [
            (&TRIM, "  a b ", None, "a b"),
            (&LTRIM, "  a ", None, "a "),
            (&RTRIM, "  a ", None, "  a"),
            (&TRIM, "\ta ", None, "\ta"),
            (&TRIM, "xyxay", Some("xy"), "a"),
            (&TRIM, "éaé", Some("é"), "a"),
            (&TRIM, "   ", None, ""),
            (&TRIM, "a", Some(""), "a"),
        ] {
            let mut args = vec![column(0, Type::Dynamic)];
            args.extend(characters.map(text));
            check((function.bind)(args), &[field], expected);
        }
    }
}
