//! `substr`: some of the characters of a text, counted from 1; a negative start counts from the end, as in DuckDB.

use bumpalo::Bump;

use super::arguments::whole;
use super::{Function, optional};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::zip;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const SUBSTR: Function = Function {
    name: "substr",
    signature: "substr(text, start[, length])",
    doc: "The characters of the text from the start on (the first is 1, the last −1), as many as the length says.",
    bind: |args| bind(args, SUBSTR.signature),
};

pub(super) const SUBSTRING: Function = Function {
    name: "substring",
    signature: "substring(text, start[, length])",
    doc: "The same as substr.",
    bind: |args| bind(args, SUBSTRING.signature),
};

fn bind(args: Vec<Typed>, signature: &str) -> Result<Typed, Misuse> {
    let ([text, start], length) = optional(args, signature)?;
    let column = text.text.clone();
    let spelt = match &length {
        Some(length) => format!("substr({}, {}, {})", text.text, start.text, length.text),
        None => format!("substr({}, {})", text.text, start.text),
    };
    let mut args = vec![operators::demand(text, Type::Text)?, operators::demand(start, Type::Number)?];
    if let Some(length) = length {
        args.push(operators::demand(length, Type::Number)?);
    }
    Typed::call(Substr { column, text: spelt.clone().into() }, args, Type::Text, spelt)
}

#[derive(Debug)]
struct Substr {
    column: Box<str>,
    text: Box<str>,
}

impl Scalar for Substr {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        zip(args[0], args[1], lanes, out, |lane, text, start| {
            let Value::Text(text) = text else { return Value::Null };
            let length = match args.get(2).map(|length| length.at(lane)) {
                None => Some(i64::MAX),
                Some(Value::Null) => return Value::Null,
                Some(length) => whole(length),
            };
            let (Some(start), Some(length)) = (whole(start), length) else {
                troubles.failed(lane, format!("{}: start and length are whole numbers", self.text));
                return Value::Null;
            };
            match cut(text, start, length) {
                Some(text) => Value::Text(text),
                None => {
                    troubles.bad(lane, Type::Text, &self.column, text);
                    Value::Null
                }
            }
        });
    }
}

/// Characters `start` … `start + length − 1` of `text`, as far as they are there; `None` if it is no UTF-8.
fn cut(text: &[u8], start: i64, length: i64) -> Option<&[u8]> {
    let ascii = text.is_ascii();
    let valid = if ascii { "" } else { std::str::from_utf8(text).ok()? };
    let n = if ascii { text.len() } else { valid.chars().count() };
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let first = if start < 0 { n.saturating_add(start) } else { start.saturating_sub(1) };
    let last = first.saturating_add(length.max(0)).clamp(0, n);
    let first = first.clamp(0, last);
    let place = |character: i64| {
        let character = usize::try_from(character).unwrap_or(0);
        if ascii { character } else { valid.char_indices().nth(character).map_or(text.len(), |(place, _)| place) }
    };
    Some(&text[place(first)..place(last)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::number;
    use crate::exprs::operators::testing::{check, column};
    use proptest::prelude::*;

    #[test]
    fn characters_are_counted_from_one() {
        for (field, start, length, expected) in [
            ("hello", "2", Some("3"), "ell"),
            ("hello", "0", Some("2"), "h"),
            ("hello", "-3", Some("2"), "ll"),
            ("hello", "-3", None, "llo"),
            ("hello", "-9", Some("6"), "he"),
            ("hello", "9", None, ""),
            ("hello", "2", Some("-1"), ""),
            ("grüße", "3", Some("2"), "üß"),
            ("grüße", "2", Some("9223372036854775807"), "rüße"),
            ("hello", "1.5", None, "!substr(c0, 1.5): start and length are whole numbers"),
        ] {
            let mut args = vec![column(0, Type::Dynamic), number(start).unwrap()];
            args.extend(length.map(|length| number(length).unwrap()));
            check((SUBSTR.bind)(args), &[field], expected);
        }
    }

    proptest! {
        #[test]
        fn any_cut_is_that_of_the_characters(text in "[aé🙂]{0,6}", start in -8i64..9, length in -2i64..9) {
            let n = text.chars().count() as i64;
            let first = if start < 0 { n + start } else { start - 1 };
            let expected: String = text.chars().zip(0i64..).filter(|(_, i)| *i >= first && *i < first + length).map(|(c, _)| c).collect();
            prop_assert_eq!(cut(text.as_bytes(), start, length), Some(expected.as_bytes()));
        }
    }
}
