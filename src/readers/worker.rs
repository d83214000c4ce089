//! One thread's part in a scan: chunks in, batches of whole records out.
//!
//! A record belongs to the chunk that holds its first byte. So a worker skips what its predecessor's last record has in
//! its chunk, and reads its own last record's tail behind the chunk's end. Within the chunk it indexes a block at a time,
//! each from a record's start, so that bytes and index stay in L2; what is incomplete at a block's end is indexed again
//! with the next block, and a record longer than a block, or than the chunk, is walked alone.

use std::sync::atomic::Ordering;

use crate::error::{Error, Result};
use crate::readers::automaton::{State, Walk};
use crate::readers::batch::{Records, Window};
use crate::readers::block::{Block, Rules, Shape, Stop};
use crate::readers::held::Held;
use crate::readers::loan::Loan;
use crate::readers::scan::{Kept, Pattern, Tally};
use crate::readers::source::{Bytes, Regular, Source};
use crate::readers::tickets::{Scan, Ticket};
use crate::readers::{Batch, Input};

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
    /// What is known of the bytes in hand, if `is_kept`.
    kept: Kept,
    is_kept: bool,
    /// What regular records are, when no field is read.
    pattern: Option<Pattern>,
    /// Records of the chunk in hand that were counted at once.
    counted: u64,
    /// Where the last of them ends.
    counted_until: Option<usize>,
    block: Block,
    /// What stopped the block in the middle, told after what was before it.
    stopped: Option<Stop>,
    counts: Counts,
    /// Records delivered of the chunk in hand.
    rows: u64,
    loan: Loan<'s>,
}

impl<'s> Worker<'s> {
    pub(super) fn of(scan: &'s Scan<'_>) -> Worker<'s> {
        Worker {
            scan,
            ticket: None,
            ordinal: NO_CHUNK,
            is_published: false,
            bytes: Held::default(),
            offset: 0,
            next: 0,
            end: 0,
            kept: Kept::default(),
            is_kept: false,
            pattern: None,
            counted: 0,
            counted_until: None,
            block: Block::of(scan.sizes.block_bytes),
            stopped: None,
            counts: Counts::default(),
            rows: 0,
            loan: Loan::default(),
        }
    }

    /// The same for a caller that reads no field: what it counts only ([`Worker::counted`]) need not be in batches.
    #[must_use]
    pub fn without_fields(mut self) -> Worker<'s> {
        let source = self.scan.input.sources.first();
        self.pattern = source.and_then(|source| Pattern::of(source.n_columns));
        self
    }

    /// Records of the chunk in hand that come in no batch, since no field is read; those that do come beside them.
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// The next chunk; `None` at the end of the input or of the need. Blocks until the state in which it begins is known.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        self.leave();
        self.scan.finish_chunk(self.ordinal);
        let ticket = match self.scan.take(&mut self.bytes.buffer, &mut self.kept, &mut self.loan) {
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
        let rules = self.rules(&ticket);
        let shape = loop {
            if !self.scan.needs(ticket.ordinal) {
                self.leave();
                return Ok(None);
            }
            self.intact()?;
            if let Some(stop) = self.stopped.take() {
                return Err(self.stop(&ticket, stop));
            }
            if self.block.is_taken() && !self.next_block(&ticket)? {
                self.intact()?;
                self.leave();
                return Ok(None);
            }
            let rows_before = self.counts.rows;
            let bytes = &self.bytes.get()[self.block.start..];
            let (shape, stopped) = self.block.next(bytes, rules, &mut self.counts);
            self.rows += self.counts.rows - rows_before;
            self.stopped = stopped;
            if !matches!(shape, Shape::Nothing) {
                break shape;
            }
        };
        let window = self.window(&ticket);
        let (first, records) = match shape {
            Shape::Nothing => return Ok(None),
            Shape::Rectangular { first, n } => (first, Records::Rectangular(n)),
            Shape::Listed { first } => (first, Records::Listed(&self.block.records)),
        };
        let (bytes, seps) = (&window.bytes[self.block.start..], &self.block.index.seps()[first..]);
        Ok(Some(Batch { window, bytes, seps, records }))
    }

    /// Counts since the last call.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Whether all bytes seen so far were the file's own: ask before anything made of them leaves the process.
    /// (A file truncated under its mapping reads as zeros until the next call; this tells.)
    pub fn intact(&self) -> Result<()> {
        self.ticket.map_or(Ok(()), |ticket| self.window(&ticket).intact())
    }

    /// Notes `error` at the chunk in hand, or the last one: [`Scan::finish`] gives the first in input order, so workers on
    /// earlier chunks finish theirs and later ones end.
    pub fn fail(&self, error: Error) {
        let ordinal = if self.ordinal == NO_CHUNK { 0 } else { self.ordinal };
        self.scan.fail(ordinal, error);
    }

    fn source(&self, ticket: &Ticket) -> &'s Source {
        &self.scan.input.sources[ticket.file]
    }

    fn rules(&self, ticket: &Ticket) -> Rules {
        let settings = &self.scan.input.settings;
        let n_columns = self.source(ticket).n_columns;
        let batch_records = self.scan.sizes.batch_records;
        Rules { n_columns, batch_records, max_record_bytes: settings.max_record_bytes, ragged: settings.ragged }
    }

    fn window(&self, ticket: &Ticket) -> Window<'_> {
        Window {
            source: self.source(ticket),
            file: ticket.file,
            bytes: self.bytes.get(),
            held: &self.bytes,
            offset: self.offset,
            lines_before: ticket.lines_before,
            simd: self.scan.input.simd,
            block: self.block.start,
        }
    }

    /// The error of the record that stopped the block.
    fn stop(&self, ticket: &Ticket, stop: Stop) -> Error {
        let place = |at| self.window(ticket).place(self.block.start + at, None);
        let rules = self.rules(ticket);
        match stop {
            Stop::Ragged { at, found } => Error::Ragged { place: place(at), found, expected: rules.n_columns },
            Stop::Long { at } => Error::LongRecord { place: place(at), limit_bytes: rules.max_record_bytes },
        }
    }

    /// Loads the chunk, learns the state in which it begins, tells that in which it ends, and finds its first record.
    /// `false` when the chunk is not needed any more.
    fn enter(&mut self, ticket: &Ticket) -> Result<bool> {
        let source = self.source(ticket);
        (self.offset, self.next, self.end) = (ticket.offset, 0, ticket.len);
        self.is_kept = ticket.is_kept;
        self.counts.bytes += ticket.read_bytes + if ticket.is_first { source.head_bytes } else { 0 };
        self.counted = 0;
        let state = match &source.bytes {
            Bytes::File(regular) => self.load(ticket, regular)?,
            Bytes::Pipe(_) => ticket.state,
        };
        let Some(state) = state else { return Ok(false) };
        self.is_published = true;
        let bytes = self.bytes.get();
        self.next = match (state, self.counted_until.take()) {
            (_, Some(end)) => behind(bytes, end),
            (State::RecordStart, _) => 0,
            (State::AfterCr, _) => usize::from(bytes.first() == Some(&b'\n')),
            _ => match Walk::from(state).until_record_end(source.dialect, bytes, |_| {}) {
                Some(end) => behind(bytes, end),
                None => self.end,
            },
        };
        Ok(true)
    }

    /// The same of a range of a file, but for its first record; the state in which it begins.
    fn load(&mut self, ticket: &Ticket, regular: &Regular) -> Result<Option<State>> {
        let (source, Input { simd, settings, .. }) = (self.source(ticket), self.scan.input);
        // With the chunk comes what its last record is likely to have behind it.
        let left = usize::try_from(regular.end - ticket.offset).unwrap_or(usize::MAX);
        let len = left.min(ticket.len + self.scan.sizes.over_read_bytes());
        self.bytes.load(source, regular, settings.io, ticket.offset, len)?;
        let bytes = &self.bytes.get()[..ticket.len];
        let pattern = self.pattern.as_ref().filter(|_| ticket.len as u64 <= settings.max_record_bytes);
        let (summary, tally) = match pattern {
            Some(pattern) => simd.tally(bytes, source.dialect, pattern),
            None => (simd.keep(bytes, source.dialect, &mut self.kept), Tally::default()),
        };
        let Some(state) = self.scan.state_at(ticket) else { return Ok(None) };
        let bytes = &self.bytes.get()[..ticket.len];
        let told = summary.end(bytes, source.dialect, state);
        let end = told.unwrap_or_else(|| simd.last_end(bytes, source.dialect, state).0);
        let counted = told.and_then(|_| tally.records(bytes, state));
        self.intact()?;
        self.scan.publish(ticket, end);
        match counted {
            Some((n, last_end)) => {
                (self.counted, self.counted_until) = (n, Some(last_end));
                self.counts.rows += n;
                self.rows += n;
            }
            None if told.is_some() => {
                if self.pattern.is_some() {
                    simd.keep(&self.bytes.get()[..ticket.len], source.dialect, &mut self.kept);
                }
                self.kept.settle(state == State::InQuoted);
                self.is_kept = true;
            }
            None => {}
        }
        Ok(Some(state))
    }

    /// Indexes what comes next of the chunk; `false` at its end.
    fn next_block(&mut self, ticket: &Ticket) -> Result<bool> {
        self.block.begin(self.next);
        if self.next >= self.end {
            return Ok(false);
        }
        let bytes = self.bytes.get();
        // Records that begin behind the chunk's end are not ours; one that goes on there is walked.
        let range = self.next..self.end.min(self.next + self.scan.sizes.block_bytes);
        let (simd, index) = (self.scan.input.simd, &mut self.block.index);
        if self.is_kept {
            simd.index_kept(&self.kept, range, index);
        } else {
            let dialect = self.scan.input.sources[ticket.file].dialect;
            simd.index(&bytes[range], dialect, State::RecordStart, index);
        }
        match self.block.last_end() {
            Some(end) => {
                self.next = behind(bytes, self.next + end);
                Ok(true)
            }
            None => self.next_alone(ticket),
        }
    }

    /// Walks the one record that comes next, as far behind the chunk as it goes; `false` when there is none.
    fn next_alone(&mut self, ticket: &Ticket) -> Result<bool> {
        let source = self.source(ticket);
        let limit_bytes = self.scan.input.settings.max_record_bytes;
        self.block.index.clear_for(source.n_columns + 2);
        let mut walk = Walk::from(State::RecordStart);
        let end = loop {
            let bytes = &self.bytes.get()[self.next..];
            let (index, mut n_listed) = (&mut self.block.index, walk.n_delimiters);
            let end = walk.until_record_end(source.dialect, bytes, |place| {
                if n_listed < source.n_columns {
                    index.push(place, false);
                }
                n_listed += 1;
            });
            if end.unwrap_or(walk.at) as u64 > limit_bytes {
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
        self.block.index.push(end, true);
        self.block.walked_fields = Some(walk.n_delimiters + 1);
        let (seps, reserve) = (self.block.index.seps(), self.scan.reserve);
        let field = |k: usize| seps.get(k + 1).map_or(0, |end| end.wrapping_sub(seps[k]).wrapping_sub(1) as usize);
        let work_bytes = reserve.work_bytes(&|k| field(source.column(k)));
        self.cover(ticket, self.bytes.get().len() as u64 + work_bytes, end as u64)?;
        self.block.start = self.next;
        self.next = behind(self.bytes.get(), self.next + end);
        Ok(true)
    }

    /// Gets more of the file behind the bytes in hand, keeping them from `next` on; `false` at the file's end.
    fn extend(&mut self, ticket: &Ticket) -> Result<bool> {
        let source = self.source(ticket);
        let Bytes::File(regular) = &source.bytes else { return Ok(false) };
        let in_hand = self.bytes.get().len();
        let at = self.offset + in_hand as u64;
        let n_kept = in_hand - self.next;
        let left = usize::try_from(regular.end - at).unwrap_or(usize::MAX);
        // One byte more than the longest record tells that it is too long.
        let limit = usize::try_from(self.scan.input.settings.max_record_bytes).unwrap_or(usize::MAX);
        let room = limit.saturating_sub(n_kept).saturating_add(1);
        let more = n_kept.max(self.scan.sizes.slack_bytes() / 4).min(room).min(left);
        if more == 0 {
            return Ok(false);
        }
        // How long the record is, is not known yet.
        self.cover(ticket, (n_kept + more) as u64, limit as u64)?;
        self.bytes.load_more(source, regular, at, self.next, more)?;
        self.offset += self.next as u64;
        self.end = self.end.saturating_sub(self.next);
        self.next = 0;
        self.is_kept = false;
        Ok(true)
    }

    /// Sees that the worker may hold `bytes` for the record that comes next, which has `record_bytes` at most.
    fn cover(&mut self, ticket: &Ticket, bytes: u64, record_bytes: u64) -> Result<()> {
        let mut loan = std::mem::take(&mut self.loan);
        let place = || self.window(ticket).place(self.next, None);
        let covered = loan.cover(self.scan, ticket.ordinal, bytes, record_bytes, place);
        self.loan = loan;
        covered
    }

    /// Gives the chunk back.
    fn leave(&mut self) {
        let Some(ticket) = self.ticket.take() else { return };
        if !self.is_published {
            self.scan.need_below(ticket.ordinal);
        }
        let source = self.source(&ticket);
        source.read_bytes.fetch_add(ticket.read_bytes, Ordering::Relaxed);
        source.rows.fetch_add(std::mem::take(&mut self.rows), Ordering::Relaxed);
        self.block.begin(0);
        self.stopped = None;
        self.bytes.let_go();
        if self.loan.is_held() {
            self.bytes.free();
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
