//! `bool_and` and `bool_or`: whether all or any of the conditions hold; false comes before true, so they are the extremes.

use std::cmp::Ordering;

use super::AggregateFunction;
use super::extreme::Extreme;
use super::functions::{Asked, Bound, only};
use super::states::States;
use crate::exprs::{Misuse, Type};

pub(super) const BOOL_AND: AggregateFunction = AggregateFunction {
    name: "bool_and",
    signature: "bool_and(condition)",
    doc: "Whether all conditions that are not NULL are true.",
    bind: |asked| bind(asked, BOOL_AND.signature, Ordering::Less),
};

pub(super) const BOOL_OR: AggregateFunction = AggregateFunction {
    name: "bool_or",
    signature: "bool_or(condition)",
    doc: "Whether any of the conditions that are not NULL is true.",
    bind: |asked| bind(asked, BOOL_OR.signature, Ordering::Greater),
};

fn bind(asked: Asked, signature: &str, wanted: Ordering) -> Result<Bound, Misuse> {
    let (value, _) = only(asked, Type::Boolean, signature)?;
    let make = move || Box::new(States::new(Extreme { ty: Type::Boolean, wanted })) as Box<_>;
    Ok(Bound::rows(value, Type::Boolean, make))
}
