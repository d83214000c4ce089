//! `data-gen`: the library's [`run`](data_gen::run) as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    match data_gen::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
