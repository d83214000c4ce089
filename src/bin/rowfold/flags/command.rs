//! The commands, and what each is given.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};
use clap_complete::engine::ArgValueCompleter;

use super::TEMPLATE;
use super::loads::{self, History, Latest};
use super::tables::{self, Convert, Flatten};
use crate::completion;

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

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  rowfold completions bash > ~/.local/share/bash-completion/completions/rowfold
  rowfold completions zsh > ~/.zfunc/_rowfold
  rowfold completions fish > ~/.config/fish/completions/rowfold.fish";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  rowfold explain tweets/quality
  rowfold explain 'WITH d AS (SELECT day, count(*) AS n FROM t GROUP BY day) SELECT day, sum(n) OVER (ORDER BY day) AS so_far FROM d'";

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
    #[command(help_template = TEMPLATE, before_help = tables::FLATTEN_EXAMPLES)]
    Flatten {
        /// `PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT")]
        inputs: Vec<OsString>,
        #[command(flatten)]
        flatten: Flatten,
    },
    /// Write a table as another kind of file: CSV, TSV, JSON Lines, JSON or Parquet, compressed or not, as its name says
    #[command(help_template = TEMPLATE, before_help = tables::CONVERT_EXAMPLES)]
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
    #[command(help_template = TEMPLATE, before_help = loads::LATEST_EXAMPLES)]
    Latest {
        /// `PATH`, a glob in quotes, or `-` for stdin [default: stdin, if it is no terminal]
        #[arg(value_name = "INPUT", value_hint = ValueHint::FilePath)]
        inputs: Vec<OsString>,
        #[command(flatten)]
        latest: Latest,
    },
    /// Keep every version of every row of snapshots: since when it was as it is, until when
    #[command(help_template = TEMPLATE, before_help = loads::HISTORY_EXAMPLES)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellTyped {
    Bash,
    Zsh,
    Fish,
}
