//! `regexp_replace`: the first match of a pattern, or with the flag `g` every match, replaced.
//!
//! In the replacement `\1` … `\9` stand for what the groups matched, `\0` and `\&` for the whole match, `\\` for a backslash.

use bumpalo::Bump;
use regex_automata::util::captures::Captures;

use super::arguments::between;
use super::{Function, constant_text};
use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::regexp::Pattern;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const REGEXP_REPLACE: Function = Function {
    name: "regexp_replace",
    signature: "regexp_replace(text, pattern, replacement[, flags])",
    doc: "The text with the first match of the pattern replaced, with flag 'g' every match, with 'i' in any case; \\1 is a group.",
    bind: |args| {
        let args = between(args, 3, 4, REGEXP_REPLACE.signature)?;
        let texts = args.iter().map(|arg| &*arg.text).collect::<Vec<_>>().join(", ");
        let flags = args.get(3).map_or(Ok(&b""[..]), |flags| constant_text(flags, "the flags"))?;
        if let Some(&other) = flags.iter().find(|flag| !b"gic".contains(flag)) {
            let what = format!("{} is no flag of regexp_replace", quoted(&[other]));
            return Err(Misuse::new(what, "write 'g' for every match, 'i' for any case, 'gi' for both"));
        }
        let pattern = constant_text(&args[1], "the pattern")?;
        let pattern = if flags.contains(&b'i') { [b"(?i)", pattern].concat() } else { pattern.to_vec() };
        let pattern = Pattern::new(&pattern)?;
        let pieces = pieces(constant_text(&args[2], "the replacement")?, &pattern)?;
        let every = flags.contains(&b'g');
        let subject = args.into_iter().next().map(|text| operators::demand(text, Type::Text)).transpose()?;
        let replace = RegexpReplace { pattern, pieces, every };
        Typed::call(replace, subject.into_iter().collect(), Type::Text, format!("regexp_replace({texts})"))
    },
};

#[derive(Debug)]
enum Piece {
    Bytes(Vec<u8>),
    Group(usize),
}

/// The replacement taken apart.
fn pieces(replacement: &[u8], pattern: &Pattern) -> Result<Vec<Piece>, Misuse> {
    let mut pieces = Vec::new();
    let mut bytes = Vec::new();
    let mut rest = replacement.iter();
    while let Some(&byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let group = match rest.next() {
            Some(digit @ b'0'..=b'9') => usize::from(digit - b'0'),
            Some(b'&') => 0,
            Some(b'\\') => {
                bytes.push(b'\\');
                continue;
            }
            _ => {
                return Err(Misuse::new("a backslash in a replacement stands before a digit", "write \\\\ for itself"));
            }
        };
        if group >= pattern.n_groups() {
            return Err(Misuse::new(format!("the pattern has no group {group}"), "put what is wanted in (…)"));
        }
        if !bytes.is_empty() {
            pieces.push(Piece::Bytes(std::mem::take(&mut bytes)));
        }
        pieces.push(Piece::Group(group));
    }
    if !bytes.is_empty() {
        pieces.push(Piece::Bytes(bytes));
    }
    Ok(pieces)
}

#[derive(Debug)]
struct RegexpReplace {
    pattern: Pattern,
    pieces: Vec<Piece>,
    every: bool,
}

impl Scalar for RegexpReplace {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut replaced = Vec::new();
        map_text(args[0], lanes, out, |_, text| {
            replaced.clear();
            let mut copied = 0;
            let mut found = false;
            self.pattern.captures(text, |captures| {
                let Some(span) = captures.get_match() else { return false };
                found = true;
                replaced.extend_from_slice(&text[copied..span.start()]);
                self.write(captures, text, &mut replaced);
                copied = span.end();
                self.every
            });
            if !found {
                return Value::Text(text);
            }
            replaced.extend_from_slice(&text[copied..]);
            Value::Text(arena.alloc_slice_copy(&replaced))
        });
    }
}

impl RegexpReplace {
    fn write(&self, captures: &Captures, text: &[u8], out: &mut Vec<u8>) {
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Group(group) => {
                    out.extend_from_slice(captures.get_group(*group).map_or(&[], |span| &text[span.range()]));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use crate::exprs::operators::text;

    #[test]
    fn the_first_match_or_every_match_is_replaced() {
        for (field, pattern, replacement, flags, expected) in [
            ("Five  Points / East", "[^a-z0-9]+", "-", "gi", "Five-Points-East"),
            ("aaa", "a", "b", "", "baa"),
            ("aaa", "a", "b", "g", "bbb"),
            ("2024-02-29", r"(\d+)-(\d+)-(\d+)", r"\3.\2.\1", "", "29.02.2024"),
            ("ab", "b", r"[\0\&\\]", "", r"a[bb\]"),
            ("abc", "x*", "-", "g", "-a-b-c-"),
            ("abc", "x", "y", "g", "abc"),
            ("ab", "(x)?b", r"<\1>", "", "a<>"),
            ("", "x", "y", "", "NULL"),
        ] {
            let args = vec![column(0, Type::Dynamic), text(pattern), text(replacement), text(flags)];
            check((REGEXP_REPLACE.bind)(args), &[field], expected);
        }
        check((REGEXP_REPLACE.bind)(vec![column(0, Type::Dynamic), text("b"), text("")]), &["abc"], "ac");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let told = |pattern, replacement, flags| {
            misuse((REGEXP_REPLACE.bind)(vec![column(0, Type::Text), text(pattern), text(replacement), text(flags)]))
        };
        assert_eq!(told("a", r"\1", ""), "the pattern has no group 1: put what is wanted in (…)");
        assert_eq!(told("a", r"\n", ""), r"a backslash in a replacement stands before a digit: write \\ for itself");
        assert!(told("a", "", "gx").starts_with("\"x\" is no flag of regexp_replace: "));
    }
}
