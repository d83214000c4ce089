//! A text in another encoding in, the same text in UTF-8 out, whatever the pieces it comes in.
//!
//! What is malformed is an error with its place, never a replacement character; what stands before it comes first.

use std::io;

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252, mem};

use crate::readers::Encoding;
use crate::readers::batch::count_lines;
use crate::readers::compressed::Fault;
use crate::readers::text::{Decoded, Text};

/// Bytes read at a time.
const INPUT_BYTES: usize = 64 << 10;

/// What transcoding takes beside what it reads from.
pub(crate) const TRANSCODING_BYTES: u64 = INPUT_BYTES as u64;

/// The most that is malformed at once.
const MALFORMED_BYTES: usize = 4;

/// Room in which any converter gets on: a character, and what it looks at behind it.
const LEAST_OUTPUT_BYTES: usize = 16;

/// A text, being transcoded.
pub(crate) struct Transcoder {
    text: Box<dyn Text>,
    encoding: Encoding,
    /// `None` until the first bytes are there.
    converter: Option<Converter>,
    input: Vec<u8>,
    /// What of the input was read, and not converted yet.
    at: usize,
    end: usize,
    is_last: bool,
    /// Bytes converted, and line feeds among what they came to.
    converted: u64,
    lines: u64,
    /// What comes next.
    fault: Option<Fault>,
    /// What did not fit the caller's buffer.
    over: [u8; LEAST_OUTPUT_BYTES],
    over_at: usize,
    over_end: usize,
}

/// Who knows the encoding.
enum Converter {
    /// `encoding_rs` has ISO-8859-1 for Windows-1252, as the web does; a character is its byte here.
    Iso8859_1,
    Other(encoding_rs::Decoder),
}

impl Transcoder {
    /// `text`, which is in `encoding`. Takes no memory before it is asked for the first byte.
    pub(crate) fn of(text: Box<dyn Text>, encoding: Encoding) -> Transcoder {
        Transcoder {
            text,
            encoding,
            converter: None,
            input: Vec::new(),
            at: 0,
            end: 0,
            is_last: false,
            converted: 0,
            lines: 0,
            fault: None,
            over: [0; LEAST_OUTPUT_BYTES],
            over_at: 0,
            over_end: 0,
        }
    }

    /// Reads on behind what is left, and a little before it for messages; `Some` when memory is needed for it.
    fn fill(&mut self) -> io::Result<Option<Decoded>> {
        self.input.resize(INPUT_BYTES, 0);
        let before = self.at.min(MALFORMED_BYTES);
        self.input.copy_within(self.at - before..self.end, 0);
        (self.at, self.end) = (before, self.end - self.at + before);
        match self.text.decode(&mut self.input[self.end..])? {
            Decoded::Bytes(n) => {
                self.end += n;
                self.is_last = n == 0;
                Ok(None)
            }
            needs @ Decoded::Needs(..) => Ok(Some(needs)),
        }
    }

    /// Converts into `output`, which has room for a character at least.
    fn convert(&mut self, output: &mut [u8]) -> io::Result<Decoded> {
        loop {
            if let Some(fault) = self.fault.take() {
                return Err(fault.into());
            }
            let is_begun = self.converter.is_some();
            if !self.is_last && self.end - self.at < if is_begun { 1 } else { 4 } {
                if let Some(needs) = self.fill()? {
                    return Ok(needs);
                }
                continue;
            }
            let Some(converter) = &mut self.converter else {
                self.begin()?;
                continue;
            };
            let input = &self.input[self.at..self.end];
            let (result, read, written) = match converter {
                Converter::Iso8859_1 => {
                    let (read, written) = mem::convert_latin1_to_utf8_partial(input, output);
                    (DecoderResult::InputEmpty, read, written)
                }
                Converter::Other(decoder) => decoder.decode_to_utf8_without_replacement(input, output, self.is_last),
            };
            if let DecoderResult::Malformed(len, behind) = result {
                let (len, behind) = (usize::from(len), usize::from(behind));
                let end = (self.at + read).saturating_sub(behind);
                let text = self.input[end.saturating_sub(len)..end].to_vec();
                let at = (self.converted + read as u64).saturating_sub((behind + len) as u64);
                let line = self.lines + count_lines(&output[..written]) + 1;
                self.fault = Some(Fault::Malformed { at, line, text, encoding: self.encoding.name() });
            }
            self.at += read;
            self.converted += read as u64;
            self.lines += count_lines(&output[..written]);
            let is_done = self.is_last && self.at == self.end && self.fault.is_none();
            if written > 0 || is_done {
                return Ok(Decoded::Bytes(written));
            }
        }
    }

    /// Looks for a byte-order mark, and chooses the converter.
    fn begin(&mut self) -> Result<(), Fault> {
        let bad = |what: String| Err(Fault::Bad { at: 0, what });
        let (mark, marked) = match &self.input[self.at..self.end] {
            [0xef, 0xbb, 0xbf, ..] => (3, Some(Encoding::Utf8)),
            [0xff, 0xfe, ..] => (2, Some(Encoding::Utf16Le)),
            [0xfe, 0xff, ..] => (2, Some(Encoding::Utf16Be)),
            _ => (0, None),
        };
        let encoding = match (self.encoding, marked) {
            (Encoding::Utf16, Some(marked @ (Encoding::Utf16Le | Encoding::Utf16Be))) => marked,
            (Encoding::Utf16, None) if self.end > self.at => {
                return bad("no byte-order mark; say --encoding utf-16le, or utf-16be".into());
            }
            (said, Some(marked)) if said != marked => {
                return bad(format!(
                    "begins with the byte-order mark of {marked}, and is said to be {said}; say --encoding {marked}"
                ));
            }
            (said, _) => said,
        };
        self.at += mark;
        self.converted += mark as u64;
        self.converter = Some(match encoding {
            Encoding::Iso8859_1 => Converter::Iso8859_1,
            Encoding::Windows1252 => Converter::Other(WINDOWS_1252.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Converter::Other(UTF_16BE.new_decoder_without_bom_handling()),
            Encoding::Utf16 | Encoding::Utf16Le => Converter::Other(UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf8 => Converter::Other(encoding_rs::UTF_8.new_decoder_without_bom_handling()),
        });
        Ok(())
    }
}

impl Text for Transcoder {
    fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded> {
        if self.over_at == self.over_end {
            if output.len() >= LEAST_OUTPUT_BYTES {
                return self.convert(output);
            }
            let mut over = [0; LEAST_OUTPUT_BYTES];
            match self.convert(&mut over)? {
                Decoded::Bytes(n) => (self.over, self.over_at, self.over_end) = (over, 0, n),
                needs @ Decoded::Needs(..) => return Ok(needs),
            }
        }
        let n = output.len().min(self.over_end - self.over_at);
        output[..n].copy_from_slice(&self.over[self.over_at..self.over_at + n]);
        self.over_at += n;
        Ok(Decoded::Bytes(n))
    }

    fn position(&self) -> u64 {
        self.text.position()
    }

    fn needed_bytes(&self) -> u64 {
        self.text.needed_bytes()
    }

    fn grant(&mut self, bytes: u64) {
        self.text.grant(bytes);
    }
}
