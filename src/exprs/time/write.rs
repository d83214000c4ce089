//! A day or an instant in, its ISO 8601 text out.

use super::format::write_offset;
use super::{DAY, civil, day_number_of, zone};

/// Appends `YYYY-MM-DD`.
pub fn write_date(date: i32, out: &mut Vec<u8>) {
    let (year, month, day) = civil(date);
    if (0..=9999).contains(&year) {
        two(year / 100, out);
        two(year % 100, out);
    } else {
        // ISO 8601 and jiff: years of other lengths have a sign and six digits.
        out.push(if year < 0 { b'-' } else { b'+' });
        let year = year.saturating_abs();
        two(year / 10_000, out);
        two(year / 100 % 100, out);
        two(year % 100, out);
    }
    out.push(b'-');
    two(month, out);
    out.push(b'-');
    two(day, out);
}

/// Appends `YYYY-MM-DDTHH:MM:SS[.ffffff]` and `Z` or the zone's offset, the fraction without trailing zeros.
pub fn write_timestamp(timestamp: i64, out: &mut Vec<u8>) {
    let offset = zone::offset(timestamp);
    write_clock(timestamp + offset, out);
    match zone::is_utc() {
        true => out.push(b'Z'),
        false => write_offset(offset, b":", out),
    }
}

/// Appends `YYYY-MM-DDTHH:MM:SS[.ffffff]`, as clocks show it that are at `local`: without `Z`, such texts order as instants do.
pub fn write_clock(local: i64, out: &mut Vec<u8>) {
    write_date(day_number_of(local), out);
    let micros = local.rem_euclid(DAY);
    let seconds = i32::try_from(micros / 1_000_000).unwrap_or(0);
    for (mark, n) in [(b'T', seconds / 3600), (b':', seconds / 60 % 60), (b':', seconds % 60)] {
        out.push(mark);
        two(n, out);
    }
    let mut fraction = i32::try_from(micros % 1_000_000).unwrap_or(0);
    if fraction != 0 {
        out.push(b'.');
        while fraction != 0 {
            out.push(digit(fraction / 100_000));
            fraction = fraction % 100_000 * 10;
        }
    }
}

pub(super) fn two(n: i32, out: &mut Vec<u8>) {
    out.extend_from_slice(&[digit(n / 10 % 10), digit(n % 10)]);
}

fn digit(n: i32) -> u8 {
    b"0123456789"[usize::try_from(n % 10).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::time::{parse_date, parse_timestamp};
    use proptest::prelude::*;

    #[test]
    fn fractions_lose_their_trailing_zeros_and_only_those() {
        for (timestamp, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_500_000, "1970-01-01T00:00:01.5Z"),
            (1_000_010, "1970-01-01T00:00:01.00001Z"),
        ] {
            let mut out = Vec::new();
            write_timestamp(timestamp, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    proptest! {
        #[test]
        fn any_instant_reads_back_what_it_prints(timestamp in -377_000_000_000_000_000i64..253_000_000_000_000_000) {
            let mut out = Vec::new();
            write_timestamp(timestamp, &mut out);
            prop_assert_eq!(parse_timestamp(&out), Some(timestamp), "{:?}", String::from_utf8(out));
        }

        #[test]
        fn any_day_reads_back_what_it_prints(date in -4_371_000i32..2_932_000) {
            let mut out = Vec::new();
            write_date(date, &mut out);
            prop_assert_eq!(parse_date(&out), Some(date), "{:?}", String::from_utf8(out));
        }
    }
}
