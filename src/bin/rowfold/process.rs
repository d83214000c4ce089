//! What the system says of this process: its peak memory, its processor time, the signals that it ignores.

use std::fs;

/// Clock ticks a second in `/proc`: part of Linux's interface on every machine that rowfold runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Peak resident bytes of this process itself (`VmHWM`). A child's `ru_maxrss` would carry its parent's.
pub(crate) fn peak_rss_bytes() -> Option<u64> {
    let kib: u64 = status("VmHWM:")?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Seconds that all threads of this process, those that ended too, have spent on a processor, to a hundredth.
pub(crate) fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = &stat[stat.rfind(')')? + 1..]; // a name may hold blanks and brackets
    let mut fields = after_name.split_ascii_whitespace().skip(11); // of proc_pid_stat(5): from (14) utime on
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(f64::from(user + system) / TICKS_PER_SECOND)
}

/// Whether `signal` is ignored, by the will of whoever started this process. A system that does not say is taken for none.
pub(crate) fn ignores(signal: i32) -> bool {
    let mask = status("SigIgn:").and_then(|mask| u64::from_str_radix(&mask, 16).ok());
    mask.is_some_and(|mask| (1..=64).contains(&signal) && mask >> (signal - 1) & 1 == 1)
}

/// What `/proc/self/status` says after `name`.
fn status(name: &str) -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn linux_tells_them() {
        assert!(super::peak_rss_bytes().is_some_and(|bytes| bytes > 100_000));
        assert!(super::cpu_seconds().is_some_and(|seconds| seconds < 3600.0));
        assert!(super::ignores(signal_hook::consts::SIGPIPE) && !super::ignores(signal_hook::consts::SIGTERM));
    }
}
