//! Words of the command line and `ROWFOLD_…` variables in, what was typed out: nothing is opened, nothing is decided.
//!
//! What the words mean is [`Meant`](crate::meaning::Meant). The command line wins over the environment.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::{FalseyValueParser, OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use rowfold::exprs::emoji::UNICODE_VERSION;

use crate::sizes;

/// One sentence about the tool.
pub(crate) const ABOUT: &str = "Fold CSV files of any size into an answer: one pass, all cores, bounded memory, exact";

/// Examples first: they are what a reader of help is after.
pub(crate) const TEMPLATE: &str = "{about}\n\n{before-help}{usage-heading} {usage}\n\n{all-args}";

/// The examples of the tool as a whole.
pub(crate) const EXAMPLES: &str = "\
Examples:
  rowfold questions
  rowfold ask tweets/top-days tweets.csv
  rowfold ask tweets/top-emojis tweets.csv --memory 64M --stats
  zcat tweets.csv.gz | rowfold ask tweets/top-mentions - --format json
  rowfold sql 'SELECT username, count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC LIMIT 10' tweets.csv
  rowfold sql \"SELECT date, sum(price) FROM 'sales.csv' GROUP BY date\" --output days.csv";

const ASK_EXAMPLES: &str = "\
Examples:
  rowfold ask tweets/top-days tweets.csv
  rowfold ask tweets/top-days tweets='2021-*.csv' --memory 64M --output days.csv
  zcat tweets.csv.gz | rowfold ask tweets/quality -
  rowfold ask mine.sql table=data.csv --delimiter ';' --stats=json";

const SQL_EXAMPLES: &str = "\
Examples:
  rowfold sql 'SELECT count(*) FROM t' data.csv
  rowfold sql \"SELECT city, avg(price) FROM 'sales.csv' GROUP BY city ORDER BY 2 DESC\"
  rowfold sql 'SELECT * FROM t LIMIT 5' data.csv --format jsonl";

/// The version of the tool, and of the emoji that it knows.
pub(crate) fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (emojis of Unicode {UNICODE_VERSION})", env!("CARGO_PKG_VERSION")));
    &VERSION
}

/// The process's own words, parsed; ends the process with a usage error (2), with help or with the version (0).
pub(crate) fn parse<P: Parser>() -> P {
    P::parse_from(std::env::args_os().map(sql_is_no_flag))
}

/// A SQL text may begin with a comment, `-- input: …`; no flag has a blank there. A blank before it keeps its lines.
fn sql_is_no_flag(word: OsString) -> OsString {
    match word.to_str() {
        Some(text) if text.starts_with("-- ") => format!(" {text}").into(),
        _ => word,
    }
}

/// Everything that can be typed.
#[derive(Debug, Args)]
pub(crate) struct Typed {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Answer a built-in question, or that of a .sql file
    #[command(help_template = TEMPLATE, before_help = ASK_EXAMPLES)]
    Ask {
        /// `system/name` (see `rowfold questions`), or a path ending in .sql
        question: String,
        /// `PATH`, `TABLE=PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT")]
        inputs: Vec<OsString>,
    },
    /// Answer a SQL text
    #[command(help_template = TEMPLATE, before_help = SQL_EXAMPLES)]
    Sql {
        /// A SELECT over one input
        text: String,
        /// `PATH`, `TABLE=PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT")]
        inputs: Vec<OsString>,
    },
    /// List the built-in questions, or show the SQL of one
    #[command(help_template = TEMPLATE)]
    Questions {
        /// `system/name`: show its SQL
        name: Option<String>,
    },
    /// Time reading an input and counting its newlines, on the same threads: what no question can be faster than
    #[command(help_template = TEMPLATE)]
    Floor {
        /// A file
        #[arg(value_name = "INPUT", required = true)]
        inputs: Vec<OsString>,
    },
}

/// Options of every command; each has an environment variable.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Peak resident memory of the whole process, as 64M or 64MiB [default: 256M, or 60 % of the cgroup's limit]
    #[arg(long, global = true, value_name = "SIZE", value_parser = sizes::bytes, env = "ROWFOLD_MEMORY")]
    #[arg(hide_env = true, help_heading = "Limits")]
    pub(crate) memory: Option<u64>,
    /// Threads that fold [default: what the machine has and the budget allows]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    #[arg(env = "ROWFOLD_THREADS", hide_env = true, help_heading = "Limits")]
    pub(crate) threads: Option<u16>,
    /// Directory for what does not fit into memory [default: TMPDIR, or /var/tmp where that is memory]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ROWFOLD_SPILL_DIR",
        hide_env = true,
        help_heading = "Limits"
    )]
    pub(crate) spill_dir: Option<PathBuf>,
    /// The most that may be spilled [default: no limit]
    #[arg(long, global = true, value_name = "SIZE", value_parser = sizes::bytes, env = "ROWFOLD_SPILL_LIMIT")]
    #[arg(hide_env = true, help_heading = "Limits")]
    pub(crate) spill_limit: Option<u64>,

    /// How files are read: mapped a window at a time, or by pread (network file systems)
    #[arg(long, global = true, value_enum, default_value = "map", env = "ROWFOLD_IO", hide_env = true)]
    #[arg(hide_possible_values = true, value_name = "map|read", help_heading = "Reading")]
    pub(crate) io: IoTyped,
    /// The byte between fields; \t is a tab [default: found in the first 256 KiB]
    #[arg(long, short = 'd', global = true, value_name = "BYTE", value_parser = OsStringValueParser::new().try_map(one_byte))]
    #[arg(env = "ROWFOLD_DELIMITER", hide_env = true, help_heading = "Reading", allow_hyphen_values = true)]
    pub(crate) delimiter: Option<u8>,
    /// The byte around fields, or none
    #[arg(long, global = true, value_name = "BYTE|none", default_value = "\"", value_parser = OsStringValueParser::new().try_map(quote))]
    #[arg(env = "ROWFOLD_QUOTE", hide_env = true, help_heading = "Reading")]
    pub(crate) quote: QuoteTyped,
    /// The first record is data; columns are column_1, column_2, …
    #[arg(long, global = true, value_parser = FalseyValueParser::new(), env = "ROWFOLD_NO_HEADER", hide_env = true)]
    #[arg(help_heading = "Reading")]
    pub(crate) no_header: bool,
    /// Lines before the header that are no records
    #[arg(long, global = true, value_name = "N", default_value = "0", env = "ROWFOLD_SKIP_LINES", hide_env = true)]
    #[arg(help_heading = "Reading")]
    pub(crate) skip_lines: u64,
    /// A field that says TEXT is NULL, as an empty one is
    #[arg(long, global = true, value_name = "TEXT", env = "ROWFOLD_NULL_VALUE", hide_env = true)]
    #[arg(help_heading = "Reading", allow_hyphen_values = true)]
    pub(crate) null_value: Option<OsString>,
    /// The longest record
    #[arg(long, global = true, value_name = "SIZE", value_parser = sizes::bytes, default_value = "16MiB")]
    #[arg(env = "ROWFOLD_MAX_RECORD", hide_env = true, help_heading = "Reading")]
    pub(crate) max_record: u64,
    /// A record with another number of fields than the header: an error, filled up, or left out (both counted)
    #[arg(long, global = true, value_enum, default_value = "error", env = "ROWFOLD_RAGGED", hide_env = true)]
    #[arg(hide_possible_values = true, value_name = "error|pad|skip", help_heading = "Reading")]
    pub(crate) ragged: RaggedTyped,
    /// A value that is not of the type demanded: an error, or NULL (counted)
    #[arg(long, global = true, value_enum, default_value = "error", env = "ROWFOLD_BAD_VALUES", hide_env = true)]
    #[arg(hide_possible_values = true, value_name = "error|null", help_heading = "Reading")]
    pub(crate) bad_values: BadValuesTyped,

    /// csv, tsv, json, jsonl, markdown or table [default: table on a terminal, else csv]
    #[arg(long, short = 'f', global = true, value_enum, env = "ROWFOLD_FORMAT", hide_env = true)]
    #[arg(hide_possible_values = true, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<FormatTyped>,
    /// The file that the answer becomes, whole or not at all [default: stdout]
    #[arg(long, short = 'o', global = true, value_name = "PATH", env = "ROWFOLD_OUTPUT", hide_env = true)]
    #[arg(help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// What it took, as the last line on stderr
    #[arg(long, global = true, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    #[arg(env = "ROWFOLD_STATS", hide_env = true, hide_possible_values = true, value_name = "text|json")]
    #[arg(help_heading = "Output")]
    pub(crate) stats: Option<StatsTyped>,
    /// How far it is, on stderr: a bar on a terminal after a second, a line every few seconds, or nothing
    #[arg(long, global = true, value_enum, default_value = "auto", env = "ROWFOLD_PROGRESS", hide_env = true)]
    #[arg(hide_possible_values = true, value_name = "auto|plain|never", help_heading = "Output")]
    pub(crate) progress: ProgressTyped,
    /// Colour: on a terminal unless NO_COLOR is set, always, or never
    #[arg(long, global = true, value_enum, default_value = "auto", env = "ROWFOLD_COLOR", hide_env = true)]
    #[arg(hide_possible_values = true, value_name = "auto|always|never", help_heading = "Output")]
    pub(crate) color: ColorTyped,

    /// Bytes of input a ticket, for tests
    #[arg(long, global = true, hide = true, value_parser = sizes::bytes, env = "ROWFOLD_CHUNK", hide_env = true)]
    pub(crate) chunk: Option<u64>,
    /// The instructions that find separators, for tests
    #[arg(long, global = true, hide = true, env = "ROWFOLD_SIMD", hide_env = true)]
    pub(crate) simd: Option<rowfold::readers::Simd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IoTyped {
    Map,
    Read,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuoteTyped {
    Byte(u8),
    None,
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

/// A byte as it is typed: itself, `\t`, or `\x1f` where no keyboard has it. Not necessarily UTF-8.
fn one_byte(text: OsString) -> Result<u8, String> {
    let byte = match text.as_bytes() {
        b"\\t" | b"tab" => Some(b'\t'),
        [byte] => Some(*byte),
        [b'\\', b'x', hex @ ..] if hex.len() == 2 => {
            std::str::from_utf8(hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
        }
        _ => None,
    };
    match byte {
        Some(b'\n' | b'\r') => Err("a line end ends records, whatever else it does".to_owned()),
        Some(byte) => Ok(byte),
        None => Err("one byte: , or ; or | or ~ or \\t or \\x1f".to_owned()),
    }
}

fn quote(text: OsString) -> Result<QuoteTyped, String> {
    if text == "none" { Ok(QuoteTyped::None) } else { one_byte(text).map(QuoteTyped::Byte) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        typed: Typed,
    }

    fn common(words: &[&str]) -> Result<Common, clap::Error> {
        let words = ["rowfold"].iter().chain(words).map(|word| sql_is_no_flag(OsString::from(word)));
        Line::try_parse_from(words).map(|line| line.typed.common)
    }

    #[test]
    fn options_stand_before_or_after_operands() {
        for words in [
            ["--memory", "64M", "ask", "tweets/top-days", "a.csv", "-d~"],
            ["ask", "--memory", "64M", "-d~", "tweets/top-days", "a.csv"],
            ["ask", "tweets/top-days", "-d~", "a.csv", "--memory", "64M"],
        ] {
            let common = common(&words).expect("valid words");
            assert_eq!((common.memory, common.delimiter), (Some(64_000_000), Some(b'~')));
        }
    }

    #[test]
    fn a_delimiter_is_one_byte() {
        let typed = |text| common(&["ask", "q", "--delimiter", text]).ok().and_then(|common| common.delimiter);
        for (text, expected) in [
            (",", Some(b',')),
            ("\\t", Some(b'\t')),
            ("\\x1f", Some(0x1f)),
            ("-", Some(b'-')),
            ("§", None),
            ("\\x0a", None),
            ("", None),
        ] {
            assert_eq!(typed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_sql_text_may_begin_with_a_comment() {
        let words = ["rowfold", "sql", "-- input: t(n number)\nSELECT sum(n) FROM t", "a.csv"];
        let line = Line::try_parse_from(words.map(|word| sql_is_no_flag(word.into()))).expect("valid words");
        assert!(matches!(line.typed.command, Command::Sql { text, .. } if text.contains("-- input: t(n number)\n")));
    }

    #[test]
    fn statistics_need_no_format() {
        assert_eq!(common(&["ask", "q", "--stats"]).expect("valid words").stats, Some(StatsTyped::Text));
        assert_eq!(common(&["ask", "--stats", "q"]).expect("valid words").stats, Some(StatsTyped::Text));
        assert_eq!(common(&["ask", "q", "--stats=json"]).expect("valid words").stats, Some(StatsTyped::Json));
    }
}
