//! Expressions as functions of SQLite: arguments in, the value that a pass would compute out.

use std::sync::Arc;

use bumpalo::Bump;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use rusqlite::{Connection, ToSql};

use super::value;
use crate::error::{Error, Place};
use crate::exprs::crossing::{Crossed, cross};
use crate::exprs::{Expr, Frame, Trouble, Troubles, Type, Value, sort_key};
use crate::questions::plan::OuterFunction;

/// The same arguments, the same value; and nothing else in the world changes.
pub(super) const FLAGS: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

/// What a function gives: kept until SQLite has copied it.
pub(super) enum Given {
    Plain(Owned),
    /// Bytes that are text to SQLite, UTF-8 or not.
    Text(Vec<u8>),
}

impl Given {
    /// `value` on the other side.
    pub(super) fn of(value: Value<'_>) -> Given {
        let mut scratch = Vec::new();
        match cross(value, &mut scratch) {
            Crossed::Null => Given::Plain(Owned::Null),
            Crossed::Integer(whole) => Given::Plain(Owned::Integer(whole)),
            Crossed::Real(real) => Given::Plain(Owned::Real(real)),
            Crossed::Text(text) => Given::Text(text.to_vec()),
        }
    }
}

impl ToSql for Given {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Given::Plain(value) => ToSqlOutput::Borrowed(value.into()),
            Given::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text)),
        })
    }
}

/// Registers `function`, which computes `expr` over its arguments.
pub(super) fn expression(connection: &Connection, function: &OuterFunction, expr: Arc<Expr>) -> rusqlite::Result<()> {
    let types = function.args.clone();
    let n = i32::try_from(types.len()).unwrap_or(i32::MAX);
    connection.create_scalar_function(function.name.as_str(), n, FLAGS, move |context| {
        let arena = Bump::new();
        let values = args(context, &types, &arena)?;
        evaluated(&expr, &values, &arena).map(Given::of).map_err(failed)
    })
}

/// Registers `function`, which gives what orders as its argument does.
pub(super) fn order(connection: &Connection, function: &OuterFunction) -> rusqlite::Result<()> {
    let ty = function.args.first().copied().unwrap_or(Type::Null);
    connection.create_scalar_function(function.name.as_str(), 1, FLAGS, move |context| {
        let arena = Bump::new();
        Ok(match args(context, &[ty], &arena)?.first() {
            None | Some(Value::Null) => Owned::Null,
            Some(&value) => {
                let mut key = Vec::new();
                sort_key(ty, value, false, false, &mut key);
                Owned::Blob(key)
            }
        })
    })
}

/// Registers `function`, which gives the whole number that a frame by value counts on.
pub(super) fn range(connection: &Connection, function: &OuterFunction) -> rusqlite::Result<()> {
    let ty = function.args.first().copied().unwrap_or(Type::Null);
    connection.create_scalar_function(function.name.as_str(), 1, FLAGS, move |context| {
        let arena = Bump::new();
        Ok(match args(context, &[ty], &arena)?.first() {
            Some(Value::Short { mantissa, scale: 0 }) => Owned::Integer(*mantissa),
            Some(Value::Date(days)) => Owned::Integer((*days).into()),
            Some(Value::Timestamp(micros)) => Owned::Integer(*micros),
            None | Some(Value::Null) => Owned::Null,
            Some(_) => {
                let what = "a RANGE frame orders by whole numbers; round() them, or write ROWS".to_string();
                return Err(failed(Error::Overflow { place: answer(), what }));
            }
        })
    })
}

/// `expr` where column `i` is `values[i]`.
pub(super) fn evaluated<'a>(expr: &Expr, values: &[Value<'a>], arena: &'a Bump) -> Result<Value<'a>, Error> {
    let columns: Vec<&[Value<'a>]> = values.chunks(1).collect();
    let frame = Frame { columns: &columns, n_lanes: 1, arena };
    let (mut out, mut troubles) = ([Value::Null], Troubles::default());
    expr.eval(&frame, &[0], &mut troubles, &mut out);
    match troubles.found.into_iter().next() {
        Some((_, trouble)) => Err(of_trouble(trouble)),
        None => Ok(out[0]),
    }
}

/// The arguments of a call, of these types.
pub(super) fn args<'a>(context: &'a Context<'_>, types: &[Type], arena: &'a Bump) -> rusqlite::Result<Vec<Value<'a>>> {
    let arg = |(place, ty): (usize, &Type)| value(context.get_raw(place), *ty, arena).map_err(failed);
    types.iter().enumerate().map(arg).collect()
}

/// Ends the query with `error`.
pub(super) fn failed(error: Error) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(Box::new(error))
}

/// Where everything is that no record has.
pub(super) fn answer() -> Place {
    Place { path: "answer".to_owned(), ..Place::default() }
}

fn of_trouble(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Bad { words, column, text, .. } => {
            let place = Place { column: Some(column.into()), ..answer() };
            Error::BadValue { place, wanted: words, text: text.into() }
        }
        Trouble::Failed { what } => Error::Overflow { place: answer(), what: what.into() },
    }
}
