//! `coalesce`: as an operator it evaluates only where it must; here it has its name.

use super::Function;
use super::arguments::some;
use crate::exprs::operators;

pub(super) const COALESCE: Function = Function {
    name: "coalesce",
    signature: "coalesce(value, …)",
    doc: "The first value that is not NULL.",
    bind: |args| operators::coalesce(some(args, COALESCE.signature)?),
};
