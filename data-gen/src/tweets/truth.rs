//! A tally in, the answers to the `tweets/*` questions out, and what else is known of the file.

use serde::Serialize;

use super::tally::Tally;
use super::vocabulary::Vocabulary;
use crate::truth::{text, top};

/// The answers, under the names of the questions' columns.
#[derive(Debug, Serialize)]
pub(crate) struct Truth {
    rows: u64,
    bytes: u64,
    seed: u64,
    distinct_usernames: usize,
    /// Days with their users, among rows with content.
    #[serde(skip_serializing_if = "Option::is_none")]
    distinct_date_usernames: Option<usize>,
    distinct_emojis: usize,
    distinct_mentions: usize,
    quality: Vec<Check>,
    top_usernames: Vec<User>,
    top_days: Vec<Day>,
    top_emojis: Vec<Emoji>,
    top_mentions: Vec<Mention>,
    top_mentions_as_published: Vec<PublishedMention>,
}

#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    rows: u64,
}

#[derive(Debug, Serialize)]
struct User {
    /// `None` for the rows without a user, a group of its own.
    username: Option<String>,
    rows: u64,
}

#[derive(Debug, Serialize)]
struct Day {
    date: String,
    /// Left out where pairs of day and user were not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    tweets: u64,
}

#[derive(Debug, Serialize)]
struct Emoji {
    emoji: String,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Mention {
    username: String,
    count: u64,
}

#[derive(Debug, Serialize)]
struct PublishedMention {
    mention: String,
    count: u64,
}

/// How many a question lists.
const K: usize = 10;

impl Truth {
    /// What `tally` says about a file of `bytes` bytes, made from `seed`.
    pub(crate) fn new(tally: &Tally, vocabulary: &Vocabulary, bytes: u64, seed: u64) -> Truth {
        let distinct = |counts: &[u64]| counts.iter().filter(|&&count| count > 0).count();
        let mentions = top(&tally.mentions, K, |i| vocabulary.mentionable(i));
        let first_mentions = top(&tally.first_mentions, K, |i| vocabulary.mentionable(i));
        let emojis = top(&tally.emojis, K, |i| vocabulary.emojis[i].key().as_bytes());
        Truth {
            rows: tally.rows,
            bytes,
            seed,
            distinct_usernames: distinct(&tally.users),
            distinct_date_usernames: (!tally.pairs.is_empty())
                .then(|| tally.pairs.iter().filter(|&&count| count > 0).count()),
            distinct_emojis: distinct(&tally.emojis),
            distinct_mentions: distinct(&tally.mentions),
            quality: quality(tally),
            top_usernames: top_users(tally, vocabulary),
            top_days: top_days(tally, vocabulary),
            top_emojis: emojis
                .into_iter()
                .map(|(i, count)| Emoji { emoji: vocabulary.emojis[i].key().to_owned(), count })
                .collect(),
            top_mentions: mentions
                .into_iter()
                .map(|(i, count)| Mention { username: text(vocabulary.mentionable(i)), count })
                .collect(),
            top_mentions_as_published: first_mentions
                .into_iter()
                .map(|(i, count)| PublishedMention { mention: format!("@{}", text(vocabulary.mentionable(i))), count })
                .collect(),
        }
    }
}

fn quality(tally: &Tally) -> Vec<Check> {
    let [id, username, content, date] = tally.nulls;
    let checks = ["duplicate_ids", "null_id", "null_username", "null_content", "null_date"];
    let rows = [tally.duplicate_ids, id, username, content, date];
    checks.into_iter().zip(rows).map(|(check, rows)| Check { check, rows }).collect()
}

/// The users with most rows, the rows without a user among them; on a tie these come last.
fn top_users(tally: &Tally, vocabulary: &Vocabulary) -> Vec<User> {
    let named = top(&tally.users, K, |i| vocabulary.mentionable(i));
    let mut users: Vec<User> =
        named.into_iter().map(|(i, rows)| User { username: Some(text(vocabulary.mentionable(i))), rows }).collect();
    let nobody = tally.nulls[1];
    if nobody > 0 {
        let at = users.iter().position(|user| user.rows < nobody).unwrap_or(users.len());
        users.insert(at, User { username: None, rows: nobody });
        users.truncate(K);
    }
    users
}

/// The days with most rows with content, and who wrote most of each.
fn top_days(tally: &Tally, vocabulary: &Vocabulary) -> Vec<Day> {
    let n_users = tally.users.len();
    let days = top(&tally.days, K, |i| vocabulary.dates[i].as_bytes());
    let busiest = |day: usize| {
        let users = tally.pairs.get(day * n_users..(day + 1) * n_users)?;
        let users: Vec<u64> = users.iter().copied().map(u64::from).collect();
        let (user, _) = *top(&users, 1, |i| vocabulary.mentionable(i)).first()?;
        Some(text(vocabulary.mentionable(user)))
    };
    days.into_iter()
        .map(|(day, tweets)| Day { date: vocabulary.dates[day].clone(), username: busiest(day), tweets })
        .collect()
}
