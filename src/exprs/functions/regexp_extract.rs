//! `regexp_extract`: the first match of a pattern, or one of its groups.

use bumpalo::Bump;

use super::{Function, constant_text, optional};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::regexp::{Group, Pattern};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const REGEXP_EXTRACT: Function = Function {
    name: "regexp_extract",
    signature: "regexp_extract(text, pattern[, group])",
    doc: "The first match of the pattern, or what its group (by number or name) matched; empty text where nothing did.",
    bind: |args| {
        let ([text, pattern], group) = optional(args, REGEXP_EXTRACT.signature)?;
        let spelt = format!("regexp_extract({}, {})", text.text, pattern.text);
        let pattern = Pattern::new(constant_text(&pattern, "the pattern")?)?;
        let group = pattern.group(group)?;
        Typed::call(Extract { pattern, group }, vec![operators::demand(text, Type::Text)?], Type::Text, spelt)
    },
};

#[derive(Debug)]
struct Extract {
    pattern: Pattern,
    group: Group,
}

impl Scalar for Extract {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        let mut scratch = self.pattern.scratch();
        map_text(args[0], lanes, out, |_, text| {
            let found = self.pattern.first(text, self.group, &mut scratch);
            Value::Text(found.map_or(&[], |range| &text[range]))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use crate::exprs::operators::{number, text};

    #[test]
    fn the_first_match_or_group_is_taken_and_nothing_is_empty_text() {
        for (pattern, group, field, expected) in [
            ("[a-z]+", "0", "12ab34cd", "ab"),
            ("([a-z])([0-9])?", "2", "a", ""),
            ("@(\\w+)", "1", "hi @you", "you"),
            ("x", "0", "abc", ""),
            ("é.", "0", "aéñb", "éñ"),
        ] {
            let args = vec![column(0, Type::Dynamic), text(pattern), number(group).unwrap()];
            check((REGEXP_EXTRACT.bind)(args), &[field], expected);
        }
        check(
            (REGEXP_EXTRACT.bind)(vec![column(0, Type::Dynamic), text("(?P<tail>b.*)"), text("tail")]),
            &["abc"],
            "bc",
        );
        check((REGEXP_EXTRACT.bind)(vec![column(0, Type::Dynamic), text("b")]), &[""], "NULL");
    }

    #[test]
    fn a_pattern_is_refused_before_reading() {
        let told = misuse((REGEXP_EXTRACT.bind)(vec![column(0, Type::Dynamic), text("a(b")]));
        assert!(told.starts_with("pattern \"a(b\" does not parse: "), "{told}");
        let told = misuse((REGEXP_EXTRACT.bind)(vec![column(0, Type::Dynamic), text("a"), number("1").unwrap()]));
        assert_eq!(told, "the pattern has no group 1: put what is wanted in (…)");
        let told = misuse((REGEXP_EXTRACT.bind)(vec![column(0, Type::Dynamic), column(1, Type::Dynamic)]));
        assert!(told.starts_with("the pattern is \"c1\", which differs by row"), "{told}");
        let told = misuse((REGEXP_EXTRACT.bind)(vec![column(0, Type::Dynamic), text("(\\w{100}){100}")]));
        assert!(told.contains("is too large"), "{told}");
    }
}
