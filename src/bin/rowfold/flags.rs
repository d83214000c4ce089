//! Words of the command line and `ROWFOLD_…` variables in, what was typed out: nothing is opened, nothing is decided.
//!
//! What the words mean is [`Meant`](crate::meaning::Meant). The command line wins over the environment.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::engine::ArgValueCompleter;
use rowfold::exprs::Type;
use rowfold::exprs::emoji::UNICODE_VERSION;
use rowfold::exprs::time::zone;
use rowfold::questions;
use rowfold::readers::{Encoding, Quote};

use crate::loading::{self, History, Latest};
use crate::reading::Of;
use crate::{completion, sizes};

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
  rowfold ask tweets/quality tweets.csv.zst
  rowfold ask tweets/top-days,tweets/top-emojis,tweets/top-mentions tweets.csv --output answers/
  rowfold ask mine.sql table=data.csv --delimiter ';' --stats=json";

const SQL_EXAMPLES: &str = "\
Examples:
  rowfold sql 'SELECT count(*) FROM t' data.csv
  rowfold sql \"SELECT city, avg(price) FROM 'sales.csv' GROUP BY city ORDER BY 2 DESC\"
  rowfold sql 'SELECT * FROM t LIMIT 5' data.csv --format jsonl";

const FLATTEN_EXAMPLES: &str = "\
Examples:
  rowfold flatten users.json --output users.csv
  rowfold flatten votes.json --explode votes --output votes.csv
  rowfold flatten --columns id,user.username=username,content,date --delimiter '~' --date-only date tweets.json
  zcat tweets.json.gz | rowfold flatten --columns id,content | rowfold sql 'SELECT count(content) FROM t' -";

const CONVERT_EXAMPLES: &str = "\
Examples:
  rowfold convert tweets.csv tweets.parquet
  rowfold convert tweets.csv tweets.jsonl.zst --select id,date,content --where 'content IS NOT NULL'
  rowfold convert calls.csv calls.tsv --encoding windows-1252 --rename snake --type opened=timestamp
  zcat tweets.csv.gz | rowfold convert - tweets.csv -d '~' --output-delimiter ,";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  rowfold completions bash > ~/.local/share/bash-completion/completions/rowfold
  rowfold completions zsh > ~/.zfunc/_rowfold
  rowfold completions fish > ~/.config/fish/completions/rowfold.fish";

/// The tool as clap knows it, for manual and completions.
pub(crate) fn command() -> clap::Command {
    let tool = clap::Command::new("rowfold").version(version()).about(ABOUT).help_template(TEMPLATE);
    Typed::augment_args(tool.before_help(EXAMPLES).subcommand_required(true).arg_required_else_help(true))
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  rowfold explain tweets/quality
  rowfold explain 'WITH d AS (SELECT day, count(*) AS n FROM t GROUP BY day) SELECT day, sum(n) OVER (ORDER BY day) AS so_far FROM d'";

/// The version of the tool, of the emoji and of the time zones that it knows.
pub(crate) fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let version = env!("CARGO_PKG_VERSION");
        format!("{version} (emojis of Unicode {UNICODE_VERSION}, time zones of {})", zone::VERSION)
    });
    &VERSION
}

/// The process's own words and variables, parsed; ends the process with a usage error (2), with help or with the version (0).
pub(crate) fn parse<P: Parser>() -> P {
    parse_from(std::env::args_os(), |name| std::env::var_os(name)).unwrap_or_else(|error| error.exit())
}

/// `words`, and for every option that they lack what its `variable` says: `--spill-dir` has `ROWFOLD_SPILL_DIR`.
///
/// A variable is a word that was not typed. Clap's own way with variables parses them where the command line wins, too, and
/// refuses what nobody would have used. An empty variable is none.
fn parse_from<P: Parser>(
    words: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<P, clap::Error> {
    let mut words: Vec<_> = words.into_iter().map(sql_is_no_flag).collect();
    let mut command = P::command();
    let typed = command.clone().try_get_matches_from(&words)?;
    let missing = |option: &&Arg| typed.value_source(option.get_id().as_str()) != Some(ValueSource::CommandLine);
    let options = command.get_arguments().filter(|option| option.is_global_set()).filter(missing);
    let from_variables: Vec<_> = options.filter_map(|option| word_of_variable(option, &variable)).collect();
    words.splice(1..1, from_variables); // a command that was typed has its name before it
    let mut matches = command.try_get_matches_from_mut(words)?;
    P::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// What would be typed instead of the variable of `option`; `None` where that is not set, empty, or says no.
fn word_of_variable(option: &Arg, variable: impl Fn(&str) -> Option<OsString>) -> Option<OsString> {
    let long = option.get_long()?;
    let value = variable(&format!("ROWFOLD_{}", long.to_ascii_uppercase().replace('-', "_")))?;
    let mut word = OsString::from(format!("--{long}"));
    let says_no =
        |value: &OsString| ["0", "n", "no", "f", "false", "off"].iter().any(|no| value.eq_ignore_ascii_case(no));
    match option.get_action() {
        _ if value.is_empty() => return None,
        ArgAction::SetTrue if says_no(&value) => return None,
        ArgAction::SetTrue => {}
        _ => {
            word.push("=");
            word.push(value);
        }
    }
    Some(word)
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
        /// `system/name` (see `rowfold questions`), or a path ending in .sql; several with commas between share a scan
        #[arg(add = ArgValueCompleter::new(completion::questions))]
        question: String,
        /// `PATH`, `TABLE=PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
        inputs: Vec<OsString>,
        /// Print what would be done instead: passes, columns, memory, the outer query
        #[arg(long)]
        explain: bool,
    },
    /// Answer a SQL text
    #[command(help_template = TEMPLATE, before_help = SQL_EXAMPLES)]
    Sql {
        /// A SELECT over inputs, each read once
        #[arg(add = ArgValueCompleter::new(completion::sql))]
        text: String,
        /// `PATH`, `TABLE=PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
        inputs: Vec<OsString>,
        /// Print what would be done instead: passes, columns, memory, the outer query
        #[arg(long)]
        explain: bool,
    },
    /// Print what a question would do: its passes, the columns that each reads, the memory of each aggregate, the outer query
    #[command(help_template = TEMPLATE, before_help = EXPLAIN_EXAMPLES)]
    Explain {
        /// `system/name`, a path ending in .sql, or a SQL text
        #[arg(value_name = "QUESTION|SQL", add = ArgValueCompleter::new(completion::questions))]
        text: String,
        /// `PATH`, `TABLE=PATH`, a glob in quotes [default: the columns that the question names]
        #[arg(value_name = "INPUT")]
        inputs: Vec<OsString>,
    },
    /// List the built-in questions, or show the SQL of one
    #[command(help_template = TEMPLATE)]
    Questions {
        /// `system/name`: show its SQL
        #[arg(add = ArgValueCompleter::new(completion::built_in_questions))]
        name: Option<String>,
    },
    /// Make a table of nested JSON: an array, a value a line, or values one behind the other
    #[command(help_template = TEMPLATE, before_help = FLATTEN_EXAMPLES)]
    Flatten {
        /// `PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT")]
        inputs: Vec<OsString>,
        #[command(flatten)]
        flatten: Flatten,
    },
    /// Write a table as another kind of file: CSV, TSV, JSON Lines, JSON or Parquet, compressed or not, as its name says
    #[command(help_template = TEMPLATE, before_help = CONVERT_EXAMPLES)]
    Convert {
        /// `PATH`, a glob in quotes, or `-` for stdin
        #[arg(value_hint = ValueHint::FilePath)]
        input: OsString,
        /// `PATH`, by whose end it is told what it becomes: .csv .tsv .jsonl .json .parquet, with .gz or .zst behind; or `-` for stdout
        #[arg(value_name = "OUTPUT", value_hint = ValueHint::FilePath)]
        target: Option<PathBuf>,
        #[command(flatten)]
        convert: Convert,
    },
    /// Keep the newest row of each key, of a load and of what was kept before
    #[command(help_template = TEMPLATE, before_help = loading::LATEST_EXAMPLES)]
    Latest {
        /// `PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
        inputs: Vec<OsString>,
        #[command(flatten)]
        latest: Latest,
    },
    /// Keep every version of every row of snapshots: since when it was as it is, until when
    #[command(help_template = TEMPLATE, before_help = loading::HISTORY_EXAMPLES)]
    History {
        /// Snapshots, one a file, in the order of their days: `PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
        inputs: Vec<OsString>,
        #[command(flatten)]
        history: History,
    },
    /// List the functions and aggregates that a question can call, or describe one
    #[command(help_template = TEMPLATE)]
    Functions {
        /// Its name
        name: Option<String>,
    },
    /// Print what tells a shell to complete rowfold's words: questions, parameters, columns
    #[command(help_template = TEMPLATE, before_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: ShellTyped,
    },
    /// Write the manual's pages to a directory
    #[command(help_template = TEMPLATE)]
    Man {
        /// Where to, as ~/.local/share/man/man1
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Time reading an input and counting its newlines, on the same threads: what no question can be faster than
    #[command(help_template = TEMPLATE)]
    Floor {
        /// A file
        #[arg(value_name = "INPUT", required = true, value_hint = ValueHint::FilePath)]
        inputs: Vec<OsString>,
    },
}

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
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = column_type)]
    pub(crate) types: Vec<(String, Type)>,
    /// All columns without a --type are text: no pass to find what they are
    #[arg(long)]
    pub(crate) text: bool,
    /// What columns are called: as they are, or lower-cased with blanks as _
    #[arg(long, value_enum, default_value = "as-is", hide_possible_values = true, value_name = "as-is|snake")]
    pub(crate) rename: RenameTyped,
    /// The byte between the fields of CSV that is written [default: , or a tab]
    #[arg(long, value_name = "BYTE", value_parser = OsStringValueParser::new().try_map(|text| output_delimiter(&text)))]
    #[arg(allow_hyphen_values = true)]
    pub(crate) output_delimiter: Option<u8>,
    /// Which fields of CSV stand in quotes: those that need them, or all
    #[arg(long, value_enum, default_value = "needed", hide_possible_values = true, value_name = "needed|always")]
    pub(crate) quoting: QuotingTyped,
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

    /// How files are read: mapped a window at a time, or by pread (network file systems)
    #[arg(long, global = true, value_enum, default_value = "map")]
    #[arg(hide_possible_values = true, value_name = "map|read", help_heading = "Reading")]
    pub(crate) io: IoTyped,
    /// The byte between fields; \t is a tab. TABLE=BYTE says it of one table, as with the next three [default: found in the first 256 KiB]
    #[arg(long, short = 'd', global = true, value_name = "BYTE", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &one_byte)))]
    #[arg(help_heading = "Reading", allow_hyphen_values = true)]
    pub(crate) delimiter: Vec<Of<u8>>,
    /// The byte around fields, or none [default: "]
    #[arg(long, global = true, value_name = "BYTE|none", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &quote)))]
    #[arg(help_heading = "Reading")]
    pub(crate) quote: Vec<Of<Quote>>,
    /// utf-8, iso-8859-1, windows-1252, utf-16 (with a mark), utf-16le or utf-16be [default: utf-8]
    #[arg(long, global = true, value_name = "NAME", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &encoding)))]
    #[arg(help_heading = "Reading")]
    pub(crate) encoding: Vec<Of<Encoding>>,
    /// Lines before the header that are no records
    #[arg(long, global = true, value_name = "N", value_parser = OsStringValueParser::new().try_map(|text| Of::parse(text, &lines)))]
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
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = parameter)]
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
pub(crate) enum ShellTyped {
    Bash,
    Zsh,
    Fish,
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
fn one_byte(text: &OsStr) -> Result<u8, String> {
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

fn quote(text: &OsStr) -> Result<Quote, String> {
    if text == "none" { Ok(Quote::None) } else { one_byte(text).map(Quote::Byte) }
}

fn encoding(text: &OsStr) -> Result<Encoding, String> {
    text.to_string_lossy().parse()
}

fn lines(text: &OsStr) -> Result<u64, String> {
    text.to_string_lossy().parse().map_err(|_| "a number of lines".to_owned())
}

fn output_delimiter(text: &OsStr) -> Result<u8, String> {
    match one_byte(text)? {
        b'"' => Err("a quote stands around fields, not between them".to_owned()),
        byte => Ok(byte),
    }
}

/// `COLUMN=TYPE`
fn column_type(text: &str) -> Result<(String, Type), String> {
    let (name, ty) = text.rsplit_once('=').ok_or("COLUMN=TYPE")?;
    let ty = questions::type_called(ty).ok_or("a type is text, number, date, timestamp or boolean")?;
    Ok((name.to_owned(), ty))
}

/// `NAME=VALUE`
fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
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
        with_variables(words, &[])
    }

    fn with_variables(words: &[&str], variables: &[(&str, &str)]) -> Result<Common, clap::Error> {
        let words = ["rowfold"].iter().chain(words).map(OsString::from);
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        parse_from::<Line>(words, variable).map(|line| line.typed.common)
    }

    #[test]
    fn a_variable_counts_where_nothing_was_typed() {
        let asked = ["ask", "q", "a.csv"];
        let set = |variables: &[(&str, &str)]| with_variables(&asked, variables);
        assert_eq!(set(&[("ROWFOLD_MEMORY", "64M")]).expect("valid").memory, Some(64_000_000));
        assert_eq!(set(&[("ROWFOLD_MEMORY", "")]).expect("as if unset").memory, None);
        assert!(set(&[("ROWFOLD_MEMORY", "bad")]).is_err());
        assert_eq!(set(&[("ROWFOLD_NULL_VALUE", "-1")]).expect("valid").null_value, Some("-1".into()));
        assert_eq!(set(&[("ROWFOLD_STATS", "json")]).expect("valid").stats, Some(StatsTyped::Json));
        for (value, expected) in [("1", true), ("yes", true), ("0", false), ("False", false), ("", false)] {
            assert_eq!(set(&[("ROWFOLD_NO_HEADER", value)]).expect("valid").no_header, expected, "{value}");
        }
    }

    #[test]
    fn a_variable_is_not_looked_at_where_the_option_was_typed() {
        for words in [["ask", "q", "--memory", "64M"], ["--memory", "64M", "ask", "q"]] {
            let common = with_variables(&words, &[("ROWFOLD_MEMORY", "bad")]).expect("the command line wins");
            assert_eq!(common.memory, Some(64_000_000));
        }
    }

    #[test]
    fn options_stand_before_or_after_operands() {
        for words in [
            ["--memory", "64M", "ask", "tweets/top-days", "a.csv", "-d~"],
            ["ask", "--memory", "64M", "-d~", "tweets/top-days", "a.csv"],
            ["ask", "tweets/top-days", "-d~", "a.csv", "--memory", "64M"],
        ] {
            let common = common(&words).expect("valid words");
            assert_eq!((common.memory, common.delimiter), (Some(64_000_000), vec![Of { table: None, value: b'~' }]));
        }
    }

    #[test]
    fn a_delimiter_is_one_byte() {
        let typed = |text| common(&["ask", "q", "--delimiter", text]).ok().map(|common| common.delimiter[0].value);
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
        let line: Line = parse_from(words.map(OsString::from), |_| None).expect("valid words");
        assert!(matches!(line.typed.command, Command::Sql { text, .. } if text.contains("-- input: t(n number)\n")));
    }

    #[test]
    fn statistics_need_no_format() {
        assert_eq!(common(&["ask", "q", "--stats"]).expect("valid words").stats, Some(StatsTyped::Text));
        assert_eq!(common(&["ask", "--stats", "q"]).expect("valid words").stats, Some(StatsTyped::Text));
        assert_eq!(common(&["ask", "q", "--stats=json"]).expect("valid words").stats, Some(StatsTyped::Json));
    }
}
