//! `rowfold convert INPUT OUTPUT`: a table in, the same as another kind of file out.
//!
//! The rows are those of a plain `SELECT`, which leave in input order from all threads. Only where the output tells types and
//! nobody has said them is the file read before, to find what holds for all of its values.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rowfold::convert::{self, Told};
use rowfold::encoding::Encoding;
use rowfold::error::{Error, Result, quoted};
use rowfold::exprs::Type;
use rowfold::output::{Compression, Csv, Quoting};
use rowfold::pass::{self, Asked};
use rowfold::questions::{self, DeclaredColumn, Kept};
use rowfold::readers::{Input, Settings};

use crate::flags::{Common, CompressTyped, Convert, FormatTyped, QuotingTyped, RenameTyped};
use crate::meaning::Meant;
use crate::shared::{Opened, Shared};
use crate::{inputs, sink};

/// Settles where the table goes, in which format and encoding, compressed or not: as is typed, else as the end of the output's name says.
pub(super) fn name_output(target: Option<PathBuf>, typed: &mut Convert, common: &mut Common) -> Result<()> {
    if let Some(target) = target
        && common.output.replace(target).is_some()
    {
        return Err(Error::Usage("OUTPUT and --output are the same; name it once".to_owned()));
    }
    let (format, compress) = common.output.as_deref().map_or((None, None), by_name);
    typed.compress = typed.compress.or(compress);
    let format = *common.format.get_or_insert(format.unwrap_or(FormatTyped::Csv));
    let is_compressed = !matches!(typed.compress, None | Some(CompressTyped::None));
    match format {
        FormatTyped::Parquet if is_compressed => {
            Err(Error::Usage("Parquet is compressed within; leave .gz, .zst or --compress out".to_owned()))
        }
        FormatTyped::Table | FormatTyped::Markdown => {
            Err(Error::Usage("convert writes csv, tsv, jsonl, json or parquet; rowfold sql prints tables".to_owned()))
        }
        _ => encodable(format, typed),
    }
}

/// Refuses an encoding of what has one already.
fn encodable(format: FormatTyped, typed: &Convert) -> Result<()> {
    let encoding = typed.output_encoding;
    match format {
        _ if encoding == Encoding::Utf8 => Ok(()),
        FormatTyped::Csv | FormatTyped::Tsv if typed.output_delimiter.is_none_or(|byte| byte.is_ascii()) => Ok(()),
        FormatTyped::Csv | FormatTyped::Tsv => Err(Error::Usage(format!(
            "--output-encoding {encoding}: the text is made in UTF-8, where --output-delimiter is ASCII"
        ))),
        _ => Err(Error::Usage(format!(
            "--output-encoding {encoding}: JSON and Parquet are UTF-8 by their standards; leave it out, or write csv or tsv"
        ))),
    }
}

/// What the end of `path` says: `.jsonl.gz` is JSON Lines, gzip.
fn by_name(path: &Path) -> (Option<FormatTyped>, Option<CompressTyped>) {
    let end = |path: &Path| path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let compress = match end(path).as_deref() {
        Some("gz") => Some(CompressTyped::Gzip),
        Some("zst") => Some(CompressTyped::Zstd),
        _ => None,
    };
    let inner = if compress.is_some() { path.with_extension("") } else { path.to_owned() };
    let format = match end(&inner).as_deref() {
        Some("csv") => Some(FormatTyped::Csv),
        Some("tsv") => Some(FormatTyped::Tsv),
        Some("json") => Some(FormatTyped::Json),
        Some("jsonl" | "ndjson") => Some(FormatTyped::Jsonl),
        Some("parquet") => Some(FormatTyped::Parquet),
        _ => None,
    };
    (format, compress)
}

pub(super) fn run(word: &OsStr, typed: Convert, mut meant: Meant, shared: &'static Shared) -> Result<()> {
    let mut files = Vec::new();
    inputs::expand(word, &mut files)?;
    shared.question.get_or_init(|| "convert".to_owned());
    meant.answer.encoding = typed.output_encoding;
    meant.answer.compression = match typed.compress {
        Some(CompressTyped::Gzip) => Some(Compression::Gzip),
        Some(CompressTyped::Zstd) => Some(Compression::Zstd),
        Some(CompressTyped::None) | None => None,
    };
    let reading = meant.reading.of_any()?;
    let input = Input::open(&files, &reading)?;
    sink::refuse_input(&meant.answer, std::slice::from_ref(&input))?;
    let (columns, path) = (input.columns().to_vec(), input.path().to_owned());
    let declared = declared(&typed, &columns, &path)?;
    let mut kept = kept(&typed, &columns, &path, &declared)?;
    let told = match meant.answer.format {
        FormatTyped::Json | FormatTyped::Jsonl => Some(Told::Literals),
        FormatTyped::Parquet => Some(Told::Types),
        _ => None,
    };
    let input = match told {
        // A file is opened again for its rows, a pipe cannot be.
        Some(told) if !typed.text && input.size_bytes().is_some() => {
            find(&input, &mut kept, told, &meant, shared)?;
            reopened(&files, &reading, &columns)?
        }
        _ => input,
    };
    let declared =
        declared.into_iter().map(|(index, ty)| DeclaredColumn { name: columns[index].clone(), ty, allowed: None });
    let kept = kept.into_iter().map(|(kept, _)| kept).collect();
    let plan = questions::rows((&columns, &path), kept, declared.collect(), typed.condition.as_deref())?;
    let opened =
        shared.opened.get_or_init(|| Opened { tables: vec![("input".to_owned(), files)], inputs: vec![input] });
    let mut sink = sink::table(&meant.answer, Some(csv(&typed, meant.answer.format)), &opened.inputs, shared)?;
    let mut asked = [Asked { plan: &plan, sink: &mut *sink }];
    pass::run(&mut asked, &opened.inputs, &meant.pass, &shared.progress)
}

/// The places of the columns that `--type` names, with their types.
fn declared(typed: &Convert, columns: &[String], path: &str) -> Result<Vec<(usize, Type)>> {
    let mut declared: Vec<(usize, Type)> = Vec::new();
    for (name, ty) in &typed.types {
        let index = questions::column_called(columns, path, name)?;
        if declared.iter().any(|(other, _)| *other == index) {
            return Err(Error::Usage(format!("--type: column {} has two types", quoted(name.as_bytes()))));
        }
        declared.push((index, *ty));
    }
    Ok(declared)
}

/// The columns that are written, and whether the type of each was declared; of all others the bytes are kept.
fn kept(typed: &Convert, columns: &[String], path: &str, declared: &[(usize, Type)]) -> Result<Vec<(Kept, bool)>> {
    let places = match &typed.select {
        Some(list) => {
            names(list).iter().map(|name| questions::column_called(columns, path, name)).collect::<Result<_>>()?
        }
        None => (0..columns.len()).collect::<Vec<_>>(),
    };
    let mut called = HashSet::new();
    let kept = places.into_iter().map(|index| {
        let name = match typed.rename {
            RenameTyped::AsIs => columns[index].clone(),
            RenameTyped::Snake => questions::snake(&columns[index]),
        };
        if !called.insert(name.clone()) {
            let name = quoted(name.as_bytes());
            return Err(Error::Usage(format!(
                "{path}: two columns would be called {name}; --select those that you want, or --no-header --skip-lines 1 numbers them"
            )));
        }
        let ty = declared.iter().find(|(place, _)| *place == index).map(|(_, ty)| *ty);
        Ok((Kept { index, name, ty: ty.unwrap_or(Type::Text) }, ty.is_some()))
    });
    kept.collect()
}

/// The names in `list`, with commas between them; a backslash takes the next character literally.
fn names(list: &str) -> Vec<String> {
    let (mut names, mut is_literal) = (vec![String::new()], false);
    for c in list.chars() {
        match (c, names.last_mut()) {
            ('\\', _) if !is_literal => {
                is_literal = true;
                continue;
            }
            (',', _) if !is_literal => names.push(String::new()),
            (_, Some(name)) => name.push(c),
            (_, None) => {}
        }
        is_literal = false;
    }
    names
}

/// Gives the columns whose type was not declared the one that holds for all of their values.
fn find(input: &Input, kept: &mut [(Kept, bool)], told: Told, meant: &Meant, shared: &Shared) -> Result<()> {
    let mut open: Vec<&mut Kept> =
        kept.iter_mut().filter(|(_, is_declared)| !is_declared).map(|(kept, _)| kept).collect();
    if open.is_empty() {
        return Ok(());
    }
    let places: Vec<usize> = open.iter().map(|kept| kept.index).collect();
    let found = convert::find(input, &places, &meant.pass, &shared.look_ahead())?;
    open.iter_mut().zip(found).for_each(|(kept, kind)| kept.ty = kind.ty(told));
    Ok(())
}

/// The same files once more, which have to be the same still.
fn reopened(files: &[PathBuf], reading: &Settings, columns: &[String]) -> Result<Input> {
    let input = Input::open(files, reading)?;
    if input.columns() != columns {
        let (path, what) = (input.path().to_owned(), "got another header");
        return Err(Error::Changed { path, what, at: 0, size: input.size_bytes().unwrap_or(0) });
    }
    Ok(input)
}

fn csv(typed: &Convert, format: FormatTyped) -> Csv {
    let delimiter = typed.output_delimiter.unwrap_or(if format == FormatTyped::Tsv { b'\t' } else { b',' });
    Csv::with(delimiter).quoting(match typed.quoting {
        QuotingTyped::Needed => Quoting::Needed,
        QuotingTyped::Always => Quoting::Always,
    })
}
