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
    "actions/average",
    "actions/per-minute",
    "actions/top-open",
    "actions/windows",
    "denver/accidents-by-area",
    "denver/areas-compared",
    "denver/areas-correlation",
    "denver/calls-by-area",
    "denver/fall-road-conditions",
    "denver/road-conditions",
    "denver/road-conditions-as-published",
    "denver/seasonality",
    "organic/share",
    "organic/share-as-published",
    "patrons/by-country",
    "patrons/post-trend",
    "patrons/posts-by-month",
    "patrons/summary",
    "patrons/support-histogram",
    "patrons/top-countries",
    "patrons/votes",
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
    use crate::questions::{Question, Table, TableHeader, bind};

    const YEARS: [&str; 7] = ["road_condition", "2014", "2015", "2016", "2017", "2018", "2019"];

    /// The answer's columns over a header in another case and order, with surplus columns called as much in the questions is.
    fn answer(question: &BuiltIn) -> Vec<String> {
        let surplus =
            ["emoji", "mention", "count", "tweets", "check", "rows", "found", "open", "close", "window_start"];
        let question = Question::named(question.name, question.sql).expect("a built-in question parses");
        let header = |table: &Table| -> Vec<String> {
            let declared = table.columns.iter().rev().map(|column| column.name.to_uppercase().replace('_', " "));
            declared.chain(surplus.map(str::to_owned)).collect()
        };
        let columns: Vec<Vec<String>> = question.tables().iter().map(header).collect();
        let tables = question.tables().iter().zip(&columns);
        let headers = tables.map(|(table, columns)| TableHeader { table: &table.name, columns, path: "a.csv" });
        let plan = bind(&question, &headers.collect::<Vec<_>>()).expect("a built-in question binds");
        plan.answer().iter().map(|column| column.name.clone()).collect()
    }

    #[test]
    fn built_in_questions_answer_with_the_columns_they_promise() {
        let cases: [(&str, &[&str]); 26] = [
            ("actions/average", &["total_avg_actions"]),
            ("actions/per-minute", &["window_start", "action", "avg_per_minute"]),
            ("actions/top-open", &["window_start", "window_end", "open", "close"]),
            ("actions/windows", &["window_start", "window_end", "close", "open", "avg_actions"]),
            ("denver/accidents-by-area", &["neighborhood", "per_year", "share"]),
            ("denver/areas-compared", &["neighborhood", "calls", "accidents_per_year", "calls_rank", "accidents_rank"]),
            ("denver/areas-correlation", &["correlation", "areas"]),
            ("denver/calls-by-area", &["neighborhood", "calls"]),
            ("denver/fall-road-conditions", &YEARS),
            ("denver/road-conditions", &YEARS),
            ("denver/road-conditions-as-published", &YEARS),
            ("denver/seasonality", &["month", "accidents_per_month", "vs_april", "std_error", "total"]),
            ("organic/share", &["year", "week", "country", "share_organic_p4w"]),
            ("organic/share-as-published", &["year", "week", "country", "share_organic_p4w"]),
            ("patrons/by-country", &["country", "users", "patrons", "support"]),
            ("patrons/post-trend", &["type", "slope", "intercept"]),
            ("patrons/posts-by-month", &["month", "type", "count"]),
            (
                "patrons/summary",
                &[
                    "users",
                    "patrons",
                    "patron_share",
                    "lifetime_support",
                    "campaign_support",
                    "followers",
                    "free_trials",
                ],
            ),
            ("patrons/support-histogram", &["bin", "support_from", "support_until", "users"]),
            (
                "patrons/top-countries",
                &["country", "users", "patrons", "support", "comments", "votes", "weight", "support_per_user"],
            ),
            ("patrons/votes", &["month", "country", "is_patron", "vote_index", "votes", "weight"]),
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
