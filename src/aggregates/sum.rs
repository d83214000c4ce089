//! `sum(number)`: the exact sum, NULL of nothing.
//!
//! Nearly every sum fits 64 bits at the largest scale seen; that is the state. A sum that outgrows them goes on in 128 bits
//! behind a pointer; one that outgrows those, or meets a real, in [`Wide`] and [`RealSum`] beside them. Where that happens
//! depends on the order of the rows; what comes out does not, since all four are exact and the 38 digits are counted once, at
//! the end.

use bumpalo::Bump;

use super::AggregateFunction;
use super::functions::{Bound, only};
use super::real::RealSum;
use super::states::{Fold, States};
use super::wide::Wide;
use crate::exprs::{Decimal, Type, Value, codec, number};

pub(super) const SUM: AggregateFunction = AggregateFunction {
    name: "sum",
    signature: "sum(number)",
    doc: "The exact sum of the values that are not NULL; NULL of none.",
    bind: |asked| {
        let (value, asked) = only(asked, Type::Number, SUM.signature)?;
        Ok(Bound::rows(value, Type::Number, || Box::new(States::new(Sum))).distinct(asked.distinct))
    },
};

/// Adds numbers.
#[derive(Debug)]
pub struct Sum;

/// The sum of some numbers: 16 bytes, and a place elsewhere for what 64 bits do not hold.
#[derive(Debug, Default)]
pub enum Total {
    /// Of nothing.
    #[default]
    None,
    /// What nearly every sum is.
    Short {
        /// All digits, signed.
        mantissa: i64,
        /// Digits after the point.
        scale: u8,
    },
    /// Any other.
    Long(Box<Long>),
}

/// A sum of up to 128 bits, and what they do not hold.
#[derive(Debug)]
pub struct Long {
    decimal: Decimal,
    beyond: Option<Box<Beyond>>,
}

/// What is no decimal of 128 bits.
#[derive(Debug, Default)]
struct Beyond {
    wide: Wide,
    reals: Option<RealSum>,
}

/// The powers of ten that 64 bits hold.
const SHORT_POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut i = 1;
    while i < 19 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

impl Total {
    #[inline]
    fn of(decimal: Decimal) -> Total {
        match i64::try_from(decimal.mantissa) {
            Ok(mantissa) => Total::Short { mantissa, scale: decimal.scale },
            Err(_) => Total::Long(Box::new(Long { decimal, beyond: None })),
        }
    }

    /// Adds a number; NULL adds nothing.
    #[inline]
    pub fn add(&mut self, value: Value<'_>) {
        if self.add_in_place(value) {
            return;
        }
        match value {
            Value::Short { mantissa, scale } => self.add_decimal(Decimal { mantissa: mantissa.into(), scale }),
            Value::Wide(decimal) => self.add_decimal(*decimal),
            Value::Real(real) => self.add_real(real),
            _ => {}
        }
    }

    /// Adds a number where that takes one addition; `false` when nothing was done.
    #[inline]
    pub fn add_in_place(&mut self, value: Value<'_>) -> bool {
        let Value::Short { mantissa, scale } = value else { return false };
        match self {
            Total::Short { mantissa: sum, scale: same } if scale == *same => match sum.checked_add(mantissa) {
                Some(both) => *sum = both,
                None => return false,
            },
            Total::Long(long) if scale == long.decimal.scale => {
                match long.decimal.mantissa.checked_add(mantissa.into()) {
                    Some(both) => long.decimal.mantissa = both,
                    None => return false,
                }
            }
            Total::None => *self = Total::Short { mantissa, scale },
            _ => return false,
        }
        true
    }

    /// The same of the number with these digits and this scale.
    #[inline]
    pub fn add_short(&mut self, mantissa: i64, scale: u8) -> bool {
        // Of many numbers some have fewer digits behind the point, which no branch foretells: what is like them all is the same steps.
        if let Total::Short { mantissa: sum, scale: most } = self
            && let Some(power) = SHORT_POWERS.get(usize::from(most.wrapping_sub(scale)))
            && let Some(both) = mantissa.checked_mul(*power).and_then(|mantissa| sum.checked_add(mantissa))
        {
            *sum = both;
            return true;
        }
        self.add_in_place(Value::Short { mantissa, scale })
    }

    /// The decimal of at most 128 bits.
    #[inline]
    fn common(&self) -> Decimal {
        match self {
            Total::None => Decimal { mantissa: 0, scale: 0 },
            Total::Short { mantissa, scale } => Decimal { mantissa: i128::from(*mantissa), scale: *scale },
            Total::Long(long) => long.decimal,
        }
    }

    #[inline(never)]
    fn add_decimal(&mut self, decimal: Decimal) {
        let ours = self.common();
        let sum = plus(ours, decimal);
        if sum.is_none() {
            self.beyond().wide.add(&Wide::from_decimal(ours));
        }
        match (self, sum.unwrap_or(decimal)) {
            (Total::Long(long), sum) => long.decimal = sum,
            (short, sum) => *short = Total::of(sum),
        }
    }

    fn long(&mut self) -> &mut Long {
        if !matches!(self, Total::Long(_)) {
            *self = Total::Long(Box::new(Long { decimal: self.common(), beyond: None }));
        }
        match self {
            Total::Long(long) => long,
            _ => unreachable!("was just made"),
        }
    }

    #[cold]
    fn beyond(&mut self) -> &mut Beyond {
        self.long().beyond.get_or_insert_default()
    }

    #[cold]
    fn add_real(&mut self, real: f64) {
        self.beyond().reals.get_or_insert_default().add(real);
    }

    /// Adds another total.
    #[inline]
    pub fn merge(&mut self, other: Total) {
        match other {
            Total::None => {}
            Total::Short { mantissa, scale } => self.add(Value::Short { mantissa, scale }),
            Total::Long(long) => self.merge_long(*long),
        }
    }

    #[cold]
    fn merge_long(&mut self, other: Long) {
        self.add_decimal(other.decimal);
        if let Some(theirs) = other.beyond {
            let ours = self.beyond();
            ours.wide.add(&theirs.wide);
            if let Some(reals) = &theirs.reals {
                ours.reals.get_or_insert_default().merge(reals);
            }
        }
    }

    fn what_is_beyond(&self) -> Option<&Beyond> {
        match self {
            Total::Long(long) => long.beyond.as_deref(),
            _ => None,
        }
    }

    /// The decimal part of the sum, exact; `None` when it takes more than 38 digits.
    pub fn decimal(&self) -> Option<Decimal> {
        let common = self.common();
        let beyond = self.what_is_beyond();
        if beyond.is_none() && common.mantissa.unsigned_abs() < number::POWERS[38].unsigned_abs() {
            return Some(common);
        }
        let mut wide = Wide::from_decimal(common);
        if let Some(beyond) = beyond {
            wide.add(&beyond.wide);
        }
        wide.to_decimal()
    }

    /// The real part of the sum, rounded once; `None` when all numbers were decimals.
    pub fn real(&self) -> Option<f64> {
        self.what_is_beyond()?.reals.as_ref().map(RealSum::value)
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        matches!(self, Total::None)
    }

    /// What the total holds of memory beyond its own size.
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Total::Long(long) => long.heap_bytes(),
            _ => 0,
        }
    }

    /// Appends the total.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Total::None => out.push(0),
            Total::Short { mantissa, scale } => {
                out.push(1 + scale);
                codec::write_varint(codec::zigzag(*mantissa), out);
            }
            Total::Long(long) => long.encode(out),
        }
    }

    /// The total at the start of `bytes`, which are left behind it.
    #[inline]
    pub fn decode(bytes: &mut &[u8]) -> Option<Total> {
        let (&tag, rest) = bytes.split_first()?;
        *bytes = rest;
        match tag {
            0 => Some(Total::None),
            1..=39 => {
                let mantissa = codec::unzigzag(codec::read_varint(bytes)?);
                Some(Total::Short { mantissa, scale: tag - 1 })
            }
            64..=102 => Some(Total::Long(Box::new(Long::decode(tag - 64, bytes)?))),
            _ => None,
        }
    }
}

/// The sum at the larger scale; `None` when it passes 128 bits.
fn plus(one: Decimal, other: Decimal) -> Option<Decimal> {
    let scale = one.scale.max(other.scale);
    let rescaled = |of: Decimal| of.mantissa.checked_mul(number::POWERS[usize::from(scale - of.scale)]);
    let mantissa = rescaled(one)?.checked_add(rescaled(other)?)?;
    Some(Decimal { mantissa, scale })
}

impl Long {
    fn heap_bytes(&self) -> usize {
        let beyond = self
            .beyond
            .as_ref()
            .map_or(0, |beyond| size_of::<Beyond>() + beyond.reals.as_ref().map_or(0, RealSum::heap_bytes));
        size_of::<Long>() + beyond
    }

    #[cold]
    fn encode(&self, out: &mut Vec<u8>) {
        let reals = self.beyond.as_ref().and_then(|beyond| beyond.reals.as_ref());
        out.push(64 + self.decimal.scale);
        out.extend_from_slice(&self.decimal.mantissa.to_le_bytes());
        out.push(u8::from(self.beyond.is_some()) + u8::from(reals.is_some()));
        if let Some(beyond) = &self.beyond {
            beyond.wide.encode(out);
        }
        if let Some(reals) = reals {
            reals.encode(out);
        }
    }

    #[cold]
    fn decode(scale: u8, bytes: &mut &[u8]) -> Option<Long> {
        let mantissa = i128::from_le_bytes(*codec::take(bytes, 16)?.first_chunk()?);
        let (&kind, rest) = bytes.split_first()?;
        *bytes = rest;
        let mut long = Long { decimal: Decimal { mantissa, scale }, beyond: None };
        if kind > 0 {
            let wide = Wide::decode(bytes)?;
            let reals = if kind > 1 { Some(RealSum::decode(bytes)?) } else { None };
            long.beyond = Some(Box::new(Beyond { wide, reals }));
        }
        Some(long)
    }
}

impl Fold for Sum {
    type State = Total;

    #[inline]
    fn update(&self, state: &mut Total, value: Value<'_>) {
        state.add(value);
    }

    #[inline]
    fn update_in_place(&self, state: &mut Total, value: Value<'_>) -> bool {
        state.add_in_place(value)
    }

    #[inline]
    fn update_short(&self, state: &mut Total, mantissa: i64, scale: u8) -> bool {
        state.add_short(mantissa, scale)
    }

    #[inline]
    fn merge(&self, into: &mut Total, from: Total) {
        into.merge(from);
    }

    #[inline]
    fn encode(&self, state: &Total, out: &mut Vec<u8>) {
        state.encode(out);
    }

    #[inline]
    fn decode(&self, bytes: &mut &[u8]) -> Option<Total> {
        Total::decode(bytes)
    }

    fn finish<'a>(&self, state: &Total, arena: &'a Bump) -> Result<Value<'a>, String> {
        if state.is_empty() {
            return Ok(Value::Null);
        }
        let decimal = state.decimal().ok_or("a sum passes 38 digits; CAST its argument to a smaller unit")?;
        if let Some(real) = state.real() {
            return Ok(Value::Real(real + super::avg::ratio(decimal, 1)));
        }
        Ok(match i64::try_from(decimal.mantissa) {
            Ok(mantissa) => Value::Short { mantissa, scale: decimal.scale },
            Err(_) => Value::Wide(arena.alloc(decimal)),
        })
    }

    #[inline]
    fn heap_bytes(&self, state: &Total) -> usize {
        state.heap_bytes()
    }
}
