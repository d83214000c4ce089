//! `strptime` and `try_strptime`: a text read as a time in a format; what is none is a bad value, or NULL.

use bumpalo::Bump;

use super::{Function, constant_text, required};
use crate::error::quoted;
use crate::exprs::expr::{Operand, Scalar};
use crate::exprs::lanewise::map_text;
use crate::exprs::time::Format;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, operators};

pub(super) const STRPTIME: Function = Function {
    name: "strptime",
    signature: "strptime(text, format)",
    doc: "The timestamp that the text spells in the format ('%d.%m.%Y %H:%M'); what spells none is a bad value.",
    bind: |args| bind(args, STRPTIME.signature, false),
};

pub(super) const TRY_STRPTIME: Function = Function {
    name: "try_strptime",
    signature: "try_strptime(text, format)",
    doc: "The timestamp that the text spells in the format ('%m/%d/%Y %I:%M:%S %p'); NULL where it spells none.",
    bind: |args| bind(args, TRY_STRPTIME.signature, true),
};

fn bind(args: Vec<Typed>, signature: &str, attempt: bool) -> Result<Typed, Misuse> {
    let [text, format] = required(args, signature)?;
    let name = if attempt { "try_strptime" } else { "strptime" };
    let (spelt, column) = (format!("{name}({}, {})", text.text, format.text), text.text.clone());
    let format = compiled(&format)?;
    if let Some(specifier) = format.unreadable() {
        let what = format!("{specifier} says no day by itself, so it cannot be read");
        return Err(Misuse::new(what, "read %Y, %m and %d, or %j"));
    }
    Typed::call(
        Strptime { format, column, attempt },
        vec![operators::demand(text, Type::Text)?],
        Type::Timestamp,
        spelt,
    )
}

/// The format that `arg` spells out.
pub(super) fn compiled(arg: &Typed) -> Result<Format, Misuse> {
    Format::new(constant_text(arg, "the format")?).map_err(|specifier| {
        let way_out = "there are %Y %y %m %d %e %j %b %B %a %A %H %I %p %M %S %f %z %Z %s %F %T %D %R %%, to write also %G %V %U %W %u %w";
        Misuse::new(format!("{} is nothing of a time", quoted(specifier.as_bytes())), way_out)
    })
}

#[derive(Debug)]
struct Strptime {
    format: Format,
    column: Box<str>,
    attempt: bool,
}

impl Scalar for Strptime {
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        _: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    ) {
        map_text(args[0], lanes, out, |lane, text| {
            self.format.read(text).map_or_else(
                || {
                    if !self.attempt {
                        troubles.bad(lane, Type::Timestamp, &self.column, text);
                    }
                    Value::Null
                },
                Value::Timestamp,
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};
    use crate::exprs::operators::text;

    #[test]
    fn what_spells_no_time_is_bad_or_null() {
        for (field, tried, strict) in [
            ("1/2/2024 3:04:05 PM", "2024-01-02T15:04:05Z", "2024-01-02T15:04:05Z"),
            ("2024-01-02", "NULL", "!timestamp"),
            ("", "NULL", "NULL"),
        ] {
            let args = || vec![column(0, Type::Dynamic), text("%m/%d/%Y %I:%M:%S %p")];
            check((TRY_STRPTIME.bind)(args()), &[field], tried);
            check((STRPTIME.bind)(args()), &[field], strict);
        }
        let told = |format| misuse((STRPTIME.bind)(vec![column(0, Type::Text), format]));
        assert!(told(text("%Q")).starts_with("\"%Q\" is nothing of a time: there are %Y"));
        assert!(told(text("%G-W%V")).starts_with("%G says no day by itself"));
        assert!(told(column(1, Type::Text)).contains("differs by row"));
    }
}
