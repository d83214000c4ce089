//! What the clauses of an outer `SELECT` can name: the columns of its relations, and of those around it.
//!
//! Columns are numbered through all relations, left to right, then through those around. `USING` makes one column of two: it
//! stands first, and the two are found only where they are qualified.

use sqlparser::ast::{Ident, NamedWindowDefinition, NamedWindowExpr, ObjectName, Query};
use sqlparser::tokenizer::Location;

use super::emit::unknown;
use super::{Column, Env, Spelt, Split};
use crate::error::{Error, Result, quoted};
use crate::questions::names;
use crate::questions::refuse;
use crate::questions::scope::Names;
use crate::questions::term::{Kind, Term};

/// The relations of one `SELECT`.
#[derive(Debug)]
pub(super) struct Relations<'s, 'q> {
    pub(super) split: &'s Split<'q>,
    pub(super) env: Option<&'s Env<'s>>,
    /// First what `USING` made, under no name.
    pub(super) list: Vec<Relation>,
    pub(super) windows: &'s [NamedWindowDefinition],
    pub(super) around: Option<&'s Relations<'s, 'q>>,
}

/// One relation.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// What its columns may be qualified with.
    pub(super) alias: String,
    /// `None` while it is not known which.
    pub(super) columns: Option<Vec<Cell>>,
}

/// One column of a relation, as SQL names it here.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) name: String,
    pub(super) spelt: Spelt,
    /// Whether `USING` made one of it and others.
    pub(super) merged: bool,
}

impl Relation {
    /// A relation called `alias`, of these columns.
    pub(super) fn new(alias: &str, columns: Option<&[Column]>) -> Relation {
        let called = super::emit::quoted(alias);
        let cell = |column: &Column| Cell {
            name: column.name.clone(),
            spelt: Spelt { sql: format!("{called}.{}", column.called), ty: column.ty, whole: column.whole },
            merged: false,
        };
        Relation { alias: alias.to_string(), columns: columns.map(|columns| columns.iter().map(cell).collect()) }
    }

    fn n_columns(&self) -> usize {
        self.columns.as_ref().map_or(0, Vec::len)
    }
}

impl Relations<'_, '_> {
    fn n_columns(&self) -> usize {
        self.list.iter().map(Relation::n_columns).sum()
    }

    /// Whether column `index` is of this `SELECT`'s own relations.
    pub(super) fn is_own(&self, index: usize) -> bool {
        index < self.n_columns()
    }

    /// Column `index`.
    pub(super) fn column(&self, index: usize) -> Spelt {
        let mut cells = self.list.iter().flat_map(|relation| relation.columns.iter().flatten());
        match (cells.nth(index), self.around) {
            (Some(cell), _) => cell.spelt.clone(),
            (None, Some(around)) => around.column(index - self.n_columns()),
            (None, None) => unknown(),
        }
    }

    /// The places of the columns called `name` (exactly if any is, else folded), with what they may be qualified with.
    fn places(&self, table: Option<&str>, name: &str) -> Vec<(usize, &str)> {
        let mut all = Vec::new();
        let mut first = 0;
        for relation in &self.list {
            for (place, cell) in relation.columns.iter().flatten().enumerate() {
                let here = match table {
                    Some(table) => names::fold(table) == names::fold(&relation.alias),
                    None => !cell.merged,
                };
                if here && names::fold(&cell.name) == names::fold(name) {
                    all.push((first + place, relation.alias.as_str(), cell.name == name));
                }
            }
            first += relation.n_columns();
        }
        let exact = all.iter().any(|(.., exact)| *exact);
        all.into_iter().filter(|(.., is_exact)| *is_exact || !exact).map(|(place, alias, _)| (place, alias)).collect()
    }

    /// All columns that a name without a qualifier can mean, for messages.
    fn all(&self) -> Vec<String> {
        let cells = self.list.iter().flat_map(|relation| relation.columns.iter().flatten());
        cells.filter(|cell| !cell.merged).map(|cell| cell.name.clone()).collect()
    }

    fn has_table(&self, table: &str) -> bool {
        self.list.iter().any(|relation| names::fold(&relation.alias) == names::fold(table))
    }

    /// The columns before which `around`'s are counted on.
    fn find(&self, table: Option<&Ident>, name: &Ident, at: Location) -> Result<Option<usize>> {
        let found = self.places(table.map(|table| table.value.as_str()), &name.value);
        match found.as_slice() {
            [(place, _)] => Ok(Some(*place)),
            [(_, first), (_, second), ..] => {
                let what = format!("column {} is in {first} and in {second}", quoted(name.value.as_bytes()));
                Err(refuse::error(at, what, format!("write {first}.{name} or {second}.{name}")))
            }
            [] => match self.around {
                Some(around) => Ok(around.find(table, name, at)?.map(|place| place + self.n_columns())),
                None => Ok(None),
            },
        }
    }
}

impl Names for Relations<'_, '_> {
    fn name(&self, names: &[Ident], at: Location) -> Result<Term> {
        let (table, name) = match names {
            [name] => (None, name),
            [table, name] => (Some(table), name),
            _ => return Err(refuse::QUALIFIER.at(at)),
        };
        let term = |place| Term { kind: Kind::Column(place), text: name.value.as_str().into(), at };
        match self.find(table, name, at)? {
            Some(place) => Ok(term(place)),
            None if !self.are_known() => Ok(term(0)),
            None => {
                let mut scope = Some(self);
                let mut is_table = table.is_none();
                while let (Some(one), Some(table)) = (scope, table) {
                    is_table |= one.has_table(&table.value);
                    scope = one.around;
                }
                if let (false, Some(table)) = (is_table, table) {
                    let what = format!("there is no table {} here", quoted(table.value.as_bytes()));
                    let tables: Vec<&str> = self.list.iter().skip(1).map(|relation| relation.alias.as_str()).collect();
                    return Err(refuse::error(at, what, format!("there are {}", tables.join(", "))));
                }
                let columns = self.all();
                let suggestion = names::nearest(&name.value, columns.iter().map(String::as_str)).map(str::to_string);
                let path = format!("line {}, column {}", at.line, at.column);
                Err(Error::NoColumn { path, name: name.value.clone(), suggestion, columns })
            }
        }
    }

    fn star(&self, table: Option<&ObjectName>, at: Location) -> Result<Vec<(String, Term)>> {
        if self.list.len() < 2 {
            return Err(refuse::STAR_WITHOUT_FROM.at(at));
        }
        let table = table.map(|table| names::fold(&table.to_string().replace('"', "")));
        if table.as_ref().is_some_and(|table| !self.has_table(table)) {
            return Err(refuse::WILDCARD.at(at));
        }
        let mut columns = Vec::new();
        let mut first = 0;
        for relation in &self.list {
            for (place, cell) in relation.columns.iter().flatten().enumerate() {
                let stands = table.as_ref().map_or(!cell.merged, |table| *table == names::fold(&relation.alias));
                if stands {
                    let term = Term { kind: Kind::Column(first + place), text: cell.name.as_str().into(), at };
                    columns.push((cell.name.clone(), term));
                }
            }
            first += relation.n_columns();
        }
        Ok(columns)
    }

    fn are_known(&self) -> bool {
        self.split.knows()
    }

    fn has(&self, name: &str) -> bool {
        !self.places(None, name).is_empty()
    }

    fn query(&self, query: &Query, _: Location) -> Result<usize> {
        self.split.query_in_expression(query, self.env, self)
    }

    fn window(&self, name: Option<&Ident>, at: Location) -> Result<Option<&NamedWindowExpr>> {
        let Some(name) = name else { return Ok(None) };
        let is_it = |window: &&NamedWindowDefinition| names::fold(&window.0.value) == names::fold(&name.value);
        match self.windows.iter().find(is_it) {
            Some(window) => Ok(Some(&window.1)),
            None => {
                let what = format!("there is no window {}", quoted(name.value.as_bytes()));
                Err(refuse::error(at, what, format!("define it: WINDOW {name} AS (…)")))
            }
        }
    }
}
