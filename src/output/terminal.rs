//! Bytes in, text that a terminal shows and does not obey.
//!
//! A field can hold an escape sequence that moves the cursor, sets the title or repaints what stands above. Line feeds and
//! tabs stay where the caller says that they are layout.

use std::borrow::Cow;

/// `bytes` of a whole answer: control characters escaped, line feeds and tabs as they are, invalid UTF-8 as `\xNN`.
///
/// Borrowed when there is nothing to escape.
pub(super) fn shown(bytes: &[u8]) -> Cow<'_, [u8]> {
    let layout = |c| matches!(c, '\n' | '\t');
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(|c| is_control(c) && !layout(c)) => Cow::Borrowed(bytes),
        _ => Cow::Owned(escaped(bytes, layout).into_bytes()),
    }
}

/// `bytes` of one field as one line of text: every control character escaped.
pub(super) fn line(bytes: &[u8]) -> String {
    escaped(bytes, |_| false)
}

fn escaped(bytes: &[u8], is_layout: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_control(c) && !is_layout(c) { out.extend(c.escape_default()) } else { out.push(c) }
        }
        for byte in chunk.invalid() {
            out.extend(std::ascii::escape_default(*byte).map(char::from));
        }
    }
    out
}

/// C0, DEL, C1, and the marks that turn the direction of what follows.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing() {
        for (bytes, expected) in [
            (&b"plain, \xf0\x9f\x98\x80"[..], "plain, 😀"),
            (b"a\tb\n", "a\tb\n"),
            (b"\x1b[2J", "\\u{1b}[2J"),
            (b"\xc2\x9b1m", "\\u{9b}1m"),
            (b"\r\x07\xff", "\\r\\u{7}\\xff"),
            ("\u{202e}".as_bytes(), "\\u{202e}"),
        ] {
            assert_eq!(String::from_utf8_lossy(&shown(bytes)), expected);
        }
        assert_eq!(line(b"two\nlines\t"), "two\\nlines\\t");
    }
}
