//! What a command that keeps a table decides: what orders its rows, which of them are refused, what becomes of those with one key.

use crate::error::Result;
use crate::exprs::{Type, Value, sort_key};
use crate::loads::merge::Out;
use crate::loads::record::{Record, Row};
use crate::loads::refusals::Rule;

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its row was made.
    Taken,
    /// It is not of those asked for.
    LeftOut,
    /// It breaks a rule, in this column of the result.
    Refused(Rule, usize),
}

/// A command that keeps a table.
pub(super) trait Keep: Sync {
    /// How many bytes of what orders a row stand behind its key.
    const ORDER_BYTES: usize;

    /// What goes through the rows of one key after the other.
    type Fold: Fold;

    /// One that has seen none.
    fn fold(&self) -> Self::Fold;

    /// Makes `row`, which is empty, of a record of the load.
    fn loaded(&self, record: &Record<'_>, row: &mut Row) -> Verdict;

    /// Makes `row`, which is empty, of a record of what is kept.
    fn kept(&self, record: &Record<'_>, row: &mut Row) -> Verdict;
}

/// Goes through rows in order; those with one key come one behind the other, what is kept of it first where nothing else orders them.
pub(super) trait Fold: Send {
    /// The next row: what orders it behind its key, and its payload.
    fn row(&mut self, order: &[u8], payload: &[u8], out: &mut Out<'_>) -> Result<()>;

    /// There are no more rows with that key, of which there was one at least.
    fn end(&mut self, out: &mut Out<'_>) -> Result<()>;
}

/// The columns that make a row's key, and what is NULL in them.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) columns: Vec<usize>,
    pub(super) nulls: Nulls,
}

impl Key {
    /// Appends what orders `record` by its key: as answers are ordered, numbers before text. No key is the beginning of another.
    #[inline]
    pub(super) fn write(&self, record: &Record<'_>, out: &mut Vec<u8>) -> std::result::Result<(), Verdict> {
        for &column in &self.columns {
            let field = record.field(column);
            if self.nulls.has(field) {
                return Err(Verdict::Refused(Rule::EmptyKey, column));
            }
            sort_key(Type::Dynamic, Value::Text(field), false, false, out);
        }
        Ok(())
    }
}

/// What fields say that are NULL.
#[derive(Clone, Debug, Default)]
pub(super) struct Nulls(pub(super) Option<Box<[u8]>>);

impl Nulls {
    /// Whether `field` is.
    #[inline]
    pub(super) fn has(&self, field: &[u8]) -> bool {
        field.is_empty() || self.0.as_deref().is_some_and(|null| null == field)
    }
}
