//! A maker of rows in, the rows in order out, made on all cores.
//!
//! Holds one buffer a thread, whatever the number of rows. Knows nothing of what is in a row.
//!
//! The obvious way is a loop over the rows. Instead rows are made in blocks of [`BLOCK_ROWS`], each from a random stream of its own:
//! 1. a block's bytes depend on the seed and the block's number alone, so the output is the same for every number of threads;
//! 2. a thread makes its block unlocked, then waits for its turn to write it, so the order is kept without a queue;
//! 3. what a thread counts of its rows is its own until the end, and the counts are added up, in any order.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::random::Random;

/// Rows of one block: about 1.5 MB of tweets, so a block is still in the cache when it is written.
pub(crate) const BLOCK_ROWS: u64 = 8192;

/// What makes rows.
pub(crate) trait Rows: Sync {
    /// What one thread counts of the rows it makes.
    type Tally: Send;

    /// A tally of no rows.
    fn tally(&self) -> Self::Tally;

    /// Adds what another thread counted.
    fn merge(&self, into: &mut Self::Tally, from: Self::Tally);

    /// Appends the line of column names.
    fn header(&self, out: &mut Vec<u8>);

    /// Appends row `number` (from 0). It may depend on `number` and `random` only.
    fn row(&self, number: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Self::Tally);

    /// Appends what stands behind the last row, which of CSV is nothing.
    fn footer(&self, _out: &mut Vec<u8>) {}
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written<T> {
    /// Bytes, header and footer included.
    pub(crate) bytes: u64,
    /// What was counted, over all rows.
    pub(crate) tally: T,
}

/// Writes the header, `n_rows` rows and the footer to `out`.
///
/// # Errors
/// The first error of `out`; what was written until then stays written.
pub(crate) fn write<R: Rows>(
    rows: &R,
    n_rows: u64,
    seed: u64,
    n_threads: usize,
    out: &mut (dyn Write + Send),
) -> io::Result<Written<R::Tally>> {
    let mut header = Vec::new();
    rows.header(&mut header);
    out.write_all(&header)?;
    let turns = Turns {
        state: Mutex::new(Turn { next: 0, out, bytes: header.len() as u64, end: None }),
        passed: Condvar::new(),
    };
    let tickets = AtomicU64::new(0);
    let tallies: Vec<R::Tally> = std::thread::scope(|scope| {
        let work = || {
            let _watch = Watch(&turns);
            let mut tally = rows.tally();
            let mut buffer = Vec::new();
            loop {
                let block = tickets.fetch_add(1, Ordering::Relaxed);
                if block * BLOCK_ROWS >= n_rows {
                    return tally;
                }
                buffer.clear();
                fill(rows, n_rows, seed, block, &mut buffer, &mut tally);
                if !turns.write(block, &buffer) {
                    return tally;
                }
            }
        };
        let workers: Vec<_> = (0..n_threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut turn = turns.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(error) = turn.end.and_then(Result::err) {
        return Err(error);
    }
    let mut footer = Vec::new();
    rows.footer(&mut footer);
    turn.out.write_all(&footer)?;
    turn.bytes += footer.len() as u64;
    turn.out.flush()?;
    let mut tally = rows.tally();
    for other in tallies {
        rows.merge(&mut tally, other);
    }
    Ok(Written { bytes: turn.bytes, tally })
}

/// How many rows make about `bytes` bytes, header included: judged by a few blocks from all over the file, right within a percent.
pub(crate) fn rows_for<R: Rows>(rows: &R, bytes: u64, seed: u64) -> u64 {
    const SAMPLES: u64 = 8;
    let mut buffer = Vec::new();
    rows.header(&mut buffer);
    let bytes = bytes.saturating_sub(buffer.len() as u64);
    let mut scrap = rows.tally();
    let mut estimate = BLOCK_ROWS;
    for _ in 0..3 {
        buffer.clear();
        let mut n_sampled = 0;
        for sample in 0..SAMPLES {
            let first = estimate / SAMPLES * sample / BLOCK_ROWS * BLOCK_ROWS;
            let last = (first + BLOCK_ROWS).min(estimate.max(1));
            let mut random = Random::new(seed, first / BLOCK_ROWS);
            for number in first..last {
                rows.row(number, &mut random, &mut buffer, &mut scrap);
            }
            n_sampled += last - first;
        }
        let exact = u128::from(bytes) * u128::from(n_sampled) / (buffer.len().max(1) as u128);
        estimate = u64::try_from(exact).unwrap_or(u64::MAX);
    }
    estimate
}

/// Appends the rows of `block`.
fn fill<R: Rows>(rows: &R, n_rows: u64, seed: u64, block: u64, buffer: &mut Vec<u8>, tally: &mut R::Tally) {
    let mut random = Random::new(seed, block);
    let first = block * BLOCK_ROWS;
    for number in first..n_rows.min(first + BLOCK_ROWS) {
        rows.row(number, &mut random, buffer, tally);
    }
}

/// Whose turn it is to write.
struct Turns<'a> {
    state: Mutex<Turn<'a>>,
    passed: Condvar,
}

struct Turn<'a> {
    next: u64,
    out: &'a mut (dyn Write + Send),
    bytes: u64,
    /// Set once nothing more is to be written: by an error, or by a panic somewhere.
    end: Option<io::Result<()>>,
}

impl Turns<'_> {
    /// Waits until all blocks before `block` are written, then writes it; false if there is no more to do.
    fn write(&self, block: u64, bytes: &[u8]) -> bool {
        let turn = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut turn = self
            .passed
            .wait_while(turn, |turn| turn.next != block && turn.end.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        if turn.end.is_none() {
            match turn.out.write_all(bytes) {
                Ok(()) => {
                    turn.next += 1;
                    turn.bytes += bytes.len() as u64;
                }
                Err(error) => turn.end = Some(Err(error)),
            }
        }
        self.passed.notify_all();
        turn.end.is_none()
    }
}

/// Wakes those who wait when their predecessor panics, so that a fault ends the program and does not hang it.
struct Watch<'a, 'out>(&'a Turns<'out>);

impl Drop for Watch<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state.lock().unwrap_or_else(PoisonError::into_inner).end = Some(Ok(()));
            self.0.passed.notify_all();
        }
    }
}
