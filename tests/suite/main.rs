//! Everything that is tested through the crate's own doors, in one binary.

// Records are those of the `csv` crate, whatever the chunks, threads, readers and instructions.
mod records;
// What is wrong with an input is told at its place.
mod bad_input;
// Files that change while they are read; memory that is lent and given back; ends from outside.
mod scanning;
