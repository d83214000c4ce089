//! The denominator of every speed: the time in which this machine reads the bytes and counts their newlines.

use crate::error::Result;
use crate::readers::tickets::lock;
use crate::readers::{Input, Sizes, Unlimited};

use std::sync::Mutex;

/// What was read and counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Bytes, headers apart.
    pub bytes: u64,
    /// Line feeds in them.
    pub newlines: u64,
}

/// Reads `input` with the chunks, reader and threads of a pass, and does nothing with it but count newlines.
pub fn floor(input: &Input, n_threads: usize, sizes: Sizes) -> Result<Floor> {
    let total = Mutex::new(Floor::default());
    let scan = input.scan(sizes, &Unlimited);
    let work = || {
        let mut worker = scan.worker();
        let mut sum = Floor::default();
        loop {
            match worker.next_newlines() {
                Ok(Some((bytes, newlines))) => (sum.bytes, sum.newlines) = (sum.bytes + bytes, sum.newlines + newlines),
                Ok(None) => break,
                Err(error) => {
                    worker.fail(error);
                    break;
                }
            }
        }
        let mut total = lock(&total);
        (total.bytes, total.newlines) = (total.bytes + sum.bytes, total.newlines + sum.newlines);
    };
    std::thread::scope(|threads| (0..n_threads).for_each(|_| drop(threads.spawn(work))));
    scan.finish()?;
    let total = *lock(&total);
    Ok(total)
}
