//! A seed and a stream number in, the same numbers out on every machine.
//!
//! xoshiro256++ (Blackman & Vigna, 2018), its four words filled by splitmix64 (Steele, Lea & Flood, 2014) from seed and stream. Each
//! block of rows draws from a stream of its own, so no row depends on which thread made the rows before it. Only integers: no
//! floating point, whose last bit a maths library may round its own way, ever decides a byte. Not for secrets.

/// One stream of random numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream numbered `stream` of the family `seed`.
    pub(crate) fn new(seed: u64, stream: u64) -> Random {
        let mut word = mix(seed) ^ stream.wrapping_mul(0xd134_2543_de82_ef95);
        let state = std::array::from_fn(|_| {
            word = word.wrapping_add(GOLDEN);
            mix(word)
        });
        Random { state }
    }

    /// The next 64 bits.
    #[inline]
    pub(crate) fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number below `n`; each is as likely as any other to within n / 2³².
    #[inline]
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        part(self.bits(), n)
    }

    /// A number from `low` to `high`, both included.
    #[inline]
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True once in `n` on average.
    #[inline]
    pub(crate) fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// One of `choices`, which is not empty.
    #[inline]
    pub(crate) fn choose<T: Copy>(&mut self, choices: &[T]) -> T {
        let n = u32::try_from(choices.len()).expect("tables here are short");
        choices[self.below(n) as usize]
    }
}

/// The upper 32 of `bits` scaled to a number below `n`.
#[inline]
pub(crate) fn part(bits: u64, n: u32) -> u32 {
    low32(((bits >> 32) * u64::from(n)) >> 32)
}

/// The lower 32 of `bits`.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "to cut is what it is for")]
pub(crate) fn low32(bits: u64) -> u32 {
    bits as u32
}

/// The finaliser of splitmix64: a bijection that leaves no likeness between neighbours.
#[inline]
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers that the authors' own C program gives for this state.
    #[test]
    fn the_numbers_are_those_of_xoshiro256_plus_plus() {
        let mut random = Random { state: [1, 2, 3, 4] };
        let first: [u64; 4] = std::array::from_fn(|_| random.bits());
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn the_finaliser_is_that_of_splitmix64() {
        let state = 1_234_567_u64;
        assert_eq!(mix(state.wrapping_add(GOLDEN)), 6_457_827_717_110_365_317);
        assert_eq!(mix(state.wrapping_add(GOLDEN.wrapping_mul(2))), 3_203_168_211_198_807_973);
    }

    /// Were they to, so would every file that was ever generated.
    #[test]
    fn the_numbers_of_a_seed_never_change() {
        assert_eq!(Random::new(1, 0).bits(), 17_730_607_322_089_975_729);
    }

    #[test]
    fn streams_differ() {
        assert_ne!(Random::new(1, 0).bits(), Random::new(1, 1).bits());
        assert_ne!(Random::new(1, 0).bits(), Random::new(2, 0).bits());
    }

    #[test]
    fn every_number_below_n_comes_and_none_else() {
        let mut random = Random::new(7, 7);
        let mut seen = [0; 10];
        for _ in 0..10_000 {
            seen[random.below(10) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1200).contains(&count)), "{seen:?}");
    }
}
