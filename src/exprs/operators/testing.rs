//! How the tests of this layer ask: a typed expression over columns of one row, its value as text.

use bumpalo::Bump;

use crate::exprs::trouble::Trouble;
use crate::exprs::{Expr, Frame, Misuse, Troubles, Type, Typed, Value, number, time, write};

/// Column `c<slot>`.
pub(in crate::exprs) fn column(slot: usize, ty: Type) -> Typed {
    Typed::column(slot, ty, format!("c{slot}"))
}

/// A dynamic field as the reader hands it on: empty is NULL.
fn field(text: &str) -> Value<'_> {
    if text.is_empty() { Value::Null } else { Value::Text(text.as_bytes()) }
}

/// Fields are what their column's type makes of them: columns of a declared type come as `type:text`.
fn value<'a>(text: &'a str, arena: &'a Bump) -> Value<'a> {
    match text.split_once(':') {
        Some(("n", text)) => number::parse(text.as_bytes()).unwrap().value(arena),
        Some(("d", text)) => Value::Date(time::parse_date(text.as_bytes()).unwrap()),
        Some(("t", text)) => Value::Timestamp(time::parse_timestamp(text.as_bytes()).unwrap()),
        Some(("b", text)) => Value::Boolean(text == "true"),
        _ => field(text),
    }
}

fn eval(expr: &Expr, fields: &[&str]) -> (String, Vec<(u32, Trouble)>) {
    let arena = Bump::new();
    // The row stands between two others that nobody asked for.
    let columns: Vec<Vec<Value<'_>>> =
        fields.iter().map(|text| vec![Value::Null, value(text, &arena), Value::Null]).collect();
    let columns: Vec<&[Value<'_>]> = columns.iter().map(Vec::as_slice).collect();
    let frame = Frame { columns: &columns, n_lanes: 3, arena: &arena };
    let (mut troubles, mut out) = (Troubles::default(), vec![Value::Text(b"untouched"); 3]);
    expr.eval(&frame, &[1], &mut troubles, &mut out);
    for lane in [0, 2] {
        assert!(matches!(out[lane], Value::Text(b"untouched")));
    }
    let mut text = Vec::new();
    write(out[1], &mut text);
    let text = if out[1].is_null() { "NULL".into() } else { String::from_utf8_lossy(&text).into_owned() };
    (text, troubles.found)
}

/// The value over `fields` is `expected`: `NULL`, or `!words` where it is trouble.
#[track_caller]
pub(in crate::exprs) fn check(typed: Result<Typed, Misuse>, fields: &[&str], expected: &str) {
    let typed = typed.unwrap_or_else(|misuse| panic!("{misuse}"));
    let (text, troubles) = eval(&typed.expr, fields);
    let found = match troubles.first() {
        Some((1, Trouble::Bad { words, .. })) => format!("!{words}"),
        Some((1, Trouble::Failed { what })) => format!("!{what}"),
        // A folded constant has no lanes.
        Some((lane, _)) => panic!("lane {lane}"),
        None => text,
    };
    assert_eq!(found, expected, "{} over {fields:?}", typed.text);
}

/// What is told of the row.
pub(in crate::exprs) fn troubles(typed: &Typed, fields: &[&str]) -> Vec<Trouble> {
    eval(&typed.expr, fields).1.into_iter().map(|(_, trouble)| trouble).collect()
}

/// The sentence of a refused expression.
#[track_caller]
pub(in crate::exprs) fn misuse(typed: Result<Typed, Misuse>) -> String {
    match typed {
        Ok(typed) => panic!("{} was taken", typed.text),
        Err(misuse) => misuse.to_string(),
    }
}
