//! SQL text in, a plan out.
//!
//! ```text
//!  text ──▶ parse ──▶ outer: split ──▶ shape ──▶ select (lower, call) ──▶ passes (typed, frame) ──▶ plan
//!  &str     sqlparser  │                clauses   terms: names resolved     expressions: types settled
//!                      └─▶ all that reads no input ──▶ SQL for SQLite, of the same terms and types
//! ```
//!
//! Each step refuses what it does not take, with its place and the way out (the table in `refuse`). All but types needs no header
//! and is run when a [`Question`] is made; [`bind`](bind()) runs it again over the headers that the inputs have, since the syntax
//! tree never outlives the stack that it was made on (see `parse`).

mod bind;
mod call;
pub mod catalogue;
mod explain;
mod frame;
pub mod functions;
mod header;
mod lower;
mod names;
mod outer;
mod parameter;
mod parse;
mod passes;
pub mod plan;
mod question;
mod refuse;
mod rows;
mod scope;
mod select;
mod shape;
mod slots;
mod term;
mod typed;
mod types;

pub use bind::{TableHeader, bind};
pub use names::place_of;
pub use parameter::Parameter;
pub use question::{DeclaredColumn, Question, Table};
pub use rows::{Kept, column_called, rows, snake, type_called};
