//! The manifest against the `csv` crate: what it says of a file is what that crate reads.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::program::{json, run};
use crate::tweets::{emojis_in, known_emojis, mentions_in};

#[test]
fn the_csv_crate_reads_what_the_manifest_says() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let output = run(&format!("hostile --output {}", directory.path().display()));
    assert!(output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let manifest = json(&directory.path().join("manifest.json"));
    let entries = manifest.as_array().expect("a list");
    let files = std::fs::read_dir(directory.path()).expect("it is there").count();
    assert_eq!(files, entries.len() + 1, "every file is in the manifest, and it beside them");
    for entry in entries {
        let name = entry["file"].as_str().expect("a name");
        let bytes = std::fs::read(directory.path().join(name)).expect("it is there");
        assert_eq!(entry["bytes"], bytes.len(), "{name}");
        match entry["fate"].as_str() {
            Some("reads") => assert_eq!(counts(&bytes, entry), listed(entry), "{name}"),
            Some("reads-without-username") => assert_eq!(rows(&bytes), entry["rows"], "{name}"),
            Some("refused") => check_refused(&bytes, entry),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// Rows by user name, as the manifest lists them.
fn listed(entry: &Value) -> BTreeMap<String, u64> {
    let groups = entry["usernames"].as_array().expect("a list");
    let listed: BTreeMap<String, u64> = groups
        .iter()
        .map(|group| {
            (group["username"].as_str().unwrap_or_default().to_owned(), group["rows"].as_u64().expect("a count"))
        })
        .collect();
    assert_eq!(listed.values().sum::<u64>(), entry["rows"], "{}", entry["file"]);
    listed
}

/// Rows, as the `csv` crate reads them.
fn rows(bytes: &[u8]) -> usize {
    let records: Result<Vec<_>, _> = csv::Reader::from_reader(bytes).byte_records().collect();
    records.expect("it reads").len()
}

/// Rows by user name, as the `csv` crate reads them.
fn counts(bytes: &[u8], entry: &Value) -> BTreeMap<String, u64> {
    let delimiter = entry["delimiter"].as_str().expect("a character").as_bytes()[0];
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
    let header = reader.byte_headers().expect("it reads").clone();
    let column = header.iter().position(|name| name == b"username").expect("a user name");
    let mut counts = BTreeMap::new();
    for record in reader.byte_records() {
        let record = record.unwrap_or_else(|error| panic!("{}: {error}", entry["file"]));
        *counts.entry(String::from_utf8(record[column].to_vec()).expect("names are UTF-8")).or_default() += 1;
    }
    assert!(!counts.contains_key("mallory"), "{}", entry["file"]);
    counts
}

#[test]
fn odd_emojis_and_mentions_are_what_a_recount_finds() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    assert!(run(&format!("hostile --output {}", directory.path().display())).status.success());
    let manifest = json(&directory.path().join("manifest.json"));
    let known = known_emojis();
    let mut checked = 0;
    for entry in manifest.as_array().expect("a list") {
        for (what, count) in [
            ("emojis", (|text, known| emojis_in(text, known)) as fn(&str, &_) -> _),
            ("mentions", |text, _| mentions_in(text)),
        ] {
            let Some(listed) = entry[what].as_array() else { continue };
            let text =
                std::fs::read_to_string(directory.path().join(entry["file"].as_str().expect("a name"))).expect("UTF-8");
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for record in csv::Reader::from_reader(text.as_bytes()).records() {
                for key in count(&record.expect("it reads")[2], &known) {
                    *counts.entry(key).or_default() += 1;
                }
            }
            let listed: BTreeMap<String, u64> = listed
                .iter()
                .map(|group| {
                    (group["key"].as_str().expect("a key").to_owned(), group["count"].as_u64().expect("a count"))
                })
                .collect();
            assert_eq!(counts, listed);
            checked += 1;
        }
    }
    assert_eq!(checked, 2);
}

/// A refused file is sound up to the line at fault.
fn check_refused(bytes: &[u8], entry: &Value) {
    let Some(line) = entry["line"].as_u64() else { return };
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    let sound = lines[..usize::try_from(line).expect("it fits") - 1].concat();
    assert_eq!(counts(&sound, entry), listed(entry), "{}", entry["file"]);
    let mut rows = csv::Reader::from_reader(bytes);
    let all_well = rows.byte_records().all(|record| record.is_ok_and(|record| record.as_slice().len() <= 16 << 20));
    let unclosed = entry["why"].as_str().expect("a reason").contains("open at the end");
    assert!(unclosed || !all_well, "{}", entry["file"]);
}

#[test]
fn the_same_seed_makes_the_same_files() {
    let write = |arguments: &str| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        assert!(run(&format!("hostile {arguments} --output {}", directory.path().display())).status.success());
        let mut files: Vec<_> = std::fs::read_dir(directory.path())
            .expect("it is there")
            .map(|file| file.expect("a file").path())
            .collect();
        files.sort();
        files.iter().map(|path| std::fs::read(path).expect("it reads")).collect::<Vec<_>>()
    };
    assert!(write("--seed 5") == write("--seed 5"));
    assert!(write("--seed 5") != write("--seed 6"));
}
