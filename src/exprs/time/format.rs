//! Formats of times as `strftime` and `strptime` know them: compiled once, read and written with many times.
//!
//! Reading takes numbers padded or not (`%m` takes `2` and `02`), `%Y` four digits; names and AM/PM in any case; everything
//! else as it stands. What is missing is the beginning: of `%Y-%m` the first day, without a time midnight. Parts that contradict
//! each other (a Monday that is none, 30 February) are no time.

use super::parts::{Part, date_part};
use super::write::two;
use super::{DAY, days, days_in_month, write_date, zone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A compiled format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Bytes(Vec<u8>),
    /// `%d`; with `%-d` not padded when written.
    Field(u8, bool),
}

impl Format {
    /// The format that `text` spells; or the specifier in it that is not known.
    pub fn new(text: &[u8]) -> Result<Format, String> {
        let mut items = Vec::new();
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != b'%' {
                push_bytes(&mut items, &[byte]);
                continue;
            }
            let padded = rest.first() != Some(&b'-');
            if !padded {
                rest = &rest[1..];
            }
            let Some((&letter, after)) = rest.split_first() else { return Err("%".to_owned()) };
            rest = after;
            match letter {
                b'%' => push_bytes(&mut items, b"%"),
                b'n' => push_bytes(&mut items, b"\n"),
                b't' => push_bytes(&mut items, b"\t"),
                b'T' => items.extend(Format::new(b"%H:%M:%S")?.items),
                b'R' => items.extend(Format::new(b"%H:%M")?.items),
                b'F' => items.extend(Format::new(b"%Y-%m-%d")?.items),
                b'D' => items.extend(Format::new(b"%m/%d/%y")?.items),
                b'h' => items.push(Item::Field(b'b', padded)),
                _ if b"YyGmdejHIMSfpaAbBuwUWVzZs".contains(&letter) => items.push(Item::Field(letter, padded)),
                _ => return Err(format!("%{}", char::from(letter).escape_default())),
            }
        }
        Ok(Format { items })
    }

    /// A specifier that can be written and not read: a week, a weekday's number.
    pub fn unreadable(&self) -> Option<String> {
        self.items.iter().find_map(|item| match item {
            Item::Field(letter @ (b'G' | b'u' | b'w' | b'U' | b'W' | b'V'), _) => {
                Some(format!("%{}", char::from(*letter)))
            }
            _ => None,
        })
    }

    /// The instant that `text` spells, in the zone where it names no offset.
    pub fn read(&self, text: &[u8]) -> Option<i64> {
        let mut found = Found::default();
        let mut rest = text;
        for item in &self.items {
            match item {
                Item::Bytes(bytes) => rest = rest.strip_prefix(&bytes[..])?,
                Item::Field(letter, _) => found.take(*letter, &mut rest)?,
            }
        }
        if rest.is_empty() { found.instant() } else { None }
    }

    /// Appends `timestamp` as the zone's clocks and calendars show it.
    pub fn write(&self, timestamp: i64, out: &mut Vec<u8>) {
        let local = zone::local(timestamp);
        let date = super::day_number_of(local);
        let in_day = local.rem_euclid(DAY);
        for item in &self.items {
            match item {
                Item::Bytes(bytes) => out.extend_from_slice(bytes),
                Item::Field(letter, padded) => write_field((*letter, *padded), timestamp, date, in_day, out),
            }
        }
    }
}

fn push_bytes(items: &mut Vec<Item>, more: &[u8]) {
    match items.last_mut() {
        Some(Item::Bytes(bytes)) => bytes.extend_from_slice(more),
        _ => items.push(Item::Bytes(more.to_vec())),
    }
}

fn write_field((letter, padded): (u8, bool), timestamp: i64, date: i32, in_day: i64, out: &mut Vec<u8>) {
    let part = |part| date_part(part, date);
    let sunday_weeks = |first: i64| (part(Part::DayOfYear) + 6 - (part(Part::DayOfWeek) + 7 - first) % 7) / 7;
    let hour = in_day / 3_600_000_000;
    let (number, width) = match letter {
        b'Y' => {
            let mut text = Vec::new();
            write_date(date, &mut text);
            return out.extend_from_slice(&text[..text.len() - "-MM-DD".len()]);
        }
        b'G' => (part(Part::IsoYear), 4),
        b'y' => (part(Part::Year).rem_euclid(100), 2),
        b'm' => (part(Part::Month), 2),
        b'd' => (part(Part::Day), 2),
        b'e' => return out.extend_from_slice(format!("{:>2}", part(Part::Day)).as_bytes()),
        b'j' => (part(Part::DayOfYear), 3),
        b'u' => (part(Part::IsoDayOfWeek), 1),
        b'w' => (part(Part::DayOfWeek), 1),
        b'U' => (sunday_weeks(0), 2),
        b'W' => (sunday_weeks(1), 2),
        b'V' => (part(Part::Week), 2),
        b'H' => (hour, 2),
        b'I' => ((hour + 11) % 12 + 1, 2),
        b'M' => (in_day / 60_000_000 % 60, 2),
        b'S' => (in_day / 1_000_000 % 60, 2),
        b'f' => (in_day % 1_000_000, 6),
        b's' => (timestamp.div_euclid(1_000_000), 1),
        b'z' => return write_offset(zone::offset(timestamp), b"", out),
        b'Z' if zone::is_utc() => return out.extend_from_slice(b"UTC"),
        b'Z' => return write_offset(zone::offset(timestamp), b":", out),
        b'p' => return out.extend_from_slice(if hour < 12 { b"AM" } else { b"PM" }),
        b'a' => return out.extend_from_slice(&name(&DAYS, part(Part::DayOfWeek)).as_bytes()[..3]),
        b'A' => return out.extend_from_slice(name(&DAYS, part(Part::DayOfWeek)).as_bytes()),
        b'b' => return out.extend_from_slice(&name(&MONTHS, part(Part::Month) - 1).as_bytes()[..3]),
        _ => return out.extend_from_slice(name(&MONTHS, part(Part::Month) - 1).as_bytes()),
    };
    let width = if padded { width } else { 1 };
    out.extend_from_slice(format!("{number:0width$}").as_bytes());
}

fn name(names: &'static [&'static str], number: i64) -> &'static str {
    usize::try_from(number).ok().and_then(|number| names.get(number)).copied().unwrap_or_default()
}

/// Appends `±HH:MM`, with `between` for the colon; and `:SS` where an offset of long ago has seconds.
pub(super) fn write_offset(offset: i64, between: &[u8], out: &mut Vec<u8>) {
    let seconds = i32::try_from(offset / 1_000_000).unwrap_or(0);
    out.push(if seconds < 0 { b'-' } else { b'+' });
    let seconds = seconds.abs();
    two(seconds / 3600, out);
    out.extend_from_slice(between);
    two(seconds / 60 % 60, out);
    if seconds % 60 != 0 {
        out.extend_from_slice(between);
        two(seconds % 60, out);
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Found {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    weekday: Option<i64>,
    hour: Option<i64>,
    hour_of_12: Option<i64>,
    is_afternoon: Option<bool>,
    minute: i64,
    second: i64,
    micros: i64,
    offset: Option<i64>,
    epoch: Option<i64>,
}

impl Found {
    fn take(&mut self, letter: u8, rest: &mut &[u8]) -> Option<()> {
        let within = |n: i64, least: i64, most: i64| (least..=most).contains(&n).then_some(n);
        match letter {
            b'Y' => self.year = Some(digits(rest, 4, 4)?),
            b'y' => {
                let year = digits(rest, 2, 2)?;
                self.year = Some(year + if year < 69 { 2000 } else { 1900 });
            }
            b'm' => self.month = Some(within(digits(rest, 1, 2)?, 1, 12)?),
            b'd' => self.day = Some(within(digits(rest, 1, 2)?, 1, 31)?),
            b'e' => {
                *rest = rest.strip_prefix(b" ").unwrap_or(rest);
                self.day = Some(within(digits(rest, 1, 2)?, 1, 31)?);
            }
            b'j' => self.day_of_year = Some(within(digits(rest, 1, 3)?, 1, 366)?),
            b'H' => self.hour = Some(within(digits(rest, 1, 2)?, 0, 23)?),
            b'I' => self.hour_of_12 = Some(within(digits(rest, 1, 2)?, 1, 12)?),
            b'M' => self.minute = within(digits(rest, 1, 2)?, 0, 59)?,
            b'S' => self.second = within(digits(rest, 1, 2)?, 0, 59)?,
            b'f' => {
                let n = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let fraction = digits(rest, 1, 9)?;
                let n = i32::try_from(n.min(9)).ok()?;
                self.micros = if n <= 6 {
                    fraction * 10i64.pow((6 - n).unsigned_abs())
                } else {
                    fraction / 10i64.pow((n - 6).unsigned_abs())
                };
            }
            b's' => self.epoch = Some(digits(rest, 1, 12)?),
            b'p' => {
                let word = rest.get(..2)?.to_ascii_uppercase();
                self.is_afternoon = Some(match &word[..] {
                    b"AM" => false,
                    b"PM" => true,
                    _ => return None,
                });
                *rest = &rest[2..];
            }
            b'a' | b'A' => self.weekday = Some(named(&DAYS, rest)?),
            b'b' | b'B' => self.month = Some(named(&MONTHS, rest)? + 1),
            b'z' => self.offset = Some(read_offset(rest)?),
            b'Z' => {
                let n = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let utc = [&b"UTC"[..], b"GMT", b"Z"].iter().any(|name| name.eq_ignore_ascii_case(&rest[..n]));
                *rest = &rest[n..];
                self.offset = utc.then_some(Some(0))?;
            }
            _ => return None,
        }
        Some(())
    }

    fn instant(&self) -> Option<i64> {
        if let Some(epoch) = self.epoch {
            return epoch.checked_mul(1_000_000)?.checked_add(self.micros);
        }
        let year = i32::try_from(self.year.unwrap_or(1900)).ok()?;
        let date = match self.day_of_year {
            Some(number) => {
                let date = days(year, 1, 1) + i32::try_from(number).ok()? - 1;
                (date < days(year + 1, 1, 1)).then_some(date)?
            }
            None => {
                let month = i32::try_from(self.month.unwrap_or(1)).ok()?;
                let day = i32::try_from(self.day.unwrap_or(1)).ok()?;
                (day <= days_in_month(year, month)).then(|| days(year, month, day))?
            }
        };
        if self.weekday.is_some_and(|weekday| weekday != date_part(Part::DayOfWeek, date)) {
            return None;
        }
        let hour = match (self.hour, self.hour_of_12) {
            (Some(hour), _) => hour,
            (None, Some(hour)) => hour % 12 + if self.is_afternoon == Some(true) { 12 } else { 0 },
            (None, None) => 0,
        };
        let local = i64::from(date) * DAY + (hour * 3600 + self.minute * 60 + self.second) * 1_000_000 + self.micros;
        Some(match self.offset {
            Some(offset) => local - offset,
            None => zone::instant(local),
        })
    }
}

/// The number of `least` to `most` digits at the start of `rest`.
fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let n = rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(n);
    *rest = after;
    (n >= least).then(|| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// The place of the name, whole or its first three letters, at the start of `rest`.
fn named(names: &[&str], rest: &mut &[u8]) -> Option<i64> {
    let n = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &rest[..n];
    let is =
        |name: &&str| name.as_bytes().eq_ignore_ascii_case(word) || name.as_bytes()[..3].eq_ignore_ascii_case(word);
    let place = names.iter().position(is)?;
    *rest = &rest[n..];
    i64::try_from(place).ok()
}

/// `Z`, `±HH`, `±HHMM`, `±HH:MM` in microseconds.
fn read_offset(rest: &mut &[u8]) -> Option<i64> {
    if let Some(after) = rest.strip_prefix(b"Z").or_else(|| rest.strip_prefix(b"z")) {
        *rest = after;
        return Some(0);
    }
    let (sign, after) = rest.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    *rest = after;
    let hours = digits(rest, 2, 2)?;
    *rest = rest.strip_prefix(b":").unwrap_or(rest);
    let minutes = if rest.first().is_some_and(u8::is_ascii_digit) { digits(rest, 2, 2)? } else { 0 };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::time::{parse_timestamp, write_timestamp};
    use proptest::prelude::*;

    fn read(format: &str, text: &str) -> String {
        let mut out = Vec::new();
        match Format::new(format.as_bytes()).unwrap().read(text.as_bytes()) {
            Some(timestamp) => write_timestamp(timestamp, &mut out),
            None => out.extend_from_slice(b"none"),
        }
        String::from_utf8(out).unwrap()
    }

    fn written(format: &str, timestamp: &str) -> String {
        let mut out = Vec::new();
        Format::new(format.as_bytes()).unwrap().write(parse_timestamp(timestamp.as_bytes()).unwrap(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_are_read_padded_and_unpadded() {
        for (format, text, expected) in [
            ("%m/%d/%Y %I:%M:%S %p", "02/29/2024 01:02:03 PM", "2024-02-29T13:02:03Z"),
            ("%m/%d/%Y %I:%M:%S %p", "2/9/2024 1:2:3 am", "2024-02-09T01:02:03Z"),
            ("%m/%d/%Y %I:%M:%S %p", "12/31/2024 12:00:00 AM", "2024-12-31T00:00:00Z"),
            ("%m/%d/%Y %I:%M:%S %p", "12/31/2024 12:00:00 PM", "2024-12-31T12:00:00Z"),
            ("%m/%d/%Y %I:%M:%S %p", "13/31/2024 12:00:00 PM", "none"),
            ("%m/%d/%Y %I:%M:%S %p", "02/30/2024 12:00:00 PM", "none"),
            ("%m/%d/%Y %I:%M:%S %p", "02/28/2024 13:00:00 PM", "none"),
            ("%m/%d/%Y %I:%M:%S %p", "02/28/2024 12:00:00 PM ", "none"),
            ("%m/%d/%Y", "2/9/24", "none"),
            ("%d.%m.%y", "29.02.24", "2024-02-29T00:00:00Z"),
            ("%d %B %Y", "29 february 2024", "2024-02-29T00:00:00Z"),
            ("%a, %d %b %Y %T %z", "Thu, 29 Feb 2024 13:12:25 +0530", "2024-02-29T07:42:25Z"),
            ("%a %d %b %Y", "Fri 29 Feb 2024", "none"),
            ("%F %H:%M:%S.%f", "2024-02-29 01:02:03.25", "2024-02-29T01:02:03.25Z"),
            ("%F %H:%M:%S.%f", "2024-02-29 01:02:03.123456789", "2024-02-29T01:02:03.123456Z"),
            ("%Y%j", "2024060", "2024-02-29T00:00:00Z"),
            ("%Y%j", "2023366", "none"),
            ("%s", "1709212345", "2024-02-29T13:12:25Z"),
            ("%Y-%m", "2024-02", "2024-02-01T00:00:00Z"),
            ("%H:%M %Z", "13:12 gmt", "1900-01-01T13:12:00Z"),
            ("100%% %Y", "100% 2024", "2024-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(format, text), expected, "{format} {text}");
        }
    }

    #[test]
    fn every_specifier_is_written() {
        let t = "2021-01-03T01:02:03.5Z"; // a Sunday: week 53 of 2020 by ISO, week 1 from Sunday, 0 from Monday
        for (format, expected) in [
            ("%Y-%m-%d %H:%M:%S.%f", "2021-01-03 01:02:03.500000"),
            ("%-d/%-m/%y %-I %p", "3/1/21 1 AM"),
            ("%G-W%V-%u", "2020-W53-7"),
            ("%U %W %w %j", "01 00 0 003"),
            ("%a %A %b %B", "Sun Sunday Jan January"),
            ("%e|%s|%z|%Z|%%", " 3|1609635723|+0000|UTC|%"),
            ("%T %R %F %D", "01:02:03 01:02 2021-01-03 01/03/21"),
        ] {
            assert_eq!(written(format, t), expected, "{format}");
        }
        assert_eq!(Format::new(b"%Y %Q"), Err("%Q".to_owned()));
        assert_eq!(Format::new(b"%"), Err("%".to_owned()));
        assert_eq!(Format::new(b"%Y_%W").unwrap().unreadable(), Some("%W".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(micros in -62_135_596_800_000_000i64..253_402_300_799_000_000) {
            let format = Format::new(b"%A %-d %B %Y, %I:%M:%S.%f %p %z").unwrap();
            let mut text = Vec::new();
            format.write(micros, &mut text);
            prop_assert_eq!(format.read(&text), Some(micros), "{}", String::from_utf8_lossy(&text));
        }

        #[test]
        fn no_text_panics(format in "(%[a-zA-Z-]|[ -~]){0,8}", text in any::<Vec<u8>>()) {
            if let Ok(format) = Format::new(format.as_bytes()) {
                format.read(&text);
            }
        }

        #[test]
        fn weeks_and_days_are_those_of_jiff(day in -700_000i32..2_900_000) {
            let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            prop_assume!(date.year() >= 1);
            let format = "%U %W %V %G %j %u %w %a %b";
            let mut text = Vec::new();
            Format::new(format.as_bytes()).unwrap().write(i64::from(day) * DAY, &mut text);
            let expected = jiff::fmt::strtime::format(format, date).unwrap();
            prop_assert_eq!(String::from_utf8(text).unwrap(), expected);
        }
    }
}
