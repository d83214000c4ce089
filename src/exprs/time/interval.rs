//! Spans of time: `'1 month'`, `'10 minutes'`, `'1 hour 30 minutes'`, and what adding them to a day or an instant gives.
//!
//! A month has no length in days, and a day none in hours where clocks change, so an interval is a number of one [`Span`]:
//! months (years, quarters), days (weeks), or microseconds (hours and what is below). Months and days move along the calendar of
//! [`zone`](mod@super::zone); a month later is the same day of that month, or its last. Microseconds move along the time line.

use super::{DAY, civil, days, days_in_month, zone};
use crate::exprs::number::{self, Number, POWERS};

/// What an interval is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// Months; a year is 12.
    Month,
    /// Days; a week is 7.
    Day,
    /// Microseconds; an hour is 3.6·10⁹.
    Microsecond,
}

/// A number of one span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// How many, backwards where negative.
    pub count: i64,
    /// Of what.
    pub span: Span,
}

/// Why a text is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoInterval {
    /// It spells none.
    Unknown,
    /// It has months and shorter spans, which have no common measure.
    Mixed,
}

const UNITS: &[(&str, Span, i64)] = &[
    ("microsecond", Span::Microsecond, 1),
    ("us", Span::Microsecond, 1),
    ("millisecond", Span::Microsecond, 1000),
    ("ms", Span::Microsecond, 1000),
    ("second", Span::Microsecond, 1_000_000),
    ("sec", Span::Microsecond, 1_000_000),
    ("s", Span::Microsecond, 1_000_000),
    ("minute", Span::Microsecond, 60_000_000),
    ("min", Span::Microsecond, 60_000_000),
    ("m", Span::Microsecond, 60_000_000),
    ("hour", Span::Microsecond, 3_600_000_000),
    ("h", Span::Microsecond, 3_600_000_000),
    ("day", Span::Day, 1),
    ("d", Span::Day, 1),
    ("week", Span::Day, 7),
    ("w", Span::Day, 7),
    ("month", Span::Month, 1),
    ("mon", Span::Month, 1),
    ("quarter", Span::Month, 3),
    ("year", Span::Month, 12),
    ("y", Span::Month, 12),
    ("decade", Span::Month, 120),
    ("century", Span::Month, 1200),
];

impl Interval {
    /// One of the unit called `name`, in any case, plural or not.
    pub fn unit(name: &str) -> Option<Interval> {
        let name = name.to_ascii_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        let found = UNITS.iter().find(|(known, ..)| *known == name || *known == singular);
        found.map(|&(_, span, count)| Interval { count, span })
    }

    /// The interval that `text` spells: numbers with units, `HH:MM[:SS]`, all signed.
    ///
    /// Days beside hours are days of 24 hours.
    pub fn parse(text: &str) -> Result<Interval, NoInterval> {
        let mut total: Option<Interval> = None;
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let interval = if word.contains(':') {
                clock(word)
            } else {
                let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let unit = if digits.len() < word.len() { Some(&word[digits.len()..]) } else { words.next() };
                unit.and_then(Interval::unit).and_then(|unit| unit.times(digits))
            };
            let interval = interval.ok_or(NoInterval::Unknown)?;
            total = Some(match total {
                None => interval,
                Some(total) => total.plus(interval)?,
            });
        }
        total.ok_or(NoInterval::Unknown)
    }

    /// `digits` of this, where that is a whole number of the span (`0.5 day` becomes 12 hours).
    fn times(self, digits: &str) -> Option<Interval> {
        let Some(Number::Decimal(decimal)) = number::parse(digits.as_bytes()) else { return None };
        let product = decimal.mantissa.checked_mul(self.count.into())?;
        let power = POWERS[usize::from(decimal.scale)];
        if product % power == 0 {
            return Some(Interval { count: i64::try_from(product / power).ok()?, ..self });
        }
        if self.span != Span::Day {
            return None;
        }
        let micros = product.checked_mul(DAY.into())?;
        let whole = micros % power == 0;
        whole
            .then(|| i64::try_from(micros / power).ok())
            .flatten()
            .map(|count| Interval { count, span: Span::Microsecond })
    }

    fn plus(self, other: Interval) -> Result<Interval, NoInterval> {
        if self.span == other.span {
            let count = self.count.checked_add(other.count).ok_or(NoInterval::Unknown)?;
            return Ok(Interval { count, span: self.span });
        }
        let (Some(a), Some(b)) = (self.micros(), other.micros()) else { return Err(NoInterval::Mixed) };
        let count = a.checked_add(b).ok_or(NoInterval::Unknown)?;
        Ok(Interval { count, span: Span::Microsecond })
    }

    /// Its microseconds, a day being 24 hours; `None` for months.
    pub fn micros(self) -> Option<i64> {
        match self.span {
            Span::Month => None,
            Span::Day => self.count.checked_mul(DAY),
            Span::Microsecond => Some(self.count),
        }
    }

    /// The interval back in time.
    pub fn negated(self) -> Interval {
        Interval { count: self.count.saturating_neg(), ..self }
    }

    /// `timestamp` so much later; `None` beyond the years −9999 to 9999.
    pub fn after(self, timestamp: i64) -> Option<i64> {
        let later = match self.span {
            Span::Microsecond => timestamp.checked_add(self.count)?,
            Span::Day | Span::Month => {
                let local = zone::local(timestamp);
                let date = i32::try_from(local.div_euclid(DAY)).ok()?;
                let date = self.after_date(date)?;
                zone::instant(i64::from(date) * DAY + local.rem_euclid(DAY))
            }
        };
        is_known(later.div_euclid(DAY)).then_some(later)
    }

    /// `date` so many days or months later; `None` for shorter spans, and beyond the years −9999 to 9999.
    pub fn after_date(self, date: i32) -> Option<i32> {
        let later = match self.span {
            Span::Microsecond => return None,
            Span::Day => i64::from(date).checked_add(self.count)?,
            Span::Month => {
                let (year, month, day) = civil(date);
                let months = (i64::from(year) * 12 + i64::from(month - 1)).checked_add(self.count)?;
                let year = i32::try_from(months.div_euclid(12)).ok().filter(|year| (-9999..=9999).contains(year))?;
                let month = i32::try_from(months.rem_euclid(12)).ok()? + 1;
                days(year, month, day.min(days_in_month(year, month))).into()
            }
        };
        is_known(later).then(|| i32::try_from(later).ok()).flatten()
    }
}

/// Whether a day lies in the years −9999 to 9999.
fn is_known(day: i64) -> bool {
    (i64::from(days(-9999, 1, 1))..=i64::from(days(9999, 12, 31))).contains(&day)
}

/// `[-]HH:MM[:SS[.ffffff]]`
fn clock(word: &str) -> Option<Interval> {
    let (sign, digits) = word.strip_prefix('-').map_or((1, word), |digits| (-1, digits));
    let mut parts = digits.splitn(3, ':');
    let hours = Interval::unit("hour")?.times(parts.next()?)?;
    let minutes = Interval::unit("minute")?.times(parts.next()?)?;
    let seconds = Interval::unit("second")?.times(parts.next().unwrap_or("0"))?;
    let count = hours.count.checked_add(minutes.count)?.checked_add(seconds.count)?;
    Some(Interval { count: sign * count, span: Span::Microsecond })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::time::{parse_date, parse_timestamp};

    #[test]
    fn an_interval_is_a_number_of_one_span() {
        for (text, count, span) in [
            ("1 month", 1, Span::Month),
            ("1 year 6 months", 18, Span::Month),
            ("2 WEEKS", 14, Span::Day),
            ("-3 days", -3, Span::Day),
            ("10 minutes", 600_000_000, Span::Microsecond),
            ("1 day 12 hours", 129_600_000_000, Span::Microsecond),
            ("0.5 day", 43_200_000_000, Span::Microsecond),
            ("1.5 seconds", 1_500_000, Span::Microsecond),
            ("01:30", 5_400_000_000, Span::Microsecond),
            ("-00:00:00.25", -250_000, Span::Microsecond),
            ("90s", 90_000_000, Span::Microsecond),
            ("2.5 years", 30, Span::Month),
        ] {
            assert_eq!(Interval::parse(text), Ok(Interval { count, span }), "{text}");
        }
        for text in ["", "month", "1", "1 fortnight", "0.1 month", "x days", "1e30 days", "1:x"] {
            assert_eq!(Interval::parse(text), Err(NoInterval::Unknown), "{text}");
        }
        assert_eq!(Interval::parse("1 month 2 days"), Err(NoInterval::Mixed));
    }

    #[test]
    fn a_month_later_is_the_same_day_or_the_last() {
        for (date, count, expected) in
            [("2024-01-31", 1, "2024-02-29"), ("2024-03-31", -1, "2024-02-29"), ("2024-02-29", 12, "2025-02-28")]
        {
            let date = parse_date(date.as_bytes()).unwrap();
            let later = Interval { count, span: Span::Month }.after_date(date);
            assert_eq!(later, parse_date(expected.as_bytes()));
        }
        let last = parse_timestamp(b"9999-12-31T23:59:59Z").unwrap();
        for span in [Span::Month, Span::Day, Span::Microsecond] {
            assert_eq!(Interval { count: i64::MAX, span }.after(last), None);
            assert_eq!(Interval { count: DAY, span }.after(last), None);
        }
    }
}
