//! What was written, and what `patrons/*` answer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::texts;
use super::users::{self, COUNTRIES, Users};
use super::votes::{self, Sum};

/// How many countries are listed by name.
const K: usize = 10;

#[derive(Debug, Serialize)]
pub(super) struct Truth {
    users: users::Tally,
    posts: Texts,
    comments: Texts,
    votes: Ballots,
    summary: Summary,
    by_country: Vec<Country>,
    posts_by_month: Vec<Month>,
    votes_by_month: Vec<Votes>,
    top_countries: Vec<TopCountry>,
}

#[derive(Debug, Serialize)]
struct Texts {
    rows: u64,
    body_code_points: u64,
    missing_created_at: u64,
}

#[derive(Debug, Serialize)]
struct Ballots {
    rows: u64,
    empty: u64,
    without_post: u64,
    votes: u64,
    weight: u64,
}

#[derive(Debug, Serialize)]
struct Summary {
    users: u64,
    patrons: u64,
    patron_share: f64,
    lifetime_support: f64,
    campaign_support: f64,
    followers: u64,
    free_trials: u64,
}

#[derive(Debug, Serialize)]
struct Country {
    country: Option<&'static str>,
    users: u64,
    patrons: u64,
    support: f64,
}

#[derive(Debug, Serialize)]
struct Month {
    month: String,
    r#type: &'static str,
    count: u64,
}

#[derive(Debug, Serialize)]
struct Votes {
    month: Option<String>,
    country: Option<&'static str>,
    is_patron: bool,
    vote_index: u32,
    votes: u64,
    weight: u64,
}

#[derive(Debug, Serialize)]
struct TopCountry {
    country: Option<&'static str>,
    users: u64,
    patrons: u64,
    support: f64,
    comments: u64,
    votes: u64,
    weight: u64,
    support_per_user: f64,
}

/// What is known of one country, or of all.
#[derive(Debug, Default, Clone, Copy)]
struct Sums {
    users: u64,
    patrons: u64,
    lifetime_cents: u64,
    campaign_cents: u64,
    followers: u64,
    free_trials: u64,
    comments: u64,
    votes: u64,
    weight: u64,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.users += other.users;
        self.patrons += other.patrons;
        self.lifetime_cents += other.lifetime_cents;
        self.campaign_cents += other.campaign_cents;
        self.followers += other.followers;
        self.free_trials += other.free_trials;
        self.comments += other.comments;
        self.votes += other.votes;
        self.weight += other.weight;
    }

    #[expect(clippy::cast_precision_loss, reason = "sums of cents of any file fit 53 bits")]
    fn ranked(&self, country: Option<&'static str>) -> TopCountry {
        TopCountry {
            country,
            users: self.users,
            patrons: self.patrons,
            support: hundreds(self.lifetime_cents),
            comments: self.comments,
            votes: self.votes,
            weight: self.weight,
            support_per_user: self.lifetime_cents as f64 / (100 * self.users) as f64,
        }
    }
}

impl Truth {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows of any file fit 53 bits")]
    pub(super) fn new(
        users: &Users,
        written: &users::Tally,
        posts: &texts::Tally,
        comments: &texts::Tally,
        ballots: &votes::Tally,
    ) -> Truth {
        let countries = countries(users, comments, ballots);
        let mut all = Sums::default();
        countries.iter().for_each(|sums| all.add(sums));
        let mut months = posts.months.clone();
        months.extend(comments.months.clone());
        let mut by_country: Vec<Country> = named(&countries)
            .map(|(country, sums)| Country {
                country,
                users: sums.users,
                patrons: sums.patrons,
                support: hundreds(sums.lifetime_cents),
            })
            .collect();
        by_country.sort_by_key(|row| (row.country.is_none(), row.country));
        Truth {
            users: written.clone(),
            posts: Texts::of(posts),
            comments: Texts::of(comments),
            votes: Ballots {
                rows: ballots.rows,
                empty: ballots.empty,
                without_post: ballots.without_post,
                votes: all.votes,
                weight: all.weight,
            },
            summary: Summary {
                users: all.users,
                patrons: all.patrons,
                patron_share: 100.0 * all.patrons as f64 / all.users as f64,
                lifetime_support: hundreds(all.lifetime_cents),
                campaign_support: hundreds(all.campaign_cents),
                followers: all.followers,
                free_trials: all.free_trials,
            },
            by_country,
            posts_by_month: months.into_iter().map(|((month, r#type), count)| Month { month, r#type, count }).collect(),
            votes_by_month: by_month(&ballots.groups),
            top_countries: top(&countries),
        }
    }
}

impl Texts {
    fn of(tally: &texts::Tally) -> Texts {
        let &texts::Tally { rows, body_code_points, missing_created_at, .. } = tally;
        Texts { rows, body_code_points, missing_created_at }
    }
}

fn countries(users: &Users, comments: &texts::Tally, ballots: &votes::Tally) -> [Sums; COUNTRIES.len()] {
    let mut countries = [Sums::default(); COUNTRIES.len()];
    for user in (0..users.n_users).map(|number| users.latest(number)) {
        countries[user.country].add(&Sums {
            users: 1,
            patrons: u64::from(user.is_patron()),
            lifetime_cents: user.lifetime_cents,
            campaign_cents: user.campaign_cents,
            followers: u64::from(user.is_follower),
            free_trials: u64::from(user.is_free_trial),
            comments: comments.users.get(&user.number).copied().unwrap_or(0),
            ..Sums::default()
        });
    }
    for ((_, country, ..), sum) in &ballots.groups {
        countries[*country].votes += sum.votes;
        countries[*country].weight += sum.weight;
    }
    countries
}

/// The countries with users; nowhere has no name.
fn named(countries: &[Sums]) -> impl Iterator<Item = (Option<&'static str>, &Sums)> {
    let names = COUNTRIES.into_iter().map(|name| (!name.is_empty()).then_some(name));
    names.zip(countries).filter(|(_, sums)| sums.users > 0)
}

/// Ten by support, then by name, the unnamed last; then all others together.
fn top(countries: &[Sums]) -> Vec<TopCountry> {
    let mut rows: Vec<(Option<&'static str>, &Sums)> = named(countries).collect();
    rows.sort_by_key(|(name, sums)| (std::cmp::Reverse(sums.lifetime_cents), name.is_none(), *name));
    let mut others = Sums::default();
    rows.iter().skip(K).for_each(|(_, sums)| others.add(sums));
    let mut listed: Vec<TopCountry> = rows.iter().take(K).map(|(name, sums)| sums.ranked(*name)).collect();
    listed.extend((others.users > 0).then(|| others.ranked(Some("others"))));
    listed
}

fn by_month(groups: &BTreeMap<votes::Key, Sum>) -> Vec<Votes> {
    let row = |((month, country, is_patron, vote_index), sum): (&votes::Key, &Sum)| Votes {
        month: month.clone(),
        country: Some(COUNTRIES[*country]).filter(|name| !name.is_empty()),
        is_patron: *is_patron,
        vote_index: *vote_index,
        votes: sum.votes,
        weight: sum.weight,
    };
    let mut rows: Vec<Votes> = groups.iter().map(row).collect();
    rows.sort_by_key(|row| {
        let country = (row.country.is_none(), row.country);
        (row.month.is_none(), row.month.clone(), country, row.is_patron, row.vote_index)
    });
    rows
}

/// Units of 100 cents.
#[expect(clippy::cast_precision_loss, reason = "sums of cents of any file fit 53 bits")]
fn hundreds(cents: u64) -> f64 {
    cents as f64 / 100.0
}
