//! gzip, by zlib-rs. Header, checksum and length are checked by it; a stream is a member.

use flate2::{Decompress, FlushDecompress, Status};

use crate::readers::compressed::{Step, Stream};

/// Needs 32 KiB and some, whatever the file; nobody is asked for that.
#[derive(Default)]
pub(super) struct Gzip {
    inflate: Option<Decompress>,
}

impl Stream for Gzip {
    fn begin(&mut self, _head: &[u8]) {
        self.inflate = Some(Decompress::new_gzip(15));
    }

    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let inflate = self.inflate.as_mut().ok_or("not begun")?;
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(input, output, FlushDecompress::None);
        let status = status.map_err(|error| error.message().unwrap_or("wrong bits").to_owned())?;
        let read = super::since(read, inflate.total_in());
        let written = super::since(written, inflate.total_out());
        Ok(Step::Went { read, written, ended: status == Status::StreamEnd })
    }
}
