//! `left` and `right`: the first or last characters of a text; of a negative count all but so many.

use super::Function;
use super::rowwise::{self, Why, bytes, characters, whole};
use crate::exprs::{Type, Value};

pub(super) const LEFT: Function = Function {
    name: "left",
    signature: "left(text, count)",
    doc: "The first characters of the text; of a negative count all but so many at its end.",
    bind: |args| {
        rowwise::bind(args, LEFT.signature, &[Type::Text, Type::Number], 2, Type::Text, |values, _| {
            split(values[0], whole(values[1])?, false).map(|(left, _)| Value::Text(left))
        })
    },
};

pub(super) const RIGHT: Function = Function {
    name: "right",
    signature: "right(text, count)",
    doc: "The last characters of the text; of a negative count all but so many at its beginning.",
    bind: |args| {
        rowwise::bind(args, RIGHT.signature, &[Type::Text, Type::Number], 2, Type::Text, |values, _| {
            split(values[0], whole(values[1])?, true).map(|(_, right)| Value::Text(right))
        })
    },
};

/// The text cut at `count` characters from the side that is meant; a negative count is from the other one.
fn split(text: Value<'_>, count: i64, from_right: bool) -> Result<(&[u8], &[u8]), Why> {
    let n = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let from_right = from_right != (count < 0);
    let all = bytes(text);
    let place = if all.is_ascii() {
        if from_right { all.len().saturating_sub(n) } else { n.min(all.len()) }
    } else {
        let text = characters(text)?;
        let mut places = text.char_indices().map(|(place, _)| place);
        match from_right {
            true if n == 0 => text.len(),
            true => places.nth_back(n - 1).unwrap_or(0),
            false => places.nth(n).unwrap_or(text.len()),
        }
    };
    Ok(all.split_at(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::number;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn characters_are_counted_from_the_side_that_is_meant() {
        for (field, count, left, right) in [
            ("hello", "2", "he", "lo"),
            ("hello", "-2", "hel", "llo"),
            ("hello", "9", "hello", "hello"),
            ("hello", "-9", "", ""),
            ("hello", "0", "", ""),
            ("grüße", "3", "grü", "üße"),
            ("grüße", "-3", "gr", "ße"),
            ("", "1", "NULL", "NULL"),
        ] {
            let args = || vec![column(0, Type::Dynamic), number(count).unwrap()];
            check((LEFT.bind)(args()), &[field], left);
            check((RIGHT.bind)(args()), &[field], right);
        }
    }
}
