//! The newest row of each key: of a load, and of a load and what was kept before it.

use serde_json::Value;

use crate::tool::{Ended, Place};

/// Two exports of users. Of `5f` the second file has an older row and one as new as the newest, which counts, since it comes later; `60`
/// was never updated, so its creation counts; `61` has no date at all and is older than any.
const FIRST: &str = "\
id_oid,name,created_at_date,updated_at_date
5f,ann,2021-03-01T00:00:00Z,2021-03-04T05:06:07Z
60,bob,2021-03-02T00:00:00Z,
61,dan,,
61,dan again,,
";
const SECOND: &str = "\
id_oid,name,created_at_date,updated_at_date
5f,ann old,2021-03-01T00:00:00Z,2021-03-03T00:00:00Z
60,\"bob, \"\"b\"\"\",2021-03-02T00:00:00Z,2021-03-02T00:00:00.5Z
5f,ann new,2021-03-01T00:00:00Z,2021-03-04T06:06:07+01:00
62,eve,2021-03-05,
";
const NEWEST: &str = "\
id_oid,name,created_at_date,updated_at_date
60,\"bob, \"\"b\"\"\",2021-03-02T00:00:00Z,2021-03-02T00:00:00.5Z
61,dan again,,
62,eve,2021-03-05,
5f,ann new,2021-03-01T00:00:00Z,2021-03-04T06:06:07+01:00
";

const LATEST: [&str; 5] = ["latest", "--key", "id_oid", "--by", "updated_at_date,created_at_date"];

fn place() -> Place {
    Place::with(&[("1.csv", FIRST), ("2.csv", SECOND)])
}

fn counts(ended: &Ended) -> [u64; 5] {
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let stats: Value = serde_json::from_str(ended.stderr.lines().last().expect("a line")).expect("JSON");
    ["inserted", "updated", "unchanged", "closed", "rejected"].map(|name| stats[name].as_u64().expect("a count"))
}

#[test]
fn the_newest_row_of_a_key_wins_wherever_it_was() {
    let place = place();
    for options in [&[][..], &["--chunk", "50", "--threads", "3"], &["--threads", "1", "--io", "map"]] {
        assert_eq!(place.answer(&[&LATEST[..], &["1.csv", "2.csv"], options].concat()), NEWEST, "{options:?}");
        let into = |file| place.run(&[&LATEST[..], &["--into", "users.csv", file, "--stats=json"], options].concat());
        assert_eq!(counts(&into("1.csv")), [3, 0, 0, 0, 0]);
        assert_eq!(counts(&into("2.csv")), [1, 2, 0, 0, 0]);
        assert_eq!(place.read("users.csv"), NEWEST);
        // What is there is newer, or as it is loaded.
        assert_eq!(counts(&into("2.csv")), [0, 0, 3, 0, 0]);
        assert_eq!(place.read("users.csv"), NEWEST);
        std::fs::remove_file(place.path("users.csv")).expect("it is there");
    }
}

#[test]
fn of_equally_new_rows_the_later_one_counts_and_of_what_is_kept_and_loaded_the_loaded_one() {
    let place = Place::with(&[
        ("kept.csv", "k,v,d\n1,kept,2021-01-01\n2,kept,\n3,kept,2021-01-02\n"),
        ("new.csv", "k,v,d\n3,new,2021-01-01\n1,new,2021-01-01\n2,new,\n"),
    ]);
    let ended = place.run(&["latest", "--key", "k", "--by", "d", "--into", "kept.csv", "new.csv", "--stats=json"]);
    assert_eq!(counts(&ended), [0, 2, 1, 0, 0]);
    assert_eq!(place.read("kept.csv"), "k,v,d\n1,new,2021-01-01\n2,new,\n3,kept,2021-01-02\n");
}

#[test]
fn without_by_what_is_loaded_is_newer_and_a_key_comes_once() {
    let place = Place::with(&[("kept.csv", "k,l,v\nb,1,kept\na,1,kept\n"), ("new.csv", "l,v,k\n1,new,b\n2,new,b\n")]);
    let words = ["latest", "--key", "k,l", "--into", "kept.csv", "new.csv", "--stats=json"];
    assert_eq!(counts(&place.run(&words)), [1, 1, 0, 0, 0]);
    let kept = "k,l,v\na,1,kept\nb,1,new\nb,2,new\n";
    assert_eq!(place.read("kept.csv"), kept);
    place.write("more.csv", b"l,v,k\n3,\"x,\",c\n2,new,b\n");
    let ended =
        place.run(&["latest", "--key", "k,l", "--into", "kept.csv", "new.csv", "more.csv", "--rejects", "r.csv"]);
    assert_eq!(ended.code, 3);
    let said = "rowfold: 2 rows are refused, so kept.csv stays as it was\n  new.csv: line 3: k \"b\", l \"2\" is there twice\n  \
        more.csv: line 3: k \"b\", l \"2\" is there twice\n";
    assert_eq!(ended.stderr, said);
    let listed = "file,line,column,rule,record\nnew.csv,3,\"k,l\",key_twice,\"b,2,new\"\nmore.csv,3,\"k,l\",key_twice,\"b,2,new\"\n";
    assert_eq!(place.read("r.csv"), listed);
    assert_eq!(place.read("kept.csv"), kept);
}

#[test]
fn days_are_a_closed_range_of_what_is_loaded() {
    let place = place();
    let words =
        [&LATEST[..], &["--from", "2021-03-02", "--until", "2021-03-04", "1.csv", "2.csv", "--stats=json"]].concat();
    let ended = place.run(&words);
    assert_eq!(counts(&ended), [2, 0, 0, 0, 0]);
    assert!(ended.stderr.contains("\"left_out\":3"), "{}", ended.stderr);
    let rows: Vec<&str> = NEWEST.lines().filter(|line| !line.starts_with("61") && !line.starts_with("62")).collect();
    assert_eq!(String::from_utf8(ended.stdout).expect("UTF-8"), rows.join("\n") + "\n");
    let ended = place.run(&["latest", "--key", "id_oid", "--from", "2021-03-02", "1.csv"]);
    let said = "rowfold: --from and --until are days of what --by says: name the columns of dates\n";
    assert_eq!((ended.code, &*ended.stderr), (2, said));
}

#[test]
fn a_date_that_is_none_is_refused_or_null() {
    let place = Place::with(&[("a.csv", "k,d,e\n1,soon,2021-01-01\n1,,2020-01-01\n,2021-01-01,\n2,n/a,2021-01-01\n")]);
    let words = ["latest", "--key", "k", "--by", "d,e", "a.csv", "--null-value", "n/a"];
    let ended = place.run(&words);
    assert_eq!(ended.code, 3);
    let said = "rowfold: 2 rows are refused, so nothing is written; --rejects FILE takes what is refused\n  \
        a.csv: line 2: column \"d\": \"soon\" is no date\n  a.csv: line 4: column \"k\": is empty, and of the key\n";
    assert_eq!(ended.stderr, said);
    place.write("a.csv", b"k,d,e\n1,soon,2021-01-01\n1,,2020-01-01\n2,n/a,2021-01-01\n");
    let ended = place.run(&[&words[..], &["--bad-values", "null"]].concat());
    assert_eq!((ended.code, &*ended.stdout), (0, &b"k,d,e\n1,soon,2021-01-01\n2,n/a,2021-01-01\n"[..]));
    assert_eq!(ended.stderr, "rowfold: bad values taken as NULL: 1 in \"d\"\n");
}

#[test]
fn bytes_pass_through_and_quotes_stand_only_where_they_have_to() {
    let place = Place::with(&[]);
    place.write("a.csv", b"k,v\n\"1\",\"caf\xe9\"\n2,\"a\"\"b\"\n3,\"\"\n4,a\"b\n5,\"x\ny\"\n6,\" z \"\n");
    let ended = place.run(&["latest", "--key", "k", "a.csv"]);
    let expected = b"k,v\n1,caf\xe9\n2,\"a\"\"b\"\n3,\n4,\"a\"\"b\"\n5,\"x\ny\"\n6, z \n";
    assert_eq!((ended.code, &*ended.stdout), (0, &expected[..]), "{}", ended.stderr);
    let ended = place.run(&["latest", "--key", "k", "a.csv", "--format", "tsv"]);
    assert!(ended.stdout.starts_with(b"k\tv\n1\tcaf\xe9\n"), "{:?}", ended.stdout);
}

#[test]
fn files_of_other_columns_are_refused_and_a_header_alone_is_a_table() {
    let place = Place::with(&[("a.csv", "k,v\n1,2\n"), ("b.csv", "k,w\n1,2\n"), ("none.csv", "k,v\n")]);
    for (words, code, said) in [
        (
            &["b.csv", "--into", "a.csv"][..],
            2,
            "b.csv: no column \"v\", which is in a.csv; files of one table have the same columns, in any order",
        ),
        (&["a.csv", "--into", "a.csv"], 2, "a.csv: is the input; write to another file"),
        (&["none.csv", "--by", "d"], 2, "none.csv: no column \"d\" (k, v)"),
        (&["missing.csv"], 1, "missing.csv: cannot open: no such file or directory"),
    ] {
        let ended = place.run(&[&["latest", "--key", "k"], words].concat());
        assert_eq!((ended.code, ended.stderr), (code, format!("rowfold: {said}\n")), "{words:?}");
    }
    assert_eq!(place.answer(&["latest", "--key", "k", "none.csv"]), "k,v\n");
    assert_eq!(place.answer(&["latest", "--key", "k", "none.csv", "--into", "a.csv"]), "");
    assert_eq!(place.read("a.csv"), "k,v\n1,2\n");
}
