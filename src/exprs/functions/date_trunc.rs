//! `date_trunc`: where the hour, week, month … of a date or timestamp begins. A date stays a date.

use bumpalo::Bump;

use super::{Function, constant_text, required};
use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::time::{self, Unit};
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const DATE_TRUNC: Function = Function {
    name: "date_trunc",
    signature: "date_trunc(unit, time)",
    doc: "Where the unit ('hour', 'day', 'week', 'month', …) of a date or timestamp begins, in the zone; a date stays a date.",
    bind: |args| {
        let [unit, value] = required(args, DATE_TRUNC.signature)?;
        let name = String::from_utf8_lossy(constant_text(&unit, "the unit")?).into_owned();
        let unit = Unit::named(&name).ok_or_else(|| {
            let known = Unit::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            Misuse::new(format!("{} is no unit of time", quoted(name.as_bytes())), known)
        })?;
        let text = format!("date_trunc('{name}', {})", value.text);
        let value = if value.ty == Type::Date { value } else { operators::demand(value, Type::Timestamp)? };
        let ty = value.ty;
        Typed::call(Truncate { unit }, vec![value], ty, text)
    },
};

#[derive(Debug)]
struct Truncate {
    unit: Unit,
}

impl Scalar for Truncate {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        map(args[0], lanes, out, |_, value| match value {
            Value::Date(date) => Value::Date(time::truncate_date(self.unit, date)),
            Value::Timestamp(timestamp) => Value::Timestamp(time::truncate_timestamp(self.unit, timestamp)),
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
    fn a_date_stays_a_date_and_a_dynamic_value_is_a_timestamp() {
        check((DATE_TRUNC.bind)(vec![text("month"), column(0, Type::Date)]), &["d:2021-02-24"], "2021-02-01");
        check(
            (DATE_TRUNC.bind)(vec![text("month"), column(0, Type::Dynamic)]),
            &["2021-02-24"],
            "2021-02-01T00:00:00Z",
        );
        check((DATE_TRUNC.bind)(vec![text("week"), column(0, Type::Dynamic)]), &["x"], "!timestamp");
        assert!(
            misuse((DATE_TRUNC.bind)(vec![text("dow"), column(0, Type::Date)]))
                .starts_with("\"dow\" is no unit of time: ")
        );
    }
}
