//! Values of columns in, values of expressions out: a column of a batch at a time.
//!
//! Everything here is pure: no input, no question, no group is known.

pub mod codec;
mod compare;
pub mod dynamic;
mod expr;
pub mod functions;
pub mod lists;
pub mod number;
pub mod operators;
mod sort_key;
pub mod time;
mod value;
mod write;

pub use compare::compare;
pub use expr::{Call, Constant, Expr, Frame, Operand, Scalar, Trouble, Troubles};
pub use sort_key::sort_key;
pub use value::{Decimal, Type, Value};
pub use write::write;

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
