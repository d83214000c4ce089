//! Runs the program and looks at its files with slow, obvious programs.

/// The bytes of each generator, pinned.
mod bytes;
/// Patrons and purchases: the truth against a recount, record by record.
mod exports;
/// Hostile files: the manifest against the csv crate.
mod hostile;
/// Starting the program.
mod program;
/// Actions, acquisitions, accidents, calls: their oddities, and the truth against a recount.
mod systems;
/// Measurements, group-by, the wide table: the truth against a recount.
mod tables;
/// Tweets: size, sameness, faults, and the truth against a recount.
mod tweets;
