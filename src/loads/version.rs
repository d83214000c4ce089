//! The versions of one key: what a snapshot's row becomes beside the current one.
//!
//! The last version is the current one, open until it says when it ended. A snapshot's row waits until the next one is seen, which must
//! not be of the same file.

use std::ops::Range;

use crate::error::Result;
use crate::loads::keep::Fold;
use crate::loads::merge::Out;
use crate::loads::record::{KEPT_BYTES, fields, instant};
use crate::loads::refusals::{Refusal, Rule};

/// When what is missing from the snapshot ended.
#[derive(Clone, Debug)]
pub(super) struct Close {
    pub(super) spelt: Vec<u8>,
    pub(super) instant: i64,
}

/// What stands before a row's fields in its payload: where its date is.
pub(super) const HEAD_BYTES: usize = 8;

/// What stands behind all of a row that is kept: where its fields and `valid_from` end, its position.
const TAIL_BYTES: usize = 16;

/// Notes where the date is.
pub(super) fn note_date(payload: &mut [u8], date: &Range<usize>) {
    payload[..HEAD_BYTES].copy_from_slice(&both(date.start, date.end).to_le_bytes());
}

/// Notes where the fields end, behind which is `valid_from`, where that ends, behind which is `valid_until`, and the row's position.
pub(super) fn note_added(payload: &mut Vec<u8>, fields_end: usize, from_end: usize, position: u64) {
    payload.reserve_exact(TAIL_BYTES);
    payload.extend_from_slice(&both(fields_end, from_end).to_le_bytes());
    payload.extend_from_slice(&position.to_le_bytes());
}

/// Two places in one word.
fn both(low: usize, high: usize) -> u64 {
    let half = |at: usize| u64::from(u32::try_from(at).expect("a row is below 4 GiB"));
    half(low) | half(high) << 32
}

#[expect(clippy::cast_possible_truncation, reason = "each half has 32 bits")]
fn halves(word: u64) -> (usize, usize) {
    (word as u32 as usize, (word >> 32) as usize)
}

fn word(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(*bytes.first_chunk().expect("was written by the same command"))
}

/// The current version of a key, and the row of the snapshot in hand, which may come again.
#[derive(Debug, Default)]
pub(super) struct Current {
    delimiter: u8,
    /// The column of dates.
    date_column: usize,
    /// How many columns are the snapshots'.
    n_own: usize,
    close: Option<Close>,
    /// 0 for none.
    version: u64,
    is: Version,
    candidate: Version,
    /// File of the candidate, 0 for none; and whether there was another row in it.
    file: u32,
    is_twice: bool,
    /// Whether there was a row in the load.
    is_loaded: bool,
}

/// A row as it is, or was.
#[derive(Debug, Default)]
struct Version {
    position: u64,
    fields: Vec<u8>,
    /// Where in them the date is.
    date: Range<usize>,
    from: Vec<u8>,
    until: Vec<u8>,
}

impl Version {
    /// A row of a snapshot.
    fn set_loaded(&mut self, position: u64, payload: &[u8]) {
        self.position = position;
        self.set(payload, &payload[HEAD_BYTES..], b"", b"");
    }

    /// A row that is kept.
    fn set_kept(&mut self, payload: &[u8]) {
        let (row, tail) = payload.split_at(payload.len() - TAIL_BYTES);
        let (fields_end, from_end) = halves(word(tail));
        self.position = word(&tail[8..]);
        self.set(payload, &row[HEAD_BYTES..fields_end], &row[fields_end..from_end], &row[from_end..]);
    }

    fn set(&mut self, head: &[u8], fields: &[u8], from: &[u8], until: &[u8]) {
        let (start, end) = halves(word(head));
        self.date = start - HEAD_BYTES..end - HEAD_BYTES;
        for (buffer, bytes) in [(&mut self.fields, fields), (&mut self.from, from), (&mut self.until, until)] {
            buffer.clear();
            buffer.shrink_to(KEPT_BYTES);
            buffer.extend_from_slice(bytes);
        }
    }

    fn date(&self) -> &[u8] {
        &self.fields[self.date.clone()]
    }

    /// What the row says beside its date.
    fn beside_date(&self) -> (&[u8], &[u8]) {
        (&self.fields[..self.date.start], &self.fields[self.date.end..])
    }
}

impl Current {
    /// No version yet of any key.
    pub(super) fn new(delimiter: u8, date_column: usize, n_own: usize, close: Option<Close>) -> Current {
        Current { delimiter, date_column, n_own, close, ..Current::default() }
    }

    /// What is wrong with the candidate.
    fn refuse(&self, rule: Rule, column: Option<usize>, detail: &[u8], out: &mut Out<'_>) -> Result<()> {
        let Version { position, fields, .. } = &self.candidate;
        out.refuse(&Refusal { file: self.file, position: *position, rule, column, detail, record: fields })
    }

    /// What is wrong with the current version.
    fn refuse_current(&self, rule: Rule, column: usize, detail: &[u8], out: &mut Out<'_>) -> Result<()> {
        let mut digits = [0; 20];
        let record = self.pieces(&mut digits).concat();
        let position = self.is.position;
        out.refuse(&Refusal { file: 0, position, rule, column: Some(column), detail, record: &record })
    }

    /// The candidate becomes a version, or changes nothing, or is refused.
    fn settle(&mut self, out: &mut Out<'_>) -> Result<()> {
        if self.file == 0 || self.is_twice {
            self.file = 0;
            return Ok(());
        }
        if self.version == 0 {
            out.changes.inserted += 1;
            self.go_on();
            return Ok(());
        }
        let (is, candidate) = (&self.is, &self.candidate);
        let is_open = is.until.is_empty();
        let since = if is_open { &is.from } else { &is.until };
        let is_same_date = *since == candidate.date();
        let (before, date) = (instant(since), instant(candidate.date()));
        if !is_same_date && date < before {
            let since = since.clone();
            self.refuse(Rule::DateBefore, Some(self.date_column), &since, out)?;
        } else if is_open && is.beside_date() == candidate.beside_date() {
            out.changes.unchanged += 1;
        } else if is_open && date == before {
            let (since, column) = (since.clone(), self.differing());
            self.refuse(Rule::SameDate, Some(column), &since, out)?;
        } else {
            if is_open {
                self.is.until = self.candidate.date().to_vec();
            }
            self.write(out)?;
            out.changes.updated += 1;
            self.go_on();
        }
        self.file = 0;
        Ok(())
    }

    /// The candidate is the current version from now on.
    fn go_on(&mut self) {
        std::mem::swap(&mut self.is, &mut self.candidate);
        self.version += 1;
        self.file = 0;
        self.is.from = self.is.date().to_vec();
        self.is.until.clear();
    }

    /// The first column, but the date, in which the candidate differs from the current version.
    fn differing(&self) -> usize {
        let columns = |version: &Version| -> Vec<Vec<u8>> {
            fields(&version.fields, self.delimiter).map(<[u8]>::to_vec).collect()
        };
        let (is, candidate) = (columns(&self.is), columns(&self.candidate));
        let differs = |&column: &usize| column != self.date_column && is[column] != candidate[column];
        (0..is.len().min(candidate.len())).find(differs).unwrap_or(self.date_column)
    }

    fn write(&self, out: &mut Out<'_>) -> Result<()> {
        let mut digits = [0; 20];
        out.row(&self.pieces(&mut digits))
    }

    /// The current version as a row.
    fn pieces<'p>(&'p self, digits: &'p mut [u8; 20]) -> [&'p [u8]; 7] {
        let Version { fields, from, until, .. } = &self.is;
        let delimiter = std::slice::from_ref(&self.delimiter);
        [fields, delimiter, decimal(self.version, digits), delimiter, from, delimiter, until]
    }
}

impl Fold for Current {
    fn row(&mut self, order: &[u8], payload: &[u8], out: &mut Out<'_>) -> Result<()> {
        let Some((file, number)) = order.split_first_chunk() else { return Ok(()) };
        let (file, number) = (u32::from_be_bytes(*file), number.first_chunk().map_or(0, |n| u64::from_be_bytes(*n)));
        if file > 0 {
            if self.file == file {
                if !self.is_twice {
                    self.refuse(Rule::KeyTwice, None, b"", out)?;
                }
                self.is_twice = true;
                self.candidate.set_loaded(number, payload);
                return self.refuse(Rule::KeyTwice, None, b"", out);
            }
            self.settle(out)?;
            self.candidate.set_loaded(number, payload);
            (self.file, self.is_twice, self.is_loaded) = (file, false, true);
            return Ok(());
        }
        if self.version == number {
            self.is.set_kept(payload);
            let mut digits = [0; 20];
            return self.refuse_current(Rule::VersionTwice, self.n_own, decimal(number, &mut digits), out);
        }
        if self.version > 0 {
            self.write(out)?;
        }
        self.version = number;
        self.is.set_kept(payload);
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        self.settle(out)?;
        if let Some(close) = self.close.take() {
            if self.version > 0 && !self.is_loaded && self.is.until.is_empty() {
                if instant(&self.is.from) < Some(close.instant) {
                    out.changes.closed += 1;
                    self.is.until.clone_from(&close.spelt);
                } else {
                    self.refuse_current(Rule::ClosedBefore, self.n_own + 1, &close.spelt, out)?;
                }
            }
            self.close = Some(close);
        }
        if self.version > 0 {
            self.write(out)?;
        }
        (self.version, self.is_loaded, self.is_twice) = (0, false, false);
        Ok(())
    }
}

/// The digits of `number`.
fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            return &digits[first..];
        }
    }
}
