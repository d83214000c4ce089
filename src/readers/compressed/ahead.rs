//! A text in, the same text out, made ahead on a thread of its own.
//!
//! Three buffers go round: one is being filled, one waits, one is being read. So memory is theirs, whatever the text, and
//! who is slower is waited for. The thread ends with the text, with a fault, or when nobody reads on.

use std::fmt;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crate::error::Result;
use crate::readers::Reserve;
use crate::readers::compressed::{Fault, Format, feed::FEED_BYTES};
use crate::readers::text::{Decoded, Text};

/// Text a buffer.
const PIECE_BYTES: usize = 256 << 10;

/// Buffers that go round.
const N_PIECES: usize = 3;

/// The thread's stack, of which decoders use a tenth.
const STACK_BYTES: usize = 256 << 10;

/// What decoding takes in all formats: buffers, stack, and what gzip remembers.
pub(crate) const DECODING_BYTES: u64 = (N_PIECES * PIECE_BYTES + FEED_BYTES + (128 << 10)) as u64;

/// A buffer's worth of text.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    /// Bytes of the compressed file read when it was filled.
    position: u64,
    then: Then,
}

/// What comes behind a piece.
#[derive(Default)]
enum Then {
    #[default]
    More,
    /// More, as soon as so much memory is granted.
    Needs(Format, u64),
    /// The end of the text.
    End,
    /// Nothing that could be had.
    Fault(io::Error),
}

/// A text being decoded ahead.
pub(crate) struct Ahead {
    /// The text, until its first byte is asked for.
    idle: Option<Box<dyn Text>>,
    thread: Option<Ends>,
    piece: Piece,
    /// How much of the piece was read.
    at: usize,
    /// Bytes of the text that are not wanted.
    skip: u64,
    /// What the decoder may hold; of that, what was lent during the scan.
    granted_bytes: u64,
    lent_bytes: u64,
}

/// The reader's ends of the channels. The thread ends when they are dropped.
struct Ends {
    pieces: Receiver<Piece>,
    buffers: Sender<Vec<u8>>,
    grants: Sender<u64>,
    handle: JoinHandle<()>,
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").field("at", &self.piece.position).finish_non_exhaustive()
    }
}

impl Ahead {
    /// `text` without its first `skip` bytes. It may hold `granted_bytes`, and asks for what is more.
    pub(crate) fn of(mut text: Box<dyn Text>, skip: u64, granted_bytes: u64) -> Ahead {
        text.grant(granted_bytes);
        Ahead { idle: Some(text), thread: None, piece: Piece::default(), at: 0, skip, granted_bytes, lent_bytes: 0 }
    }

    /// Says which columns will be read, `None` for all; what the decoder may hold then. Before the first byte is asked for.
    pub(crate) fn ask(&mut self, columns: Option<&[usize]>) -> Result<u64> {
        if let Some(text) = &mut self.idle {
            self.granted_bytes = self.granted_bytes.max(text.ask(columns)?);
            text.grant(self.granted_bytes);
        }
        Ok(self.granted_bytes)
    }

    /// Bytes of the compressed file read for the text read so far.
    pub(crate) fn position(&self) -> u64 {
        self.piece.position
    }

    /// Appends at most `wanted` bytes to `buffer`; whether the text ends with them. Fewer are appended only at the end and
    /// before a fault, which is told when there is nothing before it any more.
    pub(crate) fn read(&mut self, buffer: &mut Vec<u8>, mut wanted: usize, reserve: &dyn Reserve) -> io::Result<bool> {
        let before = buffer.len();
        loop {
            let rest = &self.piece.bytes[self.at..];
            let skipped = usize::try_from(self.skip).map_or(rest.len(), |skip| skip.min(rest.len()));
            let n = wanted.min(rest.len() - skipped);
            buffer.extend_from_slice(&rest[skipped..skipped + n]);
            self.skip -= skipped as u64;
            self.at += skipped + n;
            wanted -= n;
            if self.at < self.piece.bytes.len() {
                return Ok(false);
            }
            match std::mem::take(&mut self.piece.then) {
                Then::More => {}
                Then::Needs(format, bytes) => self.lend(format, bytes, reserve),
                Then::End => {
                    self.end(reserve);
                    return Ok(true);
                }
                fault @ Then::Fault(_) if buffer.len() > before => {
                    self.piece.then = fault;
                    return Ok(false);
                }
                Then::Fault(error) => {
                    self.end(reserve);
                    return Err(error);
                }
            }
            // The next piece tells whether there is any more, so it is waited for even when enough was read.
            if matches!(self.piece.then, Then::More) {
                self.next_piece()?;
            }
        }
    }

    /// Gives the piece's buffer back and gets the next piece.
    fn next_piece(&mut self) -> io::Result<()> {
        if let Some(text) = self.idle.take() {
            self.thread = Some(start(text)?);
        }
        let gone = || io::Error::other("the decoder's thread is gone");
        let thread = self.thread.as_ref().ok_or_else(gone)?;
        let buffer = std::mem::take(&mut self.piece.bytes);
        if buffer.capacity() > 0 {
            // A thread that has sent its last piece needs no buffer.
            let _ = thread.buffers.send(buffer);
        }
        self.piece = thread.pieces.recv().map_err(|_| gone())?;
        self.at = 0;
        Ok(())
    }

    /// Sees that the decoder may hold `bytes`; a fault comes next where it may not.
    fn lend(&mut self, format: Format, bytes: u64, reserve: &dyn Reserve) {
        let more = bytes.saturating_sub(self.granted_bytes);
        if !reserve.reserve(more) {
            let would_do_bytes = reserve.would_do(more);
            let fault = Fault::Memory { format, need_bytes: bytes, would_do_bytes };
            self.piece.then = Then::Fault(fault.into());
            return;
        }
        self.lent_bytes += more;
        self.granted_bytes = bytes;
        if let Some(thread) = &self.thread {
            // Whether it is still there is seen when its next piece is asked for.
            let _ = thread.grants.send(bytes);
        }
    }

    /// Frees everything, the decoder's memory too, before that is given back; only the position is told still.
    fn end(&mut self, reserve: &dyn Reserve) {
        (self.piece.bytes, self.at, self.piece.then) = (Vec::new(), 0, Then::End);
        if let Some(Ends { pieces, buffers, grants, handle }) = self.thread.take() {
            drop((pieces, buffers, grants));
            // It has sent its last piece, or waits for a grant that will not come.
            let _ = handle.join();
        }
        if self.lent_bytes > 0 {
            reserve.give_back(std::mem::take(&mut self.lent_bytes));
        }
    }
}

/// Starts the thread that decodes.
fn start(text: Box<dyn Text>) -> io::Result<Ends> {
    let (to_reader, pieces) = channel();
    let (buffers, from_reader) = channel();
    let (grants, granted) = channel();
    for _ in 0..N_PIECES {
        let _ = buffers.send(Vec::new());
    }
    let run = move || run(text, &from_reader, &granted, &to_reader);
    // Joined only at its end: it may be reading from a pipe whose writer has nothing to say, when nobody wants its text any more.
    let handle = thread::Builder::new().name("decode".into()).stack_size(STACK_BYTES).spawn(run)?;
    Ok(Ends { pieces, buffers, grants, handle })
}

/// What the thread does.
fn run(mut text: Box<dyn Text>, buffers: &Receiver<Vec<u8>>, grants: &Receiver<u64>, pieces: &Sender<Piece>) {
    for mut bytes in buffers {
        bytes.resize(PIECE_BYTES, 0);
        let (n, then) = fill(&mut *text, &mut bytes);
        bytes.truncate(n);
        let (is_more, needs) = (matches!(then, Then::More | Then::Needs(..)), matches!(then, Then::Needs(..)));
        if pieces.send(Piece { bytes, position: text.position(), then }).is_err() || !is_more {
            return;
        }
        if needs {
            let Ok(bytes) = grants.recv() else { return };
            text.grant(bytes);
        }
    }
}

/// Decodes until `bytes` are full; how many there are, and what comes behind them.
fn fill(text: &mut dyn Text, bytes: &mut [u8]) -> (usize, Then) {
    let mut n = 0;
    while n < bytes.len() {
        match text.decode(&mut bytes[n..]) {
            Ok(Decoded::Bytes(0)) => return (n, Then::End),
            Ok(Decoded::Bytes(more)) => n += more,
            Ok(Decoded::Needs(format, bytes)) => return (n, Then::Needs(format, bytes)),
            Err(error) => return (n, Then::Fault(error)),
        }
    }
    (n, Then::More)
}
