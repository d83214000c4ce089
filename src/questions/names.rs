//! A name that a question uses in, the column of the header that it means out.
//!
//! A name fits a column exactly, else lower-cased with blanks as `_`; a name that fits two is an error, and so is one
//! that fits none, with the nearest that exists.

use crate::error::{Error, Result, quoted};

/// The columns that names are looked up in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Header<'a> {
    /// Not read yet: every name is taken for a column, so that all else can be checked.
    Unread,
    /// Of the input that messages call `path`.
    Read { columns: &'a [String], path: &'a str },
}

impl Header<'_> {
    /// The place in the header of the column called `name`.
    pub(super) fn resolve(&self, name: &str) -> Result<usize> {
        let Header::Read { columns, path } = *self else { return Ok(0) };
        match fits(columns, name).as_slice() {
            [] => Err(Error::NoColumn {
                path: path.to_string(),
                name: name.to_string(),
                suggestion: nearest(name, columns.iter().map(String::as_str)).map(str::to_string),
                columns: columns.to_vec(),
            }),
            [index] => Ok(*index),
            several => {
                Err(Error::TwoColumns { path: path.to_string(), name: name.to_string(), found: told(columns, several) })
            }
        }
    }

    /// The columns' names; none while the header is unread.
    pub(super) fn columns(&self) -> &[String] {
        match self {
            Header::Unread => &[],
            Header::Read { columns, .. } => columns,
        }
    }
}

/// The place in `columns`, which are those of `path`, of the one called `name`: exactly, else lower-cased with blanks as `_`.
pub fn place_of(name: &str, columns: &[String], path: &str) -> Result<usize> {
    Header::Read { columns, path }.resolve(name)
}

/// The names at `places`, each with its number; of very many the first, and how many more there are.
fn told(columns: &[String], places: &[usize]) -> Vec<String> {
    const MOST: usize = 10;
    let name = |&place: &usize| format!("{} (column {})", quoted(columns[place].as_bytes()), place + 1);
    let mut found: Vec<_> = places.iter().take(MOST).map(name).collect();
    if places.len() > MOST {
        found.push(format!("{} more", places.len() - MOST));
    }
    found
}

/// The places of the columns that `name` fits: exactly if any does, else folded.
pub(super) fn fits(columns: &[String], name: &str) -> Vec<usize> {
    let places = |fit: &dyn Fn(&str) -> bool| -> Vec<usize> {
        columns.iter().enumerate().filter(|(_, column)| fit(column)).map(|(index, _)| index).collect()
    };
    let exact = places(&|column| column == name);
    if !exact.is_empty() {
        return exact;
    }
    let folded = fold(name);
    places(&|column| fold(column) == folded)
}

/// `name` lower-cased with blanks as `_`.
pub(super) fn fold(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

/// The candidate fewest edits away from `name`, if that is at most a third of it; of several the first.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded: Vec<char> = fold(name).chars().take(64).collect();
    let near = candidates.map(|candidate| (edits(&folded, &fold(candidate)), candidate));
    let (distance, candidate) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= (folded.len() / 3).max(1) && distance < folded.len()).then_some(candidate)
}

/// Levenshtein's distance, with a row of the table at a time.
fn edits(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (below, c) in to.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], below + 1);
        for (i, &d) in from.iter().enumerate() {
            let replaced = diagonal + usize::from(c != d);
            diagonal = row[i + 1];
            row[i + 1] = replaced.min(row[i] + 1).min(diagonal + 1);
        }
    }
    row[from.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(columns: &[&str], name: &str) -> String {
        let columns: Vec<String> = columns.iter().map(|column| column.to_string()).collect();
        let header = Header::Read { columns: &columns, path: "t.csv" };
        header.resolve(name).map_or_else(|error| error.to_string(), |index| index.to_string())
    }

    #[test]
    fn names_fit_exactly_then_folded() {
        assert_eq!(resolve(&["a", "A"], "A"), "1");
        assert_eq!(resolve(&["id", "Case Created dttm"], "case_created_dttm"), "1");
        assert_eq!(resolve(&["ID"], "Id"), "0");
        assert_eq!(resolve(&["ÉTÉ"], "été"), "0");
    }

    #[test]
    fn a_name_that_fits_two_columns_is_an_error() {
        assert!(
            resolve(&["Id", "ID"], "id")
                .starts_with("t.csv: column \"id\" is there twice, as \"Id\" (column 1) and \"ID\"")
        );
        assert!(resolve(&["id", "x", "id"], "id").contains("(column 1) and \"id\" (column 3)"));
    }

    #[test]
    fn a_name_that_fits_none_suggests_the_nearest() {
        let said = resolve(&["id", "username", "content"], "user name x");
        assert_eq!(said, "t.csv: no column \"user name x\"; did you mean \"username\"? (id, username, content)");
        assert_eq!(resolve(&["id", "username"], "zebra"), "t.csv: no column \"zebra\" (id, username)");
        assert_eq!(resolve(&["b"], "a"), "t.csv: no column \"a\" (b)");
    }
}
