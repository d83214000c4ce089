//! `string_agg`: the texts of a group joined, in the order asked for or that of the input.
//!
//! A text travels packed with what orders it: the keys of `ORDER BY`, then the place of its row; with `DISTINCT` alone, in the
//! order of bytes.

use bumpalo::Bump;

use super::AggregateFunction;
use super::functions::{Asked, Bound, Route, text};
use super::ordered::{Given, InOrder, Stop, Walk};
use super::states::States;
use crate::exprs::functions::required;
use crate::exprs::{Misuse, Type, Value, codec, operators, sort_key};

pub(super) const STRING_AGG: AggregateFunction = AggregateFunction {
    name: "string_agg",
    signature: "string_agg(text, separator [ORDER BY key, …])",
    doc: "The texts that are not NULL with the separator between them, in the order asked for, else that of the input.",
    bind: |asked| {
        let Asked { args, distinct, order, place } = asked;
        let [value, separator] = required(args, STRING_AGG.signature)?;
        let separator = text(&separator, "the separator")?;
        let value = operators::demand(value, Type::Text)?;
        if distinct {
            if !order.is_empty() {
                let what = "string_agg(DISTINCT …) joins in the order of bytes";
                return Err(Misuse::new(what, "leave ORDER BY or DISTINCT out"));
            }
            return Ok(bound(value, Joined { keys: Vec::new(), separator, is_packed: false }, true));
        }
        let keys = order.iter().map(|key| (key.value.ty, key.descending, key.nulls_first)).collect::<Vec<_>>();
        let mut packed: Vec<_> = order.into_iter().map(|key| key.value).collect();
        packed.extend([place, value]);
        let demanded = [packed.len() - 1];
        Ok(bound(operators::pack(packed, &demanded)?, Joined { keys, separator, is_packed: true }, false))
    },
};

fn bound(value: crate::exprs::Typed, joined: Joined, once: bool) -> Bound {
    let bound = Bound::rows(value, Type::Text, || Box::new(States::new(Given)));
    bound.by(Route::InOrder { order: Box::new(joined), once })
}

/// How texts are ordered and joined.
#[derive(Clone, Debug)]
struct Joined {
    /// Type, `DESC`, `NULLS FIRST` of each key.
    keys: Vec<(Type, bool, bool)>,
    separator: Vec<u8>,
    is_packed: bool,
}

impl InOrder for Joined {
    fn row(&self, value: Value<'_>, count: u64, key: &mut Vec<u8>, payload: &mut Vec<u8>) -> u64 {
        let Value::Text(bytes) = value else { return 0 };
        if !self.is_packed {
            sort_key(Type::Text, value, false, false, key);
            payload.extend_from_slice(bytes);
            return (bytes.len() + self.separator.len()) as u64 * count;
        }
        let (arena, mut rest) = (Bump::new(), bytes);
        let mut next = || codec::decode(&mut rest, &arena).unwrap_or(Value::Null);
        for &(ty, descending, nulls_first) in &self.keys {
            sort_key(ty, next(), descending, nulls_first, key);
        }
        sort_key(Type::Number, next(), false, false, key);
        if let Value::Text(text) = next() {
            payload.extend_from_slice(text);
            return (text.len() + self.separator.len()) as u64 * count;
        }
        0
    }

    fn walk(&self, _: u64) -> Box<dyn Walk> {
        Box::new(Joining { separator: self.separator.clone(), joined: Vec::new(), is_first: true })
    }
}

#[derive(Debug)]
struct Joining {
    separator: Vec<u8>,
    joined: Vec<u8>,
    is_first: bool,
}

impl Walk for Joining {
    fn take(&mut self, payload: &[u8], count: u64) -> Result<(), Stop> {
        for _ in 0..count {
            if !std::mem::take(&mut self.is_first) {
                self.joined.extend_from_slice(&self.separator);
            }
            self.joined.extend_from_slice(payload);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Stop> {
        codec::encode(Value::Text(&self.joined), out);
        Ok(())
    }
}
