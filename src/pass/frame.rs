//! A batch in, the columns of values that a pass reads out: filtered by `WHERE`, taken apart by `UNNEST`.
//!
//! Everything lies in the worker's arena and is gone with the batch. A column is made only when it is read, and only for
//! the lanes that are left by then. A record may have any number of elements, so these come in portions, in an arena of
//! their own.

use std::collections::BTreeSet;

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::columns::{column, is_text, presence};
use super::elements::{Elements, Subject};
use super::filter::Filter;
use super::marked::{self, Marked};
use super::numbers::shorts;
use crate::aggregates::states::Values;
use crate::error::Result;
use crate::exprs::{Decimal, Expr, Frame, Operand, Shorts, Trouble, Troubles, Type, Value};
use crate::questions::plan::{Body, Pass, Scan};
use crate::readers::{Batch, Column};

/// A trouble with the record it was met in.
pub(super) type Located = (usize, Trouble);

/// Which columns a pass reads, and when.
#[derive(Debug)]
pub(super) struct Reading {
    /// Read by `WHERE`.
    first: Vec<usize>,
    filter: Filter,
    /// Read later, and not by `WHERE`.
    later: Vec<usize>,
    /// Read only for whether they are NULL.
    tested: Vec<usize>,
    /// Only taken apart, and where its elements begin can be marked.
    marked: Option<usize>,
    /// Read beside the elements.
    beside: Vec<usize>,
    /// Whether the rows' places in the input are asked for; they stand behind the element.
    pub(super) places: bool,
    /// As what each column is read.
    types: Vec<Type>,
    /// Numbers of which nothing but arguments are made.
    numbers: Vec<usize>,
    /// Texts of which nothing but keys are made: of these no column is made, fields are read where they lie.
    keys: Vec<usize>,
    n_columns: usize,
}

/// What takes the lanes of a batch: all at once, or those of elements in portions.
pub(super) type Take<'t> = dyn FnMut(Lanes<'_>, &mut Vec<Located>) -> Result<()> + 't;

/// The lanes of a batch that are left to a pass, with their columns.
#[derive(Debug)]
pub(super) struct Lanes<'a> {
    /// By slot; a slot that is not read is empty.
    columns: ArenaVec<'a, &'a [Value<'a>]>,
    /// By slot: the fields of those of which no column is made.
    fields: ArenaVec<'a, Option<Column<'a>>>,
    /// By slot: the numbers of those of which no column is made.
    numbers: ArenaVec<'a, Option<Shorts<'a>>>,
    /// The type as which each column was read.
    types: &'a [Type],
    /// The lanes that passed.
    pub(super) lanes: &'a [u32],
    /// All lanes there are; a lane is below.
    pub(super) n_lanes: usize,
    /// The record of a lane; `None` when it is the lane itself.
    owners: Option<&'a [u32]>,
    pub(super) arena: &'a Bump,
}

impl<'a> Lanes<'a> {
    /// What expressions see.
    pub(super) fn frame(&self) -> Frame<'_, 'a> {
        Frame { columns: &self.columns, n_lanes: self.n_lanes, arena: self.arena }
    }

    /// The record that `lane` is of.
    pub(super) fn record(&self, lane: u32) -> usize {
        self.owners.map_or(lane, |owners| owners[lane as usize]) as usize
    }

    /// Keeps only lanes whose record comes before `record`.
    pub(super) fn cut_before(&mut self, record: usize) {
        let n = self.lanes.partition_point(|&lane| self.record(lane) < record);
        self.lanes = &self.lanes[..n];
    }

    /// `expr` as it lies there, when it is a column or was read as what it makes of one.
    pub(super) fn column(&self, expr: &Expr) -> Option<Operand<'_, 'a>> {
        let (slot, read_as) = expr.read_column()?;
        read_as.is_none_or(|ty| self.types.get(slot) == Some(&ty)).then(|| Operand::Vector(self.columns[slot]))
    }

    /// The values of an argument that lies there.
    pub(super) fn argument(&self, expr: &Expr) -> Option<Values<'_, 'a>> {
        let (slot, _) = expr.read_column()?;
        match (self.numbers.get(slot), self.column(expr)?) {
            (Some(Some(numbers)), _) => Some(Values::Numbers(*numbers)),
            (_, Operand::Vector(values)) => Some(Values::Each(values)),
            (_, Operand::Constant(value)) => Some(Values::Same(value)),
        }
    }

    /// The fields that `expr` is, where no column is made of them.
    pub(super) fn fields(&self, expr: &Expr) -> Option<Column<'a>> {
        let Expr::Column(slot) = expr else { return None };
        self.fields.get(*slot).copied().flatten()
    }

    /// The values of column `slot`; none where they are not read.
    pub(super) fn values(&self, slot: usize) -> &'a [Value<'a>] {
        self.columns[slot]
    }

    /// Keeps only lanes that are `wanted`.
    #[inline]
    pub(super) fn retain(&mut self, wanted: impl Fn(u32) -> bool) {
        // Written to its place in any case: whether it stays there is anybody's guess.
        let kept = self.arena.alloc_slice_copy(self.lanes);
        let mut n = 0;
        for &lane in self.lanes {
            kept[n] = lane;
            n += usize::from(wanted(lane));
        }
        self.lanes = &kept[..n];
    }

    /// `expr` for the lanes that are left; other places are NULL.
    pub(super) fn eval(&self, expr: &Expr, troubles: &mut Troubles) -> &'a mut [Value<'a>] {
        self.eval_in(expr, self.lanes, troubles)
    }

    /// `expr` for some of the lanes that are left.
    pub(super) fn eval_in(&self, expr: &Expr, lanes: &[u32], troubles: &mut Troubles) -> &'a mut [Value<'a>] {
        let out = self.arena.alloc_slice_fill_copy(self.n_lanes, Value::Null);
        expr.eval(&self.frame(), lanes, troubles, out);
        out
    }
}

impl Reading {
    /// What `pass` reads: for `WHERE`, then for `later`. `null` says that there are texts that mean NULL.
    pub(super) fn of(scan: &Scan, pass: &Pass, later: &[&Expr], null: bool) -> Reading {
        let n_columns = scan.columns.len();
        let slots = |exprs: &[&Expr]| {
            let mut slots: Vec<usize> =
                exprs.iter().flat_map(|expr| expr.columns()).filter(|&slot| slot < n_columns).collect();
            slots.sort_unstable();
            slots.dedup();
            slots
        };
        let filters: Vec<_> = pass.filter.iter().collect();
        let first = slots(&filters);
        let beside: Vec<_> = later.iter().copied().chain(&pass.element_filter).collect();
        let places = beside.iter().flat_map(|expr| expr.columns()).any(|slot| slot == n_columns + 1);
        let subject = pass.explode.as_ref().map(|list| &list.subject);
        let all: Vec<&Expr> = beside.iter().copied().chain(subject).collect();
        let mut later = slots(&all);
        later.retain(|slot| !first.contains(slot));
        let beside = if subject.is_some() { slots(&beside) } else { Vec::new() };
        let marked = pass.explode.as_ref().and_then(|list| marked::slot(list, &scan.columns));
        let marked = marked.filter(|slot| !first.contains(slot) && !beside.contains(slot));
        later.retain(|slot| Some(*slot) != marked);
        let all: Vec<&Expr> = all.into_iter().chain(filters).collect();
        let filter =
            Filter::of(pass.filter.as_ref(), &all, |slot| !null && slot < n_columns && is_text(&scan.columns[slot]));
        let first: Vec<usize> = first.into_iter().filter(|&slot| !filter.is_unread(slot)).collect();
        let tested = first.iter().chain(&later).copied().filter(|&slot| is_text(&scan.columns[slot]));
        let read: BTreeSet<usize> = all.iter().flat_map(|expr| expr.columns_read()).collect();
        let tested = tested.filter(|slot| !read.contains(slot)).collect();
        let types: Vec<_> = (0..n_columns).map(|slot| read_as(slot, scan.columns[slot].ty, pass, &all)).collect();
        let mut keys = texts_of_keys(pass, &all);
        keys.retain(|&slot| !null && slot < n_columns && is_text(&scan.columns[slot]));
        later.retain(|slot| !keys.contains(slot));
        let mut numbers = numbers_of_arguments(pass, &all);
        numbers.retain(|&slot| {
            !null && slot < n_columns && types[slot] == Type::Number && scan.columns[slot].allowed.is_none()
        });
        later.retain(|slot| !numbers.contains(slot));
        Reading { first, filter, later, tested, marked, beside, places, types, numbers, keys, n_columns }
    }

    /// Columns of values that a batch of this pass holds at most, results of expressions apart.
    pub(super) fn n_columns(&self) -> usize {
        let marked = usize::from(self.marked.is_some());
        // What is no short number is read again, as a value.
        let numbers = self.numbers.len() + self.numbers.len().div_ceil(2);
        self.first.len() + self.later.len() + numbers + marked + self.beside.len() + usize::from(self.places)
    }

    /// Calls `take` with the lanes of `batch` that `pass` goes on with, `most` elements at a time. Troubles are added to
    /// `located`.
    pub(super) fn lanes<'a>(
        &self,
        (scan, pass): (&Scan, &Pass),
        (batch, null): (&Batch<'a>, Option<&[u8]>),
        (arena, most): (&'a Bump, usize),
        located: &mut Vec<Located>,
        take: &mut Take<'_>,
    ) -> Result<()> {
        let n_records = batch.n_records();
        let all = arena.alloc_slice_fill_with(n_records, |i| u32::try_from(i).expect("a batch has few records"));
        let mut columns = ArenaVec::with_capacity_in(self.n_columns + 2, arena);
        columns.resize(self.n_columns + 2, &[][..]);
        let types = arena.alloc_slice_copy(&self.types);
        let mut fields = ArenaVec::with_capacity_in(self.n_columns, arena);
        fields.resize(self.n_columns, None);
        self.keys.iter().for_each(|&slot| fields[slot] = Some(batch.column(scan.columns[slot].index)));
        let mut numbers = ArenaVec::with_capacity_in(self.n_columns, arena);
        numbers.resize(self.n_columns, None);
        let mut lanes = Lanes { columns, fields, numbers, types, lanes: all, n_lanes: n_records, owners: None, arena };
        let mut troubles = Troubles::default();

        let read = |slots: &[usize], lanes: &mut Lanes<'a>, troubles: &mut Troubles| {
            for &slot in slots {
                lanes.columns[slot] = if null.is_none() && self.tested.contains(&slot) {
                    presence(batch.column(scan.columns[slot].index), n_records, lanes.lanes, arena)
                } else {
                    column((&scan.columns[slot], self.types[slot]), batch, lanes.lanes, null, arena, troubles)
                };
            }
        };
        read(&self.first, &mut lanes, &mut troubles);
        if let Some(condition) = &pass.filter {
            let fields = |slot: usize| batch.column(scan.columns[slot].index);
            self.filter.keep(condition, &mut lanes, fields, &mut troubles);
        }
        read(&self.later, &mut lanes, &mut troubles);
        for &slot in &self.numbers {
            lanes.numbers[slot] = shorts(batch, scan.columns[slot].index, lanes.lanes, arena);
            if lanes.numbers[slot].is_none() {
                read(&[slot], &mut lanes, &mut troubles);
            }
        }
        if self.places {
            lanes.columns[self.n_columns + 1] = places(batch, lanes.lanes, arena);
        }
        let Some(list) = &pass.explode else {
            locate(&mut troubles, &lanes, located);
            return take(lanes, located);
        };
        let subject = match self.marked {
            None => Subject::Values(lanes.eval(&list.subject, &mut troubles)),
            Some(slot) => {
                let plain =
                    if null.is_none() { Marked::of(batch, scan.columns[slot].index, &*list.list, arena) } else { None };
                plain.map_or_else(
                    || {
                        Subject::Values(column(
                            (&scan.columns[slot], self.types[slot]),
                            batch,
                            lanes.lanes,
                            null,
                            arena,
                            &mut troubles,
                        ))
                    },
                    Subject::Marked,
                )
            }
        };
        locate(&mut troubles, &lanes, located);
        let mut elements = Elements::of(self, &lanes, pass.element_filter.as_ref(), most);
        elements.explode((&*list.list, subject), located, take)
    }

    /// Lanes of `elements`, with the columns of the record each is of (`owners`) and its number among those (`indexes`, where asked for).
    pub(super) fn lanes_of_elements<'p>(
        &self,
        records: &Lanes<'p>,
        (elements, owners, indexes): (&'p [Value<'p>], &'p [u32], &'p [u32]),
        filter: Option<&Expr>,
        arena: &'p Bump,
        located: &mut Vec<Located>,
    ) -> Lanes<'p> {
        let mut columns = ArenaVec::with_capacity_in(self.n_columns + 2, arena);
        columns.resize(self.n_columns + 2, &[][..]);
        for &slot in &self.beside {
            let values = records.columns[slot];
            columns[slot] = arena.alloc_slice_fill_iter(owners.iter().map(|&owner| values[owner as usize]));
        }
        columns[self.n_columns] = elements;
        if self.places {
            let places = records.columns[self.n_columns + 1];
            let places =
                owners.iter().zip(indexes).map(|(&owner, &index)| within(places[owner as usize], index, arena));
            columns[self.n_columns + 1] = arena.alloc_slice_fill_iter(places);
        }
        let n_lanes = elements.len();
        let all = arena.alloc_slice_fill_with(n_lanes, |i| u32::try_from(i).expect("a portion has few elements"));
        let types = arena.alloc_slice_copy(records.types);
        let (fields, numbers) = (ArenaVec::new_in(arena), ArenaVec::new_in(arena));
        let mut lanes = Lanes { columns, fields, numbers, types, lanes: all, n_lanes, owners: Some(owners), arena };
        let mut troubles = Troubles::default();
        if let Some(filter) = filter {
            let truth = lanes.eval(filter, &mut troubles);
            lanes.retain(|lane| truth[lane as usize].is_true());
        }
        locate(&mut troubles, &lanes, located);
        lanes
    }
}

/// Where the records of `lanes` stand in the input: their file, then their offset; a number that grows from row to row.
fn places<'a>(batch: &Batch<'a>, lanes: &[u32], arena: &'a Bump) -> &'a [Value<'a>] {
    let out = arena.alloc_slice_fill_copy(batch.n_records(), Value::Null);
    let file = i64::try_from(batch.file()).unwrap_or(i64::MAX) & 0x7FFF;
    for &lane in lanes {
        let offset = i64::try_from(batch.offset(lane as usize)).unwrap_or(i64::MAX) & 0xFFFF_FFFF_FFFF;
        out[lane as usize] = Value::integer(file << 48 | offset);
    }
    out
}

/// The place of an element of the record at `place`.
fn within<'p>(place: Value<'_>, index: u32, arena: &'p Bump) -> Value<'p> {
    let Value::Short { mantissa, .. } = place else { return Value::Null };
    Value::decimal(Decimal { mantissa: i128::from(mantissa) << 32 | i128::from(index), scale: 0 }, arena)
}

/// Moves `troubles` to `located`, by the record of their lanes.
pub(super) fn locate(troubles: &mut Troubles, lanes: &Lanes<'_>, located: &mut Vec<Located>) {
    located.extend(troubles.found.drain(..).map(|(lane, trouble)| (lanes.record(lane), trouble)));
}

/// The type as which column `slot` of type `ty` is read: another than its own when all that is done with it, without a
/// condition, is to read it as that.
fn read_as(slot: usize, ty: Type, pass: &Pass, exprs: &[&Expr]) -> Type {
    let Body::Groups { aggregates, .. } = &pass.body else { return ty };
    let mut uses = aggregates.iter().filter(|call| call.filter.is_none()).filter_map(|call| call.argument.as_ref());
    let wanted = uses.find_map(|expr| match expr.read_column() {
        Some((read, Some(wanted))) if read == slot => Some(wanted),
        _ => None,
    });
    let is_wanted = |expr: &Expr| expr.read_column() == Some((slot, wanted));
    let conditional = aggregates.iter().filter(|call| call.filter.is_some());
    let mut conditional = conditional.filter_map(|call| call.argument.as_ref());
    match wanted {
        Some(wanted)
            if !conditional.any(is_wanted)
                && exprs.iter().all(|expr| is_wanted(expr) || !expr.columns().contains(&slot)) =>
        {
            wanted
        }
        _ => ty,
    }
}

/// The columns that are keys, or what is folded by value, and are read for nothing else.
fn texts_of_keys(pass: &Pass, exprs: &[&Expr]) -> Vec<usize> {
    let Body::Groups { keys, aggregates, .. } = &pass.body else { return Vec::new() };
    if pass.explode.is_some() {
        return Vec::new();
    }
    let by_value = aggregates.iter().filter(|call| call.is_by_value()).filter_map(|call| call.argument.as_ref());
    let parts: Vec<_> = keys
        .iter()
        .map(|key| &key.expr)
        .chain(by_value)
        .filter_map(|expr| match expr {
            Expr::Column(slot) => Some(*slot),
            _ => None,
        })
        .collect();
    let uses = |slot: usize| exprs.iter().filter(|expr| expr.columns().contains(&slot)).count();
    let mut slots: Vec<_> = parts
        .iter()
        .copied()
        .filter(|&slot| uses(slot) == parts.iter().filter(|&&part| part == slot).count())
        .collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The columns that are arguments of aggregates, and are read for nothing else.
fn numbers_of_arguments(pass: &Pass, exprs: &[&Expr]) -> Vec<usize> {
    let Body::Groups { aggregates, .. } = &pass.body else { return Vec::new() };
    if pass.explode.is_some() {
        return Vec::new();
    }
    let arguments = aggregates.iter().filter(|call| !call.is_by_value()).filter_map(|call| call.argument.as_ref());
    let arguments: Vec<_> = arguments.filter_map(|expr| expr.read_column()).collect();
    let uses = |slot: usize| exprs.iter().filter(|expr| expr.columns().contains(&slot)).count();
    let mut slots: Vec<_> = arguments.iter().map(|(slot, _)| *slot).collect();
    slots.retain(|&slot| uses(slot) == arguments.iter().filter(|(other, _)| *other == slot).count());
    slots.sort_unstable();
    slots.dedup();
    slots
}
