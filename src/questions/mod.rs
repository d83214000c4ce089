//! SQL text in, a plan out.
//!
//! ```text
//!  text ──▶ parse ──▶ shape ──▶ select (lower, call) ──▶ passes (typed, frame) ──▶ plan
//!  &str     sqlparser  clauses    terms: names resolved      expressions: types settled
//! ```
//!
//! Each step refuses what it does not take, with its place and the way out (the table in `refuse`). The first three need no
//! header and are run when a [`Question`] is made; [`bind`](bind()) runs them again over the header that the input has, since
//! the syntax tree never outlives the stack that it was made on (see `parse`).

mod bind;
mod call;
pub mod catalogue;
mod frame;
pub mod functions;
mod header;
mod lower;
mod names;
mod parameter;
mod parse;
mod passes;
pub mod plan;
mod question;
mod refuse;
mod select;
mod shape;
mod slots;
mod term;
mod typed;
mod types;

pub use bind::{TableHeader, bind};
pub use parameter::Parameter;
pub use question::{DeclaredColumn, Question, Table};
