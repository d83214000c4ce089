//! Eight words at once: steps written for one, which the compiler makes vectors of where the processor has AVX-512.
//!
//! Who writes such steps has a twin that takes values one by one: the only way elsewhere, and what tells the fast one is right.

#![expect(
    unsafe_code,
    reason = "instructions that only some machines have; what they gain is said where they are used"
)]

use std::sync::OnceLock;

/// How many.
pub const LANES: usize = 8;

/// Eights whose texts are read before the first of them is made, and whose steps do not wait for each other's: words that were stored one
/// by one a moment ago are loaded as a vector only when the last of them is in the cache. (Min, mean and max of 50 M measurements, one eight after the
/// other and so, CPU seconds, medians of seven in turns, `--profile quick`, 2026-11-30: 1.42 and 1.32.)
pub const TOGETHER: usize = 8;

/// A word each.
pub type Words = [u64; LANES];

/// The first bytes of eight texts.
#[derive(Clone, Copy, Debug)]
pub struct Heads<const W: usize> {
    /// Eight bytes each: the first, those behind them, ….
    pub words: [Words; W],
    /// How many bytes of all are the text's.
    pub lens: Words,
}

impl<const W: usize> Default for Heads<W> {
    fn default() -> Heads<W> {
        Heads { words: [[0; LANES]; W], lens: [0; LANES] }
    }
}

/// Proof of AVX-512 F and DQ. Made by [`Eights::new`] only.
#[derive(Clone, Copy, Debug)]
pub struct Eights(());

impl Eights {
    /// `None` where eight at once would be no faster than one by one.
    pub fn new() -> Option<Eights> {
        static TOKEN: OnceLock<Option<Eights>> = OnceLock::new();
        #[cfg(target_arch = "x86_64")]
        let has_all = || is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq");
        #[cfg(not(target_arch = "x86_64"))]
        let has_all = || false;
        *TOKEN.get_or_init(|| has_all().then_some(Eights(())))
    }

    /// Has `steps`, a function that is always inlined, make each of `out` of its `heads` and of `with`, which all have in common: where it
    /// lies, since what is so large is copied by a call.
    #[inline]
    pub(super) fn run<C: Copy, H, T>(self, steps: impl Fn(C, &H, &mut T), with: C, heads: &[H], out: &mut [T]) {
        #[cfg_attr(target_arch = "x86_64", target_feature(enable = "avx512f,avx512dq"))]
        fn compiled<C: Copy, H, T>(steps: impl Fn(C, &H, &mut T), with: C, heads: &[H], out: &mut [T]) {
            for (heads, out) in heads.iter().zip(out) {
                steps(with, heads, out);
            }
        }
        // SAFETY: the token was made after both features were found.
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_unsafe, reason = "no feature is asked for"))]
        unsafe {
            compiled(steps, with, heads, out);
        }
    }
}
