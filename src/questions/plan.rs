//! What a question comes to: scans of its inputs, bound to their headers, ready to fold.
//!
//! Knows nothing of files, threads or memory; the pass reads it and never changes it.

use std::sync::Arc;

use crate::aggregates::AggregateCall;
use crate::exprs::lists::BoundList;
use crate::exprs::{Expr, Type};

/// A question, bound.
#[derive(Debug)]
pub struct Plan {
    /// One for each input that is read, each input once, in the order of the inputs.
    pub scans: Vec<Scan>,
    /// What is asked over the passes' results; `None` when the only pass's answer is the question's.
    pub outer: Option<Outer>,
}

impl Plan {
    /// What the answer's columns are called and are.
    pub fn answer(&self) -> &[AnswerColumn] {
        match (&self.outer, self.scans.as_slice()) {
            (Some(outer), _) => &outer.answer,
            (None, [Scan { passes, .. }, ..]) => passes.first().map_or(&[], |pass| &pass.columns),
            (None, []) => &[],
        }
    }
}

/// The query over the results of passes, for SQLite.
#[derive(Debug)]
pub struct Outer {
    /// A table a pass.
    pub tables: Vec<OuterTable>,
    /// What the SQL calls, beside what SQLite has itself.
    pub functions: Vec<OuterFunction>,
    /// One SELECT, in total order.
    pub sql: String,
    /// What it gives.
    pub answer: Vec<AnswerColumn>,
}

impl Outer {
    /// Whether it makes estimates.
    pub fn is_approximate(&self) -> bool {
        let is = |function: &OuterFunction| matches!(&function.kind, OuterKind::Aggregate { call, .. } if call.is_approximate);
        self.functions.iter().any(is)
    }
}

/// The table that a pass's rows become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OuterTable {
    /// Its name, unquoted.
    pub name: String,
    /// The names of its columns, quoted.
    pub columns: Vec<String>,
    /// Which scan's pass: the input, and the place among its passes.
    pub input: usize,
    /// The place among the scan's passes.
    pub pass: usize,
}

/// A function that the SQL of an outer query calls.
#[derive(Debug)]
pub struct OuterFunction {
    /// What it is called, unquoted: the text of the expression that it computes.
    pub name: String,
    /// What it does.
    pub kind: OuterKind,
    /// What its arguments are.
    pub args: Vec<Type>,
    /// What it gives.
    pub ty: Type,
}

/// What a function of an outer query does.
#[derive(Clone, Debug)]
pub enum OuterKind {
    /// Computes an expression; `Expr::Column(i)` is argument `i`.
    Scalar(Arc<Expr>),
    /// Aggregates; in the argument of the call, `Expr::Column(i)` is argument `i`.
    Aggregate {
        /// What is folded, and how.
        call: Arc<AggregateCall>,
        /// Whether it is called over a window that loses rows.
        moves: bool,
    },
    /// Gives bytes that order as its argument does.
    Order,
    /// Gives the whole number that a frame by value counts on: itself, days or microseconds.
    Range,
}

/// What a question reads of one input, and what it makes of it.
#[derive(Debug)]
pub struct Scan {
    /// Index into the headers that the question was bound to.
    pub input: usize,
    /// The columns that are read; an expression's `Expr::Column(i)` is `columns[i]` (in a frame of input rows).
    pub columns: Vec<InputColumn>,
    /// All share the scan.
    pub passes: Vec<Pass>,
}

/// A column of the input that the question reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputColumn {
    /// Its name in the header (of the first file).
    pub name: String,
    /// Its place in the header (of the first file).
    pub index: usize,
    /// Declared, or [`Type::Dynamic`].
    pub ty: Type,
    /// Declared `in (…)`: every value that is none of these is a bad value. `None` allows all.
    pub allowed: Option<Vec<Box<[u8]>>>,
}

/// A column of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// As the contract names it.
    pub name: String,
    /// For the order and the format of its values.
    pub ty: Type,
}

/// One `SELECT` over the input.
#[derive(Debug)]
pub struct Pass {
    /// `WHERE` as far as it reads no exploded element (conjuncts are split).
    pub filter: Option<Expr>,
    /// `, UNNEST(…) AS t(element)`; the element is `Expr::Column(scan.columns.len())`.
    pub explode: Option<BoundList>,
    /// The conjuncts of `WHERE` that read the element.
    pub element_filter: Option<Expr>,
    /// Rows or groups.
    pub body: Body,
    /// What the first of the body's outputs are called and are; those after them are there to order by.
    pub columns: Vec<AnswerColumn>,
    /// Order and limit.
    pub cut: Cut,
}

impl Pass {
    /// What it puts out: its columns, then what is only ordered by.
    pub fn outputs(&self) -> &[Output] {
        match &self.body {
            Body::Rows { outputs } | Body::Groups { outputs, .. } => outputs,
        }
    }
}

/// `ORDER BY … LIMIT … OFFSET …`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// As asked, before the remaining visible outputs (left to right, ascending, NULLs last) make it total.
    pub order: Vec<Order>,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// Rows left out before them.
    pub offset: u64,
}

/// One key of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Index into the outputs.
    pub output: usize,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`; otherwise last, ascending and descending alike.
    pub nulls_first: bool,
}

/// What a pass makes of its rows.
#[derive(Debug)]
pub enum Body {
    /// `SELECT` without aggregation.
    Rows {
        /// Over the input's columns (and the element).
        outputs: Vec<Output>,
    },
    /// With `GROUP BY`, aggregates or `DISTINCT`.
    Groups {
        /// Over the input's columns; none for a global aggregate, which gives one row even of nothing.
        keys: Vec<Output>,
        /// Each distinct call once.
        aggregates: Vec<AggregateCall>,
        /// Over the group's frame: keys first, aggregates after.
        having: Option<Expr>,
        /// Over the group's frame.
        outputs: Vec<Output>,
    },
}

/// An expression with the type of its values.
#[derive(Debug)]
pub struct Output {
    /// What is computed.
    pub expr: Expr,
    /// Its type.
    pub ty: Type,
}
