//! Nested JSON in, rows of a table out: `rowfold flatten`.
//!
//! ```text
//! --columns, or a first pass ([`find`]) ──▶ Columns: a tree of paths
//!                                              │
//! readers: a value a record ──▶ Record: cells, filled while the value is parsed ──▶ Stream ──▶ sink, in input order
//! ```
//!
//! Holds one record a worker, and its rows until it is their turn. Knows nothing of questions.
//!
//! The obvious way is a tree of every value, asked for each path. Departures:
//! 1. the paths are the tree, and a value is parsed once along it: what no column asks for is passed over;
//! 2. a value that is asked for stays the bytes that it is written in (a number keeps its digits); only escapes are copied;
//! 3. a record is held to be UTF-8 as a whole, and not string by string;
//! 4. an exploded array is kept as its bytes, and its elements become rows one after another, so that no list of rows is held.
//!
//! The parser is serde_json. Measured on 150 MB of tweets (`data-gen tweets --layout lines`, four columns of twenty-odd), parsing alone, one
//! thread, best of 20 and 12, CPU (2026-11-21): serde_json from bytes 0.54 GB/s, from text that simdutf8 has looked at 0.67. Relative to
//! serde_json from bytes: sonic-rs by serde 1.0 to 1.1, simd-json's tape 1.4 to 1.6, sonic-rs's `get_many` 1.9 to 2.4. The tape has lost
//! the digits of numbers and writes into the record; `get_many` does not check what it passes over and takes the first of two keys. So
//! neither does the same work.

mod cell;
mod columns;
mod find;
mod record;
mod run;

pub use columns::Columns;
pub use find::find;
pub use run::{OnBad, run};
