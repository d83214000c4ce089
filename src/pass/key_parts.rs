//! The values that keys are made of, a lane at a time.
//!
//! The obvious way is columns of values. But a text that is asked for nothing else is read where its field lies, as words: no column is
//! made of it, and nobody branches on its length.

use bumpalo::Bump;

use super::frame::Lanes;
use crate::aggregates::key::{Key, KeyColumn};
use crate::aggregates::probes::Probes;
use crate::aggregates::seed::Seed;
use crate::exprs::words::{self, Short};
use crate::exprs::{Expr, Operand, Troubles, Type, Value, codec, sortable};
use crate::readers::{Column, Field};

/// What one part of the keys of a batch is read from.
#[derive(Debug)]
pub(super) enum KeyPart<'v, 'a> {
    Fields(Fields<'a>),
    Values(Operand<'v, 'a>),
}

/// The fields of a column, which are texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    column: Column<'a>,
    arena: &'a Bump,
}

/// That part of one key; never NULL.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Field(Field<'a>),
    Value(Value<'a>),
}

impl<'v, 'a> KeyPart<'v, 'a> {
    /// What `expr` says for the lanes `left`.
    pub(super) fn of(expr: &Expr, lanes: &'v Lanes<'a>, left: &[u32], troubles: &mut Troubles) -> KeyPart<'v, 'a> {
        let made = || KeyPart::Values(Operand::Vector(lanes.eval_in(expr, left, troubles)));
        KeyPart::lying(expr, lanes).unwrap_or_else(made)
    }

    /// What `expr` is, where nothing has to be evaluated.
    pub(super) fn lying(expr: &Expr, lanes: &'v Lanes<'a>) -> Option<KeyPart<'v, 'a>> {
        let fields = lanes.fields(expr).map(|column| KeyPart::Fields(Fields { column, arena: lanes.frame().arena }));
        fields.or_else(|| lanes.column(expr).map(KeyPart::Values))
    }

    /// That of `lane`; `None` for NULL.
    #[inline(always)]
    pub(super) fn get(&self, lane: u32) -> Option<Piece<'a>> {
        match self {
            KeyPart::Fields(fields) => Some(fields.get(lane)).filter(|field| !field.is_empty()).map(Piece::Field),
            KeyPart::Values(values) => Some(values.at(lane)).filter(|value| !value.is_null()).map(Piece::Value),
        }
    }

    /// The canonical bytes of that of `lane`, where they are short and told at once; `None` says nothing about others.
    #[inline(always)]
    pub(super) fn short(&self, lane: u32) -> Option<Short> {
        match self {
            KeyPart::Fields(fields) => {
                let field = fields.get(lane);
                if field.is_empty() {
                    return Some(codec::SHORT_NULL);
                }
                codec::encode_short_text(Short::of_head(field.head()?, field.len())?)
            }
            KeyPart::Values(values) => codec::encode_short(values.get(lane)),
        }
    }

    /// Appends the canonical bytes of that of `lane`; whether it is not NULL.
    ///
    /// Not by way of [`get`](KeyPart::get): what comes out of there is copied by loads wider than its stores (3 % of `tweets/top-days`).
    #[inline(always)]
    pub(super) fn encode(&self, lane: u32, out: &mut Vec<u8>) -> bool {
        match self {
            KeyPart::Fields(fields) => {
                let field = fields.get(lane);
                match field.head() {
                    _ if field.is_empty() => codec::encode(Value::Null, out),
                    Some(head) if field.len() <= words::LONGEST => {
                        codec::encode_words(words::of(head), field.len(), out);
                    }
                    _ => codec::encode(Value::Text(field.text()), out),
                }
                !field.is_empty()
            }
            KeyPart::Values(values) => {
                let value = values.get(lane);
                codec::encode(*value, out);
                !value.is_null()
            }
        }
    }
}

impl KeyPart<'_, '_> {
    /// Appends the bytes of that of `lane`, of type `ty`, that `memcmp` orders.
    #[inline(always)]
    pub(super) fn encode_sortable(&self, ty: Type, lane: u32, out: &mut Vec<u8>) {
        if let KeyPart::Fields(fields) = self {
            let field = fields.get(lane);
            let short = field.head().and_then(|head| Short::of_head(head, field.len()));
            if short.is_some_and(|short| sortable::encode_short(ty, short, out)) {
                return;
            }
        }
        sortable::encode(ty, self.get(lane).map_or(Value::Null, Piece::value), out);
    }
}

impl<'a> Fields<'a> {
    #[inline(always)]
    fn get(&self, lane: u32) -> Field<'a> {
        self.column.get(lane as usize, self.arena)
    }

    #[inline(never)]
    fn set(&self, probes: &mut Probes, i: usize, lane: u32, seed: &Seed) {
        probes.set(i, &key_of(&self.get(lane)), seed);
    }
}

impl KeyColumn for Fields<'_> {
    #[inline(always)]
    fn key(&self, _: usize, lane: u32) -> Key<'_> {
        key_of(&self.get(lane))
    }

    #[inline]
    fn fill(&self, _: usize, lanes: &[u32], probes: &mut Probes, seed: &Seed) {
        self.column.each_head(lanes, |i, lane, head| {
            let short = head.filter(|(_, len)| *len > 0).and_then(|(head, len)| Short::of_head(head, len));
            match short {
                Some(Short { words, len }) => probes.set_short(i, words, len, seed),
                None => self.set(probes, i, lane, seed),
            }
        });
    }
}

impl<'a> Piece<'a> {
    /// The key that it is by itself, if it is a text.
    #[inline(always)]
    pub(super) fn key(&self) -> Key<'a> {
        match self {
            Piece::Field(field) => key_of(field),
            Piece::Value(Value::Text(text)) => Key::new(text),
            Piece::Value(_) => Key::NULL,
        }
    }

    /// The value.
    pub(super) fn value(self) -> Value<'a> {
        match self {
            Piece::Field(field) => Value::Text(field.text()),
            Piece::Value(value) => value,
        }
    }
}

#[inline(always)]
fn key_of<'a>(field: &Field<'a>) -> Key<'a> {
    match field.head() {
        _ if field.is_empty() => Key::NULL,
        Some(head) => Key::of_head(field.text(), head),
        None => Key::new(field.text()),
    }
}
