//! What the workers of one scan share: whose turn it is, and in which state each chunk begins.
//!
//! The obvious way is one thread that cuts chunks and a queue of them; its memory is the queue's, and its speed the one
//! thread's. Instead workers pull:
//! 1. a ticket is the next range of the file, or of a pipe what was read and cut at a record's end just now;
//! 2. a range is loaded and summarised by its worker alone; only the hand-off of the state at its seams is ordered ([`Chain`]);
//! 3. who waits, parks; what ends early (an error, a full `LIMIT`, a panic) wakes all that wait for it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Place, Result};
use crate::readers::automaton::State;
use crate::readers::batch::count_lines;
use crate::readers::loan::Loan;
use crate::readers::scan::Kept;
use crate::readers::source::{Bytes, Pipe, Source};
use crate::readers::{Input, Reserve, Sizes, Worker};

/// The records of an input, being read by several workers.
pub struct Scan<'i> {
    pub(super) input: &'i Input,
    pub(super) sizes: Sizes,
    pub(super) reserve: &'i dyn Reserve,
    tickets: Mutex<Tickets>,
    chains: Vec<Chain>,
    /// Chunks below this ordinal are needed.
    needed: AtomicU64,
    /// Ordinals of the chunks in workers' hands, until their workers ask for the next.
    active: Mutex<Vec<u64>>,
    /// Told when one is gone.
    finished: Condvar,
    /// The first failure in input order so far.
    failure: Mutex<Option<(u64, Error)>>,
}

/// The next ticket.
#[derive(Debug)]
struct Tickets {
    ordinal: u64,
    file: usize,
    /// Where in the file; `None` at its beginning.
    offset: Option<u64>,
}

/// A range of a file in a worker's hands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) ordinal: u64,
    pub(super) file: usize,
    /// Where in the file it begins.
    pub(super) offset: u64,
    /// Its bytes; of a pipe they are in the worker's buffer already.
    pub(super) len: usize,
    /// Bytes of the file that count as read with it.
    pub(super) read_bytes: u64,
    /// The state in which it begins, where that is known: of a pipe.
    pub(super) state: Option<State>,
    /// Line feeds before it, of a pipe.
    pub(super) lines_before: Option<u64>,
    /// Whether what is known of its bytes was kept; of a pipe.
    pub(super) is_kept: bool,
    /// It is the first of its file.
    pub(super) is_first: bool,
}

/// The seam up to which a file's states are known.
#[derive(Debug)]
struct Chain {
    seam: Mutex<(u64, State)>,
    moved: Condvar,
}

impl fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("sizes", &self.sizes).field("tickets", &self.tickets).finish_non_exhaustive()
    }
}

/// Locks what no panic leaves half done.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'i> Scan<'i> {
    pub(super) fn of(input: &'i Input, sizes: Sizes, reserve: &'i dyn Reserve) -> Scan<'i> {
        let chain = |source: &Source| {
            let seam = match &source.bytes {
                Bytes::File(regular) => (regular.first, regular.state),
                Bytes::Pipe(_) => (0, State::RecordStart),
            };
            Chain { seam: Mutex::new(seam), moved: Condvar::new() }
        };
        Scan {
            input,
            sizes,
            reserve,
            tickets: Mutex::new(Tickets { ordinal: 0, file: 0, offset: None }),
            chains: input.sources.iter().map(chain).collect(),
            needed: AtomicU64::new(u64::MAX),
            active: Mutex::new(Vec::new()),
            finished: Condvar::new(),
            failure: Mutex::new(None),
        }
    }

    /// A worker with buffers of its own; call it on the thread that uses it.
    pub fn worker(&self) -> Worker<'_> {
        Worker::of(self)
    }

    /// No chunk after `ordinal` is needed (a `LIMIT` is full): none is handed out, and workers on later ones end at
    /// their next call. Those on earlier ones go on.
    pub fn stop_after(&self, ordinal: u64) {
        self.need_below(ordinal.saturating_add(1));
    }

    /// Nothing more is needed at all (a signal): every worker ends at its next call.
    pub fn stop(&self) {
        self.need_below(0);
    }

    /// When all workers are gone: the first error in input order; a file that changed; else sentences of warning (a file that grew).
    pub fn finish(self) -> Result<Vec<String>> {
        let needed = self.needed.into_inner();
        match self.failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            // Else it was met ahead of a limit that is full by now.
            Some((ordinal, error)) if ordinal < needed => Err(error),
            _ => self.input.sources.iter().filter_map(|source| source.still().transpose()).collect(),
        }
    }

    /// Notes an error, unless nobody needs that chunk any more.
    pub(super) fn fail(&self, ordinal: u64, error: Error) {
        if !self.needs(ordinal) {
            return;
        }
        let mut failure = lock(&self.failure);
        if failure.as_ref().is_none_or(|(first, _)| ordinal < *first) {
            *failure = Some((ordinal, error));
        }
        drop(failure);
        self.stop_after(ordinal);
    }

    /// Whether chunk `ordinal` is needed still.
    #[inline]
    pub(super) fn needs(&self, ordinal: u64) -> bool {
        ordinal < self.needed.load(Ordering::Relaxed)
    }

    /// Chunks from `ordinal` on are not needed: whoever waits to begin one wakes.
    pub(super) fn need_below(&self, ordinal: u64) {
        self.needed.fetch_min(ordinal, Ordering::Relaxed);
        for chain in &self.chains {
            // Behind the lock, so that nobody is between looking and waiting.
            drop(lock(&chain.seam));
            chain.moved.notify_all();
        }
        drop(lock(&self.active));
        self.finished.notify_all();
    }

    /// The worker of chunk `ordinal` has done with it: with its records and with what came of them.
    pub(super) fn finish_chunk(&self, ordinal: u64) {
        lock(&self.active).retain(|active| *active != ordinal);
        self.finished.notify_all();
    }

    /// Waits until every chunk before `ordinal` is done with; `false` when the chunk is not needed any more.
    pub(super) fn wait_to_be_first(&self, ordinal: u64) -> bool {
        let mut active = lock(&self.active);
        while self.needs(ordinal) {
            if active.iter().all(|active| *active >= ordinal) {
                return true;
            }
            active = self.finished.wait(active).unwrap_or_else(PoisonError::into_inner);
        }
        false
    }

    /// The state at `ticket`'s beginning, as soon as its predecessor has told; `None` once the chunk is not needed.
    pub(super) fn state_at(&self, ticket: &Ticket) -> Option<State> {
        let chain = &self.chains[ticket.file];
        let mut seam = lock(&chain.seam);
        while self.needs(ticket.ordinal) {
            if seam.0 == ticket.offset {
                return Some(seam.1);
            }
            seam = chain.moved.wait(seam).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    /// Tells the successor the state at `ticket`'s end.
    pub(super) fn publish(&self, ticket: &Ticket, state: State) {
        let chain = &self.chains[ticket.file];
        *lock(&chain.seam) = (ticket.offset + ticket.len as u64, state);
        chain.moved.notify_all();
    }

    /// The next range; of a pipe, its bytes are in `buffer`, what is known of them may be in `kept`, and memory beyond the worker's own in `loan`. `None` at the end.
    /// An error goes with the ordinal of the chunk that would have been.
    pub(super) fn take<'s>(
        &'s self,
        buffer: &mut Vec<u8>,
        kept: &mut Kept,
        loan: &mut Loan<'s>,
    ) -> Result<Option<Ticket>, (u64, Error)> {
        let tickets = &mut *lock(&self.tickets);
        while let Some(source) = self.input.sources.get(tickets.file) {
            if !self.needs(tickets.ordinal) {
                return Ok(None);
            }
            let taken = match &source.bytes {
                Bytes::File(regular) => {
                    let offset = tickets.offset.unwrap_or(regular.first);
                    let left = regular.end - offset;
                    // Seams are at multiples of a chunk, wherever the first record is: for the mapping's sake.
                    let chunk_bytes = self.sizes.chunk_bytes as u64;
                    let len = left.min(chunk_bytes - offset % chunk_bytes);
                    let len = usize::try_from(len).unwrap_or(self.sizes.chunk_bytes);
                    (offset, len, len as u64, None, None, false)
                }
                Bytes::Pipe(pipe) => {
                    let pipe = &mut *lock(pipe);
                    let (offset, lines, state) = (pipe.offset, pipe.lines, pipe.state);
                    let cut = self.cut(source, pipe, tickets.ordinal, (buffer, kept), loan);
                    if cut.is_err() {
                        tickets.file = usize::MAX; // what it took is lost to the next one
                    }
                    let (len, is_kept) = cut.map_err(|error| (tickets.ordinal, error))?;
                    (offset, len, pipe.count(len), Some(state), Some(lines), is_kept)
                }
            };
            let (offset, len, read_bytes, state, lines_before, is_kept) = taken;
            if len == 0 {
                (tickets.file, tickets.offset) = (tickets.file + 1, None);
                continue;
            }
            let (ordinal, file, is_first) = (tickets.ordinal, tickets.file, tickets.offset.is_none());
            (tickets.ordinal, tickets.offset) = (ordinal + 1, Some(offset + len as u64));
            lock(&self.active).push(ordinal);
            return Ok(Some(Ticket { ordinal, file, offset, len, read_bytes, state, lines_before, is_kept, is_first }));
        }
        Ok(None)
    }

    /// Reads the next chunk of a pipe into `buffer`: whole records, or all that is left, or a record longer than the longest. How many bytes they
    /// are, and whether `kept` is of them: the masks are made here, since they tell the last record's end, and not again.
    fn cut<'s>(
        &'s self,
        source: &Source,
        pipe: &mut Pipe,
        ordinal: u64,
        (buffer, kept): (&mut Vec<u8>, &mut Kept),
        loan: &mut Loan<'s>,
    ) -> Result<(usize, bool)> {
        let limit_bytes = self.input.settings.max_record_bytes;
        buffer.clear();
        buffer.append(&mut pipe.tail);
        let simd = self.input.simd;
        let (mut state, mut walked, mut cut) = (pipe.state, 0, None);
        let mut is_kept;
        loop {
            let wanted = self.sizes.chunk_bytes.saturating_sub(buffer.len());
            // A chunk at first, then a chunk more at a time, so that little is left over behind a long record's end.
            let wanted = if walked == 0 { wanted } else { self.sizes.chunk_bytes };
            if wanted > 0 && !pipe.at_end {
                let place = || Place { path: source.path.clone(), line: Some(pipe.lines + 1), column: None };
                loan.cover(self, ordinal, (buffer.len() + wanted) as u64, limit_bytes, place)?;
                buffer.reserve_exact(wanted);
                pipe.read(buffer, wanted, self.reserve).map_err(|error| source.failed(error))?;
            }
            let kept_end = (walked == 0).then(|| simd.keep(buffer, source.dialect, kept));
            let kept_end = kept_end.and_then(|summary| summary.end(buffer, source.dialect, state));
            is_kept = kept_end.is_some();
            kept.settle(false);
            let (end_state, last) = match kept_end {
                Some(end_state) => (end_state, kept.last_end()),
                None => simd.last_end(&buffer[walked..], source.dialect, state),
            };
            if let Some(last) = last {
                cut = Some(walked + last + 1);
            }
            (state, walked) = (end_state, buffer.len());
            if pipe.at_end {
                cut = Some(buffer.len());
            }
            if cut.is_some() || buffer.len() as u64 > limit_bytes {
                break;
            }
        }
        let cut = cut.unwrap_or(buffer.len());
        pipe.tail.extend_from_slice(&buffer[cut..]);
        buffer.truncate(cut);
        pipe.offset += cut as u64;
        pipe.lines += if is_kept { kept.line_feeds() - count_lines(&pipe.tail) } else { count_lines(buffer) };
        pipe.state = if buffer.last() == Some(&b'\r') { State::AfterCr } else { State::RecordStart };
        Ok((cut, is_kept))
    }
}
