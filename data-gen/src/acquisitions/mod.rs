//! Acquired users for the `organic/*` questions: a cube, flattened.
//!
//! Columns name, value, start_date, year_week, country, os_name, partner. For each day, country and name there is a row for each system and
//! one for `all` of them, their sum; country `ALL` is the sum of the countries. Some days have no rows, some countries no rows for weeks,
//! one country hardly any users; the days go through the year 2020, which had 53 weeks.

mod cube;
mod truth;

use clap::Args;

use crate::extent::Extent;
use crate::output::{Failure, Output};
use cube::Cube;
use truth::Truth;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Acquisitions {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// Different names, of which one is Organic
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    names: u32,
}

/// No row is shorter, so that no size has more rows.
const LEAST_ROW_BYTES: u64 = 32;

impl Acquisitions {
    /// Writes them, and beside them what `organic/*` answer.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let most = self.extent.asked_rows().unwrap_or_else(|bytes| bytes / LEAST_ROW_BYTES);
        let cube = Cube::new(self.extent.seed, self.names, most);
        let n_rows = self.extent.rows(&cube);
        self.output.write(&self.extent, &cube, n_rows, |written| Some(Truth::new(n_rows, &written)))
    }
}
