//! Rows of an answer in any order in, the same rows in the question's order, cut to its limit, out.
//!
//! Knows no aggregates and no input: a row is two byte strings, the key that orders it and the payload that spells it.

mod collect;
mod runs;
mod sort;
mod top;

pub use collect::{Collector, Gathered, Target};
