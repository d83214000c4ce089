//! What is looked at soon, asked for now: so a core waits for many lines of a table at once.
//!
//! The obvious way waits for each line when it is needed, or looks at some of each of many first, which the core begins together but holds
//! its breath for. (CPU seconds without and with it, medians of five in turns, `--profile quick`, 2026-11-30: h2o q3 0.96 and 0.74, q5 1.15 and
//! 1.01, count by username 1.47 and 1.27.)

/// Has the line in which `of[at]` begins fetched into the cache; beyond the end, nothing.
#[inline(always)]
#[expect(unsafe_code, reason = "12 to 23 % of h2o q3, q5 and count by username; no safe function of std's does it")]
pub(super) fn prefetch<T>(of: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(item) = of.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the address is that of a reference, and a prefetch neither reads nor writes what anybody can see.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (of, at);
}
