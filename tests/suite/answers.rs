//! Answers equal those of the slow program, however they are asked: threads, chunks, budget, reader.
//!
//! Budgets here are large, since what counts is the whole test process; small ones are asked of the tool ([`determinism`]).
//!
//! [`determinism`]: super::determinism

use std::cmp::Reverse;

use proptest::prelude::*;
use rowfold::questions::Question;
use rowfold::readers::{Io, Ragged, Settings};

use crate::ask::{Way, ask, sql};
use crate::oracle::{Table, count, count_distinct, csv, integers, mode, or_empty};

/// Random rows of `id,username,content,date,n`, with quotes, line ends and delimiters in the text.
fn tables() -> impl Strategy<Value = Vec<u8>> {
    let username = prop_oneof![4 => "[a-c]{0,2}", 1 => "[a-z]{0,30}", 1 => Just("x,\"y\"\nz".to_owned())];
    let content = prop::collection::vec(
        prop::sample::select(vec![
            "a",
            " ",
            ",",
            "\"",
            "\n",
            "\r\n",
            "@bob",
            "@al",
            "me@x.org",
            "❤️",
            "❤",
            "🇮🇳🇮🇳",
            "1️⃣",
            "🤦‍♂️",
            "नमस्ते",
            "1,2\n3,4\n",
        ]),
        0..6,
    )
    .prop_map(|pieces| pieces.concat());
    let date = prop_oneof![1 => Just(String::new()), 6 => "2021-0[1-2]-0[1-9]"];
    let n = prop_oneof![1 => Just(String::new()), 6 => (-50i64..50).prop_map(|n| n.to_string())];
    prop::collection::vec(("[0-9]{0,2}", username, content, date, n), 0..120).prop_map(|rows| {
        let rows = rows.into_iter().map(|(id, username, content, date, n)| vec![id, username, content, date, n]);
        csv(&["id", "username", "content", "date", "n"], rows).into_bytes()
    })
}

/// Bytes of `content,n` that nobody wrote as CSV: quotes anywhere, lines of any number of fields.
fn scrawls() -> impl Strategy<Value = Vec<u8>> {
    let pieces = ["\"", "\"", "\"\"", ",", "\n", "\r\n", "\r", "@a", "@b_1", "@", "c", "❤️", "1️⃣", "é©", "न"];
    let piece = prop_oneof![30 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => " @x{60,200}y"];
    prop::collection::vec(piece, 0..300).prop_map(|pieces| format!("content,n\n{}", pieces.concat()).into_bytes())
}

fn ways() -> impl Strategy<Value = Way> {
    (
        prop::sample::select(vec![1usize, 2, 3, 8]),
        prop_oneof![1 => Just(None), 2 => (1usize..300).prop_map(Some)],
        prop::sample::select(vec![2_000_000_000u64, 16_000_000_000]),
        prop::sample::select(vec![Io::Map, Io::Read]),
    )
        .prop_map(|(threads, chunk, memory, io)| Way::new(threads, chunk, memory, io))
}

fn check(question: &Question, csv: &[u8], way: &Way, expected: &str) {
    let answer = ask(question, csv, way).expect("answers");
    assert_eq!(answer, expected, "{way:?}\n{}", String::from_utf8_lossy(csv));
}

/// The answer, or what is told of the record that has none.
fn told(sql: &str, csv: &[u8], way: &Way) -> Result<String, String> {
    let nameless = |error: String| error.split_once(": ").map_or(error.clone(), |(_, what)| what.to_owned());
    ask(&inline(sql), csv, way).map_err(|error| nameless(error.to_string()))
}

fn built_in(name: &str) -> Question {
    Question::built_in(name).expect("is built in")
}

fn inline(sql: &str) -> Question {
    Question::inline(sql).expect("parses")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn top_days_is_what_the_slow_program_says(data in tables(), way in ways()) {
        let table = Table::read(&data);
        let mut days: Vec<_> = table.groups(|row| row.get("date")).into_iter().filter_map(|(date, rows)| {
            let rows: Vec<_> = rows.into_iter().filter(|row| row.get("content").is_some()).collect();
            Some((date?, or_empty(mode(&rows, "username")), rows.len())).filter(|day| day.2 > 0)
        }).collect();
        days.sort_by_key(|&(date, _, n)| (Reverse(n), date));
        let rows = days.into_iter().take(10).map(|(date, username, n)| vec![date.to_owned(), username, n.to_string()]);
        check(&built_in("tweets/top-days"), &data, &way, &csv(&["date", "username", "tweets"], rows));
    }

    #[test]
    fn top_mentions_is_what_the_slow_program_says(data in tables(), way in ways()) {
        let table = Table::read(&data);
        let mut counts = std::collections::BTreeMap::new();
        for row in table.rows() {
            for piece in row.get("content").unwrap_or("").split('@').skip(1) {
                let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                if !name.is_empty() {
                    *counts.entry(name).or_insert(0) += 1;
                }
            }
        }
        let mut counts: Vec<(String, i32)> = counts.into_iter().collect();
        counts.sort_by_key(|(name, n)| (Reverse(*n), name.clone()));
        let rows = counts.into_iter().take(10).map(|(name, n)| vec![name, n.to_string()]);
        check(&built_in("tweets/top-mentions"), &data, &way, &csv(&["username", "count"], rows));
    }

    #[test]
    fn elements_are_the_same_whether_fields_are_marked_or_read(data in scrawls(), way in ways(), ragged in prop::sample::select(vec![Ragged::Pad, Ragged::Skip])) {
        let way = Way { readers: Settings { ragged, ..way.readers.clone() }, ..way };
        for function in ["mentions", "emojis"] {
            let sql = format!("SELECT x, count(*) FROM t, UNNEST({function}(content)) AS u(x) GROUP BY x");
            // A column that `WHERE` reads is read as a whole.
            let plain = sql.replace(" GROUP", " WHERE length(content) > 0 GROUP");
            assert_eq!(told(&sql, &data, &way), told(&plain, &data, &way), "{way:?}\n{}", data.escape_ascii());
        }
    }

    #[test]
    fn a_field_says_nothing_whether_it_is_read_or_not(data in scrawls(), way in ways(), ragged in prop::sample::select(vec![Ragged::Pad, Ragged::Skip])) {
        let way = Way { readers: Settings { ragged, ..way.readers.clone() }, ..way };
        let told = |sql: &str| told(sql, &data, &way).map(|answer| answer.lines().skip(1).collect::<String>());
        let tested = told("SELECT count(*) FILTER (WHERE content IS NULL), count(*) FILTER (WHERE n IS NOT NULL) FROM t");
        let read = told("SELECT count(*) FILTER (WHERE coalesce(content, '') = ''), count(n) FROM t");
        assert_eq!(tested, read, "{way:?}\n{}", data.escape_ascii());
    }

    #[test]
    fn a_condition_that_begins_with_tests_of_fields_leaves_what_it_leaves_as_a_value(data in scrawls(), way in ways(), ragged in prop::sample::select(vec![Ragged::Pad, Ragged::Skip])) {
        let way = Way { readers: Settings { ragged, ..way.readers.clone() }, ..way };
        for tests in [&["content IS NULL"][..], &["content IS NOT NULL", "n IS NULL"], &["n IS NOT NULL", "content IS NOT NULL"], &["content IS NULL", "content IS NOT NULL"],
            &["content >= '@b'"], &["n IS NOT NULL", "content < 'c'", "'@a' <> content"], &["content = '@a'", "n IS NULL"], &["'@a@b_1@a@b_1@a@b_1@a@b_1' <= n"]] {
            for rest in ["", " AND length(content) > 3", " AND n < 5"] {
                for selected in ["count(*), count(n)", "count(*), count(content), max(content)"] {
                    let sql = |tests: Vec<String>| format!("SELECT {selected} FROM t WHERE {}{rest}", tests.join(" AND "));
                    let tested = sql(tests.iter().map(|test| (*test).to_owned()).collect());
                    let as_value = sql(tests.iter().map(|test| format!("({test}) = true")).collect());
                    assert_eq!(told(&tested, &data, &way), told(&as_value, &data, &way), "{tested} {way:?}\n{}", data.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn quality_is_what_the_slow_program_says(data in tables(), way in ways()) {
        let table = Table::read(&data);
        let rows: Vec<_> = table.rows().collect();
        let nulls = |column| rows.len() - count(&rows, column);
        let checks = [
            ("duplicate_ids", count(&rows, "id") - count_distinct(&rows, "id")),
            ("null_id", nulls("id")), ("null_username", nulls("username")), ("null_content", nulls("content")), ("null_date", nulls("date")),
        ];
        let expected = csv(&["check", "rows"], checks.map(|(check, n)| vec![check.to_owned(), n.to_string()]));
        check(&built_in("tweets/quality"), &data, &way, &expected);
    }

    #[test]
    fn every_aggregate_by_two_keys_is_what_the_slow_program_says(data in tables(), way in ways()) {
        let question = inline(
            "SELECT username, date, count(*) AS rows, count(n) AS ns, sum(n) AS total, min(n) AS low, max(n) AS high, \
             mode(id) AS often, count(DISTINCT n) AS kinds, count(*) FILTER (WHERE n > 0) AS positive \
             FROM t GROUP BY username, date",
        );
        let table = Table::read(&data);
        // NULL comes last: a key is (is NULL, text). None of the usernames is a number, none of the ids text.
        let key = |column: &'static str| move |row: &crate::oracle::Row<'_>| {
            let field = row.get(column).map(str::to_owned);
            (field.is_none(), field)
        };
        let rows = table.groups(|row| (key("username")(row), key("date")(row))).into_iter().map(|(((_, username), (_, date)), rows)| {
            let numbers = integers(&rows, "n");
            let total = (!numbers.is_empty()).then(|| numbers.iter().sum::<i64>());
            let often = {
                let mut ids: Vec<&str> = rows.iter().filter_map(|row| row.get("id")).collect();
                // Numbers first, by value; with a superfluous zero it is text, after all numbers.
                ids.sort_by_key(|id| { let text = id.len() > 1 && id.starts_with('0'); (text, if text { 0 } else { id.parse::<i64>().expect("digits") }, id.to_string()) });
                let mut best: Option<(&str, usize)> = None;
                for run in ids.chunk_by(|a, b| a == b) {
                    if best.is_none_or(|(_, most)| run.len() > most) { best = Some((run[0], run.len())); }
                }
                or_empty(best.map(|(id, _)| id))
            };
            let positive = numbers.iter().filter(|&&n| n > 0).count();
            vec![
                or_empty(username), or_empty(date), rows.len().to_string(), numbers.len().to_string(), or_empty(total),
                or_empty(numbers.iter().min()), or_empty(numbers.iter().max()), often, count_distinct(&rows, "n").to_string(), positive.to_string(),
            ]
        });
        let header = ["username", "date", "rows", "ns", "total", "low", "high", "often", "kinds", "positive"];
        check(&question, &data, &way, &csv(&header, rows));
    }

    #[test]
    fn rows_leave_in_input_order_and_the_limit_cuts_there(data in tables(), way in ways(), limit in 0usize..60, offset in 0usize..60) {
        let table = Table::read(&data);
        let wanted = |row: &crate::oracle::Row<'_>| row.get("n").is_some_and(|n| n.parse::<i64>().expect("an integer") > -20);
        let row = |row: crate::oracle::Row<'_>| vec![or_empty(row.get("username")), or_empty(row.get("content"))];
        let all: Vec<_> = table.rows().filter(wanted).map(row).collect();
        let header = ["username", "content"];
        check(&inline("SELECT username, content FROM t WHERE n > -20"), &data, &way, &csv(&header, all.clone()));
        let cut = inline(&format!("SELECT username, content FROM t WHERE n > -20 LIMIT {limit} OFFSET {offset}"));
        check(&cut, &data, &way, &csv(&header, all.into_iter().skip(offset).take(limit)));
    }

    #[test]
    fn ordered_rows_are_sorted_rows(data in tables(), way in ways(), limit in 0usize..60, offset in 0usize..60) {
        let table = Table::read(&data);
        let mut all: Vec<_> = table.rows().map(|row| (row.get("n").map(|n| n.parse::<i64>().expect("an integer")), or_empty(row.get("date")))).collect();
        // Descending, NULLs last; then the date ascending, NULLs last.
        all.sort_by_key(|(n, date)| (n.is_none(), n.map(Reverse), date.is_empty(), date.clone()));
        let all: Vec<_> = all.into_iter().map(|(n, date)| vec![or_empty(n), date]).collect();
        check(&inline("SELECT n, date FROM t ORDER BY n DESC"), &data, &way, &csv(&["n", "date"], all.clone()));
        let cut = inline(&format!("SELECT n, date FROM t ORDER BY n DESC LIMIT {limit} OFFSET {offset}"));
        check(&cut, &data, &way, &csv(&["n", "date"], all.into_iter().skip(offset).take(limit)));
    }
}

#[test]
fn a_header_alone_is_an_empty_answer_and_a_global_aggregate_has_its_row() {
    assert_eq!(sql("SELECT a, count(*) FROM t GROUP BY a", "a,b\n").expect("answers"), "a,count(*)\n");
    assert_eq!(
        sql("SELECT count(*), sum(b), mode(a), count(DISTINCT a) FROM t", "a,b\n").expect("answers"),
        "count(*),sum(b),mode(a),count(distinct a)\n0,,,0\n"
    );
    assert_eq!(sql("SELECT a FROM t", "a,b\n").expect("answers"), "a\n");
}
