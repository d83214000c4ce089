//! Patrons and purchases: several files each, and the truth about them against slow programs over `serde_json` and the `csv` crate.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{json, run};

#[test]
fn the_truth_of_patrons_is_what_a_recount_finds() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = directory.path();
    for layout in ["array", "lines"] {
        make(&format!("patrons --users 3000 --layout {layout}"), at);
        let truth = json(&at.join("truth.json"));
        let [users, posts, comments, votes] =
            ["users", "posts", "comments", "votes"].map(|name| documents(&at.join(name).with_extension("json")));

        assert_eq!(truth["users"]["rows"], users.len());
        assert_eq!(truth["users"]["lifetime_support_cents"], users.iter().map(support).sum::<u64>());
        for (name, texts) in [("posts", &posts), ("comments", &comments)] {
            let code_points: usize =
                texts.iter().map(|text| text["body"].as_str().expect("text").chars().count()).sum();
            assert_eq!(truth[name]["rows"], texts.len());
            assert_eq!(truth[name]["body_code_points"], code_points);
        }
        let languages: BTreeSet<&str> = posts.iter().filter_map(|post| post["language"].as_str()).collect();
        assert_eq!(languages.len(), 15);

        let mut newest: HashMap<&str, &Value> = HashMap::new();
        for user in &users {
            let id = user["_id"]["$oid"].as_str().expect("an id");
            if newest.get(id).is_none_or(|old| age(user) >= age(old)) {
                newest.insert(id, user);
            }
        }
        assert!(newest.len() == 3000 && newest.len() < users.len());
        let is_patron = |user: &Value| user["patreon"]["status"] == "active_patron";
        let count = |what: &dyn Fn(&Value) -> bool| newest.values().filter(|user| what(user)).count();
        let summary = &truth["summary"];
        assert_eq!(summary["users"], newest.len());
        assert_eq!(summary["patrons"], count(&is_patron));
        assert_eq!(summary["followers"], count(&|user| user["patreon"]["is_follower"] == true));
        let support_of = |country: &Value| {
            let cents: u64 = newest.values().filter(|user| user["country"] == *country).map(|user| support(user)).sum();
            cents as f64 / 100.0
        };
        for row in truth["by_country"].as_array().expect("a list") {
            assert_eq!(row["support"], support_of(&row["country"]));
        }

        let mut groups: BTreeMap<String, [u64; 2]> = BTreeMap::new();
        for ballot in &votes {
            let user = newest[ballot["user_id"]["$oid"].as_str().expect("an id")];
            let month = milliseconds(&ballot["created_at"]).map(|at| at / 86_400_000);
            for vote in ballot["votes"].as_array().expect("a list") {
                let key = json!([month.map(month_of), user["country"], is_patron(user), vote["index"]]).to_string();
                let group = groups.entry(key).or_default();
                group[0] += 1;
                group[1] += vote["weight"].as_u64().expect("a number");
            }
        }
        let listed: BTreeMap<String, [u64; 2]> = truth["votes_by_month"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| {
                let key = json!([row["month"], row["country"], row["is_patron"], row["vote_index"]]).to_string();
                (key, [row["votes"].as_u64().expect("a number"), row["weight"].as_u64().expect("a number")])
            })
            .collect();
        assert_eq!(listed, groups);
        let empty = votes.iter().filter(|ballot| ballot["votes"] == json!([])).count();
        assert!(empty > 0 && truth["votes"]["empty"] == empty);

        let mut months: BTreeMap<(String, String), u64> = BTreeMap::new();
        for (texts, kind) in [(&posts, None), (&comments, Some("comments"))] {
            for text in texts.iter() {
                let Some(at) = milliseconds(&text["created_at"]) else { continue };
                let kind = kind.or(text["type"].as_str()).expect("a type").to_owned();
                *months.entry((month_of(at / 86_400_000), kind)).or_default() += 1;
            }
        }
        let expected: Vec<Value> = months
            .into_iter()
            .map(|((month, kind), count)| json!({"month": month, "type": kind, "count": count}))
            .collect();
        assert_eq!(truth["posts_by_month"], Value::Array(expected));
        assert_eq!(truth["top_countries"].as_array().expect("a list").len(), 11);
    }
}

#[test]
fn the_history_of_purchases_is_what_a_slow_program_makes_of_the_snapshots() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = directory.path();
    make("purchases --days 9 --keys 500", at);
    let truth = json(&at.join("truth.json"));
    let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for day in truth["days"].as_array().expect("a list") {
        let rows = records(&at.join(day["file"].as_str().expect("a name")));
        let keys: BTreeSet<&String> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(keys.len(), rows.len());
        assert!(!rows.is_sorted());
        let (mut inserted, mut updated, mut unchanged) = (0, 0, 0);
        for row in rows {
            let mine = versions.entry(row[0].clone()).or_default();
            match mine.last_mut() {
                Some((current, _)) if current[..6] == row[..6] => unchanged += 1,
                Some((_, until)) => {
                    updated += 1;
                    *until = Some(row[6].clone());
                    mine.push((row, None));
                }
                None => {
                    inserted += 1;
                    mine.push((row, None));
                }
            }
        }
        assert_eq!(
            (&day["inserted"], &day["updated"], &day["unchanged"]),
            (&json!(inserted), &json!(updated), &json!(unchanged))
        );
    }
    let expected: Vec<Vec<String>> = versions
        .into_values()
        .flat_map(|mine| {
            mine.into_iter().zip(1..).map(|((mut row, until), version): (_, u32)| {
                let from = row[6].clone();
                row.extend([version.to_string(), from, until.unwrap_or_default()]);
                row
            })
        })
        .collect();
    assert!(records(&at.join("history.csv")) == expected);
    assert_eq!(truth["versions"], expected.len());
    assert!(
        truth["days"].as_array().expect("a list")[1..].iter().all(|day| day["missing"] != 0 && day["updated"] != 0)
    );

    let twice = records(&at.join("duplicate-key.csv"));
    let keys: BTreeSet<&String> = twice.iter().map(|row| &row[0]).collect();
    assert_eq!(keys.len() + 1, twice.len());
    assert_eq!(records(&at.join("bad-date.csv")).iter().filter(|row| row[6] == "2026-02-30").count(), 1);
}

/// A row, and until when it was the current one.
type Version = (Vec<String>, Option<String>);

fn make(arguments: &str, directory: &Path) {
    let output = run(&format!("{arguments} --output {}", directory.display()));
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The documents of an array or of lines.
fn documents(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("the program wrote it");
    if text.starts_with('[') {
        return serde_json::from_str(&text).expect("it is an array");
    }
    text.lines().map(|line| serde_json::from_str(line).expect("it is a document")).collect()
}

fn records(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("the program wrote it");
    reader.records().map(|record| record.expect("it reads").iter().map(str::to_owned).collect()).collect()
}

fn support(user: &Value) -> u64 {
    user["patreon"]["lifetime_support_cents"].as_u64().expect("a number")
}

fn age(user: &Value) -> u64 {
    milliseconds(&user["updated_at"]).or(milliseconds(&user["created_at"])).unwrap_or(0)
}

/// What any form of `$date` says.
fn milliseconds(date: &Value) -> Option<u64> {
    match &date["$date"] {
        Value::Null => None,
        Value::String(text) => {
            let part = |range: std::ops::Range<usize>| text[range].parse::<u64>().expect("a number");
            let mut days = 0;
            for year in 1970..part(0..4) {
                days += if year % 4 == 0 { 366 } else { 365 };
            }
            let lengths = [31, if part(0..4) % 4 == 0 { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            days += lengths.iter().zip(1..part(5..7)).map(|(length, _)| length).sum::<u64>() + part(8..10) - 1;
            let seconds = days * 86_400 + part(11..13) * 3600 + part(14..16) * 60 + part(17..19);
            Some(seconds * 1000 + part(20..23))
        }
        Value::Object(long) => Some(long["$numberLong"].as_str().expect("text").parse().expect("a number")),
        number => number.as_u64(),
    }
}

/// `YYYY-MM-01` of a day number.
fn month_of(day: u64) -> String {
    let mut left = day;
    for year in 1970.. {
        let leap = u64::from(year % 4 == 0);
        for (length, month) in [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().zip(1..) {
            if left < length {
                return format!("{year}-{month:02}-01");
            }
            left -= length;
        }
    }
    unreachable!("some year has it")
}
