//! The tweets questions on generated files, against what the generator counted while it wrote them; and their rules one by one.

use serde_json::Value;

use crate::tool::Place;

/// Each question, and what its answer is called beside the file.
const QUESTIONS: [(&str, &str); 5] = [
    ("tweets/top-days", "top_days"),
    ("tweets/top-emojis", "top_emojis"),
    ("tweets/top-mentions", "top_mentions"),
    ("tweets/top-mentions-as-published", "top_mentions_as_published"),
    ("tweets/quality", "quality"),
];

#[test]
fn answers_are_what_the_generator_counted() {
    for (shape, seed, options) in [
        ("real", "1", &["--threads", "1"][..]),
        ("real", "2", &["--threads", "3", "--chunk", "10Ki", "--memory", "64M"]),
        ("mock", "3", &["--threads", "2", "--io", "map"]),
    ] {
        let place = Place::with(&[]);
        let (file, truth) = (place.path("tweets.csv"), place.path("tweets.truth.json"));
        let words = ["data-gen", "tweets", "--size", "2MB", "--shape", shape, "--seed", seed, "--output"];
        data_gen::run(words.map(Into::into).into_iter().chain([file.into_os_string()])).expect("room");
        let truth: Value = serde_json::from_slice(&std::fs::read(truth).expect("written")).expect("JSON");
        for (question, key) in QUESTIONS {
            let answer = place.answer(&[&["ask", question, "tweets.csv", "--format", "json"], options].concat());
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            assert!(truth[key].is_array());
            assert_eq!(answer, truth[key], "{question} of {shape} {seed}");
        }
    }
}

/// The answer to `question` over `rows`, without its header.
fn check(question: &str, rows: &[&str], expected: &[&str]) {
    let place = Place::with(&[("tweets.csv", &format!("id,username,content,date\n{}\n", rows.join("\n")))]);
    let answer = place.answer(&["ask", &format!("tweets/{question}"), "tweets.csv"]);
    assert_eq!(answer.lines().skip(1).collect::<Vec<_>>(), expected, "{question} of {rows:?}");
}

#[test]
fn a_day_is_utc_s_and_ties_go_to_the_earlier_day_and_the_lesser_name() {
    check(
        "top-days",
        &[
            "1,bob,a,2021-02-13",
            "2,ann,a,2021-02-13T23:59:59Z",
            "3,ann,a,2021-02-12T20:00:00-05:00", // the 13th
            "4,zoe,a,2021-02-12 10:00:00",
            "5,,a,2021-02-12", // counts, and is nobody
            "6,Zed,a,2021-02-12",
            "7,eve,,2021-02-14", // no content
            "8,eve,\"\",2021-02-14",
            "9,eve,a,",             // no date
            "10,NULL, ,2021-02-11", // text, both
        ],
        &["2021-02-12,Zed,3", "2021-02-13,ann,3", "2021-02-11,NULL,1"],
    );
}

#[test]
fn every_name_after_an_at_counts_and_the_published_question_takes_the_first() {
    let rows = ["1,a,@Ann me@example.com @@ann_1-x,", "2,a,@ and @किसान,", "3,a,\"line\n@ann\n@Ann\",", "4,a,,"];
    check("top-mentions", &rows, &["Ann,2", "ann,1", "ann_1,1", "example,1"]);
    check("top-mentions-as-published", &rows, &["@Ann,1", "@ann,1"]);
}

#[test]
fn an_emoji_is_the_longest_sequence_at_its_place_under_one_key() {
    check(
        "top-emojis",
        &[
            "1,a,❤\u{fe0f}❤🇮🇳🇮🇳#*12,", // no digit or sign by itself is an emoji
            "2,a,🤦\u{200d}♂🤦\u{200d}♂\u{fe0f}x1\u{fe0f}\u{20e3},",
            "3,a,👍🏽🏽©\u{fe0f}🇮\u{200d}\u{fe0f},",
            "4,a,🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f},",
        ],
        &[
            "❤,2",
            "🇮🇳,2",
            "🤦\u{200d}♂\u{fe0f},2",
            "1\u{fe0f}\u{20e3},1",
            "©,1",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f},1",
            "🏽,1",
            "👍🏽,1",
        ],
    );
}

#[test]
fn what_is_wrong_is_five_rows_in_their_order() {
    check(
        "quality",
        &["1,a,x,2021-02-12", "1,a,x,2021-02-12", ",,,", ",NULL, ,2021-02-12", "01,a,x,2021-02-12"],
        &["duplicate_ids,1", "null_id,2", "null_username,1", "null_content,1", "null_date,1"],
    );
}
