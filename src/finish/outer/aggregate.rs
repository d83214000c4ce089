//! Aggregates of passes as aggregates and window functions of SQLite.
//!
//! A group has the states that it would have in a pass, of one group. What needs each value once, with its count or in order
//! (`mode`, `DISTINCT`, `median`) has a map of values to their counts first, where a pass has a fold by value.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bumpalo::Bump;
use rusqlite::Connection;
use rusqlite::functions::{Aggregate as Sql, Context, WindowAggregate};

use super::moving::Moving;
use super::scalar::{FLAGS, Given, answer, args, evaluated, failed};
use crate::aggregates::functions::Route;
use crate::aggregates::ordered::InOrder;
use crate::aggregates::states::Aggregate;
use crate::aggregates::{AggregateCall, mode};
use crate::error::Error;
use crate::exprs::{Operand, Type, Value, codec};
use crate::questions::plan::OuterFunction;

/// Registers `function`, which is `call`.
pub(super) fn register(
    connection: &Connection,
    function: &OuterFunction,
    call: Arc<AggregateCall>,
    moves: bool,
) -> rusqlite::Result<()> {
    let types = function.args.clone();
    let n = i32::try_from(types.len()).unwrap_or(i32::MAX);
    connection.create_window_function(function.name.as_str(), n, FLAGS, Called { call, types, moves })
}

/// An aggregate over arguments of these types.
struct Called {
    call: Arc<AggregateCall>,
    types: Vec<Type>,
    moves: bool,
}

/// What is kept of a group or window.
enum Running {
    /// Of rows that stay.
    Growing(Box<dyn Aggregate>),
    /// Of rows that leave in the order in which they came.
    Moving(Moving),
    /// How often each value is there, by its encoding.
    ByValue(BTreeMap<Vec<u8>, u64>),
}

type Kept = AssertUnwindSafe<Running>;

impl Called {
    fn make(&self) -> Box<dyn Aggregate> {
        let mut states = self.call.make.states();
        states.grow(1);
        states
    }

    fn begin(&self) -> Running {
        match (&self.call.route, self.moves) {
            (Route::Rows, true) => Running::Moving(Moving::default()),
            (Route::Rows, false) => Running::Growing(self.make()),
            _ => Running::ByValue(BTreeMap::new()),
        }
    }

    /// Calls `with` with the value that the row of `context` folds.
    fn folded<T>(&self, context: &Context<'_>, with: impl FnOnce(Value<'_>) -> T) -> rusqlite::Result<T> {
        let arena = Bump::new();
        let values = args(context, &self.types, &arena)?;
        match &self.call.argument {
            None => Ok(with(Value::Boolean(true))),
            Some(argument) => evaluated(argument, &values, &arena).map(with).map_err(failed),
        }
    }

    fn finish(&self, running: Option<&mut Running>) -> rusqlite::Result<Given> {
        let mut states = self.make();
        let overflow = |what: String| failed(Error::Overflow { place: answer(), what });
        match running {
            None => {}
            Some(Running::Growing(growing)) => {
                let arena = Bump::new();
                return growing.finish(0, &arena).map(Given::of).map_err(overflow);
            }
            Some(Running::Moving(moving)) => moving.merge_into(&mut *states),
            Some(Running::ByValue(counts)) => self.merge_values(counts, &mut *states).map_err(overflow)?,
        }
        let arena = Bump::new();
        states.finish(0, &arena).map(Given::of).map_err(overflow)
    }

    fn merge_values(&self, counts: &BTreeMap<Vec<u8>, u64>, states: &mut dyn Aggregate) -> Result<(), String> {
        let mut state = Vec::new();
        match &self.call.route {
            Route::Rows => {}
            Route::Once => counts.keys().for_each(|value| {
                let read = codec::decode_with(&mut &value[..], |value| {
                    states.update(&[0], &[0], Operand::Constant(value));
                });
                debug_assert!(read.is_some(), "{WRITTEN}");
            }),
            Route::Counted => counts.iter().for_each(|(value, &count)| {
                state.clear();
                mode::encode_counted(count, value, &mut state);
                let merged = states.merge(Some(0), &mut &state[..]);
                debug_assert!(merged.is_some(), "{WRITTEN}");
            }),
            Route::InOrder { order, once } => {
                walk(&**order, *once, counts, &mut state)?;
                let merged = states.merge(Some(0), &mut &state[..]);
                debug_assert!(merged.is_some(), "{WRITTEN}");
            }
        }
        Ok(())
    }
}

const WRITTEN: &str = "was encoded here";

/// Appends to `state` what a walk over all values in order comes to.
fn walk(order: &dyn InOrder, once: bool, counts: &BTreeMap<Vec<u8>, u64>, state: &mut Vec<u8>) -> Result<(), String> {
    let count_of = |count: u64| if once { 1 } else { count };
    let mut rows: Vec<(Vec<u8>, Vec<u8>, u64)> = Vec::with_capacity(counts.len());
    for (value, &count) in counts {
        let (mut key, mut payload) = (Vec::new(), Vec::new());
        let read = codec::decode_with(&mut &value[..], |value| {
            order.row(value, count_of(count), &mut key, &mut payload);
        });
        debug_assert!(read.is_some(), "{WRITTEN}");
        rows.push((key, payload, count_of(count)));
    }
    rows.sort();
    let mut walk = order.walk(rows.iter().map(|(.., count)| count).sum());
    for (_, payload, count) in &rows {
        walk.take(payload, *count).map_err(|stop| stop.to_string())?;
    }
    walk.finish(state).map_err(|stop| stop.to_string())
}

impl Sql<Kept, Given> for Called {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Kept> {
        Ok(AssertUnwindSafe(self.begin()))
    }

    fn step(&self, context: &mut Context<'_>, running: &mut Kept) -> rusqlite::Result<()> {
        self.folded(context, |value| match &mut running.0 {
            Running::Growing(states) => states.update(&[0], &[0], Operand::Constant(value)),
            Running::Moving(moving) => moving.push(value, &mut *self.make()),
            Running::ByValue(_) if value.is_null() => {}
            Running::ByValue(counts) => *counts.entry(encoded(value)).or_insert(0) += 1,
        })
    }

    fn finalize(&self, _: &mut Context<'_>, running: Option<Kept>) -> rusqlite::Result<Given> {
        self.finish(running.map(|kept| kept.0).as_mut())
    }
}

impl WindowAggregate<Kept, Given> for Called {
    fn value(&self, running: Option<&mut Kept>) -> rusqlite::Result<Given> {
        self.finish(running.map(|kept| &mut kept.0))
    }

    fn inverse(&self, context: &mut Context<'_>, running: &mut Kept) -> rusqlite::Result<()> {
        self.folded(context, |value| match &mut running.0 {
            // A window that only grows loses no row.
            Running::Growing(_) => {}
            Running::Moving(moving) => moving.pop(&|| self.make()),
            Running::ByValue(_) if value.is_null() => {}
            Running::ByValue(counts) => {
                let key = encoded(value);
                match counts.get_mut(&key) {
                    Some(count) if *count > 1 => *count -= 1,
                    _ => drop(counts.remove(&key)),
                }
            }
        })
    }
}

fn encoded(value: Value<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(value, &mut bytes);
    bytes
}
