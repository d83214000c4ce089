//! `hashtags(text)`: every `#name` of a text, without its `#`.
//!
//! A name is letters, marks, decimal digits and `_` of Unicode, so that `#नमस्ते` is one name. What stands before the `#` does
//! not matter. In text that is no UTF-8 a name ends at the stray byte.

use std::sync::LazyLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

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

/// What a name goes on with where its ASCII ends.
static REST: LazyLock<Regex> = LazyLock::new(|| {
    let config = Config::new().hybrid_cache_capacity(1 << 20);
    let builder = Regex::builder()
        .configure(config)
        .syntax(syntax::Config::new().utf8(false))
        .build(r"[\p{Alphabetic}\p{M}\p{Nd}_]+");
    builder.expect("the pattern is a constant that parses")
});

#[derive(Debug)]
struct Hashtags;

impl List for Hashtags {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        let Value::Text(mut rest) = subject else { return Ok(()) };
        while let Some(place) = memchr::memchr(b'#', rest) {
            rest = &rest[place + 1..];
            let mut n = rest.iter().take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
            if rest.get(n).is_some_and(|byte| !byte.is_ascii()) {
                // The tables of Unicode are asked only where ASCII does not settle it.
                let input = Input::new(rest).range(n..).anchored(Anchored::Yes);
                n = REST.find(input).map_or(n, |found| found.end());
            }
            if n > 0 {
                each(Value::Text(&rest[..n]));
                rest = &rest[n..];
            }
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_text_has_the_hashtags_of_the_pattern(text in "[#a_1éनी्\u{200D}² ]{0,12}") {
            let regex = Regex::new(r"#([\p{Alphabetic}\p{M}\p{Nd}_]+)").unwrap();
            let expected: Vec<&str> = regex.find_iter(&text).map(|found| &text[found.start() + 1..found.end()]).collect();
            check(bind(vec![column(0, Type::Dynamic)]), text.as_bytes(), &expected);
        }
    }
}
