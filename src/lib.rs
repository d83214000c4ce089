//! rowfold folds CSV files of any size into an answer.
#![warn(clippy::unwrap_used)]

pub mod aggregates;
pub mod error;
pub mod exprs;
pub mod output;
pub mod pass;
pub mod questions;
pub mod readers;
