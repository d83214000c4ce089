//! A [`Term`] in, a typed expression over a frame out. The rules of types are the operators' own; here is who calls which.

use sqlparser::tokenizer::Location;

use super::frame::Frame;
use super::lower::TERMS;
use super::refuse;
use super::term::{Kind, Term};
use crate::error::Result;
use crate::exprs::operators::{self, Comparison};
use crate::exprs::{Constant, Expr, Misuse, Type, Typed, Value, functions};

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

/// `term` as a condition.
pub(super) fn condition(frame: &mut impl Frame, term: &Term) -> Result<Expr> {
    let bound = bind(frame, term)?;
    Ok(demand(bound, Type::Boolean, term.at)?.expr)
}

/// All of `terms` as one condition; `None` when there are none.
pub(super) fn conditions<'t>(frame: &mut impl Frame, terms: impl Iterator<Item = &'t Term>) -> Result<Option<Expr>> {
    let mut conditions = terms.map(|term| condition(frame, term)).collect::<Result<Vec<Expr>>>()?;
    Ok(match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(Expr::And(conditions)),
    })
}

/// `value` as a `ty`.
pub(super) fn demand(value: Typed, ty: Type, at: Location) -> Result<Typed> {
    match value.ty == ty {
        true => Ok(value),
        false => operators::demand(value, ty).map_err(|misuse| refuse::misuse(at, misuse)),
    }
}

fn parts(frame: &mut impl Frame, term: &Term) -> Result<Typed> {
    let at = term.at;
    let allowed = |result: Result<Typed, Misuse>| result.map_err(|misuse| refuse::misuse(at, misuse));
    let made = |expr: Expr, ty: Type| Ok(Typed { expr, ty, text: term.text.clone() });
    let constant = |constant: Constant, ty: Type| made(Expr::Constant(constant), ty);
    match &term.kind {
        Kind::Number(digits) => allowed(operators::number(digits)),
        Kind::Text(text) => constant(Constant::Text(text.as_bytes().into()), Type::Text),
        Kind::Boolean(truth) => constant(Constant::Plain(Value::Boolean(*truth)), Type::Boolean),
        Kind::Null => constant(Constant::Plain(Value::Null), Type::Null),
        Kind::Negate(value) => allowed(operators::negate(bind(frame, value)?)),
        Kind::Not(value) => allowed(operators::not(bind(frame, value)?)),
        Kind::IsNull(value) => Ok(operators::is_null(bind(frame, value)?)),
        Kind::Compare(comparison, both) => {
            let (left, right) = (bind(frame, &both[0])?, bind(frame, &both[1])?);
            allowed(operators::compare(*comparison, left, right))
        }
        Kind::Arithmetic(arithmetic, both) => {
            let (left, right) = (bind(frame, &both[0])?, bind(frame, &both[1])?);
            allowed(operators::arithmetic(*arithmetic, left, right))
        }
        Kind::Concat(both) => {
            let (left, right) = (bind(frame, &both[0])?, bind(frame, &both[1])?);
            allowed(operators::concat(left, right))
        }
        Kind::And(terms) => {
            let operands = terms.iter().map(|operand| condition(frame, operand)).collect::<Result<_>>()?;
            made(Expr::And(operands), Type::Boolean)
        }
        Kind::Or(terms) => {
            let operands = terms.iter().map(|operand| condition(frame, operand)).collect::<Result<_>>()?;
            made(Expr::Or(operands), Type::Boolean)
        }
        Kind::In(value, list) => {
            let value = bind(frame, value)?;
            let list = list.iter().map(|item| bind(frame, item)).collect::<Result<_>>()?;
            allowed(operators::in_list(value, list))
        }
        Kind::Between(three) => {
            let [value, low, high] = &**three;
            let (value_again, value) = (bind(frame, value)?, bind(frame, value)?);
            let above = allowed(operators::compare(Comparison::GreaterOrEqual, value, bind(frame, low)?))?;
            let below = allowed(operators::compare(Comparison::LessOrEqual, value_again, bind(frame, high)?))?;
            made(Expr::And(vec![above.expr, below.expr]), Type::Boolean)
        }
        Kind::Like { operands, escape, ignore_case } => {
            let (value, pattern) = (bind(frame, &operands[0])?, bind(frame, &operands[1])?);
            allowed(operators::like(value, pattern, *escape, *ignore_case))
        }
        Kind::Cast { value, ty, attempt } => allowed(operators::cast(bind(frame, value)?, *ty, *attempt)),
        Kind::Case { operand, arms, otherwise } => case(frame, term, operand.as_deref(), arms, otherwise.as_deref()),
        Kind::Function { name, args } => {
            let args = args.iter().map(|arg| bind(frame, arg)).collect::<Result<_>>()?;
            let Some(function) = functions::find(name) else { return Err(refuse::EXPRESSION.at(at)) };
            allowed((function.bind)(args))
        }
        // Leaves of every frame.
        Kind::Column(_) | Kind::Element | Kind::Aggregate { .. } => Err(refuse::EXPRESSION.at(at)),
    }
}

/// `CASE`: all results as one type.
fn case(
    frame: &mut impl Frame,
    term: &Term,
    operand: Option<&Term>,
    arms: &[[Term; 2]],
    otherwise: Option<&Term>,
) -> Result<Typed> {
    let misuse = |misuse| refuse::misuse(term.at, misuse);
    let mut conditions = Vec::with_capacity(arms.len());
    let mut results = Vec::with_capacity(arms.len() + 1);
    for [condition_or_value, result] in arms {
        conditions.push(match operand {
            None => condition(frame, condition_or_value)?,
            Some(operand) => {
                let (operand, value) = (bind(frame, operand)?, bind(frame, condition_or_value)?);
                operators::compare(Comparison::Equal, operand, value).map_err(misuse)?.expr
            }
        });
        results.push(bind(frame, result)?);
    }
    if let Some(otherwise) = otherwise {
        results.push(bind(frame, otherwise)?);
    }
    let (results, ty) = operators::unify(results).map_err(misuse)?;
    let mut results = results.into_iter().map(|result| result.expr);
    let arms = conditions.into_iter().zip(results.by_ref()).collect();
    let otherwise = results.next().map(Box::new);
    Ok(Typed { expr: Expr::Case { arms, otherwise }, ty, text: term.text.clone() })
}
