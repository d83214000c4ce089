//! Names for the ways to scan, and which of them this machine has.

use std::fmt;
use std::str::FromStr;

/// Which instructions find the separators. All give the same lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Simd {
    /// 64-bit words: every machine; the oracle of the others.
    Portable,
    /// AVX2, PCLMULQDQ, BMI1, BMI2.
    Avx2,
    /// AVX-512 F, BW, VL, VBMI2 and what AVX2 needs.
    Avx512,
}

impl Simd {
    const ALL: [Simd; 3] = [Simd::Portable, Simd::Avx2, Simd::Avx512];

    /// Those that this machine has, the slowest first; never empty.
    pub fn available() -> Vec<Simd> {
        Simd::ALL.into_iter().filter(|simd| simd.is_here()).collect()
    }

    /// The best that this machine has.
    pub fn best() -> Simd {
        Simd::available().pop().unwrap_or(Simd::Portable)
    }

    /// Whether this machine has it.
    pub fn is_here(self) -> bool {
        match self {
            Simd::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => super::x86::avx2().is_some(),
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512 => super::x86::avx512().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// As `ROWFOLD_SIMD` and `--stats` spell it.
    pub fn name(self) -> &'static str {
        match self {
            Simd::Portable => "portable",
            Simd::Avx2 => "avx2",
            Simd::Avx512 => "avx512",
        }
    }
}

impl fmt::Display for Simd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Simd {
    type Err = String;

    fn from_str(text: &str) -> Result<Simd, String> {
        Simd::ALL
            .into_iter()
            .find(|simd| simd.name() == text)
            .ok_or_else(|| format!("no SIMD path \"{text}\": portable, avx2 or avx512"))
    }
}
