//! Users: number in, what is known of one out; of some there are several snapshots, the newest anywhere among them.

use super::json::{self, Layout};
use crate::blocks::Rows;
use crate::random::{Random, mix};

/// Where users live; the last is nowhere.
pub(super) const COUNTRIES: [&str; 13] = ["US", "GB", "DE", "FR", "BR", "JP", "MX", "PL", "IT", "ES", "CA", "TR", ""];
const STATUSES: [&str; 3] = ["active_patron", "former_patron", "declined_patron"];
/// 2020-01-01 and the three years from then on.
const FIRST_MILLISECOND: u64 = 1_577_836_800_000;
const PERIOD_MILLISECONDS: u64 = 3 * 365 * 86_400_000;
/// Of so many documents one is a further snapshot.
const SNAPSHOT_IN: u64 = 9;
/// What their ids begin with.
pub(super) const KIND: u32 = 0x6001;

/// What one document says.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) number: u64,
    /// Where in [`COUNTRIES`].
    pub(super) country: usize,
    /// Where in [`STATUSES`], if anywhere.
    status: Option<usize>,
    pub(super) lifetime_cents: u64,
    pub(super) campaign_cents: u64,
    pub(super) is_follower: bool,
    pub(super) is_free_trial: bool,
    created: Option<u64>,
    updated: Option<u64>,
}

impl User {
    /// Whether they pay now.
    pub(super) fn is_patron(&self) -> bool {
        self.status == Some(0)
    }

    /// What tells new from old.
    fn age(&self) -> u64 {
        self.updated.or(self.created).unwrap_or(0)
    }
}

/// All users.
#[derive(Debug)]
pub(super) struct Users {
    seed: u64,
    pub(super) layout: Layout,
    /// How many there are.
    pub(super) n_users: u64,
    /// How many documents there are about them.
    pub(super) n_documents: u64,
    /// The newest document of each.
    newest: Vec<u64>,
}

impl Users {
    pub(super) fn new(seed: u64, layout: Layout, n_users: u32) -> Users {
        let n_users = u64::from(n_users);
        let n_documents = n_users + n_users / (SNAPSHOT_IN - 1);
        let mut users = Users { seed, layout, n_users, n_documents, newest: (0..n_users).collect() };
        for document in n_users..n_documents {
            let user = users.document(document);
            let place = usize::try_from(user.number).expect("in memory");
            // The later of two of the same age counts.
            if user.age() >= users.document(users.newest[place]).age() {
                users.newest[place] = document;
            }
        }
        users
    }

    /// The newest that is known of user `number`.
    pub(super) fn latest(&self, number: u64) -> User {
        self.document(self.newest[usize::try_from(number).expect("in memory")])
    }

    /// What document `document` says: first one of each user, then further snapshots.
    fn document(&self, document: u64) -> User {
        let number = if document < self.n_users { document } else { mix(self.seed ^ document) % self.n_users };
        let own = mix(mix(self.seed) ^ number);
        let random = &mut Random::new(self.seed ^ own, document);
        let status = match random.below(16) {
            0..3 => Some(0),
            3..5 => Some(1),
            5 => Some(2),
            _ => None,
        };
        let lifetime_cents = if status.is_some() { u64::from(random.below(400)) * 25 } else { 0 };
        let created = FIRST_MILLISECOND + own % PERIOD_MILLISECONDS;
        let updated = created + u64::from(random.below(30_000_000)) * 1000;
        User {
            number,
            country: usize::try_from((own >> 40) % 64 * (own >> 48) % 64 % 13).expect("below 13"),
            status,
            lifetime_cents,
            campaign_cents: lifetime_cents / 2 / 25 * 25,
            is_follower: random.one_in(3),
            is_free_trial: random.one_in(20),
            created: (!own.is_multiple_of(50)).then_some(created),
            // A user without dates has one snapshot only, or nobody knew which is the newest.
            updated: (document >= self.n_users || !random.one_in(5)).then_some(updated),
        }
    }
}

/// Sums over all documents, old ones too.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) lifetime_support_cents: u64,
    missing_created_at: u64,
    missing_updated_at: u64,
    missing_status: u64,
}

impl Rows for Users {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::default()
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        into.rows += from.rows;
        into.lifetime_support_cents += from.lifetime_support_cents;
        into.missing_created_at += from.missing_created_at;
        into.missing_updated_at += from.missing_updated_at;
        into.missing_status += from.missing_status;
    }

    fn header(&self, _: &mut Vec<u8>) {}

    fn footer(&self, out: &mut Vec<u8>) {
        self.layout.footer(self.n_documents, out);
    }

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let user = self.document(number);
        self.layout.begin(number, out);
        out.push(b'{');
        json::oid(out, "_id", KIND, user.number);
        out.extend_from_slice(format!(",\"username\":\"patron{}\"", user.number).as_bytes());
        match COUNTRIES[user.country] {
            "" => out.extend_from_slice(b",\"country\":null"),
            country => out.extend_from_slice(format!(",\"country\":\"{country}\"").as_bytes()),
        }
        out.extend_from_slice(b",\"patreon\":{");
        match user.status {
            Some(status) => out.extend_from_slice(format!("\"status\":\"{}\",", STATUSES[status]).as_bytes()),
            None if random.one_in(2) => out.extend_from_slice(b"\"status\":null,"),
            None => {}
        }
        let rest = format!(
            "\"lifetime_support_cents\":{},\"campaign_support_cents\":{},\"is_follower\":{},\"is_free_trial\":{}}}",
            user.lifetime_cents, user.campaign_cents, user.is_follower, user.is_free_trial
        );
        out.extend_from_slice(rest.as_bytes());
        for (name, at) in [("created_at", user.created), ("updated_at", user.updated)] {
            if let Some(at) = at {
                out.push(b',');
                json::date(out, name, at, random);
            }
        }
        out.push(b'}');
        self.layout.end(out);

        tally.rows += 1;
        tally.lifetime_support_cents += user.lifetime_cents;
        tally.missing_created_at += u64::from(user.created.is_none());
        tally.missing_updated_at += u64::from(user.updated.is_none());
        tally.missing_status += u64::from(user.status.is_none());
    }
}
