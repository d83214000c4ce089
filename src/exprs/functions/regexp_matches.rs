//! `regexp_matches`: whether a pattern matches anywhere in a text.

use bumpalo::Bump;

use super::{Function, constant_text, required};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::regexp::Pattern;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const REGEXP_MATCHES: Function = Function {
    name: "regexp_matches",
    signature: "regexp_matches(text, pattern)",
    doc: "Whether the pattern matches anywhere in the text; ^ and $ anchor it.",
    bind: |args| {
        let [text, pattern] = required(args, REGEXP_MATCHES.signature)?;
        let spelt = format!("regexp_matches({}, {})", text.text, pattern.text);
        let pattern = Pattern::new(constant_text(&pattern, "the pattern")?)?;
        Typed::call(Matches { pattern }, vec![operators::demand(text, Type::Text)?], Type::Boolean, spelt)
    },
};

#[derive(Debug)]
struct Matches {
    pattern: Pattern,
}

impl Scalar for Matches {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        map_text(args[0], lanes, out, |_, text| Value::Boolean(self.pattern.is_match(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn a_match_anywhere_counts() {
        for (pattern, field, expected) in [
            ("b", "abc", "true"),
            ("^b", "abc", "false"),
            ("^a.c$", "aéc", "true"),
            ("", "x", "true"),
            ("b", "", "NULL"),
        ] {
            check((REGEXP_MATCHES.bind)(vec![column(0, Type::Dynamic), text(pattern)]), &[field], expected);
        }
    }
}
