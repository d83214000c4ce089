//! The table of list functions, which `UNNEST` takes: one entry a function.

use std::fmt::Debug;

use super::{Expr, Misuse, Trouble, Type, Typed, Value};

/// A list function as a question can name it.
#[derive(Debug)]
pub struct ListFunction {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Takes the arguments and compiles what is constant.
    pub bind: fn(Vec<Typed>) -> Result<BoundList, Misuse>,
}

/// A list function with its subject and the type of its elements.
#[derive(Debug)]
pub struct BoundList {
    /// The text that is taken apart.
    pub subject: Expr,
    /// How.
    pub list: Box<dyn List>,
    /// What its elements are.
    pub element: Type,
}

/// Takes one value apart.
pub trait List: Debug + Send + Sync {
    /// Calls `each` with the elements of `subject`, in order; none for NULL. An element borrows from the subject or from statics.
    fn each<'a>(&self, subject: Value<'a>, each: &mut dyn FnMut(Value<'a>)) -> Result<(), Trouble>;
}

/// The list function called `name` (lower case), if there is one.
pub fn find(_name: &str) -> Option<&'static ListFunction> {
    None
}

/// All list functions, by name.
pub fn all() -> &'static [ListFunction] {
    &[]
}
