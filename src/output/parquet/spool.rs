//! Rows in, the same rows out again, by way of a file without a name.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use bumpalo::Bump;

use crate::error::{Error, Result};
use crate::exprs::{Value, codec};

/// Rows that wait.
pub(super) struct Spool {
    file: BufWriter<File>,
    row: Vec<u8>,
}

/// Rows that come back.
pub(super) struct Rows(BufReader<File>);

impl Spool {
    /// In the directory of `beside`, where the answer will need as much room; else in the temporary one.
    pub(super) fn new(beside: Option<&Path>) -> Result<Spool> {
        let file = match beside.and_then(Path::parent) {
            Some(directory) => tempfile::tempfile_in(directory),
            None => tempfile::tempfile(),
        };
        Ok(Spool { file: BufWriter::with_capacity(64 << 10, file.map_err(failed)?), row: Vec::new() })
    }

    pub(super) fn push(&mut self, values: &[Value<'_>]) -> Result<()> {
        self.row.clear();
        values.iter().for_each(|value| codec::encode(*value, &mut self.row));
        let write = |file: &mut BufWriter<File>, row: &[u8]| {
            file.write_all(&row.len().to_le_bytes())?;
            file.write_all(row)
        };
        write(&mut self.file, &self.row).map_err(failed)
    }

    pub(super) fn rows(self) -> Result<Rows> {
        let mut file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.rewind().map_err(failed)?;
        Ok(Rows(BufReader::with_capacity(64 << 10, file)))
    }
}

impl Rows {
    /// The next row of `n_columns`, in `arena`.
    pub(super) fn next<'a>(&mut self, n_columns: usize, arena: &'a Bump) -> Result<Option<Vec<Value<'a>>>> {
        let mut len = [0; size_of::<usize>()];
        match self.0.read_exact(&mut len) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
        let row = arena.alloc_slice_fill_copy(usize::from_le_bytes(len), 0);
        self.0.read_exact(row).map_err(failed)?;
        let mut row = &*row;
        let damaged = || failed(io::ErrorKind::InvalidData.into());
        (0..n_columns).map(|_| codec::decode(&mut row, arena).ok_or_else(damaged)).collect::<Result<_>>().map(Some)
    }
}

fn failed(source: io::Error) -> Error {
    Error::Io { path: "rows of the answer that wait".to_owned(), verb: "keep", source }
}
