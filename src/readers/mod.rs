//! Bytes in, batches of records out.

/// One table's input: its files, opened, their dialect and header settled.
#[derive(Debug)]
pub struct Input {}
