//! One stream after another in, their text out: what all formats have in common.

use std::io;

use crate::readers::compressed::{Fault, Feed, Format, HEAD_BYTES, Step, Stream};
use crate::readers::text::{Decoded, Text};

/// A compressed file, being decoded.
pub(crate) struct Decoder {
    format: Format,
    feed: Feed,
    stream: Box<dyn Stream>,
    /// Whether a stream was begun and did not end yet.
    is_within: bool,
    /// Streams begun so far.
    n_streams: u64,
    /// What the decoder may hold.
    granted_bytes: u64,
    /// The most that it needed so far.
    needed_bytes: u64,
}

impl Decoder {
    /// Of what `feed` gives; it may hold `granted_bytes`. Takes no memory before it is asked for the first byte.
    pub(crate) fn of(format: Format, feed: Feed, granted_bytes: u64) -> Decoder {
        let stream = format.stream();
        Decoder { format, feed, stream, is_within: false, n_streams: 0, granted_bytes, needed_bytes: 0 }
    }

    /// Begins the next stream; `false` when there is none.
    fn begin(&mut self) -> io::Result<bool> {
        if self.n_streams > 0 && self.format.is_padded() {
            while self.feed.next(1)?.first() == Some(&0) {
                self.feed.take(1);
            }
        }
        let head = self.feed.next(HEAD_BYTES)?;
        if head.is_empty() {
            return Ok(false);
        }
        if !self.format.begins(head) {
            let (at, name) = (self.feed.taken, self.format.name());
            let what = format!("what follows the {name} data is none; cut it off: head -c {at}");
            return Err(Fault::Bad { at, what }.into());
        }
        self.stream.begin(head);
        self.is_within = true;
        self.n_streams += 1;
        Ok(true)
    }

    fn corrupt(&self, what: &str) -> Fault {
        let what = format!("corrupt {} data ({what}); get the file again", self.format.name());
        Fault::Bad { at: self.feed.taken, what }
    }

    fn cut_off(&self) -> io::Error {
        let what = format!("the {} data is cut off here; get the whole file", self.format.name());
        Fault::Bad { at: self.feed.taken, what }.into()
    }
}

impl Text for Decoder {
    fn decode(&mut self, output: &mut [u8]) -> io::Result<Decoded> {
        loop {
            if !self.is_within && !self.begin()? {
                return Ok(Decoded::Bytes(0));
            }
            let input = self.feed.next(1)?;
            let n_input = input.len();
            let step = self.stream.step(input, output);
            let (read, written, ended) = match step.map_err(|what| self.corrupt(&what))? {
                Step::Needs(bytes) => {
                    self.needed_bytes = self.needed_bytes.max(bytes);
                    if bytes > self.granted_bytes {
                        return Ok(Decoded::Needs(self.format, bytes));
                    }
                    continue;
                }
                Step::Went { read, written, ended } => (read, written, ended),
            };
            self.feed.take(read);
            self.is_within = !ended;
            match (read, written) {
                (_, 1..) => return Ok(Decoded::Bytes(written)),
                (0, 0) if !ended && n_input == 0 => return Err(self.cut_off()),
                (0, 0) if !ended => return Err(self.corrupt("it does not go on").into()),
                _ => {}
            }
        }
    }

    fn position(&self) -> u64 {
        self.feed.taken
    }

    fn needed_bytes(&self) -> u64 {
        self.needed_bytes
    }

    fn grant(&mut self, bytes: u64) {
        self.granted_bytes = bytes;
    }
}
