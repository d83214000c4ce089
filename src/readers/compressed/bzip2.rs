//! bzip2, by libbz2-rs. Every block and every stream has a checksum, which it checks.

use bzip2::{Decompress, Status};

use crate::readers::compressed::{Step, Stream};

/// Whether a stream begins with `head`: a level, then a block or, of an empty text, the end.
pub(super) fn begins(head: &[u8]) -> bool {
    matches!(
        head,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..]
    )
}

/// Needs four bytes for each of a block, and a block is 100,000 bytes times the level.
#[derive(Default)]
pub(super) struct Bzip2 {
    decompress: Option<Decompress>,
    /// What it will need, until that is told.
    needs: Option<u64>,
}

/// Tables of Huffman codes and such.
const TABLES_BYTES: u64 = 128 << 10;

impl Stream for Bzip2 {
    fn begin(&mut self, head: &[u8]) {
        let level = head.get(3).map_or(9, |level| u64::from(level.saturating_sub(b'0')));
        self.needs = Some(400_000 * level + TABLES_BYTES);
        self.decompress = None;
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        if let Some(bytes) = self.needs.take() {
            return Ok(Step::Needs(bytes));
        }
        let decompress = self.decompress.get_or_insert_with(|| Decompress::new(false));
        let (read, written) = (decompress.total_in(), decompress.total_out());
        let status = decompress.decompress(input, output).map_err(|error| error.to_string())?;
        if status == Status::MemNeeded {
            return Err("out of memory".into());
        }
        let read = super::since(read, decompress.total_in());
        let written = super::since(written, decompress.total_out());
        Ok(Step::Went { read, written, ended: status == Status::StreamEnd })
    }
}
