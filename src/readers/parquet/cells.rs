//! One column of a row group in, its cells out, a batch at a time.

use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use ::parquet::errors::ParquetError;

use super::kind::{Kind, Spell};

/// A cell.
pub(super) enum Cell<'c> {
    Null,
    /// Bytes that are its text.
    Text(&'c [u8]),
    /// What was appended to the buffer.
    Spelt,
}

/// The cells of a column.
pub(super) trait Cells: Send {
    /// Reads the next `n` rows' cells; those before are gone.
    fn read(&mut self, n: usize) -> Result<(), ParquetError>;

    /// The cell of the row in hand; a short one is appended to `out`.
    fn cell(&self, out: &mut Vec<u8>) -> Result<Cell<'_>, String>;

    /// Goes on to the next row.
    fn advance(&mut self);
}

/// The cells of what `reader` reads.
pub(super) fn of(reader: ColumnReader, kind: Kind, most_level: i16) -> Box<dyn Cells> {
    fn boxed<T: DataType>(reader: ColumnReaderImpl<T>, kind: Kind, most_level: i16) -> Box<dyn Cells>
    where
        T::T: Value,
    {
        Box::new(Typed { reader, kind, most_level, levels: Vec::new(), values: Vec::new(), row: 0, value: 0 })
    }
    match reader {
        ColumnReader::BoolColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::Int32ColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::Int64ColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::Int96ColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::FloatColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::DoubleColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::ByteArrayColumnReader(reader) => boxed(reader, kind, most_level),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => boxed(reader, kind, most_level),
    }
}

/// A value as the library gives it.
trait Value: Send {
    type Spelt: Spell + ?Sized;

    fn spelt(&self) -> &Self::Spelt;
}

macro_rules! itself {
    ($($type:ty),*) => {
        $(impl Value for $type {
            type Spelt = $type;

            fn spelt(&self) -> &$type {
                self
            }
        })*
    };
}

itself!(bool, i32, i64, ::parquet::data_type::Int96, f32, f64);

impl Value for ByteArray {
    type Spelt = [u8];

    fn spelt(&self) -> &[u8] {
        self.data()
    }
}

impl Value for FixedLenByteArray {
    type Spelt = [u8];

    fn spelt(&self) -> &[u8] {
        self.data()
    }
}

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    kind: Kind,
    /// The definition level of what is there; one below is NULL.
    most_level: i16,
    levels: Vec<i16>,
    /// Those that are there.
    values: Vec<T::T>,
    /// The row in hand, and the value that comes next.
    row: usize,
    value: usize,
}

impl<T: DataType> Typed<T> {
    fn is_null(&self) -> bool {
        self.most_level > 0 && self.levels.get(self.row).is_none_or(|level| *level < self.most_level)
    }
}

impl<T: DataType> Cells for Typed<T>
where
    T::T: Value,
{
    fn read(&mut self, n: usize) -> Result<(), ParquetError> {
        self.levels.clear();
        self.values.clear();
        (self.row, self.value) = (0, 0);
        match self.reader.read_records(n, Some(&mut self.levels), None, &mut self.values)? {
            (rows, ..) if rows == n => Ok(()),
            (rows, ..) => Err(ParquetError::General(format!("has {rows} rows more where the row group has {n}"))),
        }
    }

    fn cell(&self, out: &mut Vec<u8>) -> Result<Cell<'_>, String> {
        if self.is_null() {
            return Ok(Cell::Null);
        }
        let value = self.values.get(self.value).ok_or("has fewer values than it says")?.spelt();
        match value.text(self.kind) {
            Some(text) => Ok(Cell::Text(text)),
            None => value.spell(self.kind, out).map(|()| Cell::Spelt),
        }
    }

    fn advance(&mut self) {
        self.value += usize::from(!self.is_null());
        self.row += 1;
    }
}
