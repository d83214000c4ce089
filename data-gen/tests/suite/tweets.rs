//! The recount below knows nothing of how tweets are made: it reads the file with the `csv` crate and counts in maps.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::program::{json, run, stdout_of};

#[test]
fn the_same_seed_makes_the_same_bytes_on_any_number_of_threads() {
    for shape in ["mock", "real"] {
        let one = stdout_of(&format!("tweets --rows 40000 --shape {shape} --threads 1"));
        for threads in [2, 3, 8] {
            assert!(
                one == stdout_of(&format!("tweets --rows 40000 --shape {shape} --threads {threads}")),
                "{shape} {threads}"
            );
        }
        assert!(one != stdout_of(&format!("tweets --rows 40000 --shape {shape} --seed 2")));
        let fewer = stdout_of(&format!("tweets --rows 39999 --shape {shape}"));
        assert!(one.starts_with(&fewer), "fewer rows are the same rows");
    }
}

#[test]
fn a_file_is_about_as_large_as_asked() {
    for shape in ["mock", "real"] {
        for size in [100_000, 5_000_000, 30_000_000] {
            let written = stdout_of(&format!("tweets --size {size} --shape {shape}")).len();
            assert!(written.abs_diff(size) * 50 < size, "{shape}: {written} for {size}");
        }
    }
}

#[test]
fn the_truth_is_what_a_recount_finds() {
    for arguments in [
        "--rows 10000 --shape real",
        "--rows 4000 --shape real --users 40 --dates 3 --emojis 70 --seed 3",
        "--rows 2000 --shape real --delimiter ; --seed 4",
        "--rows 9000 --shape mock",
        "--rows 7 --shape mock",
    ] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("tweets.csv");
        let output = run(&format!("tweets {arguments} --output {}", path.display()));
        assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
        let text = std::fs::read(&path).expect("the program wrote it");
        let truth = json(&path.with_extension("truth.json"));
        assert_eq!(truth["bytes"], text.len());
        let delimiter = if arguments.contains(';') { b';' } else { text[2] };
        let recount = recount(&text, delimiter);
        for (what, expected) in recount.as_object().expect("an object") {
            assert_eq!(&truth[what], expected, "{arguments}: {what}");
        }
    }
}

#[test]
fn fields_are_quoted_only_where_rfc_4180_asks() {
    let text = stdout_of("tweets --rows 20000 --shape real");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
    let mut again = Vec::new();
    for record in reader.byte_records() {
        for (i, field) in record.expect("it reads").iter().enumerate() {
            if i > 0 {
                again.push(b',');
            }
            if field.iter().any(|byte| b",\"\r\n".contains(byte)) {
                again.push(b'"');
                again.extend(field.iter().flat_map(|&byte| if byte == b'"' { vec![byte; 2] } else { vec![byte] }));
                again.push(b'"');
            } else {
                again.extend_from_slice(field);
            }
        }
        again.push(b'\n');
    }
    assert!(text == again);
}

#[test]
fn real_tweets_hold_what_real_tweets_hold() {
    let text = String::from_utf8(stdout_of("tweets --rows 20000 --shape real")).expect("it is UTF-8");
    for what in [
        "\n\n",
        "\"\"",
        ", ",
        "&amp;",
        "https://t.co/",
        "desk@example.com",
        "किसान",
        "ਕਿਸਾਨ",
        "کسان",
        "\u{200d}",
        "\u{fe0f}\u{20e3}",
        "🇮🇳",
        "🏴\u{e0067}",
        "🏽",
        "©",
        "‼",
        ",,",
        "+00:00",
        "#",
        "\t",
    ] {
        assert!(text.contains(what), "{what}");
    }
}

#[test]
fn lines_of_json_say_what_the_records_say() {
    for shape in ["mock", "real"] {
        let text = stdout_of(&format!("tweets --rows 20000 --shape {shape}"));
        let lines = stdout_of(&format!("tweets --rows 20000 --shape {shape} --layout lines"));
        let mut reader = csv::ReaderBuilder::new().delimiter(text[2]).from_reader(&text[..]);
        let mut lines = std::str::from_utf8(&lines).expect("it is UTF-8").lines();
        for record in reader.records() {
            let tweet: Value = serde_json::from_str(lines.next().expect("a line a record")).expect("JSON");
            let said = |value: &Value| match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let said = [&tweet["id"], &tweet["user"]["username"], &tweet["content"], &tweet["date"]].map(said);
            assert!(record.expect("it reads").iter().eq(&said), "{said:?}");
        }
        assert_eq!(lines.next(), None);
    }
}

#[test]
fn mock_tweets_are_those_of_the_published_generator() {
    let text = stdout_of("tweets --rows 20000");
    let mut reader = csv::ReaderBuilder::new().delimiter(b'~').from_reader(&text[..]);
    assert_eq!(reader.headers().expect("a header"), ["id", "username", "content", "date"].as_slice());
    let (mut users, mut dates, mut several_lines) = (BTreeSet::new(), BTreeSet::new(), 0);
    for record in reader.records() {
        let record = record.expect("it reads");
        users.insert(record[1].to_owned());
        dates.insert(record[3].to_owned());
        several_lines += usize::from(record[2].contains('\n'));
        let (text, mentioned) = record[2].rsplit_once(" @").expect("ends with a mention");
        let (text, emoji) = text.rsplit_once(' ').expect("an emoji before it");
        assert!(text.len() <= 200 && emoji.chars().all(|c| !c.is_ascii()) && !mentioned.is_empty());
    }
    assert_eq!((users.len(), dates.len()), (2000, 366));
    assert!((12_000..12_800).contains(&several_lines), "{several_lines} of 20000");
}

#[test]
fn what_cannot_be_is_said_in_one_line() {
    for (arguments, code, words) in [
        ("tweets --rows 1000 --output /dev/full", 1, "the disk is full"),
        ("tweets --rows 10 --output /no/such/place.csv", 1, "no such directory"),
        ("tweets --rows 10 --output /tmp", 1, "is a directory"),
        ("tweets", 2, "--rows"),
        ("tweets --rows 1 --size 1", 2, "cannot be used with"),
        ("tweets --rows many", 2, "12M"),
        ("tweets --rows 1 --delimiter x", 2, "one ASCII character"),
        ("tweets --rows 1 --users 16000000 --dates 99999 --truth full", 2, "--truth counts does without"),
    ] {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.contains(words) && !said.contains("panicked"), "{arguments}: {said}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_data-gen"))
        .args(["tweets", "--rows", "1000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(141));
    assert!(output.stderr.is_empty());
}

fn recount(text: &[u8], delimiter: u8) -> Value {
    let known = known_emojis();
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text);
    let (mut rows, mut ids) = (0, BTreeSet::new());
    let mut quality = [0_u64; 5];
    let mut users: BTreeMap<Option<String>, u64> = BTreeMap::new();
    let mut days: BTreeMap<String, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    let mut emojis: BTreeMap<String, u64> = BTreeMap::new();
    let mut mentions: BTreeMap<String, u64> = BTreeMap::new();
    let mut first_mentions: BTreeMap<String, u64> = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("it reads");
        rows += 1;
        for field in 0..4 {
            quality[1 + field] += u64::from(record[field].is_empty());
        }
        quality[0] += u64::from(!record[0].is_empty() && !ids.insert(record[0].to_owned()));
        let user = (!record[1].is_empty()).then(|| record[1].to_owned());
        *users.entry(user.clone()).or_default() += 1;
        if !record[2].is_empty() && !record[3].is_empty() {
            let (tweets, writers) = days.entry(record[3][..10].to_owned()).or_default();
            *tweets += 1;
            if let Some(user) = user {
                *writers.entry(user).or_default() += 1;
            }
        }
        let names = mentions_in(&record[2]);
        if let Some(name) = names.first() {
            *first_mentions.entry(format!("@{name}")).or_default() += 1;
        }
        for name in names {
            *mentions.entry(name).or_default() += 1;
        }
        for emoji in emojis_in(&record[2], &known) {
            *emojis.entry(emoji).or_default() += 1;
        }
    }
    let names = ["duplicate_ids", "null_id", "null_username", "null_content", "null_date"];
    let pairs: usize = days.values().map(|(_, writers)| writers.len()).sum();
    let busiest: BTreeMap<&String, u64> = days.iter().map(|(day, (tweets, _))| (day, *tweets)).collect();
    json!({
        "rows": rows,
        "distinct_usernames": users.keys().flatten().count(),
        "distinct_date_usernames": pairs,
        "distinct_emojis": emojis.len(),
        "distinct_mentions": mentions.len(),
        "quality": names.iter().zip(quality).map(|(check, rows)| json!({"check": check, "rows": rows})).collect::<Vec<_>>(),
        "top_usernames": top_users(users),
        "top_days": ten(busiest).into_iter().map(|(day, tweets)| {
            let username = ten(days[day].1.clone()).into_iter().next().map(|(name, _)| name);
            json!({"date": day, "username": username, "tweets": tweets})
        }).collect::<Vec<_>>(),
        "top_emojis": ten(emojis).into_iter().map(|(emoji, count)| json!({"emoji": emoji, "count": count})).collect::<Vec<_>>(),
        "top_mentions": ten(mentions).into_iter().map(|(name, count)| json!({"username": name, "count": count})).collect::<Vec<_>>(),
        "top_mentions_as_published":
            ten(first_mentions).into_iter().map(|(name, count)| json!({"mention": name, "count": count})).collect::<Vec<_>>(),
    })
}

/// Every name that an `@` precedes.
pub(crate) fn mentions_in(text: &str) -> Vec<String> {
    let name = |after: &str| after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    text.split('@').skip(1).map(name).filter(|name| !name.is_empty()).collect()
}

/// What the emojis of `text` are counted under: at each place the longest.
pub(crate) fn emojis_in(text: &str, known: &HashMap<String, String>) -> Vec<String> {
    const LONGEST: usize = 16;
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let lengths = (1..=LONGEST.min(chars.len() - at)).rev();
        let longest =
            lengths.filter_map(|n| Some((n, known.get(&chars[at..at + n].iter().collect::<String>())?))).next();
        at += longest.map_or(1, |(n, _)| n);
        found.extend(longest.map(|(_, key)| key.clone()));
    }
    found
}

/// The ten largest; on a tie the order of the map.
fn ten<K: Ord>(counts: BTreeMap<K, u64>) -> Vec<(K, u64)> {
    let mut all: Vec<(K, u64)> = counts.into_iter().collect();
    all.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    all.truncate(10);
    all
}

/// The ten users with most rows; no user at all comes last on a tie.
fn top_users(counts: BTreeMap<Option<String>, u64>) -> Vec<Value> {
    let nobody_last: BTreeMap<(bool, Option<String>), u64> =
        counts.into_iter().map(|(user, rows)| ((user.is_none(), user), rows)).collect();
    ten(nobody_last).into_iter().map(|((_, user), rows)| json!({"username": user, "rows": rows})).collect()
}

/// Every way to write an emoji, and what it is counted under: the forms of the `emojis` crate's table and the same without U+FE0F, and
/// skin tones by themselves.
pub(crate) fn known_emojis() -> HashMap<String, String> {
    let mut known = HashMap::new();
    let all = emojis::iter().flat_map(|emoji| std::iter::once(emoji).chain(emoji.skin_tones().into_iter().flatten()));
    for full in all.map(emojis::Emoji::as_str) {
        let bare = full.replace('\u{fe0f}', "");
        let key = if full.contains(['\u{200d}', '\u{20e3}']) { full.to_owned() } else { bare.clone() };
        known.insert(bare, key.clone());
        known.insert(full.to_owned(), key);
    }
    for tone in '\u{1f3fb}'..='\u{1f3ff}' {
        known.insert(tone.to_string(), tone.to_string());
    }
    known
}
