//! What a question comes to: scans of its inputs, bound to their headers, ready to fold.
//!
//! Knows nothing of files, threads or memory; the pass reads it and never changes it.

use crate::aggregates::AggregateCall;
use crate::exprs::lists::BoundList;
use crate::exprs::{Expr, Type};

/// A question, bound.
#[derive(Debug)]
pub struct Plan {
    /// One for each input that is read, each input once, in the order of the inputs.
    pub scans: Vec<Scan>,
    /// What the answer's columns are called and are.
    pub answer: Vec<AnswerColumn>,
    /// `ORDER BY`, `LIMIT`, `OFFSET` of a `UNION ALL` as a whole (of one pass they are the pass's own, and this is `None`).
    pub union_order: Option<Cut>,
}

/// What a question reads of one input, and what it makes of it.
#[derive(Debug)]
pub struct Scan {
    /// Index into the headers that the question was bound to.
    pub input: usize,
    /// The columns that are read; an expression's `Expr::Column(i)` is `columns[i]` (in a frame of input rows).
    pub columns: Vec<InputColumn>,
    /// All share the scan: one pass, or the arms of a `UNION ALL` of global aggregates, in their order.
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
    /// How many of the body's outputs are the answer's columns; those after are there to order by.
    pub n_visible: usize,
    /// Order and limit.
    pub cut: Cut,
}

impl Pass {
    /// What it puts out: the answer's columns, then those that are only ordered by.
    pub fn outputs(&self) -> &[Output] {
        match &self.body {
            Body::Rows { outputs } | Body::Groups { outputs, .. } => outputs,
        }
    }

    pub(super) fn outputs_mut(&mut self) -> &mut [Output] {
        match &mut self.body {
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
