//! `mentions(text)`: every `@name` of a text, without its `@`.
//!
//! A name is letters, digits and `_` of ASCII. What stands before the `@` does not matter: `me@example.com` mentions `example`.
//! Works on bytes, whatever they are.

use bumpalo::collections::Vec as ArenaVec;

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
            let n = name_len(rest);
            if n > 0 {
                each(Value::Text(&rest[..n]));
                rest = &rest[n..];
            }
        }
        Ok(())
    }

    fn marks(&self) -> Option<[u8; 4]> {
        Some([b'@'; 4])
    }

    fn append_at<'a>(
        &self,
        text: &'a [u8],
        (places, from): (&[u32], u32),
        _: usize,
        out: &mut ArenaVec<'_, Value<'a>>,
    ) -> usize {
        for &place in places {
            let rest = &text[(place - from) as usize + 1..];
            let n = name_len(rest);
            if n > 0 {
                out.push(Value::Text(&rest[..n]));
            }
        }
        0
    }
}

/// How many bytes at the front of `text` belong to a name.
///
/// Sixteen at a time, all told before the first is looked for: a loop that the compiler makes a few instructions of.
#[inline]
fn name_len(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<16>();
    for (i, block) in blocks.iter().enumerate() {
        let mut ends = [0; 16];
        for place in 0..16 {
            ends[place] = if is_of_name(block[place]) { 0 } else { 0xFF };
        }
        let ends = u128::from_le_bytes(ends);
        if ends != 0 {
            return 16 * i + (ends.trailing_zeros() / 8) as usize;
        }
    }
    let n = 16 * blocks.len();
    n + text[n..].iter().take_while(|&&byte| is_of_name(byte)).count()
}

#[inline]
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | (byte == b'_')
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
