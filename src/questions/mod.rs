//! SQL text in, a plan out.

mod bind;
pub mod catalogue;
pub mod plan;
mod question;

pub use bind::bind;
pub use question::{DeclaredColumn, Question, Table};
