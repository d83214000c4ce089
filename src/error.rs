//! Every sentence a user can be told when rowfold could not answer, and the exit code that goes with it.
//!
//! A sentence says the place, what is wrong with both numbers, and the way out: lower case, no full stop. User data is
//! quoted, escaped and cut to 40 bytes ([`quoted`]). `Display` never repeats its `source()`; the tool prints the chain.

use std::fmt;
use std::io;

use thiserror::Error;

/// What every fallible function of rowfold returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Where in the input something is: the file, the physical line on which the record begins, the column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The path as it was typed; `stdin` for a pipe.
    pub path: String,
    /// Line feeds before the record, plus one.
    pub line: Option<u64>,
    /// The column's name.
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ": line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ": column {}", quoted(column.as_bytes()))?;
        }
        Ok(())
    }
}

/// How the process ends: the contract's exit codes, in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The question was answered.
    Answered = 0,
    /// It could not be: input, output or spill files failed.
    Io = 1,
    /// Flags, an unknown column or table, SQL that is refused.
    Usage = 2,
    /// The data is bad, and the message says where.
    Data = 3,
    /// The memory or spill limit, with what would do.
    Limit = 4,
    /// SIGHUP.
    HungUp = 129,
    /// SIGINT.
    Interrupted = 130,
    /// The reader of stdout went away.
    ClosedPipe = 141,
    /// SIGTERM.
    Terminated = 143,
}

/// Why rowfold could not answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    // ── input and output ──────────────────────────────────────────────────────────────────────────────────────────
    /// A file or pipe failed under `verb` ("open", "read", "write").
    #[error("{path}: cannot {verb}")]
    Io {
        /// The path as typed.
        path: String,
        /// What was being done.
        verb: &'static str,
        /// The system's word.
        source: io::Error,
    },
    /// A directory was named as an input.
    #[error("{path}: is a directory; name its files, or a glob in quotes: '{}/*.csv'", .path.trim_end_matches('/'))]
    Directory {
        /// The path as typed.
        path: String,
    },
    /// The input changed while it was read.
    #[error("{path}: {what} while it was read (at byte {at} of {size}); ask again when nobody writes to it")]
    Changed {
        /// The path as typed.
        path: String,
        /// "shrank", "was replaced".
        what: &'static str,
        /// How far reading had come.
        at: u64,
        /// The size at open.
        size: u64,
    },

    // ── usage ─────────────────────────────────────────────────────────────────────────────────────────────────────
    /// Anything else about flags and operands; the sentence carries its own way out.
    #[error("{0}")]
    Usage(String),
    /// A question names a column that no header has.
    #[error("{path}: no column {}{}{} ({}){}", quoted(.name.as_bytes()),
        if .suggestion.is_some() { "; did you mean " } else { "" },
        .suggestion.as_ref().map(|s| format!("{}?", quoted(s.as_bytes()))).unwrap_or_default(), listed(.columns), undivided(.columns))]
    NoColumn {
        /// The path as typed.
        path: String,
        /// The name the question uses.
        name: String,
        /// The nearest name that exists, if one is near.
        suggestion: Option<String>,
        /// The names that exist.
        columns: Vec<String>,
    },
    /// A name fits two columns of the header.
    #[error("{path}: column {} is there twice, as {}; rename one", quoted(.name.as_bytes()), .found.join(" and "))]
    TwoColumns {
        /// The path as typed.
        path: String,
        /// The name the question uses.
        name: String,
        /// What it fits.
        found: Vec<String>,
    },
    /// SQL that a pass cannot do, or that does not parse.
    #[error("line {line}, column {column}: {what}{}{way_out}", if .way_out.is_empty() { "" } else { ": " })]
    Sql {
        /// Line in the text, from 1.
        line: u64,
        /// Column in the line, from 1.
        column: u64,
        /// The construct and what is wrong with it.
        what: String,
        /// What to write instead; may be empty.
        way_out: String,
    },

    /// SQLite refuses or fails: what it says.
    #[error("the outer query: {what}; rowfold explain shows it")]
    Outer {
        /// SQLite's words.
        what: String,
    },

    // ── data ──────────────────────────────────────────────────────────────────────────────────────────────────────
    /// An input without a single byte (or nothing but a byte-order mark or blank lines).
    #[error("{path}: empty: not even a header")]
    Empty {
        /// The path as typed.
        path: String,
    },
    /// A record with another number of fields than the header.
    #[error(
        "{place}: {found} field{} where the header has {expected}; {}close its quotes, or choose {}--ragged skip",
        if *.found == 1 { "" } else { "s" },
        if *.expected == 1 { "say another --delimiter, " } else { "" },
        if .found < .expected { "--ragged pad or " } else { "" }
    )]
    Ragged {
        /// Where the record begins.
        place: Place,
        /// Fields in the record.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// A value that does not parse where a type is demanded.
    #[error(
        "{place}: {} is no {wanted}; {}--bad-values null counts such values and goes on", quoted(.text),
        if .wanted == &"UTF-8 text" { "--encoding windows-1252 (or iso-8859-1) reads a file in that, " } else { "" }
    )]
    BadValue {
        /// Where the record begins, and the column.
        place: Place,
        /// "number", "date", …
        wanted: &'static str,
        /// The field's bytes.
        text: Vec<u8>,
    },
    /// A result over 38 digits, a division that has no value, …: wrong in the data, not in the text.
    #[error("{place}: {what}")]
    Overflow {
        /// Where, as far as it is known.
        place: Place,
        /// What passed which limit, and the way out.
        what: String,
    },
    /// Rows of a load that are not taken, so that nothing of it is.
    #[error("{what}{}{}", rows.concat(), if *.n_more > 0 { format!("\n  … and {n_more} more") } else { String::new() })]
    Refused {
        /// How many, what stays as it was, and the way out.
        what: String,
        /// The first of them, each with its place and what is wrong, on a line of its own.
        rows: Vec<String>,
        /// How many there are beside them.
        n_more: u64,
    },
    /// A record that is no JSON object, or not one of those asked for.
    #[error("{place}: byte {byte}: {what}; --on-bad skip leaves such records out")]
    Json {
        /// Where the record begins.
        place: Place,
        /// Which byte of it, from 1.
        byte: u64,
        /// What is wrong there.
        what: String,
    },
    /// A record longer than `--max-record`.
    #[error("{place}: record passes {}; close its quote, or raise --max-record", size(*.limit_bytes))]
    LongRecord {
        /// Where the record begins.
        place: Place,
        /// `--max-record`.
        limit_bytes: u64,
    },
    /// The input ends inside quotes.
    #[error("{place}: a quote opened in this record is still open at the end of the input")]
    OpenQuote {
        /// Where the record begins.
        place: Place,
    },
    /// UTF-16, by its byte-order mark or its NULs.
    #[error("{path}: UTF-16; --encoding {encoding} reads it")]
    Utf16 {
        /// The path as typed.
        path: String,
        /// As `--encoding` calls it.
        encoding: &'static str,
    },
    /// Bytes that spell nothing in the encoding that the input is said to be in.
    #[error("{place}: byte {at}: {} is no {encoding}; mend it, or say what it is with --encoding", quoted(.text))]
    Malformed {
        /// The file and the line.
        place: Place,
        /// Where in the file, decompressed, from 0.
        at: u64,
        /// The bytes.
        text: Vec<u8>,
        /// As `--encoding` calls it.
        encoding: &'static str,
    },
    /// Compressed input that is not whole.
    #[error("{path}: byte {at}: {what}")]
    Corrupt {
        /// The path as typed.
        path: String,
        /// Where in the compressed file, from 0.
        at: u64,
        /// What is wrong with it, and the way out.
        what: String,
    },
    /// A Parquet file, by its first bytes, where none is read.
    #[error("{path}: Parquet, {}", unread_parquet(.path))]
    Parquet {
        /// The path as typed.
        path: String,
    },
    /// What was decompressed is compressed.
    #[error("{path}: compressed twice, within as {kind}; decompress it once before")]
    CompressedTwice {
        /// The path as typed.
        path: String,
        /// "gzip", "zstd", …
        kind: &'static str,
    },
    /// Bytes that an output format cannot hold.
    #[error(
        "{what} is not UTF-8, which {format} cannot hold; --encoding says what it is, or --format csv passes bytes through"
    )]
    NotUtf8 {
        /// The value, quoted.
        what: String,
        /// The format's name.
        format: &'static str,
    },
    /// A character that the encoding of the output does not have, or bytes that spell none.
    #[error("{path}: output line {line}: {}", unwritable(.text, .encoding))]
    Unwritable {
        /// The output.
        path: String,
        /// Line feeds written before, plus one.
        line: u64,
        /// The character, or what is no UTF-8.
        text: Vec<u8>,
        /// As `--output-encoding` calls it.
        encoding: &'static str,
    },

    // ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────
    /// The budget is too small for the plan.
    #[error("{} is too small for this question on {threads} thread{}{}: {} would do", size(*.have_bytes), if *.threads == 1 { "" } else { "s" },
        if *.decoder_bytes > 0 { format!(", with {} to decode its input", size(*.decoder_bytes)) } else { String::new() }, size(*.need_bytes))]
    Memory {
        /// `--memory`.
        have_bytes: u64,
        /// The smallest that would do.
        need_bytes: u64,
        /// Threads of the plan.
        threads: usize,
        /// What of it decompressing and transcoding the input takes.
        decoder_bytes: u64,
    },
    /// One record or value needs more than what is left of the budget.
    #[error("{place}: {what} needs {} beside all else: --memory {} would do", size(*.need_bytes), size(*.would_do_bytes))]
    MemoryAt {
        /// Where the record begins.
        place: Place,
        /// "this record", "this key".
        what: &'static str,
        /// What it needs.
        need_bytes: u64,
        /// A budget that would do.
        would_do_bytes: u64,
    },
    /// `--spill-limit` is reached.
    #[error("spill passes {}: raise --spill-limit, or --memory so that less is spilled", size(*.limit_bytes))]
    SpillLimit {
        /// `--spill-limit`.
        limit_bytes: u64,
    },

    /// The tables of an outer query are as large as `--spill-limit`, or the disk is full.
    #[error(
        "the results that the outer query reads are more than --spill-limit, or the disk, takes; aggregate further in the passes"
    )]
    OuterFull,

    /// An aggregate of the outer query holds more values than there is room for.
    #[error(
        "the outer query: the values of {} pass {}, which --memory has for them; raise it, or aggregate in a pass (a SELECT that reads an input), which sorts them on disk",
        quoted(.function.as_bytes()), size(*.limit_bytes)
    )]
    OuterValues {
        /// As it is asked.
        function: String,
        /// What there is room for.
        limit_bytes: u64,
    },

    // ── ends from outside ─────────────────────────────────────────────────────────────────────────────────────────
    /// SIGINT or SIGTERM.
    #[error("interrupted")]
    Interrupted {
        /// Whether it was SIGTERM.
        terminated: bool,
    },
    /// SIGHUP: the terminal was closed.
    #[error("hung up")]
    HungUp,
    /// The reader of stdout went away; nobody is told.
    #[error("the reader of stdout went away")]
    ClosedPipe,
}

impl Error {
    /// The exit code that goes with this error.
    pub fn exit(&self) -> Exit {
        use Error::*;
        match self {
            Io { .. } | Directory { .. } | Changed { .. } => Exit::Io,
            Usage(_) | NoColumn { .. } | TwoColumns { .. } | Sql { .. } | Outer { .. } => Exit::Usage,
            Empty { .. } | Ragged { .. } | BadValue { .. } | Overflow { .. } | LongRecord { .. } => Exit::Data,
            Json { .. }
            | Refused { .. }
            | OpenQuote { .. }
            | Utf16 { .. }
            | Malformed { .. }
            | Parquet { .. }
            | Corrupt { .. }
            | CompressedTwice { .. }
            | NotUtf8 { .. }
            | Unwritable { .. } => Exit::Data,
            Memory { .. } | MemoryAt { .. } | SpillLimit { .. } | OuterFull | OuterValues { .. } => Exit::Limit,
            Interrupted { terminated: false } => Exit::Interrupted,
            Interrupted { terminated: true } => Exit::Terminated,
            HungUp => Exit::HungUp,
            ClosedPipe => Exit::ClosedPipe,
        }
    }
}

/// `text` in double quotes, control characters and invalid UTF-8 escaped, cut to 40 bytes with `…`.
pub fn quoted(text: &[u8]) -> String {
    let mut out = String::from("\"");
    let mut used = 0;
    let mut push = |piece: &str, bytes: usize| {
        used += bytes;
        let fits = used <= 40;
        if fits {
            out.push_str(piece);
        }
        fits
    };
    let whole = text.utf8_chunks().all(|chunk| {
        chunk.valid().chars().all(|c| match c {
            '"' | '\\' => push(&format!("\\{c}"), 1),
            c if c.is_control() => push(&c.escape_default().to_string(), c.len_utf8()),
            c => push(c.encode_utf8(&mut [0; 4]), c.len_utf8()),
        }) && chunk.invalid().iter().all(|byte| push(&format!("\\x{byte:02x}"), 1))
    });
    out.push_str(if whole { "\"" } else { "…\"" });
    out
}

/// Names one after another, escaped and cut as by [`quoted`]; of very many the first, and how many more there are.
fn listed(names: &[String]) -> String {
    const MOST: usize = 100;
    let name = |name: &String| {
        let quoted = quoted(name.as_bytes());
        quoted[1..quoted.len() - 1].to_owned()
    };
    let mut list = names.iter().take(MOST).map(name).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        list.push_str(&format!(", … and {} more", names.len() - MOST));
    }
    list
}

/// What `text` is that cannot be written in `encoding`, and the way out.
fn unwritable(text: &[u8], encoding: &str) -> String {
    let said = quoted(text);
    match std::str::from_utf8(text).ok().and_then(|text| text.chars().next()) {
        Some(c) => {
            let code = u32::from(c);
            format!(
                "{said} (U+{code:04X}) is not in {encoding}; --output-encoding utf-8 and utf-16 have every character"
            )
        }
        None => format!(
            "{said} is not UTF-8; --encoding says what the input is in, or --output-encoding utf-8 passes bytes through"
        ),
    }
}

/// Why the Parquet file at `path` is not read, and the way out.
fn unread_parquet(path: &str) -> String {
    if cfg!(feature = "parquet") {
        return "where text is read; ask, sql and convert read it, from a file that is not compressed".to_owned();
    }
    format!(
        "which this rowfold was built without: cargo install --path . --features parquet; or write it as CSV first: \
         duckdb -c \"COPY (FROM '{path}') TO STDOUT (FORMAT csv)\" | rowfold … -"
    )
}

/// For a header of one column that another delimiter would divide: which.
fn undivided(columns: &[String]) -> String {
    let [only] = columns else { return String::new() };
    match only.chars().find(|c| "~;|\t,".contains(*c)) {
        Some('\t') => "; --delimiter '\\t' would divide it".to_owned(),
        Some(delimiter) => format!("; --delimiter '{delimiter}' would divide it"),
        None => String::new(),
    }
}

/// A size as a person writes it: `64M`, `16 MiB`, `1234 bytes`; exact, never rounded.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 8] = [
        (1 << 40, " TiB"),
        (1_000_000_000_000, "T"),
        (1 << 30, " GiB"),
        (1_000_000_000, "G"),
        (1 << 20, " MiB"),
        (1_000_000, "M"),
        (1 << 10, " KiB"),
        (1_000, "K"),
    ];
    match UNITS.iter().find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{}{name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_exist_are_listed_escaped_and_not_without_end() {
        let said = |columns: Vec<String>| {
            let (path, name) = ("a.csv".to_owned(), "x".to_owned());
            Error::NoColumn { path, name, suggestion: None, columns }.to_string()
        };
        assert_eq!(said(vec!["id".to_owned(), "\u{1b}[2J".to_owned()]), "a.csv: no column \"x\" (id, \\u{1b}[2J)");
        let many = said((0..5000).map(|i| format!("c{i}")).collect());
        assert!(many.ends_with("c98, c99, … and 4900 more)"), "{many}");
    }
}
