//! `trunc`: digits cut off towards zero, on the exact decimal.

use bumpalo::Bump;

use super::Function;
use super::rowwise::{self, Why, whole};
use crate::exprs::number::{self, Number, POWERS};
use crate::exprs::{Decimal, Type, Value};

pub(super) const TRUNC: Function = Function {
    name: "trunc",
    signature: "trunc(number[, places])",
    doc: "The number with so many digits after the point (0 unless told; before it where negative), the others cut off.",
    bind: |args| rowwise::bind(args, TRUNC.signature, &[Type::Number; 2], 1, Type::Number, truncate),
};

fn truncate<'a>(values: &[Value<'a>], arena: &'a Bump) -> Result<Value<'a>, Why> {
    let places = values.get(1).map_or(Ok(0), |places| whole(*places))?;
    match Number::of(values[0]) {
        Some(Number::Decimal(decimal)) => Ok(Number::Decimal(cut(decimal, places)).value(arena)),
        Some(Number::Real(real)) if places == 0 => Ok(Value::Real(real.trunc())),
        // A real has no decimal places; the nearest decimal that spells it has.
        Some(Number::Real(real)) => {
            let spelt = format!("{real:?}");
            let rounded = match number::parse(spelt.as_bytes()) {
                Some(Number::Decimal(decimal)) => cut(decimal, places).real(),
                _ => real,
            };
            Ok(Value::Real(rounded))
        }
        None => Ok(Value::Null),
    }
}

fn cut(decimal: Decimal, places: i64) -> Decimal {
    let drop = i64::from(decimal.scale).saturating_sub(places);
    let Ok(drop) = usize::try_from(drop) else { return decimal };
    let Some(&power) = POWERS.get(drop) else { return Decimal::integer(0) };
    let whole = decimal.mantissa / power;
    match u8::try_from(places) {
        Ok(scale) => Decimal { mantissa: whole, scale },
        // Before the point the zeros come back; the product is no longer than the number was.
        Err(_) => Decimal::integer(whole * POWERS[drop - usize::from(decimal.scale)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::number;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn digits_are_cut_off_towards_zero() {
        for (field, places, expected) in [
            ("2.99", "0", "2"),
            ("-2.99", "0", "-2"),
            ("2.999", "2", "2.99"),
            ("1999", "-2", "1900"),
            ("-1999.5", "-3", "-1000"),
            ("7", "-9", "0"),
            ("7", "9", "7"),
            ("", "0", "NULL"),
        ] {
            check((TRUNC.bind)(vec![column(0, Type::Dynamic), number(places).unwrap()]), &[field], expected);
        }
        check((TRUNC.bind)(vec![column(0, Type::Dynamic)]), &["-1.5e300"], "-1.5e300");
    }
}
