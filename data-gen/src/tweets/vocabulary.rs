//! What the tweets of either shape choose from: users, days, emojis; numbers stand for them while rows are made and counted.

use super::emojis::{self, Emoji};
use super::users::Users;
use crate::calendar;

/// Users, days and emojis, by number.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// Who writes and who is mentioned.
    pub(crate) users: Users,
    /// `YYYY-MM-DD`, ascending.
    pub(crate) dates: Vec<String>,
    /// The emojis in use.
    pub(crate) emojis: Vec<Emoji>,
}

/// What follows the `@` of an e-mail address, and what the mentions question takes for a name there. No user is called so.
pub(crate) const HOSTS: [(&str, &str); 4] =
    [("example.com", "example"), ("kisan.example.org", "kisan"), ("mail.example.net", "mail"), ("x-y.example", "x")];

impl Vocabulary {
    /// `n_users` users, `n_dates` days from day `first_day` after 1970-01-01, and at most `n_emojis` emojis.
    pub(crate) fn new(n_users: u32, first_day: u32, n_dates: u32, n_emojis: u32) -> Vocabulary {
        let mut emojis = emojis::pool();
        emojis.truncate(n_emojis as usize);
        Vocabulary {
            users: Users::new(n_users),
            dates: (first_day..first_day + n_dates).map(calendar::date).collect(),
            emojis,
        }
    }

    /// How many names can be mentioned: every user, then the [`HOSTS`].
    pub(crate) fn n_mentionable(&self) -> usize {
        self.users.len() as usize + HOSTS.len()
    }

    /// The name of mentionable `number`.
    pub(crate) fn mentionable(&self, number: usize) -> &[u8] {
        let n_users = self.users.len() as usize;
        match number.checked_sub(n_users) {
            Some(host) => HOSTS[host].1.as_bytes(),
            None => self.users.name(u32::try_from(number).expect("a user's number")),
        }
    }
}
