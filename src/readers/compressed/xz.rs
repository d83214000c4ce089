//! xz, by liblzma. Checks are checked where there are any; one that it does not know is an error.

use liblzma::stream::{Action, Error, Status, Stream as Lzma, TELL_UNSUPPORTED_CHECK};

use crate::readers::compressed::{Step, Stream};

/// Needs the dictionary of each block, which its header tells.
#[derive(Default)]
pub(super) struct Xz {
    lzma: Option<Lzma>,
}

/// The least that it can need does: too little for any block, so that each first asks.
const LEAST_BYTES: u64 = 1;

/// What the next block needs, which liblzma does not tell but by refusing every smaller limit. The limit then is that.
fn needed_bytes(lzma: &mut Lzma) -> u64 {
    let (mut too_little, mut enough) = (0, 64 << 10);
    while lzma.set_memlimit(enough).is_err() && enough < 1 << 62 {
        (too_little, enough) = (enough, enough * 2);
    }
    while enough - too_little > 4 << 10 {
        let middle = too_little + (enough - too_little) / 2;
        match lzma.set_memlimit(middle) {
            Ok(()) => enough = middle,
            Err(_) => too_little = middle,
        }
    }
    enough
}

impl Stream for Xz {
    fn begin(&mut self, _head: &[u8]) {
        self.lzma = None;
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        if self.lzma.is_none() {
            let lzma = Lzma::new_stream_decoder(LEAST_BYTES, TELL_UNSUPPORTED_CHECK);
            self.lzma = Some(lzma.map_err(|error| error.to_string())?);
        }
        let lzma = self.lzma.as_mut().ok_or("not begun")?;
        let (read, written) = (lzma.total_in(), lzma.total_out());
        let status = lzma.process(input, output, Action::Run);
        let read = super::since(read, lzma.total_in());
        let written = super::since(written, lzma.total_out());
        match status {
            // What was read before stays read.
            Err(Error::MemLimit) if read > 0 || written > 0 => Ok(Step::Went { read, written, ended: false }),
            Err(Error::MemLimit) => Ok(Step::Needs(needed_bytes(lzma))),
            Err(error) => Err(error.to_string()),
            Ok(status) => Ok(Step::Went { read, written, ended: status == Status::StreamEnd }),
        }
    }
}
