//! Counts of what the rows hold, by number: kept by each thread while it makes them, added up at the end.

use super::vocabulary::Vocabulary;

/// Counts over some rows.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Rows.
    pub(crate) rows: u64,
    /// Rows by user; those without a user are `nulls[1]`.
    pub(crate) users: Vec<u64>,
    /// Rows with content by day.
    pub(crate) days: Vec<u64>,
    /// Rows with content by day and user, a day's users side by side; empty unless asked for.
    pub(crate) pairs: Vec<u32>,
    /// Occurrences by emoji.
    pub(crate) emojis: Vec<u64>,
    /// Occurrences by mentionable name.
    pub(crate) mentions: Vec<u64>,
    /// Tweets by the mentionable name that they mention first.
    pub(crate) first_mentions: Vec<u64>,
    /// Empty fields by column: id, username, content, date.
    pub(crate) nulls: [u64; 4],
    /// Rows whose id an earlier row has.
    pub(crate) duplicate_ids: u64,
}

impl Tally {
    /// No rows yet. `with_pairs` takes four bytes for each day and user.
    pub(crate) fn new(vocabulary: &Vocabulary, with_pairs: bool) -> Tally {
        let n_users = vocabulary.users.len() as usize;
        let n_days = vocabulary.dates.len();
        Tally {
            rows: 0,
            users: vec![0; n_users],
            days: vec![0; n_days],
            pairs: vec![0; if with_pairs { n_users * n_days } else { 0 }],
            emojis: vec![0; vocabulary.emojis.len()],
            mentions: vec![0; vocabulary.n_mentionable()],
            first_mentions: vec![0; vocabulary.n_mentionable()],
            nulls: [0; 4],
            duplicate_ids: 0,
        }
    }

    /// Counts a row by its user, day and whether it has content.
    #[inline]
    pub(crate) fn row(&mut self, user: Option<u32>, day: Option<u32>, has_content: bool) {
        self.rows += 1;
        self.nulls[1] += u64::from(user.is_none());
        self.nulls[2] += u64::from(!has_content);
        self.nulls[3] += u64::from(day.is_none());
        if let Some(user) = user {
            self.users[user as usize] += 1;
        }
        if let (Some(day), true) = (day, has_content) {
            self.days[day as usize] += 1;
            if let (Some(user), false) = (user, self.pairs.is_empty()) {
                self.pairs[day as usize * self.users.len() + user as usize] += 1;
            }
        }
    }

    /// Counts a mention; `first` if it is the first of its tweet.
    #[inline]
    pub(crate) fn mention(&mut self, mentionable: u32, first: bool) {
        self.mentions[mentionable as usize] += 1;
        self.first_mentions[mentionable as usize] += u64::from(first);
    }

    /// Adds the counts of other rows.
    pub(crate) fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.duplicate_ids += other.duplicate_ids;
        add(&mut self.users, &other.users);
        add(&mut self.days, &other.days);
        add(&mut self.emojis, &other.emojis);
        add(&mut self.mentions, &other.mentions);
        add(&mut self.first_mentions, &other.first_mentions);
        add(&mut self.nulls, &other.nulls);
        for (into, from) in self.pairs.iter_mut().zip(&other.pairs) {
            *into += from;
        }
    }
}

fn add(into: &mut [u64], from: &[u64]) {
    for (into, from) in into.iter_mut().zip(from) {
        *into += from;
    }
}
