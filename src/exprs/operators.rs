//! Operators as constructors: typed operands in, a typed expression or a [`Misuse`] out. NULL logic is SQL's.

use super::{Misuse, Type, Typed};

/// `=`, `<>`, `<`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`, `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `IS DISTINCT FROM`
    Distinct,
    /// `IS NOT DISTINCT FROM`
    NotDistinct,
}

/// `+ - * / // %`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`, exact
    Add,
    /// `-`, exact
    Subtract,
    /// `*`, exact
    Multiply,
    /// `/`, real, rounded once
    Divide,
    /// `//`, towards negative infinity as DuckDB does for integers (documented), exact
    IntegerDivide,
    /// `%`
    Remainder,
}

/// `value` as a `ty`, where an operation demands it; what is none is a bad value naming the column.
pub fn demand(_value: Typed, _ty: Type) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `CAST(value AS ty)`; with `attempt`, `TRY_CAST`: NULL where it is none.
pub fn cast(_value: Typed, _ty: Type, _attempt: bool) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `left op right`.
pub fn compare(_op: Comparison, _left: Typed, _right: Typed) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `left op right`.
pub fn arithmetic(_op: Arithmetic, _left: Typed, _right: Typed) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `-value`.
pub fn negate(_value: Typed) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `NOT value`.
pub fn not(_value: Typed) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `value IS NULL`, of any type.
pub fn is_null(_value: Typed) -> Typed {
    unimplemented!()
}

/// `left || right`.
pub fn concat(_left: Typed, _right: Typed) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `value IN (list…)`, with SQL's NULL logic; constants are hashed or sorted once.
pub fn in_list(_value: Typed, _list: Vec<Typed>) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// `value [I]LIKE pattern [ESCAPE escape]`.
pub fn like(_value: Typed, _pattern: Typed, _escape: Option<char>, _ignore_case: bool) -> Result<Typed, Misuse> {
    unimplemented!()
}

/// The one type that all of `values` (branches of `CASE`, arguments of `coalesce`) can have, and they as it.
pub fn unify(_values: Vec<Typed>) -> Result<(Vec<Typed>, Type), Misuse> {
    unimplemented!()
}

/// The literals: number, text, boolean, NULL, `DATE '…'`, `TIMESTAMP '…'`.
pub fn number(_text: &str) -> Result<Typed, Misuse> {
    unimplemented!()
}
