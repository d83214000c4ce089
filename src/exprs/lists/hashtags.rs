//! `hashtags(text)`: every `#name` of a text, without its `#`.
//!
//! A name is letters, marks, decimal digits and `_` of Unicode, so that `#नमस्ते` is one name. What stands before the `#` does
//! not matter. In text that is no UTF-8 a name ends at the stray byte.

use std::sync::LazyLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;

use super::{BoundList, List, ListFunction, of_text};
use crate::exprs::functions::required;
use crate::exprs::{Misuse, Trouble, Typed, Value};

pub(super) const HASHTAGS: ListFunction = ListFunction {
    name: "hashtags",
    signature: "hashtags(text)",
    doc: "The name of every #name in the text: letters, marks, digits and _ of Unicode.",
    bind,
};

fn bind(args: Vec<Typed>) -> Result<BoundList, Misuse> {
    let [text] = required(args, HASHTAGS.signature)?;
    of_text(text, Hashtags)
}

/// What a name goes on with after its ASCII; anchored where it is searched.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let config = Config::new().hybrid_cache_capacity(1 << 20).utf8_empty(false);
    let builder = Regex::builder()
        .configure(config)
        .syntax(syntax::Config::new().utf8(false))
        .build(r"#[\p{Alphabetic}\p{M}\p{Nd}_]+");
    builder.expect("the pattern is a constant that parses")
});

#[derive(Debug)]
struct Hashtags;

impl List for Hashtags {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        let Value::Text(text) = subject else { return Ok(()) };
        // Most texts have none, which memchr sees without a search's overhead.
        if let Some(first) = memchr::memchr(b'#', text) {
            let text = &text[first..];
            NAME.find_iter(text).for_each(|found| each(Value::Text(&text[found.start() + 1..found.end()])));
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
    fn names_are_letters_marks_digits_and_underscores() {
        for (text, expected) in [
            ("#Rust and #b_2!", &["Rust", "b_2"][..]),
            ("#नमस्ते #été", &["नमस्ते", "été"]),
            ("##a#b # ", &["a", "b"]),
            ("no tags", &[]),
            ("#️⃣ #🙂", &["\u{FE0F}\u{20E3}"]),
        ] {
            check(bind(vec![column(0, Type::Dynamic)]), text.as_bytes(), expected);
        }
        check(bind(vec![column(0, Type::Dynamic)]), b"#a\xFFb", &["a"]);
    }
}
