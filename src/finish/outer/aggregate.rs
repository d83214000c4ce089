//! Aggregates of passes as aggregates and window functions of SQLite.
//!
//! A group has the states that it would have in a pass, of one group. What needs each value once, with its count or in order
//! (`mode`, `DISTINCT`, `median`) has a map of values to their counts first, where a pass has a fold by value. What maps and moving
//! windows hold is counted ([`Share`]).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bumpalo::Bump;
use rusqlite::Connection;
use rusqlite::functions::{Aggregate as Sql, Context, WindowAggregate};

use super::held::{Held, Share, allocated};
use super::moving::Moving;
use super::scalar::{FLAGS, Failure, Given, answer, args, evaluated};
use crate::aggregates::functions::Route;
use crate::aggregates::ordered::InOrder;
use crate::aggregates::states::{Aggregate, Values};
use crate::aggregates::{AggregateCall, mode};
use crate::error::Error;
use crate::exprs::{Type, Value, codec};
use crate::questions::plan::OuterFunction;

/// Registers `function`, which is `call`.
pub(super) fn register(
    connection: &Connection,
    function: &OuterFunction,
    call: Arc<AggregateCall>,
    moves: bool,
    (share, failure): (&Arc<Share>, &Arc<Failure>),
) -> rusqlite::Result<()> {
    let (name, types) = (function.name.clone(), function.args.clone());
    let (share, failure) = (Arc::clone(share), Arc::clone(failure));
    let n = i32::try_from(types.len()).unwrap_or(i32::MAX);
    connection.create_window_function(
        function.name.as_str(),
        n,
        FLAGS,
        Called { name, call, types, moves, share, failure },
    )
}

/// An aggregate over arguments of these types.
struct Called {
    name: String,
    call: Arc<AggregateCall>,
    types: Vec<Type>,
    moves: bool,
    share: Arc<Share>,
    failure: Arc<Failure>,
}

/// A group or window.
struct Running {
    state: State,
    held: Held,
}

/// What is kept of it.
enum State {
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
        let state = match (&self.call.route, self.moves) {
            (Route::Rows, true) => State::Moving(Moving::default()),
            (Route::Rows, false) => State::Growing(self.make()),
            _ => State::ByValue(BTreeMap::new()),
        };
        Running { state, held: Held::of(&self.share) }
    }

    /// What `with` makes of the value that the row of `context` folds.
    fn folded(&self, context: &Context<'_>, with: impl FnOnce(Value<'_>) -> Result<(), Error>) -> rusqlite::Result<()> {
        let arena = Bump::new();
        let folded = args(context, &self.types, &arena).and_then(|values| match &self.call.argument {
            None => with(Value::Boolean(true)),
            Some(argument) => with(evaluated(argument, &values, &arena)?),
        });
        folded.map_err(|error| self.failure.of(error))
    }

    fn finish(&self, running: Option<&mut Running>) -> rusqlite::Result<Given> {
        self.finished(running).map_err(|error| self.failure.of(error))
    }

    fn finished(&self, running: Option<&mut Running>) -> Result<Given, Error> {
        let arena = Bump::new();
        let overflow = |what: String| Error::Overflow { place: answer(), what };
        let mut states = self.make();
        match running.map(|running| &mut running.state) {
            None => {}
            Some(State::Growing(growing)) => return growing.finish(0, &arena).map(Given::of).map_err(overflow),
            Some(State::Moving(moving)) => moving.merge_into(&mut *states),
            Some(State::ByValue(counts)) => self.merge_values(counts, &mut *states)?,
        }
        states.finish(0, &arena).map(Given::of).map_err(overflow)
    }

    fn merge_values(&self, counts: &BTreeMap<Vec<u8>, u64>, states: &mut dyn Aggregate) -> Result<(), Error> {
        let mut state = Vec::new();
        match &self.call.route {
            Route::Rows => {}
            Route::Once => counts.keys().for_each(|value| {
                let read = codec::decode_with(&mut &value[..], |value| {
                    states.update(&[0], &[0], Values::Same(value));
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
                self.walk(&**order, *once, counts, &mut state)?;
                let merged = states.merge(Some(0), &mut &state[..]);
                debug_assert!(merged.is_some(), "{WRITTEN}");
            }
        }
        Ok(())
    }

    /// Appends to `state` what a walk over all values in order comes to.
    fn walk(
        &self,
        order: &dyn InOrder,
        once: bool,
        counts: &BTreeMap<Vec<u8>, u64>,
        state: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let count_of = |count: u64| if once { 1 } else { count };
        let mut held = Held::of(&self.share);
        let mut rows: Vec<(Vec<u8>, Vec<u8>, u64)> = Vec::new();
        for (value, &count) in counts {
            let (mut key, mut payload) = (Vec::new(), Vec::new());
            let read = codec::decode_with(&mut &value[..], |value| {
                order.row(value, count_of(count), &mut key, &mut payload);
            });
            debug_assert!(read.is_some(), "{WRITTEN}");
            held.add(allocated(key.capacity()) + allocated(payload.capacity()), &self.name)?;
            rows.push((key, payload, count_of(count)));
        }
        rows.sort_unstable();
        let mut walk = order.walk(rows.iter().map(|(.., count)| count).sum());
        let stopped = |stop: &dyn std::fmt::Display| Error::Overflow { place: answer(), what: stop.to_string() };
        for (_, payload, count) in &rows {
            walk.take(payload, *count).map_err(|stop| stopped(&stop))?;
        }
        walk.finish(state).map_err(|stop| stopped(&stop))
    }
}

const WRITTEN: &str = "was encoded here";

/// A value that is counted: its entry in a map, whose nodes may be half empty.
fn entry_bytes(key: &[u8]) -> usize {
    allocated(key.len()) + 32
}

impl Sql<Kept, Given> for Called {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Kept> {
        Ok(AssertUnwindSafe(self.begin()))
    }

    fn step(&self, context: &mut Context<'_>, running: &mut Kept) -> rusqlite::Result<()> {
        let Running { state, held } = &mut running.0;
        self.folded(context, |value| match state {
            State::Growing(states) => {
                states.update(&[0], &[0], Values::Same(value));
                Ok(())
            }
            State::Moving(moving) => {
                moving.push(value, &mut *self.make());
                held.set(moving.bytes(), &self.name)
            }
            State::ByValue(_) if value.is_null() => Ok(()),
            State::ByValue(counts) => match counts.entry(encoded(value)) {
                Entry::Occupied(mut count) => {
                    *count.get_mut() += 1;
                    Ok(())
                }
                Entry::Vacant(place) => {
                    held.add(entry_bytes(place.key()), &self.name)?;
                    place.insert(1);
                    Ok(())
                }
            },
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
        let Running { state, held } = &mut running.0;
        self.folded(context, |value| match state {
            // A window that only grows loses no row.
            State::Growing(_) => Ok(()),
            State::Moving(moving) => {
                moving.pop(&|| self.make());
                held.set(moving.bytes(), &self.name)
            }
            State::ByValue(_) if value.is_null() => Ok(()),
            State::ByValue(counts) => {
                let key = encoded(value);
                match counts.get_mut(&key) {
                    Some(count) if *count > 1 => *count -= 1,
                    _ => {
                        held.sub(entry_bytes(&key));
                        counts.remove(&key);
                    }
                }
                Ok(())
            }
        })
    }
}

fn encoded(value: Value<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(value, &mut bytes);
    bytes
}
