//! A column chunk in, what holding its pages takes out: their headers are read, and nothing else.
//!
//! A page is decompressed whole, and how large it is then stands only before it (the file's end tells the sum of a chunk's pages, which may be a
//! hundred times as much). A header is a struct of Thrift's compact protocol, of which four numbers are wanted.

use std::fs::File;
use std::io;

use crate::readers::source::read_at;

/// What a column chunk's pages take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pages {
    /// The dictionary.
    pub(super) dictionary_bytes: u64,
    /// Its values.
    pub(super) n_dictionary: u64,
    /// The largest two neighbours: values of the one are in use while the other is begun.
    pub(super) two_bytes: u64,
    /// The largest as it lies in the file.
    pub(super) packed_bytes: u64,
}

/// The pages between bytes `start` and `end` of `file`.
pub(super) fn of(file: &File, start: u64, end: u64) -> io::Result<Pages> {
    let (mut pages, mut at, mut before) = (Pages::default(), start, 0);
    while at < end {
        let header = header_at(file, at, end)?;
        at += header.len + header.packed_bytes;
        pages.packed_bytes = pages.packed_bytes.max(header.packed_bytes);
        if header.is_dictionary {
            pages.dictionary_bytes = pages.dictionary_bytes.max(header.bytes);
            pages.n_dictionary = pages.n_dictionary.max(header.n_values);
        } else {
            pages.two_bytes = pages.two_bytes.max(before + header.bytes);
            before = header.bytes;
        }
    }
    Ok(pages)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Header {
    is_dictionary: bool,
    /// Decompressed.
    bytes: u64,
    packed_bytes: u64,
    n_values: u64,
    /// Of the header itself.
    len: u64,
}

/// The header at byte `at`. Statistics in it may be long.
fn header_at(file: &File, at: u64, end: u64) -> io::Result<Header> {
    const MOST_BYTES: usize = 16 << 20;
    let (mut bytes, mut wanted) = (Vec::new(), 256);
    loop {
        bytes.clear();
        let most = usize::try_from(end - at).unwrap_or(usize::MAX).min(MOST_BYTES);
        let got = read_at(file, &mut bytes, at, wanted.min(most))?;
        if let Some(header) = (Thrift { bytes: &bytes, at: 0 }).header() {
            return Ok(header);
        }
        if got < wanted || wanted >= most {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("no header of a page at byte {at}")));
        }
        wanted *= 16;
    }
}

/// Bytes of the compact protocol.
struct Thrift<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// A field's type, as far as they are told apart here.
const STOP: u8 = 0;
const I32: u8 = 5;
const STRUCT: u8 = 12;

impl Thrift<'_> {
    /// A `PageHeader`; `None` where the bytes end within, or are none.
    fn header(mut self) -> Option<Header> {
        const DICTIONARY: i64 = 2;
        let (mut header, mut id) = (Header::default(), 0);
        loop {
            match self.field(&mut id)? {
                STOP => break,
                I32 if id == 1 => header.is_dictionary = self.number()? == DICTIONARY,
                I32 if id == 2 => header.bytes = u64::try_from(self.number()?).ok()?,
                I32 if id == 3 => header.packed_bytes = u64::try_from(self.number()?).ok()?,
                STRUCT if id == 7 => {
                    let mut inner = 0;
                    loop {
                        match self.field(&mut inner)? {
                            STOP => break,
                            I32 if inner == 1 => header.n_values = u64::try_from(self.number()?).ok()?,
                            kind => self.skip(kind, 0)?,
                        }
                    }
                }
                kind => self.skip(kind, 0)?,
            }
        }
        header.len = self.at as u64;
        Some(header)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number with a sign.
    fn number(&mut self) -> Option<i64> {
        let zigzag = self.varint()?;
        Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    /// The next field's type; `id` becomes its number.
    fn field(&mut self, id: &mut i64) -> Option<u8> {
        let byte = self.byte()?;
        match byte >> 4 {
            _ if byte == STOP => {}
            0 => *id = self.number()?,
            more => *id += i64::from(more),
        }
        Some(byte & 0xf)
    }

    fn pass(&mut self, n: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(n).ok()?).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    /// Passes over a value.
    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        const DEEPEST: u8 = 16;
        if depth > DEEPEST {
            return None;
        }
        match kind {
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => self.varint().and_then(|n| self.pass(n)),
            9 | 10 => {
                let head = self.byte()?;
                let n = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                (0..n).try_for_each(|_| self.element(head & 0xf, depth))
            }
            11 => {
                let n = self.varint()?;
                let kinds = if n > 0 { self.byte()? } else { 0 };
                (0..n).try_for_each(|_| {
                    self.element(kinds >> 4, depth)?;
                    self.element(kinds & 0xf, depth)
                })
            }
            STRUCT => {
                let mut id = 0;
                loop {
                    match self.field(&mut id)? {
                        STOP => return Some(()),
                        kind => self.skip(kind, depth + 1)?,
                    }
                }
            }
            _ => None,
        }
    }

    /// A boolean has a byte where it is an element.
    fn element(&mut self, kind: u8, depth: u8) -> Option<()> {
        if matches!(kind, 1 | 2) { self.pass(1) } else { self.skip(kind, depth + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Type 2, 100 bytes, 50 of them packed, then the struct 7 with 9 values and an encoding.
    const DICTIONARY: &[u8] = &[0x15, 4, 0x15, 200, 1, 0x15, 100, 0x4c, 0x15, 18, 0x15, 0, 0, 0];

    fn header(bytes: &[u8]) -> Option<Header> {
        Thrift { bytes, at: 0 }.header()
    }

    #[test]
    fn a_header_tells_sizes_and_values() {
        let expected = Header { is_dictionary: true, bytes: 100, packed_bytes: 50, n_values: 9, len: 14 };
        assert_eq!(header(DICTIONARY), Some(expected));
    }

    #[test]
    fn a_header_cut_off_anywhere_is_none() {
        (0..DICTIONARY.len()).for_each(|n| assert_eq!(header(&DICTIONARY[..n]), None, "{n}"));
    }

    #[test]
    fn what_is_not_wanted_is_passed_over() {
        // Type 0, 1 byte, 1 packed; a checksum; a data page's struct with 3 values and, in it, a struct of a text and a list of two.
        let bytes = [
            0x15, 0, 0x15, 2, 0x15, 2, 0x15, 7, 0x1c, 0x15, 6, 0x4c, 0x18, 2, b'a', b'b', 0x19, 0x28, 1, b'x', 0, 0, 0,
            0,
        ];
        assert_eq!(header(&bytes).map(|header| (header.bytes, header.len)), Some((1, bytes.len() as u64)));
    }
}
