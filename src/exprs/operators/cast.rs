//! A value as another type: because an operation demands it, or because the question casts it.

use bumpalo::Bump;

use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::{map, map_text};
use crate::exprs::number::{self, Number};
use crate::exprs::time::Span;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, boolean, time, write};

/// `value` as a `ty`, where an operation demands it; what is none is a bad value naming the column.
pub fn demand(value: Typed, ty: Type) -> Result<Typed, Misuse> {
    use Type::*;
    match (value.ty, ty) {
        (from, _) if from == ty => Ok(value),
        (Dynamic, _) | (_, Text | Dynamic) | (Null, _) | (Date, Timestamp) | (Interval(_), _) => cast(value, ty, false),
        (Text, _) if value.as_literal().is_some() => cast(value, ty, false),
        (from, _) => {
            let way_out = if castable(from, ty) { format!("CAST({} AS {ty})", value.text) } else { String::new() };
            Err(Misuse::new(
                format!("{} is a {from}, where {} {ty} is demanded", quoted(value.text.as_bytes()), article(ty)),
                way_out,
            ))
        }
    }
}

/// `CAST(value AS ty)`; with `attempt`, `TRY_CAST`: NULL where it is none.
pub fn cast(value: Typed, ty: Type, attempt: bool) -> Result<Typed, Misuse> {
    use Type::*;
    let column = value.text.clone();
    let text = value.text.clone();
    match (value.ty, ty) {
        (from, _) if from == ty => Ok(value),
        // Every dynamic value is text already, and NULL is of every type.
        (Dynamic, Text) | (Text, Dynamic) | (Null, _) => Ok(Typed { ty, ..value }),
        (Interval(Span::Day), Interval(Span::Microsecond)) => super::interval::in_microseconds(value),
        (Interval(_), _) => Err(super::interval::refused(&value)),
        (_, Text | Dynamic) => Typed::call(Print, vec![value], ty, text),
        (Text, Interval(_)) if value.as_literal().is_some() => super::interval::literal(&value, ty),
        (Dynamic | Text, Number | Date | Timestamp | Boolean) => {
            Typed::call(Parse { to: ty, attempt, column }, vec![value], ty, text)
        }
        (from, _) if castable(from, ty) => Typed::call(Convert { to: ty }, vec![value], ty, text),
        (from, _) => Err(Misuse::new(format!("a {from} cannot be cast to {ty}"), "cast it to text first")),
    }
}

fn article(ty: Type) -> &'static str {
    if matches!(ty, Type::Interval(_)) { "an" } else { "a" }
}

/// Whether a value that is no text has a meaning as the other type.
fn castable(from: Type, to: Type) -> bool {
    use Type::*;
    let is_interval = matches!((from, to), (Interval(_), _) | (_, Interval(_)));
    let converts = matches!(
        (from, to),
        (Text | Dynamic, _) | (_, Text) | (Date, Timestamp) | (Timestamp, Date) | (Boolean, Number)
    );
    converts && !is_interval
}

/// Text to a number, date, timestamp or boolean.
#[derive(Debug)]
struct Parse {
    to: Type,
    attempt: bool,
    column: Box<str>,
}

impl Scalar for Parse {
    fn reads_as(&self) -> Option<Type> {
        (!self.attempt).then_some(self.to)
    }

    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut bad = |lane, text: &[u8]| {
            if !self.attempt {
                troubles.bad(lane, self.to, &self.column, text);
            }
            Value::Null
        };
        match self.to {
            Type::Number => map_text(args[0], lanes, out, |lane, text| {
                number::parse_value(text, arena).unwrap_or_else(|| bad(lane, text))
            }),
            Type::Date => map_text(args[0], lanes, out, |lane, text| {
                time::parse_date(text).map_or_else(|| bad(lane, text), Value::Date)
            }),
            Type::Timestamp => map_text(args[0], lanes, out, |lane, text| {
                time::parse_timestamp(text).map_or_else(|| bad(lane, text), Value::Timestamp)
            }),
            _ => map_text(args[0], lanes, out, |lane, text| {
                boolean::parse(text).map_or_else(|| bad(lane, text), Value::Boolean)
            }),
        }
    }
}

/// Anything to its text.
#[derive(Debug)]
struct Print;

impl Scalar for Print {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        let mut text = Vec::new();
        map(args[0], lanes, out, |_, value| {
            text.clear();
            write(value, &mut text);
            Value::Text(arena.alloc_slice_copy(&text))
        });
    }
}

/// Between types that are no text.
#[derive(Debug)]
struct Convert {
    to: Type,
}

impl Scalar for Convert {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map(args[0], lanes, out, |_, value| match (value, self.to) {
            (Value::Date(date), Type::Timestamp) => Value::Timestamp(time::midnight(date)),
            (Value::Timestamp(timestamp), Type::Date) => Value::Date(time::day_of(timestamp)),
            (Value::Boolean(boolean), Type::Number) => Value::integer(boolean.into()),
            (value, _) => Number::of(value).map_or(Value::Null, |number| number.value(arena)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{null, number, text};
    use super::*;
    use crate::exprs::Expr;
    use crate::exprs::operators::testing::{check, column, misuse, troubles};

    #[test]
    fn a_dynamic_value_is_parsed_where_another_type_is_demanded() {
        for (ty, field, expected) in [
            (Type::Number, "007.50", "7.5"),
            (Type::Number, "1e400", "!number"),
            (Type::Number, "12345678901234567890", "12345678901234567890"),
            (Type::Date, "2021-02-24T09:23:35+00:00", "2021-02-24"),
            (Type::Date, "24.02.2021", "!date"),
            (Type::Timestamp, "2021-02-24", "2021-02-24T00:00:00Z"),
            (Type::Boolean, "Yes", "true"),
            (Type::Boolean, "maybe", "!boolean"),
            (Type::Text, " as it is ", " as it is "),
            (Type::Number, "", "NULL"),
        ] {
            check(demand(column(0, Type::Dynamic), ty), &[field], expected);
        }
        assert!(matches!(demand(column(0, Type::Dynamic), Type::Text).unwrap().expr, Expr::Column(0)));
    }

    #[test]
    fn a_bad_value_names_its_column_and_a_tried_cast_is_null() {
        let bad = troubles(&demand(column(0, Type::Dynamic), Type::Number).unwrap(), &["x"]);
        assert!(format!("{bad:?}").contains("column: \"c0\""), "{bad:?}");
        check(cast(column(0, Type::Text), Type::Number, true), &["x"], "NULL");
        check(cast(column(0, Type::Text), Type::Number, false), &["+5"], "5");
    }

    #[test]
    fn a_declared_text_is_no_number_without_a_cast() {
        assert_eq!(
            misuse(demand(column(0, Type::Text), Type::Number)),
            "\"c0\" is a text, where a number is demanded: CAST(c0 AS number)"
        );
        assert_eq!(misuse(demand(column(0, Type::Number), Type::Date)), "\"c0\" is a number, where a date is demanded");
        assert_eq!(
            misuse(cast(column(0, Type::Number), Type::Date, false)),
            "a number cannot be cast to date: cast it to text first"
        );
    }

    #[test]
    fn literals_are_cast_when_the_question_is_bound() {
        check(demand(text("2021-02-24"), Type::Date), &[], "2021-02-24");
        assert_eq!(misuse(demand(text("tomorrow"), Type::Date)), "\"tomorrow\" is no date");
        check(demand(null(), Type::Date), &[], "NULL");
        check(demand(number("1.50").unwrap(), Type::Text), &[], "1.5");
        assert!(matches!(demand(text("5"), Type::Number).unwrap().expr, Expr::Constant(_)));
    }
}
