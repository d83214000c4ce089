//! `regexp_extract_all(text, pattern[, group])`: every match of a pattern, or what one of its groups matched there.

use super::{BoundList, List, ListFunction, of_text};
use crate::exprs::functions::{constant_text, optional};
use crate::exprs::regexp::{Group, Pattern};
use crate::exprs::{Misuse, Trouble, Typed, Value};

pub(super) const REGEXP_EXTRACT_ALL: ListFunction = ListFunction {
    name: "regexp_extract_all",
    signature: "regexp_extract_all(text, pattern[, group])",
    doc: "Every match of the pattern, left to right, not overlapping, or what its group matched there (NULL where it did not).",
    bind,
};

fn bind(args: Vec<Typed>) -> Result<BoundList, Misuse> {
    let ([text, pattern], group) = optional(args, REGEXP_EXTRACT_ALL.signature)?;
    let pattern = Pattern::new(constant_text(&pattern, "the pattern")?)?;
    let group = pattern.group(group)?;
    of_text(text, ExtractAll { pattern, group })
}

#[derive(Debug)]
struct ExtractAll {
    pattern: Pattern,
    group: Group,
}

impl List for ExtractAll {
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble> {
        if let Value::Text(text) = subject {
            self.pattern
                .each(text, self.group, |found| each(found.map_or(Value::Null, |range| Value::Text(&text[range]))));
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
    use crate::exprs::operators::{number, text};

    #[test]
    fn every_match_is_taken_also_empty_ones() {
        for (subject, pattern, group, expected) in [
            ("a1b22", "[0-9]+", "0", &["1", "22"][..]),
            ("k=v, l=w", "(\\w)=(\\w)", "2", &["v", "w"]),
            ("abcb", "(x)?b", "1", &["NULL", "NULL"]),
            ("abc", "x*", "0", &["", "", "", ""]),
            ("é", "", "0", &["", ""]),
        ] {
            let args = vec![column(0, Type::Dynamic), text(pattern), number(group).unwrap()];
            check(bind(args), subject.as_bytes(), expected);
        }
    }
}
