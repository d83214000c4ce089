//! `strftime`: a date or timestamp as a text in a format.

use bumpalo::Bump;

use super::{Function, required, strptime};
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::time::Format;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Type, Typed, Value, operators};

pub(super) const STRFTIME: Function = Function {
    name: "strftime",
    signature: "strftime(time, format)",
    doc: "The date or timestamp as a text in the format ('%Y-W%V', '%-d.%-m.%Y'), as the zone's clocks show it.",
    bind: |args| {
        let [time, format] = required(args, STRFTIME.signature)?;
        // DuckDB takes them in either order.
        let [time, format] = if time.as_literal().is_some() { [format, time] } else { [time, format] };
        let text = format!("strftime({}, {})", time.text, format.text);
        let format = strptime::compiled(&format)?;
        Typed::call(Strftime { format }, vec![operators::demand(time, Type::Timestamp)?], Type::Text, text)
    },
};

#[derive(Debug)]
struct Strftime {
    format: Format,
}

impl Scalar for Strftime {
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
            let Value::Timestamp(timestamp) = value else { return Value::Null };
            text.clear();
            self.format.write(timestamp, &mut text);
            Value::Text(arena.alloc_slice_copy(&text))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column};
    use crate::exprs::operators::text;

    #[test]
    fn times_are_written_in_the_format() {
        check((STRFTIME.bind)(vec![column(0, Type::Date), text("%Y_%W")]), &["d:2021-01-03"], "2021_00");
        check((STRFTIME.bind)(vec![text("%-H:%M"), column(0, Type::Dynamic)]), &["2021-01-03 07:08"], "7:08");
    }
}
