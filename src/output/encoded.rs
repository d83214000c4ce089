//! A text in UTF-8 in, the same text in another encoding out, whatever the pieces it comes in.
//!
//! Holds one piece of it. Knows nothing of rows; a character that cannot be written is told by the line on which it stands.
//!
//! The obvious way is `encoding_rs::Encoder::encode_from_utf8`. Departures:
//! 1. what the encoding does not have is an error, never a `?` nor `&#8364;`;
//! 2. ISO-8859-1 is what its name says, as it is where files are read: `encoding_rs` has Windows-1252 for it, as the web does;
//! 3. `encoding_rs` reads UTF-16 and does not write it: that is std's;
//! 4. a piece may end inside a character, whose first bytes then wait for the next one.
//!
//! What is written is read again by the same name, but for a text that itself begins with what spells a byte-order mark (`ÿþ`,
//! `þÿ` or `ï»¿` in the encodings of one byte, U+FEFF in UTF-16): to whoever reads it that is one.

use std::fmt;

use encoding_rs::{EncoderResult, WINDOWS_1252, mem};
use simdutf8::compat::from_utf8;

use crate::encoding::Encoding;
use crate::error::{Error, Result};

/// The most that is encoded at once.
pub(super) const PIECE_BYTES: usize = 32 << 10;

/// A piece, and a character that began before it.
const TEXT_BYTES: usize = PIECE_BYTES + 4;

/// The mark of UTF-16.
const MARK: char = '\u{feff}';

/// A text on its way into an encoding.
pub(super) struct Encoder {
    encoding: Encoding,
    /// Where it is written, for messages.
    name: String,
    is_begun: bool,
    /// Line feeds before `text`.
    lines: u64,
    /// What was not encoded yet; between two pieces, a character that is not all there.
    text: Vec<u8>,
    encoded: Vec<u8>,
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("encoding", &self.encoding).finish_non_exhaustive()
    }
}

impl Encoder {
    /// What it holds, which does not grow: a byte of UTF-8 becomes two at most.
    pub(super) const HELD_BYTES: usize = 3 * TEXT_BYTES;

    /// One that writes `encoding` to what is called `name`; none for UTF-8, whose bytes pass as they are.
    pub(super) fn of(encoding: Encoding, name: &str) -> Option<Encoder> {
        (encoding != Encoding::Utf8).then(|| Encoder {
            encoding,
            name: name.to_owned(),
            is_begun: false,
            lines: 0,
            text: Vec::with_capacity(TEXT_BYTES),
            encoded: Vec::with_capacity(2 * TEXT_BYTES),
        })
    }

    /// The next `piece`, of at most [`PIECE_BYTES`], encoded: all characters that are complete by now.
    ///
    /// The first thing that cannot be written is the error; nothing is to follow it.
    pub(super) fn encode(&mut self, piece: &[u8]) -> Result<&[u8]> {
        self.text.extend_from_slice(piece);
        self.encoded.clear();
        if !std::mem::replace(&mut self.is_begun, true) && self.encoding == Encoding::Utf16 {
            append(MARK.encode_utf8(&mut [0; 4]), self.encoding, &mut self.encoded);
        }
        let (text, n_broken) = characters(&self.text);
        let n = append(text, self.encoding, &mut self.encoded);
        if let Some(n_lacking) = text[n..].chars().next().map(char::len_utf8).or(n_broken) {
            return Err(self.unwritable(n, n_lacking));
        }
        self.lines += line_feeds(text.as_bytes());
        self.text.drain(..n);
        Ok(&self.encoded)
    }

    /// After the last piece: an error when it ended inside a character.
    pub(super) fn finish(self) -> Result<()> {
        if self.text.is_empty() { Ok(()) } else { Err(self.unwritable(0, self.text.len())) }
    }

    /// That the `len` bytes at `at` cannot be written.
    fn unwritable(&self, at: usize, len: usize) -> Error {
        Error::Unwritable {
            path: self.name.clone(),
            line: self.lines + line_feeds(&self.text[..at]) + 1,
            text: self.text[at..at + len].to_vec(),
            encoding: self.encoding.name(),
        }
    }
}

/// The characters with which `bytes` begins, and the length of what is broken behind them; `None` where nothing is, or where
/// more bytes could mend it.
fn characters(bytes: &[u8]) -> (&str, Option<usize>) {
    match from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let text = from_utf8(&bytes[..error.valid_up_to()]).expect("was found to be UTF-8 up to there");
            (text, error.error_len())
        }
    }
}

/// Appends `text` in `encoding` to `out`: how many bytes of it, up to the first character that `encoding` does not have.
fn append(text: &str, encoding: Encoding, out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.resize(at + 2 * text.len(), 0);
    let place = &mut out[at..];
    let (n, written) = match encoding {
        Encoding::Utf8 => {
            place[..text.len()].copy_from_slice(text.as_bytes());
            (text.len(), text.len())
        }
        Encoding::Iso8859_1 => {
            let n = mem::str_latin1_up_to(text);
            (n, mem::convert_utf8_to_latin1_lossy(&text.as_bytes()[..n], place))
        }
        Encoding::Windows1252 => {
            let mut encoder = WINDOWS_1252.new_encoder();
            match encoder.encode_from_utf8_without_replacement(text, place, true) {
                (EncoderResult::Unmappable(c), read, written) => (read - c.len_utf8(), written),
                (_, read, written) => (read, written),
            }
        }
        Encoding::Utf16 | Encoding::Utf16Le => (text.len(), spell_utf_16(text, place, u16::to_le_bytes)),
        Encoding::Utf16Be => (text.len(), spell_utf_16(text, place, u16::to_be_bytes)),
    };
    out.truncate(at + written);
    n
}

/// Spells `text` in UTF-16 into `place`, which has room for it: how many bytes.
fn spell_utf_16(text: &str, place: &mut [u8], bytes: impl Fn(u16) -> [u8; 2]) -> usize {
    let (places, _) = place.as_chunks_mut();
    let mut n = 0;
    for (place, unit) in places.iter_mut().zip(text.encode_utf16()) {
        *place = bytes(unit);
        n += 2;
    }
    n
}

fn line_feeds(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` in `encoding`, written in pieces of `piece_bytes`.
    fn written(text: &[u8], encoding: Encoding, piece_bytes: usize) -> Result<Vec<u8>> {
        let mut encoder = Encoder::of(encoding, "b.csv").expect("is not UTF-8");
        let mut out = Vec::new();
        for piece in text.chunks(piece_bytes) {
            out.extend_from_slice(encoder.encode(piece)?);
        }
        assert!(encoder.text.capacity() + encoder.encoded.capacity() <= Encoder::HELD_BYTES, "nothing grew");
        encoder.finish()?;
        Ok(out)
    }

    #[track_caller]
    fn check(text: &str, encoding: Encoding, expected: &[u8]) {
        for piece_bytes in [1, 2, 3, 4, 5, 7, PIECE_BYTES] {
            let found = written(text.as_bytes(), encoding, piece_bytes).expect("has all of it");
            assert!(found == expected, "{encoding}, pieces of {piece_bytes}: {found:x?} for {expected:x?}");
        }
    }

    #[test]
    fn a_text_is_spelt_as_its_encoding_has_it_at_any_cut() {
        check("é\u{80}\nÿ", Encoding::Iso8859_1, b"\xe9\x80\n\xff");
        check("é€\n“\u{81}", Encoding::Windows1252, b"\xe9\x80\n\x93\x81");
        check("a€\u{10ffff}", Encoding::Utf16, b"\xff\xfea\0\xac\x20\xff\xdb\xff\xdf");
        check("a€\u{10ffff}", Encoding::Utf16Le, b"a\0\xac\x20\xff\xdb\xff\xdf");
        check("a€\u{10ffff}", Encoding::Utf16Be, b"\0a\x20\xac\xdb\xff\xdf\xff");
    }

    #[test]
    fn every_byte_that_says_something_is_written_as_it_was_read() {
        let all: Vec<u8> = (0..=255).collect();
        let latin: String = all.iter().copied().map(char::from).collect();
        check(&latin, Encoding::Iso8859_1, &all);
        let (windows, had_errors) = WINDOWS_1252.decode_without_bom_handling(&all);
        assert!(!had_errors);
        check(&windows, Encoding::Windows1252, &all);
    }

    #[test]
    fn characters_lie_across_the_ends_of_pieces() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"é€🚜\n".repeat(10_000);
            let expected: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            check(&text, Encoding::Utf16Be, &expected);
            let text = text.replace('🚜', "ü");
            check(&text, Encoding::Windows1252, &WINDOWS_1252.encode(&text).0);
        }
    }

    #[track_caller]
    fn refused(text: &[u8], encoding: Encoding, expected: &str) {
        for piece_bytes in [1, 2, 3, 4, 5, 100] {
            let error = written(text, encoding, piece_bytes).expect_err("cannot be written");
            assert_eq!(error.to_string(), expected, "pieces of {piece_bytes}");
        }
    }

    #[test]
    fn the_first_that_cannot_be_written_is_told_at_its_line() {
        let lacks = |line: u64, what: &str, encoding: Encoding| {
            format!(
                "b.csv: output line {line}: {what} is not in {encoding}; --output-encoding utf-8 and utf-16 have every character"
            )
        };
        let broken = |line: u64, what: &str| {
            format!(
                "b.csv: output line {line}: {what} is not UTF-8; --encoding says what the input is in, or --output-encoding utf-8 passes bytes through"
            )
        };
        refused("a\né\n–€\n".as_bytes(), Encoding::Iso8859_1, &lacks(3, "\"–\" (U+2013)", Encoding::Iso8859_1));
        refused(
            "a\n\u{80}".as_bytes(),
            Encoding::Windows1252,
            &lacks(2, "\"\\u{80}\" (U+0080)", Encoding::Windows1252),
        );
        refused("🚜\u{ff}".as_bytes(), Encoding::Windows1252, &lacks(1, "\"🚜\" (U+1F69C)", Encoding::Windows1252));
        refused(b"a\n\n\xe9,\n", Encoding::Utf16, &broken(3, "\"\\xe9\""));
        refused(b"a\xe2\x82", Encoding::Utf16Le, &broken(1, "\"\\xe2\\x82\""));
    }
}
