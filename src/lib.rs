//! rowfold folds CSV files of any size into an answer: one pass over the bytes, all cores, inside a memory budget that the
//! whole process keeps, exact.
//!
//! ```text
//!  bytes            chunks            batches           values          groups            table        bytes
//! ┌──────────┐   ┌──────────┐   ┌────────────┐   ┌───────────┐   ┌──────────────┐   ┌─────────┐   ┌────────┐
//! │ readers  │──▶│ cut at   │──▶│ scan: field│──▶│ exprs     │──▶│ aggregates   │──▶│ finish  │──▶│ output │
//! │ map·pipe │   │ records  │   │ positions  │   │ a column  │   │ per worker,  │   │ order,  │   │ csv …  │
//! │          │   │ exactly  │   │ by SIMD    │   │ at a time │   │ sharded,     │   │ limit   │   │        │
//! └──────────┘   └──────────┘   └────────────┘   └───────────┘   │ spill, merge │   └─────────┘   └────────┘
//!                                                                └──────────────┘
//!       tickets in file order; only the state hand-off is ordered        pass: the only loop, the only threads that fold
//! ```
//!
//! A question is SQL ([`questions`]); bound to an input's header ([`readers::Input`]) it is a plan; [`pass::run`] answers it:
//!
//! ```
//! use std::sync::Arc;
//!
//! use rowfold::output::{Csv, Destination, Streamed};
//! use rowfold::pass::{self, Asked, Progress};
//! use rowfold::questions::{Question, TableHeader, bind};
//! use rowfold::readers::{self, Input};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let (tweets, answer) = (folder.path().join("tweets.csv"), folder.path().join("answer.csv"));
//! std::fs::write(&tweets, "id,username\n1,ann\n2,bob\n3,ann\n")?;
//!
//! let question = Question::inline("SELECT username, count(*) AS n FROM tweets GROUP BY username ORDER BY n DESC")?;
//! let input = Input::open(&[&tweets], &readers::Settings::default())?;
//! let header = TableHeader { table: "tweets", columns: input.columns(), path: input.path() };
//! let plan = bind(&question, &[header])?;
//! let mut sink = Streamed::new(Arc::new(Csv::COMMAS), Destination::file(&answer)?, false);
//! let mut asked = [Asked { plan: &plan, sink: &mut sink }];
//! pass::run(&mut asked, &[input], &pass::Settings::default(), &Progress::default())?;
//!
//! assert_eq!(std::fs::read_to_string(&answer)?, "username,n\nann,2\nbob,1\n");
//! # Ok(())
//! # }
//! ```

#![warn(clippy::unwrap_used)]

pub mod aggregates;
pub mod budget;
pub mod convert;
pub mod encoding;
pub mod error;
pub mod exprs;
pub mod finish;
pub mod flatten;
pub mod loads;
pub mod output;
pub mod pass;
pub mod questions;
pub mod readers;
