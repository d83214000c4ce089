//! Values in groups in, one value a group out.
//!
//! Knows nothing of where rows come from: keys are bytes, arguments are values.
//!
//! ```text
//! row ─▶ folder: hot table ──full──▶ log of the key's partition ──full──▶ spill file
//!              │ at the end                    │                             │
//!              └──────────────▶ partition: folded in a table that fits ◀─────┘ ─▶ whole groups
//! ```

pub mod avg;
pub mod count;
pub mod extreme;
pub mod folder;
pub mod groups;
pub mod keys;
pub mod mode;
pub mod partition;
pub mod real;
pub mod slabs;
pub mod spill;
pub mod states;
pub mod sum;
pub mod wide;

use std::cmp::Ordering;

use crate::exprs::{Expr, Type};
use states::{Aggregate, States};

/// An aggregate as a question can name it.
#[derive(Debug)]
pub struct AggregateFunction {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called: `sum(number)`.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// What it does with an argument of a type: `None` when it does not take it.
    pub signature_of: fn(Type) -> Option<Signature>,
    /// The empty states of a call over an argument of this type.
    pub make: fn(Type) -> Box<dyn Aggregate>,
    /// Whether it needs each value once, with its count: a fold of folds.
    pub by_value: bool,
}

/// What an aggregate demands and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The type that the argument must be brought to (`operators::demand`).
    pub argument: Type,
    /// The type of its results.
    pub result: Type,
}

/// One call in a question.
#[derive(Debug)]
pub struct AggregateCall {
    /// Which; `count(*)` has no argument.
    pub function: &'static AggregateFunction,
    /// Its argument, already of the type that the signature demands.
    pub argument: Option<Expr>,
    /// The argument's type.
    pub ty: Type,
    /// `DISTINCT`; only `count` takes it.
    pub distinct: bool,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Expr>,
}

impl AggregateCall {
    /// Whether its states keep texts as long as those of its argument.
    pub fn keeps_texts(&self) -> bool {
        let signature = (self.function.signature_of)(self.ty);
        signature.is_some_and(|signature| matches!(signature.result, Type::Text | Type::Dynamic))
    }
}

/// The aggregate called `name` (lower case), if there is one.
pub fn find(name: &str) -> Option<&'static AggregateFunction> {
    all().iter().find(|function| function.name == name)
}

/// All aggregates, by name.
pub fn all() -> &'static [AggregateFunction] {
    &FUNCTIONS
}

/// One entry an aggregate; its states live in a file of their own.
static FUNCTIONS: [AggregateFunction; 6] = [
    AggregateFunction {
        name: "avg",
        signature: "avg(number)",
        doc: "The mean of the values that are not NULL: their exact sum divided once.",
        signature_of: |_| Some(Signature { argument: Type::Number, result: Type::Number }),
        make: |_| Box::new(States::new(avg::Avg)),
        by_value: false,
    },
    AggregateFunction {
        name: "count",
        signature: "count(*) · count(value) · count(DISTINCT value)",
        doc: "How many rows, values that are not NULL, or different values there are.",
        signature_of: |ty| Some(Signature { argument: ty, result: Type::Number }),
        make: |_| Box::new(States::new(count::Count)),
        by_value: false,
    },
    AggregateFunction {
        name: "max",
        signature: "max(value)",
        doc: "The greatest value that is not NULL.",
        signature_of: |ty| Some(Signature { argument: ty, result: ty }),
        make: |ty| Box::new(States::new(extreme::Extreme { ty, wanted: Ordering::Greater })),
        by_value: false,
    },
    AggregateFunction {
        name: "min",
        signature: "min(value)",
        doc: "The least value that is not NULL.",
        signature_of: |ty| Some(Signature { argument: ty, result: ty }),
        make: |ty| Box::new(States::new(extreme::Extreme { ty, wanted: Ordering::Less })),
        by_value: false,
    },
    AggregateFunction {
        name: "mode",
        signature: "mode(value)",
        doc: "The most frequent value that is not NULL; of several the least.",
        signature_of: |ty| Some(Signature { argument: ty, result: ty }),
        make: |ty| Box::new(States::new(mode::Mode { ty })),
        by_value: true,
    },
    AggregateFunction {
        name: "sum",
        signature: "sum(number)",
        doc: "The exact sum of the values that are not NULL; NULL of none.",
        signature_of: |_| Some(Signature { argument: Type::Number, result: Type::Number }),
        make: |_| Box::new(States::new(sum::Sum)),
        by_value: false,
    },
];
