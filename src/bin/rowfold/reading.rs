//! What was typed about reading in, one table's settings out.
//!
//! A setting is `VALUE`, of all tables, or `TABLE=VALUE`, of one. What is said of a table on the command line goes before what
//! is said of all there, and that before what the question's `-- input:` line says.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use rowfold::error::{Error, Result, quoted};
use rowfold::questions::Table;
use rowfold::readers::{Encoding, Quote, Settings};

/// A setting of all tables, or of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Of<T> {
    pub(crate) table: Option<String>,
    pub(crate) value: T,
}

impl<T> Of<T> {
    /// `VALUE`, where `parse` takes it as a whole; else `TABLE=VALUE`.
    pub(crate) fn parse(text: OsString, parse: &dyn Fn(&OsStr) -> Result<T, String>) -> Result<Of<T>, String> {
        let whole = match parse(&text) {
            Ok(value) => return Ok(Of { table: None, value }),
            Err(error) => error,
        };
        let bytes = text.as_bytes();
        let at = bytes.iter().position(|byte| *byte == b'=').filter(|at| *at > 0);
        let Some((table, value)) = at.and_then(|at| Some((std::str::from_utf8(&bytes[..at]).ok()?, &bytes[at + 1..])))
        else {
            return Err(whole);
        };
        Ok(Of { table: Some(table.to_owned()), value: parse(OsStr::from_bytes(value))? })
    }
}

/// What was typed about reading.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// What holds for all tables alike.
    pub(crate) all: Settings,
    pub(crate) delimiters: Vec<Of<u8>>,
    pub(crate) quotes: Vec<Of<Quote>>,
    pub(crate) encodings: Vec<Of<Encoding>>,
    pub(crate) skip_lines: Vec<Of<u64>>,
}

impl Reading {
    /// The settings of `table`, one of `tables`.
    pub(crate) fn of(&self, table: &Table, tables: &[Table]) -> Result<Settings> {
        self.name_only(tables)?;
        let encoding = table.encoding.as_deref().map(|name| {
            let error =
                |known| Error::Usage(format!("input {}: encoding {}: {known}", table.name, quoted(name.as_bytes())));
            name.parse().map_err(error)
        });
        let written = table.quote.map(|byte| byte.map_or(Quote::None, Quote::Byte));
        let name = Some(&*table.name);
        let default = Settings::default();
        Ok(Settings {
            delimiter: said(&self.delimiters, name).or(table.delimiter),
            quote: said(&self.quotes, name).or(written).unwrap_or(default.quote),
            encoding: match said(&self.encodings, name) {
                Some(encoding) => encoding,
                None => encoding.transpose()?.unwrap_or_default(),
            },
            skip_lines: said(&self.skip_lines, name).unwrap_or_default(),
            ..self.all.clone()
        })
    }

    /// The settings of an input that is no table of a question.
    pub(crate) fn of_any(&self) -> Result<Settings> {
        self.of(&Table::default(), &[])
    }

    /// Refuses a setting of what is no table of the question.
    fn name_only(&self, tables: &[Table]) -> Result<()> {
        let named = [
            ("--delimiter", names(&self.delimiters)),
            ("--quote", names(&self.quotes)),
            ("--encoding", names(&self.encodings)),
            ("--skip-lines", names(&self.skip_lines)),
        ];
        for (flag, named) in named {
            if let Some(name) = named.into_iter().find(|name| tables.iter().all(|table| table.name != *name)) {
                let name = quoted(name.as_bytes());
                let known: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(Error::Usage(format!("{flag}: no table {name} is read ({known})")));
            }
        }
        Ok(())
    }
}

fn names<T>(settings: &[Of<T>]) -> Vec<&str> {
    settings.iter().filter_map(|setting| setting.table.as_deref()).collect()
}

/// What is said of the table called `name`, else of all; of several the last.
fn said<T: Copy>(settings: &[Of<T>], name: Option<&str>) -> Option<T> {
    let last = |table: Option<&str>| settings.iter().rfind(|setting| setting.table.as_deref() == table);
    last(name).or_else(|| last(None)).map(|setting| setting.value)
}
