//! Words of the command line and `ROWFOLD_…` variables in, what was typed out: nothing is opened, nothing is decided.
//!
//! What the words mean is [`Meant`](crate::meaning::Meant). The command line wins over the environment.

mod command;
mod common;
mod loads;
mod tables;
mod values;

use std::ffi::OsString;
use std::sync::LazyLock;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Args, Parser};
pub(crate) use command::{Command, ShellTyped};
pub(crate) use common::{
    BadValuesTyped, ColorTyped, Common, FormatTyped, IoTyped, ProgressTyped, RaggedTyped, StatsTyped,
};
pub(crate) use loads::{History, Latest, Loading};
use rowfold::exprs::emoji::UNICODE_VERSION;
use rowfold::exprs::time::zone;
pub(crate) use tables::{CompressTyped, Convert, Flatten, OnBadTyped, QuotingTyped, RenameTyped};

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

/// The tool as clap knows it, for manual and completions.
pub(crate) fn command() -> clap::Command {
    let tool = clap::Command::new("rowfold").version(version()).about(ABOUT).help_template(TEMPLATE);
    Typed::augment_args(tool.before_help(EXAMPLES).subcommand_required(true).arg_required_else_help(true))
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Of;

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
