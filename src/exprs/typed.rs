//! An expression under construction: what operators and functions take, demand types of, and give back.

use std::fmt;

use super::expr::{Call, Constant, Expr, Scalar};
use super::trouble::Trouble;
use super::value::{Type, Value};
use crate::error::quoted;

/// An expression under construction: its tree, its type, and its text for messages and column names.
#[derive(Debug)]
pub struct Typed {
    /// The tree.
    pub expr: Expr,
    /// What its values are.
    pub ty: Type,
    /// How the question spells it: a column's name, or the expression as `sqlparser` displays it.
    pub text: Box<str>,
}

/// Why an operator or function does not take these arguments; the question's layer adds the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// What is wrong.
    pub what: String,
    /// What to write instead; may be empty.
    pub way_out: String,
}

impl Misuse {
    /// `what` is wrong; write `way_out` instead.
    pub fn new(what: impl Into<String>, way_out: impl Into<String>) -> Misuse {
        Misuse { what: what.into(), way_out: way_out.into() }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if !self.way_out.is_empty() {
            write!(f, ": {}", self.way_out)?;
        }
        Ok(())
    }
}

impl From<Trouble> for Misuse {
    /// What would be a bad value in a field is a mistake in the question's text.
    fn from(trouble: Trouble) -> Misuse {
        match trouble {
            Trouble::Bad { words, text, .. } => Misuse::new(format!("{} is no {words}", quoted(&text)), ""),
            Trouble::Failed { what } => Misuse::new(what, ""),
        }
    }
}

impl Typed {
    /// Column `slot`, called `name`, whose values are `ty`.
    pub fn column(slot: usize, ty: Type, name: impl Into<Box<str>>) -> Typed {
        Typed { expr: Expr::Column(slot), ty, text: name.into() }
    }

    /// The literal `value`, spelt `text`.
    pub fn constant(value: Value<'_>, ty: Type, text: impl Into<Box<str>>) -> Typed {
        Typed { expr: Expr::Constant(Constant::of(value)), ty, text: text.into() }
    }

    /// `expr`, folded if it is made of constants.
    pub fn folded(expr: Expr, ty: Type, text: impl Into<Box<str>>) -> Result<Typed, Misuse> {
        Ok(Typed { expr: expr.folded()?, ty, text: text.into() })
    }

    /// A call of `scalar`, folded if its arguments are constants.
    pub(super) fn call(
        scalar: impl Scalar + 'static,
        args: Vec<Typed>,
        ty: Type,
        text: impl Into<Box<str>>,
    ) -> Result<Typed, Misuse> {
        let args = args.into_iter().map(|arg| arg.expr).collect();
        Typed::folded(Expr::Call(Call { scalar: Box::new(scalar), args }), ty, text)
    }

    /// The value, if it is a constant.
    pub fn as_constant(&self) -> Option<Value<'_>> {
        match &self.expr {
            Expr::Constant(constant) => Some(constant.borrowed()),
            _ => None,
        }
    }

    /// The bytes, if it is a constant text: a literal may still become a date, a number, ….
    pub fn as_literal(&self) -> Option<&[u8]> {
        match self.as_constant() {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}
