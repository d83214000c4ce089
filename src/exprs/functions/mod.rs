//! The table of scalar functions: one entry a function, one idea a file.
//!
//! To add one: write its file with its [`Function`] beside how it is computed, and name that in `FUNCTIONS`. What arguments
//! may be (dynamic values, NULL, literals) is [`operators::demand`](super::operators::demand)'s to say.

mod abs;
mod arguments;
mod case;
mod coalesce;
mod concat;
mod date;
mod date_part;
mod date_trunc;
mod floor;
mod greatest;
mod length;
mod nullif;
mod regexp_extract;
mod regexp_matches;
mod replace;
mod round;
mod strpos;
mod substr;
mod trim;

pub(super) use arguments::{constant_text, constant_whole, optional, required};

use super::{Misuse, Typed};

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

/// All functions, by name.
pub fn all() -> &'static [Function] {
    &FUNCTIONS
}

static FUNCTIONS: [Function; 26] = [
    abs::ABS,
    floor::CEIL,
    floor::CEILING,
    coalesce::COALESCE,
    concat::CONCAT,
    date::DATE,
    date_part::DATE_PART,
    date_trunc::DATE_TRUNC,
    date_part::EXTRACT,
    floor::FLOOR,
    greatest::GREATEST,
    greatest::LEAST,
    length::LENGTH,
    case::LOWER,
    trim::LTRIM,
    nullif::NULLIF,
    regexp_extract::REGEXP_EXTRACT,
    regexp_matches::REGEXP_MATCHES,
    replace::REPLACE,
    round::ROUND,
    trim::RTRIM,
    strpos::STRPOS,
    substr::SUBSTR,
    substr::SUBSTRING,
    trim::TRIM,
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
    fn a_wrong_number_of_arguments_is_told_with_the_right_one() {
        let too_many = || (0..9).map(|slot| column(slot, Type::Number)).collect::<Vec<_>>();
        let told = |name: &str, args| (find(name).unwrap().bind)(args).unwrap_err().to_string();
        assert_eq!(told("lower", vec![]), "lower takes 1 argument: lower(text)");
        assert_eq!(told("substr", too_many()), "substr takes 2 or 3 arguments: substr(text, start[, length])");
        assert_eq!(told("coalesce", vec![]), "coalesce takes 1 argument or more: coalesce(value, …)");
    }
}
