//! `sum(number)`: the exact sum, NULL of nothing.
//!
//! Nearly every sum fits 128 bits at the largest scale seen; that is the state. A sum that outgrows them, or meets a real,
//! goes on in [`Wide`] and [`RealSum`] behind a pointer. Where that happens depends on the order of the rows; what comes out
//! does not, since all three are exact and the 38 digits are counted once, at the end.

use bumpalo::Bump;

use super::AggregateFunction;
use super::functions::{Bound, only};
use super::real::RealSum;
use super::states::{Fold, States};
use super::wide::Wide;
use crate::exprs::{Decimal, Type, Value, codec};

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

/// The sum of some numbers: 32 bytes.
#[derive(Debug, Default)]
pub struct Total {
    /// At `scale`; with `beyond`, what it does not hold.
    mantissa: Halves,
    scale: u8,
    /// Whether there was a number at all.
    any: bool,
    beyond: Option<Box<Beyond>>,
}

/// An `i128`, least half first: by itself it would align the state to 16 bytes, and make it 48.
#[derive(Clone, Copy, Debug, Default)]
struct Halves([u64; 2]);

impl Halves {
    #[inline]
    fn get(self) -> i128 {
        (u128::from(self.0[1]) << 64 | u128::from(self.0[0])).cast_signed()
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "halves are what is wanted")]
    fn set(&mut self, mantissa: i128) {
        let mantissa = mantissa.cast_unsigned();
        self.0 = [mantissa as u64, (mantissa >> 64) as u64];
    }
}

/// What does not fit the common state.
#[derive(Debug, Default)]
struct Beyond {
    wide: Wide,
    reals: Option<RealSum>,
}

const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut i = 1;
    while i < 39 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

impl Total {
    #[inline]
    fn of(decimal: Decimal) -> Total {
        let mut total = Total { scale: decimal.scale, any: true, ..Total::default() };
        total.mantissa.set(decimal.mantissa);
        total
    }

    /// Adds a number; NULL adds nothing.
    #[inline]
    pub fn add(&mut self, value: Value<'_>) {
        match value {
            Value::Short { mantissa, scale } => self.add_decimal(i128::from(mantissa), scale),
            Value::Wide(decimal) => self.add_decimal(decimal.mantissa, decimal.scale),
            Value::Real(real) => self.add_real(real),
            _ => {}
        }
    }

    /// Adds a number where that takes one addition; `false` when nothing was done.
    #[inline]
    pub fn add_in_place(&mut self, value: Value<'_>) -> bool {
        if let Value::Short { mantissa, scale } = value
            && scale == self.scale
            && let Some(sum) = self.mantissa.get().checked_add(mantissa.into())
        {
            self.any = true;
            self.mantissa.set(sum);
            return true;
        }
        false
    }

    #[inline]
    fn add_decimal(&mut self, mantissa: i128, scale: u8) {
        self.any = true;
        if scale == self.scale
            && let Some(sum) = self.mantissa.get().checked_add(mantissa)
        {
            self.mantissa.set(sum);
        } else if self.mantissa.get() == 0 && self.scale < scale {
            // Nearly always the first number of a group: no multiplication of 128 bits.
            self.mantissa.set(mantissa);
            self.scale = scale;
        } else {
            self.add_rescaled(mantissa, scale);
        }
    }

    #[inline(never)]
    fn add_rescaled(&mut self, mantissa: i128, scale: u8) {
        let common = scale.max(self.scale);
        let ours = self.mantissa.get().checked_mul(POWERS[usize::from(common - self.scale)]);
        let theirs = mantissa.checked_mul(POWERS[usize::from(common - scale)]);
        match ours.zip(theirs).and_then(|(ours, theirs)| ours.checked_add(theirs)) {
            Some(sum) => {
                self.mantissa.set(sum);
                self.scale = common;
            }
            None => {
                self.put_beyond();
                self.mantissa.set(mantissa);
                self.scale = scale;
            }
        }
    }

    /// Moves the common state beyond and leaves zero.
    #[cold]
    fn put_beyond(&mut self) {
        let decimal = Decimal { mantissa: self.mantissa.get(), scale: self.scale };
        self.beyond.get_or_insert_default().wide.add(&Wide::from_decimal(decimal));
        (self.mantissa, self.scale) = (Halves::default(), 0);
    }

    #[cold]
    fn add_real(&mut self, real: f64) {
        self.any = true;
        self.beyond.get_or_insert_default().reals.get_or_insert_default().add(real);
    }

    /// Adds another total.
    #[inline]
    pub fn merge(&mut self, other: Total) {
        if other.any {
            self.add_decimal(other.mantissa.get(), other.scale);
        }
        if let Some(theirs) = other.beyond {
            let ours = self.beyond.get_or_insert_default();
            ours.wide.add(&theirs.wide);
            if let Some(reals) = &theirs.reals {
                ours.reals.get_or_insert_default().merge(reals);
            }
        }
    }

    /// The decimal part of the sum, exact; `None` when it takes more than 38 digits.
    pub fn decimal(&self) -> Option<Decimal> {
        if self.beyond.is_none() && self.mantissa.get().unsigned_abs() < POWERS[38].unsigned_abs() {
            return Some(Decimal { mantissa: self.mantissa.get(), scale: self.scale });
        }
        let mut wide = Wide::from_decimal(Decimal { mantissa: self.mantissa.get(), scale: self.scale });
        if let Some(beyond) = &self.beyond {
            wide.add(&beyond.wide);
        }
        wide.to_decimal()
    }

    /// The real part of the sum, rounded once; `None` when all numbers were decimals.
    pub fn real(&self) -> Option<f64> {
        self.beyond.as_ref()?.reals.as_ref().map(RealSum::value)
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// What the total holds of memory beyond its own size.
    #[inline]
    pub fn heap_bytes(&self) -> usize {
        match &self.beyond {
            None => 0,
            Some(beyond) => size_of::<Beyond>() + beyond.reals.as_ref().map_or(0, RealSum::heap_bytes),
        }
    }

    /// Appends the total.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) {
        match (&self.beyond, i64::try_from(self.mantissa.get())) {
            (None, _) if !self.any => out.push(0),
            (None, Ok(mantissa)) => {
                out.push(1 + self.scale);
                codec::write_varint(codec::zigzag(mantissa), out);
            }
            (beyond, _) => {
                out.push(64 + self.scale);
                out.extend_from_slice(&self.mantissa.get().to_le_bytes());
                let reals = beyond.as_ref().and_then(|beyond| beyond.reals.as_ref());
                out.push(u8::from(beyond.is_some()) + u8::from(reals.is_some()));
                if let Some(beyond) = beyond {
                    beyond.wide.encode(out);
                }
                if let Some(reals) = reals {
                    reals.encode(out);
                }
            }
        }
    }

    /// The total at the start of `bytes`, which are left behind it.
    #[inline]
    pub fn decode(bytes: &mut &[u8]) -> Option<Total> {
        let (&tag, rest) = bytes.split_first()?;
        *bytes = rest;
        match tag {
            0 => Some(Total::default()),
            1..=39 => {
                let mantissa = i128::from(codec::unzigzag(codec::read_varint(bytes)?));
                Some(Total::of(Decimal { mantissa, scale: tag - 1 }))
            }
            64..=102 => {
                let mantissa = i128::from_le_bytes(*codec::take(bytes, 16)?.first_chunk()?);
                let (&kind, rest) = bytes.split_first()?;
                *bytes = rest;
                let mut total = Total::of(Decimal { mantissa, scale: tag - 64 });
                if kind > 0 {
                    let wide = Wide::decode(bytes)?;
                    let reals = if kind > 1 { Some(RealSum::decode(bytes)?) } else { None };
                    total.beyond = Some(Box::new(Beyond { wide, reals }));
                }
                Some(total)
            }
            _ => None,
        }
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
