//! rowfold folds CSV files of any size into an answer.
#![warn(clippy::unwrap_used)]

pub mod aggregates;
pub mod budget;
pub mod error;
pub mod exprs;
pub mod finish;
pub mod output;
pub mod pass;
pub mod questions;
pub mod readers;
