//! Where the rows of a pass go: into the answer, or into a table that an outer query stands on.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Result;
use crate::exprs::Value;
use crate::finish::Tables;
use crate::output::{Format, Sink};
use crate::questions::plan::AnswerColumn;

/// One pass's rows.
pub(super) enum Results<'r> {
    /// They are the answer.
    Answer(&'r mut dyn Sink),
    /// They are a table, by its place among those of its outer query.
    Table(Table<'r>),
}

/// A table of an outer query, to be filled.
pub(super) struct Table<'r> {
    pub(super) tables: &'r Mutex<Tables>,
    pub(super) place: usize,
}

impl Results<'_> {
    pub(super) fn sink(&mut self) -> &mut dyn Sink {
        match self {
            Results::Answer(sink) => *sink,
            Results::Table(table) => table,
        }
    }

    /// Whether a row is one of the answer.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Results::Answer(_))
    }
}

impl Sink for Table<'_> {
    fn begin(&mut self, _: &[AnswerColumn]) -> Result<()> {
        Ok(())
    }

    fn format(&self) -> Option<Arc<dyn Format>> {
        None
    }

    /// Nobody spells what has no format.
    fn spelt(&mut self, _: &[u8], _: u64) -> Result<()> {
        Ok(())
    }

    fn row(&mut self, values: &[Value<'_>]) -> Result<()> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).insert(self.place, values)
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
