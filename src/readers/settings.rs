//! What a person sets about reading, before a byte is read.

use crate::readers::Encoding;
use crate::readers::scan::{Simd, kept_bytes};

/// How the files of one table are read. The default is what the tool does without a flag.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What a record is.
    pub records: Records,
    /// `--delimiter`; `None` is sniffed from the first 256 KiB of each file.
    pub delimiter: Option<u8>,
    /// `--quote`.
    pub quote: Quote,
    /// `--encoding`.
    pub encoding: Encoding,
    /// Whether the first record names the columns; otherwise they are `column_1`, `column_2`, …
    pub header: bool,
    /// `--skip-lines`: physical lines before the header that are no records.
    pub skip_lines: u64,
    /// `--max-record`: the longest record taken, header included.
    pub max_record_bytes: u64,
    /// `--ragged`.
    pub ragged: Ragged,
    /// `--io`.
    pub io: Io,
    /// `ROWFOLD_SIMD`; `None` is the best this machine has. [`Input::open`](super::Input::open) refuses one it lacks.
    pub simd: Option<Simd>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            records: Records::Csv,
            delimiter: None,
            quote: Quote::Byte(b'"'),
            encoding: Encoding::Utf8,
            header: true,
            skip_lines: 0,
            max_record_bytes: 16 << 20,
            ragged: Ragged::Error,
            io: Io::Read,
            simd: None,
        }
    }
}

/// What a record is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// One of CSV, by the other settings.
    #[default]
    Csv,
    /// A JSON value: one a line, one behind the other, or in one array, told apart by looking. It is the one column there is.
    Json,
}

/// What encloses a field that holds delimiters or line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// This byte.
    Byte(u8),
    /// Nothing does: every delimiter separates, every line end ends a record.
    None,
}

impl Quote {
    /// The byte, if there is one.
    pub fn byte(self) -> Option<u8> {
        match self {
            Quote::Byte(byte) => Some(byte),
            Quote::None => None,
        }
    }
}

/// What becomes of a record whose number of fields is not the header's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ragged {
    /// It ends the pass with [`Error::Ragged`](crate::error::Error::Ragged).
    #[default]
    Error,
    /// A shorter one has empty fields at its end, and is counted; a longer one is an error, since nothing is dropped silently.
    Pad,
    /// It is left out, and counted.
    Skip,
}

/// How a regular file is read; everything else is a pipe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Io {
    /// A window mapped a chunk, populated at once and given back with the chunk.
    Map,
    /// `pread` into a buffer a worker, which stays in its cache; the default.
    #[default]
    Read,
}

impl Io {
    /// As it is typed and shown: `map` or `read`.
    pub fn name(self) -> &'static str {
        match self {
            Io::Map => "map",
            Io::Read => "read",
        }
    }
}

/// How much a worker holds. Every answer is the same at every size; only time and memory differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of input a ticket; `--chunk` forces it.
    pub chunk_bytes: usize,
    /// Bytes of input indexed at a time, so that bytes and index lie in L2 together.
    pub block_bytes: usize,
    /// Records a batch at most.
    pub batch_records: usize,
    /// What may be made of a batch without asking [`Reserve`].
    pub work_bytes: usize,
}

impl Sizes {
    /// The sizes that are fastest where memory does not matter.
    pub fn best(io: Io) -> Sizes {
        let chunk_bytes = match io {
            Io::Map => 1 << 20,
            Io::Read => 512 << 10,
        };
        Sizes { chunk_bytes, block_bytes: 64 << 10, batch_records: 4096, work_bytes: 0 }
    }

    /// The largest sizes up to [`Sizes::best`] with which one worker holds at most `limit_bytes`, `copies` of the text of a
    /// block among them; never below 32 KiB a chunk.
    pub fn within(io: Io, limit_bytes: usize, copies: usize) -> Sizes {
        let work_bytes = |block_bytes: usize| (64 << 10) + copies * block_bytes;
        let best = Sizes::best(io);
        let mut sizes = Sizes { work_bytes: work_bytes(best.block_bytes), ..best };
        while sizes.bytes_per_worker() > limit_bytes && sizes.chunk_bytes > 32 << 10 {
            sizes.chunk_bytes /= 2;
            sizes.block_bytes = sizes.block_bytes.min(sizes.chunk_bytes / 2);
            sizes.work_bytes = work_bytes(sizes.block_bytes);
        }
        sizes
    }

    /// What may be over-read behind a chunk without asking [`Reserve`]: the tail of its last record.
    pub(crate) fn slack_bytes(&self) -> usize {
        self.block_bytes.max(16 << 10)
    }

    /// What is over-read at once, with the chunk. (Small where chunks are, so that tests cross every seam.)
    pub(crate) fn over_read_bytes(&self) -> usize {
        (self.slack_bytes() / 4).min(self.chunk_bytes / 4)
    }

    /// The most that one worker holds resident, long records apart: its chunk, what is over-read behind it, what is kept
    /// of its masks, the two index lists at their worst (a block of nothing but separators), the rows of a ragged batch and
    /// what is made of it.
    pub fn bytes_per_worker(&self) -> usize {
        let read_bytes = self.chunk_bytes + self.slack_bytes() + kept_bytes(self.chunk_bytes);
        read_bytes + 2 * 4 * self.block_bytes + 8 * self.batch_records + self.work_bytes
    }
}

/// Who lends memory for a record that does not fit a worker's own: one at a time, given back after it.
pub trait Reserve: Sync {
    /// What is made of a record while it is worked on, beside its own bytes, by the length of each of its fields in bytes.
    fn work_bytes(&self, field_bytes: &dyn Fn(usize) -> usize) -> u64;
    /// Lends `bytes`; `false` when there are not so many.
    fn reserve(&self, bytes: u64) -> bool;
    /// Takes them back.
    fn give_back(&self, bytes: u64);
    /// The smallest `--memory` that would do for any record of `record_bytes`.
    fn would_do(&self, record_bytes: u64) -> u64;
}

/// Lends without limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlimited;

impl Reserve for Unlimited {
    fn work_bytes(&self, _field_bytes: &dyn Fn(usize) -> usize) -> u64 {
        0
    }

    fn reserve(&self, _bytes: u64) -> bool {
        true
    }

    fn give_back(&self, _bytes: u64) {}

    fn would_do(&self, record_bytes: u64) -> u64 {
        record_bytes
    }
}
