//! A row as CSV or TSV: a header, LF, quotes only where RFC 4180 needs them, unless all fields are to have them.
//!
//! Bytes pass through as they are. NULL is written as nothing; where a row is one NULL, as `""`, because an empty line is no record.

use super::Format;
use crate::error::Result;
use crate::exprs::{Value, write};
use crate::questions::plan::AnswerColumn;

/// Fields between one-byte delimiters.
#[derive(Clone, Copy, Debug)]
pub struct Csv {
    delimiter: u8,
    quoting: Quoting,
}

/// Which fields stand in quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// Those that hold a quote, the delimiter or a line end.
    #[default]
    Needed,
    /// All, NULL too.
    Always,
}

impl Csv {
    /// Commas: CSV.
    pub const COMMAS: Csv = Csv { delimiter: b',', quoting: Quoting::Needed };
    /// Tabs: TSV.
    pub const TABS: Csv = Csv { delimiter: b'\t', quoting: Quoting::Needed };

    /// Between fields stands `delimiter`, which is no quote and no line end.
    pub fn with(delimiter: u8) -> Csv {
        Csv { delimiter, quoting: Quoting::Needed }
    }

    /// The same with other fields in quotes.
    pub fn quoting(self, quoting: Quoting) -> Csv {
        Csv { quoting, ..self }
    }

    /// Writes `bytes` as a field: in quotes, with its own quotes doubled, if it holds a quote, the delimiter, CR or LF, or all are.
    pub fn field(self, bytes: &[u8], out: &mut Vec<u8>) {
        // A fold instead of `any`: without an early exit the compiler makes it SIMD, and fields are short.
        let needs_quotes = bytes.iter().fold(self.quoting == Quoting::Always, |needs, &byte| {
            needs | (byte == self.delimiter) | (byte == b'"') | (byte == b'\n') | (byte == b'\r')
        });
        if !needs_quotes {
            out.extend_from_slice(bytes);
            return;
        }
        out.push(b'"');
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'"', rest) {
            out.extend_from_slice(&rest[..=at]);
            out.push(b'"');
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        out.push(b'"');
    }

    fn line(self, n_fields: usize, out: &mut Vec<u8>, mut field: impl FnMut(usize, &mut Vec<u8>)) {
        let start = out.len();
        for index in 0..n_fields {
            if index > 0 {
                out.push(self.delimiter);
            }
            field(index, out);
        }
        if out.len() == start {
            out.extend_from_slice(b"\"\"");
        }
        out.push(b'\n');
    }
}

impl Format for Csv {
    fn begin(&self, columns: &[AnswerColumn], out: &mut Vec<u8>) {
        self.line(columns.len(), out, |index, out| self.field(columns[index].name.as_bytes(), out));
    }

    fn row(&self, _columns: &[AnswerColumn], values: &[Value<'_>], out: &mut Vec<u8>) -> Result<()> {
        // Of digits, letters, `-`, `.` and `:` only.
        let are_bare = self.quoting == Quoting::Needed && b"\",;\t|~".contains(&self.delimiter);
        self.line(values.len(), out, |index, out| match values[index] {
            Value::Null if self.quoting == Quoting::Always => self.field(b"", out),
            Value::Null => {}
            Value::Text(bytes) => self.field(bytes, out),
            value if are_bare => write(value, out),
            value => {
                let mut text = Vec::new();
                write(value, &mut text);
                self.field(&text, out);
            }
        });
        Ok(())
    }

    fn between(&self) -> &'static [u8] {
        b""
    }

    fn end(&self, _out: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::{columns, spelt};

    #[test]
    fn quotes_stand_only_where_rfc_4180_needs_them() {
        let fields: [&[u8]; 7] = [b"plain", b" blank ", b"a,b", b"say \"hi\"", b"two\nlines", b"cr\r", b"caf\xe9\t~'"];
        let values = fields.map(Value::Text);
        let names: Vec<_> = (0..7).map(|i| format!("c{i}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let written = spelt(&Csv::COMMAS, &columns(&names), &[&values]);
        assert_eq!(
            written.expect("bytes"),
            b"c0,c1,c2,c3,c4,c5,c6\nplain, blank ,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\",caf\xe9\t~'\n"
        );
        let written = spelt(&Csv::TABS, &columns(&["a", "b"]), &[&[Value::Text(b"x,y"), Value::Text(b"x\ty")]]);
        assert_eq!(written.expect("bytes"), b"a\tb\nx,y\t\"x\ty\"\n");
    }

    #[test]
    fn null_is_nothing_and_a_lone_null_a_pair_of_quotes() {
        let written = spelt(&Csv::COMMAS, &columns(&["a", "b"]), &[&[Value::Null, Value::Null]]);
        assert_eq!(written.expect("bytes"), b"a,b\n,\n");
        let written = spelt(&Csv::COMMAS, &columns(&["a"]), &[&[Value::Null], &[Value::Boolean(true)]]);
        assert_eq!(written.expect("bytes"), b"a\n\"\"\ntrue\n");
    }

    #[test]
    fn all_fields_stand_in_quotes_where_they_are_to() {
        let csv = Csv::with(b';').quoting(Quoting::Always);
        let rows: [&[Value<'_>]; 2] =
            [&[Value::Text(b"a;b"), Value::Null], &[Value::Text(b"say \"hi\""), Value::integer(-7)]];
        let written = spelt(&csv, &columns(&["x", "n"]), &rows).expect("bytes");
        assert_eq!(written, b"\"x\";\"n\"\n\"a;b\";\"\"\n\"say \"\"hi\"\"\";\"-7\"\n");
    }
}
