//! Everything that is tested through the crate's own doors, in one binary.

// The actions questions.
mod actions;
// Answers equal those of the slow program, however they are asked.
mod answers;
// The one way from tests to the library.
mod ask;
// What is wrong with an input is told at its place.
mod bad_input;
// Every refusal of the tool: its sentence, its exit code.
mod cli_errors;
// Which words are which tables' files.
mod cli_inputs;
// Completions and manual pages know what there is.
mod cli_manual;
// Formats, files that appear whole, what stands where.
mod cli_output;
// Interrupted, terminated, left by its reader.
mod cli_signals;
// The questions that are compared with DuckDB's answers.
mod compare;
// Gzip, zstd, bzip2 and xz are read as what they were before, or not at all.
mod compressed;
// The same table as another kind of file.
mod convert;
// The denver questions.
mod denver;
// The bytes of an answer do not depend on how it was made.
mod determinism;
// A file in another encoding says what it says.
mod encodings;
// Nested JSON becomes rows.
mod flatten;
// The pipelines in examples/.
mod examples;
// Groups equal those of a map, whatever is spilled or split.
mod folding;
// What a question can call, as it is listed and documented; time zones end to end.
mod functions;
// The files that break readers, against their manifest.
mod hostile;
// Snapshots become a history.
mod history;
// The newest row of each key.
mod latest;
// The law of merging, for every aggregate.
mod laws;
// Who may name whom.
mod layers;
// At once or one by one, loads come to the same; killed, to the old or the new.
mod loads;
// The slow, obvious program.
mod oracle;
// Joins, windows and recursion over the results of passes.
mod outer;
// The organic questions.
mod organic;
// What a Parquet file that was written says.
#[cfg(feature = "parquet")]
mod parquet;
// A Parquet file that is read answers as the CSV would that says the same.
#[cfg(feature = "parquet")]
mod parquet_input;
// The patrons questions.
mod patrons;
// Records are those of the `csv` crate, whatever the chunks, threads, readers and instructions.
mod records;
// Files that change while they are read; memory that is lent and given back; ends from outside.
mod scanning;
// Several questions in one scan.
mod several;
// The tool as a person runs it.
mod tool;
// The tweets questions, against what their generator counted.
mod tweets;
