//! Rows in, sorted runs in the spill file out, and the runs merged back: the external merge sort.
//!
//! Rows lie back to back in one buffer of fixed size; what is sorted is an index of offsets with the first eight bytes of
//! each key, which decide most comparisons. A full buffer is written out as a run. If it never fills, nothing is written.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::aggregates::spill::Spill;
use crate::error::{Error, Place, Result};

/// Bytes of a row's frame: the lengths of key and payload.
const FRAME: usize = 8;

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

/// A sorted stretch of the spill file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    offset: u64,
    end: u64,
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
        let mut run = RunWriter::new(self.spill, self.rows.len() as u64)?;
        for &(_, row) in &self.index {
            let (key, payload) = row_at(&self.rows, row);
            run.push(key, payload)?;
        }
        self.runs.push(run.finish()?);
        self.rows.clear();
        self.index.clear();
        Ok(())
    }
}

/// Writes rows that come in order as a run.
#[derive(Debug)]
struct RunWriter<'s> {
    spill: &'s Spill,
    run: Run,
    chunk: Vec<u8>,
}

impl<'s> RunWriter<'s> {
    /// A run of exactly `bytes`, whose place is taken at once, so that it is one stretch whatever other workers write.
    fn new(spill: &'s Spill, bytes: u64) -> Result<RunWriter<'s>> {
        let offset = spill.take_place(bytes)?;
        Ok(RunWriter { spill, run: Run { offset, end: offset }, chunk: Vec::new() })
    }

    fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        frame(key, payload, &mut self.chunk);
        if self.chunk.len() >= 128 << 10 { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<()> {
        self.spill.write_at(self.run.end, &self.chunk)?;
        self.run.end += self.chunk.len() as u64;
        self.chunk.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Run> {
        self.write()?;
        Ok(self.run)
    }
}

fn frame(key: &[u8], payload: &[u8], out: &mut Vec<u8>) {
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).expect("a record is at most 2 GiB").to_le_bytes();
    out.extend_from_slice(&len(key));
    out.extend_from_slice(&len(payload));
    out.extend_from_slice(key);
    out.extend_from_slice(payload);
}

fn lengths(frame: &[u8; FRAME]) -> (usize, usize) {
    let len = |at: usize| u32::from_le_bytes(*frame[at..].first_chunk().expect("the frame has eight bytes")) as usize;
    (len(0), len(4))
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
    let Some(spill) = sorters.first().map(|sorter| sorter.spill) else { return Ok(()) };
    let mut sorters = sorters;
    if let [only] = sorters.as_mut_slice()
        && only.runs.is_empty()
    {
        only.sort();
        for &(_, at) in &only.index {
            let (key, payload) = row_at(&only.rows, at);
            if !each(key, payload)? {
                break;
            }
        }
        return Ok(());
    }
    let mut runs = Vec::new();
    for mut sorter in sorters {
        sorter.write_run()?;
        runs.append(&mut sorter.runs);
    }
    // So many runs that their buffers would be small: the first ones are merged into longer ones.
    let fan_in = (limit_bytes / MIN_RUN_BUFFER).clamp(2, 1024);
    while runs.len() > fan_in {
        let some: Vec<Run> = runs.drain(..fan_in).collect();
        let bytes = some.iter().map(|run| run.end - run.offset).sum();
        let mut run = RunWriter::new(spill, bytes)?;
        merge_runs(spill, &some, limit_bytes, &mut |key, payload| run.push(key, payload).map(|()| true))?;
        runs.push(run.finish()?);
    }
    merge_runs(spill, &runs, limit_bytes, each)
}

/// The smallest buffer a run is read through.
const MIN_RUN_BUFFER: usize = 16 << 10;

fn merge_runs(spill: &Spill, runs: &[Run], limit_bytes: usize, each: &mut Each<'_>) -> Result<()> {
    let buffer_bytes = (limit_bytes / runs.len().max(1)).clamp(MIN_RUN_BUFFER, 1 << 20);
    let mut heap = BinaryHeap::new();
    let mut long_bytes = 0;
    for run in runs {
        let mut head = Head { spill, run: *run, buffer: Vec::new(), at: 0, buffer_bytes, lent_bytes: 0 };
        if head.fill(&mut long_bytes, limit_bytes)? {
            heap.push(head);
        }
    }
    while let Some(mut head) = heap.peek_mut() {
        let (key, payload) = head.row();
        if !each(key, payload)? {
            return Ok(());
        }
        head.at += FRAME + key.len() + payload.len();
        if !head.fill(&mut long_bytes, limit_bytes)? {
            std::collections::binary_heap::PeekMut::pop(head);
        }
    }
    Ok(())
}

/// A run with its least row in hand.
#[derive(Debug)]
struct Head<'s> {
    spill: &'s Spill,
    run: Run,
    buffer: Vec<u8>,
    at: usize,
    buffer_bytes: usize,
    /// What the row in hand needs, where that is more than the buffer.
    lent_bytes: usize,
}

impl Head<'_> {
    /// Sees to it that a whole row is in the buffer; `false` at the end of the run.
    fn fill(&mut self, long_bytes: &mut usize, limit_bytes: usize) -> Result<bool> {
        let left = self.buffer.len() - self.at;
        let need = match self.buffer[self.at..].first_chunk() {
            Some(frame) => {
                let (key, payload) = lengths(frame);
                FRAME + key + payload
            }
            None => FRAME,
        };
        if left >= need && left >= FRAME {
            return Ok(true);
        }
        if self.run.offset == self.run.end {
            return Ok(false);
        }
        *long_bytes -= std::mem::take(&mut self.lent_bytes);
        if need > self.buffer_bytes {
            self.lent_bytes = need;
            *long_bytes += need;
            if *long_bytes > limit_bytes {
                let place = Place { path: "merging sorted rows".to_owned(), ..Place::default() };
                let (need_bytes, would_do_bytes) = (need as u64, 4 * (*long_bytes + limit_bytes) as u64);
                return Err(Error::MemoryAt { place, what: "a row", need_bytes, would_do_bytes });
            }
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let unread = usize::try_from(self.run.end - self.run.offset).unwrap_or(usize::MAX);
        let more = (need.max(self.buffer_bytes) - left).min(unread);
        if self.lent_bytes == 0 {
            self.buffer.shrink_to(self.buffer_bytes);
        }
        self.buffer.reserve_exact(more);
        self.buffer.resize(left + more, 0);
        self.spill.read_into(self.run.offset, &mut self.buffer[left..])?;
        self.run.offset += more as u64;
        self.fill(long_bytes, limit_bytes)
    }

    fn row(&self) -> (&[u8], &[u8]) {
        let row = &self.buffer[self.at..];
        let (key, payload) = lengths(row.first_chunk().expect("fill saw to a whole row"));
        (&row[FRAME..][..key], &row[FRAME + key..][..payload])
    }
}

impl Ord for Head<'_> {
    /// Reversed, since the heap's top is its greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.row().cmp(&self.row())
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_come_back_sorted_whatever_was_spilled(
            rows in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..12), prop::collection::vec(any::<u8>(), 0..6000)), 0..120),
            n_sorters in 1usize..4, merge_bytes in 1usize..200_000,
        ) {
            let spill = Spill::new(None, None);
            let mut sorters: Vec<Sorter<'_>> = (0..n_sorters).map(|_| Sorter::new(&spill, 1)).collect();
            for (i, (key, payload)) in rows.iter().enumerate() {
                sorters[i % n_sorters].push(key, payload).expect("disk");
            }
            let mut sorted = Vec::new();
            let merge_bytes = merge_bytes.max(40_000 * n_sorters);
            merge(sorters, merge_bytes, &mut |key, payload| { sorted.push((key.to_vec(), payload.to_vec())); Ok(true) }).expect("disk");
            let mut expected = rows.clone();
            expected.sort();
            prop_assert_eq!(sorted, expected);
        }
    }
}
