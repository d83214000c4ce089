//! `=`, `<`, `IS DISTINCT FROM` and their kin.
//!
//! The obvious way orders each pair of values. Departures, for what filters are made of: a column against a constant keeps the
//! constant out of the loop, and equality of text looks at bytes without ordering them.

use std::cmp::Ordering;

use bumpalo::Bump;

use super::unify::unify;
use crate::exprs::expr::{Expr, Operand, Scalar};
use crate::exprs::lanewise::{map, zip};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, compare as order, number};

/// `=`, `<>`, `<`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`, `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IS DISTINCT FROM`
    Distinct,
    /// `IS NOT DISTINCT FROM`
    NotDistinct,
}

impl Comparison {
    /// How a question writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::NotEqual => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Distinct => "IS DISTINCT FROM",
            Comparison::NotDistinct => "IS NOT DISTINCT FROM",
        }
    }

    /// The orders of left and right for which it is true, as bits: less 1, equal 2, greater 4.
    fn truth(self) -> u8 {
        match self {
            Comparison::Equal | Comparison::NotDistinct => 2,
            Comparison::NotEqual | Comparison::Distinct => 5,
            Comparison::Less => 1,
            Comparison::LessOrEqual => 3,
            Comparison::Greater => 4,
            Comparison::GreaterOrEqual => 6,
        }
    }
}

/// `left op right`.
pub fn compare(op: Comparison, left: Typed, right: Typed) -> Result<Typed, Misuse> {
    let text = format!("{} {} {}", left.text, op.sign(), right.text);
    let types = (left.ty, right.ty);
    let (values, mut ty) =
        unify(vec![left, right]).map_err(|misuse| Misuse { what: format!("{text}: {}", misuse.what), ..misuse })?;
    if matches!(types, (Type::Dynamic, Type::Text) | (Type::Text, Type::Dynamic)) {
        ty = Type::Text;
    }
    match op {
        Comparison::Distinct | Comparison::NotDistinct => {
            Typed::call(Distinct { ty, yes: op == Comparison::Distinct }, values, Type::Boolean, text)
        }
        _ => {
            // A constant is looked for on the right.
            let mirrored = matches!(values[0].expr, Expr::Constant(_));
            let truth = op.truth();
            let truth = if mirrored { truth & 2 | truth >> 2 & 1 | truth << 2 & 4 } else { truth };
            let values = if mirrored { values.into_iter().rev().collect() } else { values };
            Typed::call(Compare { ty, truth }, values, Type::Boolean, text)
        }
    }
}

/// True for some of the three orders, NULL beside NULL.
#[derive(Debug)]
struct Compare {
    ty: Type,
    truth: u8,
}

impl Compare {
    #[inline]
    fn holds(&self, order: Ordering) -> Value<'static> {
        let bit = match order {
            Ordering::Less => 1,
            Ordering::Equal => 2,
            Ordering::Greater => 4,
        };
        Value::Boolean(self.truth & bit != 0)
    }
}

impl Scalar for Compare {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        let (left, right) = (args[0], args[1]);
        // Dynamic values are equal when their bytes are, as text is.
        let of_text = matches!(self.ty, Type::Text | Type::Dynamic);
        if of_text && matches!(self.truth, 2 | 5) {
            let equal = self.truth == 2;
            return match right {
                Operand::Constant(Value::Text(right)) => map(left, lanes, out, |_, left| {
                    Value::Boolean(matches!(left, Value::Text(left) if left == right) == equal)
                }),
                _ => zip(left, right, lanes, out, |_, left, right| {
                    Value::Boolean(
                        matches!((left, right), (Value::Text(left), Value::Text(right)) if left == right) == equal,
                    )
                }),
            };
        }
        match right {
            Operand::Constant(right @ Value::Short { mantissa, scale }) => {
                // The constant at the scale that the column has, which hardly ever changes.
                let mut at = (scale, Some(mantissa));
                map(left, lanes, out, |_, left| match left {
                    Value::Short { mantissa: digits, scale: of_left } => {
                        if at.0 != of_left {
                            at = (of_left, at_scale(mantissa, scale, of_left));
                        }
                        self.holds(at.1.map_or_else(|| order(self.ty, left, right), |right| digits.cmp(&right)))
                    }
                    _ => self.holds(order(self.ty, left, right)),
                });
            }
            Operand::Constant(Value::Date(right)) => map(left, lanes, out, |_, left| match left {
                Value::Date(left) => self.holds(left.cmp(&right)),
                _ => Value::Null,
            }),
            Operand::Constant(Value::Timestamp(right)) => map(left, lanes, out, |_, left| match left {
                Value::Timestamp(left) => self.holds(left.cmp(&right)),
                _ => Value::Null,
            }),
            _ => zip(left, right, lanes, out, |_, left, right| self.holds(order(self.ty, left, right))),
        }
    }

    fn orders_texts(&self) -> Option<u8> {
        // As in `eval`.
        let by_bytes = self.ty == Type::Text || (self.ty == Type::Dynamic && matches!(self.truth, 2 | 5));
        by_bytes.then_some(self.truth)
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        Some(Box::new(Compare { ty: self.ty, truth: !self.truth & 7 }))
    }
}

/// `mantissa · 10^-scale` with another scale, if 64 bits hold that exactly.
fn at_scale(mantissa: i64, scale: u8, other: u8) -> Option<i64> {
    let power = i64::try_from(number::POWERS[usize::from(scale.abs_diff(other))]).ok()?;
    if other >= scale { mantissa.checked_mul(power) } else { (mantissa % power == 0).then(|| mantissa / power) }
}

/// `IS [NOT] DISTINCT FROM`: NULL is a value like others here.
#[derive(Debug)]
struct Distinct {
    ty: Type,
    yes: bool,
}

impl Scalar for Distinct {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        for &lane in lanes {
            let (left, right) = (args[0].at(lane), args[1].at(lane));
            let same = match (left.is_null(), right.is_null()) {
                (false, false) => order(self.ty, left, right).is_eq(),
                (left, right) => left == right,
            };
            out[lane as usize] = Value::Boolean(same != self.yes);
        }
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        Some(Box::new(Distinct { ty: self.ty, yes: !self.yes }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{boolean, date, not, null, number, text};
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use Comparison::*;

    #[test]
    fn a_dynamic_value_beside_a_number_is_a_number_and_beside_text_is_text() {
        for (field, op, literal, expected) in [
            ("10", Greater, number("9").unwrap(), "true"),
            ("10", Greater, text("9"), "false"),
            ("1.0", Equal, number("1").unwrap(), "true"),
            ("1.0", Equal, text("1"), "false"),
            ("007", LessOrEqual, number("7").unwrap(), "true"),
            ("abc", Greater, number("9").unwrap(), "!number"),
            ("", Equal, number("9").unwrap(), "NULL"),
            ("2021-02-24T23:00:00Z", Less, date("2021-02-25").unwrap(), "true"),
            ("x", NotEqual, null(), "NULL"),
            ("x", Distinct, null(), "true"),
            ("", NotDistinct, null(), "true"),
            ("no", Equal, boolean(false), "true"),
        ] {
            check(compare(op, column(0, Type::Dynamic), literal), &[field], expected);
        }
    }

    #[test]
    fn sides_may_be_swapped_and_comparisons_negated() {
        for (op, mirrored) in [
            (Less, Greater),
            (LessOrEqual, GreaterOrEqual),
            (Equal, Equal),
            (NotEqual, NotEqual),
            (Greater, Less),
            (GreaterOrEqual, LessOrEqual),
        ] {
            for (field, order) in
                [("1", Ordering::Less), ("2", Ordering::Equal), ("2.00", Ordering::Equal), ("3", Ordering::Greater)]
            {
                let expected = match op {
                    Less => order.is_lt(),
                    LessOrEqual => order.is_le(),
                    Equal => order.is_eq(),
                    NotEqual => order.is_ne(),
                    Greater => order.is_gt(),
                    _ => order.is_ge(),
                };
                let (yes, no) = if expected { ("true", "false") } else { ("false", "true") };
                let two = || number("2").unwrap();
                check(compare(op, column(0, Type::Dynamic), two()), &[field], yes);
                check(compare(mirrored, two(), column(0, Type::Dynamic)), &[field], yes);
                check(not(compare(op, column(0, Type::Dynamic), two()).unwrap()), &[field], no);
                check(
                    compare(op, column(0, Type::Number), column(1, Type::Number)),
                    &[&format!("n:{field}"), "n:2"],
                    yes,
                );
            }
        }
    }

    #[test]
    fn two_dynamic_columns_are_compared_in_the_dynamic_order() {
        for (a, op, b, expected) in [
            ("9", Less, "10", "true"),
            ("9", Less, "a", "true"),
            ("1", Equal, "1.0", "false"),
            ("1", Less, "1.0", "true"),
        ] {
            check(compare(op, column(0, Type::Dynamic), column(1, Type::Dynamic)), &[a, b], expected);
        }
    }

    #[test]
    fn a_date_is_compared_with_a_literal_as_what_the_literal_is() {
        let with = |literal| compare(Less, column(0, Type::Date), text(literal));
        check(with("2021-02-24"), &["d:2021-02-24"], "false");
        check(with("2021-02-24 12:00"), &["d:2021-02-24"], "true");
        assert_eq!(misuse(with("soon")), "c0 < 'soon': \"soon\" is no date");
        let misused = misuse(compare(Greater, column(0, Type::Text), number("3").unwrap()));
        assert_eq!(misused, "c0 > 3: \"3\" is a number, beside a text: CAST(c0 AS number)");
    }
}
