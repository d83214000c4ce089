//! Everything that is not one module's own: one binary, since each would link the whole crate again. What is in it:

/// Every refusal: its sentence, its exit code.
mod cli_errors;
/// Which words are which tables' files.
mod cli_inputs;
/// Formats, files that appear whole, what stands where.
mod cli_output;
/// Interrupted, terminated, left by its reader.
mod cli_signals;
/// Groups equal those of a map, whatever is spilled or split.
mod folding;
/// The law of merging, for every aggregate.
mod laws;
/// The tool as a person runs it.
mod tool;
