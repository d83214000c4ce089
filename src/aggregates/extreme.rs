//! `min(value)` and `max(value)`, of any type, in the contract's order.

use std::cmp::Ordering;

use bumpalo::Bump;

use super::AggregateFunction;
use super::extreme_number::ExtremeNumber;
use super::functions::{Asked, Bound};
use super::states::{Fold, States};
use crate::exprs::{Misuse, Type, Value, codec, compare, number};

pub(super) const MAX: AggregateFunction = AggregateFunction {
    name: "max",
    signature: "max(value)",
    doc: "The greatest value that is not NULL.",
    bind: |asked| bind(asked, MAX.signature, Ordering::Greater),
};

pub(super) const MIN: AggregateFunction = AggregateFunction {
    name: "min",
    signature: "min(value)",
    doc: "The least value that is not NULL.",
    bind: |asked| bind(asked, MIN.signature, Ordering::Less),
};

/// `DISTINCT` changes nothing.
fn bind(asked: Asked, signature: &str, wanted: Ordering) -> Result<Bound, Misuse> {
    let [value] = asked.unordered()?.arguments(signature)?;
    let ty = value.ty;
    Ok(Bound::rows(value, ty, move || match (ty, wanted) {
        (Type::Number, Ordering::Greater) => Box::new(States::new(ExtremeNumber::<true>)),
        (Type::Number, _) => Box::new(States::new(ExtremeNumber::<false>)),
        _ => Box::new(States::new(Extreme { ty, wanted })),
    }))
}

/// The least or greatest value.
#[derive(Debug)]
pub struct Extreme {
    /// What the values are.
    pub ty: Type,
    /// `Less` for `min`, `Greater` for `max`: how a value must stand to the kept one to take its place.
    pub wanted: Ordering,
}

/// The value kept, and what kinds a dynamic column has shown.
#[derive(Debug, Default)]
pub struct Kept {
    value: Owned,
    /// The same as a number, where it is a short one of a dynamic column.
    short: Option<(i64, u8)>,
    saw_number: bool,
    saw_text: bool,
}

/// A value that owns its bytes; text keeps its buffer when a better one replaces it.
#[derive(Debug, Default)]
pub enum Owned {
    /// None yet.
    #[default]
    None,
    /// Anything that borrows nothing.
    Plain(Value<'static>),
    /// Text.
    Text(Vec<u8>),
    /// A decimal beyond 64 bits.
    Wide(Box<crate::exprs::Decimal>),
}

impl Owned {
    /// The value; NULL when there is none.
    #[inline]
    pub fn get(&self) -> Value<'_> {
        match self {
            Owned::None => Value::Null,
            Owned::Plain(value) => *value,
            Owned::Text(text) => Value::Text(text),
            Owned::Wide(decimal) => Value::Wide(decimal),
        }
    }

    /// Replaces the value.
    #[inline]
    pub fn set(&mut self, value: Value<'_>) {
        match (value, self) {
            (Value::Text(text), Owned::Text(kept)) => {
                kept.clear();
                kept.extend_from_slice(text);
            }
            (Value::Text(text), kept) => *kept = Owned::Text(text.to_vec()),
            (Value::Wide(decimal), kept) => *kept = Owned::Wide(Box::new(*decimal)),
            (Value::Null, kept) => *kept = Owned::None,
            (Value::Boolean(b), kept) => *kept = Owned::Plain(Value::Boolean(b)),
            (Value::Short { mantissa, scale }, kept) => *kept = Owned::Plain(Value::Short { mantissa, scale }),
            (Value::Real(real), kept) => *kept = Owned::Plain(Value::Real(real)),
            (Value::Date(days), kept) => *kept = Owned::Plain(Value::Date(days)),
            (Value::Timestamp(micros), kept) => *kept = Owned::Plain(Value::Timestamp(micros)),
        }
    }

    /// What the value holds of memory beyond its own size.
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        match self {
            // An allocator rounds up to its classes (an eighth in mimalloc) and keeps pages of each class that are partly free.
            Owned::Text(text) => text.capacity() * 3 / 2 + 32,
            Owned::Wide(_) => 32,
            Owned::None | Owned::Plain(_) => 0,
        }
    }
}

/// Copies a value into `arena`.
pub fn into_arena<'a>(value: Value<'_>, arena: &'a Bump) -> Value<'a> {
    match value {
        Value::Null => Value::Null,
        Value::Boolean(b) => Value::Boolean(b),
        Value::Short { mantissa, scale } => Value::Short { mantissa, scale },
        Value::Wide(decimal) => Value::Wide(arena.alloc(*decimal)),
        Value::Real(real) => Value::Real(real),
        Value::Text(text) => Value::Text(arena.alloc_slice_copy(text)),
        Value::Date(days) => Value::Date(days),
        Value::Timestamp(micros) => Value::Timestamp(micros),
    }
}

impl Fold for Extreme {
    type State = Kept;

    #[inline]
    fn update(&self, state: &mut Kept, value: Value<'_>) {
        if matches!(value, Value::Null) {
            return;
        }
        let mut short = None;
        if let (Type::Dynamic, Value::Text(text)) = (self.ty, value) {
            short = number::parse_plain_short(text);
            let is_number = short.is_some() || number::is_plain(text);
            state.saw_number |= is_number;
            state.saw_text |= !is_number;
            if let (Some((mantissa, scale)), Some((kept, kept_scale))) = (short, state.short)
                && scale == kept_scale
                && mantissa != kept
            {
                if mantissa.cmp(&kept) == self.wanted {
                    state.value.set(value);
                    state.short = short;
                }
                return;
            }
        }
        if matches!(state.value, Owned::None) || compare(self.ty, value, state.value.get()) == self.wanted {
            state.value.set(value);
            state.short = short;
        }
    }

    #[inline]
    fn merge(&self, into: &mut Kept, from: Kept) {
        self.update(into, from.value.get());
        into.saw_number |= from.saw_number;
        into.saw_text |= from.saw_text;
    }

    fn encode(&self, state: &Kept, out: &mut Vec<u8>) {
        out.push(u8::from(state.saw_number) | u8::from(state.saw_text) << 1);
        codec::encode(state.value.get(), out);
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Kept> {
        let (&saw, rest) = bytes.split_first()?;
        *bytes = rest;
        let mut value = Owned::None;
        codec::decode_with(bytes, |decoded| value.set(decoded))?;
        Some(Kept { value, short: None, saw_number: saw & 1 != 0, saw_text: saw & 2 != 0 })
    }

    fn finish<'a>(&self, state: &Kept, arena: &'a Bump) -> Result<Value<'a>, String> {
        Ok(into_arena(state.value.get(), arena))
    }

    #[inline]
    fn heap_bytes(&self, state: &Kept) -> usize {
        state.value.heap_bytes()
    }

    fn warning(&self, state: &Kept) -> Option<&'static str> {
        let both = state.saw_number && state.saw_text;
        both.then_some("min or max saw both numbers and text: numbers come first; CAST the column to settle it")
    }
}
