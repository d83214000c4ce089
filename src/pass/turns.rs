//! What may be touched in input order only: chunk by chunk, by workers that are done with chunks in any order.
//!
//! The obvious way is a queue of what is done, and one who takes from it in order. Instead a worker whose turn it is not waits with
//! what it has in hand: so what waits is bounded by the workers' own buffers.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A `T`, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Turns<T> {
    state: Mutex<State<T>>,
    turned: Condvar,
}

#[derive(Debug)]
struct State<T> {
    held: T,
    turn: u64,
    /// The chunk that failed: no turn comes after it.
    failed: Option<u64>,
}

/// The `T`, for as long as this is held.
#[derive(Debug)]
pub(crate) struct Turn<'t, T>(MutexGuard<'t, State<T>>);

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.held
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0.held
    }
}

impl<T> Turns<T> {
    /// The first turn is that of chunk 0.
    pub(crate) fn new(held: T) -> Turns<T> {
        Turns { state: Mutex::new(State { held, turn: 0, failed: None }), turned: Condvar::new() }
    }

    /// It, whoever's turn it is.
    pub(crate) fn lock(&self) -> Turn<'_, T> {
        Turn(self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// It, when all turns are over.
    pub(crate) fn into_inner(self) -> T {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).held
    }

    /// The turn of chunk `ordinal`; `None` where it has not come and, if `must`, will not come: an earlier chunk failed, or
    /// nobody wants more.
    pub(crate) fn take(&self, ordinal: u64, must: bool, is_over: impl Fn(&T) -> bool) -> Option<Turn<'_, T>> {
        let Turn(mut state) = self.lock();
        while state.turn != ordinal {
            if !must || is_over(&state.held) || state.failed.is_some_and(|failed| failed < ordinal) {
                return None;
            }
            state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Some(Turn(state))
    }

    /// Chunk `ordinal` is done: the next one's turn.
    pub(crate) fn pass_on(&self, ordinal: u64) {
        let Turn(mut state) = self.lock();
        if state.turn == ordinal {
            state.turn += 1;
        }
        self.turned.notify_all();
    }

    /// Chunk `ordinal` failed: no later chunk gets its turn.
    pub(crate) fn fail(&self, ordinal: u64) {
        let Turn(mut state) = self.lock();
        state.failed = Some(state.failed.map_or(ordinal, |failed| failed.min(ordinal)));
        self.turned.notify_all();
    }
}
