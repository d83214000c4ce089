//! Expressions as functions of SQLite: arguments in, the value that a pass would compute out.

use std::sync::{Arc, Mutex, PoisonError};

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
pub(super) fn expression(
    connection: &Connection,
    function: &OuterFunction,
    expr: Arc<Expr>,
    failure: &Arc<Failure>,
) -> rusqlite::Result<()> {
    let (types, failure) = (function.args.clone(), Arc::clone(failure));
    let n = i32::try_from(types.len()).unwrap_or(i32::MAX);
    connection.create_scalar_function(function.name.as_str(), n, FLAGS, move |context| {
        let arena = Bump::new();
        let value = args(context, &types, &arena).and_then(|values| evaluated(&expr, &values, &arena).map(Given::of));
        value.map_err(|error| failure.of(error))
    })
}

/// Registers `function`, which gives what orders as its argument does.
pub(super) fn order(connection: &Connection, function: &OuterFunction, failure: &Arc<Failure>) -> rusqlite::Result<()> {
    let (ty, failure) = (function.args.first().copied().unwrap_or(Type::Null), Arc::clone(failure));
    connection.create_scalar_function(function.name.as_str(), 1, FLAGS, move |context| {
        let arena = Bump::new();
        Ok(match args(context, &[ty], &arena).map_err(|error| failure.of(error))?.first() {
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
pub(super) fn range(connection: &Connection, function: &OuterFunction, failure: &Arc<Failure>) -> rusqlite::Result<()> {
    let (ty, failure) = (function.args.first().copied().unwrap_or(Type::Null), Arc::clone(failure));
    connection.create_scalar_function(function.name.as_str(), 1, FLAGS, move |context| {
        let arena = Bump::new();
        Ok(match args(context, &[ty], &arena).map_err(|error| failure.of(error))?.first() {
            Some(Value::Short { mantissa, scale: 0 }) => Owned::Integer(*mantissa),
            Some(Value::Date(days)) => Owned::Integer((*days).into()),
            Some(Value::Timestamp(micros)) => Owned::Integer(*micros),
            None | Some(Value::Null) => Owned::Null,
            Some(_) => {
                let what = "a RANGE frame orders by whole numbers; round() them, or write ROWS".to_string();
                return Err(failure.of(Error::Overflow { place: answer(), what }));
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
pub(super) fn args<'a>(context: &'a Context<'_>, types: &[Type], arena: &'a Bump) -> Result<Vec<Value<'a>>, Error> {
    let arg = |(place, ty): (usize, &Type)| value(context.get_raw(place), *ty, arena);
    types.iter().enumerate().map(arg).collect()
}

/// Why a function ended the query: SQLite hands on nothing of it but its words.
#[derive(Debug, Default)]
pub(super) struct Failure(Mutex<Option<Error>>);

impl Failure {
    /// Ends the query with `error`.
    pub(super) fn of(&self, error: Error) -> rusqlite::Error {
        let words = error.to_string();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        rusqlite::Error::UserFunctionError(words.into())
    }

    /// What ended it, if a function did.
    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
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
