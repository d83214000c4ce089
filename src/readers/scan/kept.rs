//! What one pass over a chunk learns of each 64 bytes, kept for the next pass: so that no byte is compared twice.
//!
//! Which separators count depends on the state in which a chunk begins, and its successor waits for the state in which it
//! ends: so a first pass over the bytes summarises their quotes, and a second one lists the separators, block by block. The
//! obvious second pass compares every byte again. But three words for 64 bytes, kept by the first, are all it needs, and
//! only one bit for the whole chunk is open between them. (`count(*)` of 2.3 GB of tweets: 0.78 CPU seconds without, 0.65
//! with; medians of ten, 2026-11-21.)

use std::ops::Range;

use crate::readers::automaton::Dialect;
use crate::readers::scan::Summary;
use crate::readers::scan::index::Lists;
use crate::readers::scan::lanes::{Lanes, Needles};
use crate::readers::scan::summary::Quotes;
use crate::readers::scan::walk::Take;

/// Of 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Words {
    /// Between quotes, if the chunk begins outside them.
    within: u64,
    /// Delimiters and line ends, between quotes or not.
    separators: u64,
    /// Line ends, a CRLF by its CR.
    ends: u64,
}

/// Of a chunk, 64 bytes at a time.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    words: Vec<Words>,
    /// All ones if the chunk begins between quotes.
    flip: u64,
    /// Line feeds, between quotes or not.
    line_feeds: u64,
}

/// What a chunk of so many bytes takes.
pub(crate) const fn kept_bytes(chunk_bytes: usize) -> usize {
    chunk_bytes.div_ceil(64) * size_of::<Words>()
}

impl Kept {
    /// Says whether the chunk begins between quotes: all that was not known.
    pub(crate) fn settle(&mut self, begins_inside: bool) {
        self.flip = if begins_inside { u64::MAX } else { 0 };
    }

    /// How many line feeds there are.
    pub(crate) fn line_feeds(&self) -> u64 {
        self.line_feeds
    }

    /// Where the last record ends, if one does.
    pub(crate) fn last_end(&self) -> Option<usize> {
        let ends = |words: &Words| words.ends & !(words.within ^ self.flip);
        let (i, words) = self.words.iter().enumerate().rev().find(|(_, words)| ends(words) != 0)?;
        Some(i * 64 + 63 - ends(words).leading_zeros() as usize)
    }
}

/// Summarises `bytes`, and keeps the masks.
#[inline(always)]
pub(super) fn keep<L: Lanes>(lanes: L, bytes: &[u8], dialect: Dialect, kept: &mut Kept) -> Summary {
    let needles = Needles::from(dialect);
    let mut quotes = Quotes::default();
    let (mut cr, mut line_feeds) = (0, 0);
    let (blocks, tail) = bytes.as_chunks::<64>();
    let n_words = bytes.len().div_ceil(64);
    kept.words.reserve_exact(n_words.saturating_sub(kept.words.len()));
    kept.words.resize(n_words, Words::default());
    for (block, words) in blocks.iter().zip(&mut kept.words) {
        *words = step(lanes, block, 64, needles, &mut quotes, &mut cr, &mut line_feeds);
    }
    if let (false, Some(words)) = (tail.is_empty(), kept.words.last_mut()) {
        let mut block = [0; 64];
        block[..tail.len()].copy_from_slice(tail);
        *words = step(lanes, &block, tail.len(), needles, &mut quotes, &mut cr, &mut line_feeds);
    }
    kept.line_feeds = line_feeds;
    quotes.summary(bytes, dialect)
}

#[inline(always)]
fn step<L: Lanes>(
    lanes: L,
    block: &[u8; 64],
    len: usize,
    needles: Needles,
    quotes: &mut Quotes,
    cr: &mut u64,
    line_feeds: &mut u64,
) -> Words {
    let masks = lanes.masks(block, needles);
    let counted = u64::MAX >> (64 - len);
    *line_feeds += u64::from((masks.lfs & counted).count_ones());
    let ends = masks.crs | masks.lfs & !(masks.crs << 1 | *cr);
    *cr = masks.crs >> 63;
    let within = quotes.step(lanes, masks, counted);
    Words { within, separators: (masks.delimiters | ends) & counted, ends: ends & counted }
}

/// Lists the separators of `range`, which begins with a record, by their places in it.
#[inline(always)]
pub(super) fn index<L: Lanes>(lanes: L, kept: &Kept, range: Range<usize>, lists: &mut Lists<'_>) {
    let first = range.start / 64;
    let mut from = u64::MAX << (range.start % 64);
    let Some(words) = kept.words.get(first..range.end.div_ceil(64)) else { return };
    let mut base = (first * 64).wrapping_sub(range.start);
    let mut left = range.end - first * 64;
    for words in words {
        let until = u64::MAX >> (64 - left.min(64));
        let outside = !(words.within ^ kept.flip) & from & until;
        lists.block(lanes, base, words.separators & outside, words.ends & outside);
        base = base.wrapping_add(64);
        left = left.saturating_sub(64);
        from = u64::MAX;
    }
}
