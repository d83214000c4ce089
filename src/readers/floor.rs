//! An input in, the number of its newlines out: what reading costs when nothing is asked of what was read.
//!
//! The same mappings, buffers and chunk sizes as a scan, on as many threads; no records, no order. Benchmarks stand beside it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::error::Result;
use crate::readers::batch::count_lines;
use crate::readers::map::{Mapping, NotMapped};
use crate::readers::source::{self, Bytes, Pipe, Regular, Source};
use crate::readers::{Input, Io, Sizes, Unlimited};

/// Told how many bytes more were read; an error ends the reading.
type Tell<'t> = &'t (dyn Fn(u64) -> Result<()> + Sync);

impl Input {
    /// The newlines of all files, headers included, read on `n_threads`; `tell` hears of every chunk's bytes.
    pub fn count_newlines(&self, n_threads: usize, sizes: Sizes, tell: Tell<'_>) -> Result<u64> {
        self.sources.iter().try_fold(0, |sum, source| {
            let lines = match &source.bytes {
                Bytes::File(file) => file_lines(source, file, self.io(), n_threads, sizes, tell)?,
                Bytes::Pipe(pipe) => {
                    pipe_lines(source, &mut pipe.lock().unwrap_or_else(PoisonError::into_inner), sizes, tell)?
                }
            };
            Ok(sum + lines)
        })
    }
}

fn file_lines(source: &Source, file: &Regular, io: Io, n_threads: usize, sizes: Sizes, tell: Tell<'_>) -> Result<u64> {
    let (next, lines) = (AtomicU64::new(file.begin), AtomicU64::new(0));
    let first_error = Mutex::new(None);
    let read = || -> Result<()> {
        let mut buffer = Vec::new();
        loop {
            let offset = next.fetch_add(sizes.chunk_bytes as u64, Ordering::Relaxed);
            if offset >= file.end {
                return Ok(());
            }
            let wanted =
                usize::try_from(file.end - offset).map_or(sizes.chunk_bytes, |left| left.min(sizes.chunk_bytes));
            let n = chunk_lines(source, file, io, offset, wanted, &mut buffer)?;
            lines.fetch_add(n, Ordering::Relaxed);
            tell(wanted as u64)?;
        }
    };
    thread::scope(|threads| {
        for _ in 0..n_threads {
            threads.spawn(|| {
                if let Err(error) = read() {
                    next.store(file.end, Ordering::Relaxed); // nobody takes another chunk
                    first_error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            });
        }
    });
    match first_error.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(lines.into_inner()),
    }
}

fn chunk_lines(
    source: &Source,
    file: &Regular,
    io: Io,
    offset: u64,
    wanted: usize,
    buffer: &mut Vec<u8>,
) -> Result<u64> {
    if io == Io::Map {
        match Mapping::of(&source.file, offset, wanted) {
            Ok(mapping) => {
                let lines = count_lines(mapping.bytes());
                return if mapping.is_intact() { Ok(lines) } else { Err(source.shrank(offset, file.end)) };
            }
            Err(NotMapped::Shrank) => return Err(source.shrank(offset, file.end)),
            Err(NotMapped::Unfit) => {}
        }
    }
    buffer.clear();
    let n = source::read_at(&source.file, buffer, offset, wanted).map_err(|error| source.failed(error))?;
    if n == wanted { Ok(count_lines(buffer)) } else { Err(source.shrank(offset + n as u64, file.end)) }
}

/// One thread: a pipe has one end.
fn pipe_lines(source: &Source, pipe: &mut Pipe, sizes: Sizes, tell: Tell<'_>) -> Result<u64> {
    let mut lines = pipe.lines + count_lines(&pipe.tail);
    let mut buffer = std::mem::take(&mut pipe.tail);
    tell(source.head_bytes + pipe.count(buffer.len()))?;
    while !pipe.at_end {
        buffer.clear();
        pipe.read(&mut buffer, sizes.chunk_bytes, &Unlimited).map_err(|error| source.failed(error))?;
        lines += count_lines(&buffer);
        tell(pipe.count(buffer.len()))?;
    }
    Ok(lines)
}
