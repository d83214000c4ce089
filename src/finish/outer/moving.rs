//! An aggregate over rows that come at one end of a window and leave at the other.
//!
//! The obvious way takes a row that leaves out of the state again. A sum could; `min`, `corr` and the rest could not, or not
//! exactly. But every aggregate obeys the law of merging, and two stacks make a queue:
//!
//! ```text
//!  leaves ◀─ front: states of all rows from here to the front's end │ back: rows, and one state of all ◀─ comes
//! ```
//!
//! When the front is empty, the rows of the back are moved over, last first, each with the state of itself and all behind it. So
//! a row is merged twice at most, however wide the window is.
//!
//! Source: Tangwongsan, Hirzel, Schneider, "Low-Latency Sliding-Window Aggregation", DEBS 2017, §2 (two stacks).

use super::held::allocated;
use crate::aggregates::states::Aggregate;
use crate::exprs::Value;

/// The rows of a window, as encoded states.
#[derive(Debug, Default)]
pub(super) struct Moving {
    /// The last leaves first; each is the state of its row and those above it that came later.
    front: Vec<Vec<u8>>,
    /// In the order in which they came.
    back: Vec<Vec<u8>>,
    /// Of all rows of the back; empty when there are none.
    back_state: Vec<u8>,
    /// What front and back take.
    bytes: usize,
}

impl Moving {
    /// What its rows take of memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A row comes. `empty` is a state of nothing.
    pub(super) fn push(&mut self, value: Value<'_>, empty: &mut dyn Aggregate) {
        let mut row = Vec::new();
        empty.encode_row(value, &mut row);
        if !self.back.is_empty() {
            merge(empty, &self.back_state);
        }
        merge(empty, &row);
        self.back_state.clear();
        empty.encode(0, &mut self.back_state);
        self.bytes += allocated(row.len());
        self.back.push(row);
    }

    /// The row that came first leaves.
    pub(super) fn pop(&mut self, empty: &dyn Fn() -> Box<dyn Aggregate>) {
        if self.front.is_empty() {
            let mut behind: Option<Vec<u8>> = None;
            while let Some(row) = self.back.pop() {
                let mut state = empty();
                merge(&mut *state, &row);
                behind.iter().for_each(|behind| merge(&mut *state, behind));
                let mut encoded = Vec::new();
                state.encode(0, &mut encoded);
                self.bytes = self.bytes + allocated(encoded.len()) - allocated(row.len());
                self.front.push(encoded.clone());
                behind = Some(encoded);
            }
            self.back_state.clear();
        }
        self.bytes -= self.front.pop().map_or(0, |state| allocated(state.len()));
    }

    /// Adds all rows to `state`.
    pub(super) fn merge_into(&self, state: &mut dyn Aggregate) {
        self.front.last().into_iter().for_each(|front| merge(state, front));
        if !self.back.is_empty() {
            merge(state, &self.back_state);
        }
    }
}

fn merge(state: &mut dyn Aggregate, encoded: &[u8]) {
    let merged = state.merge(Some(0), &mut &encoded[..]);
    debug_assert!(merged.is_some(), "was encoded here");
}
