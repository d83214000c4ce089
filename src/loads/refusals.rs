//! Rows that are not taken: kept while a load goes on, then told in input order, the first on stderr, all of them in a file.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::aggregates::spill::Spill;
use crate::error::{Error, Result, quoted};
use crate::exprs::{Type, Value};
use crate::finish::{Sorted, Sorter};
use crate::loads::columns::Columns;
use crate::loads::record::{fields, said};
use crate::output::Sink;
use crate::questions::plan::AnswerColumn;
use crate::readers::{Input, Lines};

/// What those that wait to be told may take of memory.
pub(super) const HELD_BYTES: usize = 128 << 10;

/// The most that are told one by one on stderr.
const MOST_TOLD: u64 = 10;

/// What a row breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// A column of the key is NULL.
    EmptyKey,
    /// A date is none.
    InvalidDate,
    /// There are two rows with the key, and nothing tells which is right.
    KeyTwice,
    /// The row differs from the key's current version, which is of the same date.
    SameDate,
    /// The row's date is before that of the key's current version.
    DateBefore,
    /// What is kept has a version that is no number.
    InvalidVersion,
    /// What is kept has a version twice.
    VersionTwice,
    /// What is kept would have ended before it began.
    ClosedBefore,
}

impl Rule {
    const ALL: [Rule; 8] = [
        Rule::EmptyKey,
        Rule::InvalidDate,
        Rule::KeyTwice,
        Rule::SameDate,
        Rule::DateBefore,
        Rule::InvalidVersion,
        Rule::VersionTwice,
        Rule::ClosedBefore,
    ];

    /// As a program reads it.
    fn name(self) -> &'static str {
        match self {
            Rule::EmptyKey => "empty_key",
            Rule::InvalidDate => "invalid_date",
            Rule::KeyTwice => "key_twice",
            Rule::SameDate => "same_date",
            Rule::DateBefore => "date_before",
            Rule::InvalidVersion => "invalid_version",
            Rule::VersionTwice => "version_twice",
            Rule::ClosedBefore => "closed_before",
        }
    }
}

/// A row that is not taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal<'r> {
    /// 0 for what is kept, from 1 on those of the load.
    pub(super) file: u32,
    /// Where in the file.
    pub(super) position: u64,
    pub(super) rule: Rule,
    /// In which column of the result; `None` for the key's.
    pub(super) column: Option<usize>,
    /// What else is to be told: another date, a version.
    pub(super) detail: &'r [u8],
    /// Its fields, spelt.
    pub(super) record: &'r [u8],
}

/// Takes a row that is refused.
pub(super) type Refuse<'r> = dyn Fn(&Refusal<'_>) -> Result<()> + Sync + 'r;

/// Those of a run, from all workers.
#[derive(Debug)]
pub(super) struct Refusals<'s> {
    sorter: Mutex<Sorter<'s>>,
    n: AtomicU64,
}

impl<'s> Refusals<'s> {
    /// None yet.
    pub(super) fn new(spill: &'s Spill) -> Refusals<'s> {
        Refusals { sorter: Mutex::new(Sorter::new(spill, HELD_BYTES)), n: AtomicU64::new(0) }
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        self.n.load(Ordering::Relaxed)
    }

    fn into_sorter(self) -> Sorter<'s> {
        self.sorter.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more.
    pub(super) fn push(&self, refusal: &Refusal<'_>) -> Result<()> {
        let Refusal { file, position, rule, column, detail, record } = *refusal;
        self.n.fetch_add(1, Ordering::Relaxed);
        let rule = Rule::ALL.iter().position(|known| *known == rule).unwrap_or(0);
        let key = [&file.to_be_bytes()[..], &position.to_be_bytes(), &(rule as u64).to_be_bytes()].concat();
        let column = column.map_or(u64::MAX, |column| column as u64);
        let mut payload = Vec::with_capacity(16 + detail.len() + record.len());
        for number in [column, detail.len() as u64] {
            payload.extend_from_slice(&number.to_be_bytes());
        }
        payload.extend_from_slice(detail);
        payload.extend_from_slice(record);
        self.sorter.lock().unwrap_or_else(PoisonError::into_inner).push(&key, &payload)
    }
}

/// What was pushed.
fn pushed<'r>(key: &[u8], payload: &'r [u8]) -> Option<Refusal<'r>> {
    let (file, rest) = key.split_first_chunk()?;
    let (position, rule) = rest.split_first_chunk()?;
    let rule = *Rule::ALL.get(usize::try_from(u64::from_be_bytes(*rule.first_chunk()?)).ok()?)?;
    let (column, rest) = payload.split_first_chunk()?;
    let (detail, rest) = rest.split_first_chunk()?;
    let (detail, record) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*detail)).ok()?)?;
    let column = usize::try_from(u64::from_be_bytes(*column)).ok().filter(|&column| column < usize::MAX);
    let (file, position) = (u32::from_be_bytes(*file), u64::from_be_bytes(*position));
    Some(Refusal { file, position, rule, column, detail, record })
}

/// Who tells what was refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller<'t> {
    pub(super) columns: &'t Columns,
    /// Which of them are the key.
    pub(super) key: &'t [usize],
    pub(super) input: &'t Input,
    pub(super) kept: Option<&'t Input>,
}

/// A file of which rows are told.
struct File<'t> {
    number: u32,
    path: String,
    lines: Lines<'t>,
}

impl Teller<'_> {
    /// Writes all of `refusals` to `rejects`, and makes an error of them if there are any.
    pub(super) fn tell(
        &self,
        refusals: Vec<Refusals<'_>>,
        mut rejects: Option<&mut dyn Sink>,
        limit_bytes: usize,
    ) -> Result<Option<Error>> {
        let n: u64 = refusals.iter().map(Refusals::len).sum();
        if let Some(rejects) = &mut rejects {
            rejects.begin(&reject_columns())?;
        }
        let mut rows = Vec::new();
        if n > 0 {
            let sorted = Sorted::of(refusals.into_iter().map(Refusals::into_sorter).collect(), limit_bytes)?;
            let mut merged = sorted.rows()?;
            let mut at = None;
            while let Some(refusal) = merged.row().and_then(|(key, payload)| pushed(key, payload)) {
                let file = at.take().filter(|file: &File<'_>| file.number == refusal.file);
                let file = at.insert(file.unwrap_or_else(|| self.file(refusal.file)));
                let line = file.lines.line_of(refusal.position);
                if (rows.len() as u64) < MOST_TOLD {
                    rows.push(format!("\n  {}", self.sentence(&refusal, file, line)));
                }
                if let Some(rejects) = &mut rejects {
                    self.reject(&refusal, &file.path, line, *rejects)?;
                } else if rows.len() as u64 == MOST_TOLD {
                    break;
                }
                merged.advance()?;
            }
        }
        if let Some(rejects) = &mut rejects {
            rejects.finish()?;
        }
        let what = self.what(n, rejects.is_some());
        let n_more = n - rows.len() as u64;
        Ok((n > 0).then_some(Error::Refused { what, rows, n_more }))
    }

    /// How many, what stays as it was, and the way out.
    fn what(&self, n: u64, is_listed: bool) -> String {
        let kept = self.kept.map(|kept| format!("{} stays as it was", kept.path()));
        let stays = kept.unwrap_or_else(|| "nothing is written".to_owned());
        let way_out = if is_listed { "" } else { "; --rejects FILE takes what is refused" };
        format!("{n} row{} refused, so {stays}{way_out}", if n == 1 { " is" } else { "s are" })
    }

    fn file(&self, number: u32) -> File<'_> {
        let (input, file) = match (number.checked_sub(1), self.kept) {
            (None, Some(kept)) => (kept, 0),
            (of_load, _) => (self.input, of_load.unwrap_or(0) as usize),
        };
        File { number, path: input.files().swap_remove(file).path, lines: input.lines(file) }
    }

    /// What is said of a refused row on stderr.
    fn sentence(&self, refusal: &Refusal<'_>, file: &File<'_>, line: Option<u64>) -> String {
        let field = |column: usize| {
            let field = fields(refusal.record, self.columns.delimiter).nth(column);
            quoted(&field.map(said).unwrap_or_default())
        };
        let name = |column: usize| &self.columns.names[column];
        let key = || {
            let key = self.key.iter().map(|&column| format!("{} {}", name(column), field(column)));
            key.collect::<Vec<_>>().join(", ")
        };
        let column = refusal.column.unwrap_or(0);
        let detail = quoted(&said(refusal.detail));
        let (column_named, what) = match refusal.rule {
            Rule::EmptyKey => (true, "is empty, and of the key".to_owned()),
            Rule::InvalidDate => (true, format!("{} is no date", field(column))),
            Rule::KeyTwice => (false, format!("{} is there twice", key())),
            Rule::SameDate => (true, format!("{} differs from its version of the same date, {detail}", key())),
            Rule::DateBefore => {
                (true, format!("{}: {} is before its current version's date, {detail}", key(), field(column)))
            }
            Rule::InvalidVersion => (true, format!("{} is no number of a version", field(column))),
            Rule::VersionTwice => (false, format!("{}: version {detail} is there twice", key())),
            Rule::ClosedBefore => {
                let began = field(column);
                (
                    false,
                    format!("{}: its current version begins {began}, not before it is to be closed, {detail}", key()),
                )
            }
        };
        let column = column_named.then(|| name(column).clone());
        format!("{}: {what}", file.lines.place(line, column))
    }

    fn reject(&self, refusal: &Refusal<'_>, path: &str, line: Option<u64>, rejects: &mut dyn Sink) -> Result<()> {
        let line = line.map(|line| line.to_string());
        let names = |columns: &[usize]| {
            let names: Vec<&str> = columns.iter().map(|&column| self.columns.names[column].as_str()).collect();
            names.join(",")
        };
        let column = refusal.column.map_or_else(|| names(self.key), |column| names(&[column]));
        let line = line.as_ref().map_or(Value::Null, |line| Value::Text(line.as_bytes()));
        let texts = [column.as_bytes(), refusal.rule.name().as_bytes(), refusal.record].map(Value::Text);
        rejects.row(&[Value::Text(path.as_bytes()), line, texts[0], texts[1], texts[2]])
    }
}

fn reject_columns() -> Vec<AnswerColumn> {
    let column = |name: &str| AnswerColumn { name: name.to_owned(), ty: Type::Text };
    ["file", "line", "column", "rule", "record"].map(column).to_vec()
}
