//! The first k rows of many, in a heap of k.

use std::collections::BinaryHeap;

/// A row: what orders it, then what it says. Keys differ wherever payloads do, so the derived order is the question's.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// Bytes that order rows as memcmp does.
    pub(super) key: Box<[u8]>,
    /// The encoded visible values.
    pub(super) payload: Box<[u8]>,
}

/// Up to `k` rows, the greatest on top so that it can be told away.
#[derive(Debug)]
pub(super) struct Top {
    k: usize,
    heap: BinaryHeap<Row>,
    bytes: usize,
}

impl Top {
    /// An empty heap for the first `k` rows.
    pub(super) fn new(k: usize) -> Top {
        Top { k, heap: BinaryHeap::new(), bytes: 0 }
    }

    /// Whether a row with this key would stay, as far as is known now.
    pub(super) fn wants(&self, key: &[u8]) -> bool {
        self.heap.len() < self.k || self.heap.peek().is_some_and(|last| *key < *last.key)
    }

    /// Takes a row.
    pub(super) fn push(&mut self, key: &[u8], payload: &[u8]) {
        if !self.wants(key) {
            return;
        }
        if self.heap.len() == self.k
            && let Some(last) = self.heap.pop()
        {
            self.bytes -= cost(&last);
        }
        let row = Row { key: key.into(), payload: payload.into() };
        self.bytes += cost(&row);
        self.heap.push(row);
    }

    /// What the heap holds of memory.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All rows, in no order.
    pub(super) fn into_rows(self) -> Vec<Row> {
        self.heap.into_vec()
    }
}

/// Two allocations and the row itself, in a vector that doubles.
fn cost(row: &Row) -> usize {
    2 * size_of::<Row>() + row.key.len() + row.payload.len() + 32
}
