//! `rowfold`: questions and CSV in, answers out.
//!
//! ```text
//! argv, environment ─▶ flags (typed) ─▶ meaning (meant) ─▶ commands ─▶ the library's pass ─▶ output
//!                                                             │
//!                            watch: signals, progress bar ◀───┴───▶ report: errors, warnings, --stats
//! ```
//!
//! Only here does anything print, exit, read the environment or choose an allocator.

mod allocator;
mod answers;
mod commands;
mod completion;
mod flags;
mod inputs;
mod meaning;
mod process;
mod progress;
mod reading;
mod report;
mod shared;
mod sink;
mod sizes;
mod stats;
mod watch;

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "rowfold", version = flags::version(), about = flags::ABOUT, help_template = flags::TEMPLATE)]
#[command(before_help = flags::EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
struct Line {
    #[command(flatten)]
    typed: flags::Typed,
}

fn main() -> ExitCode {
    allocator::take_small_pages();
    allocator::give_pages_back_at_once();
    completion::answer();
    let line: Line = flags::parse();
    commands::run(line.typed)
}
