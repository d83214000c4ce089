//! SIGBUS in, a page of zeros and a raised flag out.
//!
//! A page of a mapping beyond its file's end raises SIGBUS when it is touched. The handler knows the ranges being watched
//! (a fixed table of atomics: a handler may neither lock nor allocate); within one it maps zeros over the page and raises
//! the range's flag; any other fault goes to the handler that was there before, Rust's own included.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// As many windows as may be open at a time; a worker without one reads instead.
const N_SLOTS: usize = 256;

struct Slot {
    taken: AtomicBool,
    start: AtomicUsize,
    len: AtomicUsize,
    hit: AtomicBool,
}

static SLOTS: [Slot; N_SLOTS] = [const {
    Slot {
        taken: AtomicBool::new(false),
        start: AtomicUsize::new(0),
        len: AtomicUsize::new(0),
        hit: AtomicBool::new(false),
    }
}; N_SLOTS];

/// What is set once: the page size, and what handled SIGBUS before.
struct Before {
    page_bytes: usize,
    action: libc::sigaction,
}

static BEFORE: OnceLock<Option<Before>> = OnceLock::new();

/// A range under the handler's protection while this lives.
#[derive(Debug)]
pub(super) struct Watch {
    slot: usize,
}

impl Watch {
    /// Protects `range`, a mapping of the caller's; `None` when no slot is free or no handler can be set.
    pub(super) fn over(range: &[u8]) -> Option<Watch> {
        BEFORE.get_or_init(install).as_ref()?;
        let free = |slot: &Slot| slot.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok();
        let slot = SLOTS.iter().position(free)?;
        SLOTS[slot].hit.store(false, Ordering::Relaxed);
        SLOTS[slot].len.store(range.len(), Ordering::Relaxed);
        SLOTS[slot].start.store(range.as_ptr().addr(), Ordering::Release);
        Some(Watch { slot })
    }

    /// Whether a page of the range was missing when it was touched.
    #[inline]
    pub(super) fn was_hit(&self) -> bool {
        SLOTS[self.slot].hit.load(Ordering::Relaxed)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        SLOTS[self.slot].start.store(0, Ordering::Release);
        SLOTS[self.slot].taken.store(false, Ordering::Release);
    }
}

/// Puts our handler before the one that is there.
fn install() -> Option<Before> {
    // SAFETY: `sysconf` has no preconditions.
    let page_bytes = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
    // SAFETY: `sigaction` is a C structure of integers and pointers, for which all zeros is a value (SIG_DFL, no flags).
    let mut ours: libc::sigaction = unsafe { std::mem::zeroed() };
    ours.sa_sigaction = on_bus as *const () as usize;
    ours.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: as above.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: asks only what is set now; `action` is ours to write.
    if unsafe { libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut action) } != 0 {
        return None;
    }
    // SAFETY: `ours` is whole, and `on_bus` has the signature that SA_SIGINFO demands.
    if unsafe { libc::sigaction(libc::SIGBUS, &raw const ours, ptr::null_mut()) } != 0 {
        return None;
    }
    Some(Before { page_bytes, action })
}

/// The handler: atomics and `mmap`, nothing else.
extern "C" fn on_bus(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: with SA_SIGINFO the kernel passes a valid `info`; for SIGBUS its address field is set.
    let address = unsafe { (*info).si_addr() }.addr();
    // Installed but not yet noted is a matter of nanoseconds before the first watch; a fault then is not ours.
    let Some(Some(before)) = BEFORE.get() else { return default(signal) };
    for slot in &SLOTS {
        let start = slot.start.load(Ordering::Acquire);
        // A window's first page begins before its first byte, and its last one ends after its last.
        let first = start & !(before.page_bytes - 1);
        if start == 0 || address < first || address >= start + slot.len.load(Ordering::Relaxed) {
            continue;
        }
        let page = ptr::without_provenance_mut(address & !(before.page_bytes - 1));
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        // SAFETY: the page lies in a mapping that a live `Watch` protects (its slot is cleared before it is unmapped), so
        // nothing but that read-only mapping is replaced. `mmap` is a plain system call here.
        let zeros = unsafe { libc::mmap(page, before.page_bytes, libc::PROT_READ, flags, -1, 0) };
        if zeros != libc::MAP_FAILED {
            slot.hit.store(true, Ordering::Relaxed);
            return;
        }
    }
    pass_on(before, signal, info, context);
}

/// Calls what was there before us.
fn pass_on(before: &Before, signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let handler = before.action.sa_sigaction;
    if handler == libc::SIG_DFL || handler == libc::SIG_IGN {
        return default(signal);
    }
    if before.action.sa_flags & libc::SA_SIGINFO != 0 {
        type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);
        // SAFETY: it was installed with SA_SIGINFO, so it is a function of this signature.
        let handler = unsafe { std::mem::transmute::<usize, Handler>(handler) };
        handler(signal, info, context);
    } else {
        // SAFETY: it was installed without SA_SIGINFO, so it is a function of this signature.
        let handler = unsafe { std::mem::transmute::<usize, extern "C" fn(c_int)>(handler) };
        handler(signal);
    }
}

/// Lets the fault happen again with nobody to catch it.
fn default(signal: c_int) {
    // SAFETY: SIG_DFL is a valid action for SIGBUS; the call is safe in a handler.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}
