//! A question as it was asked: its text, its title, and the tables that it reads, before any header is known.

use super::header::{self, Comments};
use super::names;
use super::outer::{self, Read};
use super::parameter::{self, Parameter};
use super::{catalogue, parse, refuse};
use crate::error::{Error, Result, quoted};
use crate::exprs::Type;

/// A SQL text that parses and that can be answered, as far as that is known without a header.
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

impl Table {
    /// Whether `name`, as a question or a person spells it, means this table.
    pub fn is_called(&self, name: &str) -> bool {
        match &self.path {
            Some(path) => path == name,
            None => names::fold(&self.name) == names::fold(name),
        }
    }
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

    /// The tables that it reads, in the order in which it declares or first names them; at least one.
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
        let read = parse::with_query(text, &comments.parameters, outer::tables)?;
        Ok(Question {
            name: name.map(str::to_string),
            tables: tables(&read, &comments)?,
            title: comments.title,
            description: comments.description,
            text: text.to_string(),
            parameters: comments.parameters,
        })
    }
}

/// The tables that are `read`: those that `comments` declare, then those that they do not, as they are first named.
fn tables(read: &[Read], comments: &Comments) -> Result<Vec<Table>> {
    let is = |table: &Table, read: &Read| !read.is_path && names::fold(&table.name) == names::fold(&read.name);
    if let Some((at, other)) = comments.inputs.iter().find(|(_, table)| !read.iter().any(|read| is(table, read))) {
        let names: Vec<String> = read.iter().map(|read| quoted(read.name.as_bytes())).collect();
        let declared = quoted(other.name.as_bytes());
        let what = format!("table {declared} is declared, and FROM reads {}", names.join(" and "));
        return Err(refuse::error(*at, what, "declare what is read"));
    }
    let declared = comments.inputs.iter().map(|(_, table)| table.clone());
    let others = read.iter().filter(|read| !comments.inputs.iter().any(|(_, table)| is(table, read)));
    let others = others.map(|read| Table {
        name: read.name.clone(),
        path: read.is_path.then(|| read.name.clone()),
        ..Table::default()
    });
    Ok(declared.chain(others).collect())
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
