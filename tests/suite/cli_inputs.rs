//! Words, globs, pipes and variables: what is read, and that every way of naming it reads the same.

use crate::tool::{Place, ended};

const COUNT: &str = "SELECT count(*) AS n FROM t";

#[test]
fn an_input_is_a_path_a_named_table_a_glob_or_a_pipe() {
    let place = Place::with(&[("a.csv", "x\n1\n2\n"), ("b.csv", "x\n3\n"), ("year=1.csv", "x\n4\n")]);
    for (words, expected) in [
        (&["a.csv"][..], "n\n2\n"),
        (&["t=a.csv"], "n\n2\n"),
        (&["a.csv", "b.csv"], "n\n3\n"),
        (&["t=a.csv", "t=b.csv"], "n\n3\n"),
        (&["?.csv"], "n\n3\n"),
        (&["t=*.csv"], "n\n4\n"),
        (&["year=1.csv"], "n\n1\n"),
    ] {
        assert_eq!(place.answer(&[&["sql", COUNT], words].concat()), expected, "{words:?}");
    }
    assert_eq!(place.answer(&["sql", "SELECT count(*) AS n FROM 'a.csv'"]), "n\n2\n");
    assert_eq!(place.answer(&["sql", "SELECT count(*) AS n FROM '?.csv'"]), "n\n3\n");
    assert_eq!(place.run(&["sql", "SELECT count(*) AS n FROM '*.json'"]).code, 2);
}

#[test]
fn a_pipe_is_read_when_no_input_is_named() {
    let place = Place::with(&[]);
    for words in [&["sql", COUNT][..], &["sql", COUNT, "-"], &["sql", COUNT, "t=-"]] {
        let ended = place.run_with(words, b"x\n1\n2\n");
        assert_eq!((ended.code, &*ended.stdout), (0, &b"n\n2\n"[..]), "{words:?}: {}", ended.stderr);
    }
}

#[test]
fn files_of_one_table_match_by_name_and_end_on_their_own() {
    // The second has its columns the other way round, a byte-order mark, and no line end.
    let place = Place::with(&[("a.csv", "x,y\n1,one\n"), ("b.csv", "\u{feff}y,x\ntwo,2")]);
    assert_eq!(place.answer(&["sql", "SELECT x, y FROM t", "a.csv", "b.csv"]), "x,y\n1,one\n2,two\n");
}

#[test]
fn a_built_in_question_a_file_and_its_text_answer_alike() {
    let tweets = "id,username,content,date\n1,ann,hi 🚜,2021-02-12\n2,bob,hi,2021-02-12\n3,ann,,2021-02-13\n";
    let place = Place::with(&[("tweets.csv", tweets)]);
    let expected = "date,username,tweets\n2021-02-12,ann,2\n";
    assert_eq!(place.answer(&["ask", "tweets/top-days", "tweets.csv"]), expected);
    let text = place.answer(&["questions", "tweets/top-days"]);
    place.write("mine.sql", text.as_bytes());
    assert_eq!(place.answer(&["ask", "mine.sql", "tweets.csv"]), expected);
    assert_eq!(place.answer(&["ask", "./mine.sql", "tweets=tweets.csv"]), expected);
    assert_eq!(place.answer(&["sql", &text, "tweets.csv"]), expected);
}

#[test]
fn the_command_line_wins_over_the_environment() {
    let place = Place::with(&[("a.csv", "x;y\n1;2\n")]);
    let run = |words: &[&str], delimiter: &str| {
        let ended = ended(place.tool().args(words).env("ROWFOLD_DELIMITER", delimiter), b"");
        (ended.code, String::from_utf8(ended.stdout).expect("UTF-8"))
    };
    let question = ["sql", "SELECT y FROM t", "a.csv"];
    assert_eq!(run(&question, ";"), (0, "y\n2\n".to_owned()));
    assert_eq!(run(&question, ",").0, 2);
    assert_eq!(run(&[&question[..], &["-d", ";"]].concat(), ","), (0, "y\n2\n".to_owned()));
}

#[test]
fn a_dialect_is_found_or_told() {
    for (text, words, expected) in [
        ("x;y\n1;2\n", &[][..], "y\n2\n"),
        ("x\ty\n1\t2\n", &[], "y\n2\n"),
        ("x~y\n1~2\n", &[], "y\n2\n"),
        ("x|y\n1|2\n", &["--delimiter", "|"], "y\n2\n"),
        ("x\u{1f}y\n1\u{1f}2\n", &["--delimiter", "\\x1f"], "y\n2\n"),
        ("x,y\n1,'2,3'\n", &["--quote", "'"], "y\n\"2,3\"\n"),
        ("x,y\n1,\"2\n", &["--quote", "none"], "y\n\"\"\"2\"\n"),
        ("made by\nsomebody\nx,y\n1,2\n", &["--skip-lines", "2"], "y\n2\n"),
        ("x,y\n1,NA\n2,z\n", &["--null-value", "NA"], "y\n\"\"\nz\n"),
    ] {
        let place = Place::with(&[("a.csv", text)]);
        assert_eq!(place.answer(&[&["sql", "SELECT y FROM t", "a.csv"], words].concat()), expected, "{text:?}");
    }
    let place = Place::with(&[("a.csv", "1,2\n3,4\n")]);
    assert_eq!(place.answer(&["sql", "SELECT column_2 FROM t", "a.csv", "--no-header"]), "column_2\n2\n4\n");
}

#[test]
fn a_quote_that_mentions_begin_with_is_none_of_a_text() {
    let place = Place::with(&[("a.csv", "x,y\n1,@a b@\n2,@c @@d@\n@@,@e@\n")]);
    let sql = "SELECT name FROM t, UNNEST(mentions(y)) AS u(name) ORDER BY name";
    assert_eq!(place.answer(&["sql", sql, "a.csv", "--quote", "@"]), "name\nd\n");
    assert_eq!(place.answer(&["sql", sql, "a.csv", "--quote", "none"]), "name\na\nc\nd\ne\n");
}

#[test]
fn settings_are_of_all_tables_of_one_or_the_questions_own() {
    let place = Place::with(&[("a.csv", "x;y\n1;'2,3'\n")]);
    place.write("b.csv", b"x;y\n1;\xeb\n");
    let own = "-- input: t(x, y) delimiter ';' quote '''' encoding 'latin1'\nSELECT y FROM t";
    let plain = "SELECT y FROM t";
    for (text, words, expected) in [
        (plain, &["a.csv", "-d;", "--quote", "'"][..], "y\n\"2,3\"\n"),
        (plain, &["a.csv", "-dt=;", "--quote", "t='"], "y\n\"2,3\"\n"),
        (plain, &["a.csv", "-d,", "-dt=;", "--quote", "none"], "y\n\"'2,3'\"\n"),
        (own, &["a.csv"], "y\n\"2,3\"\n"),
        (own, &["a.csv", "--quote", "none"], "y\n\"'2,3'\"\n"),
        (own, &["b.csv"], "y\në\n"),
        (own, &["b.csv", "--encoding", "t=utf-8", "--format", "csv", "--null-value", "\u{fffd}"], "y\n?\n"),
    ] {
        let ended = place.run(&[&["sql", text], words].concat());
        let answer: Vec<u8> = ended
            .stdout
            .iter()
            .map(|byte| if *byte == 0xeb && expected.contains('?') { b'?' } else { *byte })
            .collect();
        assert_eq!(String::from_utf8_lossy(&answer), expected, "{words:?}: {}", ended.stderr);
    }
}

#[test]
fn a_parameter_is_set_or_has_its_default() {
    let place = Place::with(&[("a.csv", "d,n\n2021-02-12,1\n2021-02-13,2\n2021-02-14,3\n")]);
    let text = "-- param: from date = 2021-02-13\n-- param: least number = -1\nSELECT sum(n) AS s FROM t WHERE d >= :from AND n > :least";
    for (words, expected) in [
        (&[][..], "s\n5\n"),
        (&["--set", "from=2021-02-14"], "s\n3\n"),
        (&["--set", "from=2021-02-01", "--set", "least=1.5"], "s\n5\n"),
        (&["--set", "FROM=2021-02-01"], "s\n6\n"),
    ] {
        assert_eq!(place.answer(&[&["sql", text, "a.csv"], words].concat()), expected, "{words:?}");
    }
}

#[test]
fn values_that_are_not_allowed_are_counted() {
    let place = Place::with(&[("a.csv", "action\nOpen\nShut\n\nClose\nopen\n")]);
    let text = "-- input: t(action text in ('Open', 'Close'))\nSELECT action, count(*) AS n FROM t GROUP BY action";
    let ended = place.run(&["sql", text, "a.csv", "--bad-values", "null"]);
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "action,n\nClose,1\nOpen,1\n,2\n", "{}", ended.stderr);
    assert!(ended.stderr.contains("bad values taken as NULL: 2 in \"action\""), "{}", ended.stderr);
}

#[test]
fn a_header_alone_is_an_empty_answer() {
    let place = Place::with(&[("a.csv", "x,y\n")]);
    assert_eq!(place.answer(&["sql", "SELECT x, count(*) AS n FROM t GROUP BY x", "a.csv"]), "x,n\n");
    assert_eq!(place.answer(&["sql", "SELECT count(*) AS n, sum(x) AS s FROM t", "a.csv"]), "n,s\n0,\n");
}

#[test]
fn what_is_passed_over_is_counted_and_said() {
    let place = Place::with(&[("a.csv", "x,y\n1,2\n3\n\nfour,5\n")]);
    let ended = place.run(&[
        "sql",
        "SELECT sum(x) AS s, count(y) AS n FROM t",
        "a.csv",
        "--ragged",
        "pad",
        "--bad-values",
        "null",
    ]);
    assert_eq!((ended.code, &*ended.stdout), (0, &b"s,n\n4,2\n"[..]), "{}", ended.stderr);
    assert!(ended.stderr.contains("bad values taken as NULL: 1 in \"x\""), "{}", ended.stderr);
    assert!(ended.stderr.contains("ragged records filled up: 1"), "{}", ended.stderr);
    let ended = place.run(&["sql", "SELECT count(*) AS n FROM t", "a.csv", "--ragged", "skip", "--stats=json"]);
    assert_eq!((ended.code, &*ended.stdout), (0, &b"n\n2\n"[..]), "{}", ended.stderr);
    let stats: serde_json::Value = serde_json::from_str(ended.stderr.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&stats["rows"], &stats["skipped_rows"], &stats["empty_lines"]), (&2.into(), &1.into(), &1.into()));
}

#[test]
fn what_fits_into_memory_touches_no_disk() {
    let rows: String = (0..1000).map(|row| format!("{row},{}\n", row % 7)).collect();
    let place = Place::with(&[("a.csv", &format!("x,y\n{rows}"))]);
    for (text, n_lines) in [
        ("SELECT count(*) FROM t", 2),
        ("SELECT x, count(*), mode(y), count(DISTINCT y) FROM t GROUP BY x", 1001),
        ("SELECT x FROM t ORDER BY y, x", 1001),
    ] {
        for threads in ["1", "2", "8"] {
            let asked = ["sql", text, "a.csv", "--chunk", "500", "--threads", threads];
            let too_small = place.run(&[&asked[..], &["--memory", "1M"]].concat()).stderr;
            let words: Vec<_> = too_small.split_whitespace().collect();
            let least = words.iter().position(|word| *word == "would").map(|at| words[at - 1]).expect("what would do");
            for memory in [least, "256M"] {
                for nowhere in [["--spill-dir", "/proc"], ["--spill-limit", "0"], ["--spill-limit", "5"]] {
                    let answer = place.answer(&[&asked[..], &["--memory", memory], &nowhere[..]].concat());
                    assert_eq!(answer.lines().count(), n_lines, "{text} {threads} {memory} {nowhere:?}");
                }
            }
        }
    }
}
