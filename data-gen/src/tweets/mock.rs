//! The shape of the published generator's tweets: users, days and emojis all equally likely, up to 200 characters of lorem ipsum, 62 % of
//! it on several lines, ` EMOJI @user` at the end; no field is ever empty.

use super::tally::Tally;
use super::vocabulary::Vocabulary;
use super::words::LOREM;
use crate::blocks::Rows;
use crate::fields;
use crate::random::Random;

/// The maker of mock tweets.
#[derive(Debug)]
pub(crate) struct Mock<'a> {
    vocabulary: &'a Vocabulary,
    delimiter: u8,
    with_pairs: bool,
    words: Vec<&'static str>,
}

/// Of 100 tweets, this many have several lines.
const MULTI_LINE_SHARE: u32 = 62;
const SHORTEST_TEXT: u32 = 61;
const LONGEST_TEXT: u32 = 200;

impl<'a> Mock<'a> {
    /// Makes tweets of what is in `vocabulary`.
    pub(crate) fn new(vocabulary: &'a Vocabulary, delimiter: u8, with_pairs: bool) -> Mock<'a> {
        Mock { vocabulary, delimiter, with_pairs, words: LOREM.split_whitespace().collect() }
    }

    /// Words up to `longest` bytes.
    fn text(&self, random: &mut Random, out: &mut Vec<u8>) {
        let end = out.len() + random.between(SHORTEST_TEXT, LONGEST_TEXT) as usize;
        let several_lines = random.below(100) < MULTI_LINE_SHARE;
        let mut words_left = random.between(1, 3);
        out.extend_from_slice(random.choose(&self.words).as_bytes());
        loop {
            let word = random.choose(&self.words).as_bytes();
            if out.len() + 1 + word.len() > end {
                return;
            }
            words_left -= 1;
            if words_left > 0 {
                out.push(b' ');
            } else {
                out.push(if several_lines { b'\n' } else { b' ' });
                words_left = random.between(4, 12);
            }
            out.extend_from_slice(word);
        }
    }
}

impl Rows for Mock<'_> {
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
        let Vocabulary { users, dates, emojis } = self.vocabulary;
        fields::integer(out, number + 1);
        out.push(self.delimiter);
        let user = random.below(users.len());
        out.extend_from_slice(users.name(user));
        out.push(self.delimiter);

        let start = out.len();
        self.text(random, out);
        let emoji = random.below(u32::try_from(emojis.len()).expect("some thousands"));
        out.push(b' ');
        out.extend_from_slice(emojis[emoji as usize].full.as_bytes());
        tally.emojis[emoji as usize] += 1;
        let mentioned = random.below(users.len());
        out.extend_from_slice(b" @");
        out.extend_from_slice(users.name(mentioned));
        tally.mention(mentioned, true);
        fields::enclose(out, start, self.delimiter);
        out.push(self.delimiter);

        let day = random.below(u32::try_from(dates.len()).expect("days in 32 bits"));
        out.extend_from_slice(dates[day as usize].as_bytes());
        out.push(b'\n');
        tally.row(Some(user), Some(day), true);
    }
}
