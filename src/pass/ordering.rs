//! Outputs of rows or groups in, rows with the bytes that order them out, into a collector.

use bumpalo::Bump;

use super::grouping::Grouping;
use crate::aggregates::groups::Groups;
use crate::error::{Error, Place, Result};
use crate::exprs::{Expr, Frame, Trouble, Troubles, Type, Value, codec, sort_key, sort_key_head};
use crate::finish::{Collector, Target};
use crate::questions::plan::{Body, Cut, Pass};

/// Groups that are finished at a time, at most, and about how many bytes of them.
const GROUPS: usize = 1024;
const GROUPS_BYTES: usize = 512 << 10;

/// How the rows of one pass are put in order.
#[derive(Debug)]
pub(super) struct Ordering<'p> {
    pass: &'p Pass,
    /// Indexes into the outputs, or into the keys: what orders, as asked first, what makes it total after.
    order: Vec<(Side, Type, bool, bool)>,
}

/// What is to be told of groups beside their rows.
#[derive(Debug, Default)]
pub(super) struct Finished {
    /// Bad values that count as NULL.
    pub(super) troubles: Vec<Trouble>,
    /// Sentences, each once.
    pub(super) warnings: Vec<&'static str>,
}

/// Where finished groups go.
pub(super) enum Into<'i, 's> {
    /// To be put in order.
    Collector(&'i mut Collector<'s>),
    /// As they come: the lanes of a block, and each visible output by lane.
    Rows(&'i mut Rows<'i>),
}

/// What takes a block of finished groups.
pub(super) type Rows<'i> = dyn FnMut(&[u32], &[&[Value<'_>]]) -> Result<()> + 'i;

#[derive(Clone, Copy, Debug)]
enum Side {
    Output(usize),
    Key(usize),
}

impl<'p> Ordering<'p> {
    /// The order of `pass`: as asked, then the remaining visible outputs; by key where nothing is asked of groups.
    pub(super) fn new(pass: &'p Pass) -> Ordering<'p> {
        let (Body::Rows { outputs } | Body::Groups { outputs, .. }) = &pass.body;
        let order = match &pass.body {
            Body::Groups { keys, .. } if pass.cut.order.is_empty() => {
                keys.iter().enumerate().map(|(i, key)| (Side::Key(i), key.ty, false, false)).collect()
            }
            _ => total(&pass.cut, outputs.iter().map(|output| output.ty).take(pass.columns.len()), |i| outputs[i].ty)
                .map(|(i, ty, descending, nulls_first)| (Side::Output(i), ty, descending, nulls_first))
                .collect(),
        };
        Ordering { pass, order }
    }

    /// What a collector of this pass is for.
    pub(super) fn target(&self, limit_bytes: usize) -> Target {
        Target { offset: self.pass.cut.offset, limit: self.pass.cut.limit, limit_bytes }
    }

    /// Collects rows: `values[i][lane]` is output i of a row.
    pub(super) fn collect_rows(&self, lanes: &[u32], values: &[&[Value<'_>]], into: &mut Collector<'_>) -> Result<()> {
        let (mut key, mut payload) = (Vec::new(), Vec::new());
        for &lane in lanes {
            let value = |side: Side| match side {
                Side::Output(i) => values[i][lane as usize],
                Side::Key(_) => Value::Null,
            };
            self.push(value, &mut key, &mut payload, into)?;
        }
        Ok(())
    }

    /// Whether the order is that of the keys, one after the other, ascending, NULLs last, and more rows are wanted than a heap
    /// would keep.
    pub(super) fn is_by_keys(&self) -> bool {
        let Body::Groups { keys, outputs, .. } = &self.pass.body else { return false };
        let target = self.target(0);
        let is_key = |(i, &(side, _, descending, nulls_first)): (usize, &(Side, Type, bool, bool))| {
            let of = match side {
                Side::Key(key) => Some(key),
                Side::Output(output) => match outputs[output].expr {
                    Expr::Column(slot) => Some(slot),
                    _ => None,
                },
            };
            of == Some(i) && !descending && !nulls_first
        };
        let first = self.order.get(..keys.len()).unwrap_or_default();
        !first.is_empty() && !target.is_top() && first.iter().enumerate().all(is_key)
    }

    /// Finishes all of `groups`, in `order` if there is one, and hands over those that pass `HAVING`.
    pub(super) fn finish_groups(
        &self,
        grouping: &Grouping<'_>,
        groups: &Groups,
        order: Option<&[u32]>,
        into: &mut Into<'_, '_>,
        bad_values_are_null: bool,
    ) -> Result<Finished> {
        let mut finished = Finished::default();
        let Body::Groups { keys, aggregates, having, outputs } = &self.pass.body else { return Ok(finished) };
        let mut arena = Bump::new();
        let (mut key, mut payload) = (Vec::new(), Vec::new());
        let n_groups = u32::try_from(groups.keys.len()).expect("numbers have 32 bits");
        let decisive = self.decisive(keys.len(), having.is_some());
        let number_at = |at: u32| order.map_or(at, |order| order[at as usize]);
        let group_bytes = groups.bytes() / groups.keys.len().max(1) + 1;
        let step = u32::try_from((GROUPS_BYTES / group_bytes).clamp(1, GROUPS)).expect("at most GROUPS");
        for first in (0..n_groups).step_by(step as usize) {
            arena.reset();
            let numbers: Vec<u32> = (first..n_groups.min(first + step)).map(number_at).collect();
            let n = numbers.len();
            let mut columns: Vec<&mut [Value<'_>]> =
                (0..keys.len() + aggregates.len()).map(|_| arena.alloc_slice_fill_copy(n, Value::Null)).collect();
            for (states, column) in groups.states.iter().zip(&mut columns[keys.len()..]) {
                let mut warn = |sentence| {
                    if !finished.warnings.contains(&sentence) {
                        finished.warnings.push(sentence);
                    }
                };
                let values = states.finish_all(&numbers, &arena, column, &mut warn);
                values.map_err(|what| Error::Overflow { place: answer(), what })?;
            }
            let mut lanes: Vec<u32> = (0..n).map(|lane| u32::try_from(lane).expect("at most GROUPS")).collect();
            if let (Some(((_, ty, descending, nulls_first), slot)), Into::Collector(into)) = (decisive, &*into) {
                lanes.retain(|&lane| {
                    key.clear();
                    sort_key_head(ty, columns[slot][lane as usize], descending, nulls_first, &mut key);
                    into.wants(&key)
                });
            }
            groups.keys.fetch(lanes.iter().map(|&lane| numbers[lane as usize]));
            for &lane in &lanes {
                grouping.key_values(groups, numbers[lane as usize], &arena, lane as usize, &mut columns);
            }
            let columns: Vec<&[Value<'_>]> = columns.into_iter().map(|column| &*column).collect();
            let frame = Frame { columns: &columns, n_lanes: n, arena: &arena };
            let mut troubles = Troubles::default();
            if let Some(having) = having {
                let truth = arena.alloc_slice_fill_copy(n, Value::Null);
                having.eval(&frame, &lanes, &mut troubles, truth);
                lanes.retain(|&lane| truth[lane as usize].is_true());
            }
            let outputs = outputs.iter().map(|output| {
                if let Expr::Column(slot) = output.expr {
                    return columns[slot];
                }
                let out = arena.alloc_slice_fill_copy(n, Value::Null);
                output.expr.eval(&frame, &lanes, &mut troubles, out);
                &*out
            });
            let outputs: Vec<&[Value<'_>]> = outputs.collect();
            for (_, trouble) in troubles.found {
                if !bad_values_are_null || matches!(trouble, Trouble::Failed { .. }) {
                    return Err(of_answer(trouble));
                }
                finished.troubles.push(trouble);
            }
            let into = match into {
                Into::Collector(into) => into,
                Into::Rows(each) => {
                    each(&lanes, &outputs[..self.pass.columns.len()])?;
                    continue;
                }
            };
            for &lane in &lanes {
                let value = |side: Side| match side {
                    Side::Output(i) => outputs[i][lane as usize],
                    Side::Key(i) => columns[i][lane as usize],
                };
                self.push(value, &mut key, &mut payload, into)?;
            }
        }
        Ok(finished)
    }

    /// What is ordered by first, and its place in the frame of groups, where that alone may tell that a row is not wanted:
    /// an aggregate, with nothing else computed of groups that could fail.
    fn decisive(&self, n_keys: usize, has_having: bool) -> Option<((Side, Type, bool, bool), usize)> {
        let outputs = self.pass.outputs();
        let all_plain = !has_having && outputs.iter().all(|output| matches!(output.expr, Expr::Column(_)));
        let &first = self.order.first().filter(|_| all_plain)?;
        match first.0 {
            Side::Output(i) => match outputs[i].expr {
                Expr::Column(slot) if slot >= n_keys => Some((first, slot)),
                _ => None,
            },
            Side::Key(_) => None,
        }
    }

    fn push<'a>(
        &self,
        value: impl Fn(Side) -> Value<'a>,
        key: &mut Vec<u8>,
        payload: &mut Vec<u8>,
        into: &mut Collector<'_>,
    ) -> Result<()> {
        key.clear();
        for &(side, ty, descending, nulls_first) in &self.order {
            sort_key(ty, value(side), descending, nulls_first, key);
            // The beginning of a key orders no later than the key.
            if !into.wants(key) {
                return Ok(());
            }
        }
        payload.clear();
        (0..self.pass.columns.len()).for_each(|i| codec::encode(value(Side::Output(i)), payload));
        into.push(key, payload)
    }
}

/// `cut`'s order, made total by the visible columns that it does not name.
fn total(
    cut: &Cut,
    visible: impl Iterator<Item = Type>,
    ty: impl Fn(usize) -> Type,
) -> impl Iterator<Item = (usize, Type, bool, bool)> {
    let asked: Vec<_> =
        cut.order.iter().map(|key| (key.output, ty(key.output), key.descending, key.nulls_first)).collect();
    let rest: Vec<_> = visible.enumerate().filter(|(i, _)| !asked.iter().any(|(j, ..)| i == j)).collect();
    asked.into_iter().chain(rest.into_iter().map(|(i, ty)| (i, ty, false, false)))
}

fn answer() -> Place {
    Place { path: "answer".to_owned(), ..Place::default() }
}

fn of_answer(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Bad { words, column, text, .. } => {
            let place = Place { column: Some(column.into()), ..answer() };
            Error::BadValue { place, wanted: words, text: text.into() }
        }
        Trouble::Failed { what } => Error::Overflow { place: answer(), what: what.into() },
    }
}
