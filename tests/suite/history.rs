//! Snapshots become a history: every version of every row, whatever comes in whatever order; and what is refused leaves it as it was.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::tool::{Ended, Place};

const DAY_1: &str = include_str!("../data/purchases-2026-01-01.csv");
const DAY_2: &str = include_str!("../data/purchases-2026-01-02.csv");

/// Worked out by hand. Of the first day: 1001, 1002 and 1003, each its version 1 since then. On the second day 1001 is sent: its version 1
/// ended, and version 2 begins. 1002 is as it was, so nothing changes, and its date stays that of its version. 1003 is missing, and
/// stays open. 1004 is new.
const AFTER_2: &str = "\
PurchaseID,customer,product,price,status,date,version,valid_from,valid_until
1001,ann,lamp,30.50,ordered,2026-01-01,1,2026-01-01,2026-01-02
1001,ann,lamp,30.50,sent,2026-01-02,2,2026-01-02,
1002,bob,\"27\"\" screen\",250.00,paid,2026-01-01,1,2026-01-01,
1003,dan,\"chair, red\",120.00,ordered,2026-01-01,1,2026-01-01,
1004,eve,rug,75.10,ordered,2026-01-02,1,2026-01-02,
";

const HISTORY: [&str; 5] = ["history", "--key", "PurchaseID", "--valid-from", "date"];
const INTO: [&str; 7] = ["history", "--key", "PurchaseID", "--valid-from", "date", "--into", "history.csv"];

fn two_days() -> Place {
    Place::with(&[("1.csv", DAY_1), ("2.csv", DAY_2)])
}

/// The statistics of a run that must do.
fn stats(ended: &Ended) -> Value {
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    serde_json::from_str(ended.stderr.lines().last().expect("a line")).expect("JSON")
}

fn counts(stats: &Value) -> [u64; 5] {
    ["inserted", "updated", "unchanged", "closed", "rejected"].map(|name| stats[name].as_u64().expect("a count"))
}

#[test]
fn two_days_of_purchases_are_the_history_worked_out_by_hand() {
    let place = two_days();
    assert_eq!(place.answer(&[&HISTORY[..], &["1.csv", "2.csv"]].concat()), AFTER_2);
    let first = place.run(&[&INTO[..], &["1.csv", "--stats=json"]].concat());
    assert_eq!(counts(&stats(&first)), [3, 0, 0, 0, 0]);
    assert!(first.stdout.is_empty());
    let second = place.run(&[&INTO[..], &["2.csv", "--stats=json"]].concat());
    assert_eq!(counts(&stats(&second)), [1, 1, 1, 0, 0]);
    assert_eq!(place.read("history.csv"), AFTER_2);
    assert_eq!(place.names(), ["1.csv", "2.csv", "history.csv"]);
}

#[test]
fn the_same_snapshot_twice_changes_nothing() {
    let place = two_days();
    for day in ["1.csv", "2.csv"] {
        place.answer(&[&INTO[..], &[day]].concat());
        let before = place.read("history.csv");
        let again = place.run(&[&INTO[..], &[day, "--stats=json"]].concat());
        assert_eq!(counts(&stats(&again)), [0, 0, 3, 0, 0]);
        assert_eq!(place.read("history.csv"), before);
    }
}

#[test]
fn a_snapshot_comes_as_a_file_a_pipe_compressed_or_in_another_dialect() {
    let place = two_days();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(DAY_2.as_bytes()).expect("memory");
    place.write("2.csv.gz", &packed.finish().expect("memory"));
    place.write(
        "2-tilde.csv",
        b"date~status~PurchaseID~price~product~customer\r\n2026-01-02~paid~1002~250.00~27\" screen~bob\r\n\
          2026-01-02~ordered~1004~75.10~rug~\"eve\"\r\n\"2026-01-02\"~sent~1001~30.50~lamp~ann",
    );
    for (words, stdin) in [
        (&["2.csv.gz"][..], ""),
        (&["-"], DAY_2),
        (&[], DAY_2),
        (&["2.csv", "--chunk", "40", "--threads", "3"], ""),
        (&["2.csv", "--io", "map", "--threads", "1"], ""),
        (&["2-tilde.csv", "--delimiter", "~"], ""),
    ] {
        place.answer(&[&INTO[..], &["1.csv"]].concat());
        let ended = place.run_with(&[&INTO[..], words].concat(), stdin.as_bytes());
        assert_eq!((ended.code, &*ended.stderr), (0, ""), "{words:?}");
        assert_eq!(place.read("history.csv"), AFTER_2, "{words:?}");
        std::fs::remove_file(place.path("history.csv")).expect("it is there");
    }
}

#[test]
fn a_history_in_any_order_with_its_columns_in_any_places_is_put_in_order() {
    let place = two_days();
    place.write(
        "history.csv",
        b"valid_until;version;date;PurchaseID;customer;product;price;status;valid_from\n\
          ;1;2026-01-01;1003;dan;\"chair, red\";120.00;ordered;2026-01-01\n\
          ;1;2026-01-01;1001;ann;lamp;30.50;ordered;2026-01-01\n\
          ;1;2026-01-01;1002;bob;\"27\"\" screen\";250.00;paid;2026-01-01\n",
    );
    let ended = place.run(&[&INTO[..], &["2.csv", "--stats=json"]].concat());
    assert_eq!(counts(&stats(&ended)), [1, 1, 1, 0, 0]);
    let expected = "date;PurchaseID;customer;product;price;status;version;valid_from;valid_until\n\
        2026-01-01;1001;ann;lamp;30.50;ordered;1;2026-01-01;2026-01-02\n\
        2026-01-02;1001;ann;lamp;30.50;sent;2;2026-01-02;\n\
        2026-01-01;1002;bob;\"27\"\" screen\";250.00;paid;1;2026-01-01;\n\
        2026-01-01;1003;dan;chair, red;120.00;ordered;1;2026-01-01;\n\
        2026-01-02;1004;eve;rug;75.10;ordered;1;2026-01-02;\n";
    assert_eq!(place.read("history.csv"), expected);
    assert_eq!(place.names(), ["1.csv", "2.csv", "history.csv"]);
}

#[test]
fn keys_that_are_missing_end_when_it_is_said_so_and_begin_again_when_they_are_back() {
    let place = two_days();
    place.answer(&[&INTO[..], &["1.csv"]].concat());
    let words = [&INTO[..], &["2.csv", "--deletes", "close=2026-01-02", "--stats=json"]].concat();
    assert_eq!(counts(&stats(&place.run(&words))), [1, 1, 1, 1, 0]);
    let closed = AFTER_2.replace(
        "1003,dan,\"chair, red\",120.00,ordered,2026-01-01,1,2026-01-01,",
        "1003,dan,\"chair, red\",120.00,ordered,2026-01-01,1,2026-01-01,2026-01-02",
    );
    assert_eq!(place.read("history.csv"), closed);
    assert_eq!(counts(&stats(&place.run(&words))), [0, 0, 3, 0, 0]);
    assert_eq!(place.read("history.csv"), closed);
    // Back as it was: another version all the same, since it was not there meanwhile.
    place.write(
        "4.csv",
        b"PurchaseID,customer,product,price,status,date\n1003,dan,\"chair, red\",120.00,ordered,2026-01-04\n",
    );
    let back = place.run(&[&INTO[..], &["4.csv", "--stats=json"]].concat());
    assert_eq!(counts(&stats(&back)), [0, 1, 0, 0, 0]);
    let row = "1003,dan,\"chair, red\",120.00,ordered,2026-01-01,1,2026-01-01,2026-01-02\n";
    let again = format!("{row}1003,dan,\"chair, red\",120.00,ordered,2026-01-04,2,2026-01-04,\n");
    assert_eq!(place.read("history.csv"), closed.replace(row, &again));
}

#[test]
fn several_columns_are_a_key_and_keys_are_ordered_as_answers_are() {
    let rows = "city,no,at,x\nb,10,2026-01-01,1\na,9,2026-01-01,2\nb,9,2026-01-01,3\na,10,2026-01-01T10:00:00Z,4\n10,x,2026-01-01,5\n9,x,2026-01-01,6\n";
    let place = Place::with(&[("a.csv", rows), ("b.csv", "city,no,at,x\na,10,2026-01-01T10:00:01Z,5\n")]);
    let expected = "city,no,at,x,version,valid_from,valid_until\n9,x,2026-01-01,6,1,2026-01-01,\n10,x,2026-01-01,5,1,2026-01-01,\n\
        a,9,2026-01-01,2,1,2026-01-01,\na,10,2026-01-01T10:00:00Z,4,1,2026-01-01T10:00:00Z,2026-01-01T10:00:01Z\n\
        a,10,2026-01-01T10:00:01Z,5,2,2026-01-01T10:00:01Z,\nb,9,2026-01-01,3,1,2026-01-01,\nb,10,2026-01-01,1,1,2026-01-01,\n";
    for keys in [&["--key", "city,no"][..], &["--key", "city", "--key", "NO"]] {
        let words = [&["history", "--valid-from", "at", "a.csv", "b.csv"], keys].concat();
        assert_eq!(place.answer(&words), expected);
    }
}

/// Rows that break each rule, beside some that do not.
const FAULTY: &str = "\
PurchaseID,customer,product,price,status,date
1002,bob,\"27\"\" screen\",250.00,paid,2026-01-03
,ann,\"no
key\",1,paid,2026-01-03
1005,eve,rug,1,paid,2026-02-30
1006,eve,rug,1,paid,2026-01-03
1001,ann,lamp,29.00,sent,2026-01-02
1006,eve,rug,2,paid,2026-01-03
1004,eve,rug,75.10,paid,2026-01-01
1007,eve,rug,1,paid,
1006,eve,rug,3,paid,2026-01-04
";

#[test]
fn what_breaks_a_rule_is_listed_and_the_history_stays_as_it_was() {
    let place = two_days();
    place.write("3.csv", FAULTY.as_bytes());
    place.answer(&[&INTO[..], &["1.csv", "2.csv"]].concat());
    let names = place.names();
    let mut said = String::new();
    for words in [&["3.csv"][..], &["3.csv", "--chunk", "50", "--threads", "3"], &["-"]] {
        let ended = place.run_with(&[&INTO[..], words].concat(), FAULTY.as_bytes());
        assert_eq!((ended.code, &*ended.stdout), (3, &b""[..]), "{words:?}");
        assert_eq!(place.read("history.csv"), AFTER_2);
        assert_eq!(place.names(), names);
        let told = ended.stderr.replace("  stdin:", "  3.csv:");
        assert!(said.is_empty() || said == told, "{words:?}: {told}");
        said = told;
    }
    let listed = place.run(&[&INTO[..], &["3.csv", "--rejects", "refused.csv", "--stats=json"]].concat());
    assert_eq!(listed.code, 3);
    let stats: Value = serde_json::from_str(listed.stderr.lines().last().expect("a line")).expect("JSON");
    assert_eq!(stats["rejected"], 8);
    said.push_str(&place.read("refused.csv"));
    insta::assert_snapshot!(said);
    // The next load that is right leaves none.
    place.answer(&[&INTO[..], &["2.csv", "--rejects", "refused.csv"]].concat());
    assert_eq!(place.read("refused.csv"), "file,line,column,rule,record\n");
}

#[test]
fn of_very_many_that_are_refused_ten_are_told_and_all_are_listed() {
    let rows: String = (0..50_000).map(|n| format!("{n},x,2026-13-01\n")).collect();
    let place = Place::with(&[("a.csv", &format!("id,x,d\n{rows}"))]);
    let words = ["history", "--key", "id", "--valid-from", "d", "a.csv", "--rejects", "r.csv", "--memory", "32M"];
    let ended = place.run(&words);
    assert_eq!(ended.code, 3);
    let said: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(said.len(), 12);
    assert_eq!(said[0], "rowfold: 50000 rows are refused, so nothing is written");
    assert_eq!(said[1], "  a.csv: line 2: column \"d\": \"2026-13-01\" is no date");
    assert_eq!(said[11], "  … and 49990 more");
    let listed = place.read("r.csv");
    assert_eq!(listed.lines().count(), 50_001);
    for (n, line) in listed.lines().skip(1).enumerate() {
        assert_eq!(line, format!("a.csv,{},d,invalid_date,\"{n},x,2026-13-01\"", n + 2));
    }
}

#[test]
fn a_history_that_is_none_is_told_and_kept() {
    let place = two_days();
    let mut all = String::new();
    for history in [
        "PurchaseID,customer,product,price,status,date\n",
        "PurchaseID,customer,product,price,state,date,version,valid_from,valid_until\n",
        "PurchaseID,customer,product,price,status,date,version,valid_from,valid_until\n1,a,b,1,c,2026-01-01,one,2026-01-01,\n",
        "PurchaseID,customer,product,price,status,date,version,valid_from,valid_until\n1,a,b,1,c,2026-01-01,1,2026-01-01,\n1,a,b,2,c,2026-01-01,1,2026-01-01,\n",
        "PurchaseID,customer,product,price,status,date,version,valid_from,valid_until\n1,a,b,1,c,2026-01-01,1,never,\n2,a,b,1,c,2026-01-01,1,2026-01-01,never\n",
        "PurchaseID,customer,product,price,status,date,version,valid_from,valid_until\n1,a\n",
        "",
    ] {
        place.write("history.csv", history.as_bytes());
        let ended = place.run(&[&INTO[..], &["2.csv"]].concat());
        all.push_str(&format!("{}: {}", ended.code, ended.stderr));
        assert_eq!(place.read("history.csv"), history);
    }
    place.answer(&[&HISTORY[..], &["1.csv", "--output", "good.csv"]].concat());
    std::fs::remove_file(place.path("history.csv")).expect("it is there");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(AFTER_2.as_bytes()).expect("memory");
    place.write("history.csv.gz", &packed.finish().expect("memory"));
    for words in [
        &["2.csv", "--into", "history.csv.gz"][..],
        &["2.csv", "--into", "2.csv"],
        &["2.csv", "--into", "."],
        &["2.csv", "--into", "good.csv", "--output", "other.csv"],
        &["2.csv", "--into", "good.csv", "--rejects", "good.csv"],
        &["2.csv", "--into", "good.csv", "--rejects", "2.csv"],
        &["1.csv", "2.csv", "--into", "good.csv", "--deletes", "close=2026-01-02"],
        &["2.csv", "--into", "good.csv", "--deletes", "close=soon"],
        &["2.csv", "--into", "good.csv", "--deletes", "drop"],
        &["2.csv", "--into", "good.csv", "--deletes", "close=2026-01-01"],
        &["2.csv", "--format", "json"],
        &["good.csv"],
    ] {
        let ended = place.run(&[&HISTORY[..], words].concat());
        all.push_str(&format!("{}: {}", ended.code, ended.stderr));
    }
    let words = ["history", "--valid-from", "date", "--key", "PurchaseID,date", "2.csv"];
    all.push_str(&place.run(&words).stderr);
    let words = ["history", "--valid-from", "date", "--key", "purchase", "2.csv"];
    all.push_str(&place.run(&words).stderr);
    insta::assert_snapshot!(all);
}

/// A generator that knows the history: at budgets in which rows are spilled and in which they are not, on any number of threads.
#[test]
fn generated_snapshots_have_the_history_that_their_generator_wrote() {
    let place = Place::with(&[]);
    let folder = place.path("shop").into_os_string();
    let words = ["data-gen", "purchases", "--days", "5", "--keys", "60000", "--output"].map(Into::into);
    data_gen::run(words.into_iter().chain([folder])).expect("room");
    let truth: Value = serde_json::from_str(&place.read("shop/truth.json")).expect("JSON");
    let expected = place.read("shop/history.csv");
    for options in [
        &["--memory", "28M", "--threads", "2"][..],
        &["--memory", "1G", "--threads", "3"],
        &["--memory", "28M", "--threads", "1", "--io", "map"],
    ] {
        let ended =
            place.run(&[&HISTORY[..], &["shop/2026-*.csv", "--output", "whole.csv", "--stats=json"], options].concat());
        let at_once = stats(&ended);
        assert!(place.read("whole.csv") == expected, "{options:?}");
        assert_eq!(at_once["spilled_bytes"].as_u64() > Some(0), options[1] == "28M", "{at_once}");
    }
    for day in truth["days"].as_array().expect("days") {
        let file = format!("shop/{}", day["file"].as_str().expect("a name"));
        let ended = place.run(&[&INTO[..], &[&file, "--memory", "28M", "--stats=json"]].concat());
        let counted = counts(&stats(&ended));
        assert_eq!(counted, ["inserted", "updated", "unchanged", "", ""].map(|name| day[name].as_u64().unwrap_or(0)));
    }
    assert!(place.read("history.csv") == expected);
    for (file, rule, n) in [("duplicate-key", "key_twice", 2), ("bad-date", "invalid_date", 1)] {
        let ended = place.run(&[&INTO[..], &[&format!("shop/{file}.csv"), "--rejects", "r.csv"]].concat());
        assert_eq!(ended.code, 3, "{}", ended.stderr);
        assert!(place.read("history.csv") == expected);
        let listed = place.read("r.csv");
        assert_eq!(listed.lines().skip(1).filter(|line| line.contains(rule)).count(), n, "{listed}");
    }
}
