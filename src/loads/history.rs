//! Every version of every row: `rowfold history`.
//!
//! Rows with one key are in the order of their versions; then those of the snapshots, file by file. The last version is the current
//! one, open until it says when it ended; a snapshot's row is held against it.
//!
//! ```text
//! what orders a row:  key │ file (4), 0 for what is kept │ version, or position in the file (8)
//! its payload:        where the date is (8) │ fields, spelt │ of what is kept: valid_from, valid_until, spelt │ where they are (16)
//! ```

use std::ops::Range;

use crate::error::{Error, Result, quoted};
use crate::loads::columns::Columns;
use crate::loads::keep::{Keep, Key, Nulls, Verdict};
use crate::loads::record::{Record, Row, instant};
use crate::loads::refusals::Rule;
use crate::loads::run::{Load, Open, run};
use crate::loads::version::{Close, Current, HEAD_BYTES, note_added, note_date};
use crate::output::{Csv, Sink};

/// What is asked for: names of columns, a date.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// `--key`: what tells rows of a snapshot apart.
    pub keys: Vec<String>,
    /// `--valid-from`: since when a row is as it is.
    pub valid_from: String,
    /// `--deletes close=DATE`: when those ended that are not in the snapshot; as it will be written.
    pub close: Option<String>,
}

/// The columns that a history has beside those of its snapshots.
const ADDED: [&str; 3] = ["version", "valid_from", "valid_until"];

/// Writes the history after the snapshots of `load`, a file each, to the sink that `open` opens, and which rows are refused to `rejects`.
///
/// Memory: `load.settings.memory_bytes`, however many keys. Errors: [`Error::Refused`] when a row is, and nothing is written then.
pub fn history(asked: &History, load: &Load<'_>, open: &mut Open<'_>, rejects: Option<&mut dyn Sink>) -> Result<()> {
    let columns = Columns::of(load, "history", &ADDED)?;
    let close = asked.close.as_ref().map(|text| close_of(text, columns.delimiter, load)).transpose()?;
    let nulls = Nulls(load.settings.null_value.clone());
    let keep = Versions {
        key: Key { columns: columns.places_of(&asked.keys)?, nulls },
        date: columns.place_of(&asked.valid_from)?,
        n_own: columns.n_own,
        added: columns.added_in_kept.clone(),
        delimiter: columns.delimiter,
        close,
    };
    if keep.key.columns.contains(&keep.date) {
        let name = quoted(columns.names[keep.date].as_bytes());
        return Err(Error::Usage(format!(
            "--key and --valid-from are both {name}: rows with one key have different dates"
        )));
    }
    run(&keep, load, &columns, &keep.key.columns, open, rejects)
}

/// What `--deletes close=` means with `text`.
fn close_of(text: &str, delimiter: u8, load: &Load<'_>) -> Result<Close> {
    if load.input.files().len() > 1 {
        let what = "--deletes close=DATE is when keys ended that are missing from one snapshot; load one at a time";
        return Err(Error::Usage(what.to_owned()));
    }
    let mut spelt = Vec::new();
    Csv::with(delimiter).field(text.as_bytes(), &mut spelt);
    let no_date = || Error::Usage(format!("--deletes close={text}: {} is no date", quoted(text.as_bytes())));
    Ok(Close { instant: instant(&spelt).ok_or_else(no_date)?, spelt })
}

#[derive(Debug)]
struct Versions {
    key: Key,
    /// The column of dates.
    date: usize,
    /// How many columns are the snapshots'.
    n_own: usize,
    /// Where the added ones are in what is kept.
    added: Vec<usize>,
    delimiter: u8,
    close: Option<Close>,
}

impl Versions {
    /// Fills `row` but for what orders it behind its key; where the date lies in its payload.
    fn fields(&self, record: &Record<'_>, row: &mut Row) -> std::result::Result<Range<usize>, Verdict> {
        self.key.write(record, &mut row.key)?;
        row.payload.resize(HEAD_BYTES, 0);
        let date = record.spell(self.date, &mut row.payload);
        note_date(&mut row.payload, &date);
        Ok(date)
    }

    fn made_of_kept(&self, record: &Record<'_>, row: &mut Row) -> std::result::Result<(), Verdict> {
        self.fields(record, row)?;
        let [version, from, until] = *self.added else { return Ok(()) };
        let fields_end = row.payload.len();
        let number = std::str::from_utf8(record.field_at(version)).ok().and_then(|text| text.parse::<u64>().ok());
        let number = number.filter(|&n| n > 0).ok_or(Verdict::Refused(Rule::InvalidVersion, self.n_own))?;
        let (from, until) = (record.field_at(from), record.field_at(until));
        // No doubling of a long row for a few bytes.
        row.payload.reserve_exact(2 * (from.len() + until.len() + 2));
        Csv::with(self.delimiter).field(from, &mut row.payload);
        let from_end = row.payload.len();
        instant(&row.payload[fields_end..]).ok_or(Verdict::Refused(Rule::InvalidDate, self.n_own + 1))?;
        if !until.is_empty() {
            Csv::with(self.delimiter).field(until, &mut row.payload);
            instant(&row.payload[from_end..]).ok_or(Verdict::Refused(Rule::InvalidDate, self.n_own + 2))?;
        }
        note_added(&mut row.payload, fields_end, from_end, record.position);
        row.key.extend_from_slice(&0_u32.to_be_bytes());
        row.key.extend_from_slice(&number.to_be_bytes());
        Ok(())
    }

    fn made_of_loaded(&self, record: &Record<'_>, row: &mut Row) -> std::result::Result<(), Verdict> {
        let date = self.fields(record, row)?;
        instant(&row.payload[date]).ok_or(Verdict::Refused(Rule::InvalidDate, self.date))?;
        row.key.extend_from_slice(&record.file.to_be_bytes());
        row.key.extend_from_slice(&record.position.to_be_bytes());
        Ok(())
    }
}

impl Keep for Versions {
    const ORDER_BYTES: usize = 12;
    type Fold = Current;

    fn fold(&self) -> Current {
        Current::new(self.delimiter, self.date, self.n_own, self.close.clone())
    }

    fn loaded(&self, record: &Record<'_>, row: &mut Row) -> Verdict {
        self.made_of_loaded(record, row).err().unwrap_or(Verdict::Taken)
    }

    fn kept(&self, record: &Record<'_>, row: &mut Row) -> Verdict {
        self.made_of_kept(record, row).err().unwrap_or(Verdict::Taken)
    }
}
