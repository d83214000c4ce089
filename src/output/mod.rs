//! Rows of values in, bytes of an answer out: one format a file.
//!
//! ```text
//! rows ──▶ Streamed (csv, tsv, json, jsonl, markdown: a Format) ──┐
//!      ├─▶ Parquet  (a row group at a time; feature `parquet`)     │
//!      └─▶ Table    (a block of rows at a time)                 ──┴──▶ Destination (stdout, a file that appears whole; in another encoding, compressed)
//! ```
//!
//! Knows nothing of questions or inputs; what a column is comes with [`AnswerColumn`].

mod aside;
mod csv;
mod destination;
mod encoded;
mod json;
mod jsonl;
mod markdown;
mod packed;
#[cfg(feature = "parquet")]
mod parquet;
mod streamed;
mod table;
mod terminal;

use std::sync::Arc;

use std::fmt::Debug;

use crate::error::Result;
use crate::exprs::Value;
use crate::questions::plan::AnswerColumn;

pub use csv::{Csv, Quoting};
pub use destination::Destination;
pub use json::Json;
pub use jsonl::JsonLines;
pub use markdown::Markdown;
pub use packed::Compression;
#[cfg(feature = "parquet")]
pub use parquet::Parquet;
pub use streamed::Streamed;
pub use table::{Look, Table};

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
    /// The most that it holds beside single rows; the pass sets so much of its budget aside.
    fn held_bytes(&self) -> usize {
        0
    }
    /// The format, when rows may be spelt elsewhere and handed over by [`Sink::spelt`].
    fn format(&self) -> Option<Arc<dyn Format>>;
    /// The next `n_rows ≥ 1` rows, already spelt by [`Sink::format`], with what stands between them.
    fn spelt(&mut self, bytes: &[u8], n_rows: u64) -> Result<()>;
    /// The next row.
    fn row(&mut self, values: &[Value<'_>]) -> Result<()>;
    /// After the last row: everything is flushed, checked and, for a file, in place.
    fn finish(&mut self) -> Result<()>;
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::exprs::Type;

    /// A stream whose bytes can be looked at while its sink still has it.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Collected(Arc<Mutex<Vec<u8>>>);

    impl Collected {
        pub(crate) fn take(&self) -> Vec<u8> {
            std::mem::take(&mut self.0.lock().expect("no panic while it was held"))
        }
    }

    impl Write for Collected {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic while it was held").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    pub(crate) fn typed(columns: &[(&str, Type)]) -> Vec<AnswerColumn> {
        columns.iter().map(|(name, ty)| AnswerColumn { name: (*name).to_owned(), ty: *ty }).collect()
    }

    pub(crate) fn columns(names: &[&str]) -> Vec<AnswerColumn> {
        typed(&names.iter().map(|name| (*name, Type::Dynamic)).collect::<Vec<_>>())
    }

    /// What a sink of `format` writes; rows spelt elsewhere and rows handed over give the same.
    pub(crate) fn spelt(
        format: &(impl Format + Copy + 'static),
        columns: &[AnswerColumn],
        rows: &[&[Value<'_>]],
    ) -> Result<Vec<u8>> {
        let sink = || {
            let collected = Collected::default();
            let destination = Destination::stream("answer", collected.clone());
            (Streamed::new(Arc::new(*format), destination, false), collected)
        };
        let (mut one, by_row) = sink();
        one.begin(columns)?;
        rows.iter().try_for_each(|row| one.row(row))?;
        one.finish()?;
        let (mut other, by_chunk) = sink();
        other.begin(columns)?;
        for chunk in rows.chunks(2) {
            let mut bytes = Vec::new();
            for (index, row) in chunk.iter().enumerate() {
                if index > 0 {
                    bytes.extend_from_slice(format.between());
                }
                format.row(columns, row, &mut bytes)?;
            }
            other.spelt(&bytes, chunk.len() as u64)?;
        }
        other.finish()?;
        let bytes = by_row.take();
        assert_eq!(bytes, by_chunk.take());
        Ok(bytes)
    }
}
