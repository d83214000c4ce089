//! Row numbers in, rows of the cube out.
//!
//! A cell's value follows from the seed and its coordinates alone, so a sum's row is made by adding cells up again, wherever it lies.

use std::collections::BTreeMap;

use crate::blocks::Rows;
use crate::calendar;
use crate::fields::{integer, pair};
use crate::random::{Random, mix};

/// The maker of rows.
#[derive(Debug)]
pub(super) struct Cube {
    seed: u64,
    n_names: u32,
    /// The days and countries that have rows; a country is 1 or more, 0 is all of them.
    slots: Vec<(u32, u32)>,
    dates: Vec<String>,
}

/// Users of one week and country.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Users {
    pub(super) organic: u64,
    pub(super) other: u64,
}

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By the week's Monday and the country, of rows for `all` systems and no sum over countries.
    pub(super) weeks: BTreeMap<(u32, &'static str), Users>,
    /// First and last day.
    pub(super) days: Option<(u32, u32)>,
    /// All countries with a row at all, but for `ALL`.
    pub(super) countries: std::collections::BTreeSet<&'static str>,
}

/// 2020-09-28, a Monday, 14 weeks before the 53rd week's end.
const FIRST_DAY: u32 = 18_533;
const COUNTRIES: [&str; 13] = ["ALL", "BE", "DE", "ES", "FR", "GB", "IE", "IT", "LU", "MT", "NL", "PL", "PT"];
/// Has users only now and then.
const QUIET: u32 = 9;
const SYSTEMS: [&str; 4] = ["all", "android", "ios", "windows phone"];
const NAMES: [&str; 6] = ["Organic", "Facebook Ads", "Google Ads", "organic", "Organic Search", "Apple Search Ads"];

impl Cube {
    /// Room for `most` rows.
    pub(super) fn new(seed: u64, n_names: u32, most: u64) -> Cube {
        let wanted = most / u64::from(n_names * N_SYSTEMS) + 1;
        let (mut slots, mut dates) = (Vec::new(), Vec::new());
        for day in FIRST_DAY.. {
            dates.push(calendar::date(day));
            let is_gap = day != FIRST_DAY && mix(seed ^ u64::from(day)).is_multiple_of(9);
            if !is_gap {
                slots.extend(
                    (0..N_COUNTRIES).filter(|&country| has_rows(seed, day, country)).map(|country| (day, country)),
                );
            }
            if slots.len() as u64 >= wanted {
                break;
            }
        }
        Cube { seed, n_names, slots, dates }
    }

    /// What the cell of one system, one country and one name holds.
    fn cell(&self, day: u32, country: u32, name: u32, system: u32) -> u64 {
        if !has_rows(self.seed, day, country) {
            return 0;
        }
        let lot = mix(mix(self.seed ^ u64::from(day)) ^ (u64::from(name) << 20 | u64::from(country << 8 | system)));
        match (country, lot % 64) {
            (QUIET, 1..) => 0,
            (_, 0..24) => 0,
            _ => (lot >> 8) % (4 + 60 / u64::from(country + name + system)),
        }
    }

    /// What a row says: a cell, or a sum of cells.
    fn value(&self, day: u32, country: u32, name: u32, system: u32) -> u64 {
        let countries = if country == 0 { 1..N_COUNTRIES } else { country..country + 1 };
        let systems = if system == 0 { 1..N_SYSTEMS } else { system..system + 1 };
        countries.flat_map(|c| systems.clone().map(move |s| (c, s))).map(|(c, s)| self.cell(day, c, name, s)).sum()
    }
}

const N_COUNTRIES: u32 = 13;
const N_SYSTEMS: u32 = 4;

/// Whether a country has rows on a day: one week in five it has none.
fn has_rows(seed: u64, day: u32, country: u32) -> bool {
    let week = (day - FIRST_DAY) / 7;
    country == 0 || !mix(seed ^ u64::from(week << 8 | country)).is_multiple_of(5)
}

impl Rows for Cube {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally::default()
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        for (key, users) in from.weeks {
            let sum = into.weeks.entry(key).or_default();
            sum.organic += users.organic;
            sum.other += users.other;
        }
        if let Some((first, last)) = from.days {
            into.see(first);
            into.see(last);
        }
        into.countries.extend(from.countries);
    }

    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"name,value,start_date,year_week,country,os_name,partner\n");
    }

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let rows_a_slot = u64::from(self.n_names * N_SYSTEMS);
        let slot = usize::try_from(number / rows_a_slot).expect("slots are in memory");
        let (day, country) = self.slots[slot];
        let within = u32::try_from(number % rows_a_slot).expect("below the rows of a slot");
        let (name, system) = (within / N_SYSTEMS, within % N_SYSTEMS);
        let value = self.value(day, country, name, system);

        match NAMES.get(name as usize) {
            Some(name) => out.extend_from_slice(name.as_bytes()),
            None => {
                out.extend_from_slice(b"Campaign ");
                integer(out, u64::from(name));
            }
        }
        out.push(b',');
        integer(out, value);
        out.push(b',');
        out.extend_from_slice(self.dates[(day - FIRST_DAY) as usize].as_bytes());
        out.push(b',');
        let (year, week) = calendar::iso_week(day);
        integer(out, u64::from(year));
        out.push(b'_');
        pair(out, week);
        out.push(b',');
        out.extend_from_slice(COUNTRIES[country as usize].as_bytes());
        out.push(b',');
        out.extend_from_slice(SYSTEMS[system as usize].as_bytes());
        out.extend_from_slice(if random.one_in(3) { b",\n" } else { b",\"agency, paid\"\n" });

        tally.see(day);
        if country != 0 {
            tally.countries.insert(COUNTRIES[country as usize]);
            if system == 0 {
                let monday = day - calendar::since_monday(day);
                let users = tally.weeks.entry((monday, COUNTRIES[country as usize])).or_default();
                *(if name == 0 { &mut users.organic } else { &mut users.other }) += value;
            }
        }
    }
}

impl Tally {
    /// Notes that there is a row of this day.
    fn see(&mut self, day: u32) {
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
    }
}
