//! The tool under dhat.
fn main() {}
