//! What holds of loads: at once or one by one, in any order, the result is that of a slow, obvious program; and a run that is killed
//! leaves the old file or the new one.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;

use crate::tool::Place;

/// Keys, some of which need quotes, in their order: numbers by value, then text.
const KEYS: [&str; 9] = ["-5", "0", "1", "1.0", "9", "10", "a,b", "b", "b\"\nc"];
const TEXTS: [&str; 5] = ["x", "", "y,z", "say \"hi\"", "1"];

/// Times as they are spelt, and how they lie to one another. Two of them are one instant.
const TIMES: [(&str, u32); 6] = [
    ("", 0),
    ("2021-03-03", 1),
    ("2021-03-04", 2),
    ("2021-03-04T00:00:00Z", 2),
    ("2021-03-04T05:06:07.5Z", 3),
    ("2021-03-04T07:06:08+02:00", 4),
];

type Table = Vec<Vec<String>>;

fn written(header: &[&str], rows: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory");
    rows.iter().for_each(|row| writer.write_record(row).expect("memory"));
    String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8")
}

fn read(text: &str) -> Table {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|record| record.expect("CSV").iter().map(str::to_owned).collect()).collect()
}

fn order(key: &str) -> usize {
    KEYS.iter().position(|known| *known == key).expect("one of them")
}

/// How the tool is run.
fn options() -> impl Strategy<Value = Vec<String>> {
    (1u32..4, select(vec![30u32, 100, 1 << 16]), select(vec!["map", "read"])).prop_map(
        |(threads, chunk, io): (u32, u32, &str)| {
            ["--threads", &threads.to_string(), "--chunk", &chunk.to_string(), "--io", io].map(str::to_owned).to_vec()
        },
    )
}

fn run(place: &Place, words: &[&str], options: &[String]) -> Result<String, TestCaseError> {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let ended = place.run(&[words, &options].concat());
    prop_assert_eq!((ended.code, &*ended.stderr), (0, ""));
    Ok(String::from_utf8(ended.stdout).expect("UTF-8"))
}

/// Rows of a user, several of them with one key; cut into loads.
fn users() -> impl Strategy<Value = Vec<Table>> {
    let row = (select(&KEYS[..]), select(&TEXTS[..]), select(&TIMES[..]), select(&TIMES[..]));
    let row =
        row.prop_map(|(key, text, updated, created)| [key, text, updated.0, created.0].map(str::to_owned).to_vec());
    prop::collection::vec(prop::collection::vec(row, 0..12), 1..4)
}

/// The last of the newest rows of each key.
fn newest(rows: &Table) -> Table {
    let time = |text: &str| TIMES.iter().find(|(spelt, _)| *spelt == text).map_or(0, |(_, time)| *time);
    let time_of = |row: &[String]| if row[2].is_empty() { time(&row[3]) } else { time(&row[2]) };
    let mut newest: BTreeMap<usize, &Vec<String>> = BTreeMap::new();
    for row in rows {
        let best = newest.entry(order(&row[0])).or_insert(row);
        if time_of(row) >= time_of(best) {
            *best = row;
        }
    }
    newest.into_values().cloned().collect()
}

/// Snapshots, a day each: every key once at most, in any order.
fn snapshots() -> impl Strategy<Value = Vec<Table>> {
    let day = (
        prop::sample::subsequence(&KEYS[..], 0..=KEYS.len()).prop_shuffle(),
        prop::collection::vec(select(&TEXTS[..3]), KEYS.len()),
    );
    prop::collection::vec(day, 1..5).prop_map(|days| {
        let day = |(n, (keys, texts)): (usize, (Vec<&str>, Vec<&str>))| -> Table {
            let date = format!("2026-01-{:02}", n + 1);
            keys.iter()
                .zip(texts)
                .map(|(key, text)| [&date, *key, text].map(|field: &str| field.to_owned()).to_vec())
                .collect()
        };
        days.into_iter().enumerate().map(day).collect()
    })
}

/// Every version of every row.
fn versions(days: &[Table]) -> Table {
    let mut versions: BTreeMap<usize, Table> = BTreeMap::new();
    for row in days.iter().flatten() {
        let of_key = versions.entry(order(&row[1])).or_default();
        if let Some(current) = of_key.last_mut() {
            if current[2] == row[2] {
                continue;
            }
            current[5].clone_from(&row[0]);
        }
        let number = (of_key.len() + 1).to_string();
        of_key.push([&row[0], &row[1], &row[2], &number, &row[0], ""].map(|field: &str| field.to_owned()).to_vec());
    }
    versions.into_values().flatten().collect()
}

fn shuffled(rows: &Table) -> Table {
    let mut rows = rows.clone();
    rows.reverse();
    rows.sort_by_key(|row| row[1].len() % 2);
    rows
}

const USERS: [&str; 4] = ["id", "text", "updated", "created"];

fn latest_law(loads: &[Table], options: &[String]) -> TestCaseResult {
    let place = Place::with(&[]);
    let latest = ["latest", "--key", "id", "--by", "updated,created"];
    let names: Vec<String> = (0..loads.len()).map(|n| format!("{n}.csv")).collect();
    for (name, load) in names.iter().zip(loads) {
        place.write(name, written(&USERS, load).as_bytes());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let at_once = run(&place, &[&latest[..], &names].concat(), options)?;
    prop_assert_eq!(&read(&at_once), &newest(&loads.concat()));
    for name in &names {
        run(&place, &[&latest[..], &["--into", "kept.csv", name]].concat(), options)?;
    }
    prop_assert_eq!(&place.read("kept.csv"), &at_once);
    // What is kept need not be in order, nor have a key once: it is only older.
    place.write("kept.csv", written(&USERS, &loads[0]).as_bytes());
    for name in &names[1..] {
        run(&place, &[&latest[..], &["--into", "kept.csv", name]].concat(), options)?;
    }
    if loads.len() > 1 {
        prop_assert_eq!(&place.read("kept.csv"), &at_once);
    }
    Ok(())
}

fn history_law(days: &[Table], options: &[String]) -> TestCaseResult {
    let place = Place::with(&[]);
    let history = ["history", "--key", "id", "--valid-from", "day"];
    let names: Vec<String> = (0..days.len()).map(|n| format!("{n}.csv")).collect();
    for (name, day) in names.iter().zip(days) {
        place.write(name, written(&["day", "id", "text"], day).as_bytes());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let at_once = run(&place, &[&history[..], &names].concat(), options)?;
    let expected = versions(days);
    prop_assert_eq!(&read(&at_once), &expected);
    let into = |name: &str| run(&place, &[&history[..], &["--into", "kept.csv", name]].concat(), options);
    for name in &names {
        into(name)?;
    }
    prop_assert_eq!(&place.read("kept.csv"), &at_once);
    let last = names[names.len() - 1];
    into(last)?;
    prop_assert_eq!(&place.read("kept.csv"), &at_once);
    // In any order.
    let header = ["day", "id", "text", "version", "valid_from", "valid_until"];
    place.write("kept.csv", written(&header, &shuffled(&expected)).as_bytes());
    place.write(last, written(&["day", "id", "text"], &shuffled(&days[days.len() - 1])).as_bytes());
    into(last)?;
    prop_assert_eq!(&place.read("kept.csv"), &at_once);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn latest_of_a_concatenation_is_that_of_parts_merged(loads in users(), options in options()) {
        latest_law(&loads, &options)?;
    }

    #[test]
    fn a_history_of_all_days_is_that_of_day_by_day(days in snapshots(), options in options()) {
        history_law(&days, &options)?;
    }
}

#[test]
fn a_run_that_is_killed_leaves_the_old_file_or_the_new_one() {
    const KILLS: u32 = 50;
    let place = Place::with(&[]);
    let folder = place.path("shop").into_os_string();
    let words = ["data-gen", "purchases", "--days", "2", "--keys", "30000", "--output"].map(Into::into);
    data_gen::run(words.into_iter().chain([folder])).expect("room");
    let history =
        ["history", "--key", "PurchaseID", "--valid-from", "date", "--memory", "28M", "--into", "history.csv"];
    let load = |day: &'static str| [&history[..], &[day]].concat();
    place.answer(&load("shop/2026-01-01.csv"));
    let old = place.read("history.csv");
    let begun = Instant::now();
    place.answer(&load("shop/2026-01-02.csv"));
    let whole = begun.elapsed();
    let new = place.read("history.csv");
    assert_ne!(old, new);
    let (mut n_old, mut n_new) = (0, 0);
    for kill in 0..KILLS {
        place.write("history.csv", old.as_bytes());
        let mut tool = place.tool();
        let tool = tool.args(load("shop/2026-01-02.csv")).stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = tool.spawn().expect("the tool starts");
        // All over its time, and a little after it; how far it is then is anybody's guess.
        std::thread::sleep(whole * kill / (KILLS - 5) + Duration::from_micros(u64::from(kill * 37 % 101)));
        let _ = child.kill(); // SIGKILL; it may have ended
        child.wait().expect("it is ours");
        let left = place.read("history.csv");
        assert!(
            left == old || left == new,
            "kill {kill} leaves {} bytes of {} or {}",
            left.len(),
            old.len(),
            new.len()
        );
        if left == old {
            n_old += 1
        } else {
            n_new += 1
        }
        for name in place.names().iter().filter(|name| name.starts_with(".rowfold-")) {
            std::fs::remove_file(place.path(name)).expect("it is there");
        }
    }
    assert!(n_old > 0, "{n_old} old, {n_new} new");
    assert_eq!(place.names(), ["history.csv", "shop"]);
}
