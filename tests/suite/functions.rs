//! What a question can call, as it is listed and documented; time zones end to end.

use std::path::Path;

use rowfold::questions::functions;

use crate::tool::Place;

#[test]
fn the_document_of_functions_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/functions.md");
    let document = functions::document();
    if std::env::var_os("ROWFOLD_WRITE_DOCS").is_some() {
        std::fs::write(&path, &document).expect("the document can be written");
    }
    let written = std::fs::read_to_string(&path).expect("the document is there");
    assert!(written == document, "docs/functions.md is not what the tables say: make functions");
}

#[test]
fn functions_are_listed_and_described() {
    let place = Place::with(&[]);
    let all = place.answer(&["functions"]);
    for line in [
        "date_trunc('unit', time)",
        "\"regexp_replace(text, pattern, replacement[, flags])\",scalar,",
        "avg(number),aggregate,",
    ] {
        let line = line.replace('\'', "").replace("date_trunc(unit, time)", "\"date_trunc(unit, time)\",scalar,");
        assert!(all.contains(&line), "{line} in {all}");
    }
    assert_eq!(place.answer(&["functions", "SQRT"]).lines().count(), 2);
    let unknown = place.run(&["functions", "squirt"]);
    assert_eq!((unknown.code, unknown.stdout.len()), (2, 0));
}

#[test]
fn a_zone_tells_days_reads_times_and_prints_offsets() {
    let place = Place::with(&[("t.csv", "at\n2024-07-01T23:30:00Z\n2024-07-01 01:30:00\n2024-01-01T12:00:00+05:30\n")]);
    let sql = "-- input: t(at timestamp)\nSELECT at, CAST(at AS date) AS day, extract(hour FROM at) AS hour, \
               date_trunc('day', at) AS begins, strftime(at, '%z') AS zone FROM t";
    assert_eq!(
        place.answer(&["sql", sql, "t.csv", "--tz", "Europe/Berlin"]),
        "at,day,hour,begins,zone\n\
         2024-07-02T01:30:00+02:00,2024-07-02,1,2024-07-02T00:00:00+02:00,+0200\n\
         2024-07-01T01:30:00+02:00,2024-07-01,1,2024-07-01T00:00:00+02:00,+0200\n\
         2024-01-01T07:30:00+01:00,2024-01-01,7,2024-01-01T00:00:00+01:00,+0100\n"
    );
    let refused = place.run(&["sql", sql, "t.csv", "--tz", "denver"]);
    assert_eq!(refused.stderr, "rowfold: --tz: no time zone \"denver\"; did you mean America/Denver?\n");
    assert_eq!(refused.code, 2);
}

#[test]
fn estimates_are_near_within_their_bounds_and_say_that_they_are_none() {
    let rows: String = (0..50_000u32).map(|n| format!("{},{}\n", n % 30_000, n)).collect();
    let place = Place::with(&[("t.csv", &format!("id,n\n{rows}"))]);
    let sql = "SELECT approx_count_distinct(id) AS ids, approx_count_distinct_low(id) AS low, approx_count_distinct_high(id) AS high, \
               approx_quantile(n, 0.5) AS n, approx_quantile_low(n, 0.5) AS n_low, approx_quantile_high(n, 0.5) AS n_high FROM t";
    let ended = place.run(&["sql", sql, "t.csv", "--stats=json"]);
    let line = String::from_utf8(ended.stdout).expect("UTF-8").lines().nth(1).expect("a row").to_owned();
    let figures: Vec<f64> = line.split(',').map(|figure| figure.parse().expect("a number")).collect();
    let [ids, low, high, n, n_low, n_high] = figures[..] else { panic!("{line}") };
    assert!((ids - 30_000.0).abs() < 975.0 && low < 30_000.0 && high > 30_000.0, "{line}");
    assert!((n - 24_999.5).abs() < 98.0 && n_low <= 24_999.0 && n_high >= 25_000.0, "{line}");
    assert!(ended.stderr.contains("\"exact\":false"), "{}", ended.stderr);
    assert!(place.run(&["sql", "SELECT count(*) FROM t", "t.csv", "--stats=json"]).stderr.contains("\"exact\":true"));
}
