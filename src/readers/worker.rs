//! One thread's part in a scan: chunks in, batches of whole records out.
//!
//! A record belongs to the chunk that holds its first byte. So a worker skips what its predecessor's last record has in
//! its chunk, and reads its own last record's tail behind the chunk's end. Within the chunk it indexes a block at a time,
//! each from a record's start, so that bytes and index stay in L2; what is incomplete at a block's end is indexed again
//! with the next block, and a record longer than a block, or than the chunk, is walked alone.

use std::sync::atomic::Ordering;

use crate::error::{Error, Result};
use crate::readers::automaton::{State, Walk};
use crate::readers::batch::{Record, Records, Window};
use crate::readers::map::{Mapping, NotMapped};
use crate::readers::scan::Index;
use crate::readers::source::{Bytes, Regular, Source, read_at};
use crate::readers::tickets::{Loan, Scan, Ticket};
use crate::readers::{BATCH_RECORDS, Batch, Io, Ragged};

/// A piece of the input that one worker reads; the order of their ordinals is input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// 0, 1, 2, … over all files, without gaps.
    pub ordinal: u64,
}

/// No chunk's ordinal.
const NO_CHUNK: u64 = u64::MAX;

/// What a worker met since it was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes of input, heads of files included.
    pub bytes: u64,
    /// Records delivered, padded ones included.
    pub rows: u64,
    /// Records padded (`--ragged pad`).
    pub padded: u64,
    /// Records left out (`--ragged skip`).
    pub skipped: u64,
    /// Empty lines, which are no records.
    pub empty_lines: u64,
}

/// One thread's part in a scan.
#[derive(Debug)]
pub struct Worker<'s> {
    scan: &'s Scan<'s>,
    /// The chunk in hand, until its last batch is taken.
    ticket: Option<Ticket>,
    /// Its ordinal, or that of the last one there was, or [`NO_CHUNK`].
    ordinal: u64,
    /// Whether the successor knows the state at the chunk's end.
    is_published: bool,
    bytes: Held,
    /// Where in the file the bytes in hand begin.
    offset: u64,
    /// Where in them the next record begins that is not indexed.
    next: usize,
    /// Where in them the chunk ends; records that begin there or behind are the successor's.
    end: usize,
    /// The block in hand, and where in the bytes it begins.
    index: Index,
    block: usize,
    /// How many of the block's records were delivered.
    taken: usize,
    /// The number of fields of a record walked alone, of which the index holds at most one more than there are columns.
    walked_fields: Option<usize>,
    /// The records of the batch in hand, when it is not rectangular.
    records: Vec<Record>,
    /// What stopped the block in the middle, told after what was before it.
    stopped: Option<Error>,
    counts: Counts,
    rows_in_chunk: u64,
    loan: Loan<'s>,
}

/// The bytes in hand.
#[derive(Debug)]
struct Held {
    mapping: Option<Mapping>,
    buffer: Vec<u8>,
}

impl Held {
    #[inline]
    fn get(&self) -> &[u8] {
        match &self.mapping {
            Some(mapping) => mapping.bytes(),
            None => &self.buffer,
        }
    }
}

/// Which records of the block make the next batch.
enum Shape {
    Rectangular { first: usize, n: usize },
    Listed { first: usize },
}

impl<'s> Worker<'s> {
    pub(super) fn of(scan: &'s Scan<'_>) -> Worker<'s> {
        Worker {
            scan,
            ticket: None,
            ordinal: NO_CHUNK,
            is_published: false,
            bytes: Held { mapping: None, buffer: Vec::new() },
            offset: 0,
            next: 0,
            end: 0,
            index: Index::for_blocks(scan.sizes.block_bytes),
            block: 0,
            taken: 0,
            walked_fields: None,
            records: Vec::new(),
            stopped: None,
            counts: Counts::default(),
            rows_in_chunk: 0,
            loan: Loan::default(),
        }
    }

    /// The next chunk; `None` at the end of the input or of the need. Blocks until the state in which it begins is known.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        self.leave();
        self.scan.finish_chunk(self.ordinal);
        let ticket = match self.scan.take(&mut self.bytes.buffer, &mut self.loan) {
            Ok(None) => return Ok(None),
            Ok(Some(ticket)) => ticket,
            Err((ordinal, error)) => {
                // That of the chunk that would have been.
                self.ordinal = ordinal;
                self.scan.stop_after(ordinal);
                return Err(error);
            }
        };
        (self.ticket, self.ordinal) = (Some(ticket), ticket.ordinal);
        self.is_published = false;
        let entered = self.enter(&ticket);
        match &entered {
            Ok(true) => {}
            Ok(false) => self.leave(),
            Err(_) => self.scan.stop_after(ticket.ordinal),
        }
        Ok(entered?.then_some(Chunk { ordinal: ticket.ordinal }))
    }

    /// The next records of the chunk; `None` at its end. The error of a record comes after the batch of those before it.
    pub fn next_batch(&mut self) -> Result<Option<Batch<'_>>> {
        let Some(ticket) = self.ticket else { return Ok(None) };
        let shape = loop {
            if !self.scan.needs(ticket.ordinal) {
                self.leave();
                return Ok(None);
            }
            self.intact()?;
            if self.taken < self.index.ends().len() - 1
                && let Some(shape) = self.shape(&ticket)
            {
                break shape;
            }
            if let Some(error) = self.stopped.take() {
                return Err(error);
            }
            if self.taken == self.index.ends().len() - 1 && !self.next_block(&ticket)? {
                self.intact()?;
                self.leave();
                return Ok(None);
            }
        };
        let n = match shape {
            Shape::Rectangular { n, .. } => n,
            Shape::Listed { .. } => self.records.len(),
        };
        self.counts.rows += n as u64;
        self.rows_in_chunk += n as u64;
        let window = self.window(&ticket);
        let (first, records) = match shape {
            Shape::Rectangular { first, n } => (first, Records::Rectangular(n)),
            Shape::Listed { first } => (first, Records::Listed(&self.records)),
        };
        Ok(Some(Batch { window, bytes: &window.bytes[self.block..], seps: &self.index.seps()[first..], records }))
    }

    /// Counts since the last call.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Whether all bytes seen so far were the file's own: ask before anything made of them leaves the process.
    /// (A file truncated under its mapping reads as zeros until the next call; this tells.)
    pub fn intact(&self) -> Result<()> {
        match (&self.bytes.mapping, self.ticket) {
            (Some(mapping), Some(ticket)) if !mapping.is_intact() => {
                let source = self.source(&ticket);
                let end = if let Bytes::File(regular) = &source.bytes { regular.end } else { 0 };
                Err(source.shrank(ticket.offset, end))
            }
            _ => Ok(()),
        }
    }

    /// Notes `error` at the chunk in hand, or the last one: [`Scan::finish`] gives the first in input order, so workers on earlier chunks
    /// finish theirs and later ones end.
    pub fn fail(&self, error: Error) {
        let ordinal = if self.ordinal == NO_CHUNK { 0 } else { self.ordinal };
        self.scan.fail(ordinal, error);
    }

    fn source(&self, ticket: &Ticket) -> &'s Source {
        &self.scan.input.sources[ticket.file]
    }

    fn window(&self, ticket: &Ticket) -> Window<'_> {
        Window {
            source: self.source(ticket),
            file: ticket.file,
            bytes: self.bytes.get(),
            offset: self.offset,
            lines_before: ticket.lines_before,
            block: self.block,
        }
    }

    /// Loads the chunk, learns the state in which it begins, tells that in which it ends, and finds its first record.
    /// `false` when the chunk is not needed any more.
    fn enter(&mut self, ticket: &Ticket) -> Result<bool> {
        let source = self.source(ticket);
        (self.offset, self.next, self.end) = (ticket.offset, 0, ticket.len);
        self.counts.bytes += ticket.len as u64 + if ticket.is_first { source.head_bytes } else { 0 };
        let state = match (&source.bytes, ticket.state) {
            (Bytes::File(regular), None) => {
                self.load(source, regular, ticket.offset, ticket.len)?;
                let simd = self.scan.input.simd;
                let summary = simd.summary(self.bytes.get(), source.dialect);
                let Some(state) = self.scan.state_at(ticket) else { return Ok(false) };
                let bytes = self.bytes.get();
                let end = summary.end(bytes, source.dialect, state);
                let end = end.unwrap_or_else(|| simd.last_end(bytes, source.dialect, state).0);
                self.intact()?;
                self.scan.publish(ticket, end);
                state
            }
            (_, state) => state.unwrap_or(State::RecordStart),
        };
        self.is_published = true;
        let bytes = self.bytes.get();
        self.next = match state {
            State::RecordStart => 0,
            State::AfterCr => usize::from(bytes.first() == Some(&b'\n')),
            _ => match Walk::from(state).until_record_end(source.dialect, bytes, |_| {}) {
                Some(end) => behind(bytes, end),
                None => self.end,
            },
        };
        Ok(true)
    }

    /// Gets `len` bytes of the file from `offset` in hand, instead of what was.
    fn load(&mut self, source: &Source, regular: &Regular, offset: u64, len: usize) -> Result<()> {
        self.bytes.mapping = None;
        if self.scan.input.settings.io == Io::Map {
            match Mapping::of(&regular.file, offset, len) {
                Ok(mapping) => {
                    self.bytes.mapping = Some(mapping);
                    return Ok(());
                }
                Err(NotMapped::Shrank) => return Err(source.shrank(offset, regular.end)),
                Err(NotMapped::Unfit) => {}
            }
        }
        self.bytes.buffer.clear();
        self.read_on(source, regular, offset, len)
    }

    /// Appends `len` bytes of the file from `offset` to the buffer.
    fn read_on(&mut self, source: &Source, regular: &Regular, offset: u64, len: usize) -> Result<()> {
        self.bytes.buffer.reserve_exact(len);
        let got = read_at(&regular.file, &mut self.bytes.buffer, offset, len).map_err(|error| source.failed(error))?;
        if got < len { Err(source.shrank(offset + got as u64, regular.end)) } else { Ok(()) }
    }

    /// Indexes what comes next of the chunk; `false` at its end.
    fn next_block(&mut self, ticket: &Ticket) -> Result<bool> {
        self.index.clear();
        self.taken = 0;
        self.walked_fields = None;
        if self.next >= self.end {
            return Ok(false);
        }
        let source = self.source(ticket);
        let bytes = self.bytes.get();
        // Records that begin behind the chunk's end are not ours; one that goes on there is walked.
        let block = &bytes[self.next..self.end.min(self.next + self.scan.sizes.block_bytes)];
        self.scan.input.simd.index(block, source.dialect, State::RecordStart, &mut self.index);
        self.block = self.next;
        match self.index.ends() {
            [_, .., last] => {
                self.next = behind(bytes, self.block + self.index.seps()[*last as usize + 1] as usize);
                Ok(true)
            }
            _ => self.next_alone(ticket),
        }
    }

    /// Walks the one record that comes next, as far behind the chunk as it goes; `false` when there is none.
    fn next_alone(&mut self, ticket: &Ticket) -> Result<bool> {
        let source = self.source(ticket);
        let limit_bytes = self.scan.input.settings.max_record_bytes;
        self.index.clear_for(source.n_columns + 2);
        let mut walk = Walk::from(State::RecordStart);
        let end = loop {
            let bytes = &self.bytes.get()[self.next..];
            let (index, mut n_listed) = (&mut self.index, walk.n_delimiters);
            let end = walk.until_record_end(source.dialect, bytes, |place| {
                if n_listed < source.n_columns {
                    index.push(place, false);
                }
                n_listed += 1;
            });
            let walked = end.unwrap_or(walk.at);
            if walked as u64 > limit_bytes {
                let place = self.window(ticket).place(self.next, None);
                return Err(Error::LongRecord { place, limit_bytes });
            }
            match end {
                Some(end) => break end,
                None if self.extend(ticket)? => {}
                None if walk.state == State::InQuoted => {
                    return Err(Error::OpenQuote { place: self.window(ticket).place(self.next, None) });
                }
                // The end of the input ends the last record.
                None if walk.at > 0 => break walk.at,
                None => return Ok(false),
            }
        };
        self.index.push(end, true);
        self.walked_fields = Some(walk.n_delimiters + 1);
        self.block = self.next;
        self.next = behind(self.bytes.get(), self.next + end);
        Ok(true)
    }

    /// Gets more of the file behind the bytes in hand, keeping them from `next` on; `false` at the file's end.
    fn extend(&mut self, ticket: &Ticket) -> Result<bool> {
        let source = self.source(ticket);
        let Bytes::File(regular) = &source.bytes else { return Ok(false) };
        let in_hand = self.bytes.get().len();
        let (from, at) = (self.offset + self.next as u64, self.offset + in_hand as u64);
        let kept = in_hand - self.next;
        let left = usize::try_from(regular.end - at).unwrap_or(usize::MAX);
        // One byte more than the longest record tells that it is too long.
        let limit = usize::try_from(self.scan.input.settings.max_record_bytes).unwrap_or(usize::MAX);
        let room = limit.saturating_sub(kept).saturating_add(1);
        let more = kept.max(self.scan.sizes.slack_bytes() / 4).min(room).min(left);
        if more == 0 {
            return Ok(false);
        }
        let mut loan = std::mem::take(&mut self.loan);
        let covered = loan.cover(self.scan, ticket.ordinal, kept + more, || self.window(ticket).place(self.next, None));
        self.loan = loan;
        covered?;
        if self.bytes.mapping.is_some() {
            self.load(source, regular, from, kept + more)?;
        } else {
            self.bytes.buffer.drain(..self.next);
            self.read_on(source, regular, at, more)?;
        }
        self.offset = from;
        self.end = self.end.saturating_sub(self.next);
        self.next = 0;
        Ok(true)
    }

    /// The next batch of the block in hand, if any of its records are any: counts and leaves out those that are not.
    fn shape(&mut self, ticket: &Ticket) -> Option<Shape> {
        let n_columns = self.source(ticket).n_columns;
        let limit_bytes = self.scan.input.settings.max_record_bytes;
        let ends = &self.index.ends()[self.taken..];
        let ends = &ends[..ends.len().min(BATCH_RECORDS + 1)];
        let n = ends.len() - 1;
        let first = ends[0].wrapping_add(1) as usize;
        let seps = &self.index.seps()[first..];
        let bytes = &self.bytes.get()[self.block..];
        let is_short = seps[seps.len() - 1] as u64 <= limit_bytes;
        if is_short
            && self.walked_fields.is_none()
            && is_rectangular(ends, n_columns)
            && (n_columns > 1 || !has_empty(bytes, &seps[..=n]))
        {
            self.taken += n;
            return Some(Shape::Rectangular { first, n });
        }
        self.list(ticket, n, first);
        (!self.records.is_empty()).then_some(Shape::Listed { first })
    }

    /// Lists the next `n` records of the block one by one, up to the first that is an error.
    fn list(&mut self, ticket: &Ticket, n: usize, first: usize) {
        let n_columns = self.source(ticket).n_columns;
        let settings = &self.scan.input.settings;
        self.records.clear();
        let bytes = &self.bytes.get()[self.block..];
        let ends = &self.index.ends()[self.taken..][..=n];
        let seps = &self.index.seps()[first..];
        let mut stopped = None;
        for pair in ends.windows(2) {
            let before = pair[0].wrapping_add(1) as usize - first;
            let n_listed = pair[1].wrapping_sub(pair[0]) as usize;
            let (start, end) = (seps[before].wrapping_add(1) as usize, seps[before + n_listed] as usize);
            let start = start + usize::from(start < end && bytes[start] == b'\n');
            let n_fields = self.walked_fields.unwrap_or(n_listed);
            if start == end && n_fields == 1 {
                self.counts.empty_lines += 1;
                continue;
            }
            if (end - start) as u64 > settings.max_record_bytes {
                stopped = Some((start, None));
                break;
            }
            match settings.ragged {
                _ if n_fields == n_columns => {}
                Ragged::Skip => {
                    self.counts.skipped += 1;
                    continue;
                }
                Ragged::Pad if n_fields < n_columns => self.counts.padded += 1,
                Ragged::Pad | Ragged::Error => {
                    stopped = Some((start, Some(n_fields)));
                    break;
                }
            }
            let before = u32::try_from(before).expect("an index is shorter than its block, which is below 4 GiB");
            let n_fields = u32::try_from(n_listed).expect("as before");
            self.records.push(Record { first: before, n_fields });
        }
        self.taken += n;
        if let Some((start, found)) = stopped {
            let place = self.window(ticket).place(self.block + start, None);
            self.taken = self.index.ends().len() - 1;
            self.stopped = Some(match found {
                Some(found) => Error::Ragged { place, found, expected: n_columns },
                None => Error::LongRecord { place, limit_bytes: settings.max_record_bytes },
            });
        }
    }

    /// Gives the chunk back.
    fn leave(&mut self) {
        let Some(ticket) = self.ticket.take() else { return };
        if !self.is_published {
            self.scan.need_below(ticket.ordinal);
        }
        let source = self.source(&ticket);
        source.read_bytes.fetch_add(ticket.len as u64, Ordering::Relaxed);
        source.rows.fetch_add(std::mem::take(&mut self.rows_in_chunk), Ordering::Relaxed);
        self.bytes.mapping = None;
        self.index.clear();
        self.taken = 0;
        self.stopped = None;
        if self.loan.is_held() {
            self.bytes.buffer = Vec::new();
            self.loan.end();
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.scan.stop();
        }
        self.leave();
        self.scan.finish_chunk(self.ordinal);
    }
}

/// Where the record behind the one that ends at `end` begins: behind a CRLF as a whole.
fn behind(bytes: &[u8], end: usize) -> usize {
    let next = end + 1;
    next + usize::from(bytes.get(end) == Some(&b'\r') && bytes.get(next) == Some(&b'\n'))
}

/// Whether every record has `n_columns` fields; `ends` begins with what is before the first.
fn is_rectangular(ends: &[u32], n_columns: usize) -> bool {
    let Ok(step) = u32::try_from(n_columns) else { return false };
    let differences = ends.windows(2).fold(0, |differences, pair| differences | pair[1].wrapping_sub(pair[0]) ^ step);
    differences == 0
}

/// Whether a line is empty among records of one field each.
fn has_empty(bytes: &[u8], seps: &[u32]) -> bool {
    seps.windows(2).any(|pair| {
        let (start, end) = (pair[0].wrapping_add(1) as usize, pair[1] as usize);
        start == end || start + 1 == end && bytes[start] == b'\n'
    })
}
