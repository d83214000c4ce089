//! `make_date`, `last_day`, `date_diff`: days of the calendar made, found and counted.

use bumpalo::Bump;

use super::rowwise::{self, Why, whole};
use super::{Function, constant_text, required};
use crate::error::quoted;
use crate::exprs::time::{self, DAY, Part, Unit};
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const MAKE_DATE: Function = Function {
    name: "make_date",
    signature: "make_date(year, month, day)",
    doc: "The date of that year, month and day.",
    bind: |args| rowwise::bind(args, MAKE_DATE.signature, &[Type::Number; 3], 3, Type::Date, make_date),
};

pub(super) const LAST_DAY: Function = Function {
    name: "last_day",
    signature: "last_day(time)",
    doc: "The last day of the month in which the date or timestamp lies.",
    bind: |args| {
        rowwise::bind(args, LAST_DAY.signature, &[Type::Date], 1, Type::Date, |values, _| {
            let Value::Date(date) = values[0] else { return Ok(Value::Null) };
            let (year, month, _) = time::civil(date);
            Ok(Value::Date(time::days(year, month, time::days_in_month(year, month))))
        })
    },
};

pub(super) const DATE_DIFF: Function = Function {
    name: "date_diff",
    signature: "date_diff(unit, from, to)",
    doc: "How many times the unit ('day', 'week', 'month', …) begins anew from the one time to the other.",
    bind: |args| {
        let [unit, from, to] = required(args, DATE_DIFF.signature)?;
        let name = String::from_utf8_lossy(constant_text(&unit, "the unit")?).into_owned();
        let Some((_, row)) = Unit::named(&name).and_then(|unit| ROWS.iter().find(|(known, _)| *known == unit)) else {
            let known = Unit::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(Misuse::new(format!("{} is no unit of time", quoted(name.as_bytes())), known));
        };
        let text = format!("date_diff('{name}', {}, {})", from.text, to.text).into();
        let times = [from, to].into_iter().map(|time| operators::demand(time, Type::Timestamp));
        let times = times.collect::<Result<Vec<_>, _>>()?;
        Ok(Typed { text, ..rowwise::bind(times, DATE_DIFF.signature, &[Type::Timestamp; 2], 2, Type::Number, *row)? })
    },
};

fn make_date<'a>(values: &[Value<'a>], _: &'a Bump) -> Result<Value<'a>, Why> {
    let part = |i: usize| Ok::<_, Why>(i32::try_from(whole(values[i])?).unwrap_or(i32::MAX));
    let (year, month, day) = (part(0)?, part(1)?, part(2)?);
    let exists = (1..=9999).contains(&year) && (1..=12).contains(&month);
    if !exists || !(1..=time::days_in_month(year, month)).contains(&day) {
        return Err(Why::Failed(format!("there is no day {day} of month {month} of {year}")));
    }
    Ok(Value::Date(time::days(year, month, day)))
}

const ROWS: [(Unit, rowwise::Row); 12] = [
    (Unit::Century, |values, _| days(values, |date| time::date_part(Part::Century, date))),
    (Unit::Decade, |values, _| days(values, |date| time::date_part(Part::Decade, date))),
    (Unit::Year, |values, _| days(values, |date| time::date_part(Part::Year, date))),
    (Unit::Quarter, |values, _| days(values, |date| months(date).div_euclid(3))),
    (Unit::Month, |values, _| days(values, months)),
    (Unit::Week, |values, _| days(values, |date| i64::from(time::truncate_date(Unit::Week, date) + 3).div_euclid(7))),
    (Unit::Day, |values, _| days(values, i64::from)),
    (Unit::Hour, |values, _| micros(values, 3_600_000_000)),
    (Unit::Minute, |values, _| micros(values, 60_000_000)),
    (Unit::Second, |values, _| micros(values, 1_000_000)),
    (Unit::Millisecond, |values, _| micros(values, 1000)),
    (Unit::Microsecond, |values, _| micros(values, 1)),
];

fn months(date: i32) -> i64 {
    let (year, month, _) = time::civil(date);
    i64::from(year) * 12 + i64::from(month) - 1
}

fn days<'a>(values: &[Value<'a>], number: fn(i32) -> i64) -> Result<Value<'a>, Why> {
    let (Value::Timestamp(from), Value::Timestamp(to)) = (values[0], values[1]) else { return Ok(Value::Null) };
    Ok(Value::integer(number(time::day_of(to)) - number(time::day_of(from))))
}

/// Units below a day begin where clocks show it; offsets of zones are whole minutes nearly always.
fn micros<'a>(values: &[Value<'a>], unit: i64) -> Result<Value<'a>, Why> {
    let (Value::Timestamp(from), Value::Timestamp(to)) = (values[0], values[1]) else { return Ok(Value::Null) };
    debug_assert!(unit <= DAY);
    Ok(Value::integer(to.div_euclid(unit) - from.div_euclid(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use crate::exprs::operators::text;

    #[test]
    fn dates_are_made_where_the_calendar_has_them() {
        let made = || (0..3).map(|slot| column(slot, Type::Dynamic)).collect();
        check((MAKE_DATE.bind)(made()), &["2024", "2", "29"], "2024-02-29");
        check(
            (MAKE_DATE.bind)(made()),
            &["2023", "2", "29"],
            "!make_date(c0, c1, c2): there is no day 29 of month 2 of 2023",
        );
        check((LAST_DAY.bind)(vec![column(0, Type::Dynamic)]), &["2024-02-03T12:00:00Z"], "2024-02-29");
    }

    #[test]
    fn a_difference_counts_beginnings() {
        for (unit, from, to, expected) in [
            ("year", "2023-12-31", "2024-01-01", "1"),
            ("months", "2024-01-31", "2024-02-01", "1"),
            ("quarter", "2024-01-31", "2024-03-31", "0"),
            ("week", "2024-02-25", "2024-02-26", "1"),
            ("day", "2024-02-29T23:59:59Z", "2024-03-01", "1"),
            ("hour", "2024-02-29T23:59:59Z", "2024-03-01", "1"),
            ("second", "2024-03-01", "2024-02-29", "-86400"),
            ("decade", "1999-12-31", "2000-01-01", "1"),
        ] {
            let args = vec![text(unit), column(0, Type::Dynamic), column(1, Type::Dynamic)];
            check((DATE_DIFF.bind)(args), &[from, to], expected);
        }
        let told = misuse((DATE_DIFF.bind)(vec![text("dow"), text("2024-01-01"), text("2024-01-01")]));
        assert!(told.starts_with("\"dow\" is no unit of time: century"), "{told}");
    }
}
