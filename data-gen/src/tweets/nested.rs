//! The tweets of another maker as the published export has them: JSON Lines, a nested object a tweet, most of it of no interest.
//!
//! What a tweet says is the other's; what stands around it follows from its number, so the truth is the same.

use super::tally::Tally;
use crate::blocks::Rows;
use crate::fields;
use crate::random::{Random, mix};

/// The tweets of `rows`, which have `delimiter` between their fields.
#[derive(Debug)]
pub(super) struct Nested<R> {
    pub(super) rows: R,
    pub(super) delimiter: u8,
}

impl<R: Rows<Tally = Tally>> Rows for Nested<R> {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        self.rows.tally()
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        self.rows.merge(into, from);
    }

    fn header(&self, _out: &mut Vec<u8>) {}

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let mut row = Vec::with_capacity(512);
        self.rows.row(number, random, &mut row, tally);
        let row = String::from_utf8(row).expect("tweets are UTF-8");
        let delimiter = char::from(self.delimiter);
        // Only the content may stand in quotes, or hold a delimiter.
        let parted = row.trim_end_matches('\n').rsplit_once(delimiter).and_then(|(rest, date)| {
            let (id, rest) = rest.split_once(delimiter)?;
            let (username, content) = rest.split_once(delimiter)?;
            Some((id, username, content, date))
        });
        let (id, username, content, date) = parted.expect("four fields");
        let inside = content.strip_prefix('"').and_then(|content| content.strip_suffix('"'));
        let content = inside.map_or_else(|| content.to_owned(), |inside| inside.replace("\"\"", "\""));
        let lot = mix(number);
        let count = |out: &mut Vec<u8>, name: &str, n: u64| {
            out.extend_from_slice(format!(",\"{name}\":").as_bytes());
            fields::integer(out, n);
        };

        out.extend_from_slice(b"{\"url\":");
        string(out, &format!("https://twitter.com/{username}/status/{id}"));
        member(out, "date", date);
        member(out, "content", &content);
        member(out, "renderedContent", &content);
        out.extend_from_slice(b",\"id\":");
        out.extend_from_slice(if id.is_empty() { b"null" } else { id.as_bytes() });
        out.extend_from_slice(b",\"user\":{\"displayname\":\"a \\\"farmer\\\" \\ud83d\\ude9c\"");
        member(out, "username", username);
        count(out, "id", lot % 1_000_000_007);
        out.extend_from_slice(
            b",\"description\":\"\\u0915\\u093f\\u0938\\u093e\\u0928, not a leader\",\"descriptionUrls\":[]",
        );
        out.extend_from_slice(b",\"verified\":false,\"created\":\"2014-06-01T08:00:00+00:00\"");
        count(out, "followersCount", lot % 5_003);
        count(out, "friendsCount", lot % 1_009);
        out.extend_from_slice(
            b",\"location\":\"\",\"protected\":false,\"linkUrl\":null},\"outlinks\":[],\"tcooutlinks\":[]",
        );
        count(out, "replyCount", lot % 17);
        count(out, "retweetCount", lot % 101);
        count(out, "likeCount", lot % 211);
        out.extend_from_slice(b",\"lang\":\"en\",\"source\":\"<a href=\\\"http://twitter.com/download\\\" rel=\\\"nofollow\\\">Twitter</a>\"");
        out.extend_from_slice(b",\"media\":null,\"retweetedTweet\":null,\"quotedTweet\":null,\"mentionedUsers\":[{\"username\":\"kisan\",\"id\":7}]}\n");
    }
}

/// `,"name":"text"`, or `null` where there is none.
fn member(out: &mut Vec<u8>, name: &str, text: &str) {
    out.extend_from_slice(format!(",\"{name}\":").as_bytes());
    if text.is_empty() { out.extend_from_slice(b"null") } else { string(out, text) }
}

fn string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a text into memory");
}
