//! The parts of a day or an instant (`extract`), and where its hour, week or month begins (`date_trunc`).
//!
//! Names and numbers are PostgreSQL's and DuckDB's: `dow` counts from Sunday 0, `isodow` from Monday 1, `week` and `isoyear`
//! are ISO 8601's. Seconds keep their fraction, as an exact decimal.

use super::{DAY, civil, day_number_of, days, zone};
use crate::exprs::value::Decimal;

/// What `extract` takes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Part {
    Century,
    Decade,
    Year,
    IsoYear,
    Quarter,
    Month,
    Week,
    Day,
    DayOfWeek,
    IsoDayOfWeek,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Epoch,
}

impl Part {
    /// The parts by name, for the table of functions and its messages.
    pub const NAMES: &'static [(&'static str, Part)] = &[
        ("century", Part::Century),
        ("decade", Part::Decade),
        ("year", Part::Year),
        ("isoyear", Part::IsoYear),
        ("quarter", Part::Quarter),
        ("month", Part::Month),
        ("week", Part::Week),
        ("day", Part::Day),
        ("dow", Part::DayOfWeek),
        ("isodow", Part::IsoDayOfWeek),
        ("doy", Part::DayOfYear),
        ("hour", Part::Hour),
        ("minute", Part::Minute),
        ("second", Part::Second),
        ("millisecond", Part::Millisecond),
        ("microsecond", Part::Microsecond),
        ("epoch", Part::Epoch),
    ];

    /// The part called `name`, in any case; a plural `s` is let pass.
    pub fn named(name: &str) -> Option<Part> {
        find(Part::NAMES, name)
    }
}

/// What `date_trunc` cuts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Unit {
    Century,
    Decade,
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
}

impl Unit {
    /// The units by name, for the table of functions and its messages.
    pub const NAMES: &'static [(&'static str, Unit)] = &[
        ("century", Unit::Century),
        ("decade", Unit::Decade),
        ("year", Unit::Year),
        ("quarter", Unit::Quarter),
        ("month", Unit::Month),
        ("week", Unit::Week),
        ("day", Unit::Day),
        ("hour", Unit::Hour),
        ("minute", Unit::Minute),
        ("second", Unit::Second),
        ("millisecond", Unit::Millisecond),
        ("microsecond", Unit::Microsecond),
    ];

    /// The unit called `name`, in any case; a plural `s` is let pass.
    pub fn named(name: &str) -> Option<Unit> {
        find(Unit::NAMES, name)
    }
}

fn find<T: Copy>(names: &[(&'static str, T)], name: &str) -> Option<T> {
    let name = name.to_ascii_lowercase();
    let singular = name.strip_suffix('s').unwrap_or(&name);
    let found = names.iter().find(|(known, _)| *known == name || *known == singular);
    found.map(|(_, value)| *value)
}

/// A part of a day; its hours, minutes and seconds are 0.
pub fn date_part(part: Part, date: i32) -> i64 {
    let (year, month, day) = civil(date);
    let part = match part {
        Part::Century if year > 0 => (year + 99) / 100,
        Part::Century => year / 100 - 1,
        Part::Decade => year.div_euclid(10),
        Part::Year => year,
        Part::IsoYear => civil(thursday(date)).0,
        Part::Quarter => (month + 2) / 3,
        Part::Month => month,
        Part::Week => {
            let thursday = thursday(date);
            (thursday - days(civil(thursday).0, 1, 1)) / 7 + 1
        }
        Part::Day => day,
        Part::DayOfWeek => (date - 3).rem_euclid(7),
        Part::IsoDayOfWeek => (date + 3).rem_euclid(7) + 1,
        Part::DayOfYear => date - days(year, 1, 1) + 1,
        Part::Hour | Part::Minute | Part::Second | Part::Millisecond | Part::Microsecond => 0,
        Part::Epoch => return i64::from(date) * 86_400,
    };
    part.into()
}

/// A part of an instant, as the zone's clocks and calendars show it.
pub fn timestamp_part(part: Part, timestamp: i64) -> Decimal {
    let local = zone::local(timestamp);
    let in_day = local.rem_euclid(DAY);
    let (micros, scale) = match part {
        Part::Hour => (in_day / 3_600_000_000, 0),
        Part::Minute => (in_day / 60_000_000 % 60, 0),
        Part::Second => (in_day % 60_000_000, 6),
        Part::Millisecond => (in_day % 60_000_000, 3),
        Part::Microsecond => (in_day % 60_000_000, 0),
        Part::Epoch => (timestamp, 6),
        day => (date_part(day, day_number_of(local)), 0),
    };
    Decimal { mantissa: micros.into(), scale }.stripped()
}

/// The first day of the unit in which `date` lies.
pub fn truncate_date(unit: Unit, date: i32) -> i32 {
    let (year, month, _) = civil(date);
    match unit {
        Unit::Century => days((year - 1).div_euclid(100) * 100 + 1, 1, 1),
        Unit::Decade => days(year.div_euclid(10) * 10, 1, 1),
        Unit::Year => days(year, 1, 1),
        Unit::Quarter => days(year, (month - 1) / 3 * 3 + 1, 1),
        Unit::Month => days(year, month, 1),
        Unit::Week => thursday(date) - 3,
        Unit::Day | Unit::Hour | Unit::Minute | Unit::Second | Unit::Millisecond | Unit::Microsecond => date,
    }
}

/// The first instant of the unit in which `timestamp` lies, in the zone.
///
/// An hour that comes twice, when clocks are put back, is two hours.
pub fn truncate_timestamp(unit: Unit, timestamp: i64) -> i64 {
    let micros = match unit {
        Unit::Hour => 3_600_000_000,
        Unit::Minute => 60_000_000,
        Unit::Second => 1_000_000,
        Unit::Millisecond => 1000,
        Unit::Microsecond => 1,
        day => {
            let date = truncate_date(day, day_number_of(zone::local(timestamp)));
            return zone::instant(i64::from(date) * DAY);
        }
    };
    timestamp - zone::local(timestamp).rem_euclid(micros)
}

/// The Thursday of the week in which `date` lies: its year is the week's.
fn thursday(date: i32) -> i32 {
    date - (date + 3).rem_euclid(7) + 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::time::{parse_timestamp, write_date, write_timestamp};

    #[test]
    fn parts_are_those_of_postgresql() {
        let timestamp = parse_timestamp(b"2021-01-03T01:02:03.5Z").unwrap();
        for (part, expected) in [
            ("year", (2021, 0)),
            ("month", (1, 0)),
            ("DAY", (3, 0)),
            ("hours", (1, 0)),
            ("minute", (2, 0)),
            ("second", (35, 1)),
            ("millisecond", (3500, 0)),
            ("microsecond", (3_500_000, 0)),
            ("quarter", (1, 0)),
            ("week", (53, 0)),
            ("isoyear", (2020, 0)),
            ("dow", (0, 0)),
            ("isodow", (7, 0)),
            ("doy", (3, 0)),
            ("epoch", (16_096_357_235, 1)),
            ("century", (21, 0)),
            ("decade", (202, 0)),
        ] {
            let found = timestamp_part(Part::named(part).unwrap(), timestamp);
            assert_eq!((found.mantissa, found.scale), expected, "{part}");
        }
        assert!(Part::named("fortnight").is_none());
    }

    #[test]
    fn truncation_goes_to_the_first_instant_of_the_unit() {
        let timestamp = parse_timestamp(b"2021-05-09T13:47:29.123456Z").unwrap();
        for (unit, expected) in [
            ("century", "2001-01-01T00:00:00Z"),
            ("decade", "2020-01-01T00:00:00Z"),
            ("year", "2021-01-01T00:00:00Z"),
            ("quarter", "2021-04-01T00:00:00Z"),
            ("month", "2021-05-01T00:00:00Z"),
            ("week", "2021-05-03T00:00:00Z"),
            ("day", "2021-05-09T00:00:00Z"),
            ("hour", "2021-05-09T13:00:00Z"),
            ("minute", "2021-05-09T13:47:00Z"),
            ("second", "2021-05-09T13:47:29Z"),
            ("millisecond", "2021-05-09T13:47:29.123Z"),
            ("microsecond", "2021-05-09T13:47:29.123456Z"),
        ] {
            let mut out = Vec::new();
            write_timestamp(truncate_timestamp(Unit::named(unit).unwrap(), timestamp), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{unit}");
        }
        let mut out = Vec::new();
        write_date(truncate_date(Unit::Week, days(2021, 1, 3)), &mut out);
        assert_eq!(out, b"2020-12-28");
        assert_eq!(truncate_timestamp(Unit::Hour, -1), -3_600_000_000);
    }
}
