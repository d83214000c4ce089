//! Runs the program and looks at its files with slow, obvious programs.

/// Hostile files: the manifest against the csv crate.
mod hostile;
/// What everything else is run with.
mod program;
/// Tweets: size, sameness, and the truth against a recount.
mod tweets;
