//! The names that the clauses of a `SELECT` can use in, what they mean out.
//!
//! A pass knows the columns of its one input and the element of its `UNNEST` ([`OfInput`]); an outer query those of all its
//! relations ([`Relations`](super::outer)). Clauses are understood alike over both.

use std::fmt::Debug;

use sqlparser::ast::{Ident, NamedWindowExpr, ObjectName, Query};
use sqlparser::tokenizer::Location;

use super::names::{self, Header};
use super::refuse;
use super::term::{Kind, Term};
use crate::error::{Result, quoted};

/// Gives names their meaning.
pub(super) trait Names: Debug {
    /// What `names` (`c` or `t.c`) mean; [`Error::NoColumn`](crate::error::Error::NoColumn) where an alias may be meant.
    fn name(&self, names: &[Ident], at: Location) -> Result<Term>;
    /// What `*`, or `table.*`, stands for: names with their terms.
    fn star(&self, table: Option<&ObjectName>, at: Location) -> Result<Vec<(String, Term)>>;
    /// Whether all columns are known, so that `*` can be written out.
    fn are_known(&self) -> bool;
    /// Whether there is a column of this name.
    fn has(&self, name: &str) -> bool;
    /// The place of a query in an expression, as an outer query keeps it.
    fn query(&self, query: &Query, at: Location) -> Result<usize>;
    /// The window that `WINDOW name AS (…)` defines; an error where there are no windows at all.
    fn window(&self, name: Option<&Ident>, at: Location) -> Result<Option<&NamedWindowExpr>>;
}

/// The columns of one input.
#[derive(Debug)]
pub(super) struct OfInput<'a> {
    pub(super) header: Header<'a>,
    /// What columns may be qualified with.
    pub(super) table: &'a str,
    /// `UNNEST(…) AS alias(element)`: both names.
    pub(super) element: Option<(&'a str, &'a str)>,
}

impl OfInput<'_> {
    fn column(&self, name: &Ident, at: Location) -> Result<Term> {
        let index = self.header.resolve(&name.value)?;
        let text = self.header.columns().get(index).unwrap_or(&name.value);
        Ok(Term { kind: Kind::Column(index), text: text.as_str().into(), at })
    }
}

impl Names for OfInput<'_> {
    fn name(&self, names: &[Ident], at: Location) -> Result<Term> {
        let is = |name: &Ident, other: &str| names::fold(&name.value) == names::fold(other);
        let element = Term { kind: Kind::Element, text: self.element.map_or("", |(_, element)| element).into(), at };
        match names {
            [name] if self.element.is_some_and(|(_, element)| is(name, element)) => {
                if names::fits(self.header.columns(), &name.value).is_empty() {
                    return Ok(element);
                }
                let (alias, _) = self.element.unwrap_or_default();
                let what = format!("{} is a column, and what UNNEST gives", quoted(name.value.as_bytes()));
                Err(refuse::error(at, what, format!("write {}.{name} or {alias}.{name}", self.table)))
            }
            [name] => self.column(name, at),
            [table, name] if self.element.is_some_and(|(alias, element)| is(table, alias) && is(name, element)) => {
                Ok(element)
            }
            [table, name] if is(table, self.table) => self.column(name, at),
            [table, _] => {
                let what = format!("there is no table {} here", quoted(table.value.as_bytes()));
                Err(refuse::error(at, what, format!("write {}, or leave it out", self.table)))
            }
            _ => Err(refuse::QUALIFIER.at(at)),
        }
    }

    /// All columns of the header; one that is there twice is an error here as when it is named.
    fn star(&self, table: Option<&ObjectName>, at: Location) -> Result<Vec<(String, Term)>> {
        if table.is_some_and(|table| names::fold(&table.to_string()) != names::fold(self.table)) {
            return Err(refuse::WILDCARD.at(at));
        }
        let column = |name: &String| {
            let kind = Kind::Column(self.header.resolve(name)?);
            Ok((name.clone(), Term { kind, text: name.as_str().into(), at }))
        };
        let mut columns = self.header.columns().iter().map(column).collect::<Result<Vec<_>>>()?;
        if let Some((_, element)) = self.element.filter(|_| table.is_none()) {
            columns.push((element.to_string(), Term { kind: Kind::Element, text: element.into(), at }));
        }
        Ok(columns)
    }

    fn are_known(&self) -> bool {
        matches!(self.header, Header::Read { .. })
    }

    fn has(&self, name: &str) -> bool {
        !names::fits(self.header.columns(), name).is_empty()
    }

    fn query(&self, _: &Query, at: Location) -> Result<usize> {
        Err(refuse::SUBQUERY.at(at))
    }

    fn window(&self, _: Option<&Ident>, at: Location) -> Result<Option<&NamedWindowExpr>> {
        Err(refuse::WINDOW.at(at))
    }
}
