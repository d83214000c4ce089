//! What a shell completes, and what `man` shows: both know every option, question and column.

use crate::tool::{Place, ended};

/// What the shell would offer for the last of `words`, by bash's interface to the tool.
fn offered(place: &Place, words: &[&str], index: usize) -> Vec<String> {
    let mut tool = place.tool();
    tool.env("ROWFOLD_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index.to_string()).env("_CLAP_IFS", "\n");
    let ended = ended(tool.args(["--", "rowfold"]).args(words), b"");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    String::from_utf8(ended.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

fn place() -> Place {
    Place::with(&[
        ("tweets.csv", "id~user name~Username~content\n1~a~b~c\n"),
        ("mine.sql", "-- param: from date\n-- param: until date\nSELECT count(*) FROM t WHERE :from < :until"),
    ])
}

#[test]
fn questions_options_and_parameters_are_completed() {
    let place = place();
    let check =
        |words: &[&str], expected: &[&str]| assert_eq!(offered(&place, words, words.len()), expected, "{words:?}");
    check(&["as"], &["ask"]);
    check(&["ask", "tweets/top-d"], &["tweets/top-days"]);
    check(&["ask", "tweets/top-days,tweets/top-e"], &["tweets/top-days,tweets/top-emojis"]);
    check(&["ask", "m"], &["mine.sql"]);
    check(&["questions", "tweets/q"], &["tweets/quality"]);
    check(&["ask", "mine.sql", "tw"], &["tweets.csv"]);
    check(&["ask", "mine.sql", "--set", "u"], &["until="]);
    check(&["ask", "mine.sql", "--enc"], &["--encoding"]);
    check(&["completions", "z"], &["zsh"]);
}

#[test]
fn columns_of_inputs_on_the_line_are_completed_in_a_sql_text() {
    let place = place();
    for (words, expected) in [
        (&["sql", "SELECT us", "tweets.csv"][..], &["SELECT \"user name\""][..]),
        (&["sql", "SELECT USE", "tweets.csv"], &["SELECT \"user name\"", "SELECT Username"]),
        (&["sql", "SELECT id, con", "t=tweets.csv"], &["SELECT id, content"]),
        (&["sql", "SELECT * FROM 'tweets.csv' WHERE con"], &["SELECT * FROM 'tweets.csv' WHERE content"]),
        (&["sql", "SELECT con"], &[]),
        (&["sql", "SELECT con", "none.csv"], &[]),
    ] {
        assert_eq!(offered(&place, words, 2), expected, "{words:?}");
    }
}

#[test]
fn scripts_ask_the_tool_and_pages_have_every_option() {
    let place = Place::with(&[]);
    for shell in ["bash", "zsh", "fish"] {
        let script = place.answer(&["completions", shell]);
        assert!(script.contains("ROWFOLD_COMPLETE") && script.contains("rowfold"), "{script}");
    }
    place.answer(&["man", "."]);
    let help = place.answer(&["--help"]);
    let options: Vec<_> =
        help.split_whitespace().filter(|word| word.starts_with("--") && *word != "--version").collect();
    assert!(options.len() > 20, "{help}");
    for page in ["rowfold.1", "rowfold-ask.1", "rowfold-sql.1", "rowfold-questions.1"] {
        let page = place.read(page).replace('\\', "");
        for option in &options {
            let option =
                option.trim_end_matches(|c: char| !c.is_alphanumeric()).split(['[', '=']).next().expect("a part");
            assert!(page.contains(option), "{option}:\n{page}");
        }
        assert!(page.contains("EXIT STATUS"));
    }
    assert!(place.read("rowfold.1").contains(".SH EXAMPLES\n.nf\n\\&rowfold questions\n"));
    assert_eq!(place.run(&["man", "none"]).code, 1);
}
