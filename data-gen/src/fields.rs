//! Values in, the bytes of CSV fields appended.
//!
//! Numbers are written without `format!`, which at three million rows a second would be most of the work.

/// Makes the bytes from `start` on one field: in quotes, inner quotes doubled, if they hold a quote, CR, LF or `delimiter`; else as is.
///
/// This is RFC 4180's rule, and the least that it asks for. Where nothing needs quotes, nothing moves.
pub(crate) fn enclose(out: &mut Vec<u8>, start: usize, delimiter: u8) {
    // Without a way out of the loop it runs 16 bytes or more at a time.
    let special = |byte: u8| (byte == b'"') | (byte == b'\n') | (byte == b'\r') | (byte == delimiter);
    if !out[start..].iter().fold(false, |any, &byte| any | special(byte)) {
        return;
    }
    let quotes = out[start..].iter().filter(|&&byte| byte == b'"').count();
    let end = out.len();
    out.resize(end + quotes + 2, b'"');
    if quotes == 0 {
        out.copy_within(start..end, start + 1);
    } else {
        let mut to = out.len() - 1;
        for from in (start..end).rev() {
            to -= 1;
            out[to] = out[from];
            if out[from] == b'"' {
                to -= 1;
                out[to] = b'"';
            }
        }
    }
    out[start] = b'"';
}

/// `n` in decimal.
#[inline]
pub(crate) fn integer(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    while n >= 100 {
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[(n % 100) as usize]);
        n /= 100;
    }
    at -= 2;
    digits[at..at + 2].copy_from_slice(&PAIRS[(n % 100) as usize]);
    if n < 10 {
        at += 1;
    }
    out.extend_from_slice(&digits[at..]);
}

/// `n` in decimal, with zeros in front up to `WIDTH` digits; the lower `WIDTH` digits if it has more.
#[inline]
pub(crate) fn padded<const WIDTH: usize>(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(n % 10) as usize];
        n /= 10;
    }
    out.extend_from_slice(&digits);
}

/// A number below 100 as two digits.
#[inline]
pub(crate) fn pair(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&PAIRS[n as usize]);
}

const DIGITS: [u8; 10] = *b"0123456789";

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = [DIGITS[n / 10], DIGITS[n % 10]];
        n += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_where_they_must_be() {
        for (raw, field) in [
            ("", ""),
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("a\nb", "\"a\nb\""),
            ("a\rb", "\"a\rb\""),
            ("a\"b", "\"a\"\"b\""),
            ("\"", "\"\"\"\""),
            ("\"\"", "\"\"\"\"\"\""),
            ("a~b", "a~b"),
        ] {
            let mut out = b"before".to_vec();
            out.extend_from_slice(raw.as_bytes());
            enclose(&mut out, 6, b',');
            assert_eq!(String::from_utf8(out).unwrap(), format!("before{field}"));
        }
    }

    #[test]
    fn numbers_are_written_as_format_writes_them() {
        for n in [0, 9, 10, 99, 100, 101, 12_345, 1_000_000, u64::MAX] {
            let mut out = Vec::new();
            integer(&mut out, n);
            assert_eq!(String::from_utf8(out).unwrap(), n.to_string());
        }
        let mut out = Vec::new();
        padded::<4>(&mut out, 7);
        pair(&mut out, 42);
        assert_eq!(out, b"000742");
    }
}
