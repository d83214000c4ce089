//! Words that name inputs in, the files of each table out. Nothing is opened.
//!
//! A word is `PATH`, `-`, a glob, or one of these after `TABLE=`; that only where TABLE is a table of the question, since a
//! path may hold `=` too.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rowfold::error::{Error, Result, quoted};
use rowfold::questions::Table;

/// The files of each of `tables`, in their order. Stdin is `-`.
pub(crate) fn of_tables(tables: &[Table], words: &[OsString]) -> Result<Vec<Vec<PathBuf>>> {
    let mut files = vec![Vec::new(); tables.len()];
    for (table, files) in tables.iter().zip(&mut files) {
        table.path.iter().try_for_each(|path| expand(OsStr::new(path), files))?;
    }
    let mut bare = Vec::new();
    for word in words {
        match named(tables, word) {
            Some((table, path)) => expand(path, &mut files[table])?,
            None => bare.push(word),
        }
    }
    let mut left = (0..tables.len()).filter(|table| files[*table].is_empty()).collect::<Vec<_>>().into_iter();
    let mut table = None;
    for word in bare {
        // When one table is left, it takes all that remain.
        table = left.next().or(table);
        let table = table.ok_or_else(|| no_table_for(word))?;
        expand(word, &mut files[table])?;
    }
    match (left.next(), left.next()) {
        (None, _) => {}
        (Some(table), None) if words.is_empty() && !io::stdin().is_terminal() => files[table].push(PathBuf::from("-")),
        (Some(table), _) if tables.len() == 1 => {
            let name = &tables[table].name;
            return Err(Error::Usage(format!("no input for table {name}: name a file, or pipe one in")));
        }
        (Some(table), _) => {
            let name = &tables[table].name;
            return Err(Error::Usage(format!("no input for table {name}: {name}=FILE, or {name}=- for stdin")));
        }
    }
    if files.iter().flatten().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Error::Usage("stdin (-) can be read only once".to_owned()));
    }
    Ok(files)
}

/// The table and the path of `TABLE=PATH`.
fn named<'w>(tables: &[Table], word: &'w OsStr) -> Option<(usize, &'w OsStr)> {
    let bytes = word.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    let table = tables.iter().position(|table| table.path.is_none() && table.name.as_bytes() == &bytes[..at])?;
    Some((table, OsStr::from_bytes(&bytes[at + 1..])))
}

fn no_table_for(word: &OsStr) -> Error {
    Error::Usage(format!("no table is left for the input {}", quoted(word.as_bytes())))
}

/// Adds what `word` stands for: itself, or the files that it matches as a glob, in byte order.
pub(crate) fn expand(word: &OsStr, files: &mut Vec<PathBuf>) -> Result<()> {
    let path = Path::new(word);
    let is_glob = word.as_bytes().iter().any(|byte| b"*?[".contains(byte));
    if !is_glob || path.symlink_metadata().is_ok() {
        files.push(path.to_owned());
        return Ok(());
    }
    let no = |what: &str| Error::Usage(format!("{}: {what}", word.to_string_lossy()));
    let pattern = word.to_str().ok_or_else(|| no("a glob is UTF-8"))?;
    let mut found = Vec::new();
    for path in glob::glob(pattern).map_err(|error| no(&format!("no valid glob: {}", error.msg)))? {
        let path = path.map_err(|error| Error::Io {
            path: error.path().display().to_string(),
            verb: "read",
            source: error.into(),
        })?;
        found.push(path.into_os_string().into_vec());
    }
    if found.is_empty() {
        return Err(no("no file matches"));
    }
    found.sort();
    files.extend(found.into_iter().map(|path| PathBuf::from(OsString::from_vec(path))));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tables: &[(&str, Option<&str>)], words: &[&str], expected: Result<&[&[&str]], &str>) {
        let tables: Vec<_> = tables
            .iter()
            .map(|(name, path)| Table { name: (*name).to_owned(), path: path.map(str::to_owned), ..Table::default() })
            .collect();
        let words: Vec<_> = words.iter().map(OsString::from).collect();
        let found = of_tables(&tables, &words);
        match expected {
            Ok(expected) => {
                let expected: Vec<Vec<_>> =
                    expected.iter().map(|files| files.iter().map(PathBuf::from).collect()).collect();
                assert_eq!(found.expect("inputs for all tables"), expected, "{words:?}");
            }
            Err(expected) => assert_eq!(found.expect_err("a refusal").to_string(), expected, "{words:?}"),
        }
    }

    #[test]
    fn bare_inputs_go_to_tables_that_have_none() {
        let one = [("t", None)];
        let two = [("accidents", None), ("calls", None)];
        check(&one, &["a.csv"], Ok(&[&["a.csv"]]));
        check(&one, &["b.csv", "a.csv"], Ok(&[&["b.csv", "a.csv"]]));
        check(&two, &["a.csv", "c.csv"], Ok(&[&["a.csv"], &["c.csv"]]));
        check(&two, &["a.csv", "c.csv", "d.csv"], Ok(&[&["a.csv"], &["c.csv", "d.csv"]]));
        check(&two, &["a.csv", "accidents=b.csv"], Ok(&[&["b.csv"], &["a.csv"]]));
        check(&two, &["calls=-", "a.csv"], Ok(&[&["a.csv"], &["-"]]));
        check(&two, &["calls=c.csv", "a.csv", "b.csv"], Ok(&[&["a.csv", "b.csv"], &["c.csv"]]));
        check(&two, &["a.csv"], Err("no input for table calls: calls=FILE, or calls=- for stdin"));
    }

    #[test]
    fn an_equals_sign_names_a_table_only_if_there_is_such_a_table() {
        check(&[("t", None)], &["t=a.csv"], Ok(&[&["a.csv"]]));
        check(&[("t", None)], &["year=2021/a.csv"], Ok(&[&["year=2021/a.csv"]]));
        check(&[("t", None)], &["t=year=2021/a.csv"], Ok(&[&["year=2021/a.csv"]]));
    }

    #[test]
    fn an_input_without_a_table_is_refused() {
        check(&[("t", None)], &["t=a.csv", "b.csv"], Err("no table is left for the input \"b.csv\""));
        check(&[("a.csv", Some("a.csv"))], &[], Ok(&[&["a.csv"]]));
        check(&[("a.csv", Some("a.csv"))], &["b.csv"], Err("no table is left for the input \"b.csv\""));
        check(&[("t", None)], &["-", "-"], Err("stdin (-) can be read only once"));
    }

    #[test]
    fn a_glob_is_expanded_in_byte_order_and_must_match() {
        let directory = tempfile::tempdir().expect("a directory");
        for name in ["b.csv", "a.csv", "B.csv", "c.txt"] {
            std::fs::write(directory.path().join(name), "").expect("room");
        }
        let mut files = Vec::new();
        expand(directory.path().join("*.csv").as_os_str(), &mut files).expect("matches");
        let names: Vec<_> = files.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(names, ["B.csv", "a.csv", "b.csv"]);
        let refused = expand(directory.path().join("*.json").as_os_str(), &mut files).expect_err("no match");
        assert!(refused.to_string().ends_with("*.json: no file matches"), "{refused}");
    }
}
