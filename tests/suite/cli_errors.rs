//! Every refusal as a person reads it: the words typed, the sentence, the exit code. One snapshot, to be read as a whole.

use std::fmt::Write;

use crate::tool::{Place, ended};

/// Rows that are good, and one file for each way in which a file can be bad.
fn place() -> Place {
    let place = Place::with(&[
        ("tweets.csv", "id,username,content,date\n1,ann,hi,2021-02-12\n2,bob,hi,2021-02-13\n"),
        ("empty.csv", ""),
        ("blank.csv", "\n\n"),
        ("ragged.csv", "x,y\n1,2\n\n3,4,5\n"),
        ("bad.csv", "x,y\n1,2\n\"two\nlines\",3\n"),
        ("day.csv", "id,username,content,date\n1,ann,hi,12/02/2021\n"),
        ("open.csv", "x,y\n1,2\n3,\"4\n"),
        ("long.csv", "x,y\n1,2\n3,4444444444444444444444444444444444444444444444\n"),
        ("twice.csv", "Name,name ,NAME,x\n1,2,3,4\n"),
        ("wide.csv", "x\n99999999999999999999999999999999999999\n1\n"),
        ("empty.sql", ""),
        ("broken.sql", "-- input: t(x number)\nSELECT sum(x\nFROM t"),
        ("latin.sql", ""),
        ("euro.csv", "name,price\nZoë,2 €\n"),
    ]);
    place.write("events.csv", b"time,action\n2021-02-12T08:00:00Z,Open\nat eight,Close\n");
    place.write("actions.csv", b"time,action\n2021-02-12T08:00:00Z,Open\n2021-02-12T08:01:00Z,Shut\n");
    place.write("tilde.csv", b"id~username~content~date\n1~ann~hi, all~2021-02-12\n");
    place.write("header.csv", b"x,pr\xe9nom\n1,2\n");
    place.write("latin.csv", b"name,n\nann,1\nZo\xeb,2\n");
    place.write("half.csv", b"\xff\xfex\0\n\x00\x31\0\n\0\x00\xd82\0");
    #[cfg(not(feature = "parquet"))]
    place.write("table.parquet", b"PAR1\x15\x04\x15\x08");
    place.write("utf16.csv", b"\xff\xfex\0,\0y\0\n\0");
    place.write("packed.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0");
    place.write("packed.csv.zst", b"\x28\xb5\x2f\xfd\0\0\0\0");
    place.write("latin.sql", b"SELECT 'caf\xe9' FROM t");
    std::fs::create_dir(place.path("folder")).expect("room");
    place
}

const EVENTS: &str =
    "-- input: t(time timestamp, action text in ('Open', 'Close'))\nSELECT max(time), mode(action) FROM t";
const SINCE: &str = "-- param: since date\n-- param: least number = 1\nSELECT count(*) FROM t WHERE date > :since";
const SUM: &str = "SELECT sum(x) AS s FROM t";

/// Each by itself on a line of the snapshot: words, separated by `‖` where a word holds blanks.
const REFUSED: &[&[&str]] = &[
    // What is named is not there, or is something else.
    &["ask", "tweets/top-days", "none.csv"],
    &["ask", "tweets/top-days", "folder"],
    &["ask", "tweets/top-days", "*.json"],
    &["ask", "tweets/top-day", "tweets.csv"],
    &["ask", "none.sql", "tweets.csv"],
    &["ask", "empty.sql", "tweets.csv"],
    &["ask", "broken.sql", "tweets.csv"],
    &["ask", "latin.sql", "tweets.csv"],
    &["ask", "tweets/top-days", "tweets=tweets.csv", "other.csv"],
    &["sql", "SELECT user_name FROM t", "tweets.csv"],
    &["sql", "SELECT zzz FROM t", "tweets.csv"],
    &["sql", "SELECT name FROM t", "twice.csv"],
    &["sql", "SELECT nope.x FROM t", "ragged.csv"],
    &["sql", "SELECT median_of(x) FROM t", "ragged.csv"],
    // SQL that no pass can do.
    &["sql", "", "tweets.csv"],
    &["sql", "SELEC x FROM t", "tweets.csv"],
    &["sql", "DELETE FROM t", "tweets.csv"],
    &["sql", "SELECT 1", "tweets.csv"],
    &["sql", "SELECT a.x FROM t a JOIN t b ON a.x = b.x", "tweets.csv"],
    &["sql", "SELECT id, row_number() OVER (ORDER BY id) FROM t", "tweets.csv"],
    &["sql", "SELECT username, count(*) FROM t", "tweets.csv"],
    &["sql", "SELECT id AS a, username AS a FROM t", "tweets.csv"],
    &["sql", "SELECT id FROM t LIMIT -1", "tweets.csv"],
    // Flags.
    &["sql", SUM, "ragged.csv", "--memory", "0"],
    &["sql", SUM, "ragged.csv", "--threads", "0"],
    &["sql", SUM, "ragged.csv", "--delimiter", ",,"],
    &["sql", SUM, "ragged.csv", "--delimiter", "\""],
    &["sql", SUM, "ragged.csv", "--delimiter", "u=;"],
    &["sql", SUM, "ragged.csv", "--encoding", "latin-9"],
    &["sql", "-- input: t(x) encoding 'latin-9'\nSELECT x FROM t", "ragged.csv"],
    &["sql", SINCE, "tweets.csv"],
    &["sql", SINCE, "tweets.csv", "--set", "since=2021"],
    &["sql", SINCE, "tweets.csv", "--set", "sinse=2021-01-01"],
    &["sql", SINCE, "tweets.csv", "--set", "since"],
    &["sql", SUM, "ragged.csv", "--set", "since=2021-01-01"],
    &["sql", "SELECT x FROM t WHERE x = :least", "ragged.csv"],
    &["sql", "SELECT x FROM t WHERE x = $1", "ragged.csv"],
    &["sql", SUM, "ragged.csv", "--simd", "sse"],
    &["sql", SUM, "ragged.csv", "--memory", "1M"],
    &["sql", SUM, "ragged.csv", "--memory", "10M", "--threads", "64"],
    &["sql", SUM, "ragged.csv", "--output", "none/answer.csv"],
    &["sql", SUM, "ragged.csv", "--output", "folder"],
    &["sql", SUM, "ragged.csv", "--output", "ragged.csv"],
    &["sql", SUM, "ragged.csv", "--spill-dir", "none"],
    // Data.
    &["sql", SUM, "empty.csv"],
    &["sql", SUM, "blank.csv"],
    &["sql", SUM, "ragged.csv"],
    &["sql", SUM, "bad.csv"],
    &["ask", "tweets/top-days", "day.csv"],
    &["sql", SUM, "open.csv"],
    &["sql", SUM, "long.csv", "--max-record", "40"],
    &["sql", SUM, "wide.csv"],
    &["sql", SUM, "utf16.csv"],
    &["sql", SUM, "utf16.csv", "--encoding", "iso-8859-1"],
    &["sql", SUM, "half.csv", "--encoding", "utf-16"],
    &["convert", "latin.csv", "b.csv", "--output-encoding", "utf-16"],
    &["convert", "euro.csv", "b.csv", "--output-encoding", "iso-8859-1"],
    &["convert", "euro.csv", "b.json", "--output-encoding", "utf-16"],
    &["sql", EVENTS, "events.csv"],
    &["sql", EVENTS, "actions.csv"],
    &["ask", "tweets/top-days", "tilde.csv", "--delimiter", ","],
    &["sql", "SELECT count(*) FROM t", "tilde.csv", "--delimiter", ","],
    &["sql", SUM, "header.csv"],
    &["sql", "SELECT upper(name) FROM t", "latin.csv"],
    &["sql", "SELECT name FROM t", "latin.csv", "--format", "json"],
    &["sql", SUM, "packed.csv.gz"],
    &["sql", SUM, "packed.csv.zst"],
    &["sql", SUM, "/dev/zero", "--max-record", "1MB"],
    &["sql", SUM, "-", "-"],
    &["sql", SUM],
];

#[test]
fn every_refusal_names_the_place_and_the_way_out() {
    let place = place();
    let mut all = String::new();
    for words in REFUSED {
        let ended = place.run(words);
        assert!(ended.stdout.is_empty(), "{words:?}: {ended:?}");
        let words: Vec<_> = words
            .iter()
            .map(|word| {
                if word.contains([' ', '*', '"']) || word.is_empty() { format!("'{word}'") } else { (*word).to_owned() }
            })
            .collect();
        let said = without_figure(&ended.stderr);
        writeln!(all, "$ rowfold {}\n{said}exit {}\n", words.join(" "), ended.code).expect("memory");
    }
    insta::assert_snapshot!(all);
}

/// How much would do moves with every table that grows; that it is said does not.
fn without_figure(said: &str) -> String {
    match said.strip_suffix("M would do\n").and_then(|said| said.rsplit_once(": ")) {
        Some((said, figure)) if figure.parse::<u64>().is_ok() => format!("{said}: …M would do\n"),
        _ => said.to_owned(),
    }
}

/// Without the feature; with it, such files are read (`parquet.rs`).
#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_refused_with_what_would_read_it() {
    let ended = place().run(&["sql", SUM, "table.parquet"]);
    let words = ["table.parquet: Parquet", "--features parquet", "TO STDOUT (FORMAT csv)"];
    assert!(ended.code == 3 && words.iter().all(|words| ended.stderr.contains(words)), "{ended:?}");
}

#[test]
fn sql_of_any_size_ends_in_an_answer_or_a_sentence() {
    let place = place();
    let sum = format!("SELECT {} AS s FROM t", vec!["1"; 200_000].join(" + "));
    let brackets = format!("SELECT {}x{} FROM t", "(".repeat(50_000), ")".repeat(50_000));
    for text in [sum, brackets] {
        place.write("large.sql", text.as_bytes());
        let ended = place.run(&["ask", "large.sql", "ragged.csv"]);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.len() < 500, "{}", ended.stderr);
    }
}

#[test]
fn the_first_error_of_the_input_is_told_whatever_the_threads() {
    let place = Place::with(&[]);
    let rows: String = (0..100_000).map(|row| if row % 1000 == 999 { "no number\n" } else { "1\n" }).collect();
    place.write("a.csv", format!("x\n{rows}").as_bytes());
    for threads in ["1", "2", "3", "8"] {
        for chunk in ["1000", "70000"] {
            let ended = place.run(&["sql", SUM, "a.csv", "--threads", threads, "--chunk", chunk]);
            assert_eq!(ended.code, 3);
            assert!(ended.stderr.starts_with("rowfold: a.csv: line 1001: column \"x\""), "{}", ended.stderr);
        }
    }
}

#[test]
fn colour_is_for_those_who_asked() {
    let place = Place::with(&[]);
    let coloured = |words: &[&str]| ended(place.tool().args(words), b"").stderr.contains('\u{1b}');
    assert!(!coloured(&["sql", SUM, "none.csv"]));
    assert!(coloured(&["sql", SUM, "none.csv", "--color", "always"]));
}
