//! Rows of an answer in any order in, the same rows in the question's order, cut to its limit, out; and what a question asks over
//! the results of passes ([`Tables`]).
//!
//! Knows no input. To those who order, a row is two byte strings: the key that orders it and the payload that spells it.

mod collect;
mod outer;
mod runs;
mod sort;
mod top;

pub use collect::{Collector, Gathered, Target};
pub use outer::Tables;
pub use sort::{Merged, Sorted, Sorter};
