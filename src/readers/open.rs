//! A path in, its source out: opened, told plain from what is to be decoded, its head read.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use crate::error::{Error, Result};
#[cfg(feature = "parquet")]
use crate::readers::automaton::State;
use crate::readers::compressed::{Ahead, DECODING_BYTES, Decoder, Feed, Format, HEAD_BYTES};
use crate::readers::head::{Head, Header};
#[cfg(feature = "parquet")]
use crate::readers::parquet;
#[cfg(feature = "parquet")]
use crate::readers::settings::Records;
use crate::readers::source::{Bytes, Flow, Identity, Pipe, Regular, Rest, Source};
use crate::readers::text::{Text, Unasked};
use crate::readers::transcoder::{TRANSCODING_BYTES, Transcoder};
use crate::readers::{Encoding, Settings};

/// What a pipe may hold without privileges.
const PIPE_BYTES: usize = 1 << 20;

/// A file, opened.
struct Opened {
    /// As typed; `stdin` for `-`.
    path: String,
    /// The path, if it has one.
    named: Option<PathBuf>,
    file: Arc<File>,
    metadata: Metadata,
    /// What of a regular file is read; a pipe is read where it is.
    range: Option<(u64, u64)>,
    /// The first bytes, of which there are fewer than [`HEAD_BYTES`] only at the end.
    first: Vec<u8>,
    /// Those behind them.
    rest: Rest,
}

/// Opens `path` (`-` is stdin) and reads its header; its columns as they stand there.
pub(super) fn open(path: &Path, settings: &Settings) -> Result<(Source, Vec<String>)> {
    let opened = Opened::of(path)?;
    #[cfg(feature = "parquet")]
    if opened.first.starts_with(parquet::MAGIC) && settings.records == Records::Csv {
        return opened.table();
    }
    match (Format::of(&opened.first), settings.encoding) {
        (None, Encoding::Utf8) => opened.plain(settings),
        (format, _) => opened.decoded(format, settings),
    }
}

impl Opened {
    fn of(path: &Path) -> Result<Opened> {
        let is_stdin = path == Path::new("-");
        let shown = if is_stdin { "stdin".into() } else { path.display().to_string() };
        let failed = |verb| {
            let path = shown.clone();
            move |source| Error::Io { path, verb, source }
        };
        let (mut file, named) = if is_stdin {
            (File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed("open"))?), None)
        } else {
            (File::open(path).map_err(failed("open"))?, Some(path.to_owned()))
        };
        let metadata = file.metadata().map_err(failed("open"))?;
        if metadata.is_dir() {
            return Err(Error::Directory { path: shown });
        }
        // A file without a size may have bytes all the same (/proc); it is read as a pipe, which also finds it empty.
        let is_regular = metadata.is_file() && metadata.len() > 0;
        let begin = if is_regular && named.is_none() { file.stream_position().map_err(failed("read"))? } else { 0 };
        let range = is_regular.then_some((begin, metadata.len().max(begin)));
        if range.is_none() {
            // A pipe holds 64 KiB at first, and its ends wake each other that often. Where it cannot be larger, it is not.
            let _ = rustix::pipe::fcntl_setpipe_size(&file, PIPE_BYTES);
        }
        let file = Arc::new(file);
        let mut first = Vec::new();
        let mut rest = Rest { file: Arc::clone(&file), range };
        (&mut rest).take(HEAD_BYTES as u64).read_to_end(&mut first).map_err(failed("read"))?;
        Ok(Opened { path: shown, named, file, metadata, range, first, rest })
    }

    fn plain(mut self, settings: &Settings) -> Result<(Source, Vec<String>)> {
        // Behind the end nobody reads again: a terminal would begin anew.
        let is_more = self.first.len() == HEAD_BYTES;
        let text = is_more.then_some(&mut self.rest as &mut dyn Read);
        let mut head = Head::of(&self.path, std::mem::take(&mut self.first), text);
        let header = head.header(settings)?;
        let head_bytes = head.dropped;
        let (lines, at_end, tail) = (head.lines, head.at_end, head.bytes);
        let bytes = match self.range {
            Some((begin, end)) if !header.are_values => {
                Bytes::File(Regular { begin, first: begin + head_bytes, state: header.state, end })
            }
            _ => {
                let flow = Flow::Plain(self.rest.clone());
                let pipe = Pipe {
                    flow,
                    offset: head_bytes,
                    lines,
                    state: header.state,
                    at_end,
                    tail,
                    counted: 0,
                    values: None,
                };
                Bytes::Pipe(Mutex::new(if header.are_values { pipe.of_values() } else { pipe }))
            }
        };
        Ok(self.source(header, head_bytes, 0, bytes))
    }

    /// Decompressed, transcoded, or both.
    fn decoded(self, format: Option<Format>, settings: &Settings) -> Result<(Source, Vec<String>)> {
        let decoded = |feed: Feed, granted_bytes| -> Box<dyn Text> {
            let text: Box<dyn Text> = match format {
                Some(format) => Box::new(Decoder::of(format, feed, granted_bytes)),
                None => Box::new(feed),
            };
            match settings.encoding {
                Encoding::Utf8 => text,
                encoding => Box::new(Transcoder::of(text, encoding)),
            }
        };
        // The head writes little of what a decoder may remember, and pages that are not written are not resident: memory is
        // asked for when the records come.
        let mut text = decoded(Feed::of(&self.first, self.rest.clone()), u64::MAX);
        let mut unasked = Unasked(&mut *text);
        let mut head = Head::of(&self.path, Vec::new(), Some(&mut unasked));
        let header = head.header(settings)?;
        let (offset, lines, mut at_end, mut tail) = (head.dropped, head.lines, head.at_end, head.bytes);
        let (head_bytes, needed_bytes) = (text.position(), text.needed_bytes());
        let mut skip = 0;
        if self.range.is_some() {
            // From the beginning, when its turn comes: of many files only one is being decoded.
            let all = Rest { file: Arc::clone(&self.file), range: self.range };
            text = decoded(Feed::of(&[], all), 0);
            (skip, at_end, tail) = (offset, false, Vec::new());
        }
        let flow = Flow::Decoded(Box::new(Ahead::of(text, skip, needed_bytes)));
        let pipe = Pipe { flow, tail, offset, lines, state: header.state, at_end, counted: head_bytes, values: None };
        let pipe = if header.are_values { pipe.of_values() } else { pipe };
        let transcoding_bytes = if settings.encoding == Encoding::Utf8 { 0 } else { TRANSCODING_BYTES };
        let decoder_bytes = DECODING_BYTES + transcoding_bytes;
        Ok(self.source(header, head_bytes, decoder_bytes, Bytes::Pipe(Mutex::new(pipe))))
    }

    /// Rows of Parquet, spelt.
    #[cfg(feature = "parquet")]
    fn table(self) -> Result<(Source, Vec<String>)> {
        let Some((0, end)) = self.range else {
            return Err(Error::Usage(format!(
                "{}: Parquet, whose table of contents is at its end, so a pipe of it cannot be read; name the file",
                self.path
            )));
        };
        let table = Arc::new(parquet::Table::open(&self.path, &self.file, end)?);
        let (columns, head_bytes) = (table.names(), table.position());
        let header = Header { dialect: parquet::DIALECT, columns, state: State::RecordStart, are_values: true };
        let flow = Flow::Decoded(Box::new(Ahead::of(Box::new(parquet::Rows::of(Arc::clone(&table))), 0, 0)));
        let pipe = Pipe {
            flow,
            tail: Vec::new(),
            offset: 0,
            lines: 0,
            state: header.state,
            at_end: false,
            counted: head_bytes,
            values: None,
        };
        let (mut source, columns) = self.source(header, head_bytes, DECODING_BYTES, Bytes::Pipe(Mutex::new(pipe)));
        source.recount = Some(table);
        Ok((source, columns))
    }

    fn source(self, header: Header, head_bytes: u64, decoder_bytes: u64, bytes: Bytes) -> (Source, Vec<String>) {
        let size_bytes = self.range.map(|(begin, end)| end - begin);
        let identity = size_bytes.map(|_| Identity::of(&self.metadata, self.named));
        let source = Source {
            path: self.path,
            dialect: header.dialect,
            n_columns: header.columns.len(),
            are_values: header.are_values,
            places: None,
            recount: None,
            file: self.file,
            identity,
            size_bytes,
            head_bytes,
            decoder_bytes,
            bytes,
            read_bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
        };
        (source, header.columns)
    }
}
