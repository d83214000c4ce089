//! What is typed of loads: `latest`, `history`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::engine::ArgValueCompleter;
use rowfold::exprs::time;

use crate::completion;

pub(super) const LATEST_EXAMPLES: &str = "\
Examples:
  rowfold latest --key id_oid --by updated_at_date,created_at_date users-*.csv --output users.csv
  rowfold latest --key id_oid --by updated_at_date,created_at_date --into users.csv users-today.csv --stats
  rowfold latest --key country,city --into cities.csv - < new.csv";

pub(super) const HISTORY_EXAMPLES: &str = "\
Examples:
  rowfold history --key PurchaseID --valid-from date --into history.csv 2026-01-02.csv --stats
  rowfold history --key PurchaseID --valid-from date '2026-*.csv' --output history.csv
  rowfold history --key PurchaseID --valid-from date --into history.csv --deletes close=2026-01-03 2026-01-03.csv
  rowfold history --key PurchaseID --valid-from date --into history.csv --rejects refused.csv - < today.csv";

/// What loads have in common. Options have no variable: they are of one table.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Loading {
    /// The columns that tell rows apart; none of them may be NULL
    #[arg(long, value_name = "COLUMN,…", required = true, value_delimiter = ',', add = ArgValueCompleter::new(completion::columns_of_line))]
    pub(crate) key: Vec<String>,
    /// The file that is kept: read if it is there, and written anew, whole or not at all [default: what is new alone, to stdout]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) into: Option<PathBuf>,
    /// Where rows that are refused are written: file, line, column, rule, record
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) rejects: Option<PathBuf>,
}

/// What `latest` is asked.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Latest {
    #[command(flatten)]
    pub(crate) loading: Loading,
    /// The columns of dates that tell which row is newer: the first that is not NULL [default: a key is in the load once, and newer than what is kept]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', add = ArgValueCompleter::new(completion::columns_of_line))]
    pub(crate) by: Vec<String>,
    /// Load rows of this day and after it, by --by
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) from: Option<i32>,
    /// Load rows of this day and before it, by --by
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) until: Option<i32>,
}

/// What `history` is asked.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct History {
    #[command(flatten)]
    pub(crate) loading: Loading,
    /// The column that says since when a row is as it is
    #[arg(long, value_name = "COLUMN", add = ArgValueCompleter::new(completion::columns_of_line))]
    pub(crate) valid_from: String,
    /// Keys that are missing from the snapshot ended on that date [default: they stay as they are]
    #[arg(long, value_name = "close=DATE", value_parser = close)]
    pub(crate) deletes: Option<String>,
}

/// A day, as `2026-01-02`.
fn day(text: &str) -> Result<i32, String> {
    time::parse_plain_date(text.as_bytes()).ok_or_else(|| "a date, as 2026-01-02".to_owned())
}

/// `close=DATE`
fn close(text: &str) -> Result<String, String> {
    text.strip_prefix("close=").map(str::to_owned).ok_or_else(|| "close=DATE, as close=2026-01-02".to_owned())
}
