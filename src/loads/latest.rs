//! The newest row of each key: `rowfold latest`.
//!
//! Rows with one key are in the order of their instants, those without one first; then what is kept before the load, and the load in
//! input order. So the last row is the newest. Where nothing tells which is newer, a key may be in the load once.
//!
//! ```text
//! what orders a row:  key │ instant (8) │ file (4), 0 for what is kept │ position (8)        its payload:  fields, spelt
//! ```

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::exprs::time;
use crate::loads::columns::Columns;
use crate::loads::keep::{Fold, Keep, Key, Nulls, Verdict};
use crate::loads::merge::Out;
use crate::loads::record::{KEPT_BYTES, Record, Row};
use crate::loads::refusals::{Refusal, Rule};
use crate::loads::run::{Load, Open, run};
use crate::output::Sink;

/// What is asked for: names of columns, days since 1970.
#[derive(Clone, Debug, Default)]
pub struct Latest {
    /// `--key`: what tells rows apart.
    pub keys: Vec<String>,
    /// `--by`: the first of these that is not NULL tells how new a row is.
    pub by: Vec<String>,
    /// `--from`, `--until`: the days of which rows of the load are taken, both included.
    pub days: (Option<i32>, Option<i32>),
}

/// Writes the newest row of each key to the sink that `open` opens, and which rows are refused to `rejects`.
///
/// Memory: `load.settings.memory_bytes`, however many keys. Errors: [`Error::Refused`] when a row is, and nothing is written then.
pub fn latest(asked: &Latest, load: &Load<'_>, open: &mut Open<'_>, rejects: Option<&mut dyn Sink>) -> Result<()> {
    let columns = Columns::of(load, "latest", &[])?;
    if asked.by.is_empty() && asked.days != (None, None) {
        let what = "--from and --until are days of what --by says: name the columns of dates";
        return Err(Error::Usage(what.to_owned()));
    }
    let nulls = Nulls(load.settings.null_value.clone());
    let keep = Newest {
        key: Key { columns: columns.places_of(&asked.keys)?, nulls },
        by: columns.places_of(&asked.by)?,
        days: asked.days,
        bad_is_null: load.settings.bad_values_are_null,
        bad: Mutex::new(BTreeMap::new()),
    };
    let kept = run(&keep, load, &columns, &keep.key.columns, open, rejects);
    let mut bad_values = load.progress.bad_values.lock().unwrap_or_else(PoisonError::into_inner);
    for (column, n) in keep.bad.into_inner().unwrap_or_else(PoisonError::into_inner) {
        *bad_values.entry(columns.names[column].clone()).or_default() += n;
    }
    kept
}

#[derive(Debug)]
struct Newest {
    key: Key,
    by: Vec<usize>,
    days: (Option<i32>, Option<i32>),
    bad_is_null: bool,
    /// By column, how many dates are none.
    bad: Mutex<BTreeMap<usize, u64>>,
}

impl Newest {
    /// When the row is of; `None` where no column says it.
    fn instant(&self, record: &Record<'_>) -> std::result::Result<Option<i64>, Verdict> {
        for &column in &self.by {
            let field = record.field(column);
            if self.key.nulls.has(field) {
                continue;
            }
            match time::parse_timestamp(field) {
                Some(instant) => return Ok(Some(instant)),
                None if self.bad_is_null => {
                    *self.bad.lock().unwrap_or_else(PoisonError::into_inner).entry(column).or_default() += 1;
                }
                None => return Err(Verdict::Refused(Rule::InvalidDate, column)),
            }
        }
        Ok(None)
    }

    fn is_wanted(&self, instant: Option<i64>) -> bool {
        let (from, until) = self.days;
        let day = instant.map(time::day_of);
        from.is_none_or(|from| day.is_some_and(|day| day >= from))
            && until.is_none_or(|until| day.is_some_and(|day| day <= until))
    }

    fn row(&self, record: &Record<'_>, instant: Option<i64>, row: &mut Row) -> std::result::Result<(), Verdict> {
        self.key.write(record, &mut row.key)?;
        // No time is before all times.
        let instant = instant.map_or(0, |instant| instant.cast_unsigned() ^ 1 << 63);
        row.key.extend_from_slice(&instant.to_be_bytes());
        row.key.extend_from_slice(&record.file.to_be_bytes());
        row.key.extend_from_slice(&record.position.to_be_bytes());
        record.spell(0, &mut row.payload);
        Ok(())
    }
}

impl Keep for Newest {
    const ORDER_BYTES: usize = 20;
    type Fold = Best;

    fn fold(&self) -> Best {
        Best { any_order: !self.by.is_empty(), ..Best::default() }
    }

    fn loaded(&self, record: &Record<'_>, row: &mut Row) -> Verdict {
        let made = self.instant(record).and_then(|instant| {
            if !self.is_wanted(instant) {
                return Err(Verdict::LeftOut);
            }
            self.row(record, instant, row)
        });
        made.err().unwrap_or(Verdict::Taken)
    }

    fn kept(&self, record: &Record<'_>, row: &mut Row) -> Verdict {
        let made = self.instant(record).and_then(|instant| self.row(record, instant, row));
        made.err().unwrap_or(Verdict::Taken)
    }
}

/// The newest row so far, of both sides.
#[derive(Debug, Default)]
struct Best {
    /// Whether rows of one side may have one key.
    any_order: bool,
    kept: Side,
    loaded: Side,
    newest_is_loaded: bool,
}

/// The newest row of one side.
#[derive(Debug, Default)]
struct Side {
    is_there: bool,
    file: u32,
    position: u64,
    row: Vec<u8>,
    /// There was another one, and nothing tells which is newer.
    is_twice: bool,
}

impl Side {
    fn refusal(&self) -> Refusal<'_> {
        let Side { file, position, .. } = *self;
        Refusal { file, position, rule: Rule::KeyTwice, column: None, detail: b"", record: &self.row }
    }
}

impl Fold for Best {
    fn row(&mut self, order: &[u8], payload: &[u8], out: &mut Out<'_>) -> Result<()> {
        let [.., a, b, c, d, e, f, g, h] = *order else { return Ok(()) };
        let file = order.get(8..12).and_then(<[u8]>::first_chunk).map_or(0, |file| u32::from_be_bytes(*file));
        let position = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        self.newest_is_loaded = file > 0;
        let side = if file > 0 { &mut self.loaded } else { &mut self.kept };
        let is_twice = side.is_there && !self.any_order;
        if is_twice && !side.is_twice {
            out.refuse(&side.refusal())?;
        }
        side.row.clear();
        side.row.extend_from_slice(payload);
        (side.is_there, side.is_twice, side.file, side.position) = (true, is_twice, file, position);
        if is_twice {
            out.refuse(&side.refusal())?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        let (kept, loaded) = (&mut self.kept, &mut self.loaded);
        let newest = if self.newest_is_loaded { &loaded.row } else { &kept.row };
        match (kept.is_there, loaded.is_there) {
            (false, _) => out.changes.inserted += 1,
            (true, false) => {}
            (true, true) if *newest == kept.row => out.changes.unchanged += 1,
            (true, true) => out.changes.updated += 1,
        }
        out.row(&[newest])?;
        for side in [kept, loaded] {
            side.row.clear();
            side.row.shrink_to(KEPT_BYTES);
            (side.is_there, side.is_twice) = (false, false);
        }
        Ok(())
    }
}
