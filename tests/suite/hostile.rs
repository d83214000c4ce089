//! The files that break readers of CSV, against the manifest that `data-gen hostile` writes beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::tool::{Ended, Place};

/// Written once for all tests here, 68 MB in the place that Cargo keeps for tests.
static FILES: LazyLock<PathBuf> = LazyLock::new(|| {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    data_gen::run(["data-gen", "hostile", "--output", &directory.to_string_lossy()]).expect("room");
    directory
});

fn manifest() -> Vec<Value> {
    let manifest = std::fs::read(FILES.join("manifest.json")).expect("written");
    serde_json::from_slice(&manifest).expect("a list")
}

/// How asking `text` of the manifest's `entry` ends, and its statistics.
fn ask(text: &str, entry: &Value, options: &[&str]) -> (Ended, Value) {
    let path = FILES.join(entry["file"].as_str().expect("a name"));
    let asked = ["sql", text, &path.to_string_lossy(), "--stats=json"];
    let ended = Place::with(&[]).run(&[&asked[..], options].concat());
    let stats = ended.stderr.lines().last().expect("statistics");
    let stats = serde_json::from_str(stats).unwrap_or_else(|error| panic!("{error}: {stats}"));
    (ended, stats)
}

/// Rows by the key in the column before them, as the tool's JSON Lines list them.
fn counted(ended: &Ended, key: &str, count: &str) -> BTreeMap<Option<String>, u64> {
    let rows = ended.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    rows.map(|row| listed_group(&serde_json::from_slice(row).expect("an object"), key, count)).collect()
}

fn listed(groups: &Value, key: &str, count: &str) -> BTreeMap<Option<String>, u64> {
    groups.as_array().expect("a list").iter().map(|group| listed_group(group, key, count)).collect()
}

fn listed_group(group: &Value, key: &str, count: &str) -> (Option<String>, u64) {
    (group[key].as_str().map(str::to_owned), group[count].as_u64().expect("a count"))
}

fn check(entry: &Value, options: &[&str]) {
    let file = entry["file"].as_str().expect("a name");
    let text = "-- input: t(username text)\nSELECT username, count(*) AS rows FROM t GROUP BY 1";
    let (ended, stats) = ask(text, entry, &[options, &["--format", "jsonl"]].concat());
    match entry["fate"].as_str() {
        Some("reads") => {
            assert_eq!(ended.code, 0, "{file} {options:?}: {}", ended.stderr);
            assert_eq!(counted(&ended, "username", "rows"), listed(&entry["usernames"], "username", "rows"), "{file}");
            assert_eq!((&stats["rows"], &stats["empty_lines"]), (&entry["rows"], &entry["empty_lines"]), "{file}");
            assert_eq!((&stats["bytes"], &stats["inputs"][0]["delimiter"]), (&entry["bytes"], &entry["delimiter"]));
        }
        Some("reads-without-username") => {
            assert_eq!(ended.code, 2, "{file}: {}", ended.stderr);
            assert!(ended.stderr.len() < 4000, "a million columns are not listed");
            let (ended, _) = ask("SELECT count(*) FROM t", entry, options);
            let answer = format!("count(*)\n{}\n", entry["rows"]);
            assert_eq!((ended.code, ended.stdout), (0, answer.into_bytes()), "{file}: {}", ended.stderr);
        }
        Some("refused") => {
            assert_eq!(entry["exit"], ended.code, "{file} {options:?}: {}", ended.stderr);
            if let Some(line) = entry["line"].as_u64() {
                assert!(ended.stderr.contains(&format!("{file}: line {line}: ")), "{file}: {}", ended.stderr);
            }
        }
        fate => panic!("{file}: {fate:?}"),
    }
    for (function, key) in [("emojis", "emojis"), ("mentions", "mentions")] {
        if entry.get(key).is_some() {
            let text =
                format!("SELECT k AS key, count(*) AS count FROM t, UNNEST({function}(content)) AS u(k) GROUP BY 1");
            let (ended, _) = ask(&text, entry, &[options, &["--format", "jsonl"]].concat());
            assert_eq!(counted(&ended, "key", "count"), listed(&entry[key], "key", "count"), "{file}");
        }
    }
}

#[test]
fn a_hostile_file_is_read_or_refused_as_its_manifest_says() {
    for options in [&["--threads", "1"][..], &["--threads", "3", "--chunk", "64Ki"], &["--threads", "2", "--io", "map"]]
    {
        manifest().iter().for_each(|entry| check(entry, options));
    }
}

/// Records of megabytes, of which few can be lent memory at a time, and more threads than cores: a wait that waits for
/// itself is met sooner or later.
#[test]
fn workers_that_wait_for_memory_do_not_wait_for_each_other() {
    let place = Place::with(&[]);
    let path = FILES.join("text-like-rows.csv");
    let deadline = Instant::now() + Duration::from_secs(60);
    for run in 0..30 {
        let mut command = place.tool();
        command
            .args(["sql", "SELECT * FROM t", "--threads", "8", "--memory", "64M", "--output", "answer.csv"])
            .arg(&path);
        let mut child = command.stdin(Stdio::null()).spawn().expect("the tool starts");
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break status;
            }
            if Instant::now() > deadline {
                child.kill().expect("it runs");
                panic!("run {run} does not end");
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        assert!(status.success(), "run {run}: {status}");
        assert_eq!(place.read("answer.csv"), std::fs::read_to_string(&path).expect("written"), "run {run}");
    }
}
