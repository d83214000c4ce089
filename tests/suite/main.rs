//! One binary; what is in it:

/// Groups equal those of a map, whatever is spilled or split.
mod folding;
/// The law of merging, for every aggregate.
mod laws;
