//! The denver questions: by hand, and on generated files in the encodings that such files come in.

use serde_json::Value;

use crate::tool::{Place, near};

fn answer(question: &str) -> String {
    let place = Place::with(&[("calls.csv", include_str!("../data/calls.csv"))]);
    place.answer(&["ask", &format!("denver/{question}"), "calls.csv"])
}

#[test]
fn calls_are_counted_by_the_name_as_it_stands() {
    let expected =
        "neighborhood,calls\nFive Points,2\nGateway / Green Valley Ranch,2\nAurora,1\nBaker,1\nFIVE POINTS,1\n,1\n";
    assert_eq!(answer("calls-by-area"), expected);
}

#[test]
fn answers_are_what_the_generator_counted() {
    let place = Place::with(&[]);
    let ask = |question: &str, options: &[&str]| -> Value {
        let question = format!("denver/{question}");
        let words = [&["ask", &question, "file.csv", "--format", "json"], options].concat();
        serde_json::from_str(&place.answer(&words)).expect("JSON")
    };
    let truth = place.generate("calls --rows 20000 --encoding utf-8", "file.csv");
    near(&ask("calls-by-area", &[]), &truth["calls_by_area"]);
}
