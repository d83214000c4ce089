//! `reverse`: the characters of a text from the last to the first; what is seen as one character stays together.

use unicode_segmentation::UnicodeSegmentation;

use super::Function;
use super::rowwise::{self, characters};
use crate::exprs::{Type, Value};

pub(super) const REVERSE: Function = Function {
    name: "reverse",
    signature: "reverse(text)",
    doc: "The characters of the text from the last to the first; graphemes (UAX #29) stay whole.",
    bind: |args| {
        rowwise::bind(args, REVERSE.signature, &[Type::Text], 1, Type::Text, |values, arena| {
            let text = characters(values[0])?;
            let reversed: String = text.graphemes(true).rev().collect();
            Ok(Value::Text(arena.alloc_slice_copy(reversed.as_bytes())))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn graphemes_stay_whole() {
        for (field, expected) in [("abc", "cba"), ("e\u{301}a", "ae\u{301}"), ("🇮🇳x", "x🇮🇳"), ("", "NULL")]
        {
            check((REVERSE.bind)(vec![column(0, Type::Dynamic)]), &[field], expected);
        }
    }
}
