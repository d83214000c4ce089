//! Operators as constructors: typed operands in, a typed expression or a [`Misuse`](super::Misuse) out. NULL logic is SQL's.
//!
//! What types meet is settled here, before a byte is read:
//!
//! | where | stands | so it is |
//! |---|---|---|
//! | a number, date, … is demanded | a dynamic value | parsed, a bad value if it is none |
//! | a number, date, … is demanded | a text literal | parsed now, a misuse if it is none |
//! | a number, date, … is demanded | a declared text | a misuse: `CAST` says that it is meant |
//! | text is demanded | anything | its text |
//! | dynamic meets dynamic | | the dynamic order; equal if their bytes are |
//! | dynamic meets text | | both text |
//! | a timestamp is demanded | a date | its midnight in the zone |
//! | a time and an interval or number of days meet | | the time moved; what else they do is refused |
//! | anything is demanded | NULL | NULL |

mod arithmetic;
mod cast;
mod comparison;
mod concat;
mod in_list;
mod interval;
mod like;
mod literal;
mod logic;
mod pack;
#[cfg(test)]
pub(super) mod testing;
mod unify;

pub use arithmetic::{Arithmetic, arithmetic, negate};
pub use cast::{cast, demand};
pub use comparison::{Comparison, compare};
pub use concat::concat;
pub(super) use concat::{Nulls, join};
pub use in_list::in_list;
pub use interval::interval;
pub use like::like;
pub use literal::{boolean, date, null, number, text, timestamp};
pub use logic::{and, case, coalesce, is_null, not, or};
pub use pack::pack;
pub use unify::unify;
