//! The actions questions: by hand, as the published system tests them, and on generated files.

use serde_json::Value;

use crate::tool::Place;

const EVENTS: &str = include_str!("../data/events.csv");

#[track_caller]
fn check(question: &str, events: &str, expected: &str) {
    let place = Place::with(&[("events.csv", events)]);
    assert_eq!(place.answer(&["ask", &format!("actions/{question}"), "events.csv"]), expected, "{question}");
}

/// 02:40 to 02:50 has four rows: 02:45:02, 02:40:00 twice (a repeated row is an event of its own), and 02:49:59.999999, the last
/// microsecond. 02:50:00 and 02:50:00.001 belong to the next one. 03:10 has a row without an action: a window with 0 and 0.
#[test]
fn windows_begin_on_their_border_and_end_before_the_next() {
    let expected = "window_start,window_end,close,open,avg_actions\n\
        2016-07-26T02:40:00Z,2016-07-26T02:50:00Z,1,3,2.0\n\
        2016-07-26T02:50:00Z,2016-07-26T03:00:00Z,1,1,1.0\n\
        2016-07-26T03:10:00Z,2016-07-26T03:20:00Z,0,0,0.0\n";
    check("windows", EVENTS, expected);
}

/// (4 + 2) / 2: the window without any action is empty.
#[test]
fn the_average_is_over_windows_with_actions() {
    check("average", EVENTS, "total_avg_actions\n3.0\n");
    check("average", "time,action\n", "total_avg_actions\n\"\"\n");
}

#[test]
fn windows_with_most_opens_come_first_and_earlier_ones_before_later() {
    let expected = "window_start,window_end,open,close\n\
        2016-07-26T02:40:00Z,2016-07-26T02:50:00Z,3,1\n\
        2016-07-26T02:50:00Z,2016-07-26T03:00:00Z,1,1\n\
        2016-07-26T03:10:00Z,2016-07-26T03:20:00Z,0,0\n";
    check("top-open", EVENTS, expected);
    let twelve: String = (10..22).map(|hour| format!("2020-01-01T{hour}:00:00Z,Open\n")).collect();
    let place = Place::with(&[("events.csv", &format!("time,action\n{twelve}"))]);
    let answer = place.answer(&["ask", "actions/top-open", "events.csv"]);
    assert_eq!(answer.lines().count(), 11);
    assert_eq!(answer.lines().last(), Some("2020-01-01T19:00:00Z,2020-01-01T19:10:00Z,1,0"));
}

/// 1 close and 3 opens in ten minutes are 0.1 and 0.3 a minute.
#[test]
fn actions_a_minute_are_a_tenth_of_those_of_a_window() {
    let expected = "window_start,action,avg_per_minute\n\
        2016-07-26T02:40:00Z,Close,0.1\n2016-07-26T02:40:00Z,Open,0.3\n\
        2016-07-26T02:50:00Z,Close,0.1\n2016-07-26T02:50:00Z,Open,0.1\n";
    check("per-minute", EVENTS, expected);
}

/// The published tests: windows of 158, 181 and no actions have the averages 79.0, 90.5 and 0.0; the mean is (158 + 181) / 2 = 169.5.
#[test]
fn averages_are_those_of_the_published_tests() {
    let many = |minute: u32, action: &str, n: usize| format!("2016-07-26T02:{minute}:00Z,{action}\n").repeat(n);
    let events =
        [many(30, "Open", 79), many(30, "Close", 79), many(40, "Open", 101), many(40, "Close", 80), many(50, "", 1)];
    let events = format!("time,action\n{}", events.concat());
    let expected = "window_start,window_end,close,open,avg_actions\n\
        2016-07-26T02:30:00Z,2016-07-26T02:40:00Z,79,79,79.0\n\
        2016-07-26T02:40:00Z,2016-07-26T02:50:00Z,80,101,90.5\n\
        2016-07-26T02:50:00Z,2016-07-26T03:00:00Z,0,0,0.0\n";
    check("windows", &events, expected);
    check("average", &events, "total_avg_actions\n169.5\n");
}

#[test]
fn an_action_that_is_neither_and_a_time_that_is_none_are_told_at_their_place() {
    for (row, said) in [
        ("2016-07-26T02:40:00Z,open", "events.csv: line 3: column \"action\": \"open\""),
        ("26/07/2016,Open", "events.csv: line 3: column \"time\": \"26/07/2016\" is no timestamp"),
    ] {
        let place = Place::with(&[("events.csv", &format!("time,action\n2016-07-26T02:40:00Z,Open\n{row}\n"))]);
        let ended = place.run(&["ask", "actions/windows", "events.csv"]);
        assert_eq!(ended.code, 3, "{}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("rowfold: {said}")), "{}", ended.stderr);
        assert!(ended.stderr.ends_with("--bad-values null counts such values and goes on\n"), "{}", ended.stderr);
        let ended = place.run(&["ask", "actions/windows", "events.csv", "--bad-values", "null"]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stderr.starts_with("rowfold: bad values taken as NULL: 1 in "), "{}", ended.stderr);
    }
}

#[test]
fn answers_are_what_the_generator_counted() {
    let place = Place::with(&[]);
    let truth = place.generate("actions --rows 60000 --days 20", "events.csv");
    for (question, key) in
        [("windows", "windows"), ("average", "average"), ("top-open", "top_open"), ("per-minute", "per_minute")]
    {
        let question = format!("actions/{question}");
        let words = ["ask", &question, "events.csv", "--format", "json", "--threads", "3"];
        let answer: Value = serde_json::from_str(&place.answer(&words)).expect("JSON");
        assert_eq!(answer, truth[key], "{question}");
    }
}
