//! Files that break readers of CSV, each with what a right reader makes of it.
//!
//! `manifest.json` beside them says for each file what is nasty about it and what `SELECT username, count(*) … GROUP BY username` has to
//! give: the rows and their counts, how it is refused and at which line, or that only this question is. No row of any file is by `mallory`, who only appears inside
//! fields: whoever counts her has cut a field in two.

mod draft;
mod encodings;
mod line_ends;
mod quotes;
mod sizes;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::output::Failure;
use crate::random::Random;
use crate::truth;
use draft::{Draft, Fate};

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Hostile {
    /// The same seed makes the same files, on any machine
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Directory to write them into; made if it is not there
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

impl Hostile {
    /// Writes the files, then the manifest; one file at a time is in memory.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.output).map_err(|error| Failure::new(&self.output, error))?;
        let mut manifest = Vec::new();
        let makers = [quotes::MAKERS, line_ends::MAKERS, encodings::MAKERS, sizes::MAKERS];
        for (number, make) in (0..).zip(makers.into_iter().flatten()) {
            let draft = make(&mut Random::new(self.seed, number));
            let path = self.output.join(draft.file);
            std::fs::write(&path, &draft.bytes).map_err(|error| Failure::new(&path, error))?;
            manifest.push(Entry::of(draft));
        }
        truth::write(&self.output.join("manifest.json"), &manifest)
    }
}

/// What makes one file.
type Maker = fn(&mut Random) -> Draft;

/// One file's line in the manifest.
#[derive(Debug, Serialize)]
struct Entry {
    file: &'static str,
    about: &'static str,
    bytes: usize,
    delimiter: char,
    #[serde(flatten)]
    fate: Fate,
    /// Rows that a reader finds; of a refused file those before its fault.
    rows: u64,
    /// Empty lines after the header.
    empty_lines: u64,
    usernames: Vec<Group>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emojis: Vec<Count>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Count>,
}

#[derive(Debug, Serialize)]
struct Group {
    username: Option<String>,
    rows: u64,
}

#[derive(Debug, Serialize)]
struct Count {
    key: &'static str,
    count: u64,
}

impl Entry {
    fn of(draft: Draft) -> Entry {
        let counts =
            |pairs: Vec<(&'static str, u64)>| pairs.into_iter().map(|(key, count)| Count { key, count }).collect();
        Entry {
            file: draft.file,
            about: draft.about,
            bytes: draft.bytes.len(),
            delimiter: char::from(draft.delimiter),
            fate: draft.fate,
            rows: draft.rows,
            empty_lines: draft.empty_lines,
            usernames: draft.usernames.into_iter().map(|(username, rows)| Group { username, rows }).collect(),
            emojis: counts(draft.emojis),
            mentions: counts(draft.mentions),
        }
    }
}
