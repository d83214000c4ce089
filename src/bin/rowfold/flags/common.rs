//! The options of every command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use rowfold::readers::{Encoding, Quote};

use super::values;
use crate::reading::Of;
use crate::{completion, sizes};

/// Options of every command; each has an environment variable, `ROWFOLD_` and its name.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Peak resident memory of the whole process, as 64M or 64MiB [default: 256M, or 60 % of the cgroup's limit]
    #[arg(long, global = true, value_name = "SIZE", value_parser = sizes::bytes)]
    #[arg(help_heading = "Limits")]
    pub(crate) memory: Option<u64>,
    /// Threads that fold [default: what the machine has and the budget allows]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    #[arg(help_heading = "Limits")]
    pub(crate) threads: Option<u16>,
    /// Directory for what does not fit into memory [default: TMPDIR, or /var/tmp where that is memory]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Limits")]
    pub(crate) spill_dir: Option<PathBuf>,
    /// The most that may be spilled; 0 for nothing [default: no limit]
    #[arg(long, global = true, value_name = "SIZE", value_parser = sizes::bytes_or_none)]
    #[arg(help_heading = "Limits")]
    pub(crate) spill_limit: Option<u64>,

    /// How files are read: by pread into buffers, or mapped a window at a time
    #[arg(long, global = true, value_enum, default_value = "read")]
    #[arg(hide_possible_values = true, value_name = "read|map", help_heading = "Reading")]
    pub(crate) io: IoTyped,
    /// The byte between fields; \t is a tab. TABLE=BYTE says it of one table, as with the next three [default: found in the first 256 KiB]
    #[arg(long, short = 'd', global = true, value_name = "BYTE", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &values::one_byte)))]
    #[arg(help_heading = "Reading", allow_hyphen_values = true)]
    pub(crate) delimiter: Vec<Of<u8>>,
    /// The byte around fields, or none [default: "]
    #[arg(long, global = true, value_name = "BYTE|none", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &values::quote)))]
    #[arg(help_heading = "Reading")]
    pub(crate) quote: Vec<Of<Quote>>,
    /// utf-8, iso-8859-1, windows-1252, utf-16 (with a mark), utf-16le or utf-16be [default: utf-8]
    #[arg(long, global = true, value_name = "NAME", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &values::encoding)))]
    #[arg(help_heading = "Reading")]
    pub(crate) encoding: Vec<Of<Encoding>>,
    /// Lines before the header that are no records
    #[arg(long, global = true, value_name = "N", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &values::lines)))]
    #[arg(help_heading = "Reading")]
    pub(crate) skip_lines: Vec<Of<u64>>,
    /// The first record is data; columns are column_1, column_2, …
    #[arg(long, global = true)]
    #[arg(help_heading = "Reading")]
    pub(crate) no_header: bool,
    /// A field that says TEXT is NULL, as an empty one is
    #[arg(long, global = true, value_name = "TEXT")]
    #[arg(help_heading = "Reading", allow_hyphen_values = true)]
    pub(crate) null_value: Option<OsString>,
    /// The longest record
    #[arg(long, global = true, value_name = "SIZE", value_parser = sizes::bytes, default_value = "16MiB")]
    #[arg(help_heading = "Reading")]
    pub(crate) max_record: u64,
    /// A record with another number of fields than the header: an error, filled up, or left out (both counted)
    #[arg(long, global = true, value_enum, default_value = "error")]
    #[arg(hide_possible_values = true, value_name = "error|pad|skip", help_heading = "Reading")]
    pub(crate) ragged: RaggedTyped,
    /// A value that is not of the type demanded: an error, or NULL (counted)
    #[arg(long, global = true, value_enum, default_value = "error")]
    #[arg(hide_possible_values = true, value_name = "error|null", help_heading = "Reading")]
    pub(crate) bad_values: BadValuesTyped,

    /// The time zone in which times without an offset stand, days and hours are told and times are printed, as Europe/Berlin
    #[arg(long, global = true, value_name = "ZONE", default_value = "UTC")]
    #[arg(help_heading = "Reading")]
    pub(crate) tz: String,

    /// The value of a parameter that the question declares
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = values::parameter)]
    #[arg(help_heading = "Asking", allow_hyphen_values = true, add = ArgValueCompleter::new(completion::parameters))]
    pub(crate) set: Vec<(String, String)>,

    /// csv, tsv, json, jsonl, markdown, table or parquet [default: table on a terminal, else csv]
    #[arg(long, short = 'f', global = true, value_enum)]
    #[arg(hide_possible_values = true, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<FormatTyped>,
    /// The file that the answer becomes, whole or not at all [default: stdout]
    #[arg(long, short = 'o', global = true, value_name = "PATH")]
    #[arg(help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// What it took, as the last line on stderr
    #[arg(long, global = true, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    #[arg(hide_possible_values = true, value_name = "text|json")]
    #[arg(help_heading = "Output")]
    pub(crate) stats: Option<StatsTyped>,
    /// How far it is, on stderr: a bar on a terminal after a second, a line every few seconds, or nothing
    #[arg(long, global = true, value_enum, default_value = "auto")]
    #[arg(hide_possible_values = true, value_name = "auto|plain|never", help_heading = "Output")]
    pub(crate) progress: ProgressTyped,
    /// Colour: on a terminal unless NO_COLOR is set, always, or never
    #[arg(long, global = true, value_enum, default_value = "auto")]
    #[arg(hide_possible_values = true, value_name = "auto|always|never", help_heading = "Output")]
    pub(crate) color: ColorTyped,

    /// Bytes of input a ticket, for tests
    #[arg(long, global = true, hide = true, value_parser = sizes::bytes)]
    pub(crate) chunk: Option<u64>,
    /// The instructions that find separators, for tests
    #[arg(long, global = true, hide = true)]
    pub(crate) simd: Option<rowfold::readers::Simd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IoTyped {
    Map,
    Read,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RaggedTyped {
    Error,
    Pad,
    Skip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BadValuesTyped {
    Error,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatTyped {
    Csv,
    Tsv,
    Json,
    #[value(alias = "ndjson")]
    Jsonl,
    #[value(alias = "md")]
    Markdown,
    Table,
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatsTyped {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressTyped {
    Auto,
    Plain,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorTyped {
    Auto,
    Always,
    Never,
}
