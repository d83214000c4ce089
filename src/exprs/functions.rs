//! The table of scalar functions: one entry a function.

use super::{Misuse, Typed};

/// A scalar function as a question can name it.
#[derive(Debug)]
pub struct Function {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called: `substr(text, start[, length])`.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Takes the arguments, demands their types, compiles what is constant.
    pub bind: fn(Vec<Typed>) -> Result<Typed, Misuse>,
}

/// The function called `name` (lower case), if there is one.
pub fn find(_name: &str) -> Option<&'static Function> {
    None
}

/// All functions, by name.
pub fn all() -> &'static [Function] {
    &[]
}
