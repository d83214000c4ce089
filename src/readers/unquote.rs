//! A field as it stands in the file in, what it says out.

use std::ops::Range;

use bumpalo::Bump;
use memchr::memchr;

/// `raw` without its quotes. Only a field with doubled quotes, or with text behind its closing one, is written anew, in `arena`.
#[inline]
pub(crate) fn unquoted<'a>(raw: &'a [u8], quote: u8, arena: &'a Bump) -> &'a [u8] {
    match said_in(raw, quote) {
        Some(said) => &raw[said],
        None => rewritten(&raw[1..], quote, arena),
    }
}

/// Where in `raw` stands what it says; `None` where that has to be written anew.
#[inline]
pub(crate) fn said_in(raw: &[u8], quote: u8) -> Option<Range<usize>> {
    match raw.split_first() {
        Some((&first, inner)) if first == quote => (memchr(quote, inner)? + 1 == inner.len()).then_some(1..inner.len()),
        _ => Some(0..raw.len()),
    }
}

/// What `inner`, all behind the opening quote, says.
#[cold]
fn rewritten<'a>(mut inner: &'a [u8], quote: u8, arena: &'a Bump) -> &'a [u8] {
    let mut said = bumpalo::collections::Vec::with_capacity_in(inner.len(), arena);
    while let Some(at) = memchr(quote, inner) {
        said.extend_from_slice_copy(&inner[..at]);
        inner = &inner[at + 1..];
        if inner.first() != Some(&quote) {
            break;
        }
        said.push(quote);
        inner = &inner[1..];
    }
    // Behind the closing quote every byte is itself, quotes included.
    said.extend_from_slice_copy(inner);
    said.into_bump_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_say_what_csv_says() {
        let arena = Bump::new();
        for (raw, said) in [
            ("", ""),
            ("a", "a"),
            ("\"\"", ""),
            ("\"a,b\"", "a,b"),
            ("\"a\"\"b\"", "a\"b"),
            ("\"\"\"\"", "\""),
            ("\"a\"b", "ab"),
            ("\"a\"b\"c\"", "ab\"c\""),
            ("a\"b\"", "a\"b\""),
            ("\"\"\"a\"\"\"", "\"a\""),
        ] {
            assert_eq!(
                unquoted(raw.as_bytes(), b'"', &arena).escape_ascii().to_string(),
                said.as_bytes().escape_ascii().to_string(),
                "{raw}"
            );
        }
    }
}
