//! Rows of a load, sorted, and those that are kept, as they come in order, in; what a fold makes of them, a key at a time, out.

use crate::error::Result;
use crate::finish::{self, Sorted};
use crate::loads::keep::{Fold, Keep};
use crate::loads::refusals::{Refusal, Refuse};
use crate::output::Sink;
use crate::pass::{self, Changes, Progress};

/// Bytes of rows that are gathered before they leave.
pub(super) const GATHERED: usize = 64 << 10;

/// Where a fold's rows go, and what it has to tell.
pub(super) struct Out<'m> {
    sink: Box<dyn Sink>,
    refuse: &'m Refuse<'m>,
    pub(super) changes: Changes,
    rows: Vec<u8>,
    n_rows: u64,
    progress: &'m Progress,
}

impl<'m> Out<'m> {
    /// Rows go to `sink`, which has begun.
    pub(super) fn new(sink: Box<dyn Sink>, refuse: &'m Refuse<'m>, progress: &'m Progress) -> Out<'m> {
        Out { sink, refuse, changes: Changes::default(), rows: Vec::with_capacity(GATHERED), n_rows: 0, progress }
    }

    /// The next row, spelt in pieces.
    #[inline]
    pub(super) fn row(&mut self, pieces: &[&[u8]]) -> Result<()> {
        for piece in pieces {
            if piece.len() >= GATHERED {
                // Not copied.
                self.flush()?;
                self.sink.spelt(piece, 1)?;
            } else {
                self.rows.extend_from_slice(piece);
            }
        }
        self.rows.push(b'\n');
        self.n_rows += 1;
        if self.rows.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    /// A row that is not taken.
    pub(super) fn refuse(&mut self, refusal: &Refusal<'_>) -> Result<()> {
        (self.refuse)(refusal)
    }

    fn flush(&mut self) -> Result<()> {
        pass::check_stop(self.progress)?;
        if !self.rows.is_empty() {
            self.sink.spelt(&self.rows, self.n_rows)?;
            self.progress.answer_rows.fetch_add(self.n_rows, std::sync::atomic::Ordering::Relaxed);
            self.rows.clear();
            self.n_rows = 0;
        }
        Ok(())
    }
}

/// What came of a merge: the sink, which is not finished, and what changed.
pub(super) struct Merged {
    sink: Box<dyn Sink>,
    pub(super) changes: Changes,
}

impl Merged {
    /// Puts the result in its place.
    pub(super) fn finish(mut self) -> Result<()> {
        self.sink.finish()
    }
}

/// A load on its way into what is kept.
pub(super) struct Merge<'m, K: Keep> {
    loaded: finish::Merged<'m>,
    fold: K::Fold,
    /// The key of the rows that the fold is at.
    key: Vec<u8>,
    /// What orders the last row that is kept.
    last: Vec<u8>,
    is_in_order: bool,
    out: Out<'m>,
}

impl<'m, K: Keep> Merge<'m, K> {
    /// The rows of `loaded`, merged by `keep` into `out`.
    pub(super) fn new(keep: &K, loaded: &'m Sorted<'_>, out: Out<'m>) -> Result<Merge<'m, K>> {
        let (key, last) = (Vec::new(), Vec::new());
        Ok(Merge { loaded: loaded.rows()?, fold: keep.fold(), key, last, is_in_order: true, out })
    }

    /// Whether the rows that are kept came in order so far; those behind one that did not are not merged.
    pub(super) fn is_in_order(&self) -> bool {
        self.is_in_order
    }

    /// Takes the next row of those that are kept.
    #[inline]
    pub(super) fn kept(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        self.is_in_order &= *self.last <= *key;
        if !self.is_in_order {
            return Ok(());
        }
        self.last.clear();
        self.last.extend_from_slice(key);
        let Merge { loaded, fold, key: at, out, .. } = self;
        while let Some((loaded_key, loaded_payload)) = loaded.row().filter(|row| row.0 < key) {
            step::<K>(fold, at, loaded_key, loaded_payload, out)?;
            loaded.advance()?;
        }
        step::<K>(fold, at, key, payload, out)
    }

    /// There are no more that are kept; what was merged.
    pub(super) fn finish(mut self) -> Result<Merged> {
        let Merge { loaded, fold, key: at, out, .. } = &mut self;
        while let Some((key, payload)) = loaded.row() {
            step::<K>(fold, at, key, payload, out)?;
            loaded.advance()?;
        }
        if !at.is_empty() {
            fold.end(out)?;
        }
        out.flush()?;
        Ok(Merged { sink: self.out.sink, changes: self.out.changes })
    }
}

/// The next row in order.
#[inline]
fn step<K: Keep>(fold: &mut K::Fold, at: &mut Vec<u8>, key: &[u8], payload: &[u8], out: &mut Out<'_>) -> Result<()> {
    let (key, order) = key.split_at(key.len() - K::ORDER_BYTES);
    if *at != key {
        // A key that orders is never empty.
        if !at.is_empty() {
            fold.end(out)?;
        }
        at.clear();
        at.extend_from_slice(key);
    }
    fold.row(order, payload, out)
}
