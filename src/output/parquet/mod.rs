//! Rows in, a Parquet file out: typed columns, compressed with zstd, in row groups of a bounded number of bytes.
//!
//! | rowfold | Parquet |
//! | --- | --- |
//! | number, all whole and within 64 bits | `INT64` |
//! | number, exact | `DECIMAL(p, s)` of the digits that there are, at most 38 |
//! | number, one of them real | `DOUBLE` |
//! | date, timestamp, boolean | `DATE`, `TIMESTAMP` (UTC, microseconds), `BOOLEAN` |
//! | text, dynamic | `STRING`, which is UTF-8: other text is an error |
//!
//! A file's types stand fast before its first row, and how many digits numbers have is known after the last. So rows with
//! numbers wait in a file without a name ([`Spool`]), and are written when all were seen. The obvious way, deciding by the first
//! rows, would round the others or fail in the middle.

mod columns;
mod spool;

use std::io::{self, Write};
use std::sync::Arc;

use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type as Schema;
use bumpalo::Bump;

use self::columns::{Column, Kind, Seen};
use self::spool::Spool;
use super::{Destination, Format, Sink};
use crate::error::{Error, Result};
use crate::exprs::{Type, Value};
use crate::questions::plan::AnswerColumn;

/// Bytes of values a row group. The same under every budget, as an answer's bytes are.
const GROUP_BYTES: usize = 4 << 20;

/// What is held beside the rows of a group: its pages, encoded; zstd's window; a dictionary.
const PAGES_BYTES: usize = 8 << 20;

/// A Parquet file over a [`Destination`].
pub struct Parquet {
    destination: Option<Destination>,
    columns: Vec<AnswerColumn>,
    /// Rows that wait until their numbers are known, with what was seen of those.
    waiting: Option<(Spool, Vec<Seen>)>,
    writer: Option<Writer>,
}

impl Parquet {
    /// A sink that writes to `destination`.
    pub fn new(destination: Destination) -> Parquet {
        Parquet { destination: Some(destination), columns: Vec::new(), waiting: None, writer: None }
    }

    fn start(&mut self, kinds: &[Kind]) -> Result<&mut Writer> {
        let destination = self.destination.take().expect("taken once, when types are known");
        Ok(self.writer.insert(Writer::new(destination, &self.columns, kinds)?))
    }
}

impl Sink for Parquet {
    fn begin(&mut self, columns: &[AnswerColumn]) -> Result<()> {
        self.columns = columns.to_vec();
        if columns.iter().any(|column| column.ty == Type::Number) {
            let near = self.destination.as_ref().and_then(Destination::aside);
            self.waiting = Some((Spool::new(near)?, vec![Seen::default(); columns.len()]));
        } else {
            let kinds: Vec<Kind> =
                columns.iter().map(|column| Kind::of(column, Seen::default())).collect::<Result<_>>()?;
            self.start(&kinds)?;
        }
        Ok(())
    }

    fn held_bytes(&self) -> usize {
        2 * GROUP_BYTES + PAGES_BYTES
    }

    fn format(&self) -> Option<Arc<dyn Format>> {
        None
    }

    fn spelt(&mut self, _bytes: &[u8], _n_rows: u64) -> Result<()> {
        unreachable!("without a format nobody spells rows")
    }

    fn row(&mut self, values: &[Value<'_>]) -> Result<()> {
        if let Some((spool, seen)) = &mut self.waiting {
            seen.iter_mut().zip(values).for_each(|(seen, value)| seen.note(*value));
            return spool.push(values);
        }
        self.writer.as_mut().map_or(Ok(()), |writer| writer.row(values))
    }

    fn finish(&mut self) -> Result<()> {
        if let Some((spool, seen)) = self.waiting.take() {
            let kinds = self.columns.iter().zip(seen).map(|(column, seen)| Kind::of(column, seen));
            let kinds: Vec<Kind> = kinds.collect::<Result<_>>()?;
            let n_columns = self.columns.len();
            let writer = self.start(&kinds)?;
            let mut rows = spool.rows()?;
            let mut arena = Bump::new();
            while let Some(values) = rows.next(n_columns, &arena)? {
                writer.row(&values)?;
                drop(values);
                arena.reset();
            }
        }
        self.writer.take().map_or(Ok(()), Writer::finish)
    }
}

/// A file whose types are settled.
struct Writer {
    file: SerializedFileWriter<Out>,
    columns: Vec<Column>,
    n_bytes: usize,
}

impl Writer {
    fn new(destination: Destination, columns: &[AnswerColumn], kinds: &[Kind]) -> Result<Writer> {
        let fields =
            columns.iter().zip(kinds).map(|(column, kind)| Ok(Arc::new(kind.field(&column.name).map_err(told)?)));
        let schema =
            Schema::group_type_builder("answer").with_fields(fields.collect::<Result<_>>()?).build().map_err(told)?;
        let properties = WriterProperties::builder()
            .set_created_by(concat!("rowfold ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_data_page_size_limit(256 << 10)
            .set_dictionary_page_size_limit(256 << 10)
            .build();
        let file = SerializedFileWriter::new(Out(destination), Arc::new(schema), Arc::new(properties)).map_err(told)?;
        let columns = columns.iter().zip(kinds).map(|(column, kind)| Column::new(&column.name, *kind)).collect();
        Ok(Writer { file, columns, n_bytes: 0 })
    }

    fn row(&mut self, values: &[Value<'_>]) -> Result<()> {
        for (column, value) in self.columns.iter_mut().zip(values) {
            self.n_bytes += column.push(*value)?;
        }
        if self.n_bytes >= GROUP_BYTES { self.group() } else { Ok(()) }
    }

    /// Writes the rows held as a group.
    fn group(&mut self) -> Result<()> {
        if self.n_bytes == 0 {
            return Ok(());
        }
        self.n_bytes = 0;
        let columns = &mut self.columns;
        let write = || -> Result<(), ParquetError> {
            let mut group = self.file.next_row_group()?;
            for column in columns {
                let mut chunk = group.next_column()?.expect("a chunk for every column of the schema");
                column.write(&mut chunk)?;
                chunk.close()?;
            }
            group.close().map(drop)
        };
        write().map_err(told)
    }

    fn finish(mut self) -> Result<()> {
        self.group()?;
        let Out(destination) = &mut self.file.into_inner().map_err(told)?;
        destination.finish()
    }
}

/// A destination as a writer; its errors travel through the system's.
struct Out(Destination);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a failure of the library comes from.
fn told(error: ParquetError) -> Error {
    let failed = |source| Error::Io { path: "the answer".to_owned(), verb: "write", source };
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => source.downcast::<Error>().unwrap_or_else(failed),
            Err(other) => failed(io::Error::other(other)),
        },
        other => failed(io::Error::other(other)),
    }
}
