//! An input in, the columns that its records have out: a pass before the pass, over what can be read twice.
//!
//! A column is a path at which some record has something else than an object, or none has anything but `null`; in the order in which
//! they come first.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, Result};
use crate::flatten::cell::Wrapper;
use crate::flatten::columns::{Columns, Named, explode_path, name_of};
use crate::flatten::record::{Bad, text};
use crate::flatten::run::{self, OnBad};
use crate::pass::{self, Copies, Progress, look};
use crate::readers::{Batch, Input};

/// More columns are no table; names of fields that are data, more likely.
const MOST_COLUMNS: usize = 10_000;

/// The columns of `input`, which is of JSON and of regular files, read as [`run`](super::run()) reads it.
pub fn find(
    input: &Input,
    explode: Option<&str>,
    date_only: &[String],
    settings: &pass::Settings,
    on_bad: OnBad,
    progress: &Progress,
) -> Result<Columns> {
    let exploded = explode.map(explode_path).transpose()?;
    let new = || Paths { exploded: exploded.as_deref(), ..Paths::default() };
    let copies = Copies::of_column(0, run::COPIES);
    let found = look(input, (settings, run::needs(input)?), copies, progress, new, |paths, batch, ordinal| {
        paths.place.0 = ordinal;
        paths.batch(batch, on_bad)
    });
    let mut all = Paths::default();
    found.map_err(run::not_json)?.into_iter().for_each(|paths| all.merge(paths));
    let named = all.named();
    if named.len() > MOST_COLUMNS {
        return Err(too_many());
    }
    Columns::of(named, explode, date_only)
}

fn too_many() -> Error {
    Error::Usage(format!(
        "more than {MOST_COLUMNS} columns, which are no table; name those that you want: --columns id,user.name"
    ))
}

/// Where a path was seen first, and whether nothing but `null` was seen there.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// In which chunk, after how many others.
    place: (u64, usize),
    is_null: bool,
}

/// Paths that were seen.
#[derive(Debug, Default)]
struct Paths<'e> {
    first: HashMap<Vec<String>, Seen>,
    /// Where we are.
    place: (u64, usize),
    /// The path of the value in hand.
    path: Vec<String>,
    exploded: Option<&'e [String]>,
}

impl Paths<'_> {
    fn batch(&mut self, batch: &Batch<'_>, on_bad: OnBad) -> Result<()> {
        let lines = batch.column(0);
        for r in 0..batch.n_records() {
            let line = lines.raw(r).trim_ascii_start();
            if line.is_empty() {
                continue;
            }
            self.path.clear();
            let parsed = text(line).and_then(|text| {
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let parsed = deserializer.deserialize_map(At(self)).and_then(|()| deserializer.end());
                parsed.map_err(|error| Bad::of(&error, 0))
            });
            if let (Err(bad), OnBad::Error) = (parsed, on_bad) {
                return Err(batch.intact().err().unwrap_or_else(|| run::told(batch, r, bad)));
            }
            if self.first.len() > MOST_COLUMNS {
                return Err(too_many());
            }
        }
        Ok(())
    }

    /// There is a value at the path in hand.
    fn see(&mut self, is_null: bool) {
        match self.first.get_mut(&self.path) {
            Some(seen) => seen.is_null &= is_null,
            None => {
                self.first.insert(self.path.clone(), Seen { place: self.place, is_null });
                self.place.1 += 1;
            }
        }
    }

    fn merge(&mut self, other: Paths<'_>) {
        for (path, other) in other.first {
            let seen = self.first.entry(path).or_insert(other);
            *seen = Seen { place: seen.place.min(other.place), is_null: seen.is_null && other.is_null };
        }
    }

    fn named(self) -> Vec<Named> {
        // A `null` stands for what other records have below it.
        let objects: HashSet<&[String]> =
            self.first.keys().flat_map(|path| (1..path.len()).map(|n| &path[..n])).collect();
        let is_column = |(path, seen): &(&Vec<String>, &Seen)| !(seen.is_null && objects.contains(&path[..]));
        let mut paths: Vec<(&Vec<String>, &Seen)> = self.first.iter().filter(is_column).collect();
        paths.sort_by(|a, b| a.1.place.cmp(&b.1.place).then_with(|| a.0.cmp(b.0)));
        paths.into_iter().map(|(path, _)| (path.clone(), name_of(path))).collect()
    }
}

/// The value at the path in hand.
struct At<'p, 'e>(&'p mut Paths<'e>);

impl<'b> DeserializeSeed<'b> for At<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'b> Visitor<'b> for At<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<(), A::Error> {
        let At(paths) = self;
        while let Some(key) = map.next_key::<String>()? {
            let wrapper = Wrapper::of(&key);
            if wrapper == Some(Wrapper::Number) {
                map.next_value::<IgnoredAny>()?;
                paths.see(false);
                continue;
            }
            paths.path.push(key);
            if wrapper.is_some() {
                map.next_value::<IgnoredAny>()?;
                paths.see(false);
            } else {
                map.next_value_seed(At(paths))?;
            }
            paths.path.pop();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'b>>(self, mut seq: A) -> Result<(), A::Error> {
        let At(paths) = self;
        if paths.exploded == Some(&paths.path[..]) {
            while seq.next_element_seed(At(paths))?.is_some() {}
        } else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            paths.see(false);
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.0.see(false);
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.0.see(false);
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.0.see(false);
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.0.see(false);
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.0.see(false);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.see(true);
        Ok(())
    }
}
