//! The bytes of an answer do not depend on how it was made: threads, chunks, budget, reader, pipe, instructions.
//!
//! Asked of the tool, since a budget is a whole process's. The reference is one thread with a large budget; small budgets spill.

use std::fmt::Write;

use crate::tool::{Place, ended};

/// Rows that do not fit a small budget's tables: 30,000 users, quotes and line ends in the text, every kind of number.
fn rows() -> String {
    let mut csv = String::from("id,username,content,date,n\n");
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for id in 0..60_000u64 {
        let user = next(30_000);
        let (day, n) = (1 + next(28), next(100_000));
        let content = match next(6) {
            0 => String::new(),
            1 => format!("\"line\nand \"\"quote\"\", {id}\""),
            2 => format!("@user{} {}", next(300), ["🙏", "❤️", "🤦🏽‍♂️", "🇮🇳🇮🇳"][usize::try_from(next(4)).expect("small")]),
            3 => "\"1,x,y\n2,x,y\n\"".to_owned(),
            _ => format!("text {}", next(1000)),
        };
        let n = match next(5) {
            0 => String::new(),
            1 => format!("{}.{:02}", n, id % 100),
            2 => format!("-{n}"),
            _ => n.to_string(),
        };
        writeln!(csv, "{id},user{user},{content},2021-02-{day:02},{n}").expect("memory");
    }
    csv
}

const QUESTIONS: [&str; 16] = [
    "SELECT username, count(*), sum(n), min(n), max(n), avg(n), mode(date) FROM t GROUP BY username ORDER BY 3 DESC LIMIT 100",
    "SELECT username, count(DISTINCT content) AS contents, max(content) AS last FROM t GROUP BY username",
    "SELECT date, mode(username) AS username, count(content) AS tweets FROM t GROUP BY date",
    "SELECT n, date, username, count(*) FROM t GROUP BY n, date, username",
    "SELECT n * 2 AS twice, username, max(content) FROM t GROUP BY 1, 2 LIMIT 20000 OFFSET 50",
    "SELECT found AS emoji, count(*) FROM t, UNNEST(emojis(content)) AS e(found) GROUP BY found",
    "SELECT DISTINCT content FROM t ORDER BY content DESC NULLS FIRST",
    "SELECT id, content FROM t WHERE n > 50000",
    "SELECT id, n FROM t ORDER BY n DESC, id LIMIT 50 OFFSET 15000",
    "SELECT id FROM t WHERE content LIKE '%quote%' LIMIT 77 OFFSET 1000",
    "SELECT count(*), count(DISTINCT username), sum(n), avg(n), mode(username) FROM t",
    "SELECT date, median(n), quantile_cont(n, 0.9), corr(n, id), stddev(n), sum(DISTINCT n), histogram(length(content)) FROM t GROUP BY date",
    "SELECT username, first(content), last(id), arg_max(content, n), string_agg(content, '|' ORDER BY n DESC), regr_slope(n, id) FROM t GROUP BY username",
    "SELECT date, string_agg(found, '') AS emojis, first(found), last(found ORDER BY n) FROM t, UNNEST(emojis(content)) AS e(found) GROUP BY date",
    "SELECT date, approx_count_distinct(username), approx_quantile(n, 0.5), approx_quantile_high(n, 0.9), top_k(content, 3) FROM t GROUP BY date",
    "SELECT median(n), median(DISTINCT n), first(username), arg_min(id, n), regr_intercept(n, id), bool_or(n > 99998) FROM t",
];

/// The smallest budget that a question takes on so many threads, by what the refusal names.
fn least_memory(place: &Place, question: &str, threads: &str) -> String {
    let refused = place.run(&["sql", question, "t.csv", "--memory", "1M", "--threads", threads]);
    assert_eq!(refused.code, 4, "{refused:?}");
    let would_do = refused.stderr.trim_end().strip_suffix(" would do").and_then(|text| text.rsplit(' ').next());
    would_do.expect("the refusal ends with what would do").to_owned()
}

#[test]
fn an_answer_is_the_same_bytes_however_it_is_made() {
    let csv = rows();
    let place = Place::with(&[("t.csv", &csv)]);
    for question in QUESTIONS {
        let reference = place.answer(&["sql", question, "t.csv", "--threads", "1", "--memory", "1G"]);
        assert!(reference.lines().count() > 1, "{question} has an answer");
        let check = |words: &[&str]| {
            let mut all = vec!["sql", question];
            all.extend(words);
            let ended = if words.contains(&"-") { place.run_with(&all, csv.as_bytes()) } else { place.run(&all) };
            assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{all:?}");
            assert!(ended.stdout == reference.as_bytes(), "{all:?} answers otherwise");
        };
        for threads in ["1", "2", "3", "8"] {
            let least = least_memory(&place, question, threads);
            for memory in [&least, "64M", "1G"] {
                check(&["t.csv", "--threads", threads, "--memory", memory, "--io", "read"]);
            }
            check(&["t.csv", "--threads", threads, "--memory", &least, "--io", "map"]);
            check(&["-", "--threads", threads, "--memory", &least]);
        }
        for chunk in ["100", "3001", "65536"] {
            check(&["t.csv", "--threads", "3", "--memory", "1G", "--chunk", chunk]);
        }
    }
}

#[test]
fn instructions_change_no_answer() {
    let place = Place::with(&[("t.csv", &rows())]);
    for question in QUESTIONS {
        let words = ["sql", question, "t.csv"];
        let reference = place.answer(&words);
        for simd in ["portable", "avx2", "avx512"] {
            let forced = ended(place.tool().args(words).env("ROWFOLD_SIMD", simd), b"");
            // A machine that lacks it says so; what it has answers alike.
            let lacks = forced.code == 2 && simd != "portable";
            assert!(lacks || forced.stdout == reference.as_bytes(), "{simd}, {question}: {}", forced.stderr);
        }
    }
}

#[test]
fn what_is_read_where_it_lies_is_what_its_value_says() {
    let place = Place::with(&[("t.csv", &rows())]);
    for question in QUESTIONS {
        // A text that may be NULL keeps every field from the ways that read no values.
        let plain = place.answer(&["sql", question, "t.csv", "--null-value", "no field says so"]);
        assert!(place.answer(&["sql", question, "t.csv"]) == plain, "{question}");
    }
}
