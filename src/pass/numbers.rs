//! The fields of a column in, short numbers out: the fast twin of [`column()`](super::columns::column) where nothing but aggregates reads
//! the numbers.
//!
//! CPU seconds without and with it, medians of nine in turns, `--profile quick`, 2026-11-22: min, mean and max of 50 M measurements 1.83 and
//! 1.64.

use bumpalo::Bump;

use crate::exprs::eights::{Eights, Heads, LANES, TOGETHER};
use crate::exprs::number::{self, Eight};
use crate::exprs::{Shorts, ShortsMut, Value};
use crate::readers::{Batch, Column, Field, Simd};

/// The numbers of column `k` of `batch` in `lanes`; `None` where one is not short, or none at all, which the twin tells.
pub(super) fn shorts<'a>(batch: &Batch<'a>, k: usize, lanes: &[u32], arena: &'a Bump) -> Option<Shorts<'a>> {
    let (n, fields) = (batch.n_records(), batch.column(k));
    let mut shorts = ShortsMut::new(arena.alloc_slice_fill_copy(n, 0), arena.alloc_slice_fill_copy(n, 0));
    let mut left = lanes;
    if let Some(eights) = Eights::new().filter(|_| batch.simd() == Simd::Avx512) {
        let (chunks, _) = lanes.as_chunks();
        let (mut heads, mut made) = ([Heads::default(); TOGETHER], [Eight::default(); TOGETHER]);
        for chunks in chunks.chunks(TOGETHER) {
            let read = |(lanes, heads): (_, &mut Heads<2>)| fields.heads(lanes, &mut heads.words, &mut heads.lens);
            if !chunks.iter().zip(&mut heads).all(read) {
                break;
            }
            Eight::parse(eights, &heads[..chunks.len()], &mut made);
            for (lanes, eight) in chunks.iter().zip(&made) {
                put_eight(eight, fields, lanes, &mut shorts, arena)?;
            }
            left = &left[LANES * chunks.len()..];
        }
    }
    left.iter().try_for_each(|&lane| put(&fields.get(lane as usize, arena), lane, &mut shorts, arena))?;
    Some(shorts.done())
}

#[inline(always)]
fn put_eight(
    eight: &Eight,
    fields: Column<'_>,
    lanes: &[u32; LANES],
    shorts: &mut ShortsMut<'_>,
    arena: &Bump,
) -> Option<()> {
    shorts.put_all(lanes, &eight.mantissas, &eight.scales);
    if eight.unknown.iter().fold(0, |all, unknown| all | unknown) == 0 {
        return Some(());
    }
    for (&lane, _) in lanes.iter().zip(eight.unknown).filter(|(_, unknown)| *unknown != 0) {
        put(&fields.get(lane as usize, arena), lane, shorts, arena)?;
    }
    Some(())
}

#[inline]
fn put(field: &Field<'_>, lane: u32, shorts: &mut ShortsMut<'_>, arena: &Bump) -> Option<()> {
    if field.is_empty() {
        shorts.put_null(lane);
        return Some(());
    }
    let head = field.head().and_then(|head| head.first_chunk());
    let (mantissa, scale) = match head.and_then(|head| number::parse_head(head, field.len())) {
        Some(number) => number,
        None => match number::parse_value(field.text(), arena)? {
            Value::Short { mantissa, scale } => (mantissa, scale),
            _ => return None,
        },
    };
    shorts.put(lane, mantissa, scale);
    Some(())
}
