//! `emojis(text)`: every emoji of a text, by its key.

use bumpalo::collections::Vec as ArenaVec;

use super::{BoundList, List, ListFunction, of_text};
use crate::exprs::functions::required;
use crate::exprs::{Misuse, Trouble, Typed, Value, emoji};

pub(super) const EMOJIS: ListFunction = ListFunction {
    name: "emojis",
    signature: "emojis(text)",
    doc: "Every emoji in the text; forms with and without FE0F are one.",
    bind,
};

fn bind(args: Vec<Typed>) -> Result<BoundList, Misuse> {
    let [text] = required(args, EMOJIS.signature)?;
    of_text(text, Emojis)
}

#[derive(Debug)]
struct Emojis;

impl List for Emojis {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        if let Value::Text(text) = subject {
            emoji::for_each(text, |number| each(Value::Text(emoji::key(number))));
        }
        Ok(())
    }

    fn marks(&self) -> Option<[u8; 4]> {
        Some(emoji::ENTRIES)
    }

    fn append_at<'a>(
        &self,
        text: &'a [u8],
        (places, from): (&[u32], u32),
        settled: usize,
        out: &mut ArenaVec<'_, Value<'a>>,
    ) -> usize {
        let places = places.iter().map(|&place| (place - from) as usize);
        emoji::for_each_at(text, places, settled, |number| out.push(Value::Text(emoji::key(number))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;
    use crate::exprs::Type;
    use crate::exprs::operators::testing::column;

    #[test]
    fn every_occurrence_counts() {
        check(bind(vec![column(0, Type::Text)]), "a 🙂🙂 b ❤️❤".as_bytes(), &["🙂", "🙂", "❤", "❤"]);
    }
}
