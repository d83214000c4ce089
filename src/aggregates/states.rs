//! The states of one aggregate for many groups: an array beside the keys, indexed by the key's number.
//!
//! ```text
//! Keys            count      sum             an array an aggregate, a place a group
//! 0 "alice"       [  3 ]     [ 12.50 ]
//! 1 "bob"         [  1 ]     [  4    ]
//! ```
//!
//! An aggregate is a [`Fold`]; [`States`] makes the array of it; [`Aggregate`] is what the groups see of the array, so that
//! dispatch costs once a batch and the loop over the rows is compiled for each fold.

use std::fmt::Debug;

use bumpalo::Bump;

use super::prefetch::prefetch;
use crate::exprs::{Shorts, Value};

/// The number of a row whose key is in no table.
pub const MISSED: u32 = u32::MAX;

/// How many rows before its turn the state of a row is asked for.
const AHEAD: usize = 32;

/// States up to so many bytes are in the cache anyway.
const NEAR_BYTES: usize = 256 << 10;

/// The values of an aggregate's argument.
#[derive(Clone, Copy, Debug)]
pub enum Values<'v, 'a> {
    /// The same in all lanes.
    Same(Value<'a>),
    /// Indexed by lane.
    Each(&'v [Value<'a>]),
    /// Indexed by lane.
    Numbers(Shorts<'v>),
}

impl<'a> Values<'_, 'a> {
    /// The value of `lane`.
    #[inline]
    pub fn at(&self, lane: u32) -> Value<'a> {
        match self {
            Values::Same(value) => *value,
            Values::Each(values) => values[lane as usize],
            Values::Numbers(numbers) => numbers.at(lane),
        }
    }
}

/// How values of one group become one value.
///
/// The law of merging: however the rows are cut into parts, whatever the order in which the parts are merged, and whether a
/// part went through [`encode`](Fold::encode) and [`decode`](Fold::decode) or not, [`finish`](Fold::finish) gives the same.
/// `State::default()` is the state of no rows, and neutral.
pub trait Fold: Debug + Send {
    /// What is kept for a group.
    type State: Default + Debug + Send;

    /// Adds a row's value, NULL included.
    fn update(&self, state: &mut Self::State, value: Value<'_>);
    /// The same where it takes a few instructions and [`heap_bytes`](Fold::heap_bytes) stays as it is; `false` when nothing
    /// was done.
    #[inline]
    fn update_in_place(&self, _state: &mut Self::State, _value: Value<'_>) -> bool {
        false
    }
    /// The same of the number with these digits and this scale.
    #[inline]
    fn update_short(&self, state: &mut Self::State, mantissa: i64, scale: u8) -> bool {
        self.update_in_place(state, Value::Short { mantissa, scale })
    }
    /// Adds the rows of another state.
    fn merge(&self, into: &mut Self::State, from: Self::State);
    /// Appends the state as self-delimiting bytes.
    fn encode(&self, state: &Self::State, out: &mut Vec<u8>);
    /// The state that `bytes` begin with; they are left behind it. `None` when they are damaged.
    fn decode(&self, bytes: &mut &[u8]) -> Option<Self::State>;
    /// Adds the encoded state at the start of `bytes`, leaving them behind it.
    #[inline]
    fn merge_encoded(&self, into: &mut Self::State, bytes: &mut &[u8]) -> Option<()> {
        self.merge(into, self.decode(bytes)?);
        Some(())
    }
    /// The group's value, or the sentence that says why it has none.
    fn finish<'a>(&self, state: &Self::State, arena: &'a Bump) -> Result<Value<'a>, String>;
    /// What the state holds of memory beyond its own size.
    fn heap_bytes(&self, _state: &Self::State) -> usize {
        0
    }
    /// A sentence for the user about the state that is no error.
    fn warning(&self, _state: &Self::State) -> Option<&'static str> {
        None
    }
}

/// The states of one aggregate, as the groups see them.
pub trait Aggregate: Debug + Send {
    /// Makes states for all groups below `n_groups`.
    fn grow(&mut self, n_groups: usize);
    /// Adds `values.at(lane)` to group `groups[lane]` for each of `lanes` that is not [`MISSED`].
    fn update(&mut self, groups: &[u32], lanes: &[u32], values: Values<'_, '_>);
    /// Appends the encoded state of one row with this value.
    fn encode_row(&self, value: Value<'_>, out: &mut Vec<u8>);
    /// Appends the encoded state of no rows.
    fn encode_none(&self, out: &mut Vec<u8>);
    /// Appends the encoded state of `group`.
    fn encode(&self, group: u32, out: &mut Vec<u8>);
    /// Adds the encoded state at the start of `bytes`, leaving them behind it, to `group`; without a group it is passed over.
    fn merge(&mut self, group: Option<u32>, bytes: &mut &[u8]) -> Option<()>;
    /// The value of `group`.
    fn finish<'a>(&self, group: u32, arena: &'a Bump) -> Result<Value<'a>, String>;
    /// A sentence for the user about `group` that is no error.
    fn warning(&self, group: u32) -> Option<&'static str>;
    /// The values of `groups`, to `out`, and their warnings to `warn`.
    ///
    /// Groups in the order of their keys lie anywhere in the table: here what one waits for does not keep the next from waiting,
    /// too, as a call each would.
    fn finish_all<'a>(
        &self,
        groups: &[u32],
        arena: &'a Bump,
        out: &mut [Value<'a>],
        warn: &mut dyn FnMut(&'static str),
    ) -> Result<(), String> {
        for (value, &group) in out.iter_mut().zip(groups) {
            *value = self.finish(group, arena)?;
            if let Some(sentence) = self.warning(group) {
                warn(sentence);
            }
        }
        Ok(())
    }
    /// What all states hold of memory.
    fn bytes(&self) -> usize;
    /// What of it they hold beyond their own size.
    fn heap_bytes(&self) -> usize;
    /// What one state takes, without what it may hold beyond its own size.
    fn state_bytes(&self) -> usize;
    /// Sets room aside for `n_groups`, so that growing to them never copies; pages are touched only when groups come.
    fn reserve(&mut self, n_groups: usize);
    /// Forgets all groups and keeps the memory.
    fn clear(&mut self);
}

/// An array of a fold's states.
#[derive(Debug)]
pub struct States<F: Fold> {
    fold: F,
    states: Vec<F::State>,
    heap_bytes: usize,
}

impl<F: Fold> States<F> {
    /// No states yet.
    pub fn new(fold: F) -> States<F> {
        States { fold, states: Vec::new(), heap_bytes: 0 }
    }

    /// Adds to each group what is its own: where `in_place` says that it did not, as the `value` that it is. [`MISSED`] is beyond all
    /// groups. Far states are asked for before their turn.
    #[inline(always)]
    fn add_all<'g, 'v, V: Copy>(
        &mut self,
        groups: impl Iterator<Item = &'g u32> + Clone,
        values: impl Iterator<Item = V>,
        in_place: impl Fn(&F, &mut F::State, V) -> bool,
        value: impl Fn(V) -> Value<'v>,
    ) {
        let is_far = self.are_far();
        let States { fold, states, heap_bytes } = self;
        let states = states.as_mut_slice();
        if !is_far {
            return groups.zip(values).for_each(|(&group, of)| {
                add(fold, states.get_mut(group as usize), heap_bytes, of, &in_place, &value);
            });
        }
        let ahead = groups.clone().skip(AHEAD).chain(std::iter::repeat(&MISSED));
        for ((&group, of), &next) in groups.zip(values).zip(ahead) {
            prefetch(states, next as usize);
            add(fold, states.get_mut(group as usize), heap_bytes, of, &in_place, &value);
        }
    }

    /// Whether the states are more than the cache next to a core holds beside everything else.
    fn are_far(&self) -> bool {
        self.states.len() * size_of::<F::State>() > NEAR_BYTES
    }
}

/// Adds `of` to `state`, if there is one: as the value that it is where `in_place` did not.
#[inline(always)]
fn add<'v, F: Fold, V: Copy>(
    fold: &F,
    state: Option<&mut F::State>,
    heap_bytes: &mut usize,
    of: V,
    in_place: impl Fn(&F, &mut F::State, V) -> bool,
    value: impl Fn(V) -> Value<'v>,
) {
    if let Some(state) = state
        && !in_place(fold, state, of)
    {
        change(fold, state, heap_bytes, |state| fold.update(state, value(of)));
    }
}

/// Has `how` change `state`, whose bytes elsewhere are among `heap_bytes`.
#[inline(always)]
fn change<F: Fold>(fold: &F, state: &mut F::State, heap_bytes: &mut usize, how: impl FnOnce(&mut F::State)) {
    let before = fold.heap_bytes(state);
    how(state);
    *heap_bytes = *heap_bytes + fold.heap_bytes(state) - before;
}

impl<F: Fold> Aggregate for States<F> {
    fn grow(&mut self, n_groups: usize) {
        if self.states.len() < n_groups {
            self.states.resize_with(n_groups, F::State::default);
        }
    }

    fn update(&mut self, groups: &[u32], lanes: &[u32], values: Values<'_, '_>) {
        // Nearly always all lanes are left: then nothing is looked up by lane.
        let all = lanes.len() == groups.len();
        let (each, left) = (groups.iter(), lanes.iter().map(|&lane| &groups[lane as usize]));
        let (in_place, same) = (F::update_in_place, |value| value);
        // A number is no value before it has to be: 5 % of min, mean and max by 10,000 stations, 9 % of h2o q5 (CPU, in turns, 2026-11-30).
        let short_in_place = |fold: &F, state: &mut F::State, number: Option<(i64, u8)>| {
            number.is_some_and(|(mantissa, scale)| fold.update_short(state, mantissa, scale))
        };
        match values {
            Values::Same(value) if all => self.add_all(each, std::iter::repeat(value), in_place, same),
            Values::Same(value) => self.add_all(left, std::iter::repeat(value), in_place, same),
            Values::Each(values) if all => self.add_all(each, values.iter().copied(), in_place, same),
            Values::Each(values) => self.add_all(left, lanes.iter().map(|&lane| values[lane as usize]), in_place, same),
            Values::Numbers(numbers) if all => self.add_all(each, numbers.iter(), short_in_place, Shorts::value),
            Values::Numbers(numbers) => {
                self.add_all(left, lanes.iter().map(|&lane| numbers.short(lane)), short_in_place, Shorts::value);
            }
        }
    }

    fn encode_row(&self, value: Value<'_>, out: &mut Vec<u8>) {
        let mut state = F::State::default();
        self.fold.update(&mut state, value);
        self.fold.encode(&state, out);
    }

    fn encode_none(&self, out: &mut Vec<u8>) {
        self.fold.encode(&F::State::default(), out);
    }

    fn encode(&self, group: u32, out: &mut Vec<u8>) {
        self.fold.encode(&self.states[group as usize], out);
    }

    fn merge(&mut self, group: Option<u32>, bytes: &mut &[u8]) -> Option<()> {
        match group {
            None => self.fold.decode(bytes).map(drop),
            Some(group) => {
                let (state, mut done) = (&mut self.states[group as usize], None);
                change(&self.fold, state, &mut self.heap_bytes, |state| done = self.fold.merge_encoded(state, bytes));
                done
            }
        }
    }

    fn finish<'a>(&self, group: u32, arena: &'a Bump) -> Result<Value<'a>, String> {
        self.fold.finish(&self.states[group as usize], arena)
    }

    fn warning(&self, group: u32) -> Option<&'static str> {
        self.fold.warning(&self.states[group as usize])
    }

    fn bytes(&self) -> usize {
        self.states.len() * size_of::<F::State>() + self.heap_bytes
    }

    fn heap_bytes(&self) -> usize {
        self.heap_bytes
    }

    fn state_bytes(&self) -> usize {
        size_of::<F::State>()
    }

    fn reserve(&mut self, n_groups: usize) {
        self.states.reserve_exact(n_groups.saturating_sub(self.states.len()));
    }

    fn clear(&mut self) {
        self.states.clear();
        self.heap_bytes = 0;
    }
}
