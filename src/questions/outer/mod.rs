//! A query that is more than one pass in; the passes that it stands on and the SQL that SQLite gets out.
//!
//! ```text
//!  query ──▶ SELECT blocks that read an input ──▶ passes, each a table of SQLite
//!        └─▶ all that is around them          ──▶ SQL over those tables
//! ```
//!
//! SQLite joins, groups, windows, recurs and orders; it computes nothing. Every expression is bound as in a pass, by the same
//! operators and functions, and stands in the SQL as a call of a function that is registered under the expression's own text,
//! over the columns that it reads: `n / days` is `"n / days"("t"."n", "t"."days")`. So there is one home for each meaning, types
//! are known everywhere, and numbers stay exact.
//!
//! The obvious way is to rewrite each operator where SQLite differs. But it differs in nearly all of them (integer `/`, dates that
//! are text, decimals that are reals, `LIKE`, `round`), and what is rewritten has a second meaning to keep in step.
//!
//! 1. A column, an equality of columns of one type, `count` and ranks are SQLite's own: there it finds its indexes, and values
//!    cross so that its equality is ours (`finish::outer`).
//! 2. Where it orders numbers or dynamic values, it orders by their sort keys.

mod emit;
mod from;
mod query;
mod relations;
mod select;
pub(super) mod windows;

use std::cell::{Cell, RefCell};

use sqlparser::ast::Query;

use super::frame::Rows;
use super::lower::Scope;
use super::names::{self, Header};
use super::parse::Parsed;
use super::passes;
use super::plan::{AnswerColumn, Outer, OuterFunction, OuterTable, Pass, Plan, Scan};
use super::question::Table;
use super::scope::OfInput;
use super::select as block;
use super::shape::{Arm, Reader};
use super::{TableHeader, refuse, slots};
use crate::error::{Error, Result};
use crate::exprs::Type;

/// What is known of the inputs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'q> {
    /// Nothing yet: all that can be wrong without types is found.
    Nothing,
    /// Their headers, and what the question declares.
    Headers(&'q [TableHeader<'q>], &'q [Table]),
}

/// A question being split.
#[derive(Debug)]
pub(super) struct Split<'q> {
    reader: Reader<'q>,
    known: Known<'q>,
    /// How many terms were made, all over the question.
    terms: Cell<usize>,
    state: RefCell<State<'q>>,
}

/// What was found so far.
#[derive(Debug, Default)]
struct State<'q> {
    /// Tables that are read, with where they are first named; a path is marked so.
    read: Vec<Read>,
    scans: Vec<Scanned<'q>>,
    tables: Vec<OuterTable>,
    functions: Vec<OuterFunction>,
    /// Queries in expressions: their SQL, and the column that they give.
    queries: Vec<(String, Option<Vec<Column>>)>,
}

/// A table that is read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) name: String,
    /// `FROM 'path.csv'`
    pub(super) is_path: bool,
}

/// One input's passes.
#[derive(Debug)]
struct Scanned<'q> {
    input: usize,
    rows: Rows<'q>,
    passes: Vec<Pass>,
}

/// What a piece of SQL gives.
#[derive(Clone, Debug)]
struct Spelt {
    sql: String,
    ty: Type,
    /// Whether its values are SQLite's integers, every one.
    whole: bool,
}

/// A column of a relation.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    /// What it is called in the SQL.
    called: String,
    ty: Type,
    whole: bool,
}

/// A query in SQL. Of unknown headers come unknown columns.
#[derive(Clone, Debug)]
struct Translated {
    sql: String,
    columns: Option<Vec<Column>>,
}

/// A name that `WITH` gives, and those around it.
#[derive(Clone, Copy, Debug)]
struct Env<'e> {
    name: &'e str,
    /// The table that it is in the SQL.
    called: &'e str,
    columns: Option<&'e [Column]>,
    around: Option<&'e Env<'e>>,
}

impl<'e> Env<'e> {
    fn find(env: Option<&'e Env<'e>>, name: &str) -> Option<&'e Env<'e>> {
        let mut env = env;
        while let Some(one) = env {
            if names::fold(one.name) == names::fold(name) {
                return env;
            }
            env = one.around;
        }
        None
    }
}

/// The tables that the query of `parsed` reads, in the order in which they are first named; whatever is wrong without headers is
/// an error.
pub(super) fn tables(parsed: &Parsed) -> Result<Vec<Read>> {
    let split = Split::of(parsed, Known::Nothing);
    split.plan()?;
    Ok(split.state.into_inner().read)
}

/// The plan of the query of `parsed` over inputs with these headers.
pub(super) fn plan(parsed: &Parsed, headers: &[TableHeader<'_>], declared: &[Table]) -> Result<Plan> {
    Split::of(parsed, Known::Headers(headers, declared)).plan()
}

impl<'q> Split<'q> {
    fn of(parsed: &'q Parsed, known: Known<'q>) -> Split<'q> {
        Split { reader: Reader { parsed }, known, terms: Cell::new(0), state: RefCell::default() }
    }

    /// Whether headers are read.
    fn knows(&self) -> bool {
        matches!(self.known, Known::Headers(..))
    }

    fn plan(&self) -> Result<Plan> {
        let query = &*self.reader.parsed.query;
        let outer = match self.only_pass(query, None)? {
            Some(arm) => {
                self.pass(&arm, Some(query), None)?;
                None
            }
            None => {
                let (sql, answer) = self.answer(query)?;
                Some((sql, answer))
            }
        };
        let mut state = self.state.borrow_mut();
        if state.read.is_empty() {
            return Err(refuse::NO_FROM.at(self.reader.start()));
        }
        let mut scans: Vec<Scan> = state.scans.drain(..).map(settle).collect();
        scans.sort_by_key(|scan| scan.input);
        let (tables, functions) = (std::mem::take(&mut state.tables), std::mem::take(&mut state.functions));
        let outer = outer.map(|(sql, answer)| Outer { tables, functions, sql, answer });
        Ok(Plan { scans, outer })
    }

    /// Makes a pass of `arm`, with the order and limit of `query`; the table that its rows become is called like `name`.
    fn pass(&self, arm: &Arm<'_>, query: Option<&Query>, name: Option<&str>) -> Result<Translated> {
        let order = query.map_or(Ok(&[][..]), |query| self.reader.order(query))?;
        let (limit, offset) = self.reader.limit(query.and_then(|query| query.limit_clause.as_ref()))?;
        let input = self.input(arm)?;
        let header = match (self.known, input) {
            (Known::Headers(headers, _), Some(input)) => {
                Header::Read { columns: headers[input].columns, path: headers[input].path }
            }
            _ => Header::Unread,
        };
        let element = arm.unnest.as_ref().map(|unnest| (unnest.alias, unnest.element));
        let names = OfInput { header, table: arm.table.alias, element: None };
        let scope = Scope { names: &names, terms: &self.terms };
        let unnest = arm.unnest.as_ref().map(|unnest| block::lower_unnest(unnest, scope)).transpose()?;
        let names = OfInput { element, ..names };
        let select = block::lower(&arm.clauses, unnest, order, Scope { names: &names, ..scope })?;
        let (Some(input), Known::Headers(headers, declared)) = (input, self.known) else {
            return Ok(Translated { sql: String::new(), columns: None });
        };
        block::unique_names(&select)?;
        let mut state = self.state.borrow_mut();
        let at = state.scans.iter().position(|scan| scan.input == input).unwrap_or(state.scans.len());
        if at == state.scans.len() {
            let is_of = |table: &&Table| names::fold(&table.name) == names::fold(headers[input].table);
            let Some(table) = declared.iter().find(is_of) else { return Err(self.no_input(headers[input].table)) };
            state.scans.push(Scanned { input, rows: Rows::new(header, table), passes: Vec::new() });
        }
        let scan = &mut state.scans[at];
        let mut pass = passes::bind(&select, &mut scan.rows)?;
        (pass.cut.limit, pass.cut.offset) = (limit, offset);
        let columns: Vec<Column> = emit::called(pass.columns.iter().map(|column| (column.name.clone(), column.ty)));
        scan.passes.push(pass);
        let (table, pass) = (self.table_name(&state.tables, name), state.scans[at].passes.len() - 1);
        let called: Vec<String> = columns.iter().map(|column| column.called.clone()).collect();
        let sql = emit::quoted(&table);
        state.tables.push(OuterTable { name: table, columns: called, input, pass });
        Ok(Translated { sql, columns: Some(columns) })
    }

    /// The place among the headers of the input that `arm` reads; `None` while none is known.
    fn input(&self, arm: &Arm<'_>) -> Result<Option<usize>> {
        let (name, is_path) = (arm.table.name, arm.table.is_path);
        let mut state = self.state.borrow_mut();
        let same = |other: &str| if is_path { other == name } else { names::fold(other) == names::fold(name) };
        if !state.read.iter().any(|other| other.is_path == is_path && same(&other.name)) {
            state.read.push(Read { name: name.to_string(), is_path });
        }
        let Known::Headers(headers, _) = self.known else { return Ok(None) };
        match headers.iter().position(|header| same(header.table)) {
            Some(input) => Ok(Some(input)),
            None => Err(self.no_input(name)),
        }
    }

    fn no_input(&self, table: &str) -> Error {
        Error::Usage(format!("no input for table {table}: name a file, or pipe one in"))
    }

    /// A name that no table has, by default `pass 1`.
    fn table_name(&self, tables: &[OuterTable], name: Option<&str>) -> String {
        let is_taken = |name: &str| tables.iter().any(|table| table.name.eq_ignore_ascii_case(name));
        let numbered = (tables.len() + 1..).map(|number| format!("{} {number}", name.unwrap_or("pass")));
        name.map(str::to_string).into_iter().chain(numbered).find(|name| !is_taken(name)).expect("numbers do not end")
    }
}

/// A scan with its columns in the order of the file.
fn settle(scanned: Scanned<'_>) -> Scan {
    let Scanned { input, rows, mut passes } = scanned;
    let mut columns = rows.columns;
    slots::settle(&mut columns, &mut passes);
    Scan { input, columns, passes }
}

impl Spelt {
    /// What is grouped by: a number alone would be a place in the list.
    fn as_key(&self) -> String {
        if self.sql.parse::<i64>().is_ok() { "NULL".to_string() } else { self.sql.clone() }
    }
}

impl Column {
    fn answer(&self) -> AnswerColumn {
        AnswerColumn { name: self.name.clone(), ty: self.ty }
    }
}
