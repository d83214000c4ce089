//! Aggregates that need all values of a group in order: `median`, `quantile_cont`, `string_agg`, `histogram`.
//!
//! No group's values have to fit in memory. They are folded by key *and* value first, as by `mode`; then key, value and count
//! are rows that an external sorter puts in order, and a [`Walk`] a group reads its own, one by one. How many values there are
//! in all is told first, in rows that sort before the values. What the walk comes to is the group's state in the main fold.

use std::collections::HashMap;

use bumpalo::Bump;

use super::extreme::{Owned, into_arena};
use super::states::Fold;
use crate::error::Result;
use crate::exprs::{Value, codec};

/// How values are ordered, and what is made of them.
pub trait InOrder: std::fmt::Debug + Send + Sync {
    /// Appends to `key` what orders `value`, which there is `count` times, and to `payload` what the walk needs of it.
    ///
    /// Gives the bytes by which the result grows, at most.
    fn row(&self, value: Value<'_>, count: u64, key: &mut Vec<u8>, payload: &mut Vec<u8>) -> u64;

    /// A walk over the values of one group, of which there are `n`.
    fn walk(&self, n: u64) -> Box<dyn Walk>;
}

/// Reads the values of one group, in order.
pub trait Walk: std::fmt::Debug {
    /// Takes the next value, which there is `count` times.
    fn take(&mut self, payload: &[u8], count: u64) -> std::result::Result<(), Stop>;
    /// Appends the encoded result.
    fn finish(&mut self, out: &mut Vec<u8>) -> std::result::Result<(), Stop>;
}

/// Why a walk cannot go on.
#[derive(Debug)]
pub enum Stop {
    /// The result takes more bytes than there are.
    TooLong {
        /// How many it takes.
        bytes: u64,
    },
    /// The sentence.
    Failed(String),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stop::TooLong { bytes } => write!(f, "a group's value takes {}", crate::error::size(*bytes)),
            Stop::Failed(what) => f.write_str(what),
        }
    }
}

/// Before the values of a group: how many there are, and how many bytes they come to.
const COUNT: u8 = 0;
const VALUE: u8 = 1;

/// Bytes of groups whose counts are held before they are told: few, for they are beside all else.
const HELD_BYTES: usize = 16 << 10;

/// What a held count takes beside its group.
const COUNT_BYTES: usize = 80;

/// Takes the key and the payload of a row.
pub type Push<'p> = dyn FnMut(&[u8], &[u8]) -> Result<()> + 'p;

/// Makes rows of counted values, to be sorted.
#[derive(Debug, Default)]
pub struct Rows {
    counts: HashMap<Vec<u8>, (u64, u64)>,
    held_bytes: usize,
    key: Vec<u8>,
    payload: Vec<u8>,
}

impl Rows {
    /// Calls `each` with the row of a value that the group of `group` (bytes that tell their own end) has `count` times.
    pub fn push(
        &mut self,
        order: &dyn InOrder,
        group: &[u8],
        value: Value<'_>,
        count: u64,
        each: &mut Push<'_>,
    ) -> Result<()> {
        self.start(group, VALUE);
        codec::write_varint(count, &mut self.payload);
        let bytes = order.row(value, count, &mut self.key, &mut self.payload);
        each(&self.key, &self.payload)?;
        match self.counts.get_mut(group) {
            Some(all) => *all = (all.0 + count, all.1 + bytes),
            None => {
                self.held_bytes += group.len() + COUNT_BYTES;
                if self.held_bytes > HELD_BYTES {
                    self.finish(each)?;
                    self.held_bytes = group.len() + COUNT_BYTES;
                }
                self.counts.insert(group.to_vec(), (count, bytes));
            }
        }
        Ok(())
    }

    /// Calls `each` with the rows of the counts that were held.
    pub fn finish(&mut self, each: &mut Push<'_>) -> Result<()> {
        for (group, (count, bytes)) in std::mem::take(&mut self.counts) {
            self.start(&group, COUNT);
            codec::write_varint(count, &mut self.payload);
            codec::write_varint(bytes, &mut self.payload);
            each(&self.key, &self.payload)?;
        }
        Ok(())
    }

    fn start(&mut self, group: &[u8], kind: u8) {
        self.key.clear();
        self.key.extend_from_slice(group);
        self.key.push(kind);
        self.payload.clear();
        codec::write_varint(group.len() as u64, &mut self.payload);
        self.payload.extend_from_slice(group);
        self.payload.push(kind);
    }
}

/// Reads sorted rows and finishes a group when the next begins.
#[derive(Debug)]
pub struct Walker<'o> {
    order: &'o dyn InOrder,
    limit_bytes: u64,
    group: Vec<u8>,
    n: u64,
    bytes: u64,
    walk: Option<Box<dyn Walk>>,
    result: Vec<u8>,
}

impl<'o> Walker<'o> {
    /// Before the first row; a group's result may take `limit_bytes`.
    pub fn new(order: &'o dyn InOrder, limit_bytes: u64) -> Walker<'o> {
        Walker { order, limit_bytes, group: Vec::new(), n: 0, bytes: 0, walk: None, result: Vec::new() }
    }

    /// Takes the payload of the next row; calls `done` with the group before it and its encoded state, if it is whole now.
    ///
    /// `None`: the payload is damaged.
    pub fn take(
        &mut self,
        payload: &[u8],
        done: &mut dyn FnMut(&[u8], &[u8]),
    ) -> Option<std::result::Result<(), Stop>> {
        let mut rest = payload;
        let len = usize::try_from(codec::read_varint(&mut rest)?).ok()?;
        let group = codec::take(&mut rest, len)?;
        let [kind] = *codec::take(&mut rest, 1)?.first_chunk()?;
        let count = codec::read_varint(&mut rest)?;
        if (self.n > 0 || self.walk.is_some())
            && group != self.group
            && let Err(stop) = self.finish(done)
        {
            return Some(Err(stop));
        }
        if self.n == 0 && self.walk.is_none() {
            self.group.clear();
            self.group.extend_from_slice(group);
        }
        if kind == COUNT {
            self.n += count;
            self.bytes += codec::read_varint(&mut rest)?;
            return Some(match self.bytes > self.limit_bytes {
                true => Err(Stop::TooLong { bytes: self.bytes }),
                false => Ok(()),
            });
        }
        let walk = self.walk.get_or_insert_with(|| self.order.walk(self.n));
        Some(walk.take(rest, count))
    }

    /// After the last row: calls `done` with the last group, if there was one.
    pub fn finish(&mut self, done: &mut dyn FnMut(&[u8], &[u8])) -> std::result::Result<(), Stop> {
        if let Some(mut walk) = self.walk.take() {
            self.result.clear();
            walk.finish(&mut self.result)?;
            done(&self.group, &self.result);
        }
        (self.n, self.bytes) = (0, 0);
        Ok(())
    }
}

/// The fold of results that come from elsewhere: of a group there is one at most.
#[derive(Clone, Copy, Debug)]
pub struct Given;

impl Fold for Given {
    type State = Owned;

    /// Rows do not arrive here.
    fn update(&self, _: &mut Owned, _: Value<'_>) {}

    fn merge(&self, into: &mut Owned, from: Owned) {
        if !matches!(from, Owned::None) {
            *into = from;
        }
    }

    fn encode(&self, state: &Owned, out: &mut Vec<u8>) {
        codec::encode(state.get(), out);
    }

    fn decode(&self, bytes: &mut &[u8]) -> Option<Owned> {
        let mut value = Owned::None;
        codec::decode_with(bytes, |decoded| value.set(decoded))?;
        Some(value)
    }

    fn finish<'a>(&self, state: &Owned, arena: &'a Bump) -> std::result::Result<Value<'a>, String> {
        Ok(into_arena(state.get(), arena))
    }

    fn heap_bytes(&self, state: &Owned) -> usize {
        state.heap_bytes()
    }
}
