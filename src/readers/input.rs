//! Paths in, one table's files out: opened, their dialect and header settled.

use std::path::Path;

use crate::error::Result;
use crate::readers::{Io, Reserve, Scan, Settings, Simd, Sizes};

/// One table's input: its files, opened, their dialect and header settled.
#[derive(Debug)]
pub struct Input {}

/// What `--stats` says of one file.
#[derive(Clone, Debug)]
pub struct FileStats {
    /// As typed; `stdin` for `-`.
    pub path: String,
    /// Bytes read so far, header included.
    pub bytes: u64,
    /// Records delivered so far.
    pub rows: u64,
    /// The delimiter given or found.
    pub delimiter: u8,
}

impl Input {
    /// Opens the files of one table, in the order given (`-` is stdin), finds their delimiters and reads their headers.
    /// The records come afterwards, once.
    pub fn open<P: AsRef<Path>>(_paths: &[P], _settings: &Settings) -> Result<Input> {
        unimplemented!()
    }

    /// The first file's column names, as they stand there; other files have the same, in any order.
    pub fn columns(&self) -> &[String] {
        unimplemented!()
    }

    /// The first file's path as typed, for messages.
    pub fn path(&self) -> &str {
        unimplemented!()
    }

    /// The first file's delimiter.
    pub fn delimiter(&self) -> u8 {
        unimplemented!()
    }

    /// How regular files are read.
    pub fn io(&self) -> Io {
        unimplemented!()
    }

    /// The instructions in use.
    pub fn simd(&self) -> Simd {
        unimplemented!()
    }

    /// All bytes there are; unknown as soon as one file is a pipe.
    pub fn size_bytes(&self) -> Option<u64> {
        unimplemented!()
    }

    /// Every file, as far as it was read.
    pub fn files(&self) -> Vec<FileStats> {
        unimplemented!()
    }

    /// Whether this is one of the input's files, by device and inode: an output must not be.
    pub fn is_file(&self, _path: &Path) -> bool {
        unimplemented!()
    }

    /// The records, for `n_workers` threads that each take a [`Worker`](super::Worker).
    pub fn scan<'i>(&'i self, _n_workers: usize, _sizes: Sizes, _reserve: &'i dyn Reserve) -> Scan<'i> {
        unimplemented!()
    }
}
