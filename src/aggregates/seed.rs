//! The secret of a process's hashes, and the hash of a short key: two multiplications.
//!
//! What goes in is random in each process, so an attacker cannot choose keys that collide; what comes out never decides an
//! order that anybody sees. Long keys are hashed by `ahash`.
//!
//! Source of the folded multiplication: Wang, wyhash, 2019. `ahash` by itself spends four on a key of 24 bytes and mixes after
//! each (callgrind, a key of 8 to 24 bytes: 30 instructions, here 14).

use std::hash::{BuildHasher, Hasher};

use ahash::RandomState;

/// What makes the hashes of this process its own.
#[derive(Clone, Debug)]
pub struct Seed {
    words: [u64; 4],
    long: RandomState,
}

impl Seed {
    /// A seed that nobody knows.
    pub fn random() -> Seed {
        let long = RandomState::new();
        // An odd factor loses nothing of the other.
        Seed { words: [0u64, 1, 2, 3].map(|i| long.hash_one(i) | 1), long }
    }

    /// The hash of a key of three words and its length.
    #[inline(always)]
    pub(super) fn hash_words(&self, words: [u64; 3], len: u32) -> u64 {
        let both = folded(words[0] ^ self.words[0], words[1] ^ self.words[1]);
        folded(both ^ words[2] ^ self.words[2], u64::from(len) ^ self.words[3])
    }

    /// The hash of any bytes.
    pub(super) fn hash_bytes(&self, bytes: &[u8]) -> u64 {
        let mut hasher = self.long.build_hasher();
        hasher.write(bytes);
        hasher.finish()
    }
}

/// Both halves of the product in one word.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "halves are what is wanted")]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
