//! Deterministic generators of every input that rowfold's questions read.
//!
//! A seed in, a CSV out, and beside it the true answers, counted while the rows are made. `blocks` makes rows on all cores and writes
//! them in order; each of the other commands says what a row is. The program is [`run`]; tests and benches call it, too.

mod acquisitions;
mod actions;
mod blocks;
mod calendar;
mod denver;
mod extent;
mod fields;
mod groupby;
mod hostile;
mod measurements;
mod output;
mod patrons;
mod purchases;
mod random;
mod truth;
mod tweets;
mod weighted;
mod wide;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use output::Failure;

/// Deterministic generators of every input that rowfold's questions read.
///
/// The same seed makes the same bytes on any machine and any number of threads. The true answers go beside OUTPUT.csv, to OUTPUT.truth.json.
#[derive(Debug, Parser)]
#[command(version, before_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    data: Data,
}

const EXAMPLES: &str = "\
Examples:
  data-gen tweets --size 2.3GB --shape real --output tweets.csv
  data-gen tweets --rows 12M | rowfold ask tweets/top-days -
  data-gen tweets --size 2GB --shape real --layout lines -o tweets.json
  data-gen hostile --output hostile/
  data-gen measurements --rows 50M --stations 10000 -o measurements.csv
  data-gen groupby --rows 10M -o groupby.csv
  data-gen wide --rows 1M -o wide.csv
  data-gen actions --rows 1M -o events.csv
  data-gen accidents --rows 200000 --encoding windows-1252 -o accidents.csv
  data-gen patrons --users 100000 --layout lines -o patrons/
  data-gen purchases --days 30 -o purchases/";

#[derive(Debug, Subcommand)]
enum Data {
    /// Tweets: id, username, content, date
    #[command(before_help = "\
Examples:
  data-gen tweets --size 2.3GB --shape real --output tweets.csv
  data-gen tweets --rows 12M --users 100000 | rowfold ask tweets/top-days -")]
    Tweets(tweets::Tweets),
    /// Small files that break readers of CSV, and a manifest of what is right
    Hostile(hostile::Hostile),
    /// Temperatures of weather stations: station;temperature
    Measurements(measurements::Measurements),
    /// h2o.ai's group-by set: id1 … id6, v1 … v3
    Groupby(groupby::GroupBy),
    /// 60 columns of ten kinds
    Wide(wide::Wide),
    /// Events that open and close: time, action
    Actions(actions::Actions),
    /// A cube of acquired users: name, value, start_date, year_week, country, os_name, partner
    Acquisitions(acquisitions::Acquisitions),
    /// Denver's traffic accidents: 45 columns
    Accidents(denver::Accidents),
    /// Denver's calls to 311: 24 columns
    Calls(denver::Calls),
    /// Four exports of MongoDB: users, posts, comments, votes
    Patrons(patrons::Patrons),
    /// Snapshots of a shop's purchases, one a day, and their history
    Purchases(purchases::Purchases),
}

/// Writes what `words` ask for: those of the command line, the program's name first.
///
/// Words that ask for nothing, or for help, end the process as a command line does.
///
/// # Errors
/// Where something cannot be written, or options do not go together.
pub fn run<W: Into<OsString> + Clone>(words: impl IntoIterator<Item = W>) -> Result<(), Failure> {
    match Arguments::parse_from(words).data {
        Data::Tweets(tweets) => tweets.write(),
        Data::Hostile(hostile) => hostile.write(),
        Data::Measurements(measurements) => measurements.write(),
        Data::Groupby(groupby) => groupby.write(),
        Data::Wide(wide) => wide.write(),
        Data::Actions(actions) => actions.write(),
        Data::Acquisitions(acquisitions) => acquisitions.write(),
        Data::Accidents(accidents) => accidents.write(),
        Data::Calls(calls) => calls.write(),
        Data::Patrons(patrons) => patrons.write(),
        Data::Purchases(purchases) => purchases.write(),
    }
}
