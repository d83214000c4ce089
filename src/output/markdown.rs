//! A row as a line of a Markdown table, numbers to the right.
//!
//! Widths are not padded, so rows stream; renderers align by the rule under the header.

use super::{Format, terminal};
use crate::error::Result;
use crate::exprs::{Type, Value, write};
use crate::questions::plan::AnswerColumn;

/// A table as GitHub's Markdown has it.
#[derive(Clone, Copy, Debug)]
pub struct Markdown;

impl Format for Markdown {
    fn begin(&self, columns: &[AnswerColumn], out: &mut Vec<u8>) {
        for column in columns {
            cell(column.name.as_bytes(), out);
        }
        out.extend_from_slice(b"|\n");
        for column in columns {
            out.extend_from_slice(if column.ty == Type::Number { b"| ---: " } else { b"| --- " });
        }
        out.extend_from_slice(b"|\n");
    }

    fn row(&self, _columns: &[AnswerColumn], values: &[Value<'_>], out: &mut Vec<u8>) -> Result<()> {
        let mut scratch = Vec::new();
        for value in values {
            scratch.clear();
            write(*value, &mut scratch);
            cell(&scratch, out);
        }
        out.extend_from_slice(b"|\n");
        Ok(())
    }

    fn between(&self) -> &'static [u8] {
        b""
    }

    fn end(&self, _out: &mut Vec<u8>) {}
}

fn cell(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"| ");
    let text = terminal::line(bytes).replace('|', "\\|");
    out.extend_from_slice(text.as_bytes());
    if !text.is_empty() {
        out.push(b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::{spelt, typed};

    #[test]
    fn numbers_stand_to_the_right_and_bars_are_escaped() {
        let columns = typed(&[("day", Type::Text), ("n", Type::Number)]);
        let row = [Value::Text(b"a|b\nc"), Value::Short { mantissa: 15, scale: 1 }];
        let written = spelt(&Markdown, &columns, &[&row, &[Value::Null, Value::Null]]).expect("bytes");
        assert_eq!(
            String::from_utf8(written).expect("UTF-8"),
            "| day | n |\n| --- | ---: |\n| a\\|b\\nc | 1.5 |\n| | |\n"
        );
    }
}
