//! Weights in, a number drawn with the likelihood of its weight out, at one draw and one look-up.
//!
//! Walker's alias method with Vose's construction (1991), in integers throughout: thresholds are fractions of 2³², rounded down.

use crate::random::{Random, low32, part};

/// A table that draws `0..n` by weight.
#[derive(Debug)]
pub(crate) struct Weighted {
    /// Below the threshold the slot itself is drawn, otherwise its alias.
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    threshold: u32,
    alias: u32,
}

impl Weighted {
    /// Draws `i` in proportion to `weights[i]`. There are between 1 and 2³² − 1 weights, not all 0, their sum below 2⁶⁴.
    pub(crate) fn new(weights: &[u64]) -> Weighted {
        let n = u32::try_from(weights.len()).expect("fewer than 2³² weights");
        let total: u128 = weights.iter().map(|&w| u128::from(w)).sum();
        let mut left: Vec<u128> = weights.iter().map(|&w| u128::from(w) * u128::from(n)).collect();
        let mut slots: Vec<Slot> = (0..n).map(|i| Slot { threshold: u32::MAX, alias: i }).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) = (0..n).partition(|&i| left[i as usize] < total);
        while let (Some(&poor), Some(&rich)) = (small.last(), large.last()) {
            small.pop();
            let own = left[poor as usize];
            let threshold = u32::try_from((own << 32) / total).expect("own is below total");
            slots[poor as usize] = Slot { threshold, alias: rich };
            left[rich as usize] -= total - own;
            if left[rich as usize] < total {
                large.pop();
                small.push(rich);
            }
        }
        Weighted { slots }
    }

    /// The ranks `0..n` of the law of Zipf and Mandelbrot: rank r weighs 1 / (r + `shift`).
    ///
    /// A larger `shift` (from 1) makes the head flatter: the first rank is drawn about once in `shift · ln(n / shift)`.
    pub(crate) fn zipf(n: u32, shift: u32) -> Weighted {
        let weights: Vec<u64> = (0..u64::from(n)).map(|rank| (1 << 40) / (rank + u64::from(shift))).collect();
        Weighted::new(&weights)
    }

    /// One of `0..n`.
    #[inline]
    pub(crate) fn pick(&self, random: &mut Random) -> u32 {
        let bits = random.bits();
        let n = u32::try_from(self.slots.len()).expect("made from fewer than 2³² weights");
        let i = part(bits, n);
        let slot = self.slots[i as usize];
        if low32(bits) < slot.threshold { i } else { slot.alias }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_proportion_to_their_weights() {
        let weighted = Weighted::new(&[1, 0, 3, 6]);
        let mut random = Random::new(3, 3);
        let mut seen = [0; 4];
        for _ in 0..100_000 {
            seen[weighted.pick(&mut random) as usize] += 1;
        }
        assert_eq!(seen[1], 0);
        for (i, share) in [(0, 10_000), (2, 30_000), (3, 60_000)] {
            assert!((share - 1000..share + 1000).contains(&seen[i]), "{seen:?}");
        }
    }

    #[test]
    fn a_single_weight_is_always_drawn() {
        assert_eq!(Weighted::zipf(1, 1).pick(&mut Random::new(0, 0)), 0);
    }
}
