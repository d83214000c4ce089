//! What the system says of this process: nothing in, two figures out.

use std::fs;

/// Clock ticks a second in `/proc`: part of Linux's interface on every machine that rowfold runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Peak resident bytes of this process itself (`VmHWM`). A child's `ru_maxrss` would carry its parent's.
pub(crate) fn peak_rss_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn linux_tells_both() {
        assert!(super::peak_rss_bytes().is_some_and(|bytes| bytes > 100_000));
        assert!(super::cpu_seconds().is_some_and(|seconds| seconds < 3600.0));
    }
}
