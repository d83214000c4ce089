//! `time_bucket`: where the bucket of a time begins, all buckets being of one width.
//!
//! Buckets are laid from an origin: as in DuckDB and TimescaleDB 2000-01-03, a Monday, for widths of days and less, 2000-01-01
//! for months. So a bucket of ten minutes, an hour, a day begins where one since 1970 would, a week on a Monday, a quarter in
//! January.

use bumpalo::Bump;

use super::{Function, optional, whole};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::time::{self, DAY, Interval, Span, zone};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const TIME_BUCKET: Function = Function {
    name: "time_bucket",
    signature: "time_bucket(width, time[, origin])",
    doc: "Where the bucket of the time begins, buckets of an interval each being laid from the origin (Monday 2000-01-03).",
    bind: |args| {
        let ([width, value], origin) = optional(args, TIME_BUCKET.signature)?;
        let text = match &origin {
            Some(origin) => format!("time_bucket({}, {}, {})", width.text, value.text, origin.text),
            None => format!("time_bucket({}, {})", width.text, value.text),
        };
        let width = width_of(width)?;
        let keeps_dates = width.span != Span::Microsecond && value.ty == Type::Date;
        let ty = if keeps_dates { Type::Date } else { Type::Timestamp };
        let value = operators::demand(value, Type::Timestamp)?;
        let bucket = Bucket { width, origin: origin_of(origin, width.span)?, ty };
        Typed::call(bucket, vec![value], ty, text)
    },
};

fn width_of(width: Typed) -> Result<Interval, Misuse> {
    let text = width.text.clone();
    let width = match width.ty {
        Type::Interval(_) => width,
        _ => operators::demand(width, Type::Interval(Span::Day))?,
    };
    let (Type::Interval(span), Some(count)) = (width.ty, width.as_constant().and_then(whole)) else {
        return Err(Misuse::new(format!("the width {text} differs by row"), "write it out: INTERVAL '10 minutes'"));
    };
    if count <= 0 {
        return Err(Misuse::new(format!("the width {text} is not above 0"), "write it as INTERVAL '10 minutes'"));
    }
    Ok(Interval { count, span })
}

/// What the zone's clocks show at the origin.
fn origin_of(origin: Option<Typed>, span: Span) -> Result<i64, Misuse> {
    let Some(origin) = origin else {
        return Ok(DAY * i64::from(time::days(2000, 1, if span == Span::Month { 1 } else { 3 })));
    };
    let text = origin.text.clone();
    match operators::demand(origin, Type::Timestamp)?.as_constant() {
        Some(Value::Timestamp(timestamp)) => Ok(zone::local(timestamp)),
        _ => Err(Misuse::new(format!("the origin {text} differs by row"), "write it out: TIMESTAMP '2000-01-01'")),
    }
}

#[derive(Debug)]
struct Bucket {
    width: Interval,
    origin: i64,
    ty: Type,
}

impl Bucket {
    /// Where the bucket of what clocks show begins, as they show it.
    fn start(&self, local: i64) -> i64 {
        match self.width.micros() {
            Some(width) => local - (local - self.origin).rem_euclid(width),
            None => {
                let months = |local: i64| {
                    let (year, month, _) = time::civil(i32::try_from(local.div_euclid(DAY)).unwrap_or(0));
                    i64::from(year) * 12 + i64::from(month - 1)
                };
                // The day and the time of the origin within its month are those of every bucket.
                let (_, _, day) = time::civil(i32::try_from(self.origin.div_euclid(DAY)).unwrap_or(0));
                let into = i64::from(day - 1) * DAY + self.origin.rem_euclid(DAY);
                let since = months(local - into) - months(self.origin);
                let month = months(self.origin) + since - since.rem_euclid(self.width.count);
                let year = i32::try_from(month.div_euclid(12)).unwrap_or(0);
                let month = i32::try_from(month.rem_euclid(12)).unwrap_or(0) + 1;
                DAY * i64::from(time::days(year, month, 1)) + into
            }
        }
    }
}

impl Scalar for Bucket {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        map(args[0], lanes, out, |_, value| {
            let Value::Timestamp(timestamp) = value else { return Value::Null };
            let local = zone::local(timestamp);
            let start = self.start(local);
            match self.ty {
                Type::Date => Value::Date(i32::try_from(start.div_euclid(DAY)).unwrap_or(i32::MIN)),
                // An hour that comes twice stays two hours.
                _ if self.width.span == Span::Microsecond && local - start <= 3_600_000_000 => {
                    Value::Timestamp(timestamp - (local - start))
                }
                _ => Value::Timestamp(zone::instant(start)),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use crate::exprs::operators::{interval, number, text};

    #[test]
    fn buckets_are_laid_from_the_origin() {
        for (width, time, expected) in [
            ("10 minutes", "2015-07-26T02:49:59Z", "2015-07-26T02:40:00Z"),
            ("10 minutes", "2015-07-26T02:50:00Z", "2015-07-26T02:50:00Z"),
            ("10 minutes", "1969-12-31T23:59:59Z", "1969-12-31T23:50:00Z"),
            ("1 day", "2024-02-29T13:00:00Z", "2024-02-29T00:00:00Z"),
            ("1 week", "2024-02-29T13:00:00Z", "2024-02-26T00:00:00Z"),
            ("1 month", "2024-02-29T13:00:00Z", "2024-02-01T00:00:00Z"),
            ("3 months", "1999-02-28T13:00:00Z", "1999-01-01T00:00:00Z"),
            ("10 years", "2024-02-29T13:00:00Z", "2020-01-01T00:00:00Z"),
        ] {
            let args = vec![interval(text(width), None).unwrap(), column(0, Type::Dynamic)];
            check((TIME_BUCKET.bind)(args), &[time], expected);
        }
        check((TIME_BUCKET.bind)(vec![text("1 week"), column(0, Type::Date)]), &["d:2024-02-29"], "2024-02-26");
        check(
            (TIME_BUCKET.bind)(vec![text("1 hour"), column(0, Type::Date)]),
            &["d:2024-02-29"],
            "2024-02-29T00:00:00Z",
        );
        let args = vec![text("1 month"), column(0, Type::Timestamp), text("2000-01-15")];
        check((TIME_BUCKET.bind)(args), &["t:2024-02-14T00:00:00Z"], "2024-01-15T00:00:00Z");
        let args = vec![text("1 hour"), column(0, Type::Timestamp), text("2000-01-01T00:30:00Z")];
        check((TIME_BUCKET.bind)(args), &["t:2024-02-14T01:15:00Z"], "2024-02-14T00:30:00Z");
    }

    #[test]
    fn a_width_is_known_before_reading() {
        for (width, expected) in [
            (interval(column(0, Type::Number), Some("day")).unwrap(), "differs by row"),
            (text("0 days"), "is not above 0"),
            (text("often"), "is no interval"),
            (number("10").unwrap(), "where an interval is demanded"),
        ] {
            let told = misuse((TIME_BUCKET.bind)(vec![width, column(1, Type::Timestamp)]));
            assert!(told.contains(expected), "{told}");
        }
    }
}
