//! `NOT`, `AND`, `OR`, `IS NULL`, `CASE`, `coalesce`: SQL's three-valued logic.

use bumpalo::Bump;

use super::cast::demand;
use super::unify::unify;
use crate::exprs::expr::{Call, Expr, Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value};

/// `NOT value`.
pub fn not(value: Typed) -> Result<Typed, Misuse> {
    let value = demand(value, Type::Boolean)?;
    let text = format!("NOT {}", value.text);
    match value.expr {
        Expr::Call(Call { scalar, args }) => match scalar.negated() {
            Some(scalar) => Ok(Typed { expr: Expr::Call(Call { scalar, args }), ty: Type::Boolean, text: text.into() }),
            None => {
                Typed::call(Not, vec![Typed { expr: Expr::Call(Call { scalar, args }), ..value }], Type::Boolean, text)
            }
        },
        expr => Typed::call(Not, vec![Typed { expr, ..value }], Type::Boolean, text),
    }
}

/// `values[0] AND values[1] …`; the next is evaluated only where none before is false.
pub fn and(values: Vec<Typed>) -> Result<Typed, Misuse> {
    connect(values, " AND ", Expr::And)
}

/// `values[0] OR values[1] …`; the next is evaluated only where none before is true.
pub fn or(values: Vec<Typed>) -> Result<Typed, Misuse> {
    connect(values, " OR ", Expr::Or)
}

fn connect(values: Vec<Typed>, sign: &str, make: fn(Vec<Expr>) -> Expr) -> Result<Typed, Misuse> {
    let text = values.iter().map(|value| &*value.text).collect::<Vec<_>>().join(sign);
    let operands =
        values.into_iter().map(|value| Ok(demand(value, Type::Boolean)?.expr)).collect::<Result<_, Misuse>>()?;
    Typed::folded(make(operands), Type::Boolean, text)
}

/// `value IS NULL`, of any type.
pub fn is_null(value: Typed) -> Typed {
    let text: Box<str> = format!("{} IS NULL", value.text).into();
    match value.as_constant().map(Value::is_null) {
        Some(null) => Typed::constant(Value::Boolean(null), Type::Boolean, text),
        None => {
            let call = Call { scalar: Box::new(IsNull { yes: true }), args: vec![value.expr] };
            Typed { expr: Expr::Call(call), ty: Type::Boolean, text }
        }
    }
}

/// `CASE WHEN arms[0].0 THEN arms[0].1 … ELSE otherwise END`.
///
/// `CASE subject WHEN value …` is this with `subject = value` as conditions.
pub fn case(arms: Vec<(Typed, Typed)>, otherwise: Option<Typed>) -> Result<Typed, Misuse> {
    let (conditions, mut results): (Vec<_>, Vec<_>) = arms.into_iter().unzip();
    let has_otherwise = otherwise.is_some();
    results.extend(otherwise);
    let (mut results, ty) =
        unify(results).map_err(|misuse| Misuse { what: format!("CASE: {}", misuse.what), ..misuse })?;
    let otherwise = if has_otherwise { results.pop().map(|result| Box::new(result.expr)) } else { None };
    let conditions = conditions.into_iter().map(|condition| demand(condition, Type::Boolean));
    let arms = conditions
        .zip(results)
        .map(|(condition, result)| Ok((condition?.expr, result.expr)))
        .collect::<Result<Vec<_>, Misuse>>()?;
    Typed::folded(Expr::Case { arms, otherwise }, ty, "CASE")
}

/// `coalesce(values…)`: the first that is not NULL.
pub fn coalesce(values: Vec<Typed>) -> Result<Typed, Misuse> {
    let text = values.iter().map(|value| &*value.text).collect::<Vec<_>>().join(", ");
    let (values, ty) =
        unify(values).map_err(|misuse| Misuse { what: format!("coalesce: {}", misuse.what), ..misuse })?;
    Typed::folded(Expr::Coalesce(values.into_iter().map(|value| value.expr).collect()), ty, format!("coalesce({text})"))
}

#[derive(Debug)]
struct Not;

impl Scalar for Not {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        map(args[0], lanes, out, |_, value| Value::Boolean(!value.is_true()));
    }
}

#[derive(Debug)]
struct IsNull {
    yes: bool,
}

impl Scalar for IsNull {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        match args[0] {
            Operand::Vector(values) => {
                for &lane in lanes {
                    out[lane as usize] = Value::Boolean(values[lane as usize].is_null() == self.yes);
                }
            }
            Operand::Constant(value) => {
                lanes.iter().for_each(|&lane| out[lane as usize] = Value::Boolean(value.is_null() == self.yes));
            }
        }
    }

    fn says_of_null(&self) -> Option<bool> {
        Some(self.yes)
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        Some(Box::new(IsNull { yes: !self.yes }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Comparison, boolean, compare, null, number, text};
    use super::*;
    use crate::exprs::operators::testing::{check, column, misuse};

    fn truth(word: &str) -> Typed {
        match word {
            "true" => boolean(true),
            "false" => boolean(false),
            _ => null(),
        }
    }

    #[test]
    fn three_values_are_connected_as_sql_says() {
        for (a, b, both, either) in [
            ("true", "true", "true", "true"),
            ("true", "false", "false", "true"),
            ("true", "NULL", "NULL", "true"),
            ("false", "false", "false", "false"),
            ("false", "NULL", "false", "NULL"),
            ("NULL", "NULL", "NULL", "NULL"),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                check(and(vec![truth(a), truth(b)]), &[], both);
                check(or(vec![truth(a), truth(b)]), &[], either);
                let field = |word| if word == "NULL" { "" } else { word };
                let columns = || vec![column(0, Type::Dynamic), column(1, Type::Dynamic)];
                check(and(columns()), &[field(a), field(b)], both);
                check(or(columns()), &[field(a), field(b)], either);
                check(
                    not(and(columns()).unwrap()),
                    &[field(a), field(b)],
                    match both {
                        "true" => "false",
                        "false" => "true",
                        null => null,
                    },
                );
            }
        }
    }

    #[test]
    fn what_is_decided_is_not_evaluated_further() {
        let bad = || compare(Comparison::Greater, column(0, Type::Dynamic), number("3").unwrap()).unwrap();
        let guard = |word| compare(Comparison::Equal, column(1, Type::Dynamic), text(word)).unwrap();
        check(and(vec![guard("n"), bad()]), &["x", "t"], "false");
        check(or(vec![guard("t"), bad()]), &["x", "t"], "true");
        check(and(vec![guard("t"), bad()]), &["x", "t"], "!number");
        check(case(vec![(guard("n"), bad())], Some(boolean(true))), &["x", "t"], "true");
        check(case(vec![(guard("n"), bad())], None), &["x", "t"], "NULL");
        check(
            coalesce(vec![column(1, Type::Dynamic), column(0, Type::Dynamic), number("0").unwrap()]),
            &["x", "1"],
            "1",
        );
        check(
            coalesce(vec![column(1, Type::Dynamic), column(0, Type::Dynamic), number("0").unwrap()]),
            &["x", ""],
            "!number",
        );
    }

    #[test]
    fn null_is_asked_for_and_not_compared() {
        check(Ok(is_null(column(0, Type::Dynamic))), &[""], "true");
        check(Ok(is_null(column(0, Type::Dynamic))), &["x"], "false");
        check(not(is_null(column(0, Type::Dynamic))), &[""], "false");
        check(Ok(is_null(null())), &[], "true");
        assert!(matches!(is_null(text("")).expr, Expr::Constant(_)));
    }

    #[test]
    fn a_condition_is_a_boolean() {
        assert_eq!(misuse(not(number("1").unwrap())), "\"1\" is a number, where a boolean is demanded");
        check(not(column(0, Type::Dynamic)), &["maybe"], "!boolean");
    }
}
