//! Memory beyond a worker's own, for one long record; one worker at a time has any.
//!
//! The obvious way is a lock. But a caller that writes rows in input order waits with a later chunk, lock in hand, for an
//! earlier one, which may want it. So the one is the worker of the first chunk in input order that is not done with.

use std::fmt;

use crate::error::{Error, Place, Result};
use crate::readers::{Reserve, Scan};

/// What a worker has borrowed.
#[derive(Default)]
pub(super) struct Loan<'s> {
    held: Option<(&'s dyn Reserve, u64)>,
}

impl fmt::Debug for Loan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loan").field("bytes", &self.held.map(|held| held.1)).finish()
    }
}

impl<'s> Loan<'s> {
    /// Sees that the worker of chunk `ordinal` may hold `bytes` for one record of at most `record_bytes`.
    pub(super) fn cover(
        &mut self,
        scan: &'s Scan<'_>,
        ordinal: u64,
        bytes: u64,
        record_bytes: u64,
        place: impl Fn() -> Place,
    ) -> Result<()> {
        let own = scan.sizes.chunk_bytes + scan.sizes.slack_bytes() + scan.sizes.work_bytes;
        let Some(needed) = bytes.checked_sub(own as u64).filter(|&needed| needed > 0) else { return Ok(()) };
        if self.held.is_none() && !scan.wait_to_be_first(ordinal) {
            // Nobody hears it: the chunk is not needed.
            return Err(Error::Interrupted { terminated: false });
        }
        let (reserve, lent) = self.held.get_or_insert((scan.reserve, 0));
        let more = needed.saturating_sub(*lent);
        if more > 0 && !reserve.reserve(more) {
            let would_do_bytes = reserve.would_do(record_bytes);
            return Err(Error::MemoryAt { place: place(), what: "this record", need_bytes: bytes, would_do_bytes });
        }
        *lent += more;
        Ok(())
    }

    /// Whether there is any.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Gives it back; what it was for must be freed before.
    pub(super) fn end(&mut self) {
        if let Some((reserve, bytes)) = self.held.take() {
            reserve.give_back(bytes);
        }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.end();
    }
}
