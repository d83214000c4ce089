//! The lanes of a batch in, keys and arguments for the folders out.
//!
//! An aggregate that needs each value once (`mode`, `count(DISTINCT)`) has a fold of its own, grouped by key *and* value. When
//! that fold is finished, every value with its count is merged into the state that the aggregate has in the main fold: a fold
//! of folds, in which no group's values have to fit in memory together.

use crate::aggregates::seed::Seed;
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::frame::Lanes;
use super::key_parts::KeyPart;
use super::packed::Packed;
use crate::aggregates::count::Count;
use crate::aggregates::folder::{Argument, Folder};
use crate::aggregates::functions::Route;
use crate::aggregates::groups::Groups;
use crate::aggregates::in_order::KeyOrder;
use crate::aggregates::key::{INLINE_BYTES, Key};
use crate::aggregates::keys::KeyBytes;
use crate::aggregates::ordered::{self, InOrder};
use crate::aggregates::slabs::{Pool, Store};
use crate::aggregates::spill::Spill;
use crate::aggregates::states::{Aggregate, States, Values};
use crate::aggregates::{AggregateCall, mode};
use crate::error::Result;
use crate::exprs::words::Short;
use crate::exprs::{Expr, Troubles, Type, Value, codec, sortable};
use crate::finish::Collector;
use crate::questions::plan::Output;

/// How one pass groups.
#[derive(Debug)]
pub(super) struct Grouping<'p> {
    keys: &'p [Output],
    calls: &'p [AggregateCall],
    /// The calls that have a fold by value.
    by_value: Vec<usize>,
    /// How keys order, where groups leave in the order of their keys.
    pub(super) key_order: Option<KeyOrder>,
    pub(super) seed: Seed,
}

impl<'p> Grouping<'p> {
    /// How to group by `keys` and aggregate `calls`; whether groups leave in the order of their keys.
    pub(super) fn new(keys: &'p [Output], calls: &'p [AggregateCall], in_key_order: bool) -> Grouping<'p> {
        let key_order = in_key_order.then(|| match keys {
            [key] if is_bytes(key.ty) => KeyOrder::Value(key.ty),
            _ => KeyOrder::Bytes,
        });
        let by_value = (0..calls.len()).filter(|&slot| calls[slot].is_by_value()).collect();
        Grouping { keys, calls, by_value, key_order, seed: Seed::random() }
    }

    /// The main fold, and one for each aggregate by value.
    pub(super) fn n_folds(&self) -> usize {
        1 + self.by_value.len()
    }

    /// Whether states keep texts.
    pub(super) fn keeps_texts(&self) -> bool {
        self.calls.iter().any(|call| call.keeps_texts)
    }

    /// Whether there is one group, which is there even of nothing.
    pub(super) fn is_global(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether it is `count(*)` of everything, and nothing else.
    pub(super) fn only_counts(&self) -> bool {
        let counts_all =
            |call: &AggregateCall| call.function.name == "count" && call.argument.is_none() && call.filter.is_none();
        self.is_global() && self.calls.iter().all(counts_all)
    }

    /// Folds `n` records at once; each call is `count(*)`.
    pub(super) fn fold_counted(&self, n: u64, main: &mut Folder<'_>) -> Result<()> {
        let mut state = Vec::new();
        codec::write_varint(n, &mut state);
        (0..self.calls.len()).try_for_each(|slot| main.merge(&Key::new(b""), slot, &state))
    }

    /// A store a fold, the main one first.
    pub(super) fn stores<'s>(&self, pool: &'s Pool, spill: &'s Spill) -> Vec<Store<'s>> {
        let store = |fold: usize| match self.key_order {
            Some(order) if fold == 0 => Store::in_order(pool, spill, order),
            _ => Store::new(pool, spill),
        };
        (0..self.n_folds()).map(store).collect()
    }

    /// A worker's folders for `stores`.
    pub(super) fn folders<'s>(&self, stores: &'s [Store<'s>], hot_bytes: usize) -> Vec<Folder<'s>> {
        let folder = |fold: usize| Folder::new(self.make_of(fold), &stores[fold], self.seed.clone(), hot_bytes);
        (0..self.n_folds()).map(folder).collect()
    }

    /// The empty states of fold `fold`.
    pub(super) fn make_of(&self, fold: usize) -> Vec<Box<dyn Aggregate>> {
        match fold {
            0 => self.calls.iter().map(|call| call.make.states()).collect(),
            _ => match self.calls[self.by_value[fold - 1]].route {
                // It is asked only whether a value is there.
                Route::Once => Vec::new(),
                _ => vec![Box::new(States::new(Count))],
            },
        }
    }

    /// Folds the lanes that are left of a batch.
    pub(super) fn fold(
        &self,
        folders: &mut [Folder<'_>],
        packed: &mut Packed,
        lanes: &Lanes<'_>,
        troubles: &mut Troubles,
    ) -> Result<()> {
        let arena = lanes.frame().arena;
        let alone = self.key_alone(lanes);
        let keys = if alone.is_none() { self.keys_of(lanes, packed, troubles) } else { &[] };
        let mut arguments = ArenaVec::with_capacity_in(self.calls.len(), arena);
        let mut by_value = Vec::with_capacity(self.by_value.len());
        for call in self.calls {
            let sifted = Sifted::of(call, lanes, troubles);
            match &call.argument {
                Some(argument) if call.is_by_value() => {
                    by_value.push((sifted, KeyPart::of(argument, lanes, sifted.lanes, troubles)));
                    arguments.push(NOTHING);
                }
                argument => arguments.push(sifted.argument(argument.as_ref(), lanes, troubles)),
            }
        }
        match &alone {
            Some(KeyPart::Fields(fields)) => {
                return folders[0].fold(lanes.n_lanes, lanes.lanes, Some(fields), &arguments);
            }
            Some(KeyPart::Values(values)) => {
                return folders[0].fold(lanes.n_lanes, lanes.lanes, Some(values), &arguments);
            }
            None => {}
        }
        let keys = (!self.is_global()).then_some(keys);
        for (folder, (sifted, part)) in folders[1..].iter_mut().zip(&by_value) {
            fold_by_value(folder, packed, lanes, keys, sifted.passes, part)?;
        }
        folders[0].fold(lanes.n_lanes, lanes.lanes, keys, &arguments)
    }

    /// The key, where it is a text that lies there and nothing else needs the keys.
    fn key_alone<'v, 'a>(&self, lanes: &'v Lanes<'a>) -> Option<KeyPart<'v, 'a>> {
        match self.keys {
            [key] if is_bytes(key.ty) && self.by_value.is_empty() => KeyPart::lying(&key.expr, lanes),
            _ => None,
        }
    }

    /// The key of each lane left, in their order; none at all for a global aggregate.
    fn keys_of<'a>(&self, lanes: &Lanes<'a>, packed: &mut Packed, troubles: &mut Troubles) -> &'a [Key<'a>] {
        let arena = lanes.frame().arena;
        let mut parts = ArenaVec::with_capacity_in(self.keys.len(), arena);
        parts.extend(self.keys.iter().map(|key| KeyPart::of(&key.expr, lanes, lanes.lanes, troubles)));
        match (self.keys, &parts[..]) {
            ([], _) => &[],
            ([key], [part]) if is_bytes(key.ty) => {
                let mut keys = ArenaVec::with_capacity_in(lanes.lanes.len(), arena);
                keys.extend(lanes.lanes.iter().map(|&lane| part.get(lane).map_or(Key::NULL, |piece| piece.key())));
                keys.into_bump_slice()
            }
            _ => {
                let mut keys = packed.begin(lanes.lanes.len(), arena);
                for &lane in lanes.lanes {
                    let short = || match self.key_order {
                        None => parts.iter().try_fold(Short::default(), |key, part| key.then(part.short(lane)?)),
                        Some(_) => None,
                    };
                    keys.push(short, |bytes| {
                        for (key, part) in self.keys.iter().zip(&parts) {
                            if self.key_order.is_none() {
                                part.encode(lane, bytes);
                            } else {
                                part.encode_sortable(key.ty, lane, bytes);
                            }
                        }
                        true
                    });
                }
                keys.done()
            }
        }
    }

    /// Merges a finished group of fold `fold ≥ 1` into the main fold.
    pub(super) fn merge_by_value(&self, fold: usize, groups: &Groups, main: &mut Folder<'_>) -> Result<()> {
        let slot = self.by_value[fold - 1];
        let (mut state, mut encoded, once) = (Vec::new(), Vec::new(), self.calls[slot].make.states());
        self.each_value(groups, &mut |key, value, number| {
            state.clear();
            match groups.states.first() {
                None => {
                    let mut rest = value;
                    codec::decode_with(&mut rest, |value| once.encode_row(value, &mut state)).expect(WRITTEN);
                }
                Some(counts) => {
                    encoded.clear();
                    counts.encode(number, &mut encoded);
                    let count = codec::read_varint(&mut encoded.as_slice()).expect(WRITTEN);
                    mode::encode_counted(count, value, &mut state);
                }
            }
            main.merge(&Key::read(&mut { key }).expect(WRITTEN), slot, &state)
        })
    }

    /// What orders the values of fold `fold ≥ 1`, if they are wanted in order.
    pub(super) fn in_order(&self, fold: usize) -> Option<&'p dyn InOrder> {
        match &self.calls[self.by_value[fold - 1]].route {
            Route::InOrder { order, .. } => Some(&**order),
            _ => None,
        }
    }

    /// Makes rows to be sorted of a finished group of fold `fold ≥ 1`, whose values are wanted in order.
    pub(super) fn collect_values(
        &self,
        fold: usize,
        groups: &Groups,
        rows: &mut ordered::Rows,
        into: &mut Collector<'_>,
    ) -> Result<()> {
        let Route::InOrder { order, once } = &self.calls[self.by_value[fold - 1]].route else { return Ok(()) };
        let Some(counts) = groups.states.first() else { return Ok(()) };
        let mut state = Vec::new();
        let mut push = |key: &[u8], payload: &[u8]| into.push(key, payload);
        self.each_value(groups, &mut |key, value, number| {
            state.clear();
            counts.encode(number, &mut state);
            let count = codec::read_varint(&mut state.as_slice()).expect(WRITTEN);
            let (arena, mut rest) = (Bump::new(), value);
            let value = codec::decode(&mut rest, &arena).expect(WRITTEN);
            rows.push(&**order, key, value, if *once { 1 } else { count }, &mut push)
        })
    }

    /// Merges what a walk over the ordered values of the group `key` came to into the main fold.
    pub(super) fn merge_walked(&self, fold: usize, key: &[u8], state: &[u8], main: &mut Folder<'_>) -> Result<()> {
        main.merge(&Key::read(&mut { key }).expect(WRITTEN), self.by_value[fold - 1], state)
    }

    /// Calls `each` with the key (as it was written), the encoded value and the number of every group of a fold by value.
    fn each_value(&self, groups: &Groups, each: &mut EachValue<'_>) -> Result<()> {
        let (mut inline, mut global) = ([0; INLINE_BYTES], Vec::new());
        Key::new(b"").write(&mut global);
        for number in 0..groups.keys.len() {
            let number = u32::try_from(number).expect("numbers have 32 bits");
            let Some(bytes) = groups.keys.key(number, &mut inline) else { continue };
            let all = bytes.get(&inline);
            if self.is_global() {
                each(&global, all, number)?;
            } else {
                let mut rest = all;
                Key::read(&mut rest).expect(WRITTEN);
                each(&all[..all.len() - rest.len()], rest, number)?;
            }
        }
        Ok(())
    }

    /// Puts the keys of group `number` at `lane` of the first of `columns`; short ones lie in `arena`.
    pub(super) fn key_values<'a>(
        &self,
        groups: &'a Groups,
        number: u32,
        arena: &'a Bump,
        lane: usize,
        columns: &mut [&mut [Value<'a>]],
    ) {
        let mut inline = [0; INLINE_BYTES];
        let bytes = groups.keys.key(number, &mut inline).map(|bytes| match bytes {
            KeyBytes::Inline(len) => &*arena.alloc_slice_copy(&inline[..len]),
            KeyBytes::Long(bytes) => bytes,
        });
        if let [key] = self.keys
            && is_bytes(key.ty)
        {
            columns[0][lane] = bytes.map_or(Value::Null, Value::Text);
            return;
        }
        let mut rest: &'a [u8] = bytes.unwrap_or_default();
        for (slot, key) in self.keys.iter().enumerate() {
            let text = self.key_order.and_then(|_| sortable::decode_text(key.ty, &mut rest));
            if let Some(text) = text {
                // From registers: copied as a value it would be loaded wider than it was stored.
                columns[slot][lane] = Value::Text(text);
                continue;
            }
            let value = match self.key_order {
                None => codec::decode(&mut rest, arena),
                Some(_) => sortable::decode(key.ty, &mut rest, arena),
            };
            columns[slot][lane] = value.expect("was encoded by keys_of");
        }
    }
}

/// Takes the key of a group of a fold by value, its encoded value, its number.
type EachValue<'e> = dyn FnMut(&[u8], &[u8], u32) -> Result<()> + 'e;

const WRITTEN: &str = "was written by fold_by_value";

/// The lanes that pass the `FILTER` of a call.
#[derive(Clone, Copy, Debug)]
struct Sifted<'v> {
    lanes: &'v [u32],
    /// The same by lane; `None` when all pass.
    passes: Option<&'v [bool]>,
}

impl<'a> Sifted<'a> {
    fn of(call: &AggregateCall, lanes: &Lanes<'a>, troubles: &mut Troubles) -> Sifted<'a> {
        let arena = lanes.frame().arena;
        let Some(filter) = &call.filter else { return Sifted { lanes: lanes.lanes, passes: None } };
        let truth = lanes.eval(filter, troubles);
        let mut kept = ArenaVec::with_capacity_in(lanes.lanes.len(), arena);
        kept.extend(lanes.lanes.iter().copied().filter(|&lane| truth[lane as usize].is_true()));
        let passes = &*arena.alloc_slice_fill_iter(truth.iter().map(|value| value.is_true()));
        Sifted { lanes: kept.into_bump_slice(), passes: Some(passes) }
    }

    /// The values of `argument` in them.
    fn argument<'v>(self, argument: Option<&Expr>, lanes: &'v Lanes<'a>, troubles: &mut Troubles) -> Argument<'v, 'a> {
        let values = argument.map_or(Values::Same(Value::Boolean(true)), |argument| {
            let made = || Values::Each(lanes.eval_in(argument, self.lanes, troubles));
            lanes.argument(argument).unwrap_or_else(made)
        });
        Argument { lanes: self.lanes, passes: self.passes, values }
    }
}

/// What the main fold sees of an aggregate by value: its state there is made by [`Grouping::merge_by_value`] alone.
const NOTHING: Argument<'static, 'static> = Argument { lanes: &[], passes: None, values: Values::Same(Value::Null) };

/// Whether a single key of this type is its bytes.
fn is_bytes(ty: Type) -> bool {
    matches!(ty, Type::Dynamic | Type::Text)
}

/// Groups the values that are not NULL, and pass, by key and value; without keys by value alone.
fn fold_by_value(
    folder: &mut Folder<'_>,
    packed: &mut Packed,
    lanes: &Lanes<'_>,
    keys: Option<&[Key<'_>]>,
    passes: Option<&[bool]>,
    part: &KeyPart<'_, '_>,
) -> Result<()> {
    let arena = lanes.frame().arena;
    let (mut pairs, mut left) =
        (packed.begin(lanes.lanes.len(), arena), ArenaVec::with_capacity_in(lanes.lanes.len(), arena));
    for (i, &lane) in lanes.lanes.iter().enumerate() {
        if passes.is_some_and(|passes| !passes[lane as usize]) {
            continue;
        }
        let key = keys.map(|keys| keys[i]);
        let short = || {
            let value = part.short(lane).filter(|value| *value != codec::SHORT_NULL)?;
            key.map_or(Some(Short::default()), |key| key.written())?.then(value)
        };
        let is_one = pairs.push(short, |bytes| {
            if let Some(key) = key {
                key.write(bytes);
            }
            part.encode(lane, bytes)
        });
        if is_one {
            left.push(lane);
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let counted = Argument { lanes: &left, passes: None, values: Values::Same(Value::Boolean(true)) };
    folder.fold(lanes.n_lanes, &left, Some(pairs.done()), &[counted])
}
