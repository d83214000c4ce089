//! A question as it was asked: its text, its title, and the tables that it reads, before any header is known.

use super::header::{self, Comments};
use super::names::{self, Header};
use super::shape::{self, Shape};
use super::{bind, catalogue, parse, refuse};
use crate::error::{Error, Result, quoted};
use crate::exprs::Type;

/// A SQL text that parses and that one pass can answer, as far as that is known without a header.
#[derive(Clone, Debug)]
pub struct Question {
    name: Option<String>,
    title: Option<String>,
    description: Option<String>,
    text: String,
    tables: Vec<Table>,
}

/// A table that a question reads, as its `-- input:` line declares it or its `FROM` first names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What `TABLE=PATH` calls it; for `FROM 'path.csv'` the path.
    pub name: String,
    /// `FROM 'path.csv'`: the input is named by the question itself.
    pub path: Option<String>,
    /// The columns that are declared; others of the header are dynamic.
    pub columns: Vec<DeclaredColumn>,
    /// `delimiter '~'`.
    pub delimiter: Option<u8>,
}

/// A column of an `-- input:` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredColumn {
    /// Its name, matched with the header as identifiers are.
    pub name: String,
    /// Its type; [`Type::Dynamic`] when the line says none.
    pub ty: Type,
    /// `in ('Open', 'Close')`: every other value is a bad value.
    pub allowed: Option<Vec<Box<[u8]>>>,
}

impl Question {
    /// The question that `text` asks (`rowfold sql`).
    pub fn inline(text: &str) -> Result<Question> {
        Question::parse(None, text)
    }

    /// The question called `name`, of the text of a `.sql` file; the name is used in titles and statistics only.
    pub fn named(name: &str, text: &str) -> Result<Question> {
        Question::parse(Some(name), text)
    }

    /// The built-in question `system/name`.
    pub fn built_in(name: &str) -> Result<Question> {
        match catalogue::find(name) {
            Some(built_in) => Question::named(built_in.name, built_in.sql),
            None => Err(Error::Usage(format!(
                "no question {}; rowfold questions lists them",
                crate::error::quoted(name.as_bytes())
            ))),
        }
    }

    /// `system/name`, the path of the file; `None` for an inline text.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// `-- title:`
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// `-- description:`
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The SQL as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tables that it reads, in the order in which it declares or first names them. Today exactly one.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    fn parse(name: Option<&str>, text: &str) -> Result<Question> {
        let comments = header::read(text)?;
        let tables = parse::with_query(text, |parsed| {
            let shape = shape::of(parsed)?;
            bind::lower(&shape, Header::Unread)?;
            tables(&shape, &comments)
        })?;
        Ok(Question {
            name: name.map(str::to_string),
            title: comments.title,
            description: comments.description,
            text: text.to_string(),
            tables,
        })
    }
}

/// The tables that `shape` reads (today all its arms read one), as `comments` declare them.
fn tables(shape: &Shape<'_>, comments: &Comments) -> Result<Vec<Table>> {
    let read = &shape.arms[0].table;
    if read.is_path {
        let (name, path) = (read.name.to_string(), Some(read.name.to_string()));
        return Ok(vec![Table { name, path, columns: Vec::new(), delimiter: None }]);
    }
    let is_read = |table: &Table| names::fold(&table.name) == names::fold(read.name);
    if let Some((at, other)) = comments.inputs.iter().find(|(_, table)| !is_read(table)) {
        let what = format!(
            "table {} is declared, and FROM reads {}",
            quoted(other.name.as_bytes()),
            quoted(read.name.as_bytes())
        );
        return Err(refuse::error(*at, what, "declare what is read"));
    }
    let declared = comments.inputs.first().map(|(_, table)| table.clone());
    let undeclared = || Table { name: read.name.to_string(), path: None, columns: Vec::new(), delimiter: None };
    Ok(vec![declared.unwrap_or_else(undeclared)])
}
