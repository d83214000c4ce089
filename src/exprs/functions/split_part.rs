//! `split_part`: one of the parts of a text between separators, counted from 1; a negative number counts from the end.

use memchr::memmem;

use super::Function;
use super::rowwise::{self, Why, bytes, whole};
use crate::exprs::{Type, Value};

pub(super) const SPLIT_PART: Function = Function {
    name: "split_part",
    signature: "split_part(text, separator, number)",
    doc: "The part of that number between separators (the first is 1, the last −1); empty text where there is none.",
    bind: |args| {
        let takes = [Type::Text, Type::Text, Type::Number];
        rowwise::bind(args, SPLIT_PART.signature, &takes, 3, Type::Text, |values, _| match whole(values[2])? {
            0 => Err(Why::Failed("parts are counted from 1".to_owned())),
            number => Ok(Value::Text(part(bytes(values[0]), bytes(values[1]), number))),
        })
    },
};

fn part<'t>(text: &'t [u8], separator: &[u8], number: i64) -> &'t [u8] {
    let n = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
    if separator.is_empty() {
        return if n == 1 { text } else { &[] };
    }
    let n_parts = memmem::find_iter(text, separator).count() + 1;
    let Some(index) = (if number > 0 { Some(n - 1) } else { n_parts.checked_sub(n) }) else { return &[] };
    if index >= n_parts {
        return &[];
    }
    let mut places = memmem::find_iter(text, separator);
    let start = if index == 0 { 0 } else { places.nth(index - 1).map_or(0, |place| place + separator.len()) };
    let end = places.next().unwrap_or(text.len());
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::{number, text};

    #[test]
    fn parts_are_counted_from_either_end() {
        for (field, separator, n, expected) in [
            ("a,b,c", ",", "2", "b"),
            ("a,b,c", ",", "-1", "c"),
            ("a,b,c", ",", "-3", "a"),
            ("a,b,c", ",", "-4", ""),
            ("a,b,c", ",", "4", ""),
            ("a~~b", "~~", "2", "b"),
            ("abc", ",", "1", "abc"),
            ("abc", "", "1", "abc"),
            ("a,,b", ",", "2", ""),
            ("a", ",", "0", "!split_part(c0, ',', 0): parts are counted from 1"),
        ] {
            let args = vec![column(0, Type::Dynamic), text(separator), number(n).unwrap()];
            check((SPLIT_PART.bind)(args), &[field], expected);
        }
    }
}
