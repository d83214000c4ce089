//! `repeat`: a text several times over, within bounds.

use bumpalo::Bump;

use super::Function;
use super::rowwise::{self, MOST_BYTES, Why, bytes, whole};
use crate::exprs::{Type, Value};

pub(super) const REPEAT: Function = Function {
    name: "repeat",
    signature: "repeat(text, count)",
    doc: "The text so many times over, 4096 bytes at most.",
    bind: |args| rowwise::bind(args, REPEAT.signature, &[Type::Text, Type::Number], 2, Type::Text, repeat),
};

fn repeat<'a>(values: &[Value<'a>], arena: &'a Bump) -> Result<Value<'a>, Why> {
    let (text, count) = (bytes(values[0]), usize::try_from(whole(values[1])?.max(0)).unwrap_or(usize::MAX));
    let n_bytes = text.len().saturating_mul(count);
    if n_bytes > MOST_BYTES {
        return Err(Why::Failed(format!("{n_bytes} bytes pass the {MOST_BYTES} there may be")));
    }
    Ok(Value::Text(arena.alloc_slice_copy(&text.repeat(if text.is_empty() { 0 } else { count }))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::number;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn a_text_repeats_within_bounds() {
        for (count, expected) in [
            ("3", "ababab"),
            ("0", ""),
            ("-1", ""),
            ("2049", "!repeat(c0, 2049): 4098 bytes pass the 4096 there may be"),
        ] {
            check((REPEAT.bind)(vec![column(0, Type::Dynamic), number(count).unwrap()]), &["ab"], expected);
        }
    }
}
