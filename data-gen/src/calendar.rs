//! Day numbers in, dates and weeks out, in the proleptic Gregorian calendar.

/// A date, field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: u32,
    /// 1 to 12.
    pub(crate) month: u32,
    /// 1 to 31.
    pub(crate) day: u32,
}

/// The date `days` after 1970-01-01.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`, for days from 0 on.
pub(crate) fn civil(days: u32) -> Date {
    let days = u64::from(days) + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let [year, month, day] = [year, month, day].map(|part| u32::try_from(part).expect("of days in 32 bits"));
    Date { year, month, day }
}

/// The same as `YYYY-MM-DD`.
pub(crate) fn date(days: u32) -> String {
    let Date { year, month, day } = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The day number of a date from 1970 on; the inverse of [`civil`].
pub(crate) fn days_of(year: u32, month: u32, day: u32) -> u32 {
    let years = year - u32::from(month <= 2);
    let (era, year_of_era) = (years / 400, years % 400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Days since the last Monday: 0 to 6.
pub(crate) fn since_monday(days: u32) -> u32 {
    (days + 3) % 7
}

/// Year and week by ISO 8601: those of the Thursday of its week.
pub(crate) fn iso_week(days: u32) -> (u32, u32) {
    let thursday = days + 3 - since_monday(days);
    let year = civil(thursday).year;
    (year, (thursday - days_of(year, 1, 1)) / 7 + 1)
}

/// Year and week by C's `%Y` and `%W`: weeks begin on Mondays, days before the year's first are in week 0.
pub(crate) fn monday_week(days: u32) -> (u32, u32) {
    let year = civil(days).year;
    let day_of_year = days - days_of(year, 1, 1);
    (year, (day_of_year + 7 - since_monday(days)) / 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (11_016, "2000-02-29"),
            (18_262, "2020-01-01"),
            (18_627, "2020-12-31"),
            (18_670, "2021-02-12"),
        ] {
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn dates_have_their_days() {
        for days in 0..100_000 {
            let Date { year, month, day } = civil(days);
            assert_eq!(days_of(year, month, day), days);
        }
    }

    /// As GNU date prints them: `date -d 2021-01-03 '+%G %V %Y %W'`.
    #[test]
    fn days_have_their_weeks() {
        for ((year, month, day), iso, monday) in [
            ((2018, 12, 31), (2019, 1), (2018, 53)),
            ((2019, 12, 29), (2019, 52), (2019, 51)),
            ((2019, 12, 30), (2020, 1), (2019, 52)),
            ((2020, 1, 5), (2020, 1), (2020, 0)),
            ((2020, 12, 27), (2020, 52), (2020, 51)),
            ((2020, 12, 31), (2020, 53), (2020, 52)),
            ((2021, 1, 3), (2020, 53), (2021, 0)),
            ((2021, 1, 4), (2021, 1), (2021, 1)),
        ] {
            let days = days_of(year, month, day);
            assert_eq!((iso_week(days), monday_week(days)), (iso, monday), "{year}-{month}-{day}");
        }
    }
}
