//! zstd, by libzstd. A stream is a frame; its header says how far back it may refer. Checksums are checked where there are any.

use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, get_error_name};

use crate::readers::compressed::{Step, Stream};

/// Whether a frame begins with `head`, or one to be skipped (as pzstd writes them).
pub(super) fn begins(head: &[u8]) -> bool {
    matches!(head, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Needs the frame's window and some blocks.
#[derive(Default)]
pub(super) struct Zstd {
    context: Option<DCtx<'static>>,
    /// What it will need, until that is told.
    needs: Option<u64>,
}

/// The context itself, and two blocks decoded and one not, each of 128 KiB.
const CONTEXT_BYTES: u64 = (192 << 10) + 3 * (128 << 10);

/// The largest window that libzstd takes.
const WINDOW_LOG_MAX: u32 = 31;

/// How many bytes back a frame that begins with `head` refers; 0 where the head does not tell.
///
/// Source: RFC 8878, §3.1.1.1.
fn window_bytes(head: &[u8]) -> u64 {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, fields @ ..] = head else { return 0 };
    let is_one_segment = descriptor & 0x20 != 0;
    if !is_one_segment {
        let Some(window) = fields.first() else { return 0 };
        let base = 1u64 << (10 + (window >> 3));
        return base + base / 8 * u64::from(window & 7);
    }
    // The window is the whole text; its length stands behind the dictionary's number.
    let from = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let (len, plus) = [(1, 0), (2, 256), (4, 0), (8, 0)][usize::from(descriptor >> 6)];
    let Some(size) = fields.get(from..from + len) else { return 0 };
    size.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)) + plus
}

fn named(code: usize) -> String {
    get_error_name(code).to_owned()
}

impl Stream for Zstd {
    fn begin(&mut self, head: &[u8]) {
        // A larger window is refused by the first step.
        self.needs = Some(window_bytes(head).min(1 << WINDOW_LOG_MAX) + CONTEXT_BYTES);
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        if let Some(bytes) = self.needs.take() {
            return Ok(Step::Needs(bytes));
        }
        if self.context.is_none() {
            let mut context = DCtx::try_create().ok_or("out of memory")?;
            context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX)).map_err(named)?;
            self.context = Some(context);
        }
        let context = self.context.as_mut().ok_or("not begun")?;
        let (mut from, mut to) = (InBuffer::around(input), OutBuffer::around(output));
        let left = context.decompress_stream(&mut to, &mut from).map_err(named)?;
        Ok(Step::Went { read: from.pos(), written: to.pos(), ended: left == 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_is_what_the_header_says() {
        let of = |fields: &[u8]| window_bytes(&[&[0x28, 0xb5, 0x2f, 0xfd], fields].concat());
        assert_eq!(of(&[0x00, 0x58]), 2 << 20, "level 3");
        assert_eq!(of(&[0x04, 0x88]), 128 << 20, "--long=27, with a checksum");
        assert_eq!(of(&[0x00, 0x59]), (2 << 20) + (256 << 10));
        assert_eq!(of(&[0x20, 7]), 7, "one segment");
        assert_eq!(of(&[0x60, 1, 0]), 257);
        assert_eq!(of(&[0xa3, 9, 9, 9, 9, 0, 0, 1, 0]), 65_536, "behind a dictionary's number");
        assert_eq!(of(&[0xe0, 1, 0]), 0, "cut off");
        assert_eq!(window_bytes(&[0x51, 0x2a, 0x4d, 0x18, 1, 0, 0, 0]), 0, "skipped");
    }
}
