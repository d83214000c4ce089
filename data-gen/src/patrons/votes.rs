//! Ballots: who votes for what of a post, and with which weight; some are empty, some of posts that are not there.

use std::collections::BTreeMap;

use super::json::{self, Layout};
use super::texts::{self, POST, below};
use super::users::{self, Users};
use crate::blocks::Rows;
use crate::random::Random;

const KIND: u32 = 0x6004;
/// 2021-01-01, and the two years from then on.
const FIRST_DAY: u32 = 18_628;
const N_DAYS: u32 = 730;

/// The file of them.
#[derive(Debug)]
pub(super) struct Ballots<'u> {
    pub(super) layout: Layout,
    pub(super) n_rows: u64,
    pub(super) users: &'u Users,
    pub(super) n_posts: u64,
}

/// Votes and their weight.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Sum {
    pub(super) votes: u64,
    pub(super) weight: u64,
}

/// What votes are grouped by: month, if known, country, whether by a patron, index.
pub(super) type Key = (Option<String>, usize, bool, u32);

/// Counts over some ballots.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) empty: u64,
    pub(super) without_post: u64,
    pub(super) groups: BTreeMap<Key, Sum>,
}

impl Rows for Ballots<'_> {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::default()
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        into.rows += from.rows;
        into.empty += from.empty;
        into.without_post += from.without_post;
        for (key, sum) in from.groups {
            let group = into.groups.entry(key).or_default();
            group.votes += sum.votes;
            group.weight += sum.weight;
        }
    }

    fn header(&self, _: &mut Vec<u8>) {}

    fn footer(&self, out: &mut Vec<u8>) {
        self.layout.footer(self.n_rows, out);
    }

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        tally.rows += 1;
        self.layout.begin(number, out);
        out.push(b'{');
        json::oid(out, "_id", KIND, number);
        let is_orphan = random.one_in(25);
        tally.without_post += u64::from(is_orphan);
        let post = below(random, self.n_posts);
        if !is_orphan || random.one_in(2) {
            out.push(b',');
            json::oid(out, "post_id", POST, if is_orphan { self.n_posts + post } else { post });
        }
        let user = self.users.latest(below(random, self.users.n_users));
        out.push(b',');
        json::oid(out, "user_id", users::KIND, user.number);
        let day = (!random.one_in(50)).then(|| FIRST_DAY + random.below(N_DAYS));
        if let Some(day) = day {
            out.push(b',');
            let within = u64::from(random.below(86_400_000));
            json::date(out, "created_at", u64::from(day) * 86_400_000 + within, random);
        }
        out.extend_from_slice(b",\"votes\":[");
        let n_votes = random.below(4);
        tally.empty += u64::from(n_votes == 0);
        for i in 0..n_votes {
            let (index, weight) = (random.below(6), u64::from(random.between(1, 20)));
            let comma = if i > 0 { "," } else { "" };
            out.extend_from_slice(format!("{comma}{{\"index\":{index},\"weight\":{weight}}}").as_bytes());
            let key = (day.map(texts::month), user.country, user.is_patron(), index);
            let group = tally.groups.entry(key).or_default();
            group.votes += 1;
            group.weight += weight;
        }
        out.extend_from_slice(b"]}");
        self.layout.end(out);
    }
}
