//! `mode(value)`: the most frequent value that is not NULL; of several, the least.
//!
//! A fold of folds: the rows are grouped by key *and* value first ([`States`](super::states)), so no group's values have to fit
//! in memory; what arrives here is each value once, with its count.

use std::cmp::Ordering;

use bumpalo::Bump;

use super::AggregateFunction;
use super::extreme::{Owned, into_arena};
use super::functions::{Bound, Route};
use super::states::{Fold, States};
use crate::exprs::{Type, Value, codec, compare};

pub(super) const MODE: AggregateFunction = AggregateFunction {
    name: "mode",
    signature: "mode(value)",
    doc: "The most frequent value that is not NULL; of several the least.",
    bind: |asked| {
        let [value] = asked.unordered()?.not_distinct()?.arguments(MODE.signature)?;
        let ty = value.ty;
        Ok(Bound::rows(value, ty, move || Box::new(States::new(Mode { ty }))).by(Route::Counted))
    },
};

/// The winner among counted values.
#[derive(Debug)]
pub struct Mode {
    /// What the values are.
    pub ty: Type,
}

/// The most frequent value so far.
#[derive(Debug, Default)]
pub struct Winner {
    n: u64,
    value: Owned,
}

/// Appends the state of a value (encoded already) that there is `n` times: twice its count, and one more if another follows.
pub fn encode_counted(n: u64, value: &[u8], out: &mut Vec<u8>) {
    codec::write_varint(n << 1, out);
    out.extend_from_slice(value);
}

impl Fold for Mode {
    type State = Winner;

    /// Rows do not arrive here one by one.
    fn update(&self, _: &mut Winner, _: Value<'_>) {}

    fn merge(&self, into: &mut Winner, from: Winner) {
        if from.n > into.n
            || (from.n == into.n
                && from.n > 0
                && compare(self.ty, from.value.get(), into.value.get()) == Ordering::Less)
        {
            *into = from;
        }
    }

    fn encode(&self, state: &Winner, out: &mut Vec<u8>) {
        codec::write_varint(state.n << 1, out);
        codec::encode(state.value.get(), out);
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Winner> {
        let n = codec::read_varint(bytes)? >> 1;
        let mut value = Owned::None;
        codec::decode_with(bytes, |decoded| value.set(decoded))?;
        Some(Winner { n, value })
    }

    /// Most values lose by their count alone; those are not decoded into a value of their own.
    fn merge_encoded(&self, into: &mut Winner, bytes: &mut &[u8]) -> Option<()> {
        let n = codec::read_varint(bytes)? >> 1;
        codec::decode_with(bytes, |value| {
            if n > into.n || (n == into.n && n > 0 && compare(self.ty, value, into.value.get()) == Ordering::Less) {
                into.n = n;
                into.value.set(value);
            }
        })
    }

    fn finish<'a>(&self, state: &Winner, arena: &'a Bump) -> Result<Value<'a>, String> {
        Ok(into_arena(state.value.get(), arena))
    }

    fn heap_bytes(&self, state: &Winner) -> usize {
        state.value.heap_bytes()
    }
}
