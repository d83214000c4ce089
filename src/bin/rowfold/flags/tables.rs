//! What is typed of tables that become other tables: `flatten`, `convert`.

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use rowfold::encoding::Encoding;
use rowfold::exprs::Type;

use super::values;
use crate::completion;

pub(super) const FLATTEN_EXAMPLES: &str = "\
Examples:
  rowfold flatten users.json --output users.csv
  rowfold flatten votes.json --explode votes --output votes.csv
  rowfold flatten --columns id,user.username=username,content,date --delimiter '~' --date-only date tweets.json
  zcat tweets.json.gz | rowfold flatten --columns id,content | rowfold sql 'SELECT count(content) FROM t' -";

pub(super) const CONVERT_EXAMPLES: &str = "\
Examples:
  rowfold convert tweets.csv tweets.parquet
  rowfold convert tweets.csv tweets.jsonl.zst --select id,date,content --where 'content IS NOT NULL'
  rowfold convert calls.csv calls.tsv --encoding windows-1252 --rename snake --type opened=timestamp
  rowfold convert tweets.csv tweets.tsv --output-encoding utf-16
  zcat tweets.csv.gz | rowfold convert - tweets.csv -d '~' --output-delimiter ,";

/// What `flatten` makes of the records. (`--delimiter` is that of the table.)
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Flatten {
    /// The columns: paths of fields, with dots, and names if they are to be called otherwise [default: all there are, found in a pass before]
    #[arg(long, value_name = "a,b.c=name,…")]
    pub(crate) columns: Option<String>,
    /// A row for each element of this array; none where it is empty
    #[arg(long, value_name = "PATH")]
    pub(crate) explode: Option<String>,
    /// Of this column's instants, the day (UTC); repeatable
    #[arg(long, value_name = "COLUMN")]
    pub(crate) date_only: Vec<String>,
    /// A record that is not right: an error, or left out (counted)
    #[arg(long, value_enum, default_value = "error", hide_possible_values = true, value_name = "error|skip")]
    pub(crate) on_bad: OnBadTyped,
}

/// What `convert` makes of the rows.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Convert {
    /// The columns, in this order; a backslash takes a comma literally [default: all]
    #[arg(long, value_name = "a,b,…")]
    pub(crate) select: Option<String>,
    /// Only rows for which this is true, as in SQL
    #[arg(long = "where", value_name = "CONDITION", allow_hyphen_values = true)]
    #[arg(add = ArgValueCompleter::new(completion::condition))]
    pub(crate) condition: Option<String>,
    /// The type of a column: text, number, date, timestamp or boolean; repeatable [default: found over the whole of a file where JSON or
    /// Parquet tells types; text from a pipe]
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = values::column_type)]
    pub(crate) types: Vec<(String, Type)>,
    /// All columns without a --type are text: no pass to find what they are
    #[arg(long)]
    pub(crate) text: bool,
    /// What columns are called: as they are, or lower-cased with blanks as _
    #[arg(long, value_enum, default_value = "as-is", hide_possible_values = true, value_name = "as-is|snake")]
    pub(crate) rename: RenameTyped,
    /// The byte between the fields of CSV that is written [default: , or a tab]
    #[arg(long, value_name = "BYTE", value_parser = OsStringValueParser::new().try_map(|text| values::output_delimiter(&text)))]
    #[arg(allow_hyphen_values = true)]
    pub(crate) output_delimiter: Option<u8>,
    /// Which fields of CSV stand in quotes: those that need them, or all
    #[arg(long, value_enum, default_value = "needed", hide_possible_values = true, value_name = "needed|always")]
    pub(crate) quoting: QuotingTyped,
    /// The encoding of CSV that is written, by the names of --encoding; a character that it does not have is an error
    #[arg(long, value_name = "NAME", value_parser = OsStringValueParser::new().try_map(|text| values::encoding(&text)))]
    #[arg(default_value = "utf-8")]
    pub(crate) output_encoding: Encoding,
    /// gzip, zstd or none [default: by the end of OUTPUT]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "gzip|zstd|none")]
    pub(crate) compress: Option<CompressTyped>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RenameTyped {
    AsIs,
    Snake,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum QuotingTyped {
    Needed,
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressTyped {
    #[value(alias = "gz")]
    Gzip,
    #[value(alias = "zst")]
    Zstd,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnBadTyped {
    Error,
    Skip,
}
