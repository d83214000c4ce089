//! Columns and a condition in, the plan of the rows for which it is true out: a `SELECT` that nobody has to write.
//!
//! The obvious way writes its text. But a table may have more columns than a text has room for, and a name may be anything. So
//! only the condition is SQL, bound as the `WHERE` of a question is; what is selected is added to its plan.

use super::names::{self, Header};
use super::plan::{AnswerColumn, Body, Cut, InputColumn, Output, Pass, Plan, Scan};
use super::question::{DeclaredColumn, Table};
use super::{TableHeader, outer, parse};
use crate::error::{Error, Result, quoted};
use crate::exprs::{Expr, Type};

/// A column of the answer, which is one of the input's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the header.
    pub index: usize,
    /// What it is called in the answer.
    pub name: String,
    /// As what it is read.
    pub ty: Type,
}

/// The place in `columns`, the header of the file called `path`, of the column that `name` means as an identifier does.
pub fn column_called(columns: &[String], path: &str, name: &str) -> Result<usize> {
    Header::Read { columns, path }.resolve(name)
}

/// `name` lower-cased with blanks as `_`.
pub fn snake(name: &str) -> String {
    names::fold(name)
}

/// The type that is written so where an input is declared.
pub fn type_called(name: &str) -> Option<Type> {
    let types = [Type::Text, Type::Number, Type::Date, Type::Timestamp, Type::Boolean];
    types.into_iter().find(|ty| ty.name().eq_ignore_ascii_case(name))
}

/// The rows of the file called `path` with the header `columns` for which `condition` is true, or all; of each what is `kept`.
///
/// The condition sees the columns with the types that are `declared`. Errors: [`Error::Usage`] for a condition that is none, or
/// that a pass cannot do, with the place in its text; [`Error::NoColumn`] for a column that is not there.
pub fn rows(
    (columns, path): (&[String], &str),
    kept: Vec<Kept>,
    declared: Vec<DeclaredColumn>,
    condition: Option<&str>,
) -> Result<Plan> {
    let (mut read, filter) = match condition {
        Some(text) => filter((columns, path), declared, text)?,
        None => (Vec::new(), None),
    };
    let (mut outputs, mut answer) = (Vec::with_capacity(kept.len()), Vec::with_capacity(kept.len()));
    let n_filtered = read.len();
    for Kept { index, name, ty } in kept {
        // A column may be of one type to the condition and of another to the answer; two of the answer are two columns.
        let slot = read[..n_filtered].iter().position(|column| column.index == index && column.ty == ty);
        let slot = slot.unwrap_or_else(|| {
            read.push(InputColumn { name: columns[index].clone(), index, ty, allowed: None });
            read.len() - 1
        });
        outputs.push(Output { expr: Expr::Column(slot), ty });
        answer.push(AnswerColumn { name, ty });
    }
    let body = Body::Rows { outputs };
    let pass = Pass { filter, explode: None, element_filter: None, body, columns: answer, cut: Cut::default() };
    Ok(Plan { scans: vec![Scan { input: 0, columns: read, passes: vec![pass] }], outer: None })
}

/// What the condition `text` reads, and what it is.
fn filter(
    (columns, path): (&[String], &str),
    declared: Vec<DeclaredColumn>,
    text: &str,
) -> Result<(Vec<InputColumn>, Option<Expr>)> {
    const TABLE: &str = "input";
    let told = |error| match error {
        Error::Sql { line, column, what, way_out } => {
            let place = if line == 1 { String::new() } else { format!("line {line}, ") };
            let way_out = if way_out.is_empty() { way_out } else { format!(": {way_out}") };
            Error::Usage(format!("--where: {place}column {column}: {what}{way_out}"))
        }
        error => error,
    };
    parse::expression(text).map_err(told)?;
    // On lines of its own: its places are one line further down, and a comment at its end ends with it.
    let question = format!("SELECT 1 AS one FROM {TABLE} WHERE (\n{text}\n)");
    let header = [TableHeader { table: TABLE, columns, path }];
    let table = [Table { name: TABLE.to_owned(), columns: declared, ..Table::default() }];
    let plan = parse::with_query(&question, &[], |parsed| outer::plan(parsed, &header, &table));
    let plan = plan.map_err(|error| match error {
        Error::Sql { line, column, what, way_out } => {
            told(Error::Sql { line: line.saturating_sub(1).max(1), column, what, way_out })
        }
        error => error,
    })?;
    let scan = plan.scans.into_iter().next().filter(|_| plan.outer.is_none());
    let alone = scan.and_then(|mut scan| Some((scan.passes.pop()?, scan.columns)));
    let Some((pass, columns)) = alone else {
        let text = quoted(text.as_bytes());
        return Err(Error::Usage(format!("--where: {text} asks more than one row can tell; rowfold sql answers it")));
    };
    Ok((columns, pass.filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [&str; 3] = ["id", "User Name", "n"];

    /// The columns that are read and the filter, of the rows that keep `id` and `n` as text.
    fn said(condition: &str) -> String {
        let columns = HEADER.map(str::to_owned);
        let kept = [(0, "id"), (2, "N")];
        let kept = kept.map(|(index, name)| Kept { index, name: name.to_owned(), ty: Type::Text });
        let declared = vec![DeclaredColumn { name: "n".to_owned(), ty: Type::Number, allowed: None }];
        let plan = match rows((&columns, "t.csv"), kept.to_vec(), declared, Some(condition)) {
            Err(error) => return error.to_string(),
            Ok(plan) => plan,
        };
        let scan = &plan.scans[0];
        let read: Vec<_> = scan.columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
        let outputs: Vec<_> = scan.passes[0].outputs().iter().map(|output| format!("{:?}", output.expr)).collect();
        format!("{} / {}", read.join(", "), outputs.join(", "))
    }

    #[test]
    fn what_is_kept_is_read_beside_the_condition() {
        for (condition, expected) in [
            ("n > 3", "n number, id text, n text / Column(1), Column(2)"),
            ("id = '1' -- or so", "id dynamic, id text, n text / Column(1), Column(2)"),
            ("user_name IS NULL", "User Name dynamic, id text, n text / Column(1), Column(2)"),
            ("true", "id text, n text / Column(0), Column(1)"),
        ] {
            assert_eq!(said(condition), expected, "{condition}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused_at_its_place() {
        for (condition, expected) in [
            ("", "--where: column 1: expected an expression, found the end of the text"),
            ("n >", "--where: column 4: expected an expression, found the end of the text"),
            ("n > 3) ORDER BY (n", "--where: column 6: expected EOF, found )"),
            ("n > 3\nLIMIT 2", "--where: line 2, column 1: expected EOF, found LIMIT"),
            ("n > 3; DROP TABLE t", "--where: column 6: expected EOF, found ;"),
            ("m > 3", "t.csv: no column \"m\" (id, User Name, n)"),
        ] {
            assert_eq!(said(condition), expected, "{condition}");
        }
        assert!(said("id IN (SELECT id FROM input)").starts_with("--where: column 1: a query inside a pass"));
        assert!(said("count(*) > 3").starts_with("--where: column 1: "), "{}", said("count(*) > 3"));
        assert!(said("\n\n n + 1").starts_with("--where: line 3, column 2"), "{}", said("\n\n n + 1"));
    }
}
