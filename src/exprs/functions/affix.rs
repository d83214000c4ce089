//! `starts_with`, `ends_with`, `contains`: whether a text has another at its beginning, at its end or anywhere.

use memchr::memmem;

use super::Function;
use super::rowwise::{self, bytes};
use crate::exprs::{Misuse, Type, Typed, Value};

pub(super) const STARTS_WITH: Function = Function {
    name: "starts_with",
    signature: "starts_with(text, part)",
    doc: "Whether the text begins with the part, byte by byte.",
    bind: |args| {
        bind(args, STARTS_WITH.signature, |values, _| {
            Ok(Value::Boolean(bytes(values[0]).starts_with(bytes(values[1]))))
        })
    },
};

pub(super) const ENDS_WITH: Function = Function {
    name: "ends_with",
    signature: "ends_with(text, part)",
    doc: "Whether the text ends with the part, byte by byte.",
    bind: |args| {
        bind(args, ENDS_WITH.signature, |values, _| Ok(Value::Boolean(bytes(values[0]).ends_with(bytes(values[1])))))
    },
};

pub(super) const CONTAINS: Function = Function {
    name: "contains",
    signature: "contains(text, part)",
    doc: "Whether the text has the part anywhere, byte by byte.",
    bind: |args| {
        bind(args, CONTAINS.signature, |values, _| {
            Ok(Value::Boolean(memmem::find(bytes(values[0]), bytes(values[1])).is_some()))
        })
    },
};

fn bind(args: Vec<Typed>, signature: &str, row: rowwise::Row) -> Result<Typed, Misuse> {
    rowwise::bind(args, signature, &[Type::Text; 2], 2, Type::Boolean, row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn a_part_is_found_where_it_is() {
        for (part, starts, ends, contains) in [
            ("he", "true", "false", "true"),
            ("lo", "false", "true", "true"),
            ("ell", "false", "false", "true"),
            ("", "true", "true", "true"),
            ("hello!", "false", "false", "false"),
        ] {
            let args = || vec![column(0, Type::Dynamic), text(part)];
            check((STARTS_WITH.bind)(args()), &["hello"], starts);
            check((ENDS_WITH.bind)(args()), &["hello"], ends);
            check((CONTAINS.bind)(args()), &["hello"], contains);
        }
    }
}
