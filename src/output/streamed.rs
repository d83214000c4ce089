//! Rows in, their spelling into a destination: the sink of every format that spells one row without the others.

use std::sync::Arc;

use super::destination::Destination;
use super::{Format, Sink, terminal};
use crate::error::Result;
use crate::exprs::Value;
use crate::questions::plan::AnswerColumn;

/// A [`Format`] over a [`Destination`].
#[derive(Debug)]
pub struct Streamed {
    format: Arc<dyn Format>,
    columns: Vec<AnswerColumn>,
    destination: Destination,
    to_terminal: bool,
    any_row: bool,
    scratch: Vec<u8>,
}

impl Streamed {
    /// A sink that spells rows by `format`. For a terminal control characters are shown escaped; elsewhere bytes are untouched.
    pub fn new(format: Arc<dyn Format>, destination: Destination, to_terminal: bool) -> Streamed {
        Streamed { format, columns: Vec::new(), destination, to_terminal, any_row: false, scratch: Vec::new() }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.to_terminal { self.destination.write(&terminal::shown(bytes)) } else { self.destination.write(bytes) }
    }

    fn write_scratch(&mut self) -> Result<()> {
        let scratch = std::mem::take(&mut self.scratch);
        let written = self.write(&scratch);
        self.scratch = scratch;
        self.scratch.clear();
        written
    }

    fn separate(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.any_row, true) {
            self.destination.write(self.format.between())?;
        }
        Ok(())
    }
}

impl Sink for Streamed {
    fn begin(&mut self, columns: &[AnswerColumn]) -> Result<()> {
        self.columns = columns.to_vec();
        self.format.begin(&self.columns, &mut self.scratch);
        self.write_scratch()
    }

    fn held_bytes(&self) -> usize {
        self.destination.held_bytes()
    }

    fn format(&self) -> Option<Arc<dyn Format>> {
        Some(Arc::clone(&self.format))
    }

    fn spelt(&mut self, bytes: &[u8], _n_rows: u64) -> Result<()> {
        self.separate()?;
        self.write(bytes)
    }

    fn row(&mut self, values: &[Value<'_>]) -> Result<()> {
        self.separate()?;
        self.format.row(&self.columns, values, &mut self.scratch)?;
        self.write_scratch()
    }

    fn finish(&mut self) -> Result<()> {
        self.format.end(&mut self.scratch);
        self.write_scratch()?;
        self.destination.finish()
    }
}
