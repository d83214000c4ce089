//! An input in, what each worker made of its batches out: a pass before the pass, which writes nothing.
//!
//! What is made has to be the same whoever saw which chunk, since that is chance; a batch's place is told for what is not.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};

use super::{Copies, Lender, Progress, Settings, check_stop};
use crate::budget::{self, Needs};
use crate::error::{Error, Result};
use crate::readers::{Batch, Input, Sizes};

/// What `new` and then `see` make of all batches of `input`, one state a worker; `see` is told the chunk that the batch is of.
///
/// Memory: `settings.memory_bytes`, of which states take what `needs` says. Errors: the first in input order.
pub(crate) fn look<S: Send>(
    input: &Input,
    (settings, needs): (&Settings, Needs),
    copies: Copies,
    progress: &Progress,
    new: impl Fn() -> S + Sync,
    see: impl Fn(&mut S, &Batch<'_>, u64) -> Result<()> + Sync,
) -> Result<Vec<S>> {
    let mut shares = budget::settle(settings.memory_bytes, settings.threads, input.io(), needs)?;
    if let Some(chunk_bytes) = settings.chunk_bytes {
        shares.sizes = Sizes { chunk_bytes, ..shares.sizes };
    }
    let lender = Lender::new(copies, &shares, input.io(), needs);
    let scan = input.scan(shares.sizes, &lender);
    let states = Mutex::new(Vec::new());
    let work = || {
        let mut reader = scan.worker();
        let mut state = new();
        let mut work = || -> Result<()> {
            while let Some(chunk) = reader.next_chunk()? {
                check_stop(progress)?;
                while let Some(batch) = reader.next_batch()? {
                    see(&mut state, &batch, chunk.ordinal)?;
                }
                reader.intact()?;
                progress.bytes.fetch_add(reader.take_counts().bytes, Relaxed);
            }
            Ok(())
        };
        if let Err(error) = work() {
            reader.fail(error);
        }
        states.lock().unwrap_or_else(PoisonError::into_inner).push(state);
    };
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(shares.threads).thread_name(|i| format!("look-{i}")).build();
    let threads = threads.map_err(|error| Error::Usage(format!("cannot start {} threads: {error}", shares.threads)))?;
    threads.scope(|scope| (0..shares.threads).for_each(|_| scope.spawn(|_| work())));
    let warnings = scan.finish()?;
    progress.warnings.lock().unwrap_or_else(PoisonError::into_inner).extend(warnings);
    check_stop(progress)?;
    Ok(states.into_inner().unwrap_or_else(PoisonError::into_inner))
}
