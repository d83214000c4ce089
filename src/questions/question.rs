//! A question as it was asked: its text, its title, and the tables that it reads, before any header is known.

use super::header::{self, Comments};
use super::names::{self, Header};
use super::parameter::{self, Parameter};
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
    parameters: Vec<Parameter>,
}

/// A table that a question reads, as its `-- input:` line declares it or its `FROM` first names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What `TABLE=PATH` calls it; for `FROM 'path.csv'` the path.
    pub name: String,
    /// `FROM 'path.csv'`: the input is named by the question itself.
    pub path: Option<String>,
    /// The columns that are declared; others of the header are dynamic.
    pub columns: Vec<DeclaredColumn>,
    /// `delimiter '~'`.
    pub delimiter: Option<u8>,
    /// `quote '"'`; `quote none` is `Some(None)`.
    pub quote: Option<Option<u8>>,
    /// `encoding 'windows-1252'`, as it is written.
    pub encoding: Option<String>,
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
            None => {
                let nearest = names::nearest(name, catalogue::all().iter().map(|question| question.name));
                let way_out = nearest
                    .map_or("rowfold questions lists them, and a file ends in .sql".into(), |nearest| {
                        format!("did you mean {nearest}? (rowfold questions lists them)")
                    });
                Err(Error::Usage(format!("no question {}; {way_out}", quoted(name.as_bytes()))))
            }
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

    /// The parameters that it declares, as they are set.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Sets parameters, each by its name; refused, with what there is to set, when there is none of that name, or the
    /// value is not of its type.
    pub fn set(&mut self, settings: &[(String, String)]) -> Result<()> {
        parameter::set(&mut self.parameters, settings)
    }

    /// Refuses a question with a parameter that is neither set nor has a default.
    pub(super) fn settled(&self) -> Result<()> {
        parameter::settled(&self.parameters)
    }

    fn parse(name: Option<&str>, text: &str) -> Result<Question> {
        let comments = header::read(text)?;
        let tables = parse::with_query(text, &comments.parameters, |parsed| {
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
            parameters: comments.parameters,
        })
    }
}

/// The tables that `shape` reads (today all its arms read one), as `comments` declare them.
fn tables(shape: &Shape<'_>, comments: &Comments) -> Result<Vec<Table>> {
    let read = &shape.arms[0].table;
    let is_read = |table: &Table| !read.is_path && names::fold(&table.name) == names::fold(read.name);
    if let Some((at, other)) = comments.inputs.iter().find(|(_, table)| !is_read(table)) {
        let (declared, read) = (quoted(other.name.as_bytes()), quoted(read.name.as_bytes()));
        return Err(refuse::error(
            *at,
            format!("table {declared} is declared, and FROM reads {read}"),
            "declare what is read",
        ));
    }
    let declared = comments.inputs.first().map(|(_, table)| table.clone());
    let path = read.is_path.then(|| read.name.to_string());
    Ok(vec![declared.unwrap_or_else(|| Table { name: read.name.to_string(), path, ..Table::default() })])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(sql: &str) -> String {
        let table = |question: Question| {
            let table = question.tables()[0].clone();
            format!("{} {:?} {}", table.name, table.path, table.columns.len())
        };
        Question::inline(sql).map_or_else(|error| error.to_string(), table)
    }

    #[test]
    fn a_question_reads_one_table() {
        let cases = [
            ("SELECT a FROM t", "t None 0"),
            ("SELECT a FROM 'data/t 1.csv'", "data/t 1.csv Some(\"data/t 1.csv\") 0"),
            ("-- input: T(a, b)\nSELECT a FROM t AS x", "T None 2"),
            ("SELECT count(*) FROM t UNION ALL SELECT count(a) FROM t", "t None 0"),
            (
                "-- input: u(a)\nSELECT a FROM t",
                "line 1, column 1: table \"u\" is declared, and FROM reads \"t\": declare what is read",
            ),
            (
                "-- input: t(a)\nSELECT a FROM 't'",
                "line 1, column 1: table \"t\" is declared, and FROM reads \"t\": declare what is read",
            ),
        ];
        for (sql, expected) in cases {
            assert_eq!(table(sql), expected, "{sql}");
        }
    }

    #[test]
    fn a_question_that_is_not_built_in_is_told_with_the_nearest() {
        let said = |name| Question::built_in(name).map_or_else(|error| error.to_string(), |_| "found".to_string());
        assert_eq!(
            said("tweets/top-day"),
            "no question \"tweets/top-day\"; did you mean tweets/top-days? (rowfold questions lists them)"
        );
        assert_eq!(said("x"), "no question \"x\"; rowfold questions lists them, and a file ends in .sql");
    }
}
