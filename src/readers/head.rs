//! A file just opened in, its first bytes out: what it is, its dialect, its header, and where its records begin.

use std::io::Read;

use crate::error::{Error, Place, Result};
use crate::readers::automaton::{Dialect, State, Walk};
use crate::readers::batch::count_lines;
use crate::readers::compressed::{self, Format};
use crate::readers::settings::Records;
use crate::readers::{Encoding, Settings, sniff, values};

/// The bytes from which a delimiter is sniffed.
pub(crate) const SAMPLE_BYTES: usize = 256 << 10;

/// The beginning of a file, read as far as was needed, and dropped as far as it is done with.
pub(crate) struct Head<'f> {
    path: &'f str,
    /// What comes next.
    text: Option<&'f mut dyn Read>,
    /// Bytes at hand.
    pub(crate) bytes: Vec<u8>,
    /// Bytes dropped before them.
    pub(crate) dropped: u64,
    /// Line feeds among those.
    pub(crate) lines: u64,
    /// Nothing comes after them.
    pub(crate) at_end: bool,
}

/// What the head of a file tells.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) dialect: Dialect,
    pub(crate) columns: Vec<String>,
    /// The state in which the records begin; [`Head::bytes`] begin there, too.
    pub(crate) state: State,
    /// The records are JSON values that have no lines of their own.
    pub(crate) are_values: bool,
}

impl<'f> Head<'f> {
    /// Of the text that begins with `first` and goes on as `text`, if it does.
    pub(crate) fn of(path: &'f str, first: Vec<u8>, text: Option<&'f mut dyn Read>) -> Head<'f> {
        Head { path, at_end: text.is_none(), text, bytes: first, dropped: 0, lines: 0 }
    }

    /// Reads on until `n` bytes are at hand, or all there are.
    fn fill(&mut self, n: usize) -> Result<()> {
        let (Some(text), false) = (&mut self.text, self.at_end) else { return Ok(()) };
        let Some(wanted) = n.checked_sub(self.bytes.len()).filter(|&wanted| wanted > 0) else { return Ok(()) };
        self.bytes.reserve_exact(wanted);
        let got = text.take(wanted as u64).read_to_end(&mut self.bytes);
        let got = got.map_err(|error| compressed::named(self.path, error))?;
        self.at_end = got < wanted;
        Ok(())
    }

    /// Forgets the first `n` bytes at hand.
    fn drop_front(&mut self, n: usize) {
        self.lines += count_lines(&self.bytes[..n]);
        self.dropped += n as u64;
        self.bytes.drain(..n);
    }

    /// Reads mark, skipped lines and header; the records' bytes that were read with them stay at hand.
    pub(crate) fn header(&mut self, settings: &Settings) -> Result<Header> {
        self.fill(16)?;
        refuse_unreadable(self.path, &self.bytes)?;
        if self.bytes.starts_with(b"\xef\xbb\xbf") {
            self.drop_front(3);
        }
        for _ in 0..settings.skip_lines {
            self.skip_line()?;
        }
        if settings.records == Records::Json {
            return self.json();
        }
        let quote = settings.quote.byte();
        let delimiter = match settings.delimiter {
            Some(delimiter) => delimiter,
            None => {
                self.fill(SAMPLE_BYTES)?;
                sniff::delimiter(&self.bytes, self.at_end, quote)
            }
        };
        let dialect = Dialect { delimiter, quote };
        let (record, end) = self.first_record(dialect, settings.max_record_bytes)?;
        let fields = fields(&self.bytes[record..end], dialect);
        if !settings.header {
            let columns = (1..=fields.len()).map(|i| format!("column_{i}")).collect();
            return Ok(Header { dialect, columns, state: State::RecordStart, are_values: false });
        }
        let state = match self.bytes.get(end) {
            Some(b'\r') => State::AfterCr,
            _ => State::RecordStart,
        };
        let columns = self.names(&fields, record)?;
        self.drop_front((end + 1).min(self.bytes.len()));
        Ok(Header { dialect, columns, state, are_values: false })
    }

    /// What JSON has for a header: a line is one field, which no byte divides that JSON may hold.
    fn json(&mut self) -> Result<Header> {
        self.fill(SAMPLE_BYTES)?;
        if self.at_end && self.bytes.trim_ascii().is_empty() {
            return Err(Error::Empty { path: self.path.to_owned() });
        }
        let are_values = !values::are_lines(&self.bytes, self.at_end);
        let dialect = Dialect { delimiter: 0, quote: None };
        Ok(Header { dialect, columns: vec!["json".to_owned()], state: State::RecordStart, are_values })
    }

    /// Drops one physical line.
    fn skip_line(&mut self) -> Result<()> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.bytes) {
                self.drop_front(end + 1);
                return Ok(());
            }
            self.drop_front(self.bytes.len());
            if self.at_end {
                return Err(Error::Empty { path: self.path.to_owned() });
            }
            self.fill(SAMPLE_BYTES)?;
        }
    }

    /// Where in the bytes at hand the first record that is no empty line begins, and where it ends.
    fn first_record(&mut self, dialect: Dialect, limit_bytes: u64) -> Result<(usize, usize)> {
        let mut record = 0;
        let mut walk = Walk::from(State::RecordStart);
        loop {
            match walk.until_record_end(dialect, &self.bytes, |_| {}) {
                Some(end) if end == record => record = walk.at,
                Some(end) if (end - record) as u64 > limit_bytes => return Err(self.long(record, limit_bytes)),
                Some(end) => return Ok((record, end)),
                None if (self.bytes.len() - record) as u64 > limit_bytes => return Err(self.long(record, limit_bytes)),
                None if !self.at_end => self.fill((2 * self.bytes.len()).max(4 << 10))?,
                None if walk.state.is_record_start() => return Err(Error::Empty { path: self.path.to_owned() }),
                None if walk.state == State::InQuoted => return Err(Error::OpenQuote { place: self.place(record) }),
                None => return Ok((record, self.bytes.len())),
            }
            // The LF of a CRLF.
            if walk.state == State::AfterCr && self.bytes.get(record) == Some(&b'\n') {
                record += 1;
            }
        }
    }

    /// The `fields` of the header, which is at `record`, as names: in UTF-8, or nobody could name them.
    fn names(&self, fields: &csv::ByteRecord, record: usize) -> Result<Vec<String>> {
        let name = |field: &[u8]| {
            let malformed = |_| Error::Malformed {
                place: self.place(record),
                at: self.dropped + record as u64,
                text: field.to_vec(),
                encoding: Encoding::Utf8.name(),
            };
            String::from_utf8(field.to_vec()).map_err(malformed)
        };
        fields.iter().map(name).collect()
    }

    fn long(&self, record: usize, limit_bytes: u64) -> Error {
        Error::LongRecord { place: self.place(record), limit_bytes }
    }

    fn place(&self, at: usize) -> Place {
        let line = self.lines + count_lines(&self.bytes[..at]) + 1;
        Place { path: self.path.to_owned(), line: Some(line), column: None }
    }
}

/// The fields of one record, read by the `csv` crate.
fn fields(record: &[u8], dialect: Dialect) -> csv::ByteRecord {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).delimiter(dialect.delimiter);
    match dialect.quote {
        Some(quote) => reader.quote(quote),
        None => reader.quoting(false),
    };
    let mut fields = csv::ByteRecord::new();
    // Behind an empty line, so that a byte-order mark is not taken for one: that of the file is gone already.
    let record = b"\n".chain(record);
    // Reading from memory cannot fail, and one record cannot be ragged.
    let _ = reader.from_reader(record).read_byte_record(&mut fields);
    fields
}

/// Refuses, by name, what is no text in a superset of ASCII.
fn refuse_unreadable(path: &str, bytes: &[u8]) -> Result<()> {
    if let Some(format) = Format::of(bytes) {
        return Err(Error::CompressedTwice { path: path.to_owned(), kind: format.name() });
    }
    if bytes.starts_with(b"PAR1") {
        return Err(Error::Parquet { path: path.to_owned() });
    }
    let utf_16 = |encoding: Encoding| Err(Error::Utf16 { path: path.to_owned(), encoding: encoding.name() });
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => utf_16(Encoding::Utf16),
        [a, 0, b, 0, ..] if *a > 0 && *b > 0 => utf_16(Encoding::Utf16Le),
        [0, a, 0, b, ..] if *a > 0 && *b > 0 => utf_16(Encoding::Utf16Be),
        _ => Ok(()),
    }
}
