//! The denver questions: by hand, and on generated files in the encodings that such files come in.

use serde_json::Value;

use crate::tool::{Place, near};

fn answer(question: &str) -> String {
    let place = Place::with(&[
        ("accidents.csv", include_str!("../data/accidents.csv")),
        ("calls.csv", include_str!("../data/calls.csv")),
    ]);
    let files: &[&str] = match question {
        "areas-compared" | "areas-correlation" => &["accidents=accidents.csv", "calls=calls.csv"],
        "calls-by-area" => &["calls.csv"],
        _ => &["accidents.csv"],
    };
    place.answer(&[&["ask", &format!("denver/{question}")], files].concat())
}

/// January has 3 accidents in 2014 and 1 in 2015, April 1 and 1, all others none; rows before 2014, from 2020 on and without a date are
/// not there. Means over the two years: 2, 1, 0. Residuals: (3 − 2)² + (1 − 2)² = 2, with 24 − 12 degrees of freedom, so the error of a
/// difference is √(2 / 12 · 2 / 2) = √(1/6).
#[test]
fn months_are_compared_with_april() {
    let error = "0.408248290463863";
    let row = |month: usize| match month {
        1 => format!("1,2.0,1.0,{error},4\n"),
        4 => format!("4,1.0,0.0,{error},2\n"),
        _ => format!("{month},0.0,-1.0,{error},0\n"),
    };
    let expected: String = (1..=12).map(row).collect();
    assert_eq!(answer("seasonality"), format!("month,accidents_per_month,vs_april,std_error,total\n{expected}"));
}

/// 2014 has two DRY and one WET; the fourth says two blanks. 2015 has one DRY; the other says one blank. The other years have none.
#[test]
fn conditions_of_blanks_have_no_share_but_as_published_those_of_two() {
    let header = "road_condition,2014,2015,2016,2017,2018,2019\n";
    assert_eq!(answer("road-conditions"), format!("{header}DRY,66.7,100.0,,,,\nWET,33.3,0.0,,,,\n"));
    let published = format!("{header}  ,25.0,0.0,,,,\nDRY,50.0,100.0,,,,\nWET,25.0,0.0,,,,\n");
    assert_eq!(answer("road-conditions-as-published"), published);
}

/// The one September is of 2012.
#[test]
fn fall_is_september_and_october() {
    let header = "road_condition,2014,2015,2016,2017,2018,2019\n";
    assert_eq!(answer("fall-road-conditions"), header);
    let rows = "2014-08-31 23:59:59,WET\n2014-09-01 00:00:00,DRY\n2014-10-31 23:59:59,ICY\n2014-11-01 00:00:00,WET\n";
    let place = Place::with(&[("a.csv", &format!("first_occurrence_date,road_condition\n{rows}"))]);
    let expected = format!("{header}DRY,50.0,,,,,\nICY,50.0,,,,,\n");
    assert_eq!(place.answer(&["ask", "denver/fall-road-conditions", "a.csv"]), expected);
}

#[test]
fn calls_are_counted_by_the_name_as_it_stands() {
    let expected =
        "neighborhood,calls\nFive Points,2\nGateway / Green Valley Ranch,2\nAurora,1\nBaker,1\nFIVE POINTS,1\n,1\n";
    assert_eq!(answer("calls-by-area"), expected);
}

/// Baker: 2 in 2014, 1 in 2013, 1 in 2020, so 4 in three years. Five Points: 2 in 2014 and 1 in 2015. Gateway and the one without a
/// neighbourhood: 1 in one year. Skyland's accident has no date. The means are 4/3, 3/2, 1 and 1, their sum 29/6.
#[test]
fn accidents_a_year_are_over_the_years_that_an_area_has() {
    let share = |mean: f64| 100.0 * mean / (4.0 / 3.0 + 1.5 + 2.0);
    let expected = serde_json::json!([
        { "neighborhood": "five-points", "per_year": 1.5, "share": share(1.5) },
        { "neighborhood": "baker", "per_year": 4.0 / 3.0, "share": share(4.0 / 3.0) },
        { "neighborhood": "gateway-green-valley-ranch", "per_year": 1.0, "share": share(1.0) },
        { "neighborhood": null, "per_year": 1.0, "share": share(1.0) },
    ]);
    let place = Place::with(&[("accidents.csv", include_str!("../data/accidents.csv"))]);
    let answer = place.answer(&["ask", "denver/accidents-by-area", "accidents.csv", "--format", "json"]);
    near(&serde_json::from_str(&answer).expect("JSON"), &expected);
}

/// Both files know Five Points (3 calls, one in capitals; 1.5 accidents a year), Gateway (2; 1) and Baker (1; 4/3); Aurora and Skyland
/// are in one only. Calls rank 1, 2, 3; accidents 1, 3, 2.
#[test]
fn areas_are_compared_by_their_names_without_case_and_signs() {
    let expected = "neighborhood,calls,accidents_per_year,calls_rank,accidents_rank\n\
        five-points,3,1.5,1,1\ngateway-green-valley-ranch,2,1.0,2,3\nbaker,1,1.3333333333333333,3,2\n";
    assert_eq!(answer("areas-compared"), expected);
}

/// Calls 3, 2, 1 about their mean: 1, 0, −1. Accidents 3/2, 1, 4/3 about 23/18: 4/18, −5/18, 1/18. Products: 3/18. Squares: 2 and
/// 42/324. So the correlation is (1/6) / √(2 · 42/324) = 0.3273…
#[test]
fn areas_correlate_as_pearson_says() {
    let answer = answer("areas-correlation");
    let (header, row) = answer.split_once('\n').expect("two lines");
    let (correlation, areas) = row.trim().split_once(',').expect("two fields");
    assert_eq!((header, areas), ("correlation,areas", "3"));
    let expected = (1.0 / 6.0) / (2.0_f64 * 42.0 / 324.0).sqrt();
    assert!((correlation.parse::<f64>().expect("a number") - expected).abs() < 1e-12, "{correlation}");
}

#[test]
fn answers_are_what_the_generator_counted() {
    let place = Place::with(&[]);
    let ask = |question: &str, options: &[&str]| -> Value {
        let question = format!("denver/{question}");
        let words = [&["ask", &question, "file.csv", "--format", "json"], options].concat();
        serde_json::from_str(&place.answer(&words)).expect("JSON")
    };
    let truth = place.generate("accidents --rows 40000 --encoding utf-8-bom", "file.csv");
    for (question, key) in [
        ("seasonality", "seasonality"),
        ("road-conditions", "road_conditions"),
        ("road-conditions-as-published", "road_conditions_as_published"),
        ("fall-road-conditions", "fall_road_conditions"),
        ("accidents-by-area", "accidents_by_area"),
    ] {
        near(&ask(question, &["--threads", "3"]), &truth[key]);
    }
    let truth = place.generate("calls --rows 20000 --encoding utf-8", "file.csv");
    near(&ask("calls-by-area", &[]), &truth["calls_by_area"]);
}
