//! rowfold folds CSV files of any size into an answer.
#![warn(clippy::unwrap_used)]

pub mod error;
pub mod exprs;
pub mod questions;
pub mod readers;
