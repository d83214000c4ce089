//! How much to make: rows or bytes, from which seed, on how many threads.

use clap::Args;

use crate::blocks::{self, Rows};

/// What every generator of rows is told.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Extent {
    /// Rows to write, such as 1000000 or 12M
    #[arg(long, value_name = "N", value_parser = quantity, required_unless_present = "size", conflicts_with = "size")]
    rows: Option<u64>,
    /// Bytes to write, about: 200MB, 2.3GB, 64MiB
    #[arg(long, value_name = "BYTES", value_parser = quantity)]
    size: Option<u64>,
    /// The same seed makes the same bytes, on any machine
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Threads; they do not change the bytes [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Extent {
    /// How many rows of this kind to write.
    pub(crate) fn rows<R: Rows>(&self, rows: &R) -> u64 {
        match (self.rows, self.size) {
            (Some(n_rows), _) => n_rows,
            (None, Some(bytes)) => blocks::rows_for(rows, bytes, self.seed),
            (None, None) => 0,
        }
    }

    /// How many rows were asked for; if it was a size, how many bytes.
    pub(crate) fn asked_rows(&self) -> Result<u64, u64> {
        self.rows.ok_or(self.size.unwrap_or(0))
    }

    /// On how many threads.
    pub(crate) fn threads(&self) -> usize {
        match self.threads {
            Some(n) => usize::from(n),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// `12M`, `2.3GB`, `64MiB`, `1_000`: a number, perhaps with a fraction, then perhaps a unit of 10³ or 2¹⁰.
fn quantity(text: &str) -> Result<u64, String> {
    let wrong = || "a number such as 1000000, 12M, 2.3GB or 64MiB".to_owned();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit = unit.to_ascii_lowercase();
    let power = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return Err(wrong()),
    };
    let factor: u128 = if unit.contains('i') { 1024 } else { 1000_u128 }.pow(power);
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).map_err(|_| wrong())?).ok_or_else(wrong)?;
    let exact = digits.checked_mul(factor).ok_or_else(wrong)? / scale;
    u64::try_from(exact).map_err(|_| wrong())
}

/// One ASCII character that no id, name or date holds; `\t` is understood.
pub(crate) fn delimiter(text: &str) -> Result<u8, String> {
    match if text == "\\t" { b"\t" } else { text.as_bytes() } {
        &[byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"_-:+\"\r\n".contains(&byte) => Ok(byte),
        _ => Err("one ASCII character that is no letter, digit, quote or line end, and none of _ - : +".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1_000", Some(1000)),
            ("12M", Some(12_000_000)),
            ("2.3GB", Some(2_300_000_000)),
            ("2.3gb", Some(2_300_000_000)),
            ("64MiB", Some(67_108_864)),
            ("64Mi", Some(67_108_864)),
            ("1.5K", Some(1500)),
            ("", None),
            ("GB", None),
            ("-1", None),
            ("1.2.3", None),
            ("5 apples", None),
            ("99999999999999999999T", None),
        ] {
            assert_eq!(quantity(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn a_delimiter_is_one_character_that_no_plain_field_holds() {
        for (text, expected) in [
            (",", Some(b',')),
            ("\\t", Some(b'\t')),
            ("~", Some(b'~')),
            ("a", None),
            ("", None),
            (",,", None),
            ("é", None),
        ] {
            assert_eq!(delimiter(text).ok(), expected, "{text}");
        }
    }
}
