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
