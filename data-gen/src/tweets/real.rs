//! The shape of real tweets: who writes and who is mentioned by Zipf's law, many scripts, every kind of emoji, quoted fields of every kind,
//! links, addresses, empty fields, a few repeated ids, timestamps with an offset.

use super::tally::Tally;
use super::text::Text;
use super::vocabulary::Vocabulary;
use crate::blocks::Rows;
use crate::fields;
use crate::random::{Random, mix};
use crate::weighted::Weighted;

/// The maker of real tweets.
#[derive(Debug)]
pub(crate) struct Real<'a> {
    vocabulary: &'a Vocabulary,
    delimiter: u8,
    with_pairs: bool,
    authors: Weighted,
    days: Weighted,
    text: Text<'a>,
}

/// Flattens the head: the busiest of 400,000 users writes one tweet in 300, not one in 13.
const AUTHORS_SHIFT: u32 = 30;
const NULL_CONTENT_IN: u32 = 200;
const NULL_USER_IN: u32 = 4096;
const NULL_DATE_IN: u32 = 8192;

impl<'a> Real<'a> {
    /// Makes tweets of what is in `vocabulary`.
    pub(crate) fn new(vocabulary: &'a Vocabulary, delimiter: u8, with_pairs: bool) -> Real<'a> {
        let n_days = vocabulary.dates.len() as u64;
        // Between 600 and 1399: busy days and quiet ones, no two quite alike.
        let day_weights: Vec<u64> = (0..n_days).map(|day| 600 + mix(day + 1) % 800).collect();
        Real {
            vocabulary,
            delimiter,
            with_pairs,
            authors: Weighted::zipf(vocabulary.users.len(), AUTHORS_SHIFT),
            days: Weighted::new(&day_weights),
            text: Text::new(vocabulary),
        }
    }
}

impl Rows for Real<'_> {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::new(self.vocabulary, self.with_pairs)
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        into.merge(&from);
    }

    fn header(&self, out: &mut Vec<u8>) {
        super::header(out, self.delimiter);
    }

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        match Id::of(number) {
            Id::Null => tally.nulls[0] += 1,
            Id::Own => fields::integer(out, snowflake(number)),
            Id::Previous => {
                tally.duplicate_ids += 1;
                fields::integer(out, snowflake(number - 1));
            }
        }
        out.push(self.delimiter);

        let user = (!random.one_in(NULL_USER_IN)).then(|| self.authors.pick(random));
        if let Some(user) = user {
            out.extend_from_slice(self.vocabulary.users.name(user));
        }
        out.push(self.delimiter);

        let has_content = !random.one_in(NULL_CONTENT_IN);
        if has_content {
            let start = out.len();
            self.text.write(random, out, tally);
            fields::enclose(out, start, self.delimiter);
        }
        out.push(self.delimiter);

        let day = (!random.one_in(NULL_DATE_IN)).then(|| self.days.pick(random));
        if let Some(day) = day {
            out.extend_from_slice(self.vocabulary.dates[day as usize].as_bytes());
            time(out, random.below(86_400));
        }
        out.push(b'\n');
        tally.row(user, day, has_content);
    }
}

/// `THH:MM:SS+00:00`.
fn time(out: &mut Vec<u8>, second: u32) {
    out.push(b'T');
    fields::pair(out, second / 3600);
    out.push(b':');
    fields::pair(out, second / 60 % 60);
    out.push(b':');
    fields::pair(out, second % 60);
    out.extend_from_slice(b"+00:00");
}

/// Which id a row has.
enum Id {
    Own,
    /// That of the row before, which has its own.
    Previous,
    Null,
}

impl Id {
    /// A matter of the row's number alone, so that a row knows of the one before it, across blocks too.
    fn of(number: u64) -> Id {
        match (Id::lot(number), number.checked_sub(1).map(Id::lot)) {
            (0, _) => Id::Null,
            (1..=8, Some(9..)) => Id::Previous,
            _ => Id::Own,
        }
    }

    fn lot(number: u64) -> u64 {
        mix(number ^ 0x1d) % 4096
    }
}

/// An id of 19 digits, larger for later rows, by no regular step.
fn snowflake(number: u64) -> u64 {
    1_360_000_000_000_000_000 + number * 4096 + mix(number) % 4096
}
