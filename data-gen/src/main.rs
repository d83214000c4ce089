//! Deterministic generators of every input that rowfold's questions read.
fn main() {}
