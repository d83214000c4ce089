//! The parser's expression in, a [`Term`] out: names are resolved, and what is not understood is refused.
//!
//! Function calls, and the syntax that is one in disguise (`extract(year FROM x)`), are [`call`](super::call)'s.

use std::cell::Cell;

use sqlparser::ast::{self, BinaryOperator, CastKind, Expr, Ident, Spanned, UnaryOperator, Value};
use sqlparser::tokenizer::Location;

use super::names;
use super::refuse::{self, Refusal};
use super::scope::Names;
use super::shape::nearest;
use super::term::{Kind, Term};
use super::types;
use crate::error::{Error, Result};
use crate::exprs::Type;
use crate::exprs::operators::{Arithmetic, Comparison};

/// Deeper expressions would strain the stacks of those that evaluate them.
const DEPTH: usize = 256;
/// More terms than words can be: an alias stands for its whole expression.
pub(super) const TERMS: usize = 100_000;

/// An item of a select list.
#[derive(Debug)]
pub(super) struct Item {
    /// As the contract names the answer's column.
    pub(super) name: String,
    pub(super) term: Term,
    /// Whether the name is an alias, which other clauses may use.
    pub(super) is_alias: bool,
}

/// What the aliases of the select list are in a clause.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aliases<'a> {
    /// Not known.
    Unknown,
    /// Known to be refused with a better word than "no column".
    Refused(&'a [Item]),
    /// Known where no column has the name.
    Known(&'a [Item]),
}

/// The names that a `SELECT` can use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) names: &'a dyn Names,
    /// How many terms were made.
    pub(super) terms: &'a Cell<usize>,
}

/// Turns expressions of one clause into terms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lower<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) aliases: Aliases<'a>,
    /// Where the clause stands, for elements without a place.
    pub(super) at: Location,
    pub(super) depth: usize,
}

impl<'a> Lower<'a> {
    /// The term that `expr` says.
    pub(super) fn term(&self, expr: &Expr) -> Result<Term> {
        let at = nearest(expr.span().start, self.at);
        let terms = self.scope.terms.get() + 1;
        self.scope.terms.set(terms);
        if self.depth > DEPTH {
            return Err(refuse::TOO_DEEP_EXPRESSION.at(at));
        }
        if terms > TERMS {
            return Err(refuse::TOO_MANY.at(at));
        }
        let below = Lower { depth: self.depth + 1, at, ..*self };
        match expr {
            Expr::Nested(inner) => self.term(inner),
            Expr::Identifier(name) => self.name(std::slice::from_ref(name), at),
            Expr::CompoundIdentifier(names) => self.name(names, at),
            Expr::Function(ast::Function { name, args: ast::FunctionArguments::None, over: None, .. }) => {
                let names: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                self.name(&names, at)
            }
            _ => {
                let kind = below.kind(expr)?;
                Ok(Term { kind, text: expr.to_string().into(), at })
            }
        }
    }

    /// Its parts are lowered with `self`, which is one deeper and has the place of `expr`.
    fn kind(&self, expr: &Expr) -> Result<Kind> {
        let one = |value: &Expr| Ok::<_, Error>(Box::new(self.term(value)?));
        let two = |left: &Expr, right: &Expr| Ok::<_, Error>(Box::new([self.term(left)?, self.term(right)?]));
        let not = |kind: Kind, negated: bool| match negated {
            true => Kind::Not(Box::new(Term { kind, text: expr.to_string().into(), at: self.at })),
            false => kind,
        };
        let is = |value: &Expr, truth: bool, comparison: Comparison| {
            let right = Term { kind: Kind::Boolean(truth), text: truth.to_string().into(), at: self.at };
            Ok(Kind::Compare(comparison, Box::new([self.term(value)?, right])))
        };
        match expr {
            Expr::Value(value) => self.literal(&value.value),
            Expr::TypedString(typed) => {
                let text =
                    Term { kind: self.literal(&typed.value.value)?, text: typed.value.to_string().into(), at: self.at };
                let ty = types::of(&typed.data_type).map_err(|refusal| self.refuse(refusal))?;
                Ok(Kind::Cast { value: Box::new(text), ty, attempt: false })
            }
            Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => self.chain(expr, op),
            Expr::BinaryOp { left, op, right } => self.binary(op, left, right),
            Expr::UnaryOp { op, expr: value } => match op {
                UnaryOperator::Not => Ok(Kind::Not(one(value)?)),
                UnaryOperator::Minus => Ok(Kind::Negate(one(value)?)),
                // `+x` demands a number and changes nothing.
                UnaryOperator::Plus => Ok(Kind::Cast { value: one(value)?, ty: Type::Number, attempt: false }),
                _ => Err(self.refuse(refuse::BIT_OPERATOR)),
            },
            Expr::IsNull(value) | Expr::IsUnknown(value) => Ok(Kind::IsNull(one(value)?)),
            Expr::IsNotNull(value) | Expr::IsNotUnknown(value) => Ok(not(Kind::IsNull(one(value)?), true)),
            Expr::IsTrue(value) => is(value, true, Comparison::NotDistinct),
            Expr::IsNotTrue(value) => is(value, true, Comparison::Distinct),
            Expr::IsFalse(value) => is(value, false, Comparison::NotDistinct),
            Expr::IsNotFalse(value) => is(value, false, Comparison::Distinct),
            Expr::IsDistinctFrom(left, right) => Ok(Kind::Compare(Comparison::Distinct, two(left, right)?)),
            Expr::IsNotDistinctFrom(left, right) => Ok(Kind::Compare(Comparison::NotDistinct, two(left, right)?)),
            Expr::InList { list, .. } if list.is_empty() => Err(self.refuse(refuse::EMPTY_LIST)),
            Expr::InList { expr: value, list, negated } => {
                let list = list.iter().map(|item| self.term(item)).collect::<Result<_>>()?;
                Ok(not(Kind::In(one(value)?, list), *negated))
            }
            Expr::Between { expr: value, negated, low, high } => {
                let three = Box::new([self.term(value)?, self.term(low)?, self.term(high)?]);
                Ok(not(Kind::Between(three), *negated))
            }
            Expr::Like { any: true, .. } | Expr::ILike { any: true, .. } => Err(self.refuse(refuse::QUANTIFIED)),
            Expr::Like { negated, expr: value, pattern, escape_char, .. }
            | Expr::ILike { negated, expr: value, pattern, escape_char, .. } => {
                let escape = escape_char.as_ref().map(|escape| self.escape(escape)).transpose()?;
                let ignore_case = matches!(expr, Expr::ILike { .. });
                Ok(not(Kind::Like { operands: two(value, pattern)?, escape, ignore_case }, *negated))
            }
            Expr::Cast { format: Some(_), .. } => Err(self.refuse(refuse::CAST_FORMAT)),
            Expr::Cast { kind, expr: value, data_type, .. } => {
                let ty = types::of(data_type).map_err(|refusal| self.refuse(refusal))?;
                let attempt = matches!(kind, CastKind::TryCast | CastKind::SafeCast);
                let cast = Kind::Cast { value: one(value)?, ty, attempt };
                if !types::is_whole(data_type) {
                    return Ok(cast);
                }
                let number = Term { kind: cast, text: expr.to_string().into(), at: self.at };
                Ok(Kind::Function { name: "round".into(), args: vec![number] })
            }
            Expr::Interval(interval) => {
                if interval.last_field.is_some() || interval.leading_precision.is_some() {
                    return Err(self.refuse(refuse::INTERVAL));
                }
                let unit = interval.leading_field.as_ref().map(|unit| unit.to_string().to_lowercase().into());
                let value = self.term(&interval.value)?;
                match (&value.kind, &unit) {
                    (Kind::Text(_), _) | (_, Some(_)) => Ok(Kind::Interval(Box::new(value), unit)),
                    _ => Err(self.refuse(refuse::INTERVAL)),
                }
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                let arms = conditions.iter().map(|arm| Ok([self.term(&arm.condition)?, self.term(&arm.result)?]));
                Ok(Kind::Case {
                    operand: operand.as_ref().map(|operand| one(operand)).transpose()?,
                    arms: arms.collect::<Result<_>>()?,
                    otherwise: else_result.as_ref().map(|otherwise| one(otherwise)).transpose()?,
                })
            }
            Expr::Subquery(query) => Ok(Kind::Query(self.scope.names.query(query, self.at)?)),
            Expr::Exists { subquery, negated } => {
                Ok(not(Kind::Exists(self.scope.names.query(subquery, self.at)?), *negated))
            }
            Expr::InSubquery { expr: value, subquery, negated } => {
                let kind = Kind::InQuery(one(value)?, self.scope.names.query(subquery, self.at)?);
                Ok(not(kind, *negated))
            }
            _ => self.call(expr)?.ok_or_else(|| self.refuse(unknown(expr))),
        }
    }

    fn literal(&self, value: &Value) -> Result<Kind> {
        match value {
            Value::Number(digits, false) => Ok(Kind::Number(digits.clone())),
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) | Value::UnicodeStringLiteral(text) => {
                Ok(Kind::Text(text.clone()))
            }
            Value::DollarQuotedString(text) => Ok(Kind::Text(text.value.clone())),
            Value::Boolean(truth) => Ok(Kind::Boolean(*truth)),
            Value::Null => Ok(Kind::Null),
            Value::Placeholder(_) => Err(self.refuse(refuse::PARAMETER)),
            _ => Err(self.refuse(refuse::STRING)),
        }
    }

    /// `a AND b AND c` leans to the left as deep as it is long; it becomes one flat term.
    fn chain(&self, expr: &Expr, chained: &BinaryOperator) -> Result<Kind> {
        let mut operands = Vec::new();
        let mut rest = expr;
        loop {
            match rest {
                Expr::Nested(inner) => rest = inner,
                Expr::BinaryOp { left, op, right } if op == chained => {
                    operands.push(self.term(right)?);
                    rest = left;
                }
                _ => break operands.push(self.term(rest)?),
            }
        }
        let flat = operands.into_iter().rev().flat_map(|operand| match (operand.kind, chained) {
            (Kind::And(inner), BinaryOperator::And) | (Kind::Or(inner), BinaryOperator::Or) => inner,
            (kind, _) => vec![Term { kind, ..operand }],
        });
        match chained {
            BinaryOperator::And => Ok(Kind::And(flat.collect())),
            _ => Ok(Kind::Or(flat.collect())),
        }
    }

    fn binary(&self, op: &BinaryOperator, left: &Expr, right: &Expr) -> Result<Kind> {
        use BinaryOperator::*;
        let refusal = match op {
            Match | Regexp | PGRegexMatch | PGRegexIMatch | PGRegexNotMatch | PGRegexNotIMatch => Some(refuse::SIMILAR),
            PGLikeMatch | PGILikeMatch | PGNotLikeMatch | PGNotILikeMatch => Some(refuse::SIMILAR),
            Arrow | LongArrow | HashArrow | HashLongArrow => Some(refuse::NESTED_VALUE),
            _ => None,
        };
        if let Some(refusal) = refusal {
            return Err(self.refuse(refusal));
        }
        let both = Box::new([self.term(left)?, self.term(right)?]);
        Ok(match op {
            Eq => Kind::Compare(Comparison::Equal, both),
            NotEq => Kind::Compare(Comparison::NotEqual, both),
            Lt => Kind::Compare(Comparison::Less, both),
            LtEq => Kind::Compare(Comparison::LessOrEqual, both),
            Gt => Kind::Compare(Comparison::Greater, both),
            GtEq => Kind::Compare(Comparison::GreaterOrEqual, both),
            Plus => Kind::Arithmetic(Arithmetic::Add, both),
            Minus => Kind::Arithmetic(Arithmetic::Subtract, both),
            Multiply => Kind::Arithmetic(Arithmetic::Multiply, both),
            Divide => Kind::Arithmetic(Arithmetic::Divide, both),
            DuckIntegerDivide => Kind::Arithmetic(Arithmetic::IntegerDivide, both),
            Modulo => Kind::Arithmetic(Arithmetic::Remainder, both),
            StringConcat => Kind::Concat(both),
            _ => return Err(self.refuse(refuse::BIT_OPERATOR)),
        })
    }

    fn escape(&self, escape: &Expr) -> Result<char> {
        let Expr::Value(value) = escape else { return Err(self.refuse(refuse::ESCAPE)) };
        let Ok(Kind::Text(text)) = self.literal(&value.value) else { return Err(self.refuse(refuse::ESCAPE)) };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(escape), None) => Ok(escape),
            _ => Err(self.refuse(refuse::ESCAPE)),
        }
    }

    /// The column, element or alias that `names` (`c` or `t.c`) means.
    fn name(&self, names: &[Ident], at: Location) -> Result<Term> {
        match (self.scope.names.name(names, at), names) {
            (Err(error @ Error::NoColumn { .. }), [name]) => self.alias(name, at, error),
            (meant, _) => meant,
        }
    }

    fn alias(&self, name: &Ident, at: Location, no_column: Error) -> Result<Term> {
        let (items, refused) = match self.aliases {
            Aliases::Unknown => return Err(no_column),
            Aliases::Refused(items) => (items, true),
            Aliases::Known(items) => (items, false),
        };
        let item = items.iter().find(|item| item.is_alias && names::fold(&item.name) == names::fold(&name.value));
        match item {
            None => Err(no_column),
            Some(_) if refused => Err(refuse::ALIAS_IN_WHERE.at(at)),
            Some(item) => {
                let terms = self.scope.terms.get() + item.term.size();
                self.scope.terms.set(terms);
                if terms > TERMS { Err(refuse::TOO_MANY.at(at)) } else { Ok(Term { at, ..item.term.clone() }) }
            }
        }
    }

    /// The refusal of what is being lowered.
    pub(super) fn refuse(&self, refusal: Refusal) -> Error {
        refusal.at(self.at)
    }
}

/// Why an expression that no rule takes is refused.
fn unknown(expr: &Expr) -> Refusal {
    match expr {
        Expr::InUnnest { .. } => refuse::UNNEST_SELECT,
        Expr::SimilarTo { .. } | Expr::RLike { .. } => refuse::SIMILAR,
        Expr::AnyOp { .. } | Expr::AllOp { .. } => refuse::QUANTIFIED,
        Expr::AtTimeZone { .. } => refuse::TIME_ZONE,
        Expr::Collate { .. } => refuse::COLLATE,
        Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => refuse::GROUPING_SETS,
        Expr::Tuple(_) => refuse::TUPLE,
        Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => refuse::WILDCARD,
        Expr::Prefixed { .. } => refuse::STRING,
        Expr::Named { .. } => refuse::NAMED_ARGUMENT,
        Expr::Array(_) | Expr::Map(_) | Expr::Struct { .. } | Expr::Dictionary(_) | Expr::Lambda(_) => {
            refuse::NESTED_VALUE
        }
        Expr::CompoundFieldAccess { .. } | Expr::JsonAccess { .. } | Expr::IsJson { .. } => refuse::NESTED_VALUE,
        _ => refuse::EXPRESSION,
    }
}
