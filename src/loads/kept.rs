//! What is kept, read by all workers and merged in the turns of its chunks: nothing of it is spilled.

use crate::error::Result;
use crate::loads::keep::Keep;
use crate::loads::merge::Merge;
use crate::loads::record::Row;
use crate::loads::scan::{Maker, Rows};
use crate::pass::{self, Turns};

/// Merges all rows of `rows` by the way; whoever reads them behind one that was not in order stops.
pub(super) fn merge<'m, K: Keep>(rows: &Rows<'_, K>, merge: Merge<'m, K>) -> Result<Merge<'m, K>> {
    let turns = Turns::new(merge);
    rows.on_all_threads(|reader| {
        let mut maker = Maker::new(rows);
        let mut block = Block { limit_bytes: rows.shares.spelt_bytes, ..Block::default() };
        let mut ordinal = 0;
        let mut work = || -> Result<()> {
            while let Some(chunk) = reader.next_chunk()? {
                ordinal = chunk.ordinal;
                pass::check_stop(rows.progress)?;
                while let Some(batch) = reader.next_batch()? {
                    let mut goes_on = true;
                    maker.rows(&batch, &mut |row| {
                        if block.is_full_with(row) {
                            batch.intact()?;
                            goes_on = goes_on && block.hand_over(ordinal, &turns, true)?;
                        }
                        if block.takes(row) {
                            block.push(row);
                        } else if let Some(mut merge) = turns.take(ordinal, true, |merge| !merge.is_in_order()) {
                            batch.intact()?;
                            merge.kept(&row.key, &row.payload)?;
                        }
                        Ok(())
                    })?;
                    reader.intact()?;
                    if !goes_on || !block.hand_over(ordinal, &turns, false)? {
                        return Ok(());
                    }
                }
                reader.intact()?;
                rows.count(&reader.take_counts());
                if !block.hand_over(ordinal, &turns, true)? {
                    return Ok(());
                }
                turns.pass_on(ordinal);
            }
            Ok(())
        };
        let worked = work();
        if worked.is_err() || !turns.lock().is_in_order() {
            // Nobody waits for a turn that will not come.
            turns.fail(ordinal);
        }
        worked
    })?;
    Ok(turns.into_inner())
}

/// Rows that wait for their turn.
#[derive(Debug, Default)]
struct Block {
    limit_bytes: usize,
    /// Key and payload of each row, one behind the other.
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Block {
    fn bytes(&self) -> usize {
        self.bytes.len() + self.ends.len() * size_of::<usize>()
    }

    fn is_full_with(&self, row: &Row) -> bool {
        !self.ends.is_empty() && self.bytes() + row.key.len() + row.payload.len() > self.limit_bytes / 2
    }

    /// Whether a row is not too long for it.
    fn takes(&self, row: &Row) -> bool {
        row.key.len() + row.payload.len() <= self.limit_bytes / 2
    }

    fn push(&mut self, row: &Row) {
        for bytes in [&row.key, &row.payload] {
            self.bytes.extend_from_slice(bytes);
            self.ends.push(self.bytes.len());
        }
    }

    /// Has its rows merged when it is the turn of chunk `ordinal`, waiting for it where `must` says so; whether to go on.
    fn hand_over<K: Keep>(&mut self, ordinal: u64, turns: &Turns<Merge<'_, K>>, must: bool) -> Result<bool> {
        let Some(mut merge) = turns.take(ordinal, must, |merge| !merge.is_in_order()) else { return Ok(!must) };
        let mut begin = 0;
        for ends in self.ends.chunks_exact(2) {
            merge.kept(&self.bytes[begin..ends[0]], &self.bytes[ends[0]..ends[1]])?;
            begin = ends[1];
        }
        self.bytes.clear();
        self.ends.clear();
        Ok(merge.is_in_order())
    }
}
