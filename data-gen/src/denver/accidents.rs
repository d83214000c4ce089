//! Accidents: the 45 columns that Denver publishes, of which `denver/*` use three: first_occurrence_date, neighborhood_id, road_condition.
//!
//! Conditions are padded with blanks or are nothing but blanks; names of columns come in several cases; some neighbourhoods and dates are
//! missing, some dates lie in the future, and one neighbourhood is renamed on the way.

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use super::answers::{self, Area, Month, N_YEARS, YEARS};
use super::encoding::Encoding;
use super::neighborhoods::{self, NEIGHBORHOODS};
use crate::blocks::{Rows, Written};
use crate::calendar;
use crate::extent::Extent;
use crate::fields::{integer, padded, pair};
use crate::output::{Failure, Output};
use crate::random::{Random, mix};
use crate::weighted::Weighted;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Accidents {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// How text is spelt
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Of so many dates one is no date at all, such as 2016-02-30 [default: none is]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    broken_dates: Option<u32>,
}

impl Accidents {
    /// Writes them, and beside them what `denver/*` answer of them alone. Broken dates count as missing there.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let maker = Maker::new(self.encoding, self.broken_dates);
        let n_rows = self.extent.rows(&maker);
        self.output.write(&self.extent, &maker, n_rows, |written| Some(Truth::new(n_rows, &written)))
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    rows: u64,
    bytes: u64,
    broken_dates: u64,
    seasonality: Vec<Month>,
    road_conditions: Vec<Map<String, Value>>,
    road_conditions_as_published: Vec<Map<String, Value>>,
    fall_road_conditions: Vec<Map<String, Value>>,
    accidents_by_area: Vec<Area>,
}

impl Truth {
    fn new(n_rows: u64, written: &Written<Tally>) -> Truth {
        let Tally { months, conditions, fall, areas, broken } = &written.tally;
        let has_letters = |name: &str| !name.trim_matches(' ').is_empty();
        let by_area = areas.iter().enumerate().map(|(area, years)| {
            let n_years = years.iter().filter(|&&n| n > 0).count();
            (name(area), years.iter().sum(), n_years)
        });
        Truth {
            rows: n_rows,
            bytes: written.bytes,
            broken_dates: *broken,
            seasonality: answers::seasonality(months),
            road_conditions: answers::conditions(&CONDITIONS, conditions, has_letters),
            road_conditions_as_published: answers::conditions(&CONDITIONS, conditions, |name| {
                !matches!(name, "" | " ")
            }),
            fall_road_conditions: answers::conditions(&CONDITIONS, fall, has_letters),
            accidents_by_area: answers::areas(by_area),
        }
    }
}

/// How area `area` is called: a neighbourhood, Central Park's old name, or none.
fn name(area: usize) -> Option<String> {
    match NEIGHBORHOODS.get(area) {
        Some(name) => Some(neighborhoods::id(name)),
        None => (area == RENAMED).then(|| "stapleton".to_owned()),
    }
}

/// What was called otherwise until 2019, and what otherwise means.
const CENTRAL_PARK: usize = 10;
const RENAMED: usize = NEIGHBORHOODS.len();
const NOWHERE: usize = RENAMED + 1;
const N_AREAS: usize = NOWHERE + 1;

/// 2012-01-01 to 2020-12-31, and a few in 2031.
const FIRST_YEAR: u32 = 2012;
const LAST_YEAR: u32 = 2020;
const FUTURE_YEAR: u32 = 2031;
const N_YEARS_AT_ALL: usize = (LAST_YEAR - FIRST_YEAR + 2) as usize;

const CONDITIONS: [&str; 13] = [
    "DRY",
    "WET",
    "  ",
    "ICY",
    "SNOWY",
    "SLUSHY",
    "",
    "DRY W/ICY ROAD TREATMENT",
    "WET W/ICY ROAD TREATMENT",
    " ",
    "OTHER",
    "SAND/MUD/DIRT/OIL/GRAVEL",
    "FOREIGN MATERIAL ",
];
const CONDITION_WEIGHTS: [u64; 13] = [700, 120, 60, 40, 35, 20, 12, 8, 8, 6, 4, 2, 1];
const MONTH_WEIGHTS: [u64; 12] = [78, 79, 82, 80, 86, 87, 88, 90, 91, 93, 85, 83];

/// Counts over some rows.
#[derive(Debug)]
struct Tally {
    /// Rows by year, of those asked about, and month.
    months: [[u64; 12]; N_YEARS],
    /// Rows by condition and year, of those asked about; the same of September and October.
    conditions: Vec<[u64; N_YEARS]>,
    fall: Vec<[u64; N_YEARS]>,
    /// Rows by area and year, of those with a date.
    areas: Vec<[u64; N_YEARS_AT_ALL]>,
    broken: u64,
}

/// The maker of rows.
#[derive(Debug)]
struct Maker {
    encoding: Encoding,
    broken_dates: Option<u32>,
    days: Weighted,
    first_day: u32,
    areas: Weighted,
    ids: Vec<String>,
    conditions: Weighted,
}

impl Maker {
    fn new(encoding: Encoding, broken_dates: Option<u32>) -> Maker {
        let first_day = calendar::days_of(FIRST_YEAR, 1, 1);
        let day_weight = |day: u32| {
            let date = calendar::civil(day);
            let weekday = [10, 10, 10, 11, 13, 9, 7][calendar::since_monday(day) as usize];
            MONTH_WEIGHTS[date.month as usize - 1] * weekday * (80 + 3 * u64::from(date.year - FIRST_YEAR))
        };
        let day_weights: Vec<u64> = (first_day..calendar::days_of(LAST_YEAR + 1, 1, 1)).map(day_weight).collect();
        let area_weights: Vec<u64> = (0..RENAMED as u64).map(|area| 1 << 20 >> (mix(area) % 6)).collect();
        Maker {
            encoding,
            broken_dates,
            days: Weighted::new(&day_weights),
            first_day,
            areas: Weighted::new(&area_weights),
            ids: (0..N_AREAS).map(|area| name(area).unwrap_or_default()).collect(),
            conditions: Weighted::new(&CONDITION_WEIGHTS),
        }
    }

    /// A day, most of the time.
    fn day(&self, random: &mut Random) -> When {
        match random.below(20_000) {
            0..4 => When::Never,
            4..6 => When::Day(calendar::days_of(FUTURE_YEAR, 1, 1) + random.below(365)),
            _ if self.broken_dates.is_some_and(|n| random.one_in(n)) => When::Broken,
            _ => When::Day(self.first_day + self.days.pick(random)),
        }
    }
}

/// What a date says.
enum When {
    Day(u32),
    /// Nothing.
    Never,
    /// What is no date.
    Broken,
}

const BROKEN: [&str; 4] = ["2016-02-30 12:00:00", "2015-13-01 00:00:00", "0000-00-00 00:00:00", "unknown"];

impl Rows for Maker {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        Tally {
            months: [[0; 12]; N_YEARS],
            conditions: vec![[0; N_YEARS]; CONDITIONS.len()],
            fall: vec![[0; N_YEARS]; CONDITIONS.len()],
            areas: vec![[0; N_YEARS_AT_ALL]; N_AREAS],
            broken: 0,
        }
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        fn add<const N: usize>(into: &mut [[u64; N]], from: &[[u64; N]]) {
            into.iter_mut().flatten().zip(from.iter().flatten()).for_each(|(into, from)| *into += from);
        }
        add(&mut into.months, &from.months);
        add(&mut into.conditions, &from.conditions);
        add(&mut into.fall, &from.fall);
        add(&mut into.areas, &from.areas);
        into.broken += from.broken;
    }

    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.encoding.mark());
        super::header(out, &COLUMNS);
    }

    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let when = self.day(random);
        let condition = self.conditions.pick(random) as usize;
        let area = match random.one_in(200) {
            true => NOWHERE,
            false => self.areas.pick(random) as usize,
        };
        let day = if let When::Day(day) = when { Some(day) } else { None };
        let date = day.map(calendar::civil);
        let area = match date {
            Some(date) if area == CENTRAL_PARK && date.year < LAST_YEAR => RENAMED,
            _ => area,
        };
        let second = random.below(86_400);

        integer(out, number + 1);
        out.push(b',');
        let incident = 2_012_000_000 + number;
        integer(out, incident);
        out.push(b',');
        integer(out, incident * 10_000_000 + 5_441_000);
        out.extend_from_slice(b",5441,0,TRAF - ACCIDENT,");
        match when {
            When::Day(day) => moment(out, day, second),
            When::Never => {}
            When::Broken => out.extend_from_slice(random.choose(&BROKEN).as_bytes()),
        }
        out.push(b',');
        if let (Some(day), true) = (day, random.one_in(3)) {
            moment(out, day, second);
        }
        out.push(b',');
        if let Some(day) = day {
            moment(out, day, 86_399 - random.below((86_400 - second).min(3600)));
        }
        out.push(b',');
        self.encoding.spell(out, random.choose(&ADDRESSES));
        for (before, low, n) in [(b",", 3_110_000, 80_000), (b",", 1_650_000, 100_000)] {
            out.extend_from_slice(before);
            integer(out, u64::from(low + random.below(n)));
        }
        for whole in [&b",-104."[..], b",39."] {
            out.extend_from_slice(whole);
            padded::<7>(out, u64::from(6_000_000 + random.below(4_000_000)));
        }
        out.push(b',');
        integer(out, u64::from(random.between(1, 7)));
        out.push(b',');
        padded::<3>(out, u64::from(random.between(111, 759)));
        out.push(b',');
        out.extend_from_slice(self.ids[area].as_bytes());
        out.extend_from_slice(if random.one_in(60) { b",1" } else { b",0" });
        out.extend_from_slice(if random.one_in(50) { b",1," } else { b",0," });
        out.extend_from_slice(random.choose(&HARMFUL_EVENTS).as_bytes());
        out.extend_from_slice(b",  ,  ,ON ROADWAY,");
        out.extend_from_slice(random.choose(&DESCRIPTIONS).as_bytes());
        out.extend_from_slice(b",STRAIGHT ON-LEVEL,");
        out.extend_from_slice(CONDITIONS[condition].as_bytes());
        out.push(b',');
        out.extend_from_slice(random.choose(&LIGHT).as_bytes());
        for _ in 0..2 {
            out.push(b',');
            out.extend_from_slice(random.choose(&VEHICLES).as_bytes());
            out.extend_from_slice(b",NORTH,GOING STRAIGHT,OTHER,NO APPARENT,  ");
        }
        for _ in 0..2 {
            out.push(b',');
            integer(out, u64::from(random.one_in(100)));
        }
        out.extend_from_slice(b",,,,\n");

        tally.broken += u64::from(matches!(when, When::Broken));
        let Some(date) = date else { return };
        let place = (date.year.min(LAST_YEAR + 1) - FIRST_YEAR) as usize;
        tally.areas[area][place] += 1;
        if YEARS.contains(&date.year) {
            let year = (date.year - YEARS.start) as usize;
            tally.months[year][date.month as usize - 1] += 1;
            tally.conditions[condition][year] += 1;
            tally.fall[condition][year] += u64::from(matches!(date.month, 9 | 10));
        }
    }
}

/// `YYYY-MM-DD HH:MM:SS`.
fn moment(out: &mut Vec<u8>, day: u32, second: u32) {
    let date = calendar::civil(day);
    padded::<4>(out, u64::from(date.year));
    let parts =
        [(b'-', date.month), (b'-', date.day), (b' ', second / 3600), (b':', second / 60 % 60), (b':', second % 60)];
    for (before, part) in parts {
        out.push(before);
        pair(out, part);
    }
}

const ADDRESSES: [&str; 8] = [
    "E COLFAX AVE / N BROADWAY ST",
    "8500 PEÑA BLVD",
    "I25 HWYNB / W 6TH AVE",
    "\"1437 BANNOCK ST, UNIT 3\"",
    "S FEDERAL BLVD / W ALAMEDA AVE",
    "\"ALLEY BEHIND \"\"EL CAFÉ\"\"\"",
    "300 BLOCK W 13TH AVE",
    "",
];
const HARMFUL_EVENTS: [&str; 6] =
    ["FRONT TO REAR", "FRONT TO SIDE", "PARKED MOTOR VEHICLE", "SIDE TO SIDE-SAME DIRECTION", "PEDESTRIAN ", "  "];
const DESCRIPTIONS: [&str; 5] =
    ["AT INTERSECTION", "INTERSECTION RELATED", "NON INTERSECTION", "DRIVEWAY ACCESS RELATED", "  "];
const LIGHT: [&str; 5] = ["DAY LIGHT", "DARK-LIGHTED", "DAWN OR DUSK", "DARK-UNLIGHTED", "  "];
const VEHICLES: [&str; 5] = ["PASSENGER CAR/VAN", "SUV", "PICKUP TRUCK/UTILITY VAN", "BICYCLE", "  "];

const COLUMNS: [&str; 45] = [
    "object_id",
    "incident_id",
    "offense_id",
    "offense_code",
    "offense_code_extension",
    "top_traffic_accident_offense",
    "first_occurrence_date",
    "last_occurrence_date",
    "reported_date",
    "incident_address",
    "geo_x",
    "geo_y",
    "geo_lon",
    "geo_lat",
    "district_id",
    "precinct_id",
    "neighborhood_id",
    "bicycle_ind",
    "pedestrian_ind",
    "harmful_event_seq_1",
    "harmful_event_seq_2",
    "harmful_event_seq_3",
    "road_location",
    "road_description",
    "road_contour",
    "road_condition",
    "light_condition",
    "tu1_vehicle_type",
    "tu1_travel_direction",
    "tu1_vehicle_movement",
    "tu1_driver_action",
    "tu1_driver_humancontrib",
    "tu1_pedestrian_action",
    "tu2_vehicle_type",
    "tu2_travel_direction",
    "tu2_vehicle_movement",
    "tu2_driver_action",
    "tu2_driver_humancontrib",
    "tu2_pedestrian_action",
    "seriously_injured",
    "fatalities",
    "fatality_mode_1",
    "fatality_mode_2",
    "seriously_injured_mode_1",
    "seriously_injured_mode_2",
];
