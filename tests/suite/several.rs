//! Several questions at once: each answer as if asked alone, the file read once.

use serde_json::Value;

use crate::tool::Place;

const TWEETS: &str = "\
id,username,content,date
1,ann,\"hi @bob 🚜\",2021-02-01
2,bob,🚜🌾,2021-02-01
3,ann,,2021-02-02
4,,@bob @ann,2021-02-02
";

const THREE: [&str; 3] = ["tweets/top-days", "tweets/top-emojis", "tweets/top-mentions"];

#[test]
fn answers_of_one_scan_are_those_of_questions_asked_alone() {
    let place = Place::with(&[("tweets.csv", TWEETS)]);
    // An outer query (`quality`) and passes share the scan, too.
    let all = [&THREE[..], &["tweets/quality"]].concat();
    let told = place.run(&["ask", &all.join(","), "tweets.csv", "--output", "answers/", "--stats=json"]);
    assert_eq!((told.code, told.stdout.as_slice()), (0, &b""[..]), "{told:?}");
    let stats: Value = serde_json::from_str(told.stderr.lines().last().expect("statistics")).expect("JSON");
    assert_eq!(stats["rows"], 4, "the file is read once");
    for question in all {
        let file = format!("answers/{}.csv", question.replace('/', "-"));
        assert_eq!(place.read(&file), place.answer(&["ask", question, "tweets.csv"]), "{question}");
    }
}

#[test]
fn json_holds_several_answers_by_question() {
    let place = Place::with(&[("tweets.csv", TWEETS)]);
    let both: Value = serde_json::from_str(&place.answer(&["ask", &THREE[..2].join(","), "tweets.csv", "-f", "json"]))
        .expect("one object");
    for question in &THREE[..2] {
        let alone = place.answer(&["ask", question, "tweets.csv", "-f", "json"]);
        assert_eq!(both[question], serde_json::from_str::<Value>(&alone).expect("an array"), "{question}");
    }
}

#[test]
fn several_answers_do_not_go_into_one_csv() {
    let place = Place::with(&[("tweets.csv", TWEETS)]);
    for format in ["csv", "tsv", "jsonl"] {
        let told = place.run(&["ask", &THREE.join(","), "tweets.csv", "-f", format]);
        assert_eq!((told.code, told.stdout.as_slice()), (2, &b""[..]));
        assert!(told.stderr.contains("--output DIR/"), "{}", told.stderr);
    }
    assert_eq!(place.run(&["ask", "tweets/top-days,tweets/top-days", "tweets.csv", "-f", "json"]).code, 2);
}

#[test]
fn a_bad_value_leaves_no_answer_of_any_question() {
    let place = Place::with(&[("tweets.csv", &TWEETS.replace("2021-02-02\n", "soon\n"))]);
    let told = place.run(&["ask", &THREE.join(","), "tweets.csv", "--output", "answers/"]);
    assert_eq!(told.code, 3, "{told:?}");
    assert!(told.stderr.contains("line 4"), "{}", told.stderr);
    assert!(
        !place.path("answers/tweets-top-emojis.csv").exists() && !place.path("answers/tweets-top-days.csv").exists()
    );
}
