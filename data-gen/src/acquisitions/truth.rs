//! Users by week and country in, the answers of `organic/*` out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::cube::{Tally, Users};
use crate::blocks::Written;
use crate::calendar;

/// What `organic/*` answer.
#[derive(Debug, Serialize)]
pub(super) struct Truth {
    rows: u64,
    bytes: u64,
    share: Vec<Share>,
    share_as_published: Vec<Share>,
}

/// One row of an answer.
#[derive(Debug, Serialize)]
struct Share {
    year: u32,
    week: u32,
    country: &'static str,
    share_organic_p4w: Option<f64>,
}

impl Truth {
    pub(super) fn new(n_rows: u64, written: &Written<Tally>) -> Truth {
        let tally = &written.tally;
        Truth { rows: n_rows, bytes: written.bytes, share: share(tally), share_as_published: as_published(tally) }
    }
}

/// Every week of the calendar, and the three before it.
fn share(tally: &Tally) -> Vec<Share> {
    let Some((first, last)) = tally.days else { return Vec::new() };
    let monday = |day: u32| day - calendar::since_monday(day);
    let weeks = || (monday(first)..=monday(last)).step_by(7);
    let users = |monday, country| tally.weeks.get(&(monday, country)).copied().unwrap_or_default();
    let row = |country: &'static str, monday: u32| {
        let (year, week) = calendar::iso_week(monday);
        let four = (0..4).map(|back| users(monday - 7 * back, country));
        Share { year, week, country, share_organic_p4w: ratio(four) }
    };
    tally
        .countries
        .iter()
        .flat_map(|&country| weeks().map(move |monday| (country, monday)))
        .map(|(c, m)| row(c, m))
        .collect()
}

/// The weeks of the data, and those that Sundays have by `%Y_%W`; before a week come those whose numbers are up to three less.
fn as_published(tally: &Tally) -> Vec<Share> {
    let Some((first, last)) = tally.days else { return Vec::new() };
    let number = |(year, week): (u32, u32)| year * 100 + week;
    let sundays = (first..=last).filter(|&day| calendar::since_monday(day) == 6).map(calendar::monday_week).map(number);
    let fillers: BTreeSet<u32> = sundays.collect();
    let mut rows = Vec::new();
    for &country in &tally.countries {
        let mut weeks: BTreeMap<u32, Users> = fillers.iter().map(|&week| (week, Users::default())).collect();
        for (&(monday, _), &users) in tally.weeks.iter().filter(|((_, name), _)| *name == country) {
            weeks.insert(number(calendar::iso_week(monday)), users);
        }
        rows.extend(weeks.keys().map(|&week| Share {
            year: week / 100,
            week: week % 100,
            country,
            share_organic_p4w: ratio(weeks.range(week - 3..=week).map(|(_, &users)| users)),
        }));
    }
    rows
}

/// The organic share of some weeks; none of no users.
#[expect(clippy::cast_precision_loss, reason = "counts of users of any file fit 53 bits")]
fn ratio(weeks: impl Iterator<Item = Users>) -> Option<f64> {
    let (organic, all) =
        weeks.fold((0, 0), |(organic, all), users| (organic + users.organic, all + users.organic + users.other));
    (all > 0).then(|| organic as f64 / all as f64)
}
