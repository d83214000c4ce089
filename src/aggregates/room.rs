//! What the hot tables of one worker may take together.
//!
//! The obvious way is the same share for each. But one question's table of 2,000 emojis needs none of it, and another's of 400,000
//! usernames all: with three questions in one scan, equal shares spilled what would have fitted. So a table begins with little and takes
//! more as keys come.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are nobody's yet; clones share them. (Atomic only because a worker's tables are made on another thread.)
#[derive(Clone, Debug)]
pub struct Room(Arc<AtomicUsize>);

impl Room {
    /// Room of so many bytes.
    pub fn new(bytes: usize) -> Room {
        Room(Arc::new(AtomicUsize::new(bytes)))
    }

    /// What is left.
    pub fn left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Gives `held` bytes back for `wanted`; `false`, and nothing was done, where there are not so many.
    pub fn exchange(&self, held: usize, wanted: usize) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| (left + held).checked_sub(wanted)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_gives_back_another_takes() {
        let room = Room::new(100);
        let other = room.clone();
        assert!(room.exchange(0, 60) && !other.exchange(0, 41) && other.exchange(0, 40));
        assert!(!other.exchange(40, 60) && room.exchange(60, 40) && other.exchange(40, 60));
        assert_eq!(room.left(), 0);
    }
}
