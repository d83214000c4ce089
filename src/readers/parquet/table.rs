//! A Parquet file, opened: its columns, and what reading some of them takes.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;

use super::kind::Kind;
use super::{pages, rows};
use crate::error::{Error, Result, quoted};
use crate::readers::compressed::{self, Fault};
use crate::readers::source::read_at;

/// What decompressing a column holds beside its pages.
const CODEC_BYTES: u64 = 192 << 10;

/// A value of bytes: where it lies in its page.
const VALUE_BYTES: u64 = 32;

/// A file, its end read.
pub(crate) struct Table {
    path: String,
    pub(super) disk: Arc<Disk>,
    pub(super) metadata: ParquetMetaData,
    columns: Vec<Column>,
    /// Which columns are read.
    asked: Mutex<Arc<[usize]>>,
}

struct Column {
    name: String,
    kind: Result<Kind, String>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Table {
    /// The table in `file`, of `size` bytes, which messages call `path`.
    pub(crate) fn open(path: &str, file: &Arc<File>, size: u64) -> Result<Table> {
        let disk = Arc::new(Disk { file: Arc::clone(file), size, read: Arc::default() });
        let skip = ParquetStatisticsPolicy::SkipAll;
        let options = ParquetMetaDataOptions::new()
            .with_encoding_stats_policy(skip.clone())
            .with_column_stats_policy(skip.clone())
            .with_size_stats_policy(skip);
        let metadata = ParquetMetaDataReader::new().with_metadata_options(Some(options)).parse_and_finish(&*disk);
        let metadata = metadata.map_err(|error| compressed::named(path, failed(error, size, None)))?;
        let leaves = metadata.file_metadata().schema_descr().columns();
        let column = |leaf: &::parquet::schema::types::ColumnDescPtr| Column {
            name: leaf.path().parts().join("_"),
            kind: Kind::of(leaf),
        };
        let columns: Vec<Column> = leaves.iter().map(column).collect();
        let asked = Mutex::new((0..columns.len()).collect());
        Ok(Table { path: path.to_owned(), disk, metadata, columns, asked })
    }

    /// The columns' names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    pub(super) fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// Bytes of the file read so far.
    pub(crate) fn position(&self) -> u64 {
        self.disk.read.load(Ordering::Relaxed)
    }

    /// Which columns are read.
    pub(super) fn asked(&self) -> Arc<[usize]> {
        Arc::clone(&self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What column `index` is, which is asked for.
    pub(super) fn kind(&self, index: usize) -> Result<Kind> {
        let Column { name, kind } = &self.columns[index];
        let refused = |why: &String| Error::Usage(format!("{}: column {} {why}", self.path, quoted(name.as_bytes())));
        kind.as_ref().copied().map_err(refused)
    }

    /// Says which columns will be read, `None` for all; what reading them holds, by the headers of all their pages.
    pub(super) fn ask(&self, columns: Option<&[usize]>) -> Result<u64> {
        let asked: Arc<[usize]> = match columns {
            None => (0..self.columns.len()).collect(),
            Some(columns) => {
                let mut columns = columns.to_vec();
                columns.sort_unstable();
                columns.dedup();
                columns.into()
            }
        };
        let mut most_bytes = 0;
        for group in self.metadata.row_groups() {
            let (mut group_bytes, mut packed_bytes) = (0, 0);
            for &index in &*asked {
                self.kind(index)?;
                let chunk = group.columns().get(index).ok_or_else(|| self.bad("has a row group without it", index))?;
                let pages = self.pages(chunk, index)?;
                let values = pages.n_dictionary + rows::N_ROWS as u64;
                group_bytes += pages.dictionary_bytes + pages.two_bytes + values * VALUE_BYTES + CODEC_BYTES;
                packed_bytes = packed_bytes.max(pages.packed_bytes);
            }
            most_bytes = most_bytes.max(group_bytes + packed_bytes);
        }
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        Ok(most_bytes + rows::TEXT_BYTES as u64)
    }

    fn pages(&self, chunk: &ColumnChunkMetaData, index: usize) -> Result<pages::Pages> {
        match chunk.compression() {
            Compression::BROTLI(_) | Compression::LZO => {
                let what = format!("is compressed by {:?}; write the file with zstd", chunk.compression_codec());
                return Err(self.bad(&what, index));
            }
            _ => {}
        }
        let first = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let range = u64::try_from(first).ok().zip(u64::try_from(chunk.compressed_size()).ok());
        let end = range.and_then(|(start, len)| start.checked_add(len)).filter(|end| *end <= self.disk.size);
        let Some(((start, _), end)) = range.zip(end) else {
            return Err(self.bad("lies outside of the file", index));
        };
        let pages = pages::of(&self.disk.file, start, end);
        pages.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => self.bad(&error.to_string(), index),
            _ => compressed::named(&self.path, error),
        })
    }

    fn bad(&self, what: &str, index: usize) -> Error {
        let fault = failed(ParquetError::General(what.to_owned()), self.position(), Some(&self.columns[index].name));
        compressed::named(&self.path, fault)
    }

    /// What went wrong in column `index`, as an error that the decoder's thread hands on.
    pub(super) fn failed(&self, error: ParquetError, index: usize) -> io::Error {
        failed(error, self.position(), Some(&self.columns[index].name))
    }
}

fn failed(error: ParquetError, at: u64, column: Option<&str>) -> io::Error {
    let said = match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) if source.raw_os_error().is_some() => return *source,
            Ok(source) => source.to_string(),
            Err(source) => source.to_string(),
        },
        ParquetError::General(said) | ParquetError::EOF(said) | ParquetError::NYI(said) => said,
        other => other.to_string(),
    };
    let what = match column {
        Some(column) => format!("column {} {said}", quoted(column.as_bytes())),
        None => format!("no whole Parquet file ({said}); get it again"),
    };
    Fault::Bad { at, what }.into()
}

/// The file as the library reads it: from any place, without a cursor that others share.
pub(super) struct Disk {
    file: Arc<File>,
    size: u64,
    /// Bytes read so far.
    read: Arc<AtomicU64>,
}

/// The file from a place on.
pub(super) struct Onward {
    file: Arc<File>,
    at: u64,
    read: Arc<AtomicU64>,
}

/// What is read at once of what is small: headers of pages. What is larger is read past the buffer.
const SMALL_BYTES: usize = 512;

impl Read for Onward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read_at(buffer, self.at)?;
        self.at += got as u64;
        self.read.fetch_add(got as u64, Ordering::Relaxed);
        Ok(got)
    }
}

impl Length for Disk {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Disk {
    type T = BufReader<Onward>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let onward = Onward { file: Arc::clone(&self.file), at: start, read: Arc::clone(&self.read) };
        Ok(BufReader::with_capacity(SMALL_BYTES, onward))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let mut bytes = Vec::new();
        let got = read_at(&self.file, &mut bytes, start, length)?;
        self.read.fetch_add(got as u64, Ordering::Relaxed);
        match got == length {
            true => Ok(bytes.into()),
            false => Err(ParquetError::EOF(format!("ends {} bytes too soon", length - got))),
        }
    }
}
