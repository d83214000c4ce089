//! AVX2 with carry-less multiplication, and AVX-512 with byte compression.
//!
//! A token ([`Avx2`], [`Avx512`]) exists only where the processor was asked for every feature of its functions; that is
//! what the proofs below rest on.

#![expect(unsafe_code, reason = "instructions that only some machines have; the tokens prove that this one does")]

use std::arch::x86_64::*;
use std::ops::Range;
use std::sync::OnceLock;

use crate::readers::automaton::{Dialect, State};
use crate::readers::scan::index::Index;
use crate::readers::scan::kept::{self, Kept};
use crate::readers::scan::lanes::{Lanes, Masks, Needles, Scanner};
use crate::readers::scan::marks::{self, Marks};
use crate::readers::scan::summary::Summary;
use crate::readers::scan::tally::{self, Pattern, Tally};
use crate::readers::scan::walk::{LastEnd, walk};

/// Proof of AVX2, PCLMULQDQ, BMI1, BMI2, POPCNT and LZCNT. Made by [`avx2`] only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

/// Proof of AVX-512 F, BW, VL, VBMI2 and all that [`Avx2`] proves. Made by [`avx512`] only.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512(());

fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("pclmulqdq")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt")
}

/// The AVX2 functions, if this machine can run them.
pub(super) fn avx2() -> Option<&'static dyn Scanner> {
    static TOKEN: OnceLock<Option<Avx2>> = OnceLock::new();
    TOKEN.get_or_init(|| has_avx2().then_some(Avx2(()))).as_ref().map(|token| token as &dyn Scanner)
}

/// The AVX-512 functions, if this machine can run them.
pub(super) fn avx512() -> Option<&'static dyn Scanner> {
    static TOKEN: OnceLock<Option<Avx512>> = OnceLock::new();
    let has_avx512 = || {
        has_avx2()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi2")
    };
    TOKEN.get_or_init(|| has_avx512().then_some(Avx512(()))).as_ref().map(|token| token as &dyn Scanner)
}

/// The functions of a [`Scanner`], each compiled whole with the features of its token.
macro_rules! scanner {
    ($token:ty, $features:literal) => {
        impl Scanner for $token {
            fn index(&self, bytes: &[u8], dialect: Dialect, state: State, index: &mut Index) -> State {
                #[target_feature(enable = $features)]
                fn run(token: $token, bytes: &[u8], dialect: Dialect, state: State, index: &mut Index) -> State {
                    let mut lists = index.lists();
                    let state = walk(token, bytes, dialect, state, &mut lists);
                    let counts = lists.counts();
                    index.set_counts(counts);
                    state
                }
                // SAFETY: the token was made after every one of these features was found.
                unsafe { run(*self, bytes, dialect, state, index) }
            }

            fn keep(&self, bytes: &[u8], dialect: Dialect, kept: &mut Kept) -> Summary {
                #[target_feature(enable = $features)]
                fn run(token: $token, bytes: &[u8], dialect: Dialect, kept: &mut Kept) -> Summary {
                    kept::keep(token, bytes, dialect, kept)
                }
                // SAFETY: the token was made after every one of these features was found.
                unsafe { run(*self, bytes, dialect, kept) }
            }

            fn index_kept(&self, kept: &Kept, range: Range<usize>, index: &mut Index) {
                #[target_feature(enable = $features)]
                fn run(token: $token, kept: &Kept, range: Range<usize>, index: &mut Index) {
                    let mut lists = index.lists();
                    kept::index(token, kept, range, &mut lists);
                    let counts = lists.counts();
                    index.set_counts(counts);
                }
                // SAFETY: the token was made after every one of these features was found.
                unsafe { run(*self, kept, range, index) }
            }

            fn mark(&self, bytes: &[u8], needles: [u8; 4], start: u32, places: &mut Marks) -> usize {
                #[target_feature(enable = $features)]
                fn run(token: $token, bytes: &[u8], needles: [u8; 4], start: u32, places: &mut Marks) -> usize {
                    marks::mark(token, bytes, needles, start, places)
                }
                // SAFETY: the token was made after every one of these features was found.
                unsafe { run(*self, bytes, needles, start, places) }
            }

            fn tally(
                &self,
                bytes: &[u8],
                dialect: Dialect,
                pattern: &Pattern,
                begins_inside: bool,
            ) -> (Summary, Tally) {
                #[target_feature(enable = $features)]
                fn run(
                    token: $token,
                    bytes: &[u8],
                    dialect: Dialect,
                    pattern: &Pattern,
                    begins_inside: bool,
                ) -> (Summary, Tally) {
                    tally::tally(token, bytes, dialect, pattern, begins_inside)
                }
                // SAFETY: the token was made after every one of these features was found.
                unsafe { run(*self, bytes, dialect, pattern, begins_inside) }
            }

            fn last_end(&self, bytes: &[u8], dialect: Dialect, state: State) -> (State, Option<usize>) {
                #[target_feature(enable = $features)]
                fn run(token: $token, bytes: &[u8], dialect: Dialect, state: State) -> (State, Option<usize>) {
                    let mut last = LastEnd(None);
                    let state = walk(token, bytes, dialect, state, &mut last);
                    (state, last.0)
                }
                // SAFETY: the token was made after every one of these features was found.
                unsafe { run(*self, bytes, dialect, state) }
            }
        }
    };
}

scanner!(Avx2, "avx2,pclmulqdq,bmi1,bmi2,popcnt,lzcnt");
scanner!(Avx512, "avx2,pclmulqdq,bmi1,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512vl,avx512vbmi2");

/// Carry-less multiplication by all ones is the prefix xor.
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

/// Where `byte` stands in 64 bytes held by two registers.
#[target_feature(enable = "avx2")]
fn equal_in_pair([low, high]: [__m256i; 2], byte: u8) -> u64 {
    let byte = _mm256_set1_epi8(byte.cast_signed());
    let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte)).cast_unsigned();
    let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte)).cast_unsigned();
    u64::from(high) << 32 | u64::from(low)
}

#[target_feature(enable = "avx2")]
fn load_pair(block: &[u8; 64]) -> [__m256i; 2] {
    let at = block.as_ptr().cast::<__m256i>();
    // SAFETY: the first 32 of 64 bytes that the reference guarantees; the load needs no alignment.
    let low = unsafe { _mm256_loadu_si256(at) };
    // SAFETY: one register further is 32 bytes, within the same 64.
    let next = unsafe { at.add(1) };
    // SAFETY: the last 32 of the same 64 bytes.
    let high = unsafe { _mm256_loadu_si256(next) };
    [low, high]
}

#[target_feature(enable = "avx2")]
fn masks_in_pair(block: &[u8; 64], needles: Needles) -> Masks {
    let block = load_pair(block);
    Masks {
        quotes: equal_in_pair(block, needles.quote) & needles.quoting,
        delimiters: equal_in_pair(block, needles.delimiter),
        crs: equal_in_pair(block, b'\r'),
        lfs: equal_in_pair(block, b'\n'),
    }
}

#[target_feature(enable = "avx2")]
fn any_of_in_pair(block: &[u8; 64], needles: [u8; 4]) -> u64 {
    // Without closures, which do not take over the features of the function they stand in.
    let (block, [first, second, third, fourth]) = (load_pair(block), needles);
    equal_in_pair(block, first)
        | equal_in_pair(block, second)
        | equal_in_pair(block, third)
        | equal_in_pair(block, fourth)
}

impl Lanes for Avx2 {
    #[inline(always)]
    fn masks(self, block: &[u8; 64], needles: Needles) -> Masks {
        // SAFETY: `self` proves AVX2.
        unsafe { masks_in_pair(block, needles) }
    }

    #[inline(always)]
    fn any_of(self, block: &[u8; 64], needles: [u8; 4]) -> u64 {
        // SAFETY: `self` proves AVX2.
        unsafe { any_of_in_pair(block, needles) }
    }

    #[inline(always)]
    fn prefix_xor(self, bits: u64) -> u64 {
        // SAFETY: `self` proves PCLMULQDQ.
        unsafe { prefix_xor(bits) }
    }

    #[inline(always)]
    fn rank(self, bits: u64, among: u64) -> u64 {
        // SAFETY: `self` proves BMI2.
        unsafe { _pext_u64(bits, among) }
    }

    #[inline(always)]
    fn write(self, out: &mut [u32; 64], mut bits: u64, base: u32) {
        // Four at a time whatever there are: one branch a group instead of one a hit. `tzcnt(0)` is 64, and not counted.
        for group in out.as_chunks_mut::<4>().0 {
            for entry in group {
                *entry = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                break;
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn load_whole(block: &[u8; 64]) -> __m512i {
    // SAFETY: the reference guarantees 64 readable bytes; the load needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn equal_in_whole(block: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte.cast_signed()))
}

#[target_feature(enable = "avx512f,avx512bw")]
fn any_of_in_whole(block: &[u8; 64], needles: [u8; 4]) -> u64 {
    let (block, [first, second, third, fourth]) = (load_whole(block), needles);
    equal_in_whole(block, first)
        | equal_in_whole(block, second)
        | equal_in_whole(block, third)
        | equal_in_whole(block, fourth)
}

#[target_feature(enable = "avx512f,avx512bw")]
fn masks_in_whole(block: &[u8; 64], needles: Needles) -> Masks {
    let block = load_whole(block);
    Masks {
        quotes: _mm512_mask_cmpeq_epi8_mask(needles.quoting, block, _mm512_set1_epi8(needles.quote.cast_signed())),
        delimiters: equal_in_whole(block, needles.delimiter),
        crs: equal_in_whole(block, b'\r'),
        lfs: equal_in_whole(block, b'\n'),
    }
}

/// The numbers 0 … 63.
static PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut i = 0;
    while i < 64 {
        places[i as usize] = i;
        i += 1;
    }
    places
};

/// Sixteen bytes, widened, plus `base`.
#[target_feature(enable = "avx512f")]
fn store_wide(out: &mut [u32; 16], places: __m128i, base: __m512i) {
    let wide = _mm512_add_epi32(_mm512_cvtepu8_epi32(places), base);
    // SAFETY: the reference guarantees 64 writable bytes; the store needs no alignment.
    unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), wide) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt")]
fn compress(out: &mut [u32; 64], bits: u64, base: u32) {
    let places = _mm512_maskz_compress_epi8(bits, load_whole(&PLACES));
    let base = _mm512_set1_epi32(base.cast_signed());
    let [first, second, third, fourth] = out.as_chunks_mut::<16>().0 else { return };
    store_wide(first, _mm512_castsi512_si128(places), base);
    if bits.count_ones() > 16 {
        store_wide(second, _mm512_extracti32x4_epi32::<1>(places), base);
        store_wide(third, _mm512_extracti32x4_epi32::<2>(places), base);
        store_wide(fourth, _mm512_extracti32x4_epi32::<3>(places), base);
    }
}

/// As [`compress`], for few bits: half the store where there are at most eight.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt")]
fn compress_few(out: &mut [u32; 64], bits: u64, base: u32) {
    if bits.count_ones() > 8 {
        return compress(out, bits, base);
    }
    let places = _mm512_maskz_compress_epi8(bits, load_whole(&PLACES));
    let places = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(places));
    let wide = _mm256_add_epi32(places, _mm256_set1_epi32(base.cast_signed()));
    // SAFETY: the reference guarantees 256 writable bytes, of which this writes 32; the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), wide) }
}

impl Lanes for Avx512 {
    #[inline(always)]
    fn masks(self, block: &[u8; 64], needles: Needles) -> Masks {
        // SAFETY: `self` proves AVX-512 F and BW.
        unsafe { masks_in_whole(block, needles) }
    }

    #[inline(always)]
    fn any_of(self, block: &[u8; 64], needles: [u8; 4]) -> u64 {
        // SAFETY: `self` proves AVX-512 F and BW.
        unsafe { any_of_in_whole(block, needles) }
    }

    #[inline(always)]
    fn prefix_xor(self, bits: u64) -> u64 {
        // SAFETY: `self` proves PCLMULQDQ.
        unsafe { prefix_xor(bits) }
    }

    #[inline(always)]
    fn rank(self, bits: u64, among: u64) -> u64 {
        // SAFETY: `self` proves BMI2.
        unsafe { _pext_u64(bits, among) }
    }

    #[inline(always)]
    fn write(self, out: &mut [u32; 64], bits: u64, base: u32) {
        // SAFETY: `self` proves AVX-512 F, BW, VL and VBMI2.
        unsafe { compress(out, bits, base) }
    }

    #[inline(always)]
    fn write_few(self, out: &mut [u32; 64], bits: u64, base: u32) {
        // SAFETY: as above.
        unsafe { compress_few(out, bits, base) }
    }
}
