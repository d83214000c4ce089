//! A hostile file being written, and what a right reader finds in it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fields;
use crate::random::Random;

/// A file and its truth.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) file: &'static str,
    pub(crate) about: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) delimiter: u8,
    pub(crate) fate: Fate,
    pub(crate) rows: u64,
    /// Empty lines after the header: those before it are no part of the table, as skipped lines are not.
    pub(crate) empty_lines: u64,
    /// Rows by user name; an empty one is `None`.
    pub(crate) usernames: BTreeMap<Option<String>, u64>,
    /// Every emoji in the contents, where that is the point of the file.
    pub(crate) emojis: Vec<(&'static str, u64)>,
    /// Every mention, likewise.
    pub(crate) mentions: Vec<(&'static str, u64)>,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "fate", rename_all = "lowercase")]
pub(crate) enum Fate {
    /// It is read to its end.
    Reads,
    /// It is read to its end, but a question that names `username` is refused with this exit code.
    #[serde(rename = "reads-without-username")]
    ReadsWithoutUsername { exit: u8, why: &'static str },
    /// It is refused with this exit code; `line` is where the record at fault begins, where there is one.
    Refused { exit: u8, line: Option<u64>, why: &'static str },
}

/// Exit code: the data is bad.
const BAD_DATA: u8 = 3;
/// Exit code: the question cannot be asked of these columns.
const BAD_QUESTION: u8 = 2;

/// Who writes the rows; most by the first.
const AUTHORS: [&str; 5] = ["ann", "ann", "bob", "carol", "Dévi"];

impl Draft {
    /// A file without a byte.
    pub(crate) fn empty(file: &'static str, about: &'static str) -> Draft {
        Draft {
            file,
            about,
            bytes: Vec::new(),
            delimiter: b',',
            fate: Fate::Reads,
            rows: 0,
            empty_lines: 0,
            usernames: BTreeMap::new(),
            emojis: Vec::new(),
            mentions: Vec::new(),
        }
    }

    /// A file with the header of the tweets.
    pub(crate) fn new(file: &'static str, about: &'static str) -> Draft {
        let mut draft = Draft::empty(file, about);
        draft.raw(b"id,username,content,date\n");
        draft
    }

    /// Bytes that make no row.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes of one row by `username`, line end included.
    pub(crate) fn raw_row(&mut self, username: &str, bytes: &[u8]) {
        self.raw(bytes);
        self.count(username);
    }

    /// A row, quoted as RFC 4180 says.
    pub(crate) fn row(&mut self, username: &str, content: &[u8]) {
        self.row_ending(username, content, b"\n");
    }

    /// A row that ends in `line_end`.
    pub(crate) fn row_ending(&mut self, username: &str, content: &[u8], line_end: &[u8]) {
        fields::integer(&mut self.bytes, self.rows + 1);
        for field in [username.as_bytes(), content, b"2021-02-24"] {
            self.bytes.push(self.delimiter);
            let start = self.bytes.len();
            self.raw(field);
            fields::enclose(&mut self.bytes, start, self.delimiter);
        }
        self.raw(line_end);
        self.count(username);
    }

    /// `n` harmless rows.
    pub(crate) fn harmless(&mut self, n: u32, random: &mut Random) {
        for _ in 0..n {
            let author = random.choose(&AUTHORS);
            let content = random.choose(&["all is well", "two words", "nothing, really", "a \"quoted\" word", ""]);
            self.row(author, content.as_bytes());
        }
    }

    /// Says that it is refused, for the record that begins where the file ends now.
    pub(crate) fn refused_here(&mut self, why: &'static str) {
        let line = 1 + self.bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.fate = Fate::Refused { exit: BAD_DATA, line: Some(line), why };
    }

    /// Says that its user names cannot be asked for.
    pub(crate) fn without_username(&mut self, why: &'static str) {
        self.fate = Fate::ReadsWithoutUsername { exit: BAD_QUESTION, why };
        self.usernames.clear();
    }

    /// Says that it is refused as a whole.
    pub(crate) fn refused(&mut self, why: &'static str) {
        self.fate = Fate::Refused { exit: BAD_DATA, line: None, why };
    }

    fn count(&mut self, username: &str) {
        let username = (!username.is_empty()).then(|| username.to_owned());
        *self.usernames.entry(username).or_default() += 1;
        self.rows += 1;
    }
}
