//! `rowfold-heap`: the same tool under dhat's allocator, which counts every block and says where it was asked for.
//!
//! Writes `dhat-heap.json` (for dhat's viewer) and prints total and peak bytes and blocks, however the tool ends. It is a
//! binary of its own because dhat takes a global lock on every allocation, even while no profiler runs.

// The tool's own modules, compiled a second time: a package's binaries share no code but its library's, and the library
// must not print, exit or read the environment.
#[path = "../rowfold/answers.rs"]
mod answers;
#[path = "../rowfold/commands/mod.rs"]
mod commands;
#[path = "../rowfold/completion.rs"]
mod completion;
#[path = "../rowfold/flags/mod.rs"]
mod flags;
#[path = "../rowfold/inputs.rs"]
mod inputs;
#[path = "../rowfold/meaning.rs"]
mod meaning;
#[path = "../rowfold/process.rs"]
mod process;
#[path = "../rowfold/progress.rs"]
mod progress;
#[path = "../rowfold/reading.rs"]
mod reading;
#[path = "../rowfold/report.rs"]
mod report;
#[path = "../rowfold/shared.rs"]
mod shared;
#[path = "../rowfold/sink.rs"]
mod sink;
#[path = "../rowfold/sizes.rs"]
mod sizes;
#[path = "../rowfold/stats.rs"]
mod stats;
#[path = "../rowfold/watch.rs"]
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

#[derive(Parser)]
#[command(name = "rowfold-heap", version = flags::version(), about = flags::ABOUT, help_template = flags::TEMPLATE)]
#[command(before_help = flags::EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
struct Line {
    /// Where the heap report goes
    #[arg(long, global = true, value_name = "PATH", default_value = "dhat-heap.json")]
    heap_output: PathBuf,
    #[command(flatten)]
    typed: flags::Typed,
}

fn main() -> ExitCode {
    completion::answer();
    let line: Line = flags::parse();
    // Dropped when `main` returns, which every end of the tool goes through: it writes the report and prints the sums.
    let _profiler = dhat::Profiler::builder().file_name(line.heap_output).build();
    commands::run(line.typed)
}
