//! Bytes in, batches of records out.
//!
//! Knows the dialect and the header; knows nothing of what a column means or what is asked of it.
//!
//! ```no_run
//! use rowfold::readers::{Input, Settings, Sizes, Unlimited};
//!
//! # fn main() -> rowfold::error::Result<()> {
//! let input = Input::open(&["tweets.csv"], &Settings::default())?;
//! let scan = input.scan(Sizes::best(input.io()), &Unlimited);
//! std::thread::scope(|threads| {
//!     for _ in 0..2 {
//!         threads.spawn(|| {
//!             let mut worker = scan.worker();
//!             let read = (|| {
//!                 while let Some(_chunk) = worker.next_chunk()? {
//!                     while let Some(batch) = worker.next_batch()? {
//!                         let first = batch.column(0);
//!                         (0..batch.n_records()).for_each(|r| drop(first.raw(r)));
//!                     }
//!                 }
//!                 Ok(())
//!             })();
//!             read.unwrap_or_else(|error| worker.fail(error));
//!         });
//!     }
//! });
//! let warnings = scan.finish()?;
//! # Ok(())
//! # }
//! ```

mod automaton;
mod batch;
mod block;
mod compressed;
mod field;
mod floor;
mod head;
mod held;
mod input;
mod loan;
mod map;
mod open;
#[cfg(feature = "parquet")]
mod parquet;
mod scan;
mod settings;
mod sniff;
mod source;
mod text;
mod tickets;
mod transcoder;
mod unquote;
mod values;
mod worker;

pub use crate::encoding::Encoding;
pub use batch::{Batch, Column, Positions};
pub use field::{Field, HEAD_BYTES};
pub use input::{FileStats, Input, places};
#[doc(hidden)]
pub use scan::Passes;
pub use scan::Simd;
pub use settings::{Io, Quote, Ragged, Records, Reserve, Settings, Sizes, Unlimited};
pub use source::Lines;
pub use tickets::Scan;
pub use worker::{Chunk, Counts, Worker};
