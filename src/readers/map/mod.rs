//! A range of a file in, its bytes out, without a copy: mapped, populated at once, and given back (`--io map`).
//!
//! The obvious way is to map the whole file: but mapped pages count as resident memory, page faults come one by one, and a
//! file that is truncated meanwhile ends the process with SIGBUS. Instead:
//! 1. a window a chunk, gone with the chunk;
//! 2. one `MADV_POPULATE_READ` fills its page table (before Linux 5.14: every page is touched);
//! 3. a SIGBUS in a window gives the page zeros and raises the window's flag ([`bus`]); who uses the bytes asks
//!    [`Mapping::is_intact`] before anything made of them leaves the process.

#![expect(unsafe_code, reason = "mapping a file that others can change, and the signal that then comes")]

mod bus;

use std::fs::File;
use std::hint::black_box;

use memmap2::{Advice, Mmap, MmapOptions};

/// Bytes of a file, mapped.
#[derive(Debug)]
pub(crate) struct Mapping {
    // Dropped in this order: the watch ends while the pages are still there.
    watch: bus::Watch,
    pages: Mmap,
}

/// Why a range could not be mapped.
#[derive(Debug)]
pub(crate) enum NotMapped {
    /// The file ends before the range does.
    Shrank,
    /// This file or process cannot; reading can.
    Unfit,
}

impl Mapping {
    /// The `len ≥ 1` bytes of `file` from `offset`, in memory.
    pub(crate) fn of(file: &File, offset: u64, len: usize) -> Result<Mapping, NotMapped> {
        let mut options = MmapOptions::new();
        // SAFETY: the mapping is private to this value and read-only. Others may change the file beneath it: then bytes
        // change between two looks, which no code here relies on for memory safety (every place found in them is checked
        // where it is used), or vanish, which `watch` survives.
        let pages = unsafe { options.offset(offset).len(len).map(file) }.map_err(|_| NotMapped::Unfit)?;
        let watch = bus::Watch::over(&pages).ok_or(NotMapped::Unfit)?;
        let mapping = Mapping { watch, pages };
        match mapping.pages.advise_range(Advice::PopulateRead, 0, len) {
            Err(error) if error.raw_os_error() == Some(libc::EFAULT) => return Err(NotMapped::Shrank),
            Err(_) => mapping.touch(),
            Ok(()) => {}
        }
        if mapping.is_intact() { Ok(mapping) } else { Err(NotMapped::Shrank) }
    }

    /// The bytes; zeros from where the file ends, once it is not intact.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.pages
    }

    /// Whether all bytes seen so far were the file's.
    #[inline]
    pub(crate) fn is_intact(&self) -> bool {
        !self.watch.was_hit()
    }

    /// Looks at every page once.
    fn touch(&self) {
        self.pages.iter().step_by(4096).for_each(|byte| {
            black_box(*byte);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file_of(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(bytes).expect("written");
        file
    }

    #[test]
    fn any_range_is_what_the_file_holds() {
        let bytes: Vec<u8> = (0..20_000u32).map(|i| (i % 251) as u8).collect();
        let file = file_of(&bytes);
        for (offset, len) in [(0, 20_000), (1, 1), (4095, 2), (4096, 4096), (8191, 9000)] {
            let mapping = Mapping::of(&file, offset as u64, len).expect("mapped");
            assert_eq!(mapping.bytes(), &bytes[offset..offset + len]);
            assert!(mapping.is_intact());
        }
    }

    #[test]
    fn truncation_before_is_told_not_signalled() {
        let file = file_of(&[b'a'; 20_000]);
        file.set_len(100).expect("truncated");
        assert!(matches!(Mapping::of(&file, 0, 20_000), Err(NotMapped::Shrank)));
    }

    #[test]
    fn truncation_while_mapped_reads_as_zeros_and_is_told() {
        let file = file_of(&[b'a'; 20_000]);
        let mapping = Mapping::of(&file, 0, 20_000).expect("mapped");
        file.set_len(0).expect("truncated");
        assert!(mapping.bytes().iter().all(|&byte| byte == 0), "what is gone reads as zeros");
        assert!(!mapping.is_intact());
    }
}
