//! A built-in question's name in, its SQL text out.
//!
//! The texts are `questions/<system>/<name>.sql`, embedded. One is added by writing its file and its line here.

/// A question that comes with rowfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// `system/name`, as `rowfold ask` takes it.
    pub name: &'static str,
    /// Its SQL, with the header comments that title and declare it.
    pub sql: &'static str,
}

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(BuiltIn { name: $name, sql: include_str!(concat!("../../questions/", $name, ".sql")) }),*]
    };
}

const QUESTIONS: &[BuiltIn] = built_in![
    "tweets/quality",
    "tweets/top-days",
    "tweets/top-emojis",
    "tweets/top-mentions",
    "tweets/top-mentions-as-published",
];

/// All built-in questions, by name.
pub fn all() -> &'static [BuiltIn] {
    QUESTIONS
}

/// The built-in question called `name`, if there is one.
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    QUESTIONS.iter().find(|question| question.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::{Question, TableHeader, bind};

    /// The answer's columns over a header in another case and order, with surplus columns called as much in the questions is.
    fn answer(question: &BuiltIn) -> Vec<String> {
        let header =
            ["CONTENT", "emoji", "mention", "count", "tweets", "Date", "check", "rows", "found", "id", "Username"];
        let header: Vec<String> = header.iter().map(|name| name.to_string()).collect();
        let question = Question::named(question.name, question.sql).expect("a built-in question parses");
        let header = TableHeader { table: "tweets", columns: &header, path: "tweets.csv" };
        let plan = bind(&question, &[header]).expect("a built-in question binds");
        plan.answer.into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn built_in_questions_answer_with_the_columns_they_promise() {
        let cases: [(&str, &[&str]); 5] = [
            ("tweets/quality", &["check", "rows"]),
            ("tweets/top-days", &["date", "username", "tweets"]),
            ("tweets/top-emojis", &["emoji", "count"]),
            ("tweets/top-mentions", &["username", "count"]),
            ("tweets/top-mentions-as-published", &["mention", "count"]),
        ];
        assert_eq!(
            cases.map(|(name, _)| name).as_slice(),
            all().iter().map(|question| question.name).collect::<Vec<_>>()
        );
        for (name, columns) in cases {
            assert_eq!(answer(find(name).expect("is in the table")), columns, "{name}");
        }
    }

    #[test]
    fn every_built_in_question_has_a_title_and_declares_its_table() {
        for question in all() {
            let question = Question::named(question.name, question.sql).expect("a built-in question parses");
            assert!(question.title().is_some() && question.description().is_some(), "{:?}", question.name());
            assert!(!question.tables()[0].columns.is_empty(), "{:?}", question.name());
        }
    }

    #[test]
    fn every_sql_file_of_the_folder_is_in_the_table() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("questions");
        let entries = |folder: &std::path::Path| {
            std::fs::read_dir(folder).expect("is a folder").map(|entry| entry.expect("is read").path())
        };
        let files = entries(&folder).flat_map(|system| entries(&system).collect::<Vec<_>>());
        assert_eq!(
            files.filter(|file| file.extension().is_some_and(|extension| extension == "sql")).count(),
            all().len()
        );
    }
}
