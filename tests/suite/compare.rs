//! The questions that `make compare` asks of rowfold and DuckDB, asked of rowfold alone: answers are those that were agreed.

use std::path::Path;

use crate::tool::Place;

const DECLARED: [(&str, &str); 3] = [
    (
        "sales",
        "id number, day date, moment timestamp, region text, product text, units number, price number, note text, ok boolean",
    ),
    ("rates", "product text, rate number, since date"),
    ("regions", "region text, country text"),
];

/// The pieces that `-- [name]` lines begin, each with its name.
fn pieces(text: &str) -> Vec<(&str, &str)> {
    let pieces = text.split("-- [").skip(1);
    pieces.map(|piece| piece.split_once("]\n").expect("a name ends its line")).collect()
}

/// Whether `text` has `word` as a word.
fn names(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

#[test]
fn answers_are_those_that_were_compared() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compare");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("is in the repository");
    let (questions, answers) = (read("questions.sql"), read("answers.txt"));
    let (questions, answers) = (pieces(&questions), pieces(&answers));
    assert!(questions.len() >= 150);
    let place = Place::with(&[]);
    for ((name, text), (of, expected)) in questions.iter().zip(&answers) {
        assert_eq!(name, of, "make compare writes answers.txt anew");
        let sql: Vec<&str> = text.lines().filter(|line| !line.starts_with("--")).collect();
        let sql = sql.join("\n");
        let tables = DECLARED.iter().filter(|(table, _)| names(&sql, table));
        let declared: String =
            tables.clone().map(|(table, columns)| format!("-- input: {table}({columns})\n")).collect();
        let input =
            |(table, _): &(&str, &str)| format!("{table}={}", folder.join(format!("data/{table}.csv")).display());
        let inputs: Vec<String> = tables.map(input).collect();
        let sql = format!("{declared}{}", sql.trim());
        let mut words = vec!["sql", &sql];
        words.extend(inputs.iter().map(String::as_str));
        let ended = place.run(&words);
        let answer = String::from_utf8(ended.stdout).expect("UTF-8");
        assert_eq!((answer.as_str(), ended.code), (*expected, 0), "{name}: {}", ended.stderr);
    }
    assert_eq!(questions.len(), answers.len());
}
