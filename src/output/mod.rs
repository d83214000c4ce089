//! Rows of values in, bytes of an answer out: one format a file.

use std::fmt::Debug;

use crate::error::Result;
use crate::exprs::Value;
use crate::questions::plan::AnswerColumn;

/// How a row is spelt. Stateless, so that workers can spell their own rows.
pub trait Format: Debug + Send + Sync {
    /// What stands before the first row.
    fn begin(&self, columns: &[AnswerColumn], out: &mut Vec<u8>);
    /// One row, `values[i]` of `columns[i]`, with its line end where the format has one.
    fn row(&self, columns: &[AnswerColumn], values: &[Value<'_>], out: &mut Vec<u8>) -> Result<()>;
    /// What stands between two rows.
    fn between(&self) -> &'static [u8];
    /// What stands after the last row.
    fn end(&self, out: &mut Vec<u8>);
}

/// Where an answer goes, row by row, in order.
pub trait Sink: Send {
    /// Told once, before any row.
    fn begin(&mut self, columns: &[AnswerColumn]) -> Result<()>;
    /// The format, when rows may be spelt elsewhere and handed over by [`Sink::spelt`].
    fn format(&self) -> Option<&dyn Format>;
    /// The next `n_rows ≥ 1` rows, already spelt by [`Sink::format`], with what stands between them.
    fn spelt(&mut self, bytes: &[u8], n_rows: u64) -> Result<()>;
    /// The next row.
    fn row(&mut self, values: &[Value<'_>]) -> Result<()>;
    /// After the last row: everything is flushed, checked and, for a file, in place.
    fn finish(&mut self) -> Result<()>;
}
