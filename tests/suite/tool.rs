//! The tool as a person runs it: words and stdin in; exit code, stdout and stderr out.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A directory of files in which the tool is run; gone afterwards.
pub(crate) struct Place {
    directory: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Place {
    /// A directory that holds `files`: names and bytes.
    pub(crate) fn with(files: &[(&str, &str)]) -> Place {
        let place = Place { directory: tempfile::tempdir().expect("a directory") };
        for (name, bytes) in files {
            place.write(name, bytes.as_bytes());
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("room");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of everything here, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path()).expect("a directory");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    /// The tool, to be run here, without variables of the one who tests.
    pub(crate) fn tool(&self) -> Command {
        tool_in(self.directory.path(), env!("CARGO_BIN_EXE_rowfold"))
    }

    /// The tool under dhat.
    pub(crate) fn heap_tool(&self) -> Command {
        tool_in(self.directory.path(), env!("CARGO_BIN_EXE_rowfold-heap"))
    }

    /// Writes what `data-gen` makes of `words` to the file `name`; the truth about it.
    pub(crate) fn generate(&self, words: &str, name: &str) -> Value {
        let file = self.path(name).into_os_string();
        let words = ["data-gen"].into_iter().chain(words.split(' ')).chain(["--output"]).map(Into::into);
        data_gen::run(words.chain([file])).expect("room");
        let truth = std::fs::read(self.path(name).with_extension("truth.json")).expect("written");
        serde_json::from_slice(&truth).expect("JSON")
    }

    /// Runs the tool with `words`; stdin is empty.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        self.run_with(words, b"")
    }

    /// Runs the tool with `words`, `stdin` through a pipe.
    pub(crate) fn run_with(&self, words: &[&str], stdin: &[u8]) -> Ended {
        ended(self.tool().args(words), stdin)
    }

    /// What stdout says, of a run that must answer and say nothing else.
    pub(crate) fn answer(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert!(ended.code == 0 && ended.stderr.is_empty(), "{words:?}: {ended:?}");
        String::from_utf8(ended.stdout).expect("an answer of UTF-8")
    }
}

/// Holds `found` against `expected`: the same, but for the last places of numbers that are no integers.
#[track_caller]
pub(crate) fn near(found: &Value, expected: &Value) {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len());
            found.iter().zip(expected).for_each(|(found, expected)| near(found, expected));
        }
        (Value::Object(found), Value::Object(expected)) => {
            let keys: (Vec<_>, Vec<_>) = (found.keys().collect(), expected.keys().collect());
            assert_eq!(keys.0, keys.1);
            expected.iter().for_each(|(key, expected)| near(&found[key], expected));
        }
        (Value::Number(found), Value::Number(expected)) => {
            let [found, expected] = [found, expected].map(|n| n.as_f64().expect("a number"));
            assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} for {expected}");
        }
        (found, expected) => assert_eq!(found, expected),
    }
}

fn tool_in(directory: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    let ours = |name: &OsStr| name.as_encoded_bytes().starts_with(b"ROWFOLD_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command.env_remove("RUST_BACKTRACE").env_remove("NO_COLOR").current_dir(directory);
    command
}

/// Runs `command` to its end.
pub(crate) fn ended(command: &mut Command, stdin: &[u8]) -> Ended {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the tool starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let stdin = stdin.to_vec();
    // A tool that ends before it has read everything is no failure of the test.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().expect("the tool ends");
    writer.join().expect("no panic");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}
