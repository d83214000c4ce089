//! Values in groups in, one value a group out.
//!
//! Knows nothing of where rows come from: keys are bytes, arguments are values.
//!
//! ```text
//! row ─▶ folder: hot table ──full──▶ log of the key's partition ──full──▶ spill file
//!              │ at the end                    │                             │
//!              └──────────────▶ partition: folded in a table that fits ◀─────┘ ─▶ whole groups
//! ```

pub mod alone;
pub mod approx_distinct;
pub mod approx_quantile;
pub mod avg;
pub mod count;
mod exact;
mod extents;
pub mod extreme;
pub mod extreme_number;
pub mod folder;
pub mod functions;
pub mod groups;
mod histogram;
pub mod in_order;
pub mod key;
pub mod keys;
pub mod mode;
pub mod moments;
pub mod ordered;
pub mod pairs;
pub mod partition;
pub mod place;
mod prefetch;
pub mod probes;
pub mod quantile;
pub mod ranges;
pub mod real;
mod rounding;
pub mod seed;
pub mod slabs;
pub mod spill;
pub mod states;
mod string_agg;
pub mod sum;
pub mod top_k;
mod truth;
pub mod wide;

pub use functions::AggregateFunction;

use crate::exprs::{Expr, Type};
use functions::{Bound, Make, Route};

/// One call in a question.
#[derive(Debug)]
pub struct AggregateCall {
    /// Which; `count(*)` has no argument.
    pub function: &'static AggregateFunction,
    /// Its argument, of the type that the fold demands; several are packed into one.
    pub argument: Option<Expr>,
    /// The argument's type.
    pub ty: Type,
    /// How values come to the states.
    pub route: Route,
    /// Makes the states of the main fold.
    pub make: Make,
    /// The type of its results.
    pub result: Type,
    /// Whether they are estimates.
    pub is_approximate: bool,
    /// Whether its states keep texts of any length, or its groups' names while their values are sorted.
    pub keeps_texts: bool,
    /// `FILTER (WHERE …)`.
    pub filter: Option<Expr>,
}

impl AggregateCall {
    /// The call of `function` that `bound` is, over the rows that `filter` lets pass.
    pub fn new(function: &'static AggregateFunction, bound: Bound, filter: Option<Expr>) -> AggregateCall {
        let Bound { argument, result, route, make, is_approximate, keeps_texts } = bound;
        let (argument, ty) = argument.map_or((None, Type::Null), |argument| (Some(argument.expr), argument.ty));
        AggregateCall { function, argument, ty, route, make, result, is_approximate, keeps_texts, filter }
    }

    /// Whether its values have a fold of their own, by key and value.
    pub fn is_by_value(&self) -> bool {
        !matches!(self.route, Route::Rows)
    }
}

/// The aggregate called `name` (lower case), if there is one.
pub fn find(name: &str) -> Option<&'static AggregateFunction> {
    all().iter().copied().find(|function| function.name == name)
}

/// All aggregates, by name.
pub fn all() -> &'static [&'static AggregateFunction] {
    &FUNCTIONS
}

/// One entry an aggregate; each lies beside its fold.
static FUNCTIONS: [&AggregateFunction; 36] = [
    &approx_distinct::APPROX_COUNT_DISTINCT,
    &approx_distinct::APPROX_COUNT_DISTINCT_HIGH,
    &approx_distinct::APPROX_COUNT_DISTINCT_LOW,
    &approx_quantile::APPROX_QUANTILE,
    &approx_quantile::APPROX_QUANTILE_HIGH,
    &approx_quantile::APPROX_QUANTILE_LOW,
    &top_k::APPROX_TOP_K,
    &place::ARG_MAX,
    &place::ARG_MIN,
    &avg::AVG,
    &truth::BOOL_AND,
    &truth::BOOL_OR,
    &pairs::CORR,
    &count::COUNT,
    &pairs::COVAR_POP,
    &pairs::COVAR_SAMP,
    &place::FIRST,
    &histogram::HISTOGRAM,
    &place::LAST,
    &extreme::MAX,
    &quantile::MEDIAN,
    &extreme::MIN,
    &mode::MODE,
    &quantile::QUANTILE_CONT,
    &pairs::REGR_INTERCEPT,
    &pairs::REGR_R2,
    &pairs::REGR_SLOPE,
    &moments::STDDEV,
    &moments::STDDEV_POP,
    &moments::STDDEV_SAMP,
    &string_agg::STRING_AGG,
    &sum::SUM,
    &top_k::TOP_K,
    &moments::VAR_POP,
    &moments::VAR_SAMP,
    &moments::VARIANCE,
];
