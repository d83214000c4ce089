//! A row as a JSON object on a line of its own (JSON Lines).

use super::{Format, json};
use crate::error::Result;
use crate::exprs::Value;
use crate::questions::plan::AnswerColumn;

/// An object a line.
#[derive(Clone, Copy, Debug)]
pub struct JsonLines;

impl Format for JsonLines {
    fn begin(&self, _columns: &[AnswerColumn], _out: &mut Vec<u8>) {}

    fn row(&self, columns: &[AnswerColumn], values: &[Value<'_>], out: &mut Vec<u8>) -> Result<()> {
        json::object(columns, values, out)?;
        out.push(b'\n');
        Ok(())
    }

    fn between(&self) -> &'static [u8] {
        b""
    }

    fn end(&self, _out: &mut Vec<u8>) {}
}
