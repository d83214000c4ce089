//! The budget is the process's: peak resident memory stays within `--memory`, and what is allocated does not grow with the input.
//!
//! Alone in its process, because dhat counts every allocation of it. `make test` holds it on 10 MB; `make memory` on 1 GB too
//! (`ROWFOLD_MEMORY_TEST_BYTES`).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rowfold::error::Result;
use rowfold::output::{Csv, Destination, Streamed};
use rowfold::pass::{self, Asked, Progress};
use rowfold::questions::{Question, TableHeader, bind};
use rowfold::readers::{self, Input};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// One test at a time: dhat's figures are the process's.
static ALONE: Mutex<()> = Mutex::new(());

const QUESTIONS: [&str; 3] = ["tweets/top-days", "tweets/top-emojis", "tweets/top-mentions"];

/// How many different keys a file has.
#[derive(Clone, Copy, Debug)]
enum Groups {
    Some(u64),
    AllUnique,
}

/// A file of tweets of about `bytes`; user names and mentions have so many values.
fn tweets(directory: &Path, groups: Groups, bytes: u64) -> PathBuf {
    let path = directory.join("tweets.csv");
    let mut file = BufWriter::new(File::create(&path).expect("a place to write"));
    writeln!(file, "id,username,content,date").expect("room");
    let mut written = 0;
    let mut row = 0_u64;
    while written < bytes {
        let user = match groups {
            Groups::Some(n) => row.wrapping_mul(0x9e37_79b9_7f4a_7c15) % n, // no two neighbours alike
            Groups::AllUnique => row,
        };
        let day = user % 28 + 1;
        let line = format!("{row},user{user},\"hi @user{user}, 🚜\n🌾\",2021-02-{day:02}\n");
        file.write_all(line.as_bytes()).expect("room");
        written += line.len() as u64;
        row += 1;
    }
    file.into_inner().expect("room");
    path
}

fn large_bytes() -> u64 {
    std::env::var("ROWFOLD_MEMORY_TEST_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(10_000_000)
}

#[test]
fn pages_are_small_whatever_the_system_prefers() {
    let huge = |pid: &str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process that runs");
        status.lines().find_map(|line| line.strip_prefix("THP_enabled:")).map(|value| value.trim() == "1")
    };
    if huge("self").is_none() {
        return tell("skipped: this system does not tell");
    }
    let mut tool = Command::new(env!("CARGO_BIN_EXE_rowfold"));
    let tool = tool.args(["sql", "SELECT count(*) FROM t", "-"]).stdin(Stdio::piped()).stderr(Stdio::null());
    let mut tool = tool.spawn().expect("the tool starts");
    let begun = Instant::now();
    while huge(&tool.id().to_string()) != Some(false) {
        assert!(begun.elapsed() < Duration::from_secs(20), "huge pages are on");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(tool.stdin.take());
    tool.wait().expect("it ends");
}

/// Peak resident bytes of the tool itself (its own `VmHWM`), as `--stats` tells them.
fn peak_of_process(words: &[&str], path: &Path, memory: &str, threads: &str) -> u64 {
    let output = Command::new(env!("CARGO_BIN_EXE_rowfold"))
        .args(words)
        .arg(path)
        .args(["--memory", memory, "--threads", threads, "--stats=json", "--output", "/dev/null"])
        .output()
        .expect("the tool starts");
    let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
    assert!(output.status.success(), "{words:?} at {memory}: {stderr}");
    let stats: serde_json::Value =
        serde_json::from_str(stderr.lines().last().expect("a line of statistics")).expect("JSON");
    let peak = stats["peak_rss_bytes"].as_u64().expect("Linux tells it");
    tell(&format!("{peak:>12} bytes of {memory} for {words:?}, {} rows, {} groups", stats["rows"], stats["groups"]));
    peak
}

#[expect(clippy::print_stdout, reason = "`make memory` shows the figures")]
fn tell(sentence: &str) {
    println!("{sentence}");
}

#[test]
fn the_process_stays_within_its_budget() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let by_user =
        "SELECT username, count(*) AS n, max(date) FROM t GROUP BY username ORDER BY n DESC, username LIMIT 10";
    let all_users = "SELECT username, count(*) AS n FROM t GROUP BY username ORDER BY n DESC";
    let mut sizes = vec![10_000_000, large_bytes()];
    sizes.dedup();
    for bytes in sizes {
        for groups in [Groups::Some(1), Groups::Some(1_000), Groups::Some(1_000_000), Groups::AllUnique] {
            let path = tweets(directory.path(), groups, bytes);
            for (memory, limit_bytes) in [("32M", 32_000_000), ("64M", 64_000_000)] {
                let asked = QUESTIONS.iter().map(|question| ["ask", question]);
                for words in asked.chain([["sql", by_user], ["sql", all_users]]) {
                    let peak = peak_of_process(&words, &path, memory, "2");
                    assert!(
                        peak <= limit_bytes,
                        "{words:?} over {bytes} bytes, {groups:?}: {peak} of {limit_bytes} bytes"
                    );
                }
            }
        }
    }
}

/// Asks for too little, then for what the refusal says, until it does: that much is never passed, and it is never little.
fn least_that_does(words: &[&str], path: &Path) -> u64 {
    least_that_writes(&[words, &["--output", "/dev/null"]].concat(), path)
}

/// The same, whose words say where the result goes.
fn least_that_writes(words: &[&str], path: &Path) -> u64 {
    let mut memory = "20M".to_owned();
    for _ in 0..4 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowfold"));
        let command = command.args(words).arg(path).args(["--memory", &memory, "--threads", "2", "--stats=json"]);
        let output = command.output().expect("the tool starts");
        let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
        let stats: serde_json::Value = serde_json::from_str(stderr.lines().last().expect("statistics")).expect("JSON");
        let (peak, budget) = (stats["peak_rss_bytes"].as_u64(), stats["memory_bytes"].as_u64());
        assert!(peak <= budget || budget == Some(0), "{words:?}: {peak:?} of {budget:?} bytes");
        if output.status.success() {
            return budget.expect("settled");
        }
        let refusal = stderr.lines().next().and_then(|line| line.strip_suffix(" would do")).expect("what would do");
        memory = refusal.rsplit(' ').next().expect("a size").to_owned();
    }
    panic!("{words:?}: {memory} does not do, though the last refusal says so");
}

#[test]
fn long_records_are_within_the_budget_or_refused_with_one_that_does() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("long.csv");
    let mut text = String::from("id,content\n");
    for row in 0..3 {
        (0..1000).for_each(|short| text.push_str(&format!("{row}{short},short\n")));
        text.push_str(&format!("{row},\"{row}{}\"\n", "a \"\"long\"\" one ".repeat(600_000)));
    }
    std::fs::write(&path, text).expect("room");
    for question in [
        "SELECT count(*) FROM t",
        "SELECT * FROM t",
        "SELECT upper(content) FROM t",
        "SELECT id, content FROM t ORDER BY content",
        "SELECT content, count(*) FROM t GROUP BY content",
        "SELECT id, min(content), max(content) FROM t GROUP BY id",
        "SELECT word, count(*) FROM t, UNNEST(words(content)) AS w(word) GROUP BY word",
        "SELECT piece, id FROM t, UNNEST(split(content, ' ')) AS s(piece)",
        "SELECT length(piece), mode(piece) FROM t, UNNEST(split(content, 'x')) AS s(piece) GROUP BY 1",
    ] {
        let least = least_that_does(&["sql", question], &path);
        tell(&format!("{least:>12} bytes do for {question}"));
    }
}

#[test]
fn many_columns_take_smaller_batches_not_more_memory() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("wide.csv");
    let line = |cell: &dyn Fn(u32) -> String| (0..3000).map(cell).collect::<Vec<_>>().join(",") + "\n";
    let row = line(&|column| format!("{}", column * 7));
    std::fs::write(&path, line(&|column| format!("c{column}")) + &row.repeat(500)).expect("room");
    let peak = peak_of_process(&["sql", "SELECT * FROM t"], &path, "32M", "2");
    assert!(peak <= 32_000_000, "{peak}");
}

#[test]
fn eight_threads_work_within_24_megabytes() {
    // What is resident of a binary before it works is half as much again where it is not optimised as a whole.
    let (memory, limit_bytes) = if cfg!(debug_assertions) { ("32M", 32_000_000) } else { ("24M", 24_000_000) };
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = tweets(directory.path(), Groups::Some(100_000), 10_000_000);
    for question in ["tweets/top-emojis", "tweets/top-mentions"] {
        let peak = peak_of_process(&["ask", question], &path, memory, "8");
        assert!(peak <= limit_bytes, "{question}: {peak}");
    }
}

/// Most bytes that lay in the heap at a time while `question` was answered in this process.
fn peak_of_heap(question: &str, path: &Path) -> Result<usize> {
    let profiler = dhat::Profiler::builder().testing().build();
    let question = Question::built_in(question)?;
    let input = Input::open(&[path], &readers::Settings::default())?;
    let table = &question.tables()[0].name;
    let plan = bind(&question, &[TableHeader { table, columns: input.columns(), path: input.path() }])?;
    let settings = pass::Settings { memory_bytes: Some(64_000_000), threads: Some(1), ..pass::Settings::default() };
    let mut sink =
        Streamed::new(std::sync::Arc::new(Csv::COMMAS), Destination::stream("nowhere", std::io::sink()), false);
    pass::run(&mut [Asked { plan: &plan, sink: &mut sink }], &[input], &settings, &Progress::default())?;
    let peak = dhat::HeapStats::get().max_bytes;
    drop(profiler);
    Ok(peak)
}

#[test]
fn the_heap_does_not_grow_with_the_input() {
    // In a process of its own: what the tests before it left behind counts as resident, and the budget is of the process.
    const ALONE_IN_PROCESS: &str = "ROWFOLD_HEAP_ALONE";
    if std::env::var_os(ALONE_IN_PROCESS).is_none() {
        let this = std::env::current_exe().expect("this is a program");
        let mut command = Command::new(this);
        let command = command.args(["--exact", "the_heap_does_not_grow_with_the_input", "--nocapture"]);
        assert!(command.env(ALONE_IN_PROCESS, "1").status().expect("it starts").success());
        return;
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    for question in QUESTIONS {
        let peak = |bytes| {
            let path = tweets(directory.path(), Groups::Some(1_000), bytes);
            peak_of_heap(question, &path).unwrap_or_else(|error| panic!("{question}: {error}"))
        };
        let (small, large) = (peak(10_000_000), peak(40_000_000));
        println!("{question}: {small} bytes at 10 MB, {large} bytes at 40 MB");
        // One thread: of two, one may read it all. A few per cent are buffers that find their size.
        assert!(large <= small + small / 10, "{question}: {small} bytes at 10 MB, {large} at 40 MB");
    }
}

/// A million different numbers in one group, and in many: what is wanted in order is sorted on disk, not held.
#[test]
fn values_in_order_stay_within_the_budget() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("numbers.csv");
    let mut file = BufWriter::new(File::create(&path).expect("a place to write"));
    writeln!(file, "k,n").expect("room");
    for row in 0..1_000_000_u64 {
        let n = row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        writeln!(file, "{},{n}", n % 100_000).expect("room");
    }
    file.into_inner().expect("room");
    for question in [
        "SELECT median(n), quantile_cont(n, 0.99) FROM t",
        "SELECT k, median(n) AS m, count(DISTINCT n) FROM t GROUP BY k ORDER BY m DESC",
        "SELECT k, string_agg(n, ',' ORDER BY n), first(n), arg_max(n, n) FROM t GROUP BY k",
        "SELECT k, approx_count_distinct(n), approx_quantile(n, 0.5), corr(n, k) FROM t GROUP BY k",
    ] {
        for (memory, limit_bytes) in [("32M", 32_000_000), ("64M", 64_000_000)] {
            let peak = peak_of_process(&["sql", question], &path, memory, "2");
            assert!(peak <= limit_bytes, "{question}: {peak} of {limit_bytes} bytes");
        }
    }
}

/// The results of a pass are a table of SQLite's, which is written out where the budget ends.
#[test]
fn an_outer_query_over_many_groups_stays_within_the_budget() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("groups.csv");
    let mut file = BufWriter::new(File::create(&path).expect("a place to write"));
    writeln!(file, "k,n").expect("room");
    (0..1_000_000).for_each(|row| writeln!(file, "key{row},{}", row % 1000).expect("room"));
    file.into_inner().expect("room");
    let groups = "WITH g AS (SELECT k, sum(n) AS s, count(*) AS c FROM t GROUP BY k)";
    for query in [
        "SELECT s, count(*) AS keys, sum(c) AS rows, min(k) AS first FROM g GROUP BY s ORDER BY s LIMIT 3",
        "SELECT k, s, sum(s) OVER (ORDER BY k ROWS 2 PRECEDING) AS three FROM g ORDER BY three DESC, k LIMIT 3",
        "SELECT count(*) FROM g JOIN (SELECT max(s) AS most FROM g) AS m ON g.s = m.most",
    ] {
        let sql = format!("{groups} {query}");
        for (memory, limit_bytes) in [("32M", 32_000_000), ("64M", 64_000_000)] {
            let peak = peak_of_process(&["sql", &sql], &path, memory, "2");
            assert!(peak <= limit_bytes, "{query}: {peak} of {limit_bytes} bytes");
        }
    }
}

/// Tweets as an export has them, one a line or all in one array, of about `bytes`.
fn export(directory: &Path, is_array: bool, bytes: u64) -> PathBuf {
    let path = directory.join("tweets.json");
    let mut file = BufWriter::new(File::create(&path).expect("a place to write"));
    let (begin, between, end) = if is_array { ("[\n", ",\n", "]\n") } else { ("", "\n", "\n") };
    file.write_all(begin.as_bytes()).expect("room");
    let (mut written, mut row) = (0, 0_u64);
    while written < bytes {
        let gap = if row == 0 { "" } else { between };
        let text = format!("hi \\ud83d\\ude9c \\\"{row}\\\", two\\nlines");
        let tweet = format!(
            "{gap}{{\"id\":{row},\"user\":{{\"username\":\"user{}\",\"tags\":[1,2]}},\"content\":\"{text}\",\"of_{}\":null}}",
            row % 1000,
            row % 50
        );
        file.write_all(tweet.as_bytes()).expect("room");
        written += tweet.len() as u64;
        row += 1;
    }
    file.write_all(end.as_bytes()).expect("room");
    file.into_inner().expect("room");
    path
}

#[test]
fn records_of_json_are_flattened_within_the_budget() {
    // As with eight threads: a binary that is not optimised as a whole is larger.
    let (memory, limit_bytes) = if cfg!(debug_assertions) { ("28M", 28_000_000) } else { ("24M", 24_000_000) };
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    for is_array in [false, true] {
        let path = export(directory.path(), is_array, large_bytes());
        for words in [&["flatten", "--columns", "id,user.username,content"][..], &["flatten"]] {
            let peak = peak_of_process(words, &path, memory, "2");
            assert!(peak <= limit_bytes, "{words:?}, array: {is_array}: {peak} of {limit_bytes} bytes");
        }
    }
}

#[test]
fn a_long_record_of_json_is_refused_by_its_limit_or_flattened_within_a_budget_that_does() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("long.json");
    let short = "{\"id\":1,\"content\":\"short\"}\n".repeat(1000);
    let long = "a \\\"long\\\" one \\ud83d\\ude9c ".repeat(200_000);
    std::fs::write(&path, format!("{short}{{\"id\":2,\"content\":\"{long}\"}}\n{short}")).expect("room");
    for words in [&["flatten", "--columns", "id"][..], &["flatten", "--columns", "id,content"], &["flatten"]] {
        let least = least_that_does(words, &path);
        tell(&format!("{least:>12} bytes do for {words:?}"));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_rowfold"));
    let command = command.args(["flatten", "--columns", "id", "--max-record", "1MiB", "--output", "/dev/null"]);
    let output = command.arg(&path).output().expect("the tool starts");
    let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("long.json: line 1001: record passes 1 MiB"), "{stderr}");
}

#[test]
fn a_table_is_converted_within_the_budget() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = tweets(directory.path(), Groups::AllUnique, large_bytes());
    let mut ways = vec![
        &["convert"][..],
        &["convert", "--compress", "gzip"],
        &["convert", "--compress", "zstd"],
        &["convert", "--format", "jsonl"],
    ];
    if cfg!(feature = "parquet") {
        ways.push(&["convert", "--format", "parquet"]);
    }
    for words in ways {
        for (memory, limit_bytes) in [("32M", 32_000_000), ("64M", 64_000_000)] {
            let is_short = words.contains(&"parquet") && limit_bytes < 64_000_000; // which holds a group of rows
            if !is_short {
                let peak = peak_of_process(words, &path, memory, "2");
                assert!(peak <= limit_bytes, "{words:?}: {peak} of {limit_bytes} bytes");
            }
        }
    }
    std::fs::write(&path, format!("id,content\n1,\"{}\"\n2,x\n", "a \"\"long\"\" one ".repeat(600_000))).expect("room");
    for words in [&["convert"][..], &["convert", "--format", "jsonl"], &["convert", "--where", "content <> 'y'"]] {
        let least = least_that_does(words, &path);
        tell(&format!("{least:>12} bytes do for {words:?}"));
    }
}

/// Values that an outer aggregate holds are counted: they are within the budget, or refused with what there is for them.
#[test]
fn an_outer_aggregate_holds_values_within_the_budget_or_is_refused() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("groups.csv");
    let mut file = BufWriter::new(File::create(&path).expect("a place to write"));
    writeln!(file, "k,n").expect("room");
    (0..300_000).for_each(|row| writeln!(file, "key{row},{row}").expect("room"));
    file.into_inner().expect("room");
    for (query, function) in [
        ("SELECT median(s) FROM g", "median(s)"),
        ("SELECT mode(k) FROM g", "mode(k)"),
        ("SELECT sum(DISTINCT s) FROM g", "sum(distinct s)"),
        ("SELECT string_agg(k, ',' ORDER BY s) FROM g", "string_agg("),
        (
            "SELECT max(n) FROM (SELECT min(s) OVER (ORDER BY k ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS n FROM g) AS w",
            "min(s)",
        ),
    ] {
        let sql = format!("WITH g AS (SELECT k, sum(n) AS s FROM t GROUP BY k) {query}");
        let run = |memory: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_rowfold"));
            let output = command.args(["sql", &sql, "--stats=json", "--memory", memory]).arg(&path).output();
            let output = output.expect("the tool starts");
            let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
            let stats: serde_json::Value =
                serde_json::from_str(stderr.lines().last().expect("statistics")).expect("JSON");
            let (peak, budget) = (stats["peak_rss_bytes"].as_u64(), stats["memory_bytes"].as_u64());
            assert!(peak <= budget, "{query}: {peak:?} of {budget:?} bytes");
            (output.status.code(), stderr)
        };
        let (code, said) = run("40M");
        assert!(
            code == Some(4) && said.to_lowercase().contains(&format!("the values of \"{function}")),
            "{query}: {said}"
        );
        let (code, said) = run("600M");
        assert_eq!(code, Some(0), "{query}: {said}");
    }
}

/// Of a table as large as many budgets, a page or two of each column that is read are there at a time.
#[cfg(feature = "parquet")]
#[test]
fn parquet_is_read_within_the_budget() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let csv = tweets(directory.path(), Groups::Some(100_000), large_bytes().max(80_000_000));
    let table = directory.path().join("tweets.parquet");
    let written = Command::new(env!("CARGO_BIN_EXE_rowfold"))
        .args(["sql", "SELECT * FROM t", "--format", "parquet", "--output"])
        .args([&table, &csv])
        .status();
    assert!(written.expect("it starts").success());
    for question in QUESTIONS {
        for (memory, limit_bytes) in [("32M", 32_000_000), ("64M", 64_000_000)] {
            let peak = peak_of_process(&["ask", question], &table, memory, "2");
            assert!(peak <= limit_bytes, "{question}: {peak} of {limit_bytes} bytes");
        }
    }
}

/// Keys that are many times the budget, in a load and in what is kept.
#[test]
fn loads_of_many_keys_stay_within_the_budget() {
    const KEYS: u64 = 1_500_000;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let load = |name: &str, day: u64| {
        let path = directory.path().join(name);
        let mut file = BufWriter::new(File::create(&path).expect("a place to write"));
        writeln!(file, "id,n,d").expect("room");
        for row in 0..KEYS {
            // Every key once, in no order: the factor has no divisor in common with how many there are.
            let key = (row * 1_000_003 + day) % KEYS;
            writeln!(file, "key{key},{},2026-01-0{day}", key % (6 + day)).expect("room");
        }
        file.into_inner().expect("room");
        path
    };
    let days = [load("1.csv", 1), load("2.csv", 2)];
    for (memory, limit_bytes) in [("28M", 28_000_000), ("64M", 64_000_000)] {
        for words in [&["latest", "--by", "d"][..], &["history", "--valid-from", "d"]] {
            let kept = directory.path().join("kept.csv");
            for day in &days {
                let output = Command::new(env!("CARGO_BIN_EXE_rowfold"))
                    .args(words)
                    .args(["--key", "id", "--memory", memory, "--threads", "2", "--stats=json", "--into"])
                    .args([&kept, day])
                    .output()
                    .expect("the tool starts");
                let stderr = String::from_utf8(output.stderr).expect("messages are UTF-8");
                assert!(output.status.success(), "{words:?} at {memory}: {stderr}");
                let stats: serde_json::Value =
                    serde_json::from_str(stderr.lines().last().expect("statistics")).expect("JSON");
                let peak = stats["peak_rss_bytes"].as_u64().expect("Linux tells it");
                tell(&format!("{peak:>12} bytes of {memory} for {words:?}, {} rows kept", stats["answer_rows"]));
                assert!(peak <= limit_bytes, "{words:?}: {peak} of {limit_bytes} bytes");
                assert!(stats["answer_rows"].as_u64() >= Some(KEYS) && stats["spilled_bytes"].as_u64() > Some(0));
            }
            std::fs::remove_file(kept).expect("it is there");
        }
    }
}

#[test]
fn long_rows_are_loaded_within_the_budget_or_refused_with_one_that_does() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = tempfile::tempdir().expect("a directory");
    let snapshot = |name: &str, day: u64| {
        let path = directory.path().join(name);
        let mut text = String::from("id,content,d\n");
        for row in 0..4 {
            (0..1000).for_each(|short| text.push_str(&format!("{row}{short},short,2026-01-0{day}\n")));
            let long = "a \"\"long\"\" one ".repeat(400_000);
            text.push_str(&format!("{row},\"{day}{long}\",2026-01-0{day}\n"));
        }
        std::fs::write(&path, text).expect("room");
        path
    };
    let (first, second) = (snapshot("1.csv", 1), snapshot("2.csv", 2));
    let kept = directory.path().join("kept.csv").display().to_string();
    for words in [
        &["latest", "--key", "id", "--by", "d", "--into", &kept][..],
        &["history", "--key", "id", "--valid-from", "d", "--into", &kept],
    ] {
        for path in [&first, &second] {
            let least = least_that_writes(words, path);
            tell(&format!("{least:>12} bytes do for {}", words[0]));
        }
        // In no order, so that it is sorted, too.
        let text = std::fs::read_to_string(&kept).expect("written");
        let (header, rows) = text.split_once('\n').expect("a header");
        std::fs::write(&kept, format!("{header}\n{}", rows.split_inclusive('\n').rev().collect::<String>()))
            .expect("room");
        let least = least_that_writes(words, &second);
        tell(&format!("{least:>12} bytes do for {} into what is in no order", words[0]));
        std::fs::remove_file(&kept).expect("it is there");
    }
}
