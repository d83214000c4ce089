//! `words(text)`: every word of a text, as Unicode cuts them (UAX #29): letters and digits, not what stands between.
//!
//! In text that is no UTF-8 the words of its valid stretches.

use unicode_segmentation::UnicodeSegmentation;

use super::{BoundList, List, ListFunction, of_text};
use crate::exprs::functions::required;
use crate::exprs::{Misuse, Trouble, Typed, Value};

pub(super) const WORDS: ListFunction = ListFunction {
    name: "words",
    signature: "words(text)",
    doc: "Every word of the text, as UAX #29 cuts them; case is kept.",
    bind,
};

fn bind(args: Vec<Typed>) -> Result<BoundList, Misuse> {
    let [text] = required(args, WORDS.signature)?;
    of_text(text, Words)
}

#[derive(Debug)]
struct Words;

impl List for Words {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        let Value::Text(text) = subject else { return Ok(()) };
        for chunk in text.utf8_chunks() {
            chunk.valid().unicode_words().for_each(|word| each(Value::Text(word.as_bytes())));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;
    use crate::exprs::Type;
    use crate::exprs::operators::testing::column;

    #[test]
    fn words_are_cut_where_unicode_cuts_them() {
        check(
            bind(vec![column(0, Type::Dynamic)]),
            "Don't panic, it's 3.14 नमस्ते!".as_bytes(),
            &["Don't", "panic", "it's", "3.14", "नमस्ते"],
        );
        check(bind(vec![column(0, Type::Dynamic)]), b"ab\xFFcd", &["ab", "cd"]);
    }
}
