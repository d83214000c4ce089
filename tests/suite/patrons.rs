//! The patrons questions, over exports that are flattened first: by hand, and on generated ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::tool::{Place, near};

const USERS: &str = "id_oid,country,patreon_status,patreon_lifetime_support_cents,patreon_campaign_support_cents,patreon_is_follower,patreon_is_free_trial\n\
    a,DE,active_patron,1000,500,true,false\nb,DE,,0,0,false,true\nc,FR,former_patron,150,,true,\nd,,active_patron,50,50,,\n";
const POSTS: &str = "type,created_at_date\nart,2021-01-31T23:59:59Z\nart,2021-02-01T00:00:00Z\nart,2021-02-28\nart,2021-03-01\npoll,2021-02-01\nart,\n";
const COMMENTS: &str = "user_id_oid,created_at_date\na,2021-01-01\na,2021-01-02\nc,2021-03-01\nz,\n";
const VOTES: &str = "user_id_oid,created_at_date,votes_index,votes_weight\na,2021-01-01,0,2\na,2021-01-31,0,3\nb,2021-01-31,0,1\nz,,1,4\n";

#[track_caller]
fn check(question: &str, inputs: &[&str], expected: &str) {
    let place = Place::with(&[("users", USERS), ("posts", POSTS), ("comments", COMMENTS), ("votes", VOTES)]);
    let inputs: Vec<String> = inputs.iter().map(|input| format!("{input}={input}")).collect();
    let words: Vec<&str> = inputs.iter().map(String::as_str).collect();
    assert_eq!(place.answer(&[&["ask", &format!("patrons/{question}")], &words[..]].concat()), expected, "{question}");
}

/// Two of four are patrons; 1000 + 0 + 150 + 50 cents are 12 units, 500 + 0 + 50 are 5.5.
#[test]
fn users_are_summed_up() {
    let header = "users,patrons,patron_share,lifetime_support,campaign_support,followers,free_trials\n";
    check("summary", &["users"], &format!("{header}4,2,50.0,12.0,5.5,2,1\n"));
    check("by-country", &["users"], "country,users,patrons,support\nDE,2,1,10.0\nFR,1,0,1.5\n,1,1,0.5\n");
}

/// Art has 1, 2 and 1 posts in its three months: the line through (0, 1), (1, 2), (2, 1) is level at 4/3. Comments have 2 and 1, in
/// January and March, which are their months 0 and 1: 2 − x. One month makes no line.
#[test]
fn posts_have_months_and_a_trend() {
    let expected = "month,type,count\n2021-01-01,art,1\n2021-01-01,comments,2\n2021-02-01,art,2\n2021-02-01,poll,1\n\
        2021-03-01,art,1\n2021-03-01,comments,1\n";
    check("posts-by-month", &["posts", "comments"], expected);
    let expected = "type,slope,intercept\nart,0.0,1.3333333333333333\ncomments,-1.0,2.0\npoll,,\n";
    check("post-trend", &["posts", "comments"], expected);
}

/// a is a patron of DE with 2 votes of weight 5 in January, b none with one; z is nobody, without a date.
#[test]
fn votes_are_told_by_who_gave_them() {
    let expected = "month,country,is_patron,vote_index,votes,weight\n\
        2021-01-01,DE,false,0,1,1\n2021-01-01,DE,true,0,2,5\n,,false,1,1,4\n";
    check("votes", &["votes", "users"], expected);
}

/// Three countries, so none is among the others.
#[test]
fn countries_come_by_support() {
    let expected = "country,users,patrons,support,comments,votes,weight,support_per_user\n\
        DE,2,1,10.0,2,3,6,5.0\nFR,1,0,1.5,1,0,0,1.5\n,1,1,0.5,0,0,0,0.5\n";
    check("top-countries", &["users", "comments", "votes"], expected);
}

/// From 50 to 1000 cents: bins of 19. 50 is in the first, 150 in the sixth (50 + 5 · 19 = 145), 1000 in the last.
#[test]
fn support_is_laid_in_fifty_bins() {
    let place = Place::with(&[("users", USERS)]);
    let answer = place.answer(&["ask", "patrons/support-histogram", "users"]);
    let rows: Vec<&str> = answer.lines().collect();
    assert_eq!((rows.len(), rows[0]), (51, "bin,support_from,support_until,users"));
    for (bin, expected) in [(1, "1,0.5,0.69,1"), (2, "2,0.69,0.88,0"), (6, "6,1.45,1.64,1"), (50, "50,9.81,10.0,1")] {
        assert_eq!(rows[bin], expected);
    }
}

/// Exports of so many users, and their tables: `votes` a row a vote, the others a row a document.
fn flattened(place: &Place, users: &str) {
    let words = ["data-gen", "patrons", "--users", users, "--output"];
    data_gen::run(words.map(Into::into).into_iter().chain([place.path("").into_os_string()])).expect("room");
    for name in ["users", "posts", "comments"] {
        place.write(name, place.answer(&["flatten", &format!("{name}.json")]).as_bytes());
    }
    place.write("votes", place.answer(&["flatten", "votes.json", "--explode", "votes"]).as_bytes());
}

/// What the published system checks of its tables, summed over the documents of its exports.
#[test]
fn tables_have_the_rows_ids_and_sums_of_their_exports() {
    let place = Place::with(&[]);
    flattened(&place, "3000");
    let documents = |name: &str| -> Vec<Value> {
        serde_json::from_str(&place.read(&format!("{name}.json"))).expect("an array of documents")
    };
    let number = |value: &Value| value.as_u64().expect("a number");
    let ids = |documents: &[Value]| {
        documents.iter().map(|document| document["_id"]["$oid"].as_str().expect("an id")).collect::<BTreeSet<_>>().len()
    };
    let users = documents("users");
    let support: u64 = users.iter().map(|user| number(&user["patreon"]["lifetime_support_cents"])).sum();
    let code_points = |documents: &[Value]| -> usize {
        documents.iter().map(|document| document["body"].as_str().expect("a text").chars().count()).sum()
    };
    let (posts, comments, ballots) = (documents("posts"), documents("comments"), documents("votes"));
    let votes: Vec<&Value> = ballots.iter().flat_map(|ballot| ballot["votes"].as_array().expect("an array")).collect();
    let weight: u64 = votes.iter().map(|vote| number(&vote["weight"])).sum();
    let index: u64 = votes.iter().map(|vote| number(&vote["index"])).sum();
    let voting =
        ballots.iter().filter(|ballot| ballot["votes"] != Value::Array(Vec::new())).cloned().collect::<Vec<_>>();
    assert!(voting.len() < ballots.len() && ids(&users) < users.len(), "empty ballots and older snapshots are there");
    for (name, columns, expected) in [
        ("users", "sum(patreon_lifetime_support_cents)", format!("{},{},{support}", users.len(), ids(&users))),
        ("posts", "sum(length(body))", format!("{},{},{}", posts.len(), ids(&posts), code_points(&posts))),
        ("comments", "sum(length(body))", format!("{},{},{}", comments.len(), ids(&comments), code_points(&comments))),
        (
            "votes",
            "sum(votes_weight) AS weight, sum(votes_index)",
            format!("{},{},{weight},{index}", votes.len(), ids(&voting)),
        ),
    ] {
        let sql = format!("SELECT count(*) AS n, count(DISTINCT id_oid) AS ids, {columns} AS total FROM t");
        let answer = place.answer(&["sql", &sql, name]);
        assert_eq!(answer.lines().nth(1), Some(expected.as_str()), "{name}");
    }
}

#[test]
fn answers_are_what_the_generator_counted() {
    let place = Place::with(&[]);
    flattened(&place, "2000");
    let truth: Value = serde_json::from_str(&place.read("truth.json")).expect("JSON");
    place.write("users", newest(&place.read("users")).as_bytes());
    for (question, key, inputs) in [
        ("by-country", "by_country", &["users"][..]),
        ("posts-by-month", "posts_by_month", &["posts", "comments"]),
        ("votes", "votes_by_month", &["votes", "users"]),
        ("top-countries", "top_countries", &["users", "comments", "votes"]),
    ] {
        let inputs: Vec<String> = inputs.iter().map(|input| format!("{input}={input}")).collect();
        let question = format!("patrons/{question}");
        let mut words = vec!["ask", &question, "--format", "json"];
        words.extend(inputs.iter().map(String::as_str));
        near(&serde_json::from_str(&place.answer(&words)).expect("JSON"), &truth[key]);
    }
    let summary = place.answer(&["ask", "patrons/summary", "users", "--format", "json"]);
    near(&serde_json::from_str::<Value>(&summary).expect("JSON")[0], &truth["summary"]);
}

/// The newest row of each user, by when it was updated or else created; of two as new the later.
fn newest(csv: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().expect("a header").clone();
    let at = |name: &str| names.iter().position(|column| column == name).expect("a column");
    let (id, dates) = (at("id_oid"), [at("updated_at_date"), at("created_at_date")]);
    // Fractions of a second are written without zeros at their end, so digits are compared behind the whole second.
    let age = |row: &csv::StringRecord| {
        let date = dates.iter().map(|&date| &row[date]).find(|date| !date.is_empty()).unwrap_or("");
        date.trim_end_matches('Z').to_owned()
    };
    let mut newest: BTreeMap<String, csv::StringRecord> = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("a row");
        if newest.get(&row[id]).is_none_or(|old| age(&row) >= age(old)) {
            newest.insert(row[id].to_owned(), row);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&names).expect("memory");
    newest.values().for_each(|row| writer.write_record(row).expect("memory"));
    String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8")
}
