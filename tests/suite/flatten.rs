//! Nested JSON becomes rows: the same ones from an array, from lines and from values one behind the other, however they come and on however
//! many threads; and what is wrong is told at its place.

use std::collections::BTreeSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::tool::{Ended, Place};

const TWEETS: &str = "{\"id\":1,\"user\":{\"username\":\"ann\",\"tags\":[1,{\"x\":\"}\"}]},\"content\":\"a~b\",\"date\":\"2021-02-12T23:30:00-01:00\"}\n\
    {\"id\":12345678901234567890.10,\"content\":\"two\\nlines \\ud83d\\ude4f \\\"q\\\"\",\"user\":{\"username\":\"b\\u006fb\"},\"date\":\"2021-02-13\"}\n\
    {\"id\":null,\"user\":null,\"date\":\"\"}\n";

const COLUMNS: [&str; 6] =
    ["flatten", "--columns", "id,user.username=username,content,date", "--delimiter", "~", "--date-only=date"];

const STAGED: &str = "id~username~content~date\n1~ann~\"a~b\"~2021-02-13\n\
    12345678901234567890.10~bob~\"two\nlines 🙏 \"\"q\"\"\"~2021-02-13\n~~~\n";

/// The values of `lines` in one array over many lines, and one behind the other.
fn layouts(lines: &str) -> [String; 4] {
    let values: Vec<&str> = lines.lines().collect();
    let wide = values.join(",\r\n").replace(",\"user\"", ",\n\t\"user\"");
    [lines.to_owned(), format!(" [\n{wide}\n]\n"), format!("[{}]", values.join(",")), values.concat()]
}

#[test]
fn tweets_become_their_staging_file_from_every_layout() {
    for text in layouts(TWEETS) {
        let place = Place::with(&[("tweets.json", &text)]);
        for options in [&[][..], &["--chunk", "40", "--threads", "3"], &["--io", "map", "--threads", "1"]] {
            let answer = place.answer(&[&COLUMNS[..], &["tweets.json"], options].concat());
            assert_eq!(answer, STAGED, "{text} {options:?}");
        }
        let Ended { code, stdout, .. } = place.run_with(&[&COLUMNS[..], &["-"]].concat(), text.as_bytes());
        assert_eq!((code, String::from_utf8(stdout).expect("UTF-8")), (0, STAGED.to_owned()));
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).expect("memory");
        place.write("tweets.json.gz", &packed.finish().expect("memory"));
        assert_eq!(place.answer(&[&COLUMNS[..], &["tweets.json.gz"]].concat()), STAGED);
    }
}

#[test]
fn columns_that_nobody_names_are_found_in_the_whole_file() {
    let lines = "{\"_id\":{\"$oid\":\"5f\"},\"a\":null,\"n\":{\"$numberLong\":\"7\"}}\n\
        {\"_id\":{\"$oid\":\"60\"},\"a\":{\"b\":{\"c\":1}},\"__v\":0,\"l\":[1]}\n\
        {\"created_at\":{\"$date\":{\"$numberLong\":\"1614834367000\"}},\"n\":8,\"z\":null}\n";
    let expected = "id_oid,n,a_b_c,v,l,created_at_date,z\n5f,7,,,,,\n60,,1,0,[1],,\n,8,,,,2021-03-04T05:06:07Z,\n";
    for text in layouts(lines) {
        let place = Place::with(&[("a.json", &text)]);
        for threads in ["1", "3"] {
            assert_eq!(place.answer(&["flatten", "a.json", "--chunk", "50", "--threads", threads]), expected);
        }
    }
}

#[test]
fn an_exploded_array_gives_a_row_an_element() {
    let lines = "{\"id\":1,\"votes\":[{\"index\":0,\"weight\":2.50},{\"weight\":3}]}\n{\"id\":2,\"votes\":[]}\n\
        {\"votes\":[{\"index\":9}],\"id\":3}\n{\"id\":4}\n{\"id\":5,\"votes\":null}\n";
    let place = Place::with(&[("votes.json", lines)]);
    let expected = "id,votes_index,votes_weight\n1,0,2.50\n1,,3\n3,9,\n";
    assert_eq!(place.answer(&["flatten", "votes.json", "--explode", "votes"]), expected);
    let words = ["flatten", "votes.json", "--explode", "votes", "--columns", "votes.weight=w,id"];
    assert_eq!(place.answer(&words), "w,id\n2.50,1\n3,1\n,3\n");
    place.write("flat.json", b"{\"a\":{\"b\":[1,\"x\",null]}}");
    assert_eq!(place.answer(&["flatten", "flat.json", "--explode", "a.b"]), "a_b\n1\nx\n\"\"\n");
}

#[test]
fn of_a_key_that_is_there_twice_the_last_counts_and_is_counted() {
    let text = "{\"a\":{\"b\":1,\"c\":2},\"a\":{\"c\":3,\"c\":4},\"d\":1,\"d\":2}";
    let place = Place::with(&[("a.json", text)]);
    let ended = place.run(&["flatten", "--columns", "a.b,a.c,d", "a.json", "--stats=json"]);
    assert_eq!((ended.code, &*ended.stdout), (0, &b"a_b,a_c,d\n,4,2\n"[..]));
    let stats: Value = serde_json::from_str(ended.stderr.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&stats["duplicate_keys"], &stats["rows"]), (&3.into(), &1.into()));
    assert!(ended.stderr.starts_with("rowfold: keys twice in their object, of which the last counts: 3\n"));
}

#[test]
fn a_record_that_is_not_right_is_told_at_its_byte_or_left_out_and_counted() {
    for (bad, byte, what) in [
        ("{\"a\":1,}", 8, "trailing comma"),
        ("{\"a\":1", 6, "EOF while parsing an object"),
        ("{\"b\":[1,],\"a\":1}", 9, "expected value"),
        ("[1]", 1, "invalid type: sequence, expected an object"),
        ("{\"a\":\"\\ud800\"}", 13, "unexpected end of hex escape"),
        ("{\"a\":{\"$date\":1e99}}", 6, "a $date that is no number of milliseconds"),
        ("{\"a\":01}", 7, "invalid number"),
        ("{\"a\":1} x", 9, "trailing characters"),
        ("nonsense", 2, "expected ident"),
    ] {
        let place = Place::with(&[("a.json", &format!("{{\"a\":1}}\n{{\"a\":2}}\n{bad}\n{{\"a\":3}}\n"))]);
        let ended = place.run(&["flatten", "--columns", "a", "a.json"]);
        assert_eq!(ended.code, 3, "{bad}: {}", ended.stderr);
        let said = format!("rowfold: a.json: line 3: byte {byte}: {what}; --on-bad skip leaves such records out\n");
        assert_eq!(ended.stderr, said, "{bad}");
        let ended = place.run(&["flatten", "--columns", "a", "a.json", "--on-bad", "skip"]);
        assert_eq!((ended.code, &*ended.stdout), (0, &b"a\n1\n2\n3\n"[..]), "{bad}");
        assert_eq!(ended.stderr, "rowfold: records left out that are not right: 1\n");
    }
}

#[test]
fn what_is_no_utf_8_is_told_wherever_it_stands() {
    let place = Place::with(&[]);
    for (bad, byte) in [(&b"{\"a\":\"\xe9\"}"[..], 7), (b"{\"b\":[\"x\xff\"],\"a\":2}", 9), (b"{\"a\xc3\":2}", 4)] {
        place.write("a.json", &[b"{\"a\":1}\n{\"a\":2}\n", bad, b"\n"].concat());
        for columns in [&["--columns", "a"][..], &[]] {
            let ended = place.run(&[&["flatten", "a.json"][..], columns].concat());
            let said = format!("a.json: line 3: byte {byte}: no UTF-8, which JSON is in");
            assert!(ended.code == 3 && ended.stderr.contains(&said), "{bad:?}: {}", ended.stderr);
        }
    }
}

#[test]
fn a_record_without_a_line_of_its_own_is_told_by_its_number() {
    for (text, code, said) in [
        (
            "[{\"a\":1},\n{\"a\":2x}]",
            3,
            "a.json: record 2: byte 7: expected `,` or `}`; --on-bad skip leaves such records out",
        ),
        (
            "{\"a\":1}{\"a\":2}{\"a\":\"\t\"}",
            3,
            "a.json: record 3: byte 6: control character (\\u0000-\\u001F) found while parsing a string; --on-bad skip leaves such records out",
        ),
        ("[{\"a\":1} {\"a\":2}]", 3, "a.json: byte 9: a comma is missing before this"),
        ("[{\"a\":1},{\"a\":2}", 3, "a.json: byte 16: the array has no end: get the whole file"),
        (
            "{\"a\":1}{\"a\":",
            3,
            "a.json: record 2: byte 5: EOF while parsing a value; --on-bad skip leaves such records out",
        ),
        ("", 3, "a.json: empty: not even a header"),
    ] {
        let place = Place::with(&[("a.json", text)]);
        let ended = place.run(&["flatten", "--columns", "a", "a.json"]);
        assert_eq!((ended.code, ended.stderr), (code, format!("rowfold: {said}\n")), "{text}");
    }
}

#[test]
fn a_deep_value_is_passed_over_and_a_deep_path_is_an_error_not_a_crash() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let objects = "{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    let place = Place::with(&[("a.json", &format!("{{\"x\":{deep},\"a\":1}}\n")), ("b.json", &objects)]);
    assert_eq!(place.answer(&["flatten", "--columns", "a", "a.json"]), "a\n1\n");
    let ended = place.run(&["flatten", "b.json"]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("recursion limit exceeded"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_read_twice_needs_its_columns_named() {
    let place = Place::with(&[]);
    let ended = place.run_with(&["flatten"], b"{\"a\":1}");
    assert_eq!(ended.code, 2);
    let said =
        "stdin: is no regular file, whose columns could be found before it is read; name them: --columns id,user.name";
    assert_eq!(ended.stderr, format!("rowfold: {said}\n"));
}

#[test]
fn a_day_that_is_none_is_told_or_taken_as_null() {
    let place = Place::with(&[("a.json", "{\"d\":\"2021-02-12T10:00:00Z\"}\n{\"d\":\"soon\"}\n")]);
    let ended = place.run(&["flatten", "a.json", "--date-only", "d"]);
    assert_eq!(ended.code, 3);
    assert!(
        ended.stderr.starts_with("rowfold: a.json: line 2: column \"d\": \"soon\" is no date;"),
        "{}",
        ended.stderr
    );
    let ended = place.run(&["flatten", "a.json", "--date-only", "d", "--bad-values", "null"]);
    assert_eq!((ended.code, &*ended.stdout), (0, &b"d\n2021-02-12\n\"\"\n"[..]));
}

#[test]
fn a_record_longer_than_the_longest_is_told_in_every_layout() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(5_000));
    for (text, place_of) in
        [(format!("{{\"a\":1}}\n{long}\n"), "line 2"), (format!("[{{\"a\":1}},{long}]"), "record 2")]
    {
        let place = Place::with(&[("a.json", &text)]);
        let ended = place.run(&["flatten", "--columns", "a", "a.json", "--max-record", "4K", "--chunk", "1K"]);
        assert_eq!(ended.code, 3, "{}", ended.stderr);
        assert!(
            ended.stderr.starts_with(&format!("rowfold: a.json: {place_of}: record passes 4K")),
            "{}",
            ended.stderr
        );
    }
}

/// The published tests of the lakehouse: what is counted before flattening is there after it.
#[test]
fn counts_and_sums_of_patrons_are_the_same_before_and_after() {
    for layout in ["array", "lines"] {
        let place = Place::with(&[]);
        let words = ["data-gen", "patrons", "--users", "3000", "--layout", layout, "--output"];
        data_gen::run(words.map(Into::into).into_iter().chain([place.path("").into_os_string()])).expect("room");
        let truth: Value = serde_json::from_str(&place.read("truth.json")).expect("JSON");
        let table = |words: &[&str]| {
            let answer = place.answer(&[&["flatten"], words, &["--threads", "3", "--chunk", "8K"]].concat());
            let mut reader = csv::Reader::from_reader(answer.as_bytes());
            let names = reader.headers().expect("a header").clone();
            let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
            (names, rows)
        };
        let sum = |(names, rows): &(csv::StringRecord, Vec<csv::StringRecord>), name: &str| -> u64 {
            let at = names.iter().position(|column| column == name).expect("a column");
            rows.iter().map(|row| row[at].parse::<u64>().expect("a number")).sum()
        };
        let users = table(&["users.json"]);
        assert_eq!(truth["users"]["rows"], users.1.len());
        assert_eq!(truth["users"]["lifetime_support_cents"], sum(&users, "patreon_lifetime_support_cents"));
        let ids: BTreeSet<&str> = users.1.iter().map(|row| &row[0]).collect();
        assert_eq!(truth["summary"]["users"], ids.len());
        let votes = table(&["votes.json", "--explode", "votes"]);
        assert_eq!(truth["votes"]["votes"], votes.1.len());
        assert_eq!(truth["votes"]["weight"], sum(&votes, "votes_weight"));
        for name in ["posts", "comments"] {
            let file = format!("{name}.json");
            let texts = table(&["--columns", "body", &file]);
            let code_points: usize = texts.1.iter().map(|row| row[0].chars().count()).sum();
            assert_eq!(truth[name]["rows"], texts.1.len());
            assert_eq!(truth[name]["body_code_points"], code_points);
        }
    }
}
