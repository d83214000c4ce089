//! One binary; what is in it:

/// Answers equal those of the slow program, however they are asked.
mod answers;
/// The one way from tests to the library.
mod ask;
/// Groups equal those of a map, whatever is spilled or split.
mod folding;
/// The law of merging, for every aggregate.
mod laws;
/// The slow, obvious program.
mod oracle;
