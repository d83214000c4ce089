//! Values in groups in, one value a group out.

use crate::exprs::{Expr, Type};

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

/// The aggregate called `name` (lower case), if there is one.
pub fn find(name: &str) -> Option<&'static AggregateFunction> {
    all().iter().find(|function| function.name == name)
}

/// All aggregates, by name.
pub fn all() -> &'static [AggregateFunction] {
    &FUNCTIONS
}

static FUNCTIONS: [AggregateFunction; 6] = [
    AggregateFunction {
        name: "avg",
        signature: "avg(number)",
        doc: "The mean of the values that are not NULL: their exact sum divided once.",
        signature_of: |_| Some(Signature { argument: Type::Number, result: Type::Number }),
    },
    AggregateFunction {
        name: "count",
        signature: "count(*) · count(value) · count(DISTINCT value)",
        doc: "How many rows, values that are not NULL, or different values there are.",
        signature_of: |ty| Some(Signature { argument: ty, result: Type::Number }),
    },
    AggregateFunction {
        name: "max",
        signature: "max(value)",
        doc: "The greatest value that is not NULL.",
        signature_of: |ty| Some(Signature { argument: ty, result: ty }),
    },
    AggregateFunction {
        name: "min",
        signature: "min(value)",
        doc: "The least value that is not NULL.",
        signature_of: |ty| Some(Signature { argument: ty, result: ty }),
    },
    AggregateFunction {
        name: "mode",
        signature: "mode(value)",
        doc: "The most frequent value that is not NULL; of several the least.",
        signature_of: |ty| Some(Signature { argument: ty, result: ty }),
    },
    AggregateFunction {
        name: "sum",
        signature: "sum(number)",
        doc: "The exact sum of the values that are not NULL; NULL of none.",
        signature_of: |_| Some(Signature { argument: Type::Number, result: Type::Number }),
    },
];
