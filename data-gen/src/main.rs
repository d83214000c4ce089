//! Deterministic generators of every input that rowfold's questions read.

mod blocks;
mod calendar;
mod fields;
mod hostile;
mod output;
mod random;
mod size;
mod truth;
mod tweets;
mod weighted;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(version, about, before_long_help = EXAMPLES, before_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
Examples:
  data-gen tweets --size 2.3GB --shape real --output tweets.csv
  data-gen tweets --rows 12M --output mock.csv";

#[derive(Debug, Subcommand)]
enum What {
    /// Tweets: id, username, content, date
    Tweets(tweets::Tweets),
    /// Small files that break readers of CSV, and a manifest of what is right
    Hostile(hostile::Hostile),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().what {
        What::Tweets(tweets) => tweets.write(),
        What::Hostile(hostile) => hostile.write(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
