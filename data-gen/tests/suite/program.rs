use std::path::Path;
use std::process::{Command, Output};

/// Runs `data-gen` with `arguments`, blanks between them.
pub(crate) fn run(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_data-gen"))
        .args(arguments.split_whitespace())
        .output()
        .expect("the program starts")
}

/// What it writes to stdout, when all goes well.
pub(crate) fn stdout_of(arguments: &str) -> Vec<u8> {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The JSON at `path`.
pub(crate) fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).expect("the program wrote it")).expect("it is JSON")
}
