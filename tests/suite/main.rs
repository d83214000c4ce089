//! Everything that is not one module's own: one binary, since each would link the whole crate again.

// `cli_*`: the tool as a person or a script meets it.
mod cli_errors; // every refusal: its sentence, its exit code
mod cli_inputs; // which words are which tables' files
mod cli_output; // formats, files that appear whole, what stands where
mod cli_signals; // interrupted, terminated, left by its reader
mod tool; // running the tool
