//! Bytes in, the places out of those that are one of four that somebody looks for in every field.
//!
//! The obvious way is memchr, field by field: a call for each, and one more for each hit. A field of a tweet is as long as two
//! or three blocks of 64 bytes, so that it is mostly beginnings and ends. Instead all fields are looked through at once, as
//! they lie there, and the places of all hits are listed; which are whose is told by walking along the fields.

use crate::readers::scan::lanes::Lanes;

/// Bytes that are looked through at a time.
pub(crate) const PIECE_BYTES: usize = 2048;

/// The marked places of a piece: room for all of its bytes, and for what a block of 64 may write past those that count.
pub(crate) type Marks = [u32; PIECE_BYTES + 64];

/// Puts the places of `needles` in `bytes`, a piece at most, counted from `start`, into `places`, ascending; how many there are.
#[inline(always)]
pub(super) fn mark<L: Lanes>(lanes: L, bytes: &[u8], needles: [u8; 4], start: u32, places: &mut Marks) -> usize {
    let (blocks, tail) = bytes.as_chunks::<64>();
    let mut n = 0;
    let mut put = |bits: u64, i: usize| {
        let out = places[n..].first_chunk_mut().expect("a piece has no more places");
        lanes.write_few(out, bits, start + 64 * i as u32);
        n += bits.count_ones() as usize;
    };
    for (i, block) in blocks.iter().enumerate() {
        put(lanes.any_of(block, needles), i);
    }
    let mut block = [0; 64];
    block[..tail.len()].copy_from_slice(tail);
    put(lanes.any_of(&block, needles) & !(u64::MAX << tail.len()), blocks.len());
    n
}
