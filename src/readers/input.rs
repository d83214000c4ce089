//! Paths in, one table's files out: opened, their dialect and header settled.

use std::path::Path;
use std::sync::atomic::Ordering;

use crate::error::{Error, Result, quoted};
use crate::readers::open::open;
use crate::readers::source::{Bytes, Lines, Source};
use crate::readers::{Encoding, Io, Quote, Reserve, Scan, Settings, Simd, Sizes};

/// One table's input: its files, opened, their dialect and header settled.
#[derive(Debug)]
pub struct Input {
    pub(crate) sources: Vec<Source>,
    pub(crate) settings: Settings,
    pub(crate) simd: Simd,
    columns: Vec<String>,
}

/// What `--stats` says of one file.
#[derive(Clone, Debug)]
pub struct FileStats {
    /// As typed; `stdin` for `-`.
    pub path: String,
    /// Bytes read so far, header included; compressed ones where it is compressed.
    pub bytes: u64,
    /// Records delivered so far.
    pub rows: u64,
    /// The delimiter given or found.
    pub delimiter: u8,
}

impl Input {
    /// Opens the files of one table, in the order given (`-` is stdin), finds their delimiters and reads their headers.
    /// The records come afterwards, once.
    pub fn open<P: AsRef<Path>>(paths: &[P], settings: &Settings) -> Result<Input> {
        let simd = settle(settings)?;
        let mut input = Input { sources: Vec::new(), settings: settings.clone(), simd, columns: Vec::new() };
        for path in paths {
            input.add(path.as_ref())?;
        }
        Ok(input)
    }

    /// Opens one more file.
    fn add(&mut self, path: &Path) -> Result<()> {
        let (mut source, columns) = open(path, &self.settings)?;
        source.places = self.places(&source.path, &columns)?;
        self.sources.push(source);
        if self.sources.len() == 1 {
            self.columns = columns;
        }
        Ok(())
    }

    /// Where the first file's columns are in `columns`; `None` when in the same places. An error unless both are the same set.
    fn places(&self, path: &str, columns: &[String]) -> Result<Option<Vec<usize>>> {
        if self.sources.is_empty() || self.columns == columns {
            return Ok(None);
        }
        places((self.path(), &self.columns), (path, columns)).map(Some)
    }

    /// The first file's column names, as they stand there; other files have the same, in any order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The first file's path as typed, for messages.
    pub fn path(&self) -> &str {
        self.sources.first().map_or("", |source| &source.path)
    }

    /// The first file's delimiter.
    pub fn delimiter(&self) -> u8 {
        self.sources.first().map_or(b',', |source| source.dialect.delimiter)
    }

    /// How regular files are read.
    pub fn io(&self) -> Io {
        self.settings.io
    }

    /// The instructions in use.
    pub fn simd(&self) -> Simd {
        self.simd
    }

    /// All bytes there are, compressed ones where they are compressed; unknown as soon as one file is a pipe.
    pub fn size_bytes(&self) -> Option<u64> {
        self.sources.iter().map(|source| source.size_bytes).sum()
    }

    /// The most memory that decoding takes during a scan, as far as the files' heads tell; 0 where nothing is to be decoded. What a
    /// later part of a file needs beyond that is asked of [`Reserve`].
    ///
    /// `columns`, by their places in [`Input::columns`], are those whose fields will be looked at, `None` for all: of a table that is no
    /// text (Parquet) the others come empty. An error where one of them has no texts.
    pub fn decoder_bytes(&self, columns: Option<&[usize]>) -> Result<u64> {
        let (mut pipes, mut files) = (0, 0);
        for source in &self.sources {
            let bytes = source.decoder_bytes(columns)?;
            match source.size_bytes {
                // Files are decoded one after another; a pipe's decoder is there from the start.
                Some(_) => files = bytes.max(files),
                None => pipes += bytes,
            }
        }
        Ok(pipes + files)
    }

    /// Every file, as far as it was read.
    pub fn files(&self) -> Vec<FileStats> {
        let stats = |source: &Source| FileStats {
            path: source.path.clone(),
            bytes: source.head_bytes + source.read_bytes.load(Ordering::Relaxed),
            rows: source.rows.load(Ordering::Relaxed),
            delimiter: source.dialect.delimiter,
        };
        self.sources.iter().map(stats).collect()
    }

    /// What tells lines of file `file` of [`Input::files`].
    pub fn lines(&self, file: usize) -> Lines<'_> {
        Lines::of(&self.sources[file])
    }

    /// Whether there is one file, a regular one that is read as it is: it can be read again, and written again as it is read.
    pub fn is_plain_file(&self) -> bool {
        matches!(&self.sources[..], [source] if matches!(source.bytes, Bytes::File(_)))
    }

    /// Whether this is one of the input's files, by device and inode: an output must not be.
    pub fn is_file(&self, path: &Path) -> bool {
        let Ok(metadata) = path.metadata() else { return false };
        self.sources.iter().filter_map(|source| source.identity.as_ref()).any(|identity| identity.is(&metadata))
    }

    /// The records, for `n_workers` threads that each take a [`Worker`](super::Worker).
    pub fn scan<'i>(&'i self, sizes: Sizes, reserve: &'i dyn Reserve) -> Scan<'i> {
        Scan::of(self, sizes, reserve)
    }
}

/// Where each column of one table is in another one, each a path and its columns; an error unless both have the same set.
pub fn places(first: (&str, &[String]), other: (&str, &[String])) -> Result<Vec<usize>> {
    let ((first, names), (path, columns)) = (first, other);
    let differs = |what: String| {
        Error::Usage(format!("{path}: {what} {first}; files of one table have the same columns, in any order"))
    };
    let mut left: Vec<Option<&String>> = columns.iter().map(Some).collect();
    let mut places = Vec::with_capacity(names.len());
    for name in names {
        let place = left.iter().position(|column| *column == Some(name));
        let place = place.ok_or_else(|| differs(format!("no column {}, which is in", quoted(name.as_bytes()))))?;
        left[place] = None;
        places.push(place);
    }
    match left.into_iter().flatten().next() {
        Some(name) => Err(differs(format!("column {} is not in", quoted(name.as_bytes())))),
        None => Ok(places),
    }
}

/// Refuses settings that contradict each other or the machine; the instructions to use.
fn settle(settings: &Settings) -> Result<Simd> {
    let usage = |what: String| Err(Error::Usage(what));
    let is_line_end = |byte| byte == b'\n' || byte == b'\r';
    if settings.delimiter.is_some_and(is_line_end) {
        return usage("--delimiter: a line end ends a record, and cannot also separate its fields".into());
    }
    if let Quote::Byte(quote) = settings.quote {
        if is_line_end(quote) {
            return usage("--quote: a line end ends a record, and cannot also quote its fields".into());
        }
        if settings.delimiter == Some(quote) {
            let both = quoted(&[quote]);
            return usage(format!("--delimiter and --quote are both {both}; --quote none is for files without"));
        }
    }
    let beyond_ascii = |byte: Option<u8>| byte.is_some_and(|byte| !byte.is_ascii());
    if settings.encoding != Encoding::Utf8 && (beyond_ascii(settings.delimiter) || beyond_ascii(settings.quote.byte()))
    {
        let encoding = settings.encoding;
        return usage(format!(
            "--encoding {encoding}: the text is read in UTF-8, where --delimiter and --quote are ASCII"
        ));
    }
    if settings.max_record_bytes > 2 << 30 {
        return usage("--max-record: at most 2 GiB".into());
    }
    match settings.simd {
        Some(simd) if !simd.is_here() => usage(format!(
            "ROWFOLD_SIMD={simd}: this machine lacks it; it has {}",
            Simd::available().iter().map(|simd| simd.name()).collect::<Vec<_>>().join(", ")
        )),
        Some(simd) => Ok(simd),
        None => Ok(Simd::best()),
    }
}
