//! Daily snapshots of a shop's purchases, for `history`: a file a day, and the history that they make.
//!
//! Columns PurchaseID, customer, product, quantity, price, status, date. From day to day some purchases are new, some change, some are
//! gone, and some of those come back, changed or not; within a day they are in no order. `duplicate-key.csv` and `bad-date.csv` are a
//! further day that is to be refused.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::blocks::{self, Rows};
use crate::calendar;
use crate::fields::{integer, padded};
use crate::output::{Failure, create};
use crate::random::{Random, mix};

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Purchases {
    /// Snapshots, one a day
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=3_000))]
    days: u32,
    /// Purchases that there are some day
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    keys: u32,
    /// The same seed makes the same bytes, on any machine
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Directory to write them into; made if it is not there
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

impl Purchases {
    /// Writes a snapshot a day, two that are faulty, `history.csv` and `truth.json`.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.output).map_err(|error| Failure::new(&self.output, error))?;
        let shop = Shop { seed: self.seed, n_keys: self.keys };
        let mut days = Vec::new();
        for day in 0..self.days {
            let file = format!("{}.csv", date(day));
            self.snapshot(&file, &Snapshot { shop: &shop, day, fault: Fault::None })?;
            days.push(Day::of(&shop, day, file));
        }
        for (file, fault) in [("duplicate-key.csv", Fault::DuplicateKey), ("bad-date.csv", Fault::BadDate)] {
            self.snapshot(file, &Snapshot { shop: &shop, day: self.days, fault })?;
        }
        let versions = self.history(&shop)?;
        crate::truth::write(&self.output.join("truth.json"), &Truth { days, versions })
    }

    fn snapshot(&self, file: &str, snapshot: &Snapshot) -> Result<(), Failure> {
        let path = self.output.join(file);
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let seed = mix(self.seed ^ u64::from(snapshot.day));
        blocks::write(snapshot, u64::from(self.keys), seed, n_threads, &mut create(&path)?)
            .map(drop)
            .map_err(|error| Failure::new(&path, error))
    }

    /// Writes what `history` makes of the snapshots, in the order of their days; how many versions there are.
    fn history(&self, shop: &Shop) -> Result<u64, Failure> {
        let path = self.output.join("history.csv");
        let failed = |error| Failure::new(&path, error);
        let mut file = BufWriter::new(create(&path)?);
        let (mut line, mut n_versions) = (Vec::new(), 0);
        file.write_all(HEADER.as_bytes()).map_err(failed)?;
        file.write_all(b",version,valid_from,valid_until\n").map_err(failed)?;
        for key in 0..self.keys {
            let versions = shop.versions(key, self.days);
            for (i, &(from, state)) in versions.iter().enumerate() {
                line.clear();
                shop.row(key, state, from, &mut line);
                line.push(b',');
                integer(&mut line, i as u64 + 1);
                line.push(b',');
                line.extend_from_slice(date(from).as_bytes());
                line.push(b',');
                let until = versions.get(i + 1).map(|&(until, _)| date(until));
                line.extend_from_slice(until.unwrap_or_default().as_bytes());
                line.push(b'\n');
                file.write_all(&line).map_err(failed)?;
                n_versions += 1;
            }
        }
        file.flush().map_err(failed)?;
        Ok(n_versions)
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    days: Vec<Day>,
    /// Rows of `history.csv`.
    versions: u64,
}

/// What one snapshot changes.
#[derive(Debug, Default, Serialize)]
struct Day {
    file: String,
    rows: u64,
    inserted: u64,
    updated: u64,
    unchanged: u64,
    /// Were there the day before.
    missing: u64,
}

impl Day {
    fn of(shop: &Shop, day: u32, file: String) -> Day {
        let mut counts = Day { file, ..Day::default() };
        for key in 0..shop.n_keys {
            let before = shop.versions(key, day).last().map(|&(_, state)| state);
            match (before, shop.state(key, day)) {
                (None, Some(_)) => counts.inserted += 1,
                (Some(before), Some(now)) if before != now => counts.updated += 1,
                (Some(_), Some(_)) => counts.unchanged += 1,
                (_, None) => counts.missing += u64::from(day > 0 && shop.state(key, day - 1).is_some()),
            }
        }
        counts.rows = counts.inserted + counts.updated + counts.unchanged;
        counts
    }
}

/// 2026-01-01 and days after it.
fn date(day: u32) -> String {
    calendar::date(20_454 + day)
}

/// All purchases that there ever are.
#[derive(Debug)]
struct Shop {
    seed: u64,
    n_keys: u32,
}

impl Shop {
    /// How often purchase `key` has changed by `day`; none if it is not there.
    fn state(&self, key: u32, day: u32) -> Option<u32> {
        let own = mix(self.seed ^ u64::from(key) << 16);
        // Three in four are there from the first day on.
        let first = if own % 4 < 3 { 0 } else { u32::try_from((own >> 8) % 64).expect("below 64") };
        // Who is gone, stays so for three days.
        let is_gone = mix(own ^ ((u64::from(day) + own % 3) / 3)).is_multiple_of(11);
        if day < first || is_gone {
            return None;
        }
        let changes = (1..=day).filter(|&day| mix(own.rotate_left(17) ^ u64::from(day)).is_multiple_of(6));
        Some(u32::try_from(changes.count()).expect("at most a change a day"))
    }

    /// When each version of `key` began, and how often it had changed by then, seen on days before `n_days`.
    fn versions(&self, key: u32, n_days: u32) -> Vec<(u32, u32)> {
        let mut versions: Vec<(u32, u32)> = Vec::new();
        for day in 0..n_days {
            if let Some(state) = self.state(key, day)
                && versions.last().is_none_or(|&(_, last)| last != state)
            {
                versions.push((day, state));
            }
        }
        versions
    }

    /// A row without its line end.
    fn row(&self, key: u32, state: u32, day: u32, out: &mut Vec<u8>) {
        let own = mix(self.seed ^ u64::from(key));
        integer(out, FIRST_KEY + u64::from(key));
        out.extend_from_slice(b",customer");
        integer(out, own % 5_000);
        out.push(b',');
        out.extend_from_slice(PRODUCTS[(own >> 32) as usize % PRODUCTS.len()].as_bytes());
        out.push(b',');
        integer(out, 1 + (own >> 16) % 9);
        out.push(b',');
        // It differs from one state to the next, and a state's never comes again.
        integer(out, (own >> 40) % 100 + u64::from(state));
        out.push(b'.');
        padded::<2>(out, (own >> 48) % 100);
        out.push(b',');
        out.extend_from_slice(STATUSES[state as usize % STATUSES.len()].as_bytes());
        out.push(b',');
        out.extend_from_slice(date(day).as_bytes());
    }
}

/// Ten digits each, so that keys have one order as numbers and as text.
const FIRST_KEY: u64 = 1_000_000_000;
const PRODUCTS: [&str; 6] = ["lamp", "\"chair, red\"", "café table", "\"27\"\" screen\"", "rug", "desk"];
const STATUSES: [&str; 5] = ["ordered", "paid", "sent", "", "returned"];
const HEADER: &str = "PurchaseID,customer,product,quantity,price,status,date";

/// What is wrong with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// A row comes again at the end, changed.
    DuplicateKey,
    /// A row more has a 30th of February.
    BadDate,
}

/// The maker of a day's rows.
#[derive(Debug)]
struct Snapshot<'s> {
    shop: &'s Shop,
    day: u32,
    fault: Fault,
}

impl Snapshot<'_> {
    /// A purchase that is there on this day, for the fault to be about.
    fn faulty(&self) -> (u32, u32) {
        let mut there = (0..self.shop.n_keys).filter_map(|key| Some((key, self.shop.state(key, self.day)?)));
        there.next().unwrap_or((0, 0))
    }
}

impl Rows for Snapshot<'_> {
    type Tally = ();

    fn tally(&self) {}

    fn merge(&self, _: &mut (), (): ()) {}

    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(HEADER.as_bytes());
        out.push(b'\n');
        if self.fault == Fault::BadDate {
            let mut row = Vec::new();
            let (_, state) = self.faulty();
            self.shop.row(self.shop.n_keys, state, self.day, &mut row);
            row.truncate(row.len() - "YYYY-MM-DD".len());
            out.extend_from_slice(&row);
            out.extend_from_slice(b"2026-02-30\n");
        }
    }

    fn row(&self, number: u64, _: &mut Random, out: &mut Vec<u8>, (): &mut ()) {
        // A permutation, different each day: 65537 is a prime.
        let n = u64::from(self.shop.n_keys);
        let step = if n.is_multiple_of(65_537) { 1 } else { 65_537 };
        let key = u32::try_from((number * step + mix(u64::from(self.day)) % n) % n).expect("below the number of keys");
        if let Some(state) = self.shop.state(key, self.day) {
            self.shop.row(key, state, self.day, out);
            out.push(b'\n');
        }
    }

    fn footer(&self, out: &mut Vec<u8>) {
        if self.fault == Fault::DuplicateKey {
            let (key, state) = self.faulty();
            self.shop.row(key, state + 1, self.day, out);
            out.push(b'\n');
        }
    }
}
