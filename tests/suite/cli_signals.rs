//! Interrupted, terminated, left by its reader: nothing stays behind, and the heap report is written all the same.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::tool::Place;

fn spawn(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the tool starts")
}

/// `command` with the signals' own meaning: a runner in the background (`nohup make test &`) hands down that they are ignored, which the
/// tool respects.
fn hearing_signals(command: &Command) -> Command {
    let mut env = Command::new("env");
    env.arg("--default-signal=INT,TERM,HUP").arg(command.get_program()).args(command.get_args());
    for (name, _) in command.get_envs().filter(|(_, value)| value.is_none()) {
        env.env_remove(name);
    }
    env.current_dir(command.get_current_dir().expect("the place's"));
    env
}

/// Sends `signal` to a tool that waits for more input, and gives its exit code and stderr.
fn signalled(place: &Place, command: &Command, signal: &str) -> (Option<i32>, String) {
    let before = place.names();
    let mut child = spawn(hearing_signals(command).args(["sql", "SELECT x FROM t", "-", "--output", "answer.csv"]));
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(format!("x\n{}", "1\n".repeat(1 << 18)).as_bytes()).expect("a reader"); // more than is sniffed
    // The answer has been begun beside its target once the question is understood; before, no signal is awaited.
    let begun = Instant::now();
    while place.names() == before && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let kill = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(kill.success());
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
    let status = child.wait().expect("it ends although its input does not");
    assert_eq!(status.signal(), None);
    (status.code(), stderr)
}

#[test]
fn a_signal_leaves_nothing_behind() {
    for (signal, code, sentence) in
        [("-INT", 130, "interrupted"), ("-TERM", 143, "interrupted"), ("-HUP", 129, "hung up")]
    {
        let place = Place::with(&[]);
        let (ended, stderr) = signalled(&place, &place.tool(), signal);
        assert_eq!((ended, stderr), (Some(code), format!("rowfold: {sentence}\n")), "{signal}");
        assert_eq!(place.names(), Vec::<String>::new(), "{signal}");
    }
}

#[test]
fn a_run_under_nohup_is_not_hung_up() {
    let place = Place::with(&[]);
    let mut command = Command::new("nohup");
    command.arg(place.tool().get_program()).current_dir(place.path("")).args(["sql", "SELECT count(*) FROM t", "-"]);
    let mut child = spawn(&mut command);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(format!("x\n{}", "1\n".repeat(1 << 18)).as_bytes()).expect("a reader"); // more than is sniffed
    let kill = Command::new("kill").args(["-HUP", &child.id().to_string()]).status().expect("kill");
    assert!(kill.success());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b"count(*)\n262144\n"[..]), "{output:?}");
}

#[test]
fn a_heap_report_is_written_however_it_ends() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let place = Place::with(&[]);
        let (ended, stderr) = signalled(&place, place.heap_tool().args(["--heap-output", "heap.json"]), signal);
        assert_eq!(ended, Some(code), "{stderr}");
        assert!(stderr.contains("Total:") && stderr.contains("At t-gmax:"), "{stderr}");
        assert_eq!(place.names(), ["heap.json"]);
    }
    let place = Place::with(&[]);
    let rows = format!("x\n{}", "1\n".repeat(1 << 20));
    place.write("a.csv", rows.as_bytes());
    let (code, stderr) = left_by_reader(place.heap_tool().args(["--heap-output", "heap.json"]));
    assert_eq!(code, Some(141), "{stderr}");
    assert!(place.read("heap.json").contains("dhatFileVersion"));
}

/// Reads one line of the answer of `sql` over `a.csv` and goes away.
fn left_by_reader(command: &mut Command) -> (Option<i32>, String) {
    let mut child = spawn(command.args(["sql", "SELECT x FROM t", "a.csv"]));
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("the header");
    assert_eq!(line, "x\n");
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
    (child.wait().expect("it ends").code(), stderr)
}

#[test]
fn a_reader_that_goes_away_is_no_error_to_speak_of() {
    let place = Place::with(&[]);
    place.write("a.csv", format!("x\n{}", "1\n".repeat(1 << 20)).as_bytes());
    assert_eq!(left_by_reader(&mut place.tool()), (Some(141), String::new()));
}
