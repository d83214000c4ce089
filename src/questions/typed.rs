//! A [`Term`] in, a typed expression over a frame out. The rules of types are the operators' own; here is who calls which.

use sqlparser::tokenizer::Location;

use super::frame::Frame;
use super::lower::TERMS;
use super::refuse;
use super::term::{Kind, Term};
use crate::error::Result;
use crate::exprs::operators::{self, Comparison};
use crate::exprs::{Expr, Type, Typed, functions};

/// `term` over `frame`.
pub(super) fn bind(frame: &mut impl Frame, term: &Term) -> Result<Typed> {
    // BETWEEN and CASE x bind an operand more than once, so nesting them can grow beyond the text.
    if frame.count() > TERMS {
        return Err(refuse::TOO_MANY.at(term.at));
    }
    let bound = match frame.leaf(term)? {
        Some(leaf) => leaf,
        None => parts(frame, term)?,
    };
    Ok(Typed { text: term.text.clone(), ..bound })
}

/// `term` as a value that an answer or a key can have: no interval.
pub(super) fn value(frame: &mut impl Frame, term: &Term) -> Result<Typed> {
    match bind(frame, term)? {
        Typed { ty: Type::Interval(_), .. } => Err(refuse::INTERVAL_ANSWER.at(term.at)),
        value => Ok(value),
    }
}

/// `value` as a `ty`.
pub(super) fn demand(value: Typed, ty: Type, at: Location) -> Result<Typed> {
    match value.ty == ty {
        true => Ok(value),
        false => operators::demand(value, ty).map_err(|misuse| refuse::misuse(at, misuse)),
    }
}

/// `term` as a condition.
pub(super) fn condition(frame: &mut impl Frame, term: &Term) -> Result<Expr> {
    let bound = bind(frame, term)?;
    operators::demand(bound, Type::Boolean).map(|truth| truth.expr).map_err(|misuse| refuse::misuse(term.at, misuse))
}

/// All of `terms` as one condition; `None` when there are none.
pub(super) fn conditions<'t>(frame: &mut impl Frame, terms: impl Iterator<Item = &'t Term>) -> Result<Option<Expr>> {
    let mut conditions = terms.map(|term| condition(frame, term)).collect::<Result<Vec<Expr>>>()?;
    Ok(match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(Expr::And(conditions)),
    })
}

fn parts(frame: &mut impl Frame, term: &Term) -> Result<Typed> {
    let misuse = |misuse| refuse::misuse(term.at, misuse);
    let bound = match &term.kind {
        Kind::Number(digits) => operators::number(digits),
        Kind::Text(text) => Ok(operators::text(text)),
        Kind::Boolean(truth) => Ok(operators::boolean(*truth)),
        Kind::Null => Ok(operators::null()),
        Kind::Interval(value, unit) => operators::interval(bind(frame, value)?, unit.as_deref()),
        Kind::Negate(value) => operators::negate(bind(frame, value)?),
        Kind::Not(value) => operators::not(bind(frame, value)?),
        Kind::IsNull(value) => Ok(operators::is_null(bind(frame, value)?)),
        Kind::Compare(comparison, both) => {
            let [left, right] = pair(frame, both)?;
            operators::compare(*comparison, left, right)
        }
        Kind::Arithmetic(arithmetic, both) => {
            let [left, right] = pair(frame, both)?;
            operators::arithmetic(*arithmetic, left, right)
        }
        Kind::Concat(both) => {
            let [left, right] = pair(frame, both)?;
            operators::concat(left, right)
        }
        Kind::And(terms) => operators::and(all(frame, terms)?),
        Kind::Or(terms) => operators::or(all(frame, terms)?),
        Kind::In(value, list) => operators::in_list(bind(frame, value)?, all(frame, list)?),
        Kind::Between(three) => {
            let [value, low, high] = &**three;
            let above = operators::compare(Comparison::GreaterOrEqual, bind(frame, value)?, bind(frame, low)?);
            let below = operators::compare(Comparison::LessOrEqual, bind(frame, value)?, bind(frame, high)?);
            operators::and(vec![above.map_err(misuse)?, below.map_err(misuse)?])
        }
        Kind::Like { operands, escape, ignore_case } => {
            let [value, pattern] = pair(frame, operands)?;
            operators::like(value, pattern, *escape, *ignore_case)
        }
        Kind::Cast { value, ty, attempt } => operators::cast(bind(frame, value)?, *ty, *attempt),
        Kind::Case { operand, arms, otherwise } => {
            let arms = arms.iter().map(|arm| case_arm(frame, operand.as_deref(), arm)).collect::<Result<_>>()?;
            let otherwise = otherwise.as_deref().map(|otherwise| bind(frame, otherwise)).transpose()?;
            operators::case(arms, otherwise)
        }
        Kind::Function { name, args } => match functions::find(name) {
            Some(function) => (function.bind)(all(frame, args)?),
            None => return Err(refuse::EXPRESSION.at(term.at)),
        },
        // Leaves of every frame.
        Kind::Column(_)
        | Kind::Element
        | Kind::Aggregate { .. }
        | Kind::Window(_)
        | Kind::Query(_)
        | Kind::Exists(_)
        | Kind::InQuery(..) => return Err(refuse::EXPRESSION.at(term.at)),
    };
    bound.map_err(misuse)
}

fn all(frame: &mut impl Frame, terms: &[Term]) -> Result<Vec<Typed>> {
    terms.iter().map(|term| bind(frame, term)).collect()
}

fn pair(frame: &mut impl Frame, both: &[Term; 2]) -> Result<[Typed; 2]> {
    Ok([bind(frame, &both[0])?, bind(frame, &both[1])?])
}

/// `WHEN condition THEN result`, or with an operand `WHEN value THEN result`.
fn case_arm(frame: &mut impl Frame, operand: Option<&Term>, [when, then]: &[Term; 2]) -> Result<(Typed, Typed)> {
    let condition = match operand {
        None => bind(frame, when)?,
        Some(operand) => {
            let compared = operators::compare(Comparison::Equal, bind(frame, operand)?, bind(frame, when)?);
            compared.map_err(|misuse| refuse::misuse(when.at, misuse))?
        }
    };
    Ok((condition, bind(frame, then)?))
}
