//! What a load changed of a table that is kept: counted by key, and by version where versions are kept.

/// How many rows of a load, or keys of the table, came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Keys that were not there before.
    pub inserted: u64,
    /// Keys whose row is another one now; versions that follow another one.
    pub updated: u64,
    /// Keys, or rows of a snapshot, that changed nothing.
    pub unchanged: u64,
    /// Keys that were closed, since they are not in the snapshot.
    pub closed: u64,
    /// Rows that were refused.
    pub rejected: u64,
    /// Rows that are not of the days asked for.
    pub left_out: u64,
}
