//! Rows that come in order, written to a stretch of the spill file, and read back one by one.
//!
//! A row is framed by the lengths of its key and its payload. A reader holds one buffer; a row that is longer makes it grow
//! until the row is passed.

use crate::aggregates::spill::{Position, Spill};
use crate::error::Result;

/// Bytes of a row's frame.
pub(super) const FRAME: usize = 8;

/// Bytes that a writer gathers before it writes.
const GATHERED: usize = 128 << 10;

/// Appends a row with its frame.
#[inline]
pub(super) fn frame(key: &[u8], payload: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&frame_of(key, payload));
    out.extend_from_slice(key);
    out.extend_from_slice(payload);
}

#[inline]
fn frame_of(key: &[u8], payload: &[u8]) -> [u8; FRAME] {
    let len = |bytes: &[u8]| u64::from(u32::try_from(bytes.len()).expect("a row is below 4 GiB"));
    (len(key) | len(payload) << 32).to_le_bytes()
}

/// The lengths of key and payload that a frame tells.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each half has 32 bits")]
pub(super) fn lengths(frame: &[u8; FRAME]) -> (usize, usize) {
    let both = u64::from_le_bytes(*frame);
    (both as u32 as usize, (both >> 32) as usize)
}

/// A sorted stretch of the spill file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    at: Position,
    bytes: u64,
    /// Bytes of its longest row.
    pub(super) longest: usize,
}

impl Run {
    /// How long it is.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Writes a run.
#[derive(Debug)]
pub(super) struct Writer<'s> {
    spill: &'s Spill,
    run: Run,
    gathered: Vec<u8>,
}

impl<'s> Writer<'s> {
    /// A run of exactly `bytes`, whose place is taken at once, so that it is one stretch whatever other workers write.
    pub(super) fn new(spill: &'s Spill, bytes: u64) -> Result<Writer<'s>> {
        let at = spill.take_place(bytes)?;
        Ok(Writer { spill, run: Run { at, bytes: 0, longest: 0 }, gathered: Vec::new() })
    }

    /// Writes the next row.
    pub(super) fn push(&mut self, key: &[u8], payload: &[u8]) -> Result<()> {
        let bytes = FRAME + key.len() + payload.len();
        self.run.longest = self.run.longest.max(bytes);
        if bytes <= GATHERED {
            frame(key, payload, &mut self.gathered);
            return if self.gathered.len() >= GATHERED { self.write_gathered() } else { Ok(()) };
        }
        // A long row is not copied.
        self.write_gathered()?;
        for part in [&frame_of(key, payload)[..], key, payload] {
            self.spill.write_at(self.run.at.plus(self.run.bytes), part)?;
            self.run.bytes += part.len() as u64;
        }
        Ok(())
    }

    /// The run, all of it written.
    pub(super) fn finish(mut self) -> Result<Run> {
        self.write_gathered()?;
        Ok(self.run)
    }

    fn write_gathered(&mut self) -> Result<()> {
        self.spill.write_at(self.run.at.plus(self.run.bytes), &self.gathered)?;
        self.run.bytes += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}

/// Reads a run, its least row in hand.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    spill: &'s Spill,
    left: Run,
    buffer: Vec<u8>,
    at: usize,
    buffer_bytes: usize,
}

impl<'s> Reader<'s> {
    /// A reader that holds `buffer_bytes`, or its longest row.
    pub(super) fn new(spill: &'s Spill, run: Run, buffer_bytes: usize) -> Result<Reader<'s>> {
        let mut reader = Reader { spill, left: run, buffer: Vec::new(), at: 0, buffer_bytes };
        reader.see_to_a_row()?;
        Ok(reader)
    }

    /// The row in hand; `None` at the end.
    #[inline]
    pub(super) fn row(&self) -> Option<(&[u8], &[u8])> {
        let row = &self.buffer[self.at..];
        let (key, payload) = lengths(row.first_chunk()?);
        Some((&row[FRAME..][..key], &row[FRAME + key..][..payload]))
    }

    /// Takes the next row in hand.
    #[inline]
    pub(super) fn advance(&mut self) -> Result<()> {
        if let Some((key, payload)) = self.row() {
            self.at += FRAME + key.len() + payload.len();
        }
        self.see_to_a_row()
    }

    #[inline]
    fn see_to_a_row(&mut self) -> Result<()> {
        loop {
            let rest = &self.buffer[self.at..];
            let need = rest.first_chunk().map_or(FRAME, |frame| {
                let (key, payload) = lengths(frame);
                FRAME + key + payload
            });
            if rest.len() >= need || self.left.bytes() == 0 {
                return Ok(());
            }
            self.read(need)?;
        }
    }

    /// Reads on until at least `need` bytes lie from `at`, which becomes 0.
    #[cold]
    fn read(&mut self, need: usize) -> Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let held = self.buffer.len();
        if need <= self.buffer_bytes && self.buffer.capacity() > self.buffer_bytes {
            self.buffer.shrink_to(self.buffer_bytes);
        }
        let unread = usize::try_from(self.left.bytes()).unwrap_or(usize::MAX);
        let more = (need.max(self.buffer_bytes) - held).min(unread);
        self.buffer.reserve_exact(more);
        self.buffer.resize(held + more, 0);
        self.spill.read_into(self.left.at, &mut self.buffer[held..])?;
        self.left = Run { at: self.left.at.plus(more as u64), bytes: self.left.bytes - more as u64, ..self.left };
        Ok(())
    }
}
