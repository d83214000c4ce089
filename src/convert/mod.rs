//! What `rowfold convert` needs beside a pass: an input in, what kind of values each of its columns has out.
//!
//! ```text
//! input ──▶ find: Kind::of each field, joined over the whole input ──▶ Kind ──▶ the type that an output knows
//! ```
//!
//! Knows nothing of outputs but what types they tell apart. The rows themselves are a pass's ([`questions::rows`](crate::questions::rows())).

mod find;
mod kind;

pub use find::find;
pub use kind::{Kind, Told};
