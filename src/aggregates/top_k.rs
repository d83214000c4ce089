//! `top_k`: the most frequent values with their counts, as JSON.
//!
//! Exact, and yet in bounded memory: each value arrives here once with its count, as at [`mode`](super::mode), and only the k
//! best stay. So nothing is uncertain, where a sketch of frequent items (the Apache DataSketches library's) would answer only
//! what it is sure of, and that would depend on the order in which rows were read and merged.

use std::cmp::Ordering;

use bumpalo::Bump;

use super::AggregateFunction;
use super::extreme::Owned;
use super::functions::{Asked, Bound, Route, number};
use super::histogram::quote;
use super::states::{Fold, States};
use crate::exprs::functions::required;
use crate::exprs::number::Number;
use crate::exprs::{Misuse, Type, Value, codec, compare, write};

pub(super) const TOP_K: AggregateFunction = AggregateFunction {
    name: "top_k",
    signature: "top_k(value, k)",
    doc: "The k most frequent values that are not NULL with their counts, as JSON: [{\"value\":\"a\",\"count\":2}]; ties by value.",
    bind: |asked| bind(asked, TOP_K.signature),
};

pub(super) const APPROX_TOP_K: AggregateFunction = AggregateFunction {
    name: "approx_top_k",
    signature: "approx_top_k(value, k)",
    doc: "The same as top_k, which is exact: all of it is certain.",
    bind: |asked| bind(asked, APPROX_TOP_K.signature),
};

fn bind(asked: Asked, signature: &str) -> Result<Bound, Misuse> {
    let [value, k] = required(asked.unordered()?.not_distinct()?.args, signature)?;
    let text = k.text.clone();
    let k = match number(k, "k")? {
        Number::Decimal(k) if k.scale == 0 => usize::try_from(k.mantissa).ok().filter(|k| (1..=1000).contains(k)),
        _ => None,
    };
    let k = k.ok_or_else(|| Misuse::new(format!("k is {text}"), "write a whole number from 1 to 1000"))?;
    let ty = value.ty;
    Ok(Bound::rows(value, Type::Text, move || Box::new(States::new(TopK { ty, k }))).by(Route::Counted))
}

/// The k most frequent among counted values.
#[derive(Clone, Copy, Debug)]
pub struct TopK {
    /// What the values are.
    pub ty: Type,
    /// How many stay.
    pub k: usize,
}

/// The best so far, best first.
#[derive(Debug, Default)]
pub struct Best(Vec<(u64, Owned)>);

impl TopK {
    fn take(&self, best: &mut Best, n: u64, value: Value<'_>) {
        let order = |(other_n, other): &(u64, Owned)| match n.cmp(other_n) {
            Ordering::Equal => compare(self.ty, other.get(), value),
            order => order,
        };
        // Those that are better stand before it.
        let place = best.0.partition_point(|other| order(other) == Ordering::Less);
        if place < self.k {
            if best.0.len() == self.k {
                best.0.pop();
            }
            let mut owned = Owned::None;
            owned.set(value);
            best.0.insert(place, (n, owned));
        }
    }
}

impl Fold for TopK {
    type State = Best;

    /// Rows do not arrive here one by one.
    fn update(&self, _: &mut Best, _: Value<'_>) {}

    fn merge(&self, into: &mut Best, from: Best) {
        from.0.iter().for_each(|(n, value)| self.take(into, *n, value.get()));
    }

    fn encode(&self, state: &Best, out: &mut Vec<u8>) {
        for (i, (n, value)) in state.0.iter().enumerate() {
            codec::write_varint(n << 1 | u64::from(i + 1 < state.0.len()), out);
            codec::encode(value.get(), out);
        }
        if state.0.is_empty() {
            codec::write_varint(0, out);
        }
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Best> {
        let mut best = Best::default();
        self.merge_encoded(&mut best, bytes)?;
        Some(best)
    }

    fn merge_encoded(&self, into: &mut Best, bytes: &mut &[u8]) -> Option<()> {
        loop {
            let n = codec::read_varint(bytes)?;
            if n > 0 {
                codec::decode_with(bytes, |value| self.take(into, n >> 1, value))?;
            }
            if n & 1 == 0 {
                return Some(());
            }
        }
    }

    fn finish<'a>(&self, state: &Best, arena: &'a Bump) -> Result<Value<'a>, String> {
        if state.0.is_empty() {
            return Ok(Value::Null);
        }
        let (mut json, mut text) = (vec![b'['], Vec::new());
        for (i, (n, value)) in state.0.iter().enumerate() {
            text.clear();
            write(value.get(), &mut text);
            let text = std::str::from_utf8(&text)
                .map_err(|_| "a value of top_k is no UTF-8 text, which JSON cannot hold".to_owned())?;
            json.extend_from_slice(if i > 0 { b",{\"value\":" } else { b"{\"value\":" });
            quote(text, &mut json);
            json.extend_from_slice(format!(",\"count\":{n}}}").as_bytes());
        }
        json.push(b']');
        Ok(Value::Text(arena.alloc_slice_copy(&json)))
    }

    fn heap_bytes(&self, state: &Best) -> usize {
        let values = state.0.iter().map(|(_, value)| value.heap_bytes()).sum::<usize>();
        state.0.capacity() * size_of::<(u64, Owned)>() + values
    }
}
