//! Records of one block, cut into fields where somebody asks for them.
//!
//! Holds no field: a field is found when it is asked for, from the places of the separators around it. In a rectangular
//! batch (every record has the header's number of fields, as nearly always) that is `seps[n_columns · r + k]`, and columns
//! nobody asks for cost nothing; otherwise a list says where each record's separators begin.

use std::ops::Range;

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

use crate::error::{Place, Result};
use crate::readers::field::{Field, HEAD_BYTES};
use crate::readers::held::Held;
use crate::readers::scan::{PIECE_BYTES, Simd};
use crate::readers::source::Source;
use crate::readers::unquote::{said_in, unquoted};

/// Complete records, one after the other in input order.
///
/// Borrows the worker's buffers; gone when the worker goes on.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub(super) window: Window<'a>,
    /// From the first byte of the block that is indexed.
    pub(super) bytes: &'a [u8],
    /// The place before the first record, then those of its separators, and so on.
    pub(super) seps: &'a [u32],
    pub(super) records: Records<'a>,
}

/// Where the batch comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    /// The file.
    pub(super) source: &'a Source,
    /// Its place among the input's.
    pub(super) file: usize,
    /// Its bytes at hand, and what they lie in.
    pub(super) bytes: &'a [u8],
    pub(super) held: &'a Held,
    /// The first one's place in the file.
    pub(super) offset: u64,
    /// Line feeds before it, where the file cannot be read again.
    pub(super) lines_before: Option<u64>,
    /// How bytes are looked through.
    pub(super) simd: Simd,
    /// Where in the window the block begins.
    pub(super) block: usize,
}

/// Which separators are whose.
#[derive(Clone, Copy, Debug)]
pub(super) enum Records<'a> {
    /// `n` records of the header's number of fields each.
    Rectangular(usize),
    /// These.
    Listed(&'a [Record]),
}

/// A record of a batch that is not rectangular.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// The entry of `seps` before its first field.
    pub(super) first: u32,
    /// Its fields; columns beyond are empty.
    pub(super) n_fields: u32,
}

impl<'a> Window<'a> {
    /// Whether all bytes seen so far were the file's own.
    pub(super) fn intact(&self) -> Result<()> {
        if self.held.is_intact() {
            return Ok(());
        }
        Err(self.source.shrank(self.offset, self.source.size_bytes.unwrap_or(0)))
    }

    /// Line feeds before the window, where they tell lines and cannot be counted again.
    fn line_feeds_before(&self) -> Option<u64> {
        self.lines_before.filter(|_| self.source.recount.is_none())
    }

    /// Where the byte at `place` of the window is, with its line.
    #[cold]
    pub(super) fn place(&self, place: usize, column: Option<String>) -> Place {
        let line = match self.line_feeds_before() {
            Some(before) => Some(before + count_lines(&self.bytes[..place]) + 1),
            None => self.source.line_of(self.offset + place as u64),
        };
        self.source.place(line, column)
    }
}

/// Records of a batch that are marked; a list of all marks is as long at most.
const MOST_MARKED_BYTES: usize = 96 << 10;

/// Bytes a mark: as many as an emoji has in a text of emojis.
const LEAST_BYTES_A_MARK: usize = 4;

/// Line feeds in `bytes`.
pub(crate) fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

impl<'a> Batch<'a> {
    /// How many records there are; at least one.
    #[inline]
    pub fn n_records(&self) -> usize {
        match self.records {
            Records::Rectangular(n) => n,
            Records::Listed(records) => records.len(),
        }
    }

    /// Column `k` (of the first file's header) in all records.
    #[inline]
    pub fn column(&self, k: usize) -> Column<'a> {
        let source = self.window.source;
        Column {
            bytes: self.bytes,
            seps: self.seps,
            records: self.records,
            n_columns: source.n_columns,
            k: source.column(k),
            quote: source.dialect.quote,
            opening: source.dialect.quote.map_or(u16::MAX, u16::from),
        }
    }

    /// By which instructions it is read.
    pub fn simd(&self) -> Simd {
        self.window.simd
    }

    /// Where one of `needles` stands in the records, ascending; `None` where the records are so long, or so many stand there, that the list
    /// itself would matter.
    pub fn marks<'m>(&self, needles: [u8; 4], arena: &'m Bump) -> Option<&'m [u32]> {
        let (first, last) = match self.records {
            Records::Rectangular(n) => (0, self.window.source.n_columns * n),
            Records::Listed(records) => {
                let (first, last) = (records.first()?, records.last()?);
                (first.first as usize, (last.first + last.n_fields) as usize)
            }
        };
        let (start, end) = (self.seps[first].wrapping_add(1), self.seps[last]);
        let bytes = &self.bytes[start as usize..end as usize];
        if bytes.len() > MOST_MARKED_BYTES {
            return None;
        }
        let (mut all, mut places) = (ArenaVec::with_capacity_in(bytes.len() / 64, arena), [0; _]);
        for (piece, start) in bytes.chunks(PIECE_BYTES).zip((start..).step_by(PIECE_BYTES)) {
            let n = self.window.simd.mark(piece, needles, start, &mut places);
            all.extend_from_slice_copy(&places[..n]);
            if all.len() > bytes.len() / LEAST_BYTES_A_MARK {
                return None;
            }
        }
        Some(all.into_bump_slice())
    }

    /// Where record `r` begins, with its line. Cold: a file is read again up to there.
    pub fn place(&self, r: usize) -> Place {
        self.window.place(self.window.block + self.start(r), None)
    }

    /// The same, naming the column.
    pub fn place_of(&self, r: usize, column: &str) -> Place {
        self.window.place(self.window.block + self.start(r), Some(column.to_owned()))
    }

    /// Byte offset of record `r` in its file.
    pub fn offset(&self, r: usize) -> u64 {
        self.window.offset + (self.window.block + self.start(r)) as u64
    }

    /// Where each record begins, in input order: as [`Lines`](super::Lines) tells lines by.
    pub fn positions(&self) -> Positions<'a> {
        Positions { batch: *self, record: 0, counted: 0, lines: self.window.line_feeds_before() }
    }

    /// The first `n` fields of record `r` as they stand in the file, and where ([`Column::range`]), if CSV with `delimiter` spells
    /// them so: they are the first file's first `n`, divided by that, and there is no quote among them.
    #[inline]
    pub fn plain_fields(&self, r: usize, n: usize, delimiter: u8) -> Option<(&'a [u8], Range<usize>)> {
        let Window { source, .. } = self.window;
        let Records::Rectangular(_) = self.records else { return None };
        if source.places.is_some() || source.dialect.delimiter != delimiter {
            return None;
        }
        let range = self.column(0).range(r).start..self.column(n - 1).range(r).end;
        let bytes = &self.bytes[range.clone()];
        let quote = source.dialect.quote.unwrap_or(b'"');
        memchr::memchr2(b'"', quote, bytes).is_none().then_some((bytes, range))
    }

    /// As [`Worker::intact`](super::Worker::intact), while there is a batch.
    pub fn intact(&self) -> Result<()> {
        self.window.intact()
    }

    /// Which file of [`Input::files`](super::Input::files) the records are of.
    pub fn file(&self) -> usize {
        self.window.file
    }

    /// Where in the block record `r` begins.
    fn start(&self, r: usize) -> usize {
        let before = match self.records {
            Records::Rectangular(_) => self.window.source.n_columns * r,
            Records::Listed(records) => records[r].first as usize,
        };
        let start = self.seps[before].wrapping_add(1) as usize;
        start + usize::from(self.bytes.get(start) == Some(&b'\n'))
    }
}

/// Where the records of a batch begin: ascending within a file. A byte offset of what can be read again, a line of what cannot.
#[derive(Clone, Debug)]
pub struct Positions<'a> {
    batch: Batch<'a>,
    record: usize,
    /// Of what cannot be read again, the line feeds in the window up to here, and all before it.
    counted: usize,
    lines: Option<u64>,
}

impl Iterator for Positions<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let Positions { batch, record, .. } = *self;
        if record == batch.n_records() {
            return None;
        }
        self.record += 1;
        let Some(lines) = &mut self.lines else { return Some(batch.offset(record)) };
        let place = batch.window.block + batch.start(record);
        *lines += count_lines(&batch.window.bytes[self.counted..place]);
        self.counted = place;
        Some(*lines + 1)
    }
}

/// One column of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    bytes: &'a [u8],
    seps: &'a [u32],
    records: Records<'a>,
    n_columns: usize,
    k: usize,
    quote: Option<u8>,
    /// The same, or what is no byte.
    opening: u16,
}

impl<'a> Column<'a> {
    /// The field's bytes as they stand in the file, quotes and all; empty where the record was padded.
    #[inline]
    pub fn raw(&self, r: usize) -> &'a [u8] {
        &self.bytes[self.range(r)]
    }

    /// Where [`raw`](Column::raw) lies, as [`Batch::marks`] counts places.
    #[inline]
    pub fn range(&self, r: usize) -> Range<usize> {
        let at = match self.records {
            Records::Rectangular(_) => self.n_columns * r + self.k,
            Records::Listed(records) => {
                let record = records[r];
                if self.k >= record.n_fields as usize {
                    let start = self.seps[record.first as usize].wrapping_add(1) as usize;
                    return start..start;
                }
                record.first as usize + self.k
            }
        };
        let (start, end) = (self.seps[at].wrapping_add(1) as usize, self.seps[at + 1] as usize);
        // The LF of a CRLF, whose CR ended the record before: nothing else lets a first field begin so.
        let is_late = self.k == 0 && start < end && self.bytes[start] == b'\n';
        start + usize::from(is_late)..end
    }

    /// How many of `records`, from the first on, have fields that end at `place` or before it, as [`Batch::marks`] counts places.
    #[inline]
    pub fn n_ending_until(&self, place: usize, records: &[u32]) -> usize {
        let n = match self.records {
            Records::Rectangular(_) => {
                let (n_columns, behind) = (self.n_columns, &self.seps[self.k + 1..]);
                records.iter().position(|&r| behind[n_columns * r as usize] as usize > place)
            }
            Records::Listed(_) => records.iter().position(|&r| self.range(r as usize).end > place),
        };
        n.unwrap_or(records.len())
    }

    /// Where what the field says lies, as [`Batch::marks`] counts places; `None` where that has doubled quotes.
    #[inline]
    pub fn said(&self, r: usize) -> Option<Range<usize>> {
        let range = self.range(r);
        let Some(quote) = self.quote else { return Some(range) };
        let said = said_in(&self.bytes[range.clone()], quote)?;
        Some(range.start + said.start..range.start + said.end)
    }

    /// The bytes at `range`.
    #[inline]
    pub fn bytes(&self, range: Range<usize>) -> &'a [u8] {
        &self.bytes[range]
    }

    /// Whether the field says nothing, which is NULL; a field that says something is not unquoted for it.
    #[inline]
    pub fn is_empty(&self, r: usize) -> bool {
        let raw = self.raw(r);
        raw.len() <= 2 && raw.iter().all(|byte| Some(*byte) == self.quote)
    }

    /// Has `words` be the first bytes of the fields of `lanes`, eight a word, and `lens` how many of all are theirs; `false` where records
    /// differ in their fields.
    ///
    /// Where a field is quoted, or begins with the line feed behind a CR, so do the bytes; near the end of a block it is empty.
    #[inline(always)]
    pub fn heads<const W: usize, const N: usize>(
        &self,
        lanes: &[u32; N],
        words: &mut [[u64; N]; W],
        lens: &mut [u64; N],
    ) -> bool {
        let Records::Rectangular(_) = self.records else { return false };
        for (i, &lane) in lanes.iter().enumerate() {
            let at = self.n_columns * lane as usize + self.k;
            let places = &self.seps[at..at + 2];
            let (start, end) = (places[0].wrapping_add(1) as usize, places[1] as usize);
            lens[i] = 0;
            if let Some(head) = self.bytes[start..].get(..8 * W) {
                let chunks = &head.as_chunks().0[..W];
                (0..W).for_each(|word| words[word][i] = u64::from_le_bytes(chunks[word]));
                lens[i] = (end - start) as u64;
            }
        }
        true
    }

    /// What the field says, with what stands behind it at hand where its bytes are those of the file.
    #[inline(always)]
    pub fn get<'s>(&self, r: usize, arena: &'s Bump) -> Field<'s>
    where
        'a: 's,
    {
        if let Records::Rectangular(_) = self.records {
            let at = self.n_columns * r + self.k;
            let places = &self.seps[at..at + 2];
            let (start, end) = (places[0].wrapping_add(1) as usize, places[1] as usize);
            let room = &self.bytes[start..];
            let first = room.first().copied().unwrap_or(0);
            // Quotes and the LF of a CRLF are looked at again.
            if u16::from(first) != self.opening && first != b'\n' {
                return Field::new(room, end - start);
            }
        }
        self.get_slowly(r, arena)
    }

    /// Calls `each` with the number of each of `lanes`, itself, the first bytes of its field and how many of all are the field's; without
    /// these for a field that is quoted or near the end of a block, and for all where records differ in their fields.
    #[inline(always)]
    pub fn each_head(&self, lanes: &[u32], mut each: impl FnMut(usize, u32, Option<(&'a [u8; HEAD_BYTES], usize)>)) {
        let Column { bytes, seps, n_columns, k, opening, .. } = *self;
        let is_rectangular = matches!(self.records, Records::Rectangular(_));
        for (i, &lane) in lanes.iter().enumerate() {
            let at = n_columns * lane as usize + k;
            let places = seps.get(at..at + 2).filter(|_| is_rectangular).and_then(<[u32]>::first_chunk);
            let head = places.and_then(|&[before, end]| {
                let start = before.wrapping_add(1) as usize;
                let head: &[u8; HEAD_BYTES] = bytes.get(start..)?.first_chunk()?;
                let is_plain = u16::from(head[0]) != opening && head[0] != b'\n';
                is_plain.then_some((head, end as usize - start))
            });
            each(i, lane, head);
        }
    }

    #[inline(never)]
    fn get_slowly<'s>(&self, r: usize, arena: &'s Bump) -> Field<'s>
    where
        'a: 's,
    {
        let text = self.field(r, arena);
        Field::new(text, text.len())
    }

    /// What the field says: without its quotes, doubled quotes undoubled in `arena`. Empty is NULL, quoted or not.
    #[inline]
    pub fn field<'s>(&self, r: usize, arena: &'s Bump) -> &'s [u8]
    where
        'a: 's,
    {
        match self.quote {
            Some(quote) => unquoted(self.raw(r), quote, arena),
            None => self.raw(r),
        }
    }
}
