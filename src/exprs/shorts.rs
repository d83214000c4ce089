//! A column of short numbers, nine bytes each: what aggregates read where nothing else does.
//!
//! The obvious way is a column of values, 24 bytes each, whose kind is asked again for every aggregate.

use super::value::Value;

/// The scale that stands for NULL.
const NULL: u8 = u8::MAX;

/// Numbers and NULLs, by lane.
#[derive(Clone, Copy, Debug)]
pub struct Shorts<'v> {
    mantissas: &'v [i64],
    scales: &'v [u8],
}

/// The same while it is filled.
#[derive(Debug)]
pub struct ShortsMut<'v> {
    mantissas: &'v mut [i64],
    scales: &'v mut [u8],
}

impl<'v> Shorts<'v> {
    /// The value of `lane`.
    #[inline(always)]
    pub fn at(&self, lane: u32) -> Value<'static> {
        Shorts::value(self.short(lane))
    }

    /// The number of these digits and this scale, or NULL.
    #[inline(always)]
    pub fn value(short: Option<(i64, u8)>) -> Value<'static> {
        short.map_or(Value::Null, |(mantissa, scale)| Value::Short { mantissa, scale })
    }

    /// Digits and scale of the number of `lane`; `None` for NULL.
    #[inline(always)]
    pub fn short(&self, lane: u32) -> Option<(i64, u8)> {
        let (mantissa, scale) = (self.mantissas[lane as usize], self.scales[lane as usize]);
        (scale != NULL).then_some((mantissa, scale))
    }

    /// Digits and scale of all numbers; `None` for NULL.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = Option<(i64, u8)>> {
        self.mantissas.iter().zip(self.scales).map(|(&mantissa, &scale)| (scale != NULL).then_some((mantissa, scale)))
    }
}

impl<'v> ShortsMut<'v> {
    /// NULL in every lane of an arena's slices, which are of one length.
    pub fn new(mantissas: &'v mut [i64], scales: &'v mut [u8]) -> ShortsMut<'v> {
        scales.fill(NULL);
        ShortsMut { mantissas, scales }
    }

    /// Puts a number at `lane`.
    #[inline(always)]
    pub fn put(&mut self, lane: u32, mantissa: i64, scale: u8) {
        (self.mantissas[lane as usize], self.scales[lane as usize]) = (mantissa, scale);
    }

    /// Puts NULL at `lane`.
    #[inline(always)]
    pub fn put_null(&mut self, lane: u32) {
        self.scales[lane as usize] = NULL;
    }

    /// Puts numbers at `lanes`, which ascend; scales are below 256.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "without a branch, so that it is done to all at once")]
    pub fn put_all<const N: usize>(&mut self, lanes: &[u32; N], mantissas: &[i64; N], scales: &[u64; N]) {
        let (first, last) = (lanes[0] as usize, lanes[N - 1] as usize);
        if last - first < N {
            self.mantissas[first..][..N].copy_from_slice(mantissas);
            let to = self.scales[first..][..N].iter_mut();
            to.zip(scales).for_each(|(to, scale)| *to = *scale as u8);
        } else {
            (0..N).for_each(|i| self.put(lanes[i], mantissas[i], scales[i] as u8));
        }
    }

    /// The column, filled.
    pub fn done(self) -> Shorts<'v> {
        Shorts { mantissas: self.mantissas, scales: self.scales }
    }
}
