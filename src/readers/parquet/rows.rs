//! A table's rows in, their text out, as far as a caller has room: row group by row group, a batch of rows at a time.
//!
//! Holds a page or two of each column that is read, a batch of cells (which point into pages), and a piece of text. A long cell is
//! spelt in pieces, so that no cell is held twice.

use std::io;
use std::sync::Arc;

use ::parquet::column::reader::get_column_reader;
use ::parquet::errors::ParquetError;
use ::parquet::file::serialized_reader::SerializedPageReader;

use super::cells::{self, Cell, Cells};
use super::table::Table;
use crate::error::{Error, Result};
use crate::readers::automaton::{Dialect, State, Walk};
use crate::readers::compressed::Fault;
use crate::readers::text::{Decoded, Recount, Text};

/// Rows a batch.
pub(super) const N_ROWS: usize = 1024;

/// Text made at once, as far as cells are short.
const PIECE_BYTES: usize = 32 << 10;

/// The most text there is at once: a piece, and a piece of a long cell all of quotes.
pub(super) const TEXT_BYTES: usize = 4 * PIECE_BYTES;

/// What the text is written in.
pub(in crate::readers) const DIALECT: Dialect = Dialect { delimiter: b',', quote: Some(b'"') };

/// The rows of a table, being spelt.
pub(in crate::readers) struct Rows {
    table: Arc<Table>,
    asked: Arc<[usize]>,
    /// One for each column asked for, of the row group in hand.
    columns: Vec<Box<dyn Cells>>,
    /// The row group that comes next, and the rows of the one in hand that are in no batch yet.
    next_group: usize,
    left: u64,
    /// Rows of the batch, and of these, done; of the row in hand, cells done, bytes of the next cell done, delimiters written.
    n_rows: usize,
    row: usize,
    cell: usize,
    at: usize,
    delimiters: usize,
    /// Text that is not taken yet, from `taken` on.
    text: Vec<u8>,
    taken: usize,
}

impl Rows {
    /// Of `table`, from the first.
    pub(in crate::readers) fn of(table: Arc<Table>) -> Rows {
        let asked = table.asked();
        Rows {
            table,
            asked,
            columns: Vec::new(),
            next_group: 0,
            left: 0,
            n_rows: 0,
            row: 0,
            cell: 0,
            at: 0,
            delimiters: 0,
            text: Vec::new(),
            taken: 0,
        }
    }

    /// Spells rows until there is a piece of text; none at the end.
    fn spell(&mut self) -> io::Result<()> {
        self.text.clear();
        self.taken = 0;
        while self.text.len() < PIECE_BYTES {
            if self.row == self.n_rows && !self.next_batch()? {
                break;
            }
            match self.asked.get(self.cell) {
                Some(&index) => self.spell_cell(index).map_err(|error| self.table.failed(error, index))?,
                None => self.end_row(),
            }
        }
        Ok(())
    }

    /// Reads the next rows' cells; `false` when there are none.
    fn next_batch(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            if !self.next_group()? {
                return Ok(false);
            }
        }
        self.n_rows = usize::try_from(self.left).map_or(N_ROWS, |left| left.min(N_ROWS));
        self.left -= self.n_rows as u64;
        self.row = 0;
        for (column, &index) in self.columns.iter_mut().zip(&*self.asked) {
            column.read(self.n_rows).map_err(|error| self.table.failed(error, index))?;
        }
        Ok(true)
    }

    /// Begins the next row group; `false` when there is none.
    fn next_group(&mut self) -> io::Result<bool> {
        // The memory of one group's pages is given back before the next one's is taken.
        self.columns.clear();
        let Some(group) = self.table.metadata.row_groups().get(self.next_group) else { return Ok(false) };
        self.next_group += 1;
        let bad = |what: String| io::Error::from(Fault::Bad { at: self.table.position(), what });
        self.left = u64::try_from(group.num_rows()).map_err(|_| bad("a row group of fewer than no rows".to_owned()))?;
        for &index in &*self.asked {
            let kind = self.table.kind(index).map_err(|refused| bad(refused.to_string()))?;
            let column = || {
                let chunk = group.column(index);
                let n_rows = usize::try_from(group.num_rows())?;
                let pages = SerializedPageReader::new(Arc::clone(&self.table.disk), chunk, n_rows, None)?;
                let leaf = chunk.column_descr_ptr();
                let most_level = leaf.max_def_level();
                Ok(cells::of(get_column_reader(leaf, Box::new(pages)), kind, most_level))
            };
            self.columns.push(column().map_err(|error: ParquetError| self.table.failed(error, index))?);
        }
        Ok(true)
    }

    /// Spells what comes next of the cell in hand, in column `index`.
    fn spell_cell(&mut self, index: usize) -> Result<(), ParquetError> {
        self.text.resize(self.text.len() + index - self.delimiters, DIALECT.delimiter);
        self.delimiters = index;
        let column = &self.columns[self.cell];
        let from = self.text.len();
        match column.cell(&mut self.text).map_err(ParquetError::General)? {
            Cell::Null => {}
            Cell::Spelt => debug_assert!(!needs_quotes(&self.text[from..]), "is no text"),
            Cell::Text(text) if self.at == 0 && text.len() <= PIECE_BYTES && !needs_quotes(text) => {
                self.text.extend_from_slice(text);
            }
            Cell::Text(text) => {
                if self.at == 0 {
                    self.text.push(b'"');
                }
                let end = text.len().min(self.at + PIECE_BYTES);
                let mut piece = &text[self.at..end];
                while let Some(quote) = memchr::memchr(b'"', piece) {
                    self.text.extend_from_slice(&piece[..=quote]);
                    self.text.push(b'"');
                    piece = &piece[quote + 1..];
                }
                self.text.extend_from_slice(piece);
                self.at = end;
                if end < text.len() {
                    return Ok(());
                }
                self.text.push(b'"');
            }
        }
        if self.text.len() == from && self.table.n_columns() == 1 {
            // A line of nothing would be no record.
            self.text.extend_from_slice(b"\"\"");
        }
        self.columns[self.cell].advance();
        (self.cell, self.at) = (self.cell + 1, 0);
        Ok(())
    }

    fn end_row(&mut self) {
        let n_columns = self.table.n_columns();
        self.text.resize(self.text.len() + n_columns.saturating_sub(1) - self.delimiters, DIALECT.delimiter);
        if n_columns == 1 && self.asked.is_empty() {
            self.text.extend_from_slice(b"\"\"");
        }
        self.text.push(b'\n');
        (self.row, self.cell, self.delimiters) = (self.row + 1, 0, 0);
    }
}

fn needs_quotes(text: &[u8]) -> bool {
    memchr::memchr3(b',', b'"', b'\n', text).is_some() || memchr::memchr(b'\r', text).is_some()
}

impl Text for Rows {
    fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded> {
        if self.taken == self.text.len() {
            self.spell()?;
        }
        let rest = &self.text[self.taken..];
        let n = rest.len().min(output.len());
        output[..n].copy_from_slice(&rest[..n]);
        self.taken += n;
        Ok(Decoded::Bytes(n))
    }

    fn position(&self) -> u64 {
        self.table.position()
    }

    fn ask(&mut self, columns: Option<&[usize]>) -> Result<u64, Error> {
        let needed_bytes = self.table.ask(columns)?;
        self.asked = self.table.asked();
        Ok(needed_bytes)
    }
}

/// The text is the same each time, so the record at a place in it is found by spelling it again.
impl Recount for Table {
    fn record_at(self: Arc<Self>, offset: u64) -> Option<u64> {
        let mut rows = Rows::of(self);
        let mut buffer = vec![0; PIECE_BYTES];
        let (mut walk, mut record, mut left) = (Walk::from(State::RecordStart), 1, offset);
        while left > 0 {
            let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
            let Ok(Decoded::Bytes(n @ 1..)) = rows.decode(&mut buffer[..wanted]) else { return None };
            walk.at = 0;
            while walk.until_record_end(DIALECT, &buffer[..n], |_| {}).is_some() {
                record += 1;
            }
            left -= n as u64;
        }
        Some(record)
    }
}
