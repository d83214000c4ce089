//! What a shell has of a line so far in, the words that may come next out.
//!
//! Options and commands are clap's to know; here are questions, parameters and, where an input stands on the line, its columns.
//! A shell asks by running the tool with `ROWFOLD_COMPLETE` set (`rowfold completions` prints how); only heads of files are read.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use clap_complete::CompleteEnv;
use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use rowfold::questions::{Question, catalogue};
use rowfold::readers::{Input, Settings};

use crate::flags;

/// The variable by which a shell asks.
pub(crate) const VARIABLE: &str = "ROWFOLD_COMPLETE";

/// Answers a shell that asks, and ends the process; comes back when none does.
pub(crate) fn answer() {
    CompleteEnv::with_factory(flags::command).var(VARIABLE).complete();
}

/// Built-in questions, also behind others and a comma; files that end in `.sql`.
pub(crate) fn questions(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else { return Vec::new() };
    let (others, begun) = typed.rsplit_once(',').map_or(("", typed), |(others, _)| typed.split_at(others.len() + 1));
    let mut candidates = built_in(begun);
    if others.is_empty() {
        let is_sql = |path: &Path| path.extension().is_some_and(|end| end == "sql");
        candidates.extend(PathCompleter::any().filter(move |path| path.is_dir() || is_sql(path)).complete(current));
    }
    candidates.into_iter().map(|candidate| candidate.add_prefix(others)).collect()
}

/// Built-in questions.
pub(crate) fn built_in_questions(current: &OsStr) -> Vec<CompletionCandidate> {
    current.to_str().map_or_else(Vec::new, built_in)
}

fn built_in(begun: &str) -> Vec<CompletionCandidate> {
    let fitting = catalogue::all().iter().filter(|question| question.name.starts_with(begun));
    let candidate = |question: &catalogue::BuiltIn| {
        let title = Question::built_in(question.name).ok().and_then(|question| question.title().map(str::to_owned));
        CompletionCandidate::new(question.name).help(title.map(Into::into))
    };
    fitting.map(candidate).collect()
}

/// `NAME=` of the parameters of the questions on the line.
pub(crate) fn parameters(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begun) = current.to_str() else { return Vec::new() };
    let words = line();
    let questions = words.iter().filter_map(|word| {
        let text = word.to_str()?;
        if text.ends_with(".sql") {
            Question::inline(&fs::read_to_string(text).ok()?).ok()
        } else {
            Question::built_in(text).ok()
        }
    });
    let declared: Vec<_> = questions.flat_map(|question| question.parameters().to_vec()).collect();
    let fitting = declared.into_iter().filter(|parameter| parameter.name.starts_with(begun));
    fitting.map(|parameter| CompletionCandidate::new(format!("{}=", parameter.name))).collect()
}

/// A SQL text whose last word is the beginning of a column of an input on the line, or of one that the text itself names.
pub(crate) fn sql(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(text) = current.to_str() else { return Vec::new() };
    let begun = last_name(text);
    let before = &text[..text.len() - begun.len()];
    if before.is_empty() {
        return Vec::new(); // a text begins with SELECT
    }
    expression(text, before, begun)
}

/// The same of a condition, which may begin with a column.
pub(crate) fn condition(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(text) = current.to_str() else { return Vec::new() };
    let begun = last_name(text);
    expression(text, &text[..text.len() - begun.len()], begun)
}

/// What `text` ends with of a name.
fn last_name(text: &str) -> &str {
    text.rsplit(|c| !is_of_name(c)).next().unwrap_or_default()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `before` with each column behind it that begins as `begun` does.
fn expression(text: &str, before: &str, begun: &str) -> Vec<CompletionCandidate> {
    let named = text.split('\'').skip(1).step_by(2).map(OsString::from);
    let columns = named.chain(line()).flat_map(|word| columns(&word));
    let (exact, others): (Vec<_>, Vec<_>) = columns.partition(|column| column.starts_with(begun));
    let folded = others.into_iter().filter(|column| column.to_lowercase().starts_with(&begun.to_lowercase()));
    let fitting: Vec<String> = if exact.is_empty() { folded.collect() } else { exact };
    let spelt = |column: String| {
        let is_plain = column.chars().all(is_of_name) && !column.starts_with(|c: char| c.is_numeric());
        if is_plain { column } else { format!("\"{}\"", column.replace('"', "\"\"")) }
    };
    fitting.into_iter().map(|column| CompletionCandidate::new(format!("{before}{}", spelt(column)))).collect()
}

/// The columns of inputs on the line, also behind others and a comma.
pub(crate) fn columns_of_line(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else { return Vec::new() };
    let (others, begun) = typed.rsplit_once(',').map_or(("", typed), |(others, _)| typed.split_at(others.len() + 1));
    let mut fitting: Vec<String> = Vec::new();
    for column in line().iter().flat_map(|word| columns(word)) {
        if column.to_lowercase().starts_with(&begun.to_lowercase()) && !fitting.contains(&column) {
            fitting.push(column);
        }
    }
    fitting.into_iter().map(|column| CompletionCandidate::new(format!("{others}{column}"))).collect()
}

/// The words of the line: a shell hands them over behind `--`.
fn line() -> Vec<OsString> {
    std::env::args_os().skip_while(|word| word != "--").skip(2).collect()
}

/// The columns of the regular file that `word` names, by itself or as `TABLE=PATH`; none when it names none.
fn columns(word: &OsStr) -> Vec<String> {
    let is_file = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.is_file());
    let behind = word.to_str().and_then(|word| word.split_once('=')).map(|(_, path)| Path::new(path));
    let path = [Some(Path::new(word)), behind].into_iter().flatten().find(|path| is_file(path));
    let input = path.and_then(|path| Input::open(&[path], &Settings::default()).ok());
    input.map_or_else(Vec::new, |input| input.columns().to_vec())
}
