//! Four exports of MongoDB, for `flatten`, `latest` and the `patrons/*` questions: users, posts, comments, votes.
//!
//! Users have several snapshots, some no country, status or dates; texts are of 15 languages; ballots have no votes, or no post. In
//! `truth.json` beside them is what was written and what the questions answer over the newest snapshot of each user.

mod json;
mod texts;
mod truth;
mod users;
mod votes;

use std::path::PathBuf;

use clap::Args;

use crate::blocks::{self, Rows, Written};
use crate::output::{Failure, create};
use json::Layout;
use texts::Texts;
use truth::Truth;
use users::Users;
use votes::Ballots;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Patrons {
    /// Users; there are a tenth as many posts, three times as many comments, twice as many ballots
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    users: u32,
    /// How each file is put together
    #[arg(long, value_enum, default_value_t = Layout::Array)]
    layout: Layout,
    /// The same seed makes the same bytes, on any machine
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Directory to write them into; made if it is not there
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

impl Patrons {
    /// Writes the four files, then the truth about them.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.output).map_err(|error| Failure::new(&self.output, error))?;
        let layout = self.layout;
        let users = Users::new(self.seed, layout, self.users);
        let n_users = users.n_users;
        let n_posts = n_users / 10 + 1;
        let posts = Texts { layout, are_comments: false, n_rows: n_posts, n_users, n_posts };
        let comments = Texts { layout, are_comments: true, n_rows: 3 * n_users, n_users, n_posts };
        let ballots = Ballots { layout, n_rows: 2 * n_users, users: &users, n_posts };
        let truth = Truth::new(
            &users,
            &self.file("users.json", &users, users.n_documents)?.tally,
            &self.file("posts.json", &posts, posts.n_rows)?.tally,
            &self.file("comments.json", &comments, comments.n_rows)?.tally,
            &self.file("votes.json", &ballots, ballots.n_rows)?.tally,
        );
        crate::truth::write(&self.output.join("truth.json"), &truth)
    }

    fn file<R: Rows>(&self, name: &str, rows: &R, n_rows: u64) -> Result<Written<R::Tally>, Failure> {
        let path = self.output.join(name);
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        // Each file has random numbers of its own.
        let seed = name.bytes().fold(self.seed, |seed, byte| crate::random::mix(seed ^ u64::from(byte)));
        blocks::write(rows, n_rows, seed, n_threads, &mut create(&path)?).map_err(|error| Failure::new(&path, error))
    }
}
