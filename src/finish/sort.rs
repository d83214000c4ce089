//! Rows in, the same rows sorted out: in memory while they fit, in runs of the spill file when they do not.
//!
//! Rows lie back to back in one buffer of fixed size; what is sorted is an index of offsets with the first eight bytes of
//! each key, which decide most comparisons. A full buffer is written out as a run. If it never fills, nothing is written.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::runs::{FRAME, Reader, Run, Writer, frame, lengths};
use crate::aggregates::spill::Spill;
use crate::error::Result;

/// Takes the key and the payload of the next row, and says whether more are wanted.
pub(super) type Each<'e> = dyn FnMut(&[u8], &[u8]) -> Result<bool> + 'e;

/// Rows of one worker, sorted as they fill the buffer.
#[derive(Debug)]
pub(super) struct Sorter<'s> {
    spill: &'s Spill,
    limit_bytes: usize,
    rows: Vec<u8>,
    /// The first bytes of the key, and where the row lies.
    index: Vec<(u64, u32)>,
    runs: Vec<Run>,
}

impl<'s> Sorter<'s> {
    /// A sorter that holds up to `limit_bytes` in memory.
    pub(super) fn new(spill: &'s Spill, limit_bytes: usize) -> Sorter<'s> {
        // Offsets have 32 bits.
        let limit_bytes = limit_bytes.clamp(64 << 10, 1 << 31);
        Sorter { spill, limit_bytes, rows: Vec::new(), index: Vec::new(), runs: Vec::new() }
    }

    /// Takes a row.
    pub(super) fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        let bytes = FRAME + key.len() + payload.len();
        if self.held() + bytes + size_of::<(u64, u32)>() > self.limit_bytes {
            self.write_run()?;
        }
        if self.rows.capacity() == 0 {
            // Set aside once: growing would hold old and new for a moment. Three quarters for rows, the rest for the index.
            self.rows.reserve_exact(self.limit_bytes * 3 / 4);
            self.index.reserve_exact(self.limit_bytes / 4 / size_of::<(u64, u32)>());
        }
        if bytes > self.limit_bytes / 2 {
            return self.write_long(key, payload);
        }
        let at = u32::try_from(self.rows.len()).expect("the buffer is below 4 GiB");
        frame(key, payload, &mut self.rows);
        self.index.push((prefix(key), at));
        Ok(())
    }

    /// The bytes that count against the limit: whichever of the two buffers is nearer to its end.
    fn held(&self) -> usize {
        (self.rows.len() * 4 / 3).max(self.index.len() * size_of::<(u64, u32)>() * 4)
    }

    fn sort(&mut self) {
        let rows = &self.rows;
        self.index.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| row_at(rows, a.1).cmp(&row_at(rows, b.1))));
    }

    fn write_run(&mut self) -> Result<()> {
        if self.index.is_empty() {
            return Ok(());
        }
        self.sort();
        let mut run = Writer::new(self.spill, self.rows.len() as u64)?;
        for &(_, row) in &self.index {
            let (key, payload) = row_at(&self.rows, row);
            run.push(key, payload)?;
        }
        self.runs.push(run.finish()?);
        self.rows.clear();
        self.index.clear();
        Ok(())
    }

    /// A row that the buffer does not take makes a run of its own.
    #[cold]
    fn write_long(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        let mut run = Writer::new(self.spill, (FRAME + key.len() + payload.len()) as u64)?;
        run.push(key, payload)?;
        self.runs.push(run.finish()?);
        Ok(())
    }
}

fn row_at(rows: &[u8], at: u32) -> (&[u8], &[u8]) {
    let row = &rows[at as usize..];
    let (key, payload) = lengths(row.first_chunk().expect("a row has a frame"));
    (&row[FRAME..][..key], &row[FRAME + key..][..payload])
}

/// The first eight bytes of `key`, zeros behind its end, as a number that orders like them.
fn prefix(key: &[u8]) -> u64 {
    let mut word = [0; 8];
    let len = key.len().min(8);
    word[..len].copy_from_slice(&key[..len]);
    u64::from_be_bytes(word)
}

/// Calls `each` with the rows of all `sorters` in order, until it says `false`.
///
/// Rows that are all in memory stay there. Otherwise all are written out first, and runs are merged through buffers of
/// together about `limit_bytes`, so many at a time that their longest rows fit in them, but two at least.
pub(super) fn merge(mut sorters: Vec<Sorter<'_>>, limit_bytes: usize, each: &mut Each<'_>) -> Result<()> {
    let Some(spill) = sorters.first().map(|sorter| sorter.spill) else { return Ok(()) };
    if sorters.iter().all(|sorter| sorter.runs.is_empty()) {
        sorters.iter_mut().for_each(Sorter::sort);
        let rows = sorters.iter().map(|sorter| Source::Memory { sorter, next: 0 });
        return merge_sources(rows.collect(), each);
    }
    let mut runs = Vec::new();
    for mut sorter in sorters {
        sorter.write_run()?;
        runs.append(&mut sorter.runs);
    }
    // Short runs first, so that what is merged twice is little.
    runs.sort_by_key(Run::bytes);
    loop {
        let longest = runs.iter().map(|run| run.longest).max().unwrap_or(0);
        let fan_in = (limit_bytes / longest.max(LEAST_BUFFER)).clamp(2, 512);
        let some: Vec<Run> = runs.drain(..runs.len().min(fan_in)).collect();
        let buffer_bytes = (limit_bytes / some.len()).clamp(LEAST_BUFFER, 1 << 20);
        let bytes = some.iter().map(Run::bytes).sum();
        let sources = some.into_iter().map(|run| Ok(Source::Run(Reader::new(spill, run, buffer_bytes)?)));
        let sources = sources.collect::<Result<_>>()?;
        if runs.is_empty() {
            return merge_sources(sources, each);
        }
        let mut run = Writer::new(spill, bytes)?;
        merge_sources(sources, &mut |key, payload| run.push(key, payload).map(|()| true))?;
        let run = run.finish()?;
        let place = runs.partition_point(|other| other.bytes() < run.bytes());
        runs.insert(place, run);
    }
}

/// The smallest buffer that a run is read through.
const LEAST_BUFFER: usize = 16 << 10;

fn merge_sources(sources: Vec<Source<'_>>, each: &mut Each<'_>) -> Result<()> {
    let mut heap: BinaryHeap<Source<'_>> = sources.into_iter().filter(|source| source.row().is_some()).collect();
    while let Some(mut first) = heap.peek_mut() {
        let Some((key, payload)) = first.row() else { break };
        if !each(key, payload)? {
            return Ok(());
        }
        first.advance()?;
        if first.row().is_none() {
            PeekMut::pop(first);
        }
    }
    Ok(())
}

/// Sorted rows, the least in hand.
#[derive(Debug)]
enum Source<'s> {
    Memory { sorter: &'s Sorter<'s>, next: usize },
    Run(Reader<'s>),
}

impl Source<'_> {
    #[inline]
    fn row(&self) -> Option<(&[u8], &[u8])> {
        match self {
            Source::Memory { sorter, next } => sorter.index.get(*next).map(|&(_, at)| row_at(&sorter.rows, at)),
            Source::Run(reader) => reader.row(),
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<()> {
        match self {
            Source::Memory { next, .. } => *next += 1,
            Source::Run(reader) => reader.advance()?,
        }
        Ok(())
    }
}

impl Ord for Source<'_> {
    /// Reversed, since a heap's top is its greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.row().cmp(&self.row())
    }
}

impl PartialOrd for Source<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Source<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Source<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_come_back_sorted_whatever_was_spilled(
            rows in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..12), prop::collection::vec(any::<u8>(), 0..6000)), 0..120),
            long in 0usize..200_000, n_sorters in 1usize..4, merge_bytes in 1usize..200_000,
        ) {
            let spill = Spill::new(None, None);
            let mut sorters: Vec<Sorter<'_>> = (0..n_sorters).map(|_| Sorter::new(&spill, 1)).collect();
            let mut rows = rows;
            rows.push((vec![7], vec![8; long]));
            for (i, (key, payload)) in rows.iter().enumerate() {
                sorters[i % n_sorters].push(key, payload).expect("disk");
            }
            let mut sorted = Vec::new();
            merge(sorters, merge_bytes, &mut |key, payload| { sorted.push((key.to_vec(), payload.to_vec())); Ok(true) }).expect("disk");
            rows.sort();
            prop_assert_eq!(sorted, rows);
        }
    }

    #[test]
    fn few_rows_touch_no_disk() {
        let spill = Spill::new(None, Some(0));
        let mut sorters: Vec<Sorter<'_>> = (0..3).map(|_| Sorter::new(&spill, 1 << 20)).collect();
        sorters[1].push(b"b", b"").expect("memory");
        sorters[2].push(b"a", b"").expect("memory");
        let mut keys = Vec::new();
        merge(sorters, 1 << 20, &mut |key, _| {
            keys.push(key.to_vec());
            Ok(true)
        })
        .expect("memory");
        assert_eq!(keys, [b"a", b"b"]);
    }
}
