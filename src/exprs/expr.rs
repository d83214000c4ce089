//! An expression over the columns of a frame, evaluated a column at a time.
//!
//! Holds the tree and how it walks. Strict operators (comparison, arithmetic, `LIKE`, casts, every function) are
//! [`Scalar`]s behind [`Call`]; only what must not evaluate all of its operands for all rows is a variant of its own.

use std::fmt::Debug;

use bumpalo::Bump;

use super::value::{Type, Value};

/// An expression, bound: types are settled, constants folded, patterns compiled.
#[derive(Debug)]
pub enum Expr {
    /// Column `0 ≤ slot < columns` of the frame.
    Column(usize),
    /// The same value for every lane (text lives in the expression).
    Constant(Constant),
    /// A strict function of its arguments.
    Call(Call),
    /// `AND`: the next operand is evaluated only for lanes that are not false yet.
    And(Vec<Expr>),
    /// `OR`: the next operand is evaluated only for lanes that are not true yet.
    Or(Vec<Expr>),
    /// `CASE WHEN … THEN … ELSE … END`: a result is evaluated only for its lanes.
    Case {
        /// Condition and result, in order.
        arms: Vec<(Expr, Expr)>,
        /// `ELSE`; NULL when absent.
        otherwise: Option<Box<Expr>>,
    },
    /// `coalesce`: the next operand is evaluated only for lanes that are still NULL.
    Coalesce(Vec<Expr>),
}

/// A literal that owns its bytes.
#[derive(Clone, Debug)]
pub enum Constant {
    /// Anything that borrows nothing.
    Plain(Value<'static>),
    /// A decimal beyond 64 bits.
    Wide(super::Decimal),
    /// Text.
    Text(Box<[u8]>),
}

/// A [`Scalar`] with its arguments.
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub scalar: Box<dyn Scalar>,
    /// Its arguments, in order.
    pub args: Vec<Expr>,
}

/// A strict function: all its arguments are evaluated first, for the same lanes.
pub trait Scalar: Debug + Send + Sync {
    /// Writes `out[lane]` for each lane of `lanes`; other places are left alone.
    ///
    /// Bytes that the result needs are allocated in `arena`. What cannot be computed is NULL and told to `troubles`.
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    );
}

/// One evaluated argument.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'v, 'a> {
    /// The same for all lanes.
    Constant(Value<'a>),
    /// Indexed by lane.
    Vector(&'v [Value<'a>]),
}

impl<'a> Operand<'_, 'a> {
    /// The value of `lane`.
    #[inline]
    pub fn at(&self, lane: u32) -> Value<'a> {
        match self {
            Operand::Constant(value) => *value,
            Operand::Vector(values) => values[lane as usize],
        }
    }
}

/// The rows that an expression sees: `columns[slot][lane]`.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'v, 'a> {
    /// Columns by slot, each with one value a lane.
    pub columns: &'v [&'v [Value<'a>]],
    /// Lanes there are.
    pub n_lanes: usize,
    /// Where results allocate; reset with the batch.
    pub arena: &'a Bump,
}

/// Something wrong with one lane's value; the value is NULL and evaluation goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `text` does not spell what `wanted` demands ("number", "date", "UTF-8 text", …): a bad value.
    Bad {
        /// Name of the type that was demanded.
        wanted: Type,
        /// What was wanted, in words ("a number", …).
        words: &'static str,
        /// The column as the question names it, or the expression's text.
        column: Box<str>,
        /// The offending bytes, at most 64 of them.
        text: Box<[u8]>,
    },
    /// Not a matter of one value's spelling: over 38 digits, division by zero where that is an error, …
    Failed {
        /// The sentence.
        what: Box<str>,
    },
}

/// Troubles of a batch: per column how many, and the first by (lane, order of evaluation).
#[derive(Debug, Default)]
pub struct Troubles {
    /// Lane and trouble, in order of evaluation.
    pub found: Vec<(u32, Trouble)>,
}
impl Expr {
    /// stub
    pub fn eval<'a>(&self, _f: &Frame<'_, 'a>, _l: &[u32], _t: &mut Troubles, _o: &mut [Value<'a>]) {
        unimplemented!()
    }
    /// stub
    pub fn columns(&self) -> Vec<usize> {
        Vec::new()
    }
}
