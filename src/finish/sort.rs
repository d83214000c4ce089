//! Rows in, the same rows sorted out: in memory while they fit, in runs of the spill file when they do not.
//!
//! Rows lie back to back in one buffer of fixed size; what is sorted is an index of offsets with the first eight bytes of
//! each key, which decide most comparisons. A full buffer is written out as a run. If it never fills, nothing is written.
//! What is sorted can be walked through more than once ([`Sorted`]), a row at a time ([`Merged`]).

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
pub struct Sorter<'s> {
    spill: &'s Spill,
    limit_bytes: usize,
    rows: Vec<u8>,
    /// The first bytes of the key, and where the row lies.
    index: Vec<(u64, u32)>,
    runs: Vec<Run>,
}

impl<'s> Sorter<'s> {
    /// A sorter that holds up to `limit_bytes` in memory, from its first row on.
    pub fn new(spill: &'s Spill, limit_bytes: usize) -> Sorter<'s> {
        // Offsets have 32 bits.
        let limit_bytes = limit_bytes.clamp(64 << 10, 1 << 31);
        Sorter { spill, limit_bytes, rows: Vec::new(), index: Vec::new(), runs: Vec::new() }
    }

    /// Takes a row: the key that orders it, and what is payload.
    pub fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
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
pub(super) fn merge(sorters: Vec<Sorter<'_>>, limit_bytes: usize, each: &mut Each<'_>) -> Result<()> {
    let sorted = Sorted::of(sorters, limit_bytes)?;
    let mut rows = sorted.rows()?;
    while let Some((key, payload)) = rows.row() {
        if !each(key, payload)? {
            break;
        }
        rows.advance()?;
    }
    Ok(())
}

/// The rows of all workers, sorted.
#[derive(Debug)]
pub struct Sorted<'s> {
    /// Those that are all in memory.
    sorters: Vec<Sorter<'s>>,
    runs: Runs<'s>,
}

/// So many runs that they are merged at once.
#[derive(Debug)]
struct Runs<'s> {
    runs: Vec<(&'s Spill, Run)>,
    /// What each is read through.
    buffer_bytes: usize,
}

impl<'s> Sorted<'s> {
    /// The rows of `sorters`.
    ///
    /// Rows that are all in memory stay there. Otherwise all are written out, and runs are merged through buffers of together
    /// about `limit_bytes`, so many at a time that their longest rows fit in them, but two at least.
    pub fn of(mut sorters: Vec<Sorter<'s>>, limit_bytes: usize) -> Result<Sorted<'s>> {
        if sorters.iter().all(|sorter| sorter.runs.is_empty()) {
            sorters.iter_mut().for_each(Sorter::sort);
            return Ok(Sorted { sorters, runs: Runs { runs: Vec::new(), buffer_bytes: 0 } });
        }
        Ok(Sorted { sorters: Vec::new(), runs: Runs::of(sorters, limit_bytes)? })
    }

    /// The same, with nothing left in memory.
    pub fn written(mut self, limit_bytes: usize) -> Result<Sorted<'s>> {
        if !self.sorters.is_empty() {
            self.runs = Runs::of(std::mem::take(&mut self.sorters), limit_bytes)?;
        }
        Ok(self)
    }

    /// All of them, from the first on.
    pub fn rows(&self) -> Result<Merged<'_>> {
        let in_memory = self.sorters.iter().map(|sorter| Ok(Source::of(Rows::Memory { sorter, next: 0 })));
        let Runs { runs, buffer_bytes } = &self.runs;
        let written =
            runs.iter().map(|&(spill, run)| Ok(Source::of(Rows::Run(Reader::new(spill, run, *buffer_bytes)?))));
        Merged::of(in_memory.chain(written))
    }
}

impl<'s> Runs<'s> {
    fn of(sorters: Vec<Sorter<'s>>, limit_bytes: usize) -> Result<Runs<'s>> {
        let mut runs: Vec<(&Spill, Run)> = Vec::new();
        for mut sorter in sorters {
            sorter.write_run()?;
            runs.extend(sorter.runs.iter().map(|&run| (sorter.spill, run)));
        }
        let buffer_bytes = |n_runs: usize| (limit_bytes / n_runs.max(1)).clamp(LEAST_BUFFER, 1 << 20);
        // Short runs first, so that what is merged twice is little.
        runs.sort_by_key(|(_, run)| run.bytes());
        loop {
            let longest = runs.iter().map(|(_, run)| run.longest).max().unwrap_or(0);
            let fan_in = (limit_bytes / longest.max(LEAST_BUFFER)).clamp(2, 512);
            let Some(beyond) = runs.len().checked_sub(fan_in + 1) else {
                let buffer_bytes = buffer_bytes(runs.len());
                return Ok(Runs { runs, buffer_bytes });
            };
            // No more than have to be, so that in the end as many are left as can be merged at once.
            let some: Vec<(&Spill, Run)> = runs.drain(..(beyond + 2).min(fan_in)).collect();
            let (spill, bytes) = (some[0].0, some.iter().map(|(_, run)| run.bytes()).sum());
            let buffer_bytes = buffer_bytes(some.len());
            let mut rows = Merged::of(
                some.iter().map(|&(spill, run)| Ok(Source::of(Rows::Run(Reader::new(spill, run, buffer_bytes)?)))),
            )?;
            let mut run = Writer::new(spill, bytes)?;
            while let Some((key, payload)) = rows.row() {
                run.push(key, payload)?;
                rows.advance()?;
            }
            let run = run.finish()?;
            let place = runs.partition_point(|(_, other)| other.bytes() < run.bytes());
            runs.insert(place, (spill, run));
        }
    }
}

/// The smallest buffer that a run is read through.
const LEAST_BUFFER: usize = 16 << 10;

/// Sorted rows, the least of all in hand.
#[derive(Debug)]
pub struct Merged<'m> {
    heap: BinaryHeap<Source<'m>>,
}

impl<'m> Merged<'m> {
    fn of(sources: impl Iterator<Item = Result<Source<'m>>>) -> Result<Merged<'m>> {
        let is_over = |source: &Result<Source<'_>>| source.as_ref().is_ok_and(|source| source.row().is_none());
        let heap = sources.filter(|source| !is_over(source)).collect::<Result<_>>()?;
        Ok(Merged { heap })
    }

    /// The key and the payload of the row in hand; `None` at the end.
    #[inline]
    pub fn row(&self) -> Option<(&[u8], &[u8])> {
        self.heap.peek()?.row()
    }

    /// Takes the next row in hand.
    #[inline]
    pub fn advance(&mut self) -> Result<()> {
        let Some(mut first) = self.heap.peek_mut() else { return Ok(()) };
        first.advance()?;
        if first.row().is_none() {
            PeekMut::pop(first);
        }
        Ok(())
    }
}

/// Sorted rows, the least in hand.
#[derive(Debug)]
struct Source<'s> {
    rows: Rows<'s>,
    /// The first bytes of its key, as a number that orders like them: they nearly always decide.
    first: u128,
}

#[derive(Debug)]
enum Rows<'s> {
    Memory { sorter: &'s Sorter<'s>, next: usize },
    Run(Reader<'s>),
}

impl<'s> Source<'s> {
    fn of(rows: Rows<'s>) -> Source<'s> {
        let mut source = Source { rows, first: 0 };
        source.look();
        source
    }

    #[inline]
    fn row(&self) -> Option<(&[u8], &[u8])> {
        match &self.rows {
            Rows::Memory { sorter, next } => sorter.index.get(*next).map(|&(_, at)| row_at(&sorter.rows, at)),
            Rows::Run(reader) => reader.row(),
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<()> {
        match &mut self.rows {
            Rows::Memory { next, .. } => *next += 1,
            Rows::Run(reader) => reader.advance()?,
        }
        self.look();
        Ok(())
    }

    #[inline]
    fn look(&mut self) {
        self.first = self.row().map_or(0, |(key, _)| match key.first_chunk() {
            Some(first) => u128::from_be_bytes(*first),
            None => {
                let mut first = [0; 16];
                first[..key.len()].copy_from_slice(key);
                u128::from_be_bytes(first)
            }
        });
    }
}

impl Ord for Source<'_> {
    /// Reversed, since a heap's top is its greatest.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        other.first.cmp(&self.first).then_with(|| other.row().cmp(&self.row()))
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
            long in 0usize..200_000, n_sorters in 1usize..4, limit_bytes in prop::sample::select(vec![1, 10 << 20]), merge_bytes in 1usize..200_000,
        ) {
            let spill = Spill::new(None, None);
            let mut sorters: Vec<Sorter<'_>> = (0..n_sorters).map(|_| Sorter::new(&spill, limit_bytes)).collect();
            let mut rows = rows;
            rows.push((vec![7], vec![8; long]));
            for (i, (key, payload)) in rows.iter().enumerate() {
                sorters[i % n_sorters].push(key, payload).expect("disk");
            }
            rows.sort();
            let mut sorted = Sorted::of(sorters, merge_bytes).expect("disk");
            for _ in 0..2 {
                let (mut merged, mut found) = (sorted.rows().expect("disk"), Vec::new());
                while let Some((key, payload)) = merged.row() {
                    found.push((key.to_vec(), payload.to_vec()));
                    merged.advance().expect("disk");
                }
                drop(merged);
                prop_assert_eq!(&found, &rows);
                sorted = sorted.written(merge_bytes).expect("disk");
            }
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
