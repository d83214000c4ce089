//! How many arguments a function takes, and which of them have to be known before a byte is read.

use crate::error::quoted;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

/// Exactly `N` arguments.
pub(crate) fn required<const N: usize>(args: Vec<Typed>, signature: &str) -> Result<[Typed; N], Misuse> {
    args.try_into().map_err(|_| arity(signature, &plural(&N.to_string(), N)))
}

/// `N` arguments and perhaps one more.
pub(in crate::exprs) fn optional<const N: usize>(
    mut args: Vec<Typed>,
    signature: &str,
) -> Result<([Typed; N], Option<Typed>), Misuse> {
    let last = if args.len() > N { args.pop() } else { None };
    let args = args.try_into().map_err(|_| arity(signature, &plural(&format!("{N} or {}", N + 1), N + 1)))?;
    Ok((args, last))
}

/// One argument or more.
pub(in crate::exprs) fn some(args: Vec<Typed>, signature: &str) -> Result<Vec<Typed>, Misuse> {
    if args.is_empty() { Err(arity(signature, "1 argument or more")) } else { Ok(args) }
}

/// `least` to `most` arguments.
pub(in crate::exprs) fn between(
    args: Vec<Typed>,
    least: usize,
    most: usize,
    signature: &str,
) -> Result<Vec<Typed>, Misuse> {
    let count = match most - least {
        0 => plural(&most.to_string(), most),
        1 => plural(&format!("{least} or {most}"), most),
        _ => plural(&format!("{least} to {most}"), most),
    };
    if (least..=most).contains(&args.len()) { Ok(args) } else { Err(arity(signature, &count)) }
}

fn plural(count: &str, n: usize) -> String {
    format!("{count} argument{}", if n == 1 { "" } else { "s" })
}

fn arity(signature: &str, count: &str) -> Misuse {
    let name = signature.split('(').next().unwrap_or(signature);
    Misuse::new(format!("{name} takes {count}"), signature)
}

/// The bytes of a text that the question spells out; `what` says which argument it is.
pub(crate) fn constant_text<'t>(arg: &'t Typed, what: &str) -> Result<&'t [u8], Misuse> {
    arg.as_literal().ok_or_else(|| {
        let what = format!("{what} is {}, which differs by row", quoted(arg.text.as_bytes()));
        Misuse::new(what, "write it out as a text: '…'")
    })
}

/// A whole number that the question spells out; `what` says which argument it is.
pub(in crate::exprs) fn constant_whole(arg: Typed, what: &str) -> Result<i64, Misuse> {
    let text = arg.text.clone();
    let arg = operators::demand(arg, Type::Number)?;
    arg.as_constant()
        .and_then(whole)
        .ok_or_else(|| Misuse::new(format!("{what} is {}", quoted(text.as_bytes())), "write it out as a whole number"))
}

/// The whole number that `value` is.
pub(in crate::exprs) fn whole(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Short { mantissa, scale: 0 } => Some(mantissa),
        Value::Short { mantissa, scale } => {
            let decimal = crate::exprs::Decimal { mantissa: mantissa.into(), scale }.stripped();
            if decimal.scale == 0 { i64::try_from(decimal.mantissa).ok() } else { None }
        }
        _ => None,
    }
}
