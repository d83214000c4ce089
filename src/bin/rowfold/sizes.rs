//! A size as it is typed in, bytes out.

/// Bytes of `text`, at least one.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    match bytes_or_none(text)? {
        0 => Err("a size is at least one byte".to_owned()),
        bytes => Ok(bytes),
    }
}

/// Bytes of `text`: a number, then nothing or `K`, `M`, `G`, `T` (powers of 1000) or `Ki…Ti`, `KiB…TiB` (powers of 1024).
pub(crate) fn bytes_or_none(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit {
        "" | "B" => 1,
        "K" | "KB" => 1000,
        "M" | "MB" => 1000_u64.pow(2),
        "G" | "GB" => 1000_u64.pow(3),
        "T" | "TB" => 1000_u64.pow(4),
        "Ki" | "KiB" => 1 << 10,
        "Mi" | "MiB" => 1 << 20,
        "Gi" | "GiB" => 1 << 30,
        "Ti" | "TiB" => 1 << 40,
        _ => return Err("sizes are like 64M (64 × 10⁶ bytes), 64MiB (64 × 2²⁰) or 64000000".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "a size begins with a whole number: 64M, 64MiB".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "more bytes than 64 bits can count".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{bytes, bytes_or_none};

    #[test]
    fn decimal_and_binary_units_are_told_apart() {
        for (text, expected) in [
            ("64M", 64_000_000),
            ("64MB", 64_000_000),
            ("64MiB", 64 << 20),
            ("64Mi", 64 << 20),
            ("1000", 1000),
            ("3K", 3000),
            ("2G", 2_000_000_000),
            ("1TiB", 1 << 40),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "M", "64m", "1.5G", "-1", "0", "0M", "64 M", "20000000T", "99999999999999999999"] {
            assert!(bytes(text).is_err(), "{text}");
        }
        assert_eq!(bytes_or_none("0"), Ok(0));
    }
}
