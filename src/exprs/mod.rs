//! Values of columns in, values of expressions out: a column of a batch at a time.
//!
//! Everything here is pure: no input, no question, no group is known. What a value is: [`Value`], [`Type`]; what every type
//! has: [`compare`](compare()), [`write`](write()), [`sort_key`](sort_key()); what is computed: [`Expr`], made by [`operators`],
//! [`functions`] and, for `UNNEST`, [`lists`].

pub mod boolean;
pub mod codec;
mod compare;
pub mod crossing;
pub mod dynamic;
pub mod eights;
pub mod emoji;
mod expr;
pub mod functions;
mod lanewise;
pub mod lists;
pub mod number;
pub mod operators;

mod regexp;
mod shorts;
mod sort_key;
pub mod sortable;
mod text_test;
pub mod time;
mod trouble;
mod typed;
mod value;
pub mod words;
mod write;

pub use compare::compare;
pub use expr::{Call, Constant, Expr, Frame, Operand, Scalar};
pub use shorts::{Shorts, ShortsMut};
pub use sort_key::{sort_key, sort_key_head};
pub use text_test::TextTest;
pub use trouble::{Trouble, Troubles};
pub use typed::{Misuse, Typed};
pub use value::{Decimal, Type, Value};
pub use write::write;
