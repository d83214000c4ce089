//! `arg_min`, `arg_max`, `first`, `last`: the value of one row of the group, chosen by another value or by its place.
//!
//! What chooses, the row's place in the input and the value travel packed as one; the place decides ties, so that nothing
//! depends on who read which row first. The state is the best row's packed bytes.

use std::cmp::Ordering;

use bumpalo::Bump;

use super::AggregateFunction;
use super::extreme::into_arena;
use super::functions::{Asked, Bound, Key};
use super::states::{Fold, States};
use crate::exprs::{Misuse, Type, Typed, Value, codec, compare, operators};

pub(super) const ARG_MAX: AggregateFunction = AggregateFunction {
    name: "arg_max",
    signature: "arg_max(value, by)",
    doc: "The value in the row where by is greatest; of several rows the first. Rows where one is NULL take no part.",
    bind: |asked| by_value(asked, ARG_MAX.signature, Ordering::Greater),
};

pub(super) const ARG_MIN: AggregateFunction = AggregateFunction {
    name: "arg_min",
    signature: "arg_min(value, by)",
    doc: "The value in the row where by is least; of several rows the first. Rows where one is NULL take no part.",
    bind: |asked| by_value(asked, ARG_MIN.signature, Ordering::Less),
};

pub(super) const FIRST: AggregateFunction = AggregateFunction {
    name: "first",
    signature: "first(value [ORDER BY key])",
    doc: "The value in the first row of the input, NULL or not; with ORDER BY in the first by that key.",
    bind: |asked| by_place(asked, FIRST.signature, Ordering::Less),
};

pub(super) const LAST: AggregateFunction = AggregateFunction {
    name: "last",
    signature: "last(value [ORDER BY key])",
    doc: "The value in the last row of the input, NULL or not; with ORDER BY in the last by that key.",
    bind: |asked| by_place(asked, LAST.signature, Ordering::Greater),
};

fn by_value(asked: Asked, signature: &str, wanted: Ordering) -> Result<Bound, Misuse> {
    let Asked { args, place, .. } = asked.unordered()?.not_distinct()?;
    let [value, by]: [Typed; 2] = crate::exprs::functions::required(args, signature)?;
    let (ty, result) = (by.ty, value.ty);
    let packed = operators::pack(vec![by, place, value], &[0, 2])?;
    let chosen = Chosen { ty, wanted, tie: Ordering::Less };
    Ok(Bound::rows(packed, result, move || Box::new(States::new(chosen))).keeping_rows())
}

fn by_place(asked: Asked, signature: &str, wanted: Ordering) -> Result<Bound, Misuse> {
    let Asked { args, mut order, place, .. } = asked.not_distinct()?;
    let [value]: [Typed; 1] = crate::exprs::functions::required(args, signature)?;
    if order.len() > 1 {
        return Err(Misuse::new("first and last are ordered by one key", "write first(x ORDER BY y)"));
    }
    let result = value.ty;
    let (by, wanted_by, demanded) = match order.pop() {
        None => (operators::boolean(true), wanted, &[][..]),
        Some(Key { value, descending, .. }) => (value, if descending { wanted.reverse() } else { wanted }, &[0][..]),
    };
    let ty = by.ty;
    let packed = operators::pack(vec![by, place, value], demanded)?;
    let chosen = Chosen { ty, wanted: wanted_by, tie: wanted };
    Ok(Bound::rows(packed, result, move || Box::new(States::new(chosen))).keeping_rows())
}

/// The value of the chosen row.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// What the rows are chosen by.
    pub ty: Type,
    /// How a row's `by` must stand to the kept one's to take its place.
    pub wanted: Ordering,
    /// How its place must, where both are equal.
    pub tie: Ordering,
}

impl Chosen {
    /// Whether `packed` is to take the place of `kept`.
    fn is_better(&self, packed: &[u8], kept: &[u8]) -> bool {
        if kept.is_empty() {
            return true;
        }
        let (mut packed, mut kept) = (packed, kept);
        let arena = Bump::new();
        let mut order = |ty| {
            let (a, b) = (codec::decode(&mut packed, &arena)?, codec::decode(&mut kept, &arena)?);
            Some(compare(ty, a, b))
        };
        match order(self.ty) {
            Some(Ordering::Equal) => order(Type::Number) == Some(self.tie),
            order => order == Some(self.wanted),
        }
    }

    fn take(&self, state: &mut Vec<u8>, packed: &[u8]) {
        if self.is_better(packed, state) {
            state.clear();
            state.extend_from_slice(packed);
        }
    }
}

impl Fold for Chosen {
    /// The packed bytes of the best row; none without any.
    type State = Vec<u8>;

    fn update(&self, state: &mut Vec<u8>, value: Value<'_>) {
        if let Value::Text(packed) = value {
            self.take(state, packed);
        }
    }

    fn merge(&self, into: &mut Vec<u8>, from: Vec<u8>) {
        if !from.is_empty() {
            self.take(into, &from);
        }
    }

    fn encode(&self, state: &Vec<u8>, out: &mut Vec<u8>) {
        codec::write_varint(state.len() as u64, out);
        out.extend_from_slice(state);
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Vec<u8>> {
        let len = usize::try_from(codec::read_varint(bytes)?).ok()?;
        Some(codec::take(bytes, len)?.to_vec())
    }

    fn finish<'a>(&self, state: &Vec<u8>, arena: &'a Bump) -> Result<Value<'a>, String> {
        let (mut rest, scratch) = (state.as_slice(), Bump::new());
        let mut value = Value::Null;
        for _ in 0..3 {
            value = codec::decode(&mut rest, &scratch).unwrap_or(Value::Null);
        }
        Ok(into_arena(value, arena))
    }

    fn heap_bytes(&self, state: &Vec<u8>) -> usize {
        // As of kept texts: what an allocator rounds up.
        if state.capacity() == 0 { 0 } else { state.capacity() * 3 / 2 + 32 }
    }
}
