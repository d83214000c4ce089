//! Days and instants: text in, days or microseconds since 1970 out, and back, and their parts.
//!
//! A date is days since 1970-01-01, a timestamp microseconds since then in UTC, both in the proleptic Gregorian calendar of
//! years −9999 to 9999. Where a calendar or a clock is asked, it is that of [`zone`]. Knows nothing of columns.
//!
//! The obvious way is jiff for everything. Departure: the forms that CSV is full of, and the calendar, are done by hand
//! ([`parse_date`], [`civil`]); jiff reads every other form and is the oracle of the tests.

mod eight;
mod format;
mod interval;
mod parse;
mod parts;
mod write;
pub mod zone;

pub use eight::EightDates;
pub use format::Format;
pub use interval::{Interval, NoInterval, Span};

pub use parse::{parse_date, parse_plain_date, parse_timestamp};
pub use parts::{Part, Unit, date_part, timestamp_part, truncate_date, truncate_timestamp};
pub use write::{write_clock, write_date, write_timestamp};

/// Microseconds in a day.
pub const DAY: i64 = 86_400_000_000;

/// The day on which an instant lies, in the zone.
#[inline]
pub fn day_of(timestamp: i64) -> i32 {
    day_number_of(zone::local(timestamp))
}

/// The first instant of a day, in the zone.
#[inline]
pub fn midnight(date: i32) -> i64 {
    zone::instant(i64::from(date) * DAY)
}

/// The day of what clocks and calendars show.
#[inline]
fn day_number_of(local: i64) -> i32 {
    i32::try_from(local.div_euclid(DAY)).unwrap_or(if local < 0 { i32::MIN } else { i32::MAX })
}

/// Days since 1970-01-01 of a day of the calendar: `-9999 ≤ year ≤ 9999`, `1 ≤ month ≤ 12`, `1 ≤ day ≤ 31`.
///
/// Source: Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`; years begin in March, so that the leap
/// day is the last. Thirty eras of 400 years are added first, so that nothing is negative.
#[inline]
pub fn days(year: i32, month: i32, day: i32) -> i32 {
    const BEFORE_MONTH: [i32; 12] = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];
    let year = (year + 12_000 - i32::from(month <= 2)).unsigned_abs();
    let leap_days = year / 4 - year / 100 + year / 400;
    let march = (year * 365 + leap_days).cast_signed();
    march + BEFORE_MONTH[(month - 1).unsigned_abs() as usize % 12] + day - 1 - 30 * 146_097 - 719_468
}

/// Year, month and day of `date`: the other way of [`days`].
pub fn civil(date: i32) -> (i32, i32, i32) {
    let date = i64::from(date) + 719_468;
    let era = date.div_euclid(146_097);
    let day_of_era = date.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let small = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    (small(year), small(month), small(day))
}

/// How many days `month` of `year` has.
#[inline]
pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_from_0001_to_9999_is_the_day_that_jiff_says() {
        let epoch = jiff::civil::date(1970, 1, 1);
        let (mut date, last) = (jiff::civil::date(1, 1, 1), jiff::civil::date(9999, 12, 31));
        let mut number = epoch.until(date).unwrap().get_days();
        let mut text = Vec::new();
        loop {
            let (year, month, day) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
            assert_eq!(days(year, month, day), number, "{date}");
            assert_eq!(civil(number), (year, month, day), "{date}");
            assert_eq!(days_in_month(year, month), i32::from(date.days_in_month()), "{date}");
            text.clear();
            write_date(number, &mut text);
            assert_eq!(parse_date(&text), Some(number), "{date}");
            let week = date.iso_week_date();
            assert_eq!(date_part(Part::Week, number), i64::from(week.week()), "{date}");
            assert_eq!(date_part(Part::IsoYear, number), i64::from(week.year()), "{date}");
            assert_eq!(date_part(Part::DayOfYear, number), i64::from(date.day_of_year()), "{date}");
            assert_eq!(
                date_part(Part::IsoDayOfWeek, number),
                i64::from(date.weekday().to_monday_one_offset()),
                "{date}"
            );
            if date == last {
                break;
            }
            (date, number) = (date.tomorrow().unwrap(), number + 1);
        }
    }
}
