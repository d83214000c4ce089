//! mimalloc, told to give pages back at once, in a process whose pages are small.
//!
//! Many systems hand out 2 MiB where 4 KiB are touched (transparent huge pages, `always`): `tweets/top-days` then had 77 MB resident of a
//! budget of 64 MB, and 29 MB without (2026-11-22). That is switched off for the process.
//!
//! By default mimalloc keeps freed pages for a second (`purge_delay`), in which the next phase of a pass takes new ones: the
//! budget's shares held, the process did not. The option can be set in the environment of a process that is not started yet,
//! or by this call; the `mimalloc` crate has no safe one.
//!
//! Measured 2026-11-21, `GROUP BY content` of 60 MB of `real` tweets, `--memory 32M`, two threads: 30.1–43.6 MB resident with
//! the default, 22.7 MB with 0, at 0.40 and 0.43 CPU seconds.

/// Everything in the process allocates here. `no_thp`: it does not ask for huge pages itself, which held four times the memory with eight
/// threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h, which the bindings leave out.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Has the system count what is touched, not what lies around it; to be called before much is.
pub(crate) fn take_small_pages() {
    // Where that cannot be said (a sandbox that forbids it), pages are as the system likes them.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Sets the option; to be called once, before a thread is started.
#[expect(unsafe_code, reason = "the budget is the process's, and there is no safe way to this option")]
pub(crate) fn give_pages_back_at_once() {
    // SAFETY: mi_option_set stores a number in a static table of mimalloc's, in range since 15 is below the number of options
    // of the version that Cargo.lock pins; no other thread runs yet.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) };
}
