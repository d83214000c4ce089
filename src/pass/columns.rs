//! The fields of one column in, its values out, for the lanes that are left.

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use crate::exprs::eights::{Eights, Heads, LANES, TOGETHER};
use crate::exprs::number::Eight;
use crate::exprs::time::EightDates;
use crate::exprs::{Trouble, Troubles, Type, Value, boolean, number, time};
use crate::questions::plan::InputColumn;
use crate::readers::{Batch, Column, Field, Simd};

/// Whether a column's values are its fields, whatever they say.
pub(super) fn is_text(column: &InputColumn) -> bool {
    matches!(column.ty, Type::Text | Type::Dynamic) && column.allowed.is_none()
}

/// A value where a field says something, NULL where it does not: the fast twin of [`column()`] where nobody reads the values.
pub(super) fn presence<'a>(fields: Column<'a>, n_lanes: usize, lanes: &[u32], arena: &'a Bump) -> &'a [Value<'a>] {
    let out = arena.alloc_slice_fill_copy(n_lanes, Value::Null);
    for &lane in lanes {
        if !fields.is_empty(lane as usize) {
            out[lane as usize] = Value::Boolean(true);
        }
    }
    out
}

/// The values of one input column, as of type `ty`, in `lanes`; other places are NULL.
pub(super) fn column<'a>(
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
        Type::Number => {
            if batch.simd() == Simd::Avx512 {
                #[expect(clippy::cast_possible_truncation, reason = "scales are below 16")]
                let value = |eight: &Eight, i: usize| {
                    let (mantissa, scale) = (eight.mantissas[i], eight.scales[i] as u8);
                    (eight.unknown[i] == 0).then_some(Value::Short { mantissa, scale })
                };
                fill.put_eights(out, Eight::parse, value);
            }
            fill.with(out, |field, place| {
                let head = field.head().and_then(|head| head.first_chunk());
                match head.and_then(|head| number::parse_head(head, field.len())) {
                    Some((mantissa, scale)) => {
                        *place = Value::Short { mantissa, scale };
                        true
                    }
                    None => put_long(place, field.text(), arena),
                }
            });
        }
        Type::Date => {
            if batch.simd() == Simd::Avx512 {
                #[expect(clippy::cast_possible_truncation, reason = "of years below 10,000")]
                let value =
                    |dates: &EightDates, i: usize| (dates.unknown[i] == 0).then_some(Value::Date(dates.days[i] as i32));
                fill.put_eights(out, EightDates::parse, value);
            }
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

/// Writes the number that `text` spells to `place`, if it is one; whether it is. Of its own, so that what is done with nearly every number
/// is short enough to stand in the loop.
#[inline(never)]
fn put_long<'a>(place: &mut Value<'a>, text: &[u8], arena: &'a Bump) -> bool {
    put(place, number::parse_value(text, arena))
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

impl<'f, 'a: 'f> Fill<'f, 'a> {
    /// Writes what is told eight at a time, of their first words, to their places in `out`; the others are left.
    #[inline(always)]
    fn put_eights<const W: usize, E: Copy + Default>(
        &mut self,
        out: &mut [Value<'a>],
        parse: impl Fn(Eights, &[Heads<W>], &mut [E]),
        value: impl Fn(&E, usize) -> Option<Value<'a>>,
    ) {
        let Some(eights) = Eights::new().filter(|_| self.null.is_none() && self.input.allowed.is_none()) else {
            return;
        };
        let (chunks, last) = self.lanes.as_chunks::<LANES>();
        let mut left = ArenaVec::new_in(self.arena);
        let (mut heads, mut made) = ([Heads::default(); TOGETHER], [E::default(); TOGETHER]);
        for chunks in chunks.chunks(TOGETHER) {
            let fields = &self.fields;
            let read = |(lanes, heads): (_, &mut Heads<W>)| fields.heads(lanes, &mut heads.words, &mut heads.lens);
            if !chunks.iter().zip(&mut heads).all(read) {
                return;
            }
            parse(eights, &heads[..chunks.len()], &mut made);
            for (lanes, eight) in chunks.iter().zip(&made) {
                for (i, &lane) in lanes.iter().enumerate() {
                    match value(eight, i) {
                        Some(value) => out[lane as usize] = value,
                        None => left.push(lane),
                    }
                }
            }
        }
        left.extend_from_slice(last);
        self.lanes = left.into_bump_slice();
    }

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
