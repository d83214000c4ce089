//! One JSON value in, its rows out: the cells are filled while it is parsed along the tree of paths.
//!
//! Of a key that is there twice the last counts, with all that is below it.

use std::fmt;

use bumpalo::Bump;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::Result;
use crate::exprs::Value;
use crate::flatten::cell::{Copied, cell};
use crate::flatten::columns::{Columns, Node};

/// What is made of records, one after another.
#[derive(Debug)]
pub(super) struct Record<'c> {
    columns: &'c Columns,
    /// For each node the object in which it was seen last.
    seen: Vec<u64>,
    /// Objects so far.
    n_objects: u64,
    /// Keys that were there twice, so far.
    pub(super) duplicate_keys: u64,
}

/// Takes a row, cell by cell; an error ends everything.
pub(super) type Take<'t, 'b> = &'t mut dyn FnMut(&mut [Value<'b>]) -> Result<()>;

/// Why a record gave no rows, or not all.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is not right.
    Bad(Bad),
    /// Who takes the rows takes no more.
    Taken(crate::error::Error),
}

/// What is wrong with a record, and at which of its bytes, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) byte: usize,
    pub(super) what: String,
}

impl Bad {
    /// What the parser says of the text that begins behind `before` bytes.
    pub(super) fn of(error: &serde_json::Error, before: usize) -> Bad {
        let said = error.to_string();
        let what = said.split(" at line ").next().unwrap_or(&said).to_owned();
        // What has no place in the text is wrong from its beginning on.
        Bad { byte: before + error.column().max(1), what }
    }
}

/// `bytes` as text, which JSON is. Looked at once as a whole: string by string it takes a fifth of the parser's time (mod.rs).
pub(super) fn text(bytes: &[u8]) -> Result<&str, Bad> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| {
        let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        Bad { byte: valid + 1, what: "no UTF-8, which JSON is in".to_owned() }
    })
}

impl<'c> Record<'c> {
    pub(super) fn new(columns: &'c Columns) -> Record<'c> {
        Record { columns, seen: vec![0; columns.n_nodes], n_objects: 0, duplicate_keys: 0 }
    }

    /// Gives the rows of `bytes` to `take`: one, or with an exploded array one an element. All or, of a bad record, none.
    pub(super) fn rows<'b>(&mut self, bytes: &'b [u8], arena: &'b Bump, take: Take<'_, 'b>) -> Result<(), Stop> {
        let text = text(bytes).map_err(Stop::Bad)?;
        let mut cells = vec![Value::Null; self.columns.answer.len()];
        let root = &self.columns.root;
        let mut filling = Filling { record: self, bytes, cells: &mut cells, arena, exploded: None, bad: None };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let parsed = Object { node: root, filling: &mut filling }.deserialize(&mut deserializer);
        let parsed = parsed.and_then(|()| deserializer.end());
        let (exploded, bad) = (filling.exploded, filling.bad);
        parsed.map_err(|error| Stop::Bad(bad.unwrap_or_else(|| Bad::of(&error, 0))))?;
        match (&self.columns.exploded, exploded) {
            (None, _) => take(&mut cells).map_err(Stop::Taken),
            (Some(_), None) => Ok(()),
            (Some(_), Some((_, "null"))) => Ok(()),
            (Some(path), Some((node, raw))) => {
                let before = place(raw, bytes);
                if !raw.starts_with('[') {
                    return Err(Stop::Bad(Bad { byte: before + 1, what: format!("{path} is no array") }));
                }
                // Once for what is wrong with them, once for the rows.
                for mut take in [None, Some(take)] {
                    let (mut taken, duplicate_keys) = (Ok(()), self.duplicate_keys);
                    let mut bad = None;
                    let is_second = take.is_some();
                    let filling = Filling { record: self, bytes, cells: &mut cells, arena, exploded: None, bad: None };
                    let elements = Elements { node, filling, take: &mut take, taken: &mut taken, bad: &mut bad };
                    let parsed = serde_json::Deserializer::from_str(raw).deserialize_seq(elements);
                    taken.map_err(Stop::Taken)?;
                    parsed.map_err(|error| Stop::Bad(bad.unwrap_or_else(|| Bad::of(&error, before))))?;
                    if is_second {
                        self.duplicate_keys = duplicate_keys;
                    }
                }
                Ok(())
            }
        }
    }
}

/// How many bytes of `bytes` stand before `part`, which lies in them.
fn place(part: &str, bytes: &[u8]) -> usize {
    part.as_ptr().addr().wrapping_sub(bytes.as_ptr().addr())
}

/// A record while it is parsed.
struct Filling<'f, 'c, 'b> {
    record: &'f mut Record<'c>,
    bytes: &'b [u8],
    cells: &'f mut [Value<'b>],
    arena: &'b Bump,
    /// The array to be exploded, where it was met.
    exploded: Option<(&'c Node, &'b str)>,
    /// What is wrong with a value that was looked into by itself.
    bad: Option<Bad>,
}

impl<'c, 'b> Filling<'_, 'c, 'b> {
    fn clear(&mut self, node: &Node) {
        node.cells.iter().for_each(|&cell| self.cells[cell] = Value::Null);
        if self.exploded.is_some_and(|(exploded, _)| std::ptr::eq(exploded, node) || node.has(exploded)) {
            self.exploded = None;
        }
    }

    /// The value at `node`, which is not to be exploded. A value that has columns below it is no cell itself when it is an object.
    fn value(&mut self, node: &'c Node, raw: &'b RawValue) -> Result<(), serde_json::Error> {
        let raw = raw.get();
        let looked = if !node.children.is_empty() && raw.starts_with('{') {
            Object { node, filling: self }.deserialize(&mut serde_json::Deserializer::from_str(raw))
        } else if node.columns.is_empty() {
            Ok(())
        } else {
            cell(raw, node.is_date, self.arena)
                .map(|value| node.columns.iter().for_each(|&column| self.cells[column] = value))
        };
        if let Err(error) = &looked {
            let before = place(raw, self.bytes);
            self.bad.get_or_insert_with(|| Bad::of(error, before));
        }
        looked
    }
}

impl Node {
    /// Whether `other` is below it.
    fn has(&self, other: &Node) -> bool {
        self.children.iter().any(|child| std::ptr::eq(child, other) || child.has(other))
    }
}

/// An object, whose fields are looked for below `node`.
struct Object<'o, 'f, 'c, 'b> {
    node: &'c Node,
    filling: &'o mut Filling<'f, 'c, 'b>,
}

impl<'b> DeserializeSeed<'b> for Object<'_, '_, '_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'b> Visitor<'b> for Object<'_, '_, '_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<(), A::Error> {
        let Object { node, filling } = self;
        filling.record.n_objects += 1;
        let object = filling.record.n_objects;
        while let Some(child) = map.next_key_seed(Key { node, arena: filling.arena })? {
            let Some(child) = child else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let child = &node.children[child];
            if std::mem::replace(&mut filling.record.seen[child.number], object) == object {
                filling.record.duplicate_keys += 1;
                filling.clear(child);
            }
            if child.is_exploded {
                filling.exploded = Some((child, map.next_value::<&'b RawValue>()?.get()));
            } else if child.columns.is_empty() {
                map.next_value_seed(Below(Object { node: child, filling }))?;
            } else {
                filling.value(child, map.next_value()?).map_err(A::Error::custom)?;
            }
        }
        Ok(())
    }
}

/// A value of which nothing is wanted but what is below it, if it is an object.
struct Below<'o, 'f, 'c, 'b>(Object<'o, 'f, 'c, 'b>);

impl<'b> DeserializeSeed<'b> for Below<'_, '_, '_, 'b> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'b> Visitor<'b> for Below<'_, '_, '_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'b>>(self, map: A) -> Result<(), A::Error> {
        self.0.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A field's name: which child of `node` it is, if any.
struct Key<'c, 'b> {
    node: &'c Node,
    arena: &'b Bump,
}

impl<'b> DeserializeSeed<'b> for Key<'_, 'b> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        Copied(self.arena).deserialize(deserializer).map(|key| self.node.child(key))
    }
}

/// The elements of an exploded array, each a row.
struct Elements<'e, 't, 'f, 'c, 'b> {
    node: &'c Node,
    filling: Filling<'f, 'c, 'b>,
    take: &'e mut Option<Take<'t, 'b>>,
    taken: &'e mut Result<()>,
    bad: &'e mut Option<Bad>,
}

impl<'b> Visitor<'b> for Elements<'_, '_, '_, '_, 'b> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'b>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<&'b RawValue>()? {
            self.filling.clear(self.node);
            if let Err(error) = self.filling.value(self.node, raw) {
                *self.bad = self.filling.bad.take();
                return Err(A::Error::custom(error));
            }
            if let Some(take) = self.take
                && let Err(error) = take(self.filling.cells)
            {
                *self.taken = Err(error);
                return Err(A::Error::custom("taken"));
            }
        }
        Ok(())
    }
}
