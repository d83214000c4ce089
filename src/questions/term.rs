//! An expression of a question, understood but not yet typed: names are resolved, synonyms are one thing, and two terms
//! are equal when they say the same.
//!
//! Between sqlparser's tree, which has sixty kinds of expression and knows how each was written, and
//! [`Expr`](crate::exprs::Expr), whose functions cannot be compared. Here `GROUP BY` recognises its expressions in the
//! select list, and an aggregate that is asked twice is seen to be one.

use sqlparser::tokenizer::Location;

use crate::exprs::Type;
use crate::exprs::operators::{Arithmetic, Comparison};

/// A term with its spelling and its place; equality looks at neither.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) kind: Kind,
    /// As `sqlparser` displays it; of a column its name in the header.
    pub(super) text: Box<str>,
    pub(super) at: Location,
}

/// What a term says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// By its place in the header.
    Column(usize),
    /// What `UNNEST` gives.
    Element,
    Number(String),
    Text(String),
    Boolean(bool),
    Null,
    /// `INTERVAL 'value'`, or with a unit.
    Interval(Box<Term>, Option<Box<str>>),
    Negate(Box<Term>),
    Not(Box<Term>),
    IsNull(Box<Term>),
    Compare(Comparison, Box<[Term; 2]>),
    Arithmetic(Arithmetic, Box<[Term; 2]>),
    Concat(Box<[Term; 2]>),
    And(Vec<Term>),
    Or(Vec<Term>),
    In(Box<Term>, Vec<Term>),
    /// Value, low, high.
    Between(Box<[Term; 3]>),
    Like {
        operands: Box<[Term; 2]>,
        escape: Option<char>,
        ignore_case: bool,
    },
    Cast {
        value: Box<Term>,
        ty: Type,
        attempt: bool,
    },
    Case {
        operand: Option<Box<Term>>,
        arms: Vec<[Term; 2]>,
        otherwise: Option<Box<Term>>,
    },
    Function {
        name: Box<str>,
        args: Vec<Term>,
    },
    /// Without `args` it is `count(*)`.
    Aggregate {
        name: Box<str>,
        args: Vec<Term>,
        distinct: bool,
        order: Vec<Key>,
        filter: Option<Box<Term>>,
    },
    /// `f(…) OVER (…)`, in an outer query.
    Window(Box<Window>),
    /// `(SELECT …)`, by its place among the queries of an outer query.
    Query(usize),
    /// `EXISTS (SELECT …)`
    Exists(usize),
    /// `x IN (SELECT …)`
    InQuery(Box<Term>, usize),
}

/// A window function's call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) function: WindowFunction,
    pub(super) args: Vec<Term>,
    pub(super) partition: Vec<Term>,
    pub(super) order: Vec<Key>,
    pub(super) frame: Option<WindowFrame>,
}

/// What is called over a window.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WindowFunction {
    /// `rank`, `lag`, …, by its place in the table of them.
    Ranking(&'static str),
    /// An aggregate, as a term.
    Aggregate(Term),
}

/// `ROWS BETWEEN … AND …`
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WindowFrame {
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub(super) units: &'static str,
    pub(super) start: WindowBound,
    pub(super) end: WindowBound,
}

/// Where a frame begins or ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WindowBound {
    UnboundedPreceding,
    Preceding(Term),
    CurrentRow,
    Following(Term),
    UnboundedFollowing,
}

/// A key of an `ORDER BY` inside an aggregate or a window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) by: Term,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
}

impl PartialEq for Term {
    fn eq(&self, other: &Term) -> bool {
        self.kind == other.kind
    }
}

impl Term {
    /// The terms right below this one.
    pub(super) fn parts(&self) -> Vec<&Term> {
        match &self.kind {
            Kind::Column(_) | Kind::Element | Kind::Number(_) | Kind::Text(_) | Kind::Boolean(_) | Kind::Null => {
                Vec::new()
            }
            Kind::Query(_) | Kind::Exists(_) => Vec::new(),
            Kind::Negate(value)
            | Kind::Not(value)
            | Kind::IsNull(value)
            | Kind::Interval(value, _)
            | Kind::InQuery(value, _)
            | Kind::Cast { value, .. } => vec![value],
            Kind::Window(window) => window.parts(),
            Kind::Compare(_, both)
            | Kind::Arithmetic(_, both)
            | Kind::Concat(both)
            | Kind::Like { operands: both, .. } => both.iter().collect(),
            Kind::And(terms) | Kind::Or(terms) | Kind::Function { args: terms, .. } => terms.iter().collect(),
            Kind::In(value, list) => std::iter::once(&**value).chain(list).collect(),
            Kind::Between(three) => three.iter().collect(),
            Kind::Case { operand, arms, otherwise } => {
                operand.as_deref().into_iter().chain(arms.iter().flatten()).chain(otherwise.as_deref()).collect()
            }
            Kind::Aggregate { args, order, filter, .. } => {
                args.iter().chain(order.iter().map(|key| &key.by)).chain(filter.as_deref()).collect()
            }
        }
    }

    /// The first term, this one or below it, that is so.
    pub(super) fn find(&self, so: &impl Fn(&Kind) -> bool) -> Option<&Term> {
        if so(&self.kind) { Some(self) } else { self.parts().into_iter().find_map(|part| part.find(so)) }
    }

    /// The first aggregate in it.
    pub(super) fn aggregate(&self) -> Option<&Term> {
        self.find(&|kind| matches!(kind, Kind::Aggregate { .. }))
    }

    /// Whether it reads what `UNNEST` gives.
    pub(super) fn reads_element(&self) -> bool {
        self.find(&|kind| matches!(kind, Kind::Element)).is_some()
    }

    /// How many terms it is.
    pub(super) fn size(&self) -> usize {
        1 + self.parts().into_iter().map(Term::size).sum::<usize>()
    }

    /// Whether it is a literal.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Number(_) | Kind::Text(_) | Kind::Boolean(_) | Kind::Null)
    }
}

impl Window {
    /// The terms right below it; of an aggregate those that it is called with.
    fn parts(&self) -> Vec<&Term> {
        let called = match &self.function {
            WindowFunction::Ranking(_) => Vec::new(),
            WindowFunction::Aggregate(aggregate) => aggregate.parts(),
        };
        let spec = self.partition.iter().chain(self.order.iter().map(|key| &key.by));
        called.into_iter().chain(&self.args).chain(spec).collect()
    }
}
