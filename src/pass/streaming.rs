//! Rows that leave in input order, chunk by chunk, from workers that finish chunks in any order.
//!
//! A worker spells the rows of its chunk into a buffer and waits for its turn ([`Turns`]); a worker whose turn it is writes as it
//! goes. So what waits is bounded by the buffers, and nothing waits in a queue.

use std::sync::Arc;

use bumpalo::Bump;

use super::turns::Turns;
use crate::error::Result;
use crate::exprs::{Value, codec};
use crate::output::{Format, Sink};
use crate::questions::plan::AnswerColumn;

/// Rows on their way to a sink, by turns.
pub(crate) struct Stream<'o> {
    turns: Turns<State<'o>>,
    columns: &'o [AnswerColumn],
    /// Shared with the sink, so that workers spell while another writes; `None` when the sink spells by itself.
    format: Option<Arc<dyn Format>>,
    /// Whether single rows have to be told apart, to be left out or counted.
    counts_rows: bool,
}

/// What may still be written.
struct State<'o> {
    sink: &'o mut dyn Sink,
    skip: u64,
    left: u64,
    written: u64,
}

/// One worker's rows of the chunk in hand that are not written yet.
#[derive(Debug)]
pub(crate) struct Spelt {
    limit_bytes: usize,
    bytes: Vec<u8>,
    /// Where each row ends, when rows are told apart.
    ends: Vec<usize>,
    n_rows: u64,
}

/// How a worker goes on after it handed its rows over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// With its chunk.
    Go,
    /// Not at all: the limit is full, or an earlier chunk failed.
    Stop,
}

impl<'o> Stream<'o> {
    /// A stream into `sink`, of at most `limit` rows after the first `offset`.
    pub(crate) fn new(
        sink: &'o mut dyn Sink,
        columns: &'o [AnswerColumn],
        offset: u64,
        limit: Option<u64>,
    ) -> Stream<'o> {
        // A sink that spells by itself is told row by row.
        let format = sink.format();
        let counts_rows = offset > 0 || limit.is_some() || format.is_none();
        let state = State { sink, skip: offset, left: limit.unwrap_or(u64::MAX), written: 0 };
        Stream { turns: Turns::new(state), columns, format, counts_rows }
    }

    /// Rows written so far.
    pub(crate) fn written(&self) -> u64 {
        self.turns.lock().written
    }

    /// Spells rows into `spelt`: `values[i][lane]` is column i of a row. Calls `full` where it is, to have it written.
    pub(crate) fn spell(
        &self,
        lanes: &[u32],
        values: &[&[Value<'_>]],
        spelt: &mut Spelt,
        full: &mut dyn FnMut(&mut Spelt) -> Result<Next>,
    ) -> Result<()> {
        let mut row = vec![Value::Null; values.len()];
        for &lane in lanes {
            for (value, column) in row.iter_mut().zip(values) {
                *value = column[lane as usize];
            }
            self.spell_row(&row, spelt)?;
            if spelt.is_full() && full(spelt)? == Next::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Spells one row into `spelt`.
    pub(crate) fn spell_row(&self, row: &[Value<'_>], spelt: &mut Spelt) -> Result<()> {
        match &self.format {
            None => row.iter().for_each(|&value| codec::encode(value, &mut spelt.bytes)),
            Some(format) => {
                if spelt.n_rows > 0 && !self.counts_rows {
                    spelt.bytes.extend_from_slice(format.between());
                }
                format.row(self.columns, row, &mut spelt.bytes)?;
            }
        }
        spelt.n_rows += 1;
        if self.counts_rows {
            spelt.ends.push(spelt.bytes.len());
        }
        Ok(())
    }

    /// Writes `spelt` when it is the turn of chunk `ordinal`, waiting for it where `must` says so.
    pub(crate) fn hand_over(&self, ordinal: u64, spelt: &mut Spelt, must: bool) -> Result<Next> {
        let Some(mut state) = self.turns.take(ordinal, must, |state| state.left == 0) else {
            return Ok(if must { Next::Stop } else { Next::Go });
        };
        state.write(spelt, self.columns, self.counts_rows)?;
        Ok(if state.left == 0 { Next::Stop } else { Next::Go })
    }

    /// Chunk `ordinal` is done: the next one's turn.
    pub(crate) fn pass_on(&self, ordinal: u64) {
        self.turns.pass_on(ordinal);
    }

    /// Chunk `ordinal` failed: no later chunk gets its turn.
    pub(crate) fn fail(&self, ordinal: u64) {
        self.turns.fail(ordinal);
    }
}

impl State<'_> {
    fn write(&mut self, spelt: &mut Spelt, columns: &[AnswerColumn], counts_rows: bool) -> Result<()> {
        if !counts_rows {
            if spelt.n_rows > 0 {
                self.sink.spelt(&spelt.bytes, spelt.n_rows)?;
                self.written += spelt.n_rows;
            }
        } else {
            let (mut begin, mut arena) = (0, Bump::new());
            for &end in &spelt.ends {
                let row = &spelt.bytes[begin..end];
                begin = end;
                if self.skip > 0 {
                    self.skip -= 1;
                } else if self.left > 0 {
                    self.left -= 1;
                    self.written += 1;
                    if self.sink.format().is_some() {
                        self.sink.spelt(row, 1)?;
                    } else {
                        arena.reset();
                        let mut rest = row;
                        let decode = |_| codec::decode(&mut rest, &arena).expect("was encoded by spell");
                        let values: Vec<Value<'_>> = columns.iter().map(decode).collect();
                        self.sink.row(&values)?;
                    }
                }
            }
        }
        spelt.clear();
        Ok(())
    }
}

impl Spelt {
    /// No rows, in a buffer that is written once it holds `limit_bytes`.
    pub(crate) fn of(limit_bytes: usize) -> Spelt {
        Spelt { limit_bytes, bytes: Vec::new(), ends: Vec::new(), n_rows: 0 }
    }

    /// Whether they have to be written before there are more.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes() > self.limit_bytes
    }

    /// What is held of memory.
    fn bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * size_of::<usize>()
    }

    /// Forgets all rows; a buffer that one long row blew up is given back.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2 * self.limit_bytes);
        self.ends.clear();
        self.n_rows = 0;
    }
}
