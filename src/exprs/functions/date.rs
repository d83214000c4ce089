//! `date`: the day of an instant, or the date that a text spells.

use super::{Function, required};
use crate::exprs::{Type, Typed, operators};

pub(super) const DATE: Function = Function {
    name: "date",
    signature: "date(value)",
    doc: "The day, in the zone, of a timestamp or of a text that spells a date or timestamp.",
    bind: |args| {
        let [arg] = required(args, DATE.signature)?;
        let text = format!("date({})", arg.text).into();
        Ok(Typed { text, ..operators::cast(arg, Type::Date, false)? })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn a_day_is_that_in_utc() {
        check((DATE.bind)(vec![column(0, Type::Dynamic)]), &["2021-02-24T23:30:00-01:00"], "2021-02-25");
        check((DATE.bind)(vec![column(0, Type::Timestamp)]), &["t:2021-02-24T23:30:00Z"], "2021-02-24");
        check((DATE.bind)(vec![column(0, Type::Text)]), &["soon"], "!date");
    }
}
