//! A load and the table that is kept in, the table as it is after the load out: `rowfold latest`, `rowfold history`.
//!
//! ```text
//! the load:      records ─▶ rows (what orders them; their fields, spelt) ─▶ sorted, in memory or in runs ─┐
//!                                                                                                       ├─▶ Merge ─▶ Fold ─▶ sink
//! what is kept:  records ─▶ rows, in the turns of their chunks ─────────────────────────────────────────┘    a key at a time
//! ```
//!
//! Holds rows of a few keys beside the sorters' buffers, however many keys there are. Knows nothing of questions; what becomes of
//! the rows with one key is for `latest.rs` and `history.rs` alone to say.
//!
//! The obvious way is a map by key. Departures:
//! 1. keys are sorted, not hashed: the result leaves in their order, and the next load meets a table that is in order already;
//! 2. so what is kept is read once and never spilled. It is seen to be in order while it is read; where it is not, what was written is
//!    thrown away, and it is sorted as the load is;
//! 3. rows are kept as they will be spelt, so a row that does not change is copied, and two rows are compared, as bytes.

mod columns;
mod history;
mod keep;
mod kept;
mod latest;
mod merge;
mod record;
mod refusals;
mod run;
mod scan;
mod version;

pub use history::{History, history};
pub use latest::{Latest, latest};
pub use run::{Load, Open};
