//! `extract` and `date_part`: a part of a date or timestamp, as a number.

use bumpalo::Bump;

use super::{Function, constant_text, required};
use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::operators::Arithmetic;
use crate::exprs::time::{self, Part, Span};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const DATE_PART: Function = Function {
    name: "date_part",
    signature: "date_part(part, time)",
    doc: "A part of a date or timestamp in the zone, as a number: 'year', 'month', 'week', 'dow', 'hour', 'second', 'epoch', ….",
    bind: |args| bind(args, DATE_PART.signature),
};

pub(super) const EXTRACT: Function = Function {
    name: "extract",
    signature: "extract(part FROM time)",
    doc: "A part of a date or timestamp in the zone, as a number: year, month, week, dow, hour, second, epoch, ….",
    bind: |args| bind(args, EXTRACT.signature),
};

fn bind(args: Vec<Typed>, signature: &str) -> Result<Typed, Misuse> {
    let [part, value] = required(args, signature)?;
    let name = String::from_utf8_lossy(constant_text(&part, "the part")?).into_owned();
    let part = Part::named(&name).ok_or_else(|| {
        let known = Part::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        Misuse::new(format!("{} is no part of a time", quoted(name.as_bytes())), known)
    })?;
    let text = format!("extract({name} FROM {})", value.text);
    let value = match value.ty {
        Type::Date => value,
        Type::Interval(span) => return seconds(part, span, value, text),
        _ => operators::demand(value, Type::Timestamp)?,
    };
    Typed::call(TakePart { part }, vec![value], Type::Number, text)
}

/// The seconds of an interval, exact; its months have none.
fn seconds(part: Part, span: Span, value: Typed, text: String) -> Result<Typed, Misuse> {
    let unit = match (part, span) {
        (Part::Epoch, Span::Day) => "86400",
        (Part::Epoch, Span::Microsecond) => "0.000001",
        _ => {
            let what = "only the epoch, its seconds, can be taken from an interval, and none from months";
            return Err(Misuse::new(what, "write extract(epoch FROM …)"));
        }
    };
    let count = Typed { ty: Type::Number, ..value };
    let seconds = operators::arithmetic(Arithmetic::Multiply, count, operators::number(unit)?)?;
    Ok(Typed { text: text.into(), ..seconds })
}

#[derive(Debug)]
struct TakePart {
    part: Part,
}

impl Scalar for TakePart {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        _: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map(args[0], lanes, out, |_, value| match value {
            Value::Date(date) => Value::integer(time::date_part(self.part, date)),
            Value::Timestamp(timestamp) => Value::decimal(time::timestamp_part(self.part, timestamp), arena),
            _ => Value::Null,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use crate::exprs::operators::text;

    #[test]
    fn parts_come_from_dates_timestamps_and_texts() {
        check((EXTRACT.bind)(vec![text("YEAR"), column(0, Type::Date)]), &["d:2021-02-24"], "2021");
        check((DATE_PART.bind)(vec![text("second"), column(0, Type::Dynamic)]), &["2021-02-24 00:00:01.50"], "1.5");
        check((DATE_PART.bind)(vec![text("hour"), column(0, Type::Date)]), &["d:2021-02-24"], "0");
        let lasted =
            operators::arithmetic(Arithmetic::Subtract, column(0, Type::Timestamp), column(1, Type::Timestamp));
        let fields = ["t:2024-03-01T00:00:01.5Z", "t:2024-02-29T00:00:00Z"];
        check((EXTRACT.bind)(vec![text("epoch"), lasted.unwrap()]), &fields, "86401.5");
        let told = misuse((EXTRACT.bind)(vec![text("fortnight"), column(0, Type::Date)]));
        assert!(told.starts_with("\"fortnight\" is no part of a time: century, decade, year"), "{told}");
        let told = misuse((DATE_PART.bind)(vec![column(0, Type::Text), column(0, Type::Date)]));
        assert_eq!(told, "the part is \"c0\", which differs by row: write it out as a text: '…'");
    }
}
