//! `split(text, separator)`: what stands between separators, the empty too.

use memchr::memmem;

use super::{BoundList, List, ListFunction, of_text};
use crate::exprs::functions::{constant_text, required};
use crate::exprs::{Misuse, Trouble, Typed, Value};

pub(super) const SPLIT: ListFunction = ListFunction {
    name: "split",
    signature: "split(text, separator)",
    doc: "What stands between the separators in the text; between two that touch, empty text.",
    bind,
};

fn bind(args: Vec<Typed>) -> Result<BoundList, Misuse> {
    let [text, separator] = required(args, SPLIT.signature)?;
    let separator = constant_text(&separator, "the separator")?;
    if separator.is_empty() {
        return Err(Misuse::new("the separator is empty", "regexp_extract_all(text, '(?s).') takes characters"));
    }
    let finder = memmem::Finder::new(separator).into_owned();
    of_text(text, Split { finder })
}

#[derive(Debug)]
struct Split {
    finder: memmem::Finder<'static>,
}

impl List for Split {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        let Value::Text(text) = subject else { return Ok(()) };
        let mut start = 0;
        for place in self.finder.find_iter(text) {
            each(Value::Text(&text[start..place]));
            start = place + self.finder.needle().len();
        }
        each(Value::Text(&text[start..]));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;
    use crate::exprs::Type;
    use crate::exprs::operators::testing::column;
    use crate::exprs::operators::text;

    #[test]
    fn empty_pieces_are_pieces() {
        for (subject, separator, expected) in [
            ("a,b", ",", &["a", "b"][..]),
            (",a,,", ",", &["", "a", "", ""]),
            ("a::b:", "::", &["a", "b:"]),
            ("abc", ",", &["abc"]),
        ] {
            check(bind(vec![column(0, Type::Dynamic), text(separator)]), subject.as_bytes(), expected);
        }
        assert_eq!(bind(vec![column(0, Type::Dynamic), text("")]).unwrap_err().what, "the separator is empty");
    }
}
