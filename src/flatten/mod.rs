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
//! 3. an exploded array is kept as its bytes, and its elements become rows one after another, so that no list of rows is held.

mod cell;
mod columns;
mod find;
mod record;
mod run;

pub use columns::Columns;
pub use find::find;
pub use run::{OnBad, run};
