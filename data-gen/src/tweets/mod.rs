//! Tweets for the `tweets/*` questions: columns id, username, content, date; as CSV, or as the JSON Lines that `flatten` makes it of.
//!
//! A row is made of numbers (this user, that emoji) and counted by them, so the truth about a file is known without reading it.

mod emojis;
mod mock;
mod nested;
mod real;
mod tally;
mod text;
mod truth;
mod users;
mod vocabulary;
mod words;

use clap::{Args, ValueEnum};

use crate::blocks::Rows;
use crate::extent::{self, Extent};
use crate::output::{Failure, Output};
use mock::Mock;
use nested::Nested;
use real::Real;
use tally::Tally;
use truth::Truth;
use users::MOST_USERS;
use vocabulary::Vocabulary;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Tweets {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// Like the published mock generator's tweets, or like real ones
    #[arg(long, value_enum, default_value_t = Shape::Mock)]
    shape: Shape,
    /// CSV, or JSON Lines as the published export is: nested objects, most of them of no interest
    #[arg(long, value_enum, default_value_t = Layout::Csv)]
    layout: Layout,
    /// Between the fields; one ASCII character [default: ~ for mock, , for real]
    #[arg(long, value_name = "CHAR", value_parser = extent::delimiter)]
    delimiter: Option<u8>,
    /// Different user names [default: 2000 for mock, 394000 for real]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_USERS)))]
    users: Option<u32>,
    /// Different days [default: 366 for mock, 21 for real]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    dates: Option<u32>,
    /// Different emojis, as far as there are [default: 32 for mock, all for real]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    emojis: Option<u32>,
    /// What to write beside OUTPUT, as .truth.json [default: full where it takes at most 64 MiB a thread, else counts]
    #[arg(long, value_enum)]
    truth: Option<TruthLevel>,
}

/// How much of the truth is known afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TruthLevel {
    /// No file
    None,
    /// All but who wrote most on each day
    Counts,
    /// All; holds 4 bytes for each day and user, a thread
    Full,
}

/// The most that pairs of day and user may take a thread, unless asked for.
const PAIRS_LIMIT_BYTES: u64 = 64 << 20;
/// The most that they may take a thread at all.
const MOST_PAIRS_BYTES: u64 = 8 << 30;

/// What the tweets look like.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shape {
    /// 2,000 users, 366 days, 32 emojis, all equally likely; lorem ipsum
    Mock,
    /// Zipf's law, many scripts, all emojis, quotes, links, empty fields
    Real,
}

/// How tweets are put down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// A record each
    Csv,
    /// A line of JSON each
    Lines,
}

impl Tweets {
    /// Writes them.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let (n_users, first_day, n_dates, n_emojis, delimiter) = match self.shape {
            Shape::Mock => (2000, FIRST_OF_2020, 366, 32, b'~'),
            Shape::Real => (394_000, FEBRUARY_12_2021, 21, u32::MAX, b','),
        };
        let vocabulary = Vocabulary::new(
            self.users.unwrap_or(n_users),
            first_day,
            self.dates.unwrap_or(n_dates),
            self.emojis.unwrap_or(n_emojis),
        );
        let delimiter = self.delimiter.unwrap_or(delimiter);
        let pairs_bytes = 4 * u64::from(vocabulary.users.len()) * vocabulary.dates.len() as u64;
        let with_pairs = match self.truth {
            Some(TruthLevel::Full) if pairs_bytes > MOST_PAIRS_BYTES => {
                let gigabytes = pairs_bytes / 1_000_000_000;
                return Err(Failure::Usage(format!(
                    "--truth full takes {gigabytes} GB a thread for these --users and --dates; --truth counts does without"
                )));
            }
            Some(level) => level == TruthLevel::Full,
            None => self.output.is_named() && pairs_bytes <= PAIRS_LIMIT_BYTES,
        };
        match self.shape {
            Shape::Mock => self.write_laid_out(Mock::new(&vocabulary, delimiter, with_pairs), delimiter, &vocabulary),
            Shape::Real => self.write_laid_out(Real::new(&vocabulary, delimiter, with_pairs), delimiter, &vocabulary),
        }
    }

    fn write_laid_out<R: Rows<Tally = Tally>>(
        &self,
        rows: R,
        delimiter: u8,
        vocabulary: &Vocabulary,
    ) -> Result<(), Failure> {
        match self.layout {
            Layout::Csv => self.write_rows(&rows, vocabulary),
            Layout::Lines => self.write_rows(&Nested { rows, delimiter }, vocabulary),
        }
    }

    fn write_rows<R: Rows<Tally = Tally>>(&self, rows: &R, vocabulary: &Vocabulary) -> Result<(), Failure> {
        let n_rows = self.extent.rows(rows);
        self.output.write(&self.extent, rows, n_rows, |written| {
            (self.truth != Some(TruthLevel::None))
                .then(|| Truth::new(&written.tally, vocabulary, written.bytes, self.extent.seed))
        })
    }
}

/// Appends the line of column names.
fn header(out: &mut Vec<u8>, delimiter: u8) {
    for (i, name) in ["id", "username", "content", "date"].iter().enumerate() {
        if i > 0 {
            out.push(delimiter);
        }
        out.extend_from_slice(name.as_bytes());
    }
    out.push(b'\n');
}

/// Days after 1970-01-01.
const FIRST_OF_2020: u32 = 18_262;
const FEBRUARY_12_2021: u32 = 18_670;
