//! `lpad` and `rpad`: a text brought to a length in characters, filled up or cut off at its end.

use bumpalo::Bump;

use super::Function;
use super::rowwise::{self, MOST_BYTES, Why, bytes, characters, whole};
use crate::exprs::{Type, Value};

pub(super) const LPAD: Function = Function {
    name: "lpad",
    signature: "lpad(text, length[, fill])",
    doc: "The text at so many characters: filled up in front (with blanks unless told), or cut off at its end.",
    bind: |args| {
        rowwise::bind(args, LPAD.signature, &TAKES, 2, Type::Text, |values, arena| pad(values, arena, Side::Left))
    },
};

pub(super) const RPAD: Function = Function {
    name: "rpad",
    signature: "rpad(text, length[, fill])",
    doc: "The text at so many characters: filled up behind (with blanks unless told), or cut off at its end.",
    bind: |args| {
        rowwise::bind(args, RPAD.signature, &TAKES, 2, Type::Text, |values, arena| pad(values, arena, Side::Right))
    },
};

const TAKES: [Type; 3] = [Type::Text, Type::Number, Type::Text];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn pad<'a>(values: &[Value<'a>], arena: &'a Bump, side: Side) -> Result<Value<'a>, Why> {
    let text = characters(values[0])?;
    let length = usize::try_from(whole(values[1])?).unwrap_or(0);
    let fill = values.get(2).map_or(Ok(" "), |fill| {
        std::str::from_utf8(bytes(*fill)).map_err(|_| Why::Failed("the fill is no UTF-8 text".to_owned()))
    })?;
    if let Some((end, _)) = text.char_indices().nth(length) {
        return Ok(Value::Text(&text.as_bytes()[..end]));
    }
    let missing = length - text.chars().count();
    if missing == 0 || fill.is_empty() {
        return Ok(Value::Text(text.as_bytes()));
    }
    if missing > MOST_BYTES {
        return Err(Why::Failed(format!("{missing} characters to fill pass the {MOST_BYTES} there may be")));
    }
    let filling: String = fill.chars().cycle().take(missing).collect();
    let padded = if side == Side::Left { [&filling, text] } else { [text, &filling] }.concat();
    Ok(Value::Text(arena.alloc_slice_copy(padded.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::{number, text};

    #[test]
    fn a_text_is_filled_up_or_cut_off() {
        for (field, length, fill, left, right) in [
            ("7", "3", "0", "007", "700"),
            ("abc", "2", "x", "ab", "ab"),
            ("ü", "4", "ab", "abaü", "üaba"),
            ("a", "3", "", "a", "a"),
            ("a", "-1", "x", "", ""),
        ] {
            let args = || vec![column(0, Type::Dynamic), number(length).unwrap(), text(fill)];
            check((LPAD.bind)(args()), &[field], left);
            check((RPAD.bind)(args()), &[field], right);
        }
        check((LPAD.bind)(vec![column(0, Type::Dynamic), number("3").unwrap()]), &["a"], "  a");
        let told = "!rpad(c0, 1000000): 999999 characters to fill pass the 4096 there may be";
        check((RPAD.bind)(vec![column(0, Type::Dynamic), number("1000000").unwrap()]), &["a"], told);
    }
}
