//! Keys that are looked up together, as a table compares them, with their hashes.
//!
//! The obvious way is a list of keys. Here what is made for one step is what the next one reads: short loops whose values stay in
//! registers, and a key of a batch is what its field's bytes are.

use super::key::Key;
use super::seed::Seed;

/// How many at most.
pub const PROBES: usize = 64;

/// The three words of a short key, and its length; of a long one [`UNTOLD`].
pub(super) type Told = [u64; 4];

/// A key that is told otherwise: none in a table is like it.
const UNTOLD: Told = [u64::MAX; 4];

/// Up to [`PROBES`] keys.
#[derive(Debug)]
pub struct Probes {
    pub(super) told: [Told; PROBES],
    pub(super) hashes: [u64; PROBES],
}

impl Default for Probes {
    fn default() -> Probes {
        Probes { told: [UNTOLD; PROBES], hashes: [0; PROBES] }
    }
}

impl Probes {
    /// Has the `i`-th be `key`.
    #[inline(always)]
    pub fn set(&mut self, i: usize, key: &Key<'_>, seed: &Seed) {
        self.told[i] = if key.is_short() { told(key.words, key.len) } else { UNTOLD };
        self.hashes[i] = key.hash(seed);
    }

    /// Has the `i`-th be the key of these words, which is `len ≤ 24` bytes long.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most 24")]
    pub fn set_short(&mut self, i: usize, words: [u64; 3], len: usize, seed: &Seed) {
        self.told[i] = told(words, len as u32);
        self.hashes[i] = seed.hash_words(words, len as u32);
    }
}

/// A short key of these words and this length.
#[inline(always)]
pub(super) fn told([one, two, three]: [u64; 3], len: u32) -> Told {
    [one, two, three, len.into()]
}
