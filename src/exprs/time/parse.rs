//! Text in, a day or an instant out: ISO 8601 with `T` or a blank, a fraction, an offset.
//!
//! A time without offset is the zone's (UTC, or `--tz`). What a fraction has beyond microseconds is cut off. A date may be spelt
//! by an instant: its day in the zone. An instant may be spelt by a date: its midnight in the zone.
//!
//! `YYYY-MM-DD` and `YYYY-MM-DD[T ]HH:MM:SS[.fraction][Z|±HH:MM|±HHMM]` are read by hand, eight digits at once; every other
//! form of ISO 8601 and RFC 3339 is jiff's to read (`20240229T1200Z`, a comma before the fraction, `+00`, years of six digits).

use jiff::fmt::temporal::Pieces;

use super::{DAY, day_of, days, days_in_month, midnight, zone};
use crate::exprs::number::eight_digits;

/// The day that `text` spells, also as an instant.
#[inline]
pub fn parse_date(text: &[u8]) -> Option<i32> {
    if let Some(day) = ten_bytes(text)
        && (text.len() == 10 || is_within_its_day(&text[10..]))
    {
        return Some(day);
    }
    parse_timestamp(text).map(day_of)
}

/// Whether `time`, which follows a date, is a usual one in UTC while the zone is UTC: then the date is the instant's day.
#[inline]
fn is_within_its_day(time: &[u8]) -> bool {
    let Some((b'T' | b' ' | b't', time)) = time.split_first() else { return false };
    let Some((hours, offset)) = time.split_first_chunk() else { return false };
    matches!(offset, [] | [b'Z' | b'z'] | b"+00:00") && clock(*hours).is_some() && zone::is_utc()
}

/// The day that `text` spells by itself, without a time: what tells a date from a timestamp.
pub fn parse_plain_date(text: &[u8]) -> Option<i32> {
    match ten_bytes(text) {
        Some(day) if text.len() == 10 => Some(day),
        _ => {
            let pieces = Pieces::parse(text).ok()?;
            (pieces.time().is_none() && pieces.offset().is_none()).then(|| day_number(pieces.date()))
        }
    }
}

/// The instant that `text` spells, also as a date.
#[inline]
pub fn parse_timestamp(text: &[u8]) -> Option<i64> {
    usual_timestamp(text).or_else(|| any_timestamp(text))
}

/// `YYYY-MM-DD` at the front of `text`.
#[inline]
fn ten_bytes(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.first_chunk()?;
    let first = u64::from_le_bytes(*text.first_chunk()?);
    let last = u64::from_le_bytes(*text.last_chunk()?);
    if first & 0xFF00_00FF_0000_0000 != 0x2D00_002D_0000_0000 {
        return None;
    }
    let word = (first & 0xFFFF_FFFF) | (first >> 40 & 0xFFFF) << 32 | (last >> 48) << 48;
    let number = eight_digits(word)?;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let (year, month, day) = (year.cast_signed(), month.cast_signed(), day.cast_signed());
    let exists = (1..=12).contains(&month) && day >= 1 && (day <= 28 || day <= days_in_month(year, month));
    exists.then(|| days(year, month, day))
}

/// `HH:MM:SS` in seconds.
#[inline]
fn clock(text: [u8; 8]) -> Option<i64> {
    let word = u64::from_le_bytes(text);
    if word & 0x0000_FF00_00FF_0000 != 0x0000_3A00_003A_0000 {
        return None;
    }
    // Two zeros, then the digits of hour, minute, second.
    let digits = 0x3030 | (word & 0xFFFF) << 16 | (word >> 24 & 0xFFFF) << 32 | (word >> 48) << 48;
    let number = eight_digits(digits)?;
    let (hour, minute, second) = (number / 10_000, number / 100 % 100, number % 100);
    (hour < 24 && minute < 60 && second < 60).then(|| i64::from(hour * 3600 + minute * 60 + second))
}

#[inline]
fn usual_timestamp(text: &[u8]) -> Option<i64> {
    let date = ten_bytes(text)?;
    let Some((b'T' | b' ' | b't', time)) = text[10..].split_first() else {
        return (text.len() == 10).then(|| midnight(date));
    };
    let seconds = clock(*time.first_chunk()?)?;
    let mut rest = &time[8..];
    let mut micros = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let n = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=9).contains(&n) {
            return None;
        }
        let digit = |place: usize| if place < n { i64::from(fraction[place] - b'0') } else { 0 };
        micros = (0..6).fold(0, |micros, place| micros * 10 + digit(place));
        rest = &fraction[n..];
    }
    let local = i64::from(date) * DAY + seconds * 1_000_000 + micros;
    Some(if rest.is_empty() { zone::instant(local) } else { local - offset(rest)? * 1_000_000 })
}

/// An offset from UTC in seconds: `Z`, `±HH:MM`, `±HHMM`.
#[inline]
fn offset(text: &[u8]) -> Option<i64> {
    let (sign, [a, b, c, d]) = match text {
        [b'Z' | b'z'] | b"+00:00" => return Some(0),
        [sign @ (b'+' | b'-'), a, b, b':', c, d] | [sign @ (b'+' | b'-'), a, b, c, d] => (sign, [*a, *b, *c, *d]),
        _ => return None,
    };
    let digits = u64::from_le_bytes([b'0', b'0', b'0', b'0', a, b, c, d]);
    let number = eight_digits(digits)?;
    let (hours, minutes) = (number / 100, number % 100);
    let seconds = i64::from(hours * 3600 + minutes * 60);
    (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -seconds } else { seconds })
}

#[cold]
fn any_timestamp(text: &[u8]) -> Option<i64> {
    // The shortest form there is has eight bytes, and prose is told from a date by its first byte.
    if text.len() < 8 || !matches!(text[0], b'0'..=b'9' | b'-' | b'+') {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let offset = match (pieces.to_numeric_offset(), pieces.time_zone_annotation()) {
        (Some(offset), _) => Some(i64::from(offset.seconds())),
        (None, None) => None,
        // A place whose time zone rules we do not carry.
        (None, Some(_)) => return None,
    };
    let nanos = pieces.time().map_or(0, |time| {
        let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())
    });
    let local = i64::from(day_number(pieces.date())) * DAY + nanos / 1000;
    let timestamp = offset.map_or_else(|| zone::instant(local), |offset| local - offset * 1_000_000);
    debug_assert!(timestamp.abs() < 5_000_000 * DAY);
    Some(timestamp)
}

fn day_number(date: jiff::civil::Date) -> i32 {
    days(date.year().into(), date.month().into(), date.day().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const T: i64 = 1_709_212_345_000_000; // 2024-02-29T13:12:25Z

    #[test]
    fn an_instant_is_read_in_all_its_usual_forms() {
        for (text, expected) in [
            ("2024-02-29T13:12:25Z", T),
            ("2024-02-29T13:12:25", T),
            ("2024-02-29 13:12:25", T),
            ("2024-02-29 13:12:25z", T),
            ("2024-02-29t13:12:25+00:00", T),
            ("2024-02-29T18:42:25+05:30", T),
            ("2024-02-29T18:42:25+0530", T),
            ("2024-02-29T05:12:25-08", T),
            ("2024-02-29T13:12:25.5Z", T + 500_000),
            ("2024-02-29T13:12:25.123456789Z", T + 123_456),
            ("2024-02-29T13:12:25,25", T + 250_000),
            ("20240229T131225Z", T),
            ("2024-02-29T13:12Z", T - 25_000_000),
            ("2024-02-29T09:12:25-04:00[America/New_York]", T),
            ("2024-02-29", midnight(19_782)),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("+002024-02-29T13:12:25Z", T),
        ] {
            assert_eq!(parse_timestamp(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for text in [
            "",
            "2024",
            "2024-02",
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-01-32",
            "2024-02-29T",
            "2024-02-29T25:00:00",
            "2024-02-29T13:60:00",
            "2024-02-29 13:12:25 Z",
            "2024-02-29T13:12:25+2:00",
            "2024-02-29T13:12:25.Z",
            "29.02.2024",
            "02/29/2024",
            "yesterday",
            "2024-02-29x",
            "2024-02-29T13:12:25[America/New_York]",
        ] {
            assert_eq!(parse_timestamp(text.as_bytes()), None, "{text}");
            assert_eq!(parse_date(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_day_of_an_instant_is_its_day_in_utc() {
        for (text, day) in
            [("2024-02-29", 19_782), ("2024-02-29T23:59:59-00:01", 19_783), ("2024-03-01T00:30:00+01:00", 19_782)]
        {
            assert_eq!(parse_date(text.as_bytes()), Some(day), "{text}");
        }
        assert_eq!(parse_plain_date(b"2024-02-29"), Some(19_782));
        assert_eq!(parse_plain_date(b"2024-02-29T00:00:00"), None);
    }

    proptest! {
        #[test]
        fn the_fast_way_reads_what_jiff_reads(
            micros in -62_135_596_800_000_000i64..253_402_300_799_000_000,
            offset in prop_oneof![3 => -1439i32..1440, 1 => Just(0)], separator in "[T ]", digits in 0usize..=9, colon in any::<bool>(),
        ) {
            let zone = jiff::tz::Offset::from_seconds(offset * 60).unwrap();
            let instant = jiff::Timestamp::from_microsecond(micros).unwrap();
            let civil = zone.to_datetime(instant);
            prop_assume!(civil.year() >= 1 && civil.year() <= 9999);
            let date = civil.date();
            let time = civil.time();
            let fraction = format!(".{:09}", time.subsec_nanosecond());
            let fraction = if digits == 0 { "" } else { &fraction[..=digits] };
            let text = format!("{date}{separator}{:02}:{:02}:{:02}{fraction}{}{:02}{}{:02}", time.hour(), time.minute(), time.second(),
                if offset < 0 { '-' } else { '+' }, offset.abs() / 60, if colon { ":" } else { "" }, offset.abs() % 60);
            let found = usual_timestamp(text.as_bytes());
            prop_assert!(found.is_some(), "{}", text);
            prop_assert_eq!(found, any_timestamp(text.as_bytes()), "{}", text);
            prop_assert_eq!(parse_date(text.as_bytes()), found.map(day_of), "{}", text);
            for end in ["", "Z", "+00:00", "+0000", "Zx", "+01:00"] {
                let text = format!("{}{end}", &text[..19]);
                prop_assert_eq!(parse_date(text.as_bytes()), parse_timestamp(text.as_bytes()).map(day_of), "{}", text);
            }
        }
    }
}
