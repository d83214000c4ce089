//! The table of scalar functions: one entry a function, one idea a file.
//!
//! To add one: write its file with its [`Function`] beside how it is computed, and name that in `FUNCTIONS`. What arguments
//! may be (dynamic values, NULL, literals) is [`operators::demand`](super::operators::demand)'s to say.

mod abs;
mod affix;
mod arguments;
mod calendar;
mod case;
mod coalesce;
mod concat;
mod concat_ws;
mod date;
mod date_part;
mod date_trunc;
mod ends;
mod floor;
mod greatest;
mod length;
mod modulo;
mod nullif;
mod pad;
mod real;
mod regexp_extract;
mod regexp_matches;
mod regexp_replace;
mod repeat;
mod replace;
mod reverse;
mod round;
mod rowwise;
mod sign;
mod split_part;
mod strftime;
mod strpos;
mod strptime;
mod substr;
mod time_bucket;
mod trim;
mod trunc;

pub(crate) use arguments::{constant_text, required};
pub(super) use arguments::{constant_whole, optional, whole};

use super::{Constant, Expr, Misuse, Typed, Value};

/// A scalar function as a question can name it.
#[derive(Debug)]
pub struct Function {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called: `substr(text, start[, length])`.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Takes the arguments, demands their types, compiles what is constant.
    pub bind: fn(Vec<Typed>) -> Result<Typed, Misuse>,
}

/// The function called `name` (lower case), if there is one.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// What the function called `name` gives for one row of values: how an engine beside ours calls it.
///
/// Types are those of the values, texts being literals, which become what is demanded. `None`: there is no such function.
pub fn call(name: &str, values: &[Value<'_>]) -> Option<Result<Constant, Misuse>> {
    let function = find(name)?;
    let args = values.iter().map(|&value| Typed::constant(value, value.natural_type(), "value")).collect();
    Some((function.bind)(args).and_then(|bound| match bound.expr {
        Expr::Constant(constant) => Ok(constant),
        _ => Err(Misuse::new(format!("{name} is no function of one row"), "")),
    }))
}

/// All functions, by name.
pub fn all() -> &'static [Function] {
    &FUNCTIONS
}

static FUNCTIONS: [Function; 55] = [
    abs::ABS,
    floor::CEIL,
    floor::CEILING,
    coalesce::COALESCE,
    concat::CONCAT,
    concat_ws::CONCAT_WS,
    affix::CONTAINS,
    date::DATE,
    calendar::DATE_DIFF,
    date_part::DATE_PART,
    date_trunc::DATE_TRUNC,
    affix::ENDS_WITH,
    real::EXP,
    date_part::EXTRACT,
    floor::FLOOR,
    greatest::GREATEST,
    calendar::LAST_DAY,
    greatest::LEAST,
    ends::LEFT,
    length::LENGTH,
    real::LN,
    real::LOG,
    real::LOG10,
    case::LOWER,
    pad::LPAD,
    trim::LTRIM,
    calendar::MAKE_DATE,
    modulo::MOD,
    nullif::NULLIF,
    real::POW,
    real::POWER,
    regexp_extract::REGEXP_EXTRACT,
    regexp_matches::REGEXP_MATCHES,
    regexp_replace::REGEXP_REPLACE,
    repeat::REPEAT,
    replace::REPLACE,
    reverse::REVERSE,
    ends::RIGHT,
    round::ROUND,
    pad::RPAD,
    trim::RTRIM,
    sign::SIGN,
    split_part::SPLIT_PART,
    real::SQRT,
    affix::STARTS_WITH,
    strftime::STRFTIME,
    strpos::STRPOS,
    strptime::STRPTIME,
    substr::SUBSTR,
    substr::SUBSTRING,
    time_bucket::TIME_BUCKET,
    trim::TRIM,
    trunc::TRUNC,
    strptime::TRY_STRPTIME,
    case::UPPER,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::Type;
    use crate::exprs::operators::testing::column;

    #[test]
    fn functions_stand_by_name_and_are_called_as_they_say() {
        assert!(all().is_sorted_by_key(|function| function.name));
        for function in all() {
            assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.signature);
            assert!(function.doc.ends_with('.'), "{}", function.doc);
            assert_eq!(find(function.name).unwrap().name, function.name);
        }
        assert!(find("nothing").is_none());
    }

    #[test]
    fn a_function_is_called_with_values() {
        let spelt = |name: &str, values: &[Value<'_>]| {
            let mut out = Vec::new();
            crate::exprs::write(call(name, values).unwrap().unwrap().borrowed(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(spelt("lower", &[Value::Text(b"ABC")]), "abc");
        assert_eq!(spelt("round", &[Value::Short { mantissa: 245, scale: 2 }, Value::integer(1)]), "2.5");
        assert_eq!(spelt("date_trunc", &[Value::Text(b"month"), Value::Text(b"2024-02-29")]), "2024-02-01T00:00:00Z");
        assert_eq!(spelt("coalesce", &[Value::Null, Value::integer(7)]), "7");
        assert!(call("sqrt", &[Value::integer(-1)]).unwrap().is_err());
        assert!(call("nothing", &[]).is_none());
    }

    #[test]
    fn a_wrong_number_of_arguments_is_told_with_the_right_one() {
        let too_many = || (0..9).map(|slot| column(slot, Type::Number)).collect::<Vec<_>>();
        let told = |name: &str, args| (find(name).unwrap().bind)(args).unwrap_err().to_string();
        assert_eq!(told("lower", vec![]), "lower takes 1 argument: lower(text)");
        assert_eq!(told("substr", too_many()), "substr takes 2 or 3 arguments: substr(text, start[, length])");
        assert_eq!(told("coalesce", vec![]), "coalesce takes 1 argument or more: coalesce(value, …)");
    }
}
