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
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
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
    with_digits(mantissa.unsigned_abs(), |digits| {
        let scale = usize::from(scale);
        // At least one digit stands before the point.
        let Some(n_whole) = digits.len().checked_sub(scale).filter(|n| *n > 0) else {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + scale - digits.len(), b'0');
            return out.extend_from_slice(digits);
        };
        out.extend_from_slice(&digits[..n_whole]);
        if scale > 0 {
            out.push(b'.');
            out.extend_from_slice(&digits[n_whole..]);
        }
    });
}

/// Calls `with` with the digits of `n`.
#[inline]
pub(in crate::exprs) fn with_digits<R>(n: u128, with: impl FnOnce(&[u8]) -> R) -> R {
    let mut buffer = itoa::Buffer::new();
    // One word is divided faster than two.
    with(
        match u64::try_from(n) {
            Ok(n) => buffer.format(n),
            Err(_) => buffer.format(n),
        }
        .as_bytes(),
    )
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
