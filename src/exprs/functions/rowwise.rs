//! Functions that are computed a row at a time: a plain function in, a scalar out, with SQL's way with NULL.
//!
//! For functions whose own work is far above that of a call through a pointer. Those in hot loops (`lower`, `replace`,
//! `date_trunc`, …) have a [`Scalar`] of their own.

use bumpalo::Bump;

use super::arguments::between;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

/// Computes one row: as many values as there are arguments, none of them NULL, each of its type.
pub(super) type Row = for<'a> fn(&[Value<'a>], &'a Bump) -> Result<Value<'a>, Why>;

/// Why a row has no value.
#[derive(Debug)]
pub(super) enum Why {
    /// The first argument has to be UTF-8, and is not.
    NoText,
    /// The sentence.
    Failed(String),
}

/// The most bytes of a text that a function makes longer at will (`repeat`, `lpad`): batches of them have to fit the budget.
pub(super) const MOST_BYTES: usize = 4096;

/// A call of `row` with `takes.len()` arguments of these types, the last of which may be missing from the `least`-th on.
pub(super) fn bind(
    args: Vec<Typed>,
    signature: &str,
    takes: &[Type],
    least: usize,
    result: Type,
    row: Row,
) -> Result<Typed, Misuse> {
    let args = between(args, least, takes.len(), signature)?;
    let name = signature.split('(').next().unwrap_or(signature);
    let texts = args.iter().map(|arg| &*arg.text).collect::<Vec<_>>().join(", ");
    let text: Box<str> = format!("{name}({texts})").into();
    let column = args[0].text.clone();
    let args = args.into_iter().zip(takes).map(|(arg, ty)| operators::demand(arg, *ty)).collect::<Result<_, _>>()?;
    Typed::call(Rowwise { row, column, text: text.clone() }, args, result, text)
}

#[derive(Debug)]
struct Rowwise {
    row: Row,
    column: Box<str>,
    text: Box<str>,
}

impl Scalar for Rowwise {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut values = Vec::with_capacity(args.len());
        for &lane in lanes {
            values.clear();
            values.extend(args.iter().map(|arg| arg.at(lane)));
            out[lane as usize] = if values.iter().any(|value| value.is_null()) {
                Value::Null
            } else {
                (self.row)(&values, arena).unwrap_or_else(|why| {
                    match (why, values[0]) {
                        (Why::NoText, Value::Text(text)) => troubles.bad(lane, Type::Text, &self.column, text),
                        (Why::NoText, _) => troubles.failed(lane, format!("{}: no UTF-8 text", self.text)),
                        (Why::Failed(what), _) => troubles.failed(lane, format!("{}: {what}", self.text)),
                    }
                    Value::Null
                })
            };
        }
    }
}

/// The bytes of a text.
pub(super) fn bytes<'a>(value: Value<'a>) -> &'a [u8] {
    match value {
        Value::Text(text) => text,
        _ => &[],
    }
}

/// The characters of a text.
pub(super) fn characters<'a>(value: Value<'a>) -> Result<&'a str, Why> {
    std::str::from_utf8(bytes(value)).map_err(|_| Why::NoText)
}

/// A whole number.
pub(super) fn whole(value: Value<'_>) -> Result<i64, Why> {
    super::arguments::whole(value).ok_or_else(|| Why::Failed("a count is a whole number".to_owned()))
}
