//! Measurements, group-by and the wide table: sameness, size, and the truth against a recount by the `csv` crate.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::program::{json, run, stdout_of};

#[test]
fn tables_are_the_same_on_any_number_of_threads_and_of_the_size_asked() {
    for table in ["measurements", "measurements --stations 10000", "groupby", "wide"] {
        let one = stdout_of(&format!("{table} --rows 20000 --threads 1"));
        for threads in [2, 5] {
            assert!(one == stdout_of(&format!("{table} --rows 20000 --threads {threads}")), "{table} {threads}");
        }
        let size = 3_000_000;
        let written = stdout_of(&format!("{table} --size {size}")).len();
        assert!(written.abs_diff(size) * 50 < size, "{table}: {written} for {size}");
    }
}

#[test]
fn the_truth_of_measurements_is_what_a_recount_finds() {
    for arguments in ["--rows 30000", "--rows 30000 --stations 10000", "--rows 10 --stations 3"] {
        let (truth, text) = file_of(&format!("measurements {arguments}"));
        let mut stations: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for record in csv::ReaderBuilder::new().delimiter(b';').from_reader(&text[..]).records() {
            let record = record.expect("it reads");
            assert_eq!(record[1].find('.'), Some(record[1].len() - 2), "one decimal");
            stations.entry(record[0].to_owned()).or_default().push(digits(&record[1]));
        }
        let listed = truth["stations"].as_array().expect("a list");
        assert_eq!(listed.len(), stations.len());
        for (entry, (name, tenths)) in listed.iter().zip(&stations) {
            let tenth = |what: &str| digits(&format!("{:.1}", entry[what].as_f64().expect("a number")));
            assert_eq!(entry["station"], **name);
            assert_eq!(entry["rows"], tenths.len());
            assert_eq!(Some(tenth("min")), tenths.iter().min().copied());
            assert_eq!(tenth("sum"), tenths.iter().sum::<i64>());
            assert_eq!(Some(tenth("max")), tenths.iter().max().copied());
            let mean = tenths.iter().sum::<i64>() as f64 / (10 * tenths.len()) as f64;
            // serde_json reads a number to within a unit in its last place.
            assert!((entry["mean"].as_f64().expect("a number") - mean).abs() < 1e-13, "{name}");
        }
    }
    assert!(!stdout_of("measurements --rows 3 --no-header").starts_with(b"station"));
}

#[test]
fn the_truth_of_groupby_is_what_a_recount_finds() {
    for arguments in ["--rows 30000", "--rows 5000 --groups 7", "--rows 50"] {
        let (truth, text) = file_of(&format!("groupby {arguments}"));
        let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let (mut id3, mut id6) = (BTreeSet::new(), BTreeSet::new());
        let (mut v2, mut v3) = (0, 0);
        for record in csv::Reader::from_reader(&text[..]).records() {
            let record = record.expect("it reads");
            let v1: u64 = record[6].parse().expect("a number");
            let group = groups.entry(record[0].to_owned()).or_default();
            group.0 += 1;
            group.1 += v1;
            id3.insert(record[2].to_owned());
            id6.insert(record[5].to_owned());
            assert!(record[2].len() == 12 && (1..=5).contains(&v1));
            v2 += record[7].parse::<u64>().expect("a number");
            let (whole, decimals) = record[8].split_once('.').unwrap_or((&record[8], ""));
            v3 += format!("{whole}{decimals:0<6}").parse::<u64>().expect("a number");
        }
        let listed: BTreeMap<String, (u64, u64)> = truth["by_id1"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|group| {
                (group["id1"].as_str().expect("a key").to_owned(), (number(&group["rows"]), number(&group["v1"])))
            })
            .collect();
        assert_eq!(listed, groups);
        assert_eq!(
            (number(&truth["distinct_id3"]), number(&truth["distinct_id6"])),
            (id3.len() as u64, id6.len() as u64)
        );
        assert_eq!(number(&truth["v1"]), groups.values().map(|group| group.1).sum::<u64>());
        assert_eq!((number(&truth["v2"]), number(&truth["v3_millionths"])), (v2, v3));
    }
}

#[test]
fn the_truth_of_the_wide_table_is_what_a_recount_finds() {
    let (truth, text) = file_of("wide --rows 9000");
    let mut reader = csv::Reader::from_reader(&text[..]);
    let names = reader.headers().expect("a header").clone();
    assert_eq!(names.len(), 60);
    let at = |name: &str| names.iter().position(|column| column == name).expect("it is there");
    let columns = ["code_3", "sparse_5", "integer_2", "integer_6", "decimal_1", "decimal_4"].map(at);
    let mut groups: BTreeMap<String, [i64; 6]> = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("it reads");
        let [code, sparse, integer_2, integer_6, decimal_1, decimal_4] =
            columns.map(|column| record[column].to_owned());
        let counts = [
            1,
            i64::from(!sparse.is_empty()),
            digits(&integer_2),
            digits(&integer_6),
            digits(&decimal_1),
            digits(&decimal_4),
        ];
        for (sum, count) in groups.entry(code).or_default().iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let listed: BTreeMap<String, [i64; 6]> = truth["by_code_3"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|group| {
            let sums =
                ["rows", "sparse_5_count", "integer_2", "integer_6", "decimal_1_hundredths", "decimal_4_hundredths"];
            (
                group["code_3"].as_str().expect("a key").to_owned(),
                sums.map(|sum| group[sum].as_i64().expect("a number")),
            )
        })
        .collect();
    assert_eq!(listed, groups);
}

/// The truth and the file that `arguments` make.
fn file_of(arguments: &str) -> (Value, Vec<u8>) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("table.csv");
    assert!(run(&format!("{arguments} --output {}", path.display())).status.success());
    let text = std::fs::read(&path).expect("the program wrote it");
    let truth = json(&path.with_extension("truth.json"));
    assert_eq!(number(&truth["bytes"]), text.len() as u64);
    (truth, text)
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

/// A decimal without its point.
fn digits(decimal: &str) -> i64 {
    decimal.replace('.', "").parse().expect("a number")
}
