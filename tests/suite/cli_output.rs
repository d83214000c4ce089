//! What is printed where: formats, statistics, files that appear whole or not at all.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::tool::Place;

const ROWS: &str = "name,n\nann,9747747.934\n\"b,\"\"c\",\n";

#[test]
fn each_format_spells_the_same_answer() {
    let place = Place::with(&[("a.csv", ROWS)]);
    for (format, expected) in [
        ("csv", "name,n\nann,9747747.934\n\"b,\"\"c\",\n"),
        ("tsv", "name\tn\nann\t9747747.934\n\"b,\"\"c\"\t\n"),
        ("json", "[\n{\"name\":\"ann\",\"n\":9747747.934},\n{\"name\":\"b,\\\"c\",\"n\":null}\n]\n"),
        ("jsonl", "{\"name\":\"ann\",\"n\":9747747.934}\n{\"name\":\"b,\\\"c\",\"n\":null}\n"),
        ("markdown", "| name | n |\n| --- | ---: |\n| ann | 9747747.934 |\n| b,\"c | |\n"),
        ("table", " name            n\n──────────────────\n ann   9747747.934\n b,\"c         NULL\n"),
    ] {
        let text = "-- input: t(name text, n number)\nSELECT name, n FROM t";
        assert_eq!(place.answer(&["sql", text, "a.csv", "--format", format]), expected, "{format}");
    }
}

/// Numbers of both kinds, dates, times, booleans, text that is wide, marked or no layout, and nothing at all.
#[test]
fn every_kind_of_value_has_its_spelling_in_every_format() {
    let rows = "n,d,at,ok,s,x\n\
        -12.50,2021-02-12,2021-02-12T10:11:12.5Z,true,\"two\nlines, \"\"q\"\" | \u{1b}[31m\",007\n\
        0,2020-02-29,1969-12-31T23:59:59Z,false,日本語🙏🏽,1.0\n\
        ,,,,,\n\
        1000000,0001-01-01,2021-02-12T10:11:12+05:30,true,नमस्ते,-0\n";
    let text = "-- input: t(n number, d date, at timestamp, ok boolean, s text)\nSELECT n, n / 8 AS eighth, d, at, ok, s, x FROM t";
    let place = Place::with(&[("kinds.csv", rows), ("none.csv", "n,d,at,ok,s,x\n")]);
    let mut all = String::new();
    for file in ["kinds.csv", "none.csv"] {
        for format in ["table", "markdown", "json", "jsonl", "csv", "tsv"] {
            let answer = place.answer(&["sql", text, file, "--format", format]);
            all.push_str(&format!("── {file} as {format}\n{}", answer.replace('\u{1b}', "␛")));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn bytes_pass_through_a_pipe_untouched() {
    let place = Place::with(&[]);
    let rows = b"x\ncaf\xe9 \x1b[2J\n";
    let ended = place.run_with(&["sql", "SELECT x FROM t"], rows);
    assert_eq!((ended.code, &*ended.stdout), (0, &rows[..]));
}

#[test]
fn patterns_pass_over_bytes_that_are_no_utf_8() {
    let place = Place::with(&[]);
    let rows = b"x,y\ncaf\xe9 @a-12 \xff3,p\n\xff\xfe\x009,q\n\xf0\x9f\x98,r\n\xed\xa0\x80@\xc3\xa9,s\n";
    for (text, expected) in [
        ("SELECT regexp_extract(x, '[a-z]+-([0-9]+)', 1) AS a, y FROM t", &b"a,y\n12,p\n,q\n,r\n,s\n"[..]),
        ("SELECT regexp_extract(x, '@.') AS a, y FROM t", "a,y\n@a,p\n,q\n,r\n@é,s\n".as_bytes()),
        ("SELECT regexp_extract(x, '(?-u:\\xff.)') AS a, y FROM t", b"a,y\n\xff3,p\n\xff\xfe,q\n,r\n,s\n"),
        ("SELECT regexp_matches(x, '.') AS a, y FROM t", b"a,y\ntrue,p\ntrue,q\nfalse,r\ntrue,s\n"),
        ("SELECT regexp_matches(x, '^.*$') AS a, y FROM t", b"a,y\nfalse,p\nfalse,q\nfalse,r\nfalse,s\n"),
        ("SELECT a, y FROM t, UNNEST(regexp_extract_all(x, '[0-9]+')) AS u(a)", b"a,y\n12,p\n3,p\n9,q\n"),
        ("SELECT x AS a, y FROM t WHERE x LIKE '%\u{e9}'", b"a,y\n\xed\xa0\x80@\xc3\xa9,s\n"),
    ] {
        let ended = place.run_with(&["sql", text], rows);
        assert_eq!((ended.code, &*ended.stdout), (0, expected), "{text}: {}", ended.stderr);
    }
}

#[test]
fn json_refuses_what_it_cannot_hold() {
    let place = Place::with(&[]);
    let ended = place.run_with(&["sql", "SELECT x FROM t", "--format", "json"], b"x\ncaf\xe9\n");
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("--format csv"), "{}", ended.stderr);
}

#[test]
fn an_output_appears_whole_or_not_at_all() {
    let place = Place::with(&[("good.csv", "x\n1\n"), ("bad.csv", "x\n1\n2,3\n"), ("old.csv", "before\n")]);
    std::fs::set_permissions(place.path("old.csv"), PermissionsExt::from_mode(0o640)).expect("ours");
    symlink("old.csv", place.path("link.csv")).expect("room");
    let names = place.names();
    let refused = place.run(&["sql", "SELECT x FROM t", "bad.csv", "--output", "old.csv"]);
    assert_eq!((refused.code, &*refused.stdout), (3, &b""[..]));
    assert_eq!(place.read("old.csv"), "before\n");
    assert_eq!(place.run(&["sql", "SELECT x FROM t", "bad.csv", "--output", "new.csv"]).code, 3);
    assert_eq!(place.names(), names);
    assert_eq!(place.answer(&["sql", "SELECT x FROM t", "good.csv", "--output", "link.csv"]), "");
    assert_eq!(place.read("old.csv"), "x\n1\n");
    let mode = std::fs::metadata(place.path("old.csv")).expect("the answer").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(place.names(), names);
}

#[test]
fn a_full_disk_is_told() {
    let place = Place::with(&[("a.csv", "x\n1\n")]);
    let ended = place.run(&["sql", "SELECT x FROM t", "a.csv", "--output", "/dev/full"]);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.stderr, "rowfold: /dev/full: cannot write: no space left on device\n");
    assert_eq!(place.answer(&["sql", "SELECT x FROM t", "a.csv", "--output", "/dev/null"]), "");
}

#[test]
fn an_input_is_never_written_over() {
    let place = Place::with(&[("a.csv", "x\n1\n")]);
    symlink("a.csv", place.path("b.csv")).expect("room");
    for output in ["a.csv", "./a.csv", "b.csv"] {
        let ended = place.run(&["sql", "SELECT x FROM t", "a.csv", "--output", output]);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert_eq!(place.read("a.csv"), "x\n1\n");
    }
}

#[test]
fn statistics_are_the_last_line_and_have_every_field() {
    let place = Place::with(&[("a.csv", "x\n1\n2\n"), ("bad.csv", "x\n1\n2,3\n")]);
    for (input, code) in [("a.csv", 0), ("bad.csv", 3), ("none.csv", 1), ("--spill-dir=none", 2)] {
        let ended = place.run(&["sql", "SELECT sum(x) FROM t", input, "--stats=json"]);
        assert_eq!(ended.code, code, "{ended:?}");
        let last = ended.stderr.lines().last().expect("a line");
        let stats: serde_json::Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {last}"));
        for field in [
            "question",
            "inputs",
            "rows",
            "bytes",
            "seconds",
            "cpu_seconds",
            "gb_per_s",
            "threads",
            "simd",
            "io",
            "groups",
            "spilled_bytes",
            "peak_rss_bytes",
            "memory_bytes",
            "bad_values",
            "padded_rows",
            "skipped_rows",
            "empty_lines",
            "answer_rows",
            "exact",
            "version",
        ] {
            assert!(stats.get(field).is_some(), "{field} is not in {last}");
        }
        if code == 0 {
            assert_eq!(stats["rows"], 2);
            assert_eq!(stats["answer_rows"], 1);
            assert_eq!(stats["inputs"][0]["table"], "t");
            assert_eq!(stats["inputs"][0]["path"], "a.csv");
        }
    }
    let ended = place.run(&["sql", "SELECT sum(x) FROM t", "a.csv", "--stats"]);
    assert!(ended.stderr.starts_with("2 rows · ") && ended.stderr.lines().count() == 1, "{}", ended.stderr);
}

#[test]
fn a_bad_field_counts_once_whoever_reads_it() {
    let place = Place::with(&[("t.csv", "id,v\n1001,x\n2,3\n3,y\n")]);
    for (question, count) in [
        ("SELECT sum(v), avg(v), sum(v + 1) FROM t", 2),
        ("SELECT piece, sum(v), avg(v) FROM t, UNNEST(split(id, '0')) AS s(piece) GROUP BY 1", 2),
        ("SELECT sum(v) FROM t WHERE id < 3", 0),
        ("SELECT sum(v) FROM t WHERE id > 3", 1),
    ] {
        let ended = place.run(&["sql", question, "t.csv", "--bad-values", "null", "--stats=json"]);
        let last = ended.stderr.lines().last().expect("a line");
        let stats: serde_json::Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {last}"));
        assert_eq!(stats["bad_values"]["v"].as_u64().unwrap_or(0), count, "{question}");
    }
}

#[test]
fn statistics_name_an_input_as_it_was_named() {
    let place = Place::with(&[("stdin", "x\n1\n")]);
    let stats = |words: &[&str]| -> serde_json::Value {
        let ended = place.run_with(&[&["sql", "SELECT x FROM t", "--stats=json"], words].concat(), b"x\n1\n");
        serde_json::from_str(&ended.stderr).unwrap_or_else(|error| panic!("{error}: {}", ended.stderr))
    };
    for (words, path, io) in [
        (&[][..], "-", "pipe"),
        (&["-"], "-", "pipe"),
        (&["stdin"], "stdin", "read"),
        (&["t=stdin", "--io", "map"], "stdin", "map"),
        (&["/dev/stdin"], "/dev/stdin", "pipe"),
    ] {
        let stats = stats(words);
        assert_eq!((&stats["inputs"][0]["path"], &stats["io"]), (&path.into(), &io.into()), "{words:?}");
    }
}

#[test]
fn questions_are_listed_and_shown() {
    let place = Place::with(&[]);
    let list = place.answer(&["questions"]);
    for name in ["quality", "top-days", "top-emojis", "top-mentions", "top-mentions-as-published"] {
        assert!(list.lines().any(|line| line.starts_with(&format!("tweets/{name},"))), "{name} is not in {list}");
        assert!(place.answer(&["questions", &format!("tweets/{name}")]).contains("SELECT"));
    }
}

#[test]
fn the_version_names_the_emojis() {
    let place = Place::with(&[]);
    assert!(place.answer(&["--version"]).starts_with(concat!(
        "rowfold ",
        env!("CARGO_PKG_VERSION"),
        " (emojis of Unicode "
    )));
}

#[test]
fn the_floor_counts_newlines() {
    let place = Place::with(&[("a.csv", "x\n1\n2\n")]);
    let answer = place.answer(&["floor", "a.csv"]);
    let (header, row) = answer.trim_end().split_once('\n').expect("a header and a row");
    assert_eq!(header, "newlines,bytes,seconds,gb_per_s");
    assert!(row.starts_with("3,6,"), "{row}");
}
