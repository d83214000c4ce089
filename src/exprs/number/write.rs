//! A number in, its text out: decimals in full without superfluous zeros, reals as the shortest text that reads back.

use std::io::Write;

use super::Number;
use crate::exprs::value::Decimal;

/// Appends the text of `number`: `3`, `0.1`, `-9747747.934`; of a real always with a point or an exponent: `79.0`, `1e300`.
pub fn write(number: Number, out: &mut Vec<u8>) {
    match number {
        Number::Decimal(decimal) => write_decimal(decimal, out),
        // What `{:?}` of a real promises: the shortest digits that read back, a point or an exponent always.
        Number::Real(real) => {
            let real = if real == 0.0 { 0.0 } else { real };
            let _ = write!(out, "{real:?}");
        }
    }
}

/// Appends the digits of `n`.
#[inline]
pub fn write_integer(n: i64, out: &mut Vec<u8>) {
    if n < 0 {
        out.push(b'-');
    }
    let mut buffer = [0; 20];
    let start = digits(n.unsigned_abs(), &mut buffer);
    out.extend_from_slice(&buffer[start..]);
}

fn write_decimal(decimal: Decimal, out: &mut Vec<u8>) {
    let Decimal { mantissa, scale } = decimal.stripped();
    if scale == 0
        && let Ok(n) = i64::try_from(mantissa)
    {
        return write_integer(n, out);
    }
    if mantissa < 0 {
        out.push(b'-');
    }
    let mut buffer = [b'0'; 78];
    let mut start = wide_digits(mantissa.unsigned_abs(), &mut buffer);
    let point = buffer.len() - usize::from(scale);
    // What lies before `start` is zeros: at least one digit stands before the point.
    start = start.min(point - 1);
    out.extend_from_slice(&buffer[start..point]);
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(&buffer[point..]);
    }
}

/// The digits of `n` at the end of `buffer`; where they begin.
#[inline]
fn digits(mut n: u64, buffer: &mut [u8]) -> usize {
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            return start;
        }
    }
}

/// The digits of `n` at the end of `buffer`, of 39 bytes at least; where they begin.
#[inline]
pub(in crate::exprs) fn wide_digits(mut n: u128, buffer: &mut [u8]) -> usize {
    const STEP: u128 = 10u128.pow(19);
    let mut end = buffer.len();
    loop {
        let (more, rest) = if n < STEP { (0, n) } else { (n / STEP, n % STEP) };
        let rest = u64::try_from(rest).unwrap_or(0);
        n = more;
        let start = digits(rest, &mut buffer[..end]);
        if n == 0 {
            return start;
        }
        // Nineteen digits are eighteen divisions of one word; their leading zeros count.
        buffer[end - 19..start].fill(b'0');
        end -= 19;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_in_full_and_reals_print_shortest() {
        let decimal = |mantissa, scale| Number::Decimal(Decimal { mantissa, scale });
        for (number, text) in [
            (decimal(3, 0), "3"),
            (decimal(300, 2), "3"),
            (decimal(1, 1), "0.1"),
            (decimal(-1, 3), "-0.001"),
            (decimal(0, 5), "0"),
            (decimal(9_747_747_934, 3), "9747747.934"),
            (decimal(i128::from(i64::MIN), 0), "-9223372036854775808"),
            (decimal(1, 38), "0.00000000000000000000000000000000000001"),
            (decimal(-12_345_678_901_234_567_890_123, 2), "-123456789012345678901.23"),
            (Number::Real(79.0), "79.0"),
            (Number::Real(0.1), "0.1"),
            (Number::Real(1e300), "1e300"),
            (Number::Real(-0.0), "0.0"),
            (Number::Real(1.5e-9), "1.5e-9"),
        ] {
            let mut out = Vec::new();
            write(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
