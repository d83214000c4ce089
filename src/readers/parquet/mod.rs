//! A Parquet file in, its rows out as a text of CSV, for the thread that also decompresses and transcodes to make.
//!
//! ```text
//! file ─▶ Table: which columns there are, what reading some takes
//!           └─▶ Rows: row group by row group, a batch of cells a column ─▶ text ┊▶ Pipe
//! ```
//!
//! The obvious way hands typed columns on to whoever computes. Instead a row becomes the text that it would be in a CSV file, so that
//! nobody behind the reader knows two kinds of input, and a question has one answer whatever its input was written as. What that
//! costs is the spelling and one more scan. Only columns that are asked for are read; the others are empty fields.
//!
//! | Parquet | text |
//! | --- | --- |
//! | integers, `DECIMAL` | all digits, without superfluous zeros |
//! | `FLOAT`, `DOUBLE`, `FLOAT16` | the shortest that reads back |
//! | `BOOLEAN` | `true`, `false` |
//! | `DATE`, `TIME` | `2021-02-12`, `08:00:00.5` |
//! | `TIMESTAMP`, `INT96` | `2021-02-12T08:00:00.5Z`; without `Z` where the file says that it is local |
//! | `STRING` and other bytes | as they are |
//! | NULL, and an empty string | nothing: an empty field is NULL |
//!
//! A field of a struct is the column `struct_field`. Lists and maps are no columns: asking for one is an error.

mod cells;
mod kind;
mod pages;
mod rows;
mod table;

pub(super) use rows::{DIALECT, Rows};
pub(super) use table::Table;

/// What every file begins with.
pub(super) const MAGIC: &[u8] = b"PAR1";
