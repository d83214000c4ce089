//! Sums of decimals that outgrew 128 bits, exact: fixed-point numbers of 320 bits whose unit is 10^-38.
//!
//! A decimal has 38 digits and at most 38 of them after the point, so in this unit it is below 10^76 < 2^253; 2^64 of them
//! are below 2^317. So no sum of decimals overflows here, whatever the order, and whether one passes 38 digits is asked
//! once, of the result.

use crate::exprs::Decimal;

const LIMBS: usize = 5;

/// The digits of the unit, and the largest scale of a decimal.
const SCALE: u8 = 38;

/// A sum: two's complement, least limb first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wide {
    limbs: [u64; LIMBS],
}

impl Wide {
    /// A decimal as a sum of one.
    pub fn from_decimal(decimal: Decimal) -> Wide {
        let mut wide = Wide::default();
        let magnitude = decimal.mantissa.unsigned_abs();
        wide.limbs[0] = low(magnitude);
        wide.limbs[1] = low(magnitude >> 64);
        for _ in decimal.scale..SCALE {
            wide.multiply_by_ten();
        }
        if decimal.mantissa < 0 { wide.negated() } else { wide }
    }

    /// Adds another sum.
    pub fn add(&mut self, other: &Wide) {
        let mut carry = 0;
        for (limb, &more) in self.limbs.iter_mut().zip(&other.limbs) {
            let sum = u128::from(*limb) + u128::from(more) + carry;
            *limb = low(sum);
            carry = sum >> 64;
        }
    }

    /// The sum without superfluous trailing zeros; `None` when it takes more than 38 digits.
    pub fn to_decimal(self) -> Option<Decimal> {
        let negative = self.limbs[LIMBS - 1] >> 63 == 1;
        let mut rest = if negative { self.negated() } else { self };
        let mut scale = SCALE;
        while scale > 0 {
            let (quotient, digit) = rest.divided_by_ten();
            if digit != 0 {
                break;
            }
            rest = quotient;
            scale -= 1;
        }
        let [least, next, above @ ..] = rest.limbs;
        let magnitude = u128::from(next) << 64 | u128::from(least);
        if above != [0; LIMBS - 2] || magnitude >= 10u128.pow(u32::from(SCALE)) {
            return None;
        }
        let magnitude = magnitude.cast_signed();
        Some(Decimal { mantissa: if negative { -magnitude } else { magnitude }, scale })
    }

    /// Appends the sum, always 40 bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.limbs.iter().for_each(|limb| out.extend_from_slice(&limb.to_le_bytes()));
    }

    /// The sum at the start of `bytes`, which are left behind it.
    pub fn decode(bytes: &mut &[u8]) -> Option<Wide> {
        let mut wide = Wide::default();
        for limb in &mut wide.limbs {
            *limb = u64::from_le_bytes(*crate::exprs::codec::take(bytes, 8)?.first_chunk()?);
        }
        Some(wide)
    }

    fn multiply_by_ten(&mut self) {
        let mut carry = 0;
        for limb in &mut self.limbs {
            let product = u128::from(*limb) * 10 + carry;
            *limb = low(product);
            carry = product >> 64;
        }
    }

    fn divided_by_ten(mut self) -> (Wide, u64) {
        let mut rest = 0;
        for limb in self.limbs.iter_mut().rev() {
            let part = rest << 64 | u128::from(*limb);
            *limb = low(part / 10);
            rest = part % 10;
        }
        (self, low(rest))
    }

    fn negated(mut self) -> Wide {
        let mut carry = true;
        for limb in &mut self.limbs {
            (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
        }
        self
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is wanted")]
fn low(number: u128) -> u64 {
    number as u64
}
