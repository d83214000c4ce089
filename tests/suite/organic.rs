//! The organic questions: by hand over a new year of 53 weeks, and on generated files.

use serde_json::Value;

use crate::tool::{Place, near};

fn answer(question: &str) -> String {
    let place = Place::with(&[("acquisitions.csv", include_str!("../data/acquisitions.csv"))]);
    place.answer(&["ask", question, "acquisitions.csv"])
}

/// Weeks 52 (21 December) to 4 (25 January, known from a row for all countries). GB has 1 of 4, 6 of 6, 0 of 2, none, 1 of 1, none. So
/// week 53: 7 of 10; week 1: 7 of 12, across the year; week 2 the same; week 3: 7 of 9, week 52 being gone; week 4: 1 of 3. FR has but one
/// user, not organic, in week 1 (`organic` is another name): nothing before it, then 0.
#[test]
fn the_share_goes_over_a_new_year_of_53_weeks() {
    let expected = "year,week,country,share_organic_p4w\n\
        2020,52,FR,\n2020,53,FR,\n2021,1,FR,0.0\n2021,2,FR,0.0\n2021,3,FR,0.0\n2021,4,FR,0.0\n\
        2020,52,GB,0.25\n2020,53,GB,0.7\n2021,1,GB,0.5833333333333334\n2021,2,GB,0.5833333333333334\n\
        2021,3,GB,0.7777777777777778\n2021,4,GB,0.3333333333333333\n";
    assert_eq!(answer("organic/share"), expected);
}

/// The Sundays 27 December to 24 January are in weeks 51, 0, 1, 2, 3 by `%W`; the data has 52, 53, 1, 3. Before 2021_00 = 202100 come the
/// numbers 202097 to 202099, which no week has: the new year begins with nothing, GB's week 1 is 0 of 2, week 3 (0 to 3) 1 of 3.
#[test]
fn the_published_share_breaks_at_the_new_year() {
    let expected = "year,week,country,share_organic_p4w\n\
        2020,51,FR,\n2021,0,FR,\n2021,1,FR,0.0\n2021,2,FR,0.0\n2021,3,FR,0.0\n\
        2020,51,GB,\n2020,52,GB,0.25\n2020,53,GB,0.7\n2021,0,GB,\n2021,1,GB,0.0\n2021,2,GB,0.0\n\
        2021,3,GB,0.3333333333333333\n";
    assert_eq!(answer("organic/share-as-published"), expected);
}

#[test]
fn answers_are_what_the_generator_counted() {
    let place = Place::with(&[]);
    for arguments in ["acquisitions --rows 60000", "acquisitions --rows 60000 --names 2 --seed 7"] {
        let truth = place.generate(arguments, "acquisitions.csv");
        for (question, key) in [("organic/share", "share"), ("organic/share-as-published", "share_as_published")] {
            let answer = place.answer(&["ask", question, "acquisitions.csv", "--format", "json"]);
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            near(&answer, &truth[key]);
        }
    }
}
