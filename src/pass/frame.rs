//! A batch in, the columns of values that a pass reads out: filtered by `WHERE`, taken apart by `UNNEST`.
//!
//! Everything lies in the worker's arena and is gone with the batch. A column is made only when it is read, and only for
//! the lanes that are left by then. A record may have any number of elements, so these come in portions, in an arena of
//! their own.

use std::collections::BTreeSet;

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use super::marked::{self, Marked};
use crate::error::Result;
use crate::exprs::lists::BoundList;
use crate::exprs::{Decimal, Expr, Frame, Operand, Trouble, Troubles, Type, Value, boolean, number, time};
use crate::questions::plan::{Body, InputColumn, Output, Pass, Scan};
use crate::readers::{Batch, Column, Field};

/// A trouble with the record it was met in.
pub(super) type Located = (usize, Trouble);

/// Which columns a pass reads, and when.
#[derive(Debug)]
pub(super) struct Reading {
    /// Read by `WHERE`.
    first: Vec<usize>,
    /// Read later, and not by `WHERE`.
    later: Vec<usize>,
    /// Read only for whether they are NULL.
    tested: Vec<usize>,
    /// Only taken apart, and where its elements begin can be marked.
    marked: Option<usize>,
    /// Read beside the elements.
    beside: Vec<usize>,
    /// Whether the rows' places in the input are asked for; they stand behind the element.
    places: bool,
    /// As what each column is read.
    types: Vec<Type>,
    /// The column that is nothing but the key: its fields are looked up where they lie.
    key: Option<usize>,
    n_columns: usize,
}

/// What takes the lanes of a batch: all at once, or those of elements in portions.
pub(super) type Take<'t> = dyn FnMut(Lanes<'_>, &mut Vec<Located>) -> Result<()> + 't;

/// The lanes of a batch that are left to a pass, with their columns.
#[derive(Debug)]
pub(super) struct Lanes<'a> {
    /// By slot; a slot that is not read is empty.
    columns: ArenaVec<'a, &'a [Value<'a>]>,
    /// The fields of the column that is nothing but the key.
    pub(super) key: Option<Column<'a>>,
    /// The type as which each column was read.
    types: &'a [Type],
    /// The lanes that passed.
    pub(super) lanes: &'a [u32],
    /// All lanes there are; a lane is below.
    pub(super) n_lanes: usize,
    /// The record of a lane; `None` when it is the lane itself.
    owners: Option<&'a [u32]>,
    arena: &'a Bump,
}

/// What is taken apart.
#[derive(Clone, Copy, Debug)]
enum Subject<'a> {
    /// The values, by lane.
    Values(&'a [Value<'a>]),
    /// The fields of a column.
    Marked(Marked<'a>),
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

    /// `expr` for the lanes that are left; other places are NULL.
    pub(super) fn eval(&self, expr: &Expr, troubles: &mut Troubles) -> &'a mut [Value<'a>] {
        let out = self.arena.alloc_slice_fill_copy(self.n_lanes, Value::Null);
        expr.eval(&self.frame(), self.lanes, troubles, out);
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
        let tested = first.iter().chain(&later).copied().filter(|&slot| is_text(&scan.columns[slot]));
        let read: BTreeSet<usize> = all.iter().flat_map(|expr| expr.columns_read()).collect();
        let tested = tested.filter(|slot| !read.contains(slot)).collect();
        let types = (0..n_columns).map(|slot| read_as(slot, scan.columns[slot].ty, pass, &all)).collect();
        let key = key_alone(pass, &all).filter(|&slot| !null && scan.columns[slot].allowed.is_none());
        later.retain(|slot| Some(*slot) != key);
        Reading { first, later, tested, marked, beside, places, types, key, n_columns }
    }

    /// Columns of values that a batch of this pass holds at most, results of expressions apart.
    pub(super) fn n_columns(&self) -> usize {
        let marked = usize::from(self.marked.is_some());
        self.first.len() + self.later.len() + marked + self.beside.len() + usize::from(self.places)
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
        let key = self.key.map(|slot| batch.column(scan.columns[slot].index));
        let mut lanes = Lanes { columns, key, types, lanes: all, n_lanes: n_records, owners: None, arena };
        let mut troubles = Troubles::default();

        let read = |slots: &[usize], lanes: &mut Lanes<'a>, troubles: &mut Troubles| {
            for &slot in slots {
                lanes.columns[slot] = if null.is_none() && self.tested.contains(&slot) {
                    presence(batch.column(scan.columns[slot].index), lanes)
                } else {
                    column((&scan.columns[slot], self.types[slot]), batch, lanes.lanes, null, arena, troubles)
                };
            }
        };
        read(&self.first, &mut lanes, &mut troubles);
        if let Some(filter) = &pass.filter {
            keep_true(&mut lanes, filter, &mut troubles);
        }
        read(&self.later, &mut lanes, &mut troubles);
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
        self.explode(&lanes, (list, subject), pass.element_filter.as_ref(), most, located, take)
    }

    /// Makes a lane of each element of `subject`, with the columns of the record it is of, `most` at a time.
    fn explode<'a>(
        &self,
        records: &Lanes<'a>,
        (list, subject): (&BoundList, Subject<'a>),
        filter: Option<&Expr>,
        most: usize,
        located: &mut Vec<Located>,
        take: &mut Take<'_>,
    ) -> Result<()> {
        let mut elements = ArenaVec::with_capacity_in(most, records.arena);
        let mut owners = ArenaVec::with_capacity_in(most, records.arena);
        let mut indexes = ArenaVec::with_capacity_in(if self.places { most } else { 0 }, records.arena);
        let (mut arena, mut taken, mut places) = (Bump::new(), Ok(()), Vec::new());
        for &lane in records.lanes {
            let mut index = 0u32;
            let mut each = |element| {
                elements.push(element);
                owners.push(lane);
                if self.places {
                    indexes.push(index);
                    index += 1;
                }
                if elements.len() == most {
                    if taken.is_ok() {
                        let portion = (&elements[..], &owners[..], &indexes[..]);
                        taken = self.take_elements(records, portion, filter, &arena, located, take);
                    }
                    elements.clear();
                    owners.clear();
                    indexes.clear();
                    arena.reset();
                }
            };
            let told = match subject {
                Subject::Values(values) => list.list.each(values[lane as usize], &mut each),
                Subject::Marked(marked) => marked.each(lane as usize, &*list.list, &mut places, &mut each),
            };
            if let Err(trouble) = told {
                located.push((lane as usize, trouble));
            }
        }
        taken?;
        self.take_elements(records, (&elements, &owners, &indexes), filter, &arena, located, take)
    }

    fn take_elements<'p>(
        &self,
        records: &Lanes<'p>,
        (elements, owners, indexes): (&'p [Value<'p>], &'p [u32], &'p [u32]),
        filter: Option<&Expr>,
        arena: &'p Bump,
        located: &mut Vec<Located>,
        take: &mut Take<'_>,
    ) -> Result<()> {
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
        let mut lanes = Lanes { columns, key: None, types, lanes: all, n_lanes, owners: Some(owners), arena };
        let mut troubles = Troubles::default();
        if let Some(filter) = filter {
            keep_true(&mut lanes, filter, &mut troubles);
        }
        locate(&mut troubles, &lanes, located);
        take(lanes, located)
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

fn keep_true(lanes: &mut Lanes<'_>, condition: &Expr, troubles: &mut Troubles) {
    let truth = lanes.eval(condition, troubles);
    let mut kept = ArenaVec::with_capacity_in(lanes.lanes.len(), lanes.arena);
    kept.extend(lanes.lanes.iter().copied().filter(|&lane| truth[lane as usize].is_true()));
    lanes.lanes = kept.into_bump_slice();
}

/// Whether a column's values are its fields, whatever they say.
pub(super) fn is_text(column: &InputColumn) -> bool {
    matches!(column.ty, Type::Text | Type::Dynamic) && column.allowed.is_none()
}

/// A value where a field says something, NULL where it does not: the fast twin of [`column()`] where nobody reads the values.
fn presence<'a>(fields: Column<'a>, lanes: &Lanes<'a>) -> &'a [Value<'a>] {
    let out = lanes.arena.alloc_slice_fill_copy(lanes.n_lanes, Value::Null);
    for &lane in lanes.lanes {
        if !fields.is_empty(lane as usize) {
            out[lane as usize] = Value::Boolean(true);
        }
    }
    out
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

/// The column that is the only key, by its bytes, and is read for nothing else.
fn key_alone(pass: &Pass, exprs: &[&Expr]) -> Option<usize> {
    let Body::Groups { keys, aggregates, .. } = &pass.body else { return None };
    let [Output { expr: Expr::Column(slot), ty: Type::Dynamic | Type::Text, .. }] = &keys[..] else { return None };
    let once = exprs.iter().filter(|expr| expr.columns().contains(slot)).count() == 1;
    let by_value = aggregates.iter().any(|call| call.is_by_value());
    (once && !by_value && pass.explode.is_none()).then_some(*slot)
}

/// The values of one input column, as of type `ty`, in `lanes`; other places are NULL.
fn column<'a>(
    (input, ty): (&InputColumn, Type),
    batch: &Batch<'a>,
    lanes: &[u32],
    null: Option<&[u8]>,
    arena: &'a Bump,
    troubles: &mut Troubles,
) -> &'a [Value<'a>] {
    let mut fill = Fill { input, ty, fields: batch.column(input.index), lanes, null, arena, troubles };
    let out = arena.alloc_slice_fill_copy(batch.n_records(), Value::Null);
    match ty {
        Type::Dynamic | Type::Text | Type::Null | Type::Interval(_) => fill.with(out, |field, place| {
            *place = Value::Text(field.text());
            true
        }),
        Type::Number => fill.with(out, |field, place| {
            let head = field.head().and_then(|head| head.first_chunk());
            match head.and_then(|head| number::parse_head(head, field.len())) {
                Some((mantissa, scale)) => {
                    *place = Value::Short { mantissa, scale };
                    true
                }
                None => put(place, number::parse_value(field.text(), arena)),
            }
        }),
        Type::Date => {
            let mut parse = remembering(|text| time::parse_date(text).map(Value::Date));
            fill.with(out, |field, place| put(place, parse(field)));
        }
        Type::Timestamp => {
            let mut parse = remembering(|text| time::parse_timestamp(text).map(Value::Timestamp));
            fill.with(out, |field, place| put(place, parse(field)));
        }
        Type::Boolean => {
            fill.with(out, |field, place| put(place, boolean::parse(field.text()).map(Value::Boolean)));
        }
    }
    out
}

/// Writes `value` to `place`, if there is one; whether there is.
fn put<'a>(place: &mut Value<'a>, value: Option<Value<'a>>) -> bool {
    value.map(|value| *place = value).is_some()
}

/// What the values of a column are made of.
struct Fill<'f, 'a> {
    input: &'f InputColumn,
    ty: Type,
    fields: Column<'a>,
    lanes: &'f [u32],
    null: Option<&'f [u8]>,
    arena: &'a Bump,
    troubles: &'f mut Troubles,
}

impl<'a> Fill<'_, 'a> {
    /// Has `spell` write what it makes of the fields to their places in `out`; what is NULL is left alone.
    ///
    /// `spell` writes the value itself: one that is returned through memory is copied by loads wider than its stores.
    #[inline(always)]
    fn with(&mut self, out: &mut [Value<'a>], mut spell: impl FnMut(&Field<'a>, &mut Value<'a>) -> bool) {
        if self.null.is_some() || self.input.allowed.is_some() {
            return self.with_care(out, &mut spell);
        }
        for &lane in self.lanes {
            let field = self.fields.get(lane as usize, self.arena);
            if !field.is_empty() && !spell(&field, &mut out[lane as usize]) {
                self.troubles.found.push((lane, bad(self.input, self.ty, field.text())));
            }
        }
    }

    /// The same, looking out for texts that are NULL and for values that are not allowed.
    #[inline(never)]
    fn with_care(&mut self, out: &mut [Value<'a>], spell: &mut dyn FnMut(&Field<'a>, &mut Value<'a>) -> bool) {
        for &lane in self.lanes {
            let field = self.fields.get(lane as usize, self.arena);
            let text = field.text();
            if text.is_empty() || self.null == Some(text) {
                continue;
            }
            let known = self.input.allowed.as_ref().is_none_or(|allowed| allowed.iter().any(|one| **one == *text));
            if !known || !spell(&field, &mut out[lane as usize]) {
                self.troubles.found.push((lane, bad(self.input, self.ty, text)));
            }
        }
    }
}

/// `parse` with its last result: dates often come in runs.
fn remembering<'a>(parse: impl Fn(&[u8]) -> Option<Value<'static>>) -> impl FnMut(&Field<'a>) -> Option<Value<'a>> {
    let mut last: (&'a [u8], Option<Value<'static>>) = (&[], None);
    move |field| {
        let text = field.text();
        if last.0 != text {
            last = (text, parse(text));
        }
        last.1
    }
}

#[cold]
fn bad(input: &InputColumn, ty: Type, text: &[u8]) -> Trouble {
    let words = match ty {
        _ if input.allowed.is_some() => "value that the question allows",
        ty => ty.name(),
    };
    Trouble::Bad { wanted: ty, words, column: input.name.as_str().into(), text: text[..text.len().min(64)].into() }
}
