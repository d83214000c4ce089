//! `LIKE` and `ILIKE`: `%` is any text, `_` is one character.
//!
//! Works on bytes: in invalid UTF-8 a stray byte is one character. There is no escape character unless `ESCAPE` names one, as in
//! DuckDB. `ILIKE` folds case one character to one (`ß` stays `ß`), so that `_` stays one character.
//!
//! The obvious way walks pattern and text with backtracking. Departure: the pattern is cut at its `%` once; the first and last
//! piece are anchored, and each piece between is found as far left as it can be, which is always right. A piece without `_` is
//! found by memmem, so `'abc%'` is one comparison and `'%abc%'` one search.

use bumpalo::Bump;
use memchr::memmem::Finder;

use super::cast::demand;
use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::{map_text, zip};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value};

/// `value [I]LIKE pattern [ESCAPE escape]`.
pub fn like(value: Typed, pattern: Typed, escape: Option<char>, ignore_case: bool) -> Result<Typed, Misuse> {
    let text = format!("{} {} {}", value.text, if ignore_case { "ILIKE" } else { "LIKE" }, pattern.text);
    let value = demand(value, Type::Text)?;
    let pattern = demand(pattern, Type::Text)?;
    let case = if ignore_case { Case::Folded } else { Case::Kept };
    match pattern.as_literal().map(|bytes| Pattern::new(bytes, escape, case)) {
        Some(Ok(pattern)) => Typed::call(Like { pattern, yes: true }, vec![value], Type::Boolean, text),
        Some(Err(misuse)) => Err(misuse),
        None => Typed::call(LikeColumn { escape, case, yes: true }, vec![value, pattern], Type::Boolean, text),
    }
}

/// Whether upper and lower case differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Kept,
    Folded,
}

/// A pattern, cut at its `%`.
#[derive(Clone, Debug)]
struct Pattern {
    /// The text up to the first `%`; the whole if there is none.
    first: Piece,
    /// What stands between two `%` each.
    middle: Vec<Piece>,
    /// The text after the last `%`; `None` if there is none.
    last: Option<Piece>,
    case: Case,
}

/// A stretch of a pattern without `%`.
#[derive(Clone, Debug)]
struct Piece {
    /// Literal bytes, with an `_` before each but the first.
    runs: Vec<Vec<u8>>,
    /// Finds the only run there is.
    finder: Option<Finder<'static>>,
}

impl Pattern {
    fn new(pattern: &[u8], escape: Option<char>, case: Case) -> Result<Pattern, Misuse> {
        let mut buffer = [0; 4];
        let escape: Option<&[u8]> = escape.map(|escape| escape.encode_utf8(&mut buffer).as_bytes());
        let mut pieces = vec![vec![Vec::new()]];
        let mut rest = pattern;
        while let [byte, tail @ ..] = rest {
            let runs = pieces.last_mut().expect("there is a first piece");
            let run = runs.last_mut().expect("a piece has a first run");
            if let Some(tail) = escape.and_then(|escape| rest.strip_prefix(escape)) {
                let Some(&escaped) = tail.first() else {
                    let what = format!("pattern {} ends with its escape character", quoted(pattern));
                    return Err(Misuse::new(what, "write it twice"));
                };
                run.push(escaped);
                rest = &tail[1..];
                continue;
            }
            match byte {
                b'%' => pieces.push(vec![Vec::new()]),
                b'_' => runs.push(Vec::new()),
                _ => run.push(*byte),
            }
            rest = tail;
        }
        let mut pieces = pieces.into_iter().map(|runs| Piece::new(runs, case));
        let first = pieces.next().expect("there is a first piece");
        let mut middle: Vec<Piece> = pieces.collect();
        let last = middle.pop();
        middle.retain(|piece| !piece.is_empty());
        Ok(Pattern { first, middle, last, case })
    }

    fn matches(&self, text: &[u8], folded: &mut Vec<u8>) -> bool {
        match self.case {
            Case::Kept => self.matches_bytes(text),
            Case::Folded => {
                folded.clear();
                fold_into(text, folded);
                self.matches_bytes(folded)
            }
        }
    }

    #[inline]
    fn matches_bytes(&self, text: &[u8]) -> bool {
        let Some(mut rest) = self.first.strip(text) else { return false };
        let Some(last) = &self.last else { return rest.is_empty() };
        for piece in &self.middle {
            match piece.find(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        last.ends(rest)
    }
}

impl Piece {
    fn new(runs: Vec<Vec<u8>>, case: Case) -> Piece {
        let runs = if case == Case::Folded { runs.iter().map(|run| fold(run)).collect() } else { runs };
        let finder = (runs.len() == 1 && !runs[0].is_empty()).then(|| Finder::new(&runs[0]).into_owned());
        Piece { runs, finder }
    }

    fn is_empty(&self) -> bool {
        self.runs.len() == 1 && self.runs[0].is_empty()
    }

    /// What follows this piece at the front of `text`.
    #[inline]
    fn strip<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let (first, others) = self.runs.split_first()?;
        let mut rest = text.strip_prefix(first.as_slice())?;
        for run in others {
            rest = rest.get(first_character(rest)?..)?.strip_prefix(run.as_slice())?;
        }
        Some(rest)
    }

    /// What follows the leftmost place of this piece in `text`.
    fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        if let Some(finder) = &self.finder {
            return finder.find(text).map(|place| &text[place + self.runs[0].len()..]);
        }
        let mut rest = text;
        loop {
            if let Some(after) = self.strip(rest) {
                return Some(after);
            }
            rest = &rest[first_character(rest)?..];
        }
    }

    /// Whether `text` ends with this piece.
    #[inline]
    fn ends(&self, text: &[u8]) -> bool {
        if let [run] = self.runs.as_slice() {
            return text.ends_with(run);
        }
        let mut rest = text;
        loop {
            if self.strip(rest).is_some_and(<[u8]>::is_empty) {
                return true;
            }
            match first_character(rest) {
                Some(n) => rest = &rest[n..],
                None => return false,
            }
        }
    }
}

/// How many bytes the first character of `text` has; a byte that begins none is one by itself.
#[inline]
fn first_character(text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    if first < 0x80 {
        return Some(1);
    }
    let window = &text[..text.len().min(4)];
    let valid = match std::str::from_utf8(window) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(&window[..error.valid_up_to()]).unwrap_or(""),
    };
    Some(valid.chars().next().map_or(1, char::len_utf8))
}

fn fold(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Appends `text` in lower case, one character for one.
fn fold_into(text: &[u8], out: &mut Vec<u8>) {
    if text.is_ascii() {
        let start = out.len();
        out.extend_from_slice(text);
        return out[start..].make_ascii_lowercase();
    }
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            let mut lower = c.to_lowercase();
            let folded = if lower.len() == 1 { lower.next().unwrap_or(c) } else { c };
            out.extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes());
        }
        out.extend_from_slice(chunk.invalid());
    }
}

/// A pattern known from the start.
#[derive(Debug)]
struct Like {
    pattern: Pattern,
    yes: bool,
}

impl Scalar for Like {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        let mut folded = Vec::new();
        map_text(args[0], lanes, out, |_, text| Value::Boolean(self.pattern.matches(text, &mut folded) == self.yes));
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        Some(Box::new(Like { pattern: self.pattern.clone(), yes: !self.yes }))
    }
}

/// A pattern from the row.
#[derive(Debug)]
struct LikeColumn {
    escape: Option<char>,
    case: Case,
    yes: bool,
}

impl Scalar for LikeColumn {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut folded = Vec::new();
        zip(args[0], args[1], lanes, out, |lane, text, pattern| {
            let (Value::Text(text), Value::Text(pattern)) = (text, pattern) else { return Value::Null };
            match Pattern::new(pattern, self.escape, self.case) {
                Ok(pattern) => Value::Boolean(pattern.matches(text, &mut folded) == self.yes),
                Err(misuse) => {
                    troubles.failed(lane, misuse.what);
                    Value::Null
                }
            }
        });
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        Some(Box::new(LikeColumn { escape: self.escape, case: self.case, yes: !self.yes }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{not, text};
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use proptest::prelude::*;

    fn matches(pattern: &[u8], text: &[u8]) -> bool {
        Pattern::new(pattern, None, Case::Kept).unwrap().matches(text, &mut Vec::new())
    }

    /// The definition, by recursion.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('%', rest)), _) => (0..=text.len()).any(|n| naive(rest, &text[n..])),
            (Some(('_', rest)), Some((_, text))) => naive(rest, text),
            (Some((p, rest)), Some((t, text))) => p == t && naive(rest, text),
            _ => false,
        }
    }

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("abc%", "abcd", true),
            ("%abc", "xabc", true),
            ("%abc%", "xabcx", true),
            ("%", "", true),
            ("_", "", false),
            ("_", "é", true),
            ("__", "é", false),
            ("a%a", "a", false),
            ("%a%b%", "xbxaxb", true),
            ("%_b", "bb", true),
            ("%aab", "aaab", true),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{text} LIKE {pattern}");
        }
        assert!(matches(b"a_b", b"a\xFFb"));
        assert!(matches(b"%\xFF%", b"a\xFFb"));
    }

    #[test]
    fn case_escape_and_null_are_as_sql_says() {
        let on =
            |pattern: &str, escape, ignore_case| like(column(0, Type::Dynamic), text(pattern), escape, ignore_case);
        check(on("%STRASSE", None, true), &["Hauptstrasse"], "true");
        check(on("ÄPFEL%", None, true), &["äpfelmus"], "true");
        check(on("a%", None, false), &["ABC"], "false");
        check(on("10!%", Some('!'), false), &["10%"], "true");
        check(on("10!%", Some('!'), false), &["100"], "false");
        check(on("10\\%", None, false), &["10\\x"], "true");
        check(on("%", None, false), &[""], "NULL");
        check(not(on("a%", None, false).unwrap()), &["b"], "true");
        check(like(column(0, Type::Dynamic), column(1, Type::Dynamic), None, false), &["abc", "a%"], "true");
        check(like(column(0, Type::Number), text("1%"), None, false), &["n:12"], "true");
        assert_eq!(misuse(on("a!", Some('!'), false)), "pattern \"a!\" ends with its escape character: write it twice");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_pattern_matches_what_its_definition_matches(pattern in "[ab%_é]{0,6}", text in "[abé]{0,8}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), naive(&p, &t));
            let folded = Pattern::new(pattern.to_uppercase().as_bytes(), None, Case::Folded).unwrap();
            prop_assert_eq!(folded.matches(text.as_bytes(), &mut Vec::new()), naive(&p, &t));
        }
    }
}
