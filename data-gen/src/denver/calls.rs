//! Calls to 311: the 24 columns that Denver publishes, of which `denver/*` use two: Case Created dttm and Neighborhood.
//!
//! Times are written as Americans do, one in eight without padding zeros. Names of neighbourhoods are missing, in capitals, or of areas that
//! the accidents do not know.

use clap::Args;
use serde::Serialize;

use super::encoding::Encoding;
use super::neighborhoods::NEIGHBORHOODS;
use crate::blocks::Rows;
use crate::calendar;
use crate::extent::Extent;
use crate::fields::{integer, padded, pair};
use crate::output::{Failure, Output};
use crate::random::{Random, mix};
use crate::weighted::Weighted;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Calls {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// How text is spelt
    #[arg(long, value_enum, default_value_t = Encoding::Windows1252)]
    encoding: Encoding,
}

impl Calls {
    /// Writes them, and beside them what `denver/calls-by-area` answers.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let maker = Maker::new(self.encoding);
        let n_rows = self.extent.rows(&maker);
        self.output.write(&self.extent, &maker, n_rows, |written| {
            let counts = maker.names.iter().zip(written.tally).filter(|(_, calls)| *calls > 0);
            let mut areas: Vec<Area> = counts
                .map(|(name, calls)| Area { neighborhood: (!name.is_empty()).then(|| name.clone()), calls })
                .collect();
            let order =
                |area: &Area| (std::cmp::Reverse(area.calls), area.neighborhood.is_none(), area.neighborhood.clone());
            areas.sort_by_key(order);
            Some(Truth { rows: n_rows, bytes: written.bytes, calls_by_area: areas })
        })
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    rows: u64,
    bytes: u64,
    calls_by_area: Vec<Area>,
}

#[derive(Debug, Serialize)]
struct Area {
    neighborhood: Option<String>,
    calls: u64,
}

/// Areas that the accidents do not know; then none.
const ELSEWHERE: [&str; 3] = ["Aurora", "Côte d’Or Plaza", ""];
/// 2014-01-01, and days from then on.
const FIRST_DAY: u32 = 16_071;
const N_DAYS: u32 = 6 * 365;

/// The maker of rows.
#[derive(Debug)]
struct Maker {
    encoding: Encoding,
    /// Those of NEIGHBORHOODS, the same in capitals, then ELSEWHERE.
    names: Vec<String>,
    weights: Weighted,
}

impl Maker {
    fn new(encoding: Encoding) -> Maker {
        let capitals = NEIGHBORHOODS.iter().map(|name| name.to_uppercase());
        let plain = NEIGHBORHOODS.iter().chain(&ELSEWHERE).map(|name| encoding.spellable(name));
        let mut names: Vec<String> = plain.collect();
        // One in capitals that is the same without would be in the list twice.
        names.extend(capitals.filter(|name| !NEIGHBORHOODS.contains(&name.as_str())));
        let weight = |(i, name): (u64, &String)| match NEIGHBORHOODS.contains(&name.as_str()) {
            true => 1 << 20 >> (mix(i ^ 0x5a) % 5),
            false => (1 << 12) + mix(i) % (1 << 12),
        };
        let weights: Vec<u64> = (0..).zip(&names).map(weight).collect();
        Maker { encoding, names, weights: Weighted::new(&weights) }
    }
}

impl Rows for Maker {
    type Tally = Vec<u64>;

    fn tally(&self) -> Vec<u64> {
        vec![0; self.names.len()]
    }

    fn merge(&self, into: &mut Vec<u64>, from: Vec<u64>) {
        into.iter_mut().zip(from).for_each(|(into, from)| *into += from);
    }

    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.encoding.mark());
        super::header(out, &COLUMNS);
    }

    fn row(&self, _: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Vec<u64>) {
        let area = self.weights.pick(random) as usize;
        let (day, second) = (FIRST_DAY + random.below(N_DAYS), random.below(86_400));
        let is_padded = !random.one_in(8);
        tally[area] += 1;

        self.encoding.spell(out, random.choose(&SUMMARIES));
        out.extend_from_slice(b",Closed - Answer Provided,");
        out.extend_from_slice(random.choose(&SOURCES).as_bytes());
        out.push(b',');
        american(out, day, is_padded);
        out.push(b',');
        moment(out, day, second, is_padded);
        out.push(b',');
        let closed = day + random.below(30);
        american(out, closed, is_padded);
        out.push(b',');
        moment(out, closed, second, is_padded);
        out.extend_from_slice(if random.one_in(2) { b",Y,80" } else { b",N,80" });
        padded::<3>(out, u64::from(random.between(201, 299)));
        out.extend_from_slice(b",,,,,,-104.");
        padded::<6>(out, u64::from(random.between(600_000, 999_999)));
        out.extend_from_slice(b",39.");
        padded::<6>(out, u64::from(random.between(600_000, 799_999)));
        out.push(b',');
        out.extend_from_slice(random.choose(&AGENCIES).as_bytes());
        out.extend_from_slice(b",,,Complaint,,");
        integer(out, u64::from(random.between(1, 11)));
        out.push(b',');
        integer(out, u64::from(random.between(1, 6)));
        out.push(b',');
        self.encoding.spell(out, &self.names[area]);
        out.push(b'\n');
    }
}

/// `MM/DD/YYYY`, or without the zeros in front.
fn american(out: &mut Vec<u8>, day: u32, is_padded: bool) {
    let date = calendar::civil(day);
    for part in [date.month, date.day] {
        short(out, part, is_padded);
        out.push(b'/');
    }
    integer(out, u64::from(date.year));
}

/// `MM/DD/YYYY hh:mm:ss AM`.
fn moment(out: &mut Vec<u8>, day: u32, second: u32, is_padded: bool) {
    american(out, day, is_padded);
    out.push(b' ');
    let hour = second / 3600;
    short(out, if hour.is_multiple_of(12) { 12 } else { hour % 12 }, is_padded);
    for part in [second / 60 % 60, second % 60] {
        out.push(b':');
        pair(out, part);
    }
    out.extend_from_slice(if hour < 12 { b" AM" } else { b" PM" });
}

fn short(out: &mut Vec<u8>, n: u32, is_padded: bool) {
    if is_padded { pair(out, n) } else { integer(out, u64::from(n)) }
}

const SUMMARIES: [&str; 6] = [
    "Pothole",
    "\"Graffiti on the café’s wall – \"\"tag\"\", 2 m\"",
    "Abandoned vehicle",
    "\"Trash not\ncollected\"",
    "Peña Blvd: sign down",
    "Fee of 5 € disputed",
];
const SOURCES: [&str; 4] = ["PocketGov", "Phone", "Email", "Walk-in"];
const AGENCIES: [&str; 4] = ["Public Works", "311", "Community Planning & Development", "\"Parks, Recreation\""];

const COLUMNS: [&str; 24] = [
    "Case Summary",
    "Case Status",
    "Case Source",
    "Case Created Date",
    "Case Created dttm",
    "Case Closed Date",
    "Case Closed dttm",
    "First Call Resolution",
    "Customer Zip Code",
    "Incident Address 1",
    "Incident Address 2",
    "Incident Intersection 1",
    "Incident Intersection 2",
    "Incident Zip Code",
    "Longitude",
    "Latitude",
    "Agency",
    "Division",
    "Major Area",
    "Type",
    "Topic",
    "Council District",
    "Police District",
    "Neighborhood",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_american() {
        for (second, is_padded, expected) in [
            (0, true, "01/05/2014 12:00:00 AM"),
            (43_200, false, "1/5/2014 12:00:00 PM"),
            (86_399, true, "01/05/2014 11:59:59 PM"),
            (3_661, false, "1/5/2014 1:01:01 AM"),
        ] {
            let mut out = Vec::new();
            moment(&mut out, FIRST_DAY + 4, second, is_padded);
            assert_eq!(out, expected.as_bytes());
        }
    }
}
