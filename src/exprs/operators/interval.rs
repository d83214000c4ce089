//! Arithmetic with days, instants and intervals.
//!
//! | | | gives |
//! |---|---|---|
//! | date ± number | | the date so many days later or earlier |
//! | date − date | | the days between, a number |
//! | date or timestamp ± interval | | a timestamp |
//! | timestamp − date or timestamp | | an interval of microseconds |
//! | interval ± interval | both months, or neither | an interval |
//! | interval · number | | an interval |
//!
//! An interval is a whole number of the [`Span`] that its type names, so that its arithmetic is that of numbers. It is no value
//! of an answer: `extract(epoch FROM …)` makes seconds of it.

use bumpalo::Bump;

use super::arithmetic::{Arithmetic, arithmetic as of_numbers};
use super::cast::demand;
use super::literal::number;
use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::functions::whole;
use crate::exprs::lanewise::zip;
use crate::exprs::time::{self, Interval, NoInterval, Span};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value};

/// `INTERVAL 'text'`, or with a unit `INTERVAL number unit`.
pub fn interval(value: Typed, unit: Option<&str>) -> Result<Typed, Misuse> {
    let Some(unit) = unit else {
        let text = String::from_utf8_lossy(value.as_literal().unwrap_or(value.text.as_bytes())).into_owned();
        return spelt(&text);
    };
    let one = Interval::unit(unit).ok_or_else(|| unknown(unit))?;
    if let Some(digits) = value.as_literal() {
        return spelt(&format!("{} {unit}", String::from_utf8_lossy(digits)));
    }
    let text = format!("INTERVAL ({}) {unit}", value.text);
    let count = of_numbers(Arithmetic::Multiply, demand(value, Type::Number)?, number(&one.count.to_string())?)?;
    Ok(Typed { ty: Type::Interval(one.span), text: text.into(), ..count })
}

/// A text literal where an interval of any span is demanded.
pub(super) fn literal(value: &Typed, _: Type) -> Result<Typed, Misuse> {
    spelt(&String::from_utf8_lossy(value.as_literal().unwrap_or_default()))
}

fn spelt(text: &str) -> Result<Typed, Misuse> {
    let interval = Interval::parse(text).map_err(|reason| match reason {
        NoInterval::Unknown => unknown(text),
        NoInterval::Mixed => Misuse::new(
            format!("interval '{text}' has months and days, which have no common measure"),
            "add one after the other: x + INTERVAL '1 month' + INTERVAL '2 days'",
        ),
    })?;
    Ok(Typed::constant(Value::integer(interval.count), Type::Interval(interval.span), format!("INTERVAL '{text}'")))
}

fn unknown(text: &str) -> Misuse {
    Misuse::new(
        format!("{} is no interval", quoted(text.as_bytes())),
        "write it as '10 minutes', '1 day' or '2 months'",
    )
}

/// Why an interval is not what is demanded.
pub(super) fn refused(value: &Typed) -> Misuse {
    let way_out = format!("write extract(epoch FROM {}), its seconds, or add it to a time", value.text);
    Misuse::new(format!("{} is an interval, which is no value by itself", quoted(value.text.as_bytes())), way_out)
}

/// Days as microseconds, 24 hours each.
pub(super) fn in_microseconds(value: Typed) -> Result<Typed, Misuse> {
    let text = value.text.clone();
    let (value, _) = as_number(value);
    let micros = of_numbers(Arithmetic::Multiply, value, number(&time::DAY.to_string())?)?;
    Ok(Typed { ty: Type::Interval(Span::Microsecond), text, ..micros })
}

/// The interval as the number that it is, and its type.
pub(super) fn as_number(value: Typed) -> (Typed, Type) {
    let ty = value.ty;
    (Typed { ty: Type::Number, ..value }, ty)
}

/// `left op right`, where one of them is a time or an interval.
pub(super) fn arithmetic(op: Arithmetic, left: Typed, right: Typed) -> Result<Typed, Misuse> {
    use Arithmetic::*;
    use Type::{Date, Dynamic, Number, Text, Timestamp};
    let text: Box<str> = format!("{} {} {}", left.text, op.sign(), right.text).into();
    let is_literal = |side: &Typed| side.as_literal().is_some();
    match (op, left.ty, right.ty) {
        (Add, Type::Interval(_), Date | Timestamp | Dynamic) => {
            arithmetic(op, right, left).map(|sum| Typed { text, ..sum })
        }
        (Add | Subtract, Date | Timestamp | Dynamic | Text, Type::Interval(span)) => {
            let time = demand(left, Timestamp)?;
            let (count, _) = as_number(right);
            shift(op, span, time, count, text)
        }
        (Subtract, Date, Text) if is_literal(&right) => arithmetic(op, left, demand(right, Date)?),
        (Subtract, Timestamp, Text) if is_literal(&right) => arithmetic(op, left, demand(right, Timestamp)?),
        (Subtract, Text, Date | Timestamp) if is_literal(&left) => {
            let ty = right.ty;
            arithmetic(op, demand(left, ty)?, right)
        }
        (Subtract, Date, Date) => Typed::call(Between, vec![left, right], Number, text),
        (Subtract, Date | Timestamp, Date | Timestamp) => {
            let ty = Type::Interval(Span::Microsecond);
            Typed::call(Between, vec![demand(left, Timestamp)?, demand(right, Timestamp)?], ty, text)
        }
        (Add | Subtract, Date, Number) => {
            Typed::call(DaysLater { op, text: text.clone() }, vec![left, right], Date, text)
        }
        (Add, Number, Date) => arithmetic(op, right, left).map(|sum| Typed { text, ..sum }),
        (Add | Subtract, Type::Interval(_), Type::Interval(_)) => {
            let (mut sides, ty) = super::unify(vec![left, right])?;
            let (Some(right), Some(left)) = (sides.pop(), sides.pop()) else { return Err(no_meaning(op, &text)) };
            let sum = of_numbers(op, as_number(left).0, as_number(right).0)?;
            Ok(Typed { ty, text, ..sum })
        }
        (Multiply, Type::Interval(_), Number) => {
            let (interval, ty) = as_number(left);
            Ok(Typed { ty, text, ..of_numbers(op, interval, right)? })
        }
        (Multiply, Number, Type::Interval(_)) => arithmetic(op, right, left).map(|product| Typed { text, ..product }),
        _ => Err(no_meaning(op, &text)),
    }
}

fn no_meaning(op: Arithmetic, text: &str) -> Misuse {
    let way_out = match op {
        Arithmetic::Add | Arithmetic::Subtract => {
            "a time takes INTERVAL '1 month' or, a date, a number of days; CAST says what an undeclared column is"
        }
        _ => "take a number out of a time with extract(… FROM x)",
    };
    Misuse::new(format!("{} has no meaning for times", quoted(text.as_bytes())), way_out)
}

fn shift(op: Arithmetic, span: Span, time: Typed, count: Typed, text: Box<str>) -> Result<Typed, Misuse> {
    Typed::call(Shift { op, span, text: text.clone() }, vec![time, count], Type::Timestamp, text)
}

/// A time so many spans later.
#[derive(Debug)]
struct Shift {
    op: Arithmetic,
    span: Span,
    text: Box<str>,
}

impl Scalar for Shift {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        zip(args[0], args[1], lanes, out, |lane, time, count| {
            let Value::Timestamp(timestamp) = time else { return Value::Null };
            let Some(count) = whole(count) else {
                troubles.failed(lane, format!("{}: an interval is a whole number of its unit", self.text));
                return Value::Null;
            };
            let interval = Interval { count, span: self.span };
            let interval = if self.op == Arithmetic::Subtract { interval.negated() } else { interval };
            later(interval.after(timestamp).map(Value::Timestamp), lane, &self.text, troubles)
        });
    }
}

/// A date so many days later.
#[derive(Debug)]
struct DaysLater {
    op: Arithmetic,
    text: Box<str>,
}

impl Scalar for DaysLater {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        zip(args[0], args[1], lanes, out, |lane, date, count| {
            let Value::Date(date) = date else { return Value::Null };
            let Some(count) = whole(count) else {
                troubles.failed(lane, format!("{}: days are a whole number", self.text));
                return Value::Null;
            };
            let days = Interval { count, span: Span::Day };
            let days = if self.op == Arithmetic::Subtract { days.negated() } else { days };
            later(days.after_date(date).map(Value::Date), lane, &self.text, troubles)
        });
    }
}

fn later<'a>(time: Option<Value<'a>>, lane: u32, text: &str, troubles: &mut Troubles) -> Value<'a> {
    time.unwrap_or_else(|| {
        troubles.failed(lane, format!("{text}: the result passes the years −9999 to 9999"));
        Value::Null
    })
}

/// From one time to another.
#[derive(Debug)]
struct Between;

impl Scalar for Between {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        zip(args[0], args[1], lanes, out, |_, to, from| match (to, from) {
            (Value::Date(to), Value::Date(from)) => Value::integer(i64::from(to) - i64::from(from)),
            // Times of the years −9999 to 9999 are far from the ends of 64 bits.
            (Value::Timestamp(to), Value::Timestamp(from)) => Value::integer(to.saturating_sub(from)),
            _ => Value::Null,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{compare, text};
    use super::*;
    use crate::exprs::operators::Comparison;
    use crate::exprs::operators::testing::{check, column, misuse};
    use Arithmetic::*;

    fn span(spelling: &str) -> Typed {
        interval(text(spelling), None).unwrap()
    }

    #[test]
    fn times_move_by_intervals_and_days() {
        for (ty, field, op, by, expected) in [
            (Type::Date, "d:2024-01-31", Add, "1 month", "2024-02-29T00:00:00Z"),
            (Type::Timestamp, "t:2024-03-31T12:00:00Z", Subtract, "1 month", "2024-02-29T12:00:00Z"),
            (Type::Timestamp, "t:2024-02-28T23:55:00Z", Add, "10 minutes", "2024-02-29T00:05:00Z"),
            (Type::Dynamic, "2024-02-28", Add, "1 day 1 hour", "2024-02-29T01:00:00Z"),
            (Type::Dynamic, "", Add, "1 day", "NULL"),
            (Type::Dynamic, "soon", Add, "1 day", "!timestamp"),
        ] {
            check(arithmetic(op, column(0, ty), span(by)), &[field], expected);
        }
        check(arithmetic(Add, column(0, Type::Date), number("2").unwrap()), &["d:2024-02-28"], "2024-03-01");
        check(
            arithmetic(Subtract, column(0, Type::Date), column(1, Type::Number)),
            &["d:2024-03-01", "n:1"],
            "2024-02-29",
        );
        check(
            arithmetic(Add, column(0, Type::Date), number("0.5").unwrap()),
            &["d:2024-02-28"],
            "!c0 + 0.5: days are a whole number",
        );
        check(
            arithmetic(Add, column(0, Type::Date), number("9999999").unwrap()),
            &["d:2024-02-28"],
            "!c0 + 9999999: the result passes the years −9999 to 9999",
        );
    }

    #[test]
    fn between_times_lie_days_or_an_interval() {
        let days = arithmetic(Subtract, column(0, Type::Date), text("2024-01-01"));
        check(days, &["d:2024-03-01"], "60");
        let lasted = || arithmetic(Subtract, column(0, Type::Timestamp), column(1, Type::Timestamp)).unwrap();
        let fields = ["t:2024-03-01T00:00:00Z", "t:2024-02-29T22:30:00Z"];
        check(compare(Comparison::Greater, lasted(), span("1 hour")), &fields, "true");
        check(compare(Comparison::Greater, lasted(), span("1 day")), &fields, "false");
        let twice = of_numbers(Multiply, number("2").unwrap(), lasted());
        check(arithmetic(Add, column(0, Type::Timestamp), twice.unwrap()), &fields, "2024-03-01T03:00:00Z");
    }

    #[test]
    fn intervals_are_written_in_two_ways_and_refused_as_values() {
        let weeks = interval(column(1, Type::Number), Some("week")).unwrap();
        check(arithmetic(Add, column(0, Type::Date), weeks), &["d:2024-02-22", "n:1"], "2024-02-29T00:00:00Z");
        let minute = interval(text("90"), Some("minute")).unwrap();
        check(arithmetic(Add, column(0, Type::Date), minute), &["d:2024-02-22"], "2024-02-22T01:30:00Z");
        for (told, expected) in [
            (
                interval(text("1 fortnight"), None),
                "\"1 fortnight\" is no interval: write it as '10 minutes', '1 day' or '2 months'",
            ),
            (
                demand(span("1 day"), Type::Number),
                "\"INTERVAL '1 day'\" is an interval, which is no value by itself: write extract(epoch FROM INTERVAL '1 day'), its seconds, or add it to a time",
            ),
        ] {
            assert_eq!(misuse(told), expected);
        }
        assert!(misuse(interval(text("1 month 2 days"), None)).contains("no common measure"));
        assert!(
            misuse(arithmetic(Multiply, column(0, Type::Date), number("2").unwrap()))
                .contains("has no meaning for times")
        );
        assert!(misuse(compare(Comparison::Less, span("1 month"), span("30 days"))).contains("interval"));
    }
}
