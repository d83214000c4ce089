//! What is written on the command line, or was found, in; the columns and the tree of their paths out.
//!
//! A path is names of fields with dots between them, `user.name`; a backslash takes a dot, a comma, `=` or itself literally.

use crate::error::{Error, Result, quoted};
use crate::exprs::Type;
use crate::questions::plan::AnswerColumn;

/// The columns of a table, and where in a record their values are.
#[derive(Debug)]
pub struct Columns {
    pub(super) answer: Vec<AnswerColumn>,
    pub(super) root: Node,
    /// Nodes there are.
    pub(super) n_nodes: usize,
    /// Columns of which only the day is wanted.
    pub(super) date_only: Vec<usize>,
    /// The path of the array whose elements become rows.
    pub(super) exploded: Option<String>,
}

/// A field, and what is wanted below it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) key: String,
    /// Its place among all nodes.
    pub(super) number: usize,
    pub(super) children: Vec<Node>,
    /// The columns that its own value is.
    pub(super) columns: Vec<usize>,
    /// These, and those of all below it.
    pub(super) cells: Vec<usize>,
    /// Each element of its array becomes a row.
    pub(super) is_exploded: bool,
    /// A number here is an instant, in milliseconds.
    pub(super) is_date: bool,
}

/// A path and the name of its column.
pub(super) type Named = (Vec<String>, String);

impl Columns {
    /// Of `text`, `a,b.c,x.y=name`: a column each, in that order; one without a name is called as [`find`](super::find()) would.
    pub fn parse(text: &str, explode: Option<&str>, date_only: &[String]) -> Result<Columns> {
        let mut columns = Vec::new();
        for item in split(text, ',') {
            let parts = split(item, '=');
            let path = path(parts[0]).ok_or_else(|| {
                let item = quoted(item.as_bytes());
                Error::Usage(format!(
                    "--columns: {item} is no path; write fields with dots between: id,user.name=author"
                ))
            })?;
            let name = match parts[..] {
                [_] => name_of(&path),
                [_, name] => literal(name),
                _ => return Err(Error::Usage(format!("--columns: {} has two names", quoted(item.as_bytes())))),
            };
            columns.push((path, name));
        }
        Columns::of(columns, explode, date_only)
    }

    /// Of paths and names.
    pub(super) fn of(named: Vec<Named>, explode: Option<&str>, date_only: &[String]) -> Result<Columns> {
        let mut columns = Columns {
            answer: Vec::new(),
            root: Node::default(),
            n_nodes: 1,
            date_only: Vec::new(),
            exploded: explode.map(str::to_owned),
        };
        for (path, name) in named {
            if columns.answer.iter().any(|column| column.name == name) {
                let name = quoted(name.as_bytes());
                return Err(Error::Usage(format!("two columns are called {name}; name one: --columns path=other")));
            }
            let number = columns.answer.len();
            let Columns { root, n_nodes, .. } = &mut columns;
            root.reach(&path, n_nodes, &mut |node| node.cells.push(number)).columns.push(number);
            columns.answer.push(AnswerColumn { name, ty: Type::Text });
        }
        if let Some(text) = explode {
            let Columns { root, n_nodes, .. } = &mut columns;
            let path = explode_path(text)?;
            root.reach(&path, n_nodes, &mut |_| {}).is_exploded = true;
        }
        for name in date_only {
            let found = columns.answer.iter().position(|column| column.name == *name);
            columns.date_only.push(found.ok_or_else(|| Error::NoColumn {
                path: "--date-only".to_owned(),
                name: name.clone(),
                suggestion: None,
                columns: columns.answer.iter().map(|column| column.name.clone()).collect(),
            })?);
        }
        Ok(columns)
    }
}

/// The path of `--explode`.
pub(super) fn explode_path(text: &str) -> Result<Vec<String>> {
    path(text).ok_or_else(|| Error::Usage(format!("--explode: {} is no path", quoted(text.as_bytes()))))
}

impl Node {
    /// The node at `path`, made where it is not there; `pass` is told each on the way, itself included.
    fn reach(&mut self, path: &[String], n_nodes: &mut usize, pass: &mut dyn FnMut(&mut Node)) -> &mut Node {
        pass(self);
        let Some((key, rest)) = path.split_first() else { return self };
        let child = self.child(key).unwrap_or_else(|| {
            let is_date = key == "$date";
            self.children.push(Node { key: key.clone(), number: *n_nodes, is_date, ..Node::default() });
            *n_nodes += 1;
            self.children.len() - 1
        });
        self.children[child].reach(rest, n_nodes, pass)
    }

    /// Where among its children `key` is.
    #[inline]
    pub(super) fn child(&self, key: &str) -> Option<usize> {
        self.children.iter().position(|child| child.key == key)
    }
}

/// `parent_field`, without `$`, without `_` at its ends.
pub(super) fn name_of(path: &[String]) -> String {
    path.join("_").replace('$', "").trim_matches('_').to_owned()
}

fn path(text: &str) -> Option<Vec<String>> {
    let path: Vec<String> = split(text, '.').into_iter().map(literal).collect();
    (!path.iter().any(String::is_empty)).then_some(path)
}

/// The pieces of `text` between separators that no backslash stands before.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut begin, mut is_literal) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if c == separator && !is_literal {
            pieces.push(&text[begin..at]);
            begin = at + c.len_utf8();
        }
        is_literal = c == '\\' && !is_literal;
    }
    pieces.push(&text[begin..]);
    pieces
}

/// `text` without the backslashes that make it literal.
fn literal(text: &str) -> String {
    let (mut out, mut is_literal) = (String::new(), false);
    for c in text.chars() {
        is_literal = c == '\\' && !is_literal;
        if !is_literal {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, String> {
        let columns = Columns::parse(text, None, &[]).map_err(|error| error.to_string())?;
        Ok(columns.answer.into_iter().map(|column| column.name).collect())
    }

    #[test]
    fn a_column_is_called_as_it_is_told_or_by_its_path() {
        for (text, expected) in [
            ("id,user.username=username", &["id", "username"][..]),
            ("_id.$oid,created_at.$date", &["id_oid", "created_at_date"]),
            ("a.b.c", &["a_b_c"]),
            ("a\\.b,c\\,d,e\\=f,g\\\\", &["a.b", "c,d", "e=f", "g\\"]),
            ("__v", &["v"]),
        ] {
            assert_eq!(names(text).expect("paths"), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_of_columns_is_refused() {
        for (text, expected) in [
            ("a,,b", "--columns: \"\" is no path; write fields with dots between: id,user.name=author"),
            ("a..b", "--columns: \"a..b\" is no path; write fields with dots between: id,user.name=author"),
            ("a=b=c", "--columns: \"a=b=c\" has two names"),
            ("_a,a", "two columns are called \"a\"; name one: --columns path=other"),
        ] {
            assert_eq!(names(text).expect_err(text), expected);
        }
        let refused = Columns::parse("a,b", None, &["c".to_owned()]).expect_err("no such column");
        assert_eq!(refused.to_string(), "--date-only: no column \"c\" (a, b)");
    }
}
