//! Bytes of a file in, the same bytes compressed out.
//!
//! Levels are those that gzip and zstd take by default. An encoder is fed pieces of one size, so that what it makes does not depend
//! on the pieces in which it was written to.

use std::fmt;
use std::io::{self, Write};

use flate2::write::GzEncoder;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip (RFC 1952), level 6.
    Gzip,
    /// zstd (RFC 8878), level 3, with a checksum.
    Zstd,
}

impl Compression {
    /// The most memory that compressing takes: zlib's tables and window; zstd's for a window of 2 MiB (`ZSTD_estimateCStreamSize(3)`
    /// is 3.6 MiB, 2026-11-21), each with its output.
    pub(super) fn held_bytes(self) -> usize {
        match self {
            Compression::Gzip => 1 << 20,
            Compression::Zstd => 4 << 20,
        }
    }
}

/// Bytes on their way into a compressed file.
pub(super) struct Packer {
    compression: Compression,
    encoder: Encoder,
}

enum Encoder {
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::Encoder<'static, Vec<u8>>),
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer").field("compression", &self.compression).finish_non_exhaustive()
    }
}

impl Packer {
    pub(super) fn new(compression: Compression) -> io::Result<Packer> {
        let encoder = match compression {
            Compression::Gzip => Encoder::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Encoder::Zstd(encoder)
            }
        };
        Ok(Packer { compression, encoder })
    }

    pub(super) fn compression(&self) -> Compression {
        self.compression
    }

    /// Takes `bytes`; what can be written now goes to `write`.
    pub(super) fn pack(&mut self, bytes: &[u8], write: impl FnOnce(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let packed = match &mut self.encoder {
            Encoder::Gzip(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
            Encoder::Zstd(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
        };
        let written = write(packed);
        packed.clear();
        written
    }

    /// All that is left to be written.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self.encoder {
            Encoder::Gzip(encoder) => encoder.finish(),
            Encoder::Zstd(encoder) => encoder.finish(),
        }
    }
}
