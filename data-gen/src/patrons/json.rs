//! Values in, MongoDB's extended JSON appended.

use crate::calendar;
use crate::fields::{integer, padded, pair};
use crate::random::Random;

/// How the documents of a file are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Layout {
    /// One array of all
    Array,
    /// One on each line
    Lines,
}

impl Layout {
    /// What stands before document `number`.
    pub(super) fn begin(self, number: u64, out: &mut Vec<u8>) {
        if self == Layout::Array {
            out.extend_from_slice(if number == 0 { b"[\n" } else { b",\n" });
        }
    }

    /// What stands behind each document.
    pub(super) fn end(self, out: &mut Vec<u8>) {
        if self == Layout::Lines {
            out.push(b'\n');
        }
    }

    /// What stands behind the last of `n` documents.
    pub(super) fn footer(self, n: u64, out: &mut Vec<u8>) {
        if self == Layout::Array {
            out.extend_from_slice(if n == 0 { b"[]\n" } else { b"\n]\n" });
        }
    }
}

/// `"name":{"$oid":"…"}`: 24 digits of `kind` and `number`.
pub(super) fn oid(out: &mut Vec<u8>, name: &str, kind: u32, number: u64) {
    out.extend_from_slice(format!("\"{name}\":{{\"$oid\":\"{kind:08x}{number:016x}\"}}").as_bytes());
}

/// `"name":{"$date":…}`, in one of the three forms that MongoDB's tools have written over the years.
pub(super) fn date(out: &mut Vec<u8>, name: &str, milliseconds: u64, random: &mut Random) {
    out.extend_from_slice(format!("\"{name}\":{{\"$date\":").as_bytes());
    match random.below(4) {
        0 => integer(out, milliseconds),
        1 => {
            out.extend_from_slice(b"{\"$numberLong\":\"");
            integer(out, milliseconds);
            out.extend_from_slice(b"\"}");
        }
        _ => {
            out.push(b'"');
            instant(out, milliseconds);
            out.push(b'"');
        }
    }
    out.push(b'}');
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
pub(super) fn instant(out: &mut Vec<u8>, milliseconds: u64) {
    let days = u32::try_from(milliseconds / 86_400_000).expect("days in 32 bits");
    out.extend_from_slice(calendar::date(days).as_bytes());
    let second = u32::try_from(milliseconds / 1000 % 86_400).expect("below a day");
    for (before, part) in [(b'T', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
        out.push(before);
        pair(out, part);
    }
    out.push(b'.');
    padded::<3>(out, milliseconds % 1000);
    out.push(b'Z');
}

/// `text` in quotes; with everything but ASCII as `\u` and UTF-16, if `is_ascii`.
pub(super) fn string(out: &mut Vec<u8>, text: &str, is_ascii: bool) {
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\t' => out.extend_from_slice(b"\\t"),
            c if is_ascii && !c.is_ascii() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back_either_way() {
        let text = "a \"quote\", a \\, a\nline, ünï, 🙏";
        for is_ascii in [false, true] {
            let mut out = Vec::new();
            string(&mut out, text, is_ascii);
            assert_eq!(out.is_ascii(), is_ascii);
            assert_eq!(serde_json::from_slice::<String>(&out).expect("JSON"), text);
        }
    }
}
