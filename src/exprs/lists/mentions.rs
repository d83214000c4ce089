//! `mentions(text)`: every `@name` of a text, without its `@`.
//!
//! A name is letters, digits and `_` of ASCII. What stands before the `@` does not matter: `me@example.com` mentions `example`.
//! Works on bytes, whatever they are.

use super::{BoundList, List, ListFunction, of_text};
use crate::exprs::functions::required;
use crate::exprs::{Misuse, Trouble, Typed, Value};

pub(super) const MENTIONS: ListFunction = ListFunction {
    name: "mentions",
    signature: "mentions(text)",
    doc: "The name of every @name in the text: ASCII letters, digits and _.",
    bind,
};

fn bind(args: Vec<Typed>) -> Result<BoundList, Misuse> {
    let [text] = required(args, MENTIONS.signature)?;
    of_text(text, Mentions)
}

#[derive(Debug)]
struct Mentions;

impl List for Mentions {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        let Value::Text(mut rest) = subject else { return Ok(()) };
        while let Some(place) = memchr::memchr(b'@', rest) {
            rest = &rest[place + 1..];
            let n = rest.iter().take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
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
    fn names_are_what_the_published_pattern_finds() {
        for (text, expected) in [
            ("hi @you and @You_2!", &["you", "You_2"][..]),
            ("me@example.com", &["example"]),
            ("@@a @", &["a"]),
            ("@a@b", &["a", "b"]),
            ("@né", &["n"]),
            ("@é", &[]),
        ] {
            check(bind(vec![column(0, Type::Dynamic)]), text.as_bytes(), expected);
        }
        check(bind(vec![column(0, Type::Dynamic)]), b"\xFF@a\xFF", &["a"]);
    }

    proptest! {
        #[test]
        fn any_text_has_the_mentions_of_the_pattern(text in "[@a_é ]{0,12}") {
            let regex = regex_automata::meta::Regex::new("@([A-Za-z0-9_]+)").unwrap();
            let expected: Vec<&str> = regex.find_iter(&text).map(|found| &text[found.start() + 1..found.end()]).collect();
            check(bind(vec![column(0, Type::Dynamic)]), text.as_bytes(), &expected);
        }
    }
}
