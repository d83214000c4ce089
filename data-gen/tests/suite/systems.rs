//! Actions, acquisitions, accidents and calls: sameness, oddities, and the truth against a recount by the `csv` crate.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::program::{json, run, stdout_of};

#[test]
fn systems_are_the_same_on_any_number_of_threads_and_of_the_size_asked() {
    for system in ["actions", "acquisitions", "acquisitions --names 300", "accidents", "calls"] {
        let one = stdout_of(&format!("{system} --rows 20000 --threads 1"));
        for threads in [2, 5] {
            assert!(one == stdout_of(&format!("{system} --rows 20000 --threads {threads}")), "{system} {threads}");
        }
        let size = 5_000_000;
        let written = stdout_of(&format!("{system} --size {size}")).len();
        assert!(written.abs_diff(size) * 50 < size, "{system}: {written} for {size}");
        assert!(one != stdout_of(&format!("{system} --rows 20000 --seed 2")));
    }
}

#[test]
fn the_truth_of_actions_is_what_a_recount_finds() {
    for arguments in ["actions --rows 30000", "actions --rows 30000 --days 40", "actions --rows 3"] {
        let (truth, text) = file_of(arguments);
        let mut windows: BTreeMap<String, [u64; 2]> = BTreeMap::new();
        for record in records(&text) {
            let time = &record[0];
            assert!(time.len() >= 20 && time.ends_with('Z'), "{time}");
            let is_open = ["Close", "Open"].iter().position(|action| **action == record[1]).expect("no other action");
            windows.entry(format!("{}0:00Z", &time[..15])).or_default()[is_open] += 1;
        }
        let sum = |[close, open]: [u64; 2]| close + open;
        let expected: Vec<Value> = windows
            .iter()
            .map(|(start, &[close, open])| json!([start, close, open, sum([close, open]) as f64 / 2.0]))
            .collect();
        assert_eq!(rows(&truth["windows"], &["window_start", "close", "open", "avg_actions"]), expected);
        let total: u64 = windows.values().copied().map(sum).sum();
        assert_eq!(truth["average"], json!([{ "total_avg_actions": total as f64 / windows.len() as f64 }]));

        let mut by_open: Vec<(i64, &String, u64)> =
            windows.iter().map(|(start, &[close, open])| (-i64::try_from(open).unwrap(), start, close)).collect();
        by_open.sort_unstable();
        let top: Vec<Value> =
            by_open.iter().take(10).map(|(open, start, close)| json!([start, -open, close])).collect();
        assert_eq!(rows(&truth["top_open"], &["window_start", "open", "close"]), top);

        let rates = windows.iter().flat_map(|(start, counts)| {
            let named = ["Close", "Open"].into_iter().zip(counts);
            named.filter(|(_, n)| **n > 0).map(move |(action, &n)| json!([start, action, n as f64 / 10.0]))
        });
        let rates: Vec<Value> = rates.collect();
        assert_eq!(rows(&truth["per_minute"], &["window_start", "action", "avg_per_minute"]), rates);
    }
}

#[test]
fn actions_are_unsorted_and_repeated_and_lie_on_borders() {
    let (truth, text) = file_of("actions --rows 30000 --days 12");
    let times: Vec<String> = records(&text).into_iter().map(|record| record[0].to_owned()).collect();
    let distinct: BTreeSet<&String> = times.iter().collect();
    assert!(!times.is_sorted() && distinct.len() < times.len());
    assert!(times.iter().any(|time| time.ends_with("0:00Z")) && times.iter().any(|time| time.ends_with("9:59Z")));
    let windows = truth["windows"].as_array().expect("a list");
    assert!(windows.len() < 12 * 144);
    for action in ["open", "close"] {
        assert!(windows.iter().any(|window| window[action] == 0), "{action}");
    }
}

#[test]
fn the_truth_of_acquisitions_is_what_a_recount_finds() {
    for arguments in ["acquisitions --rows 40000", "acquisitions --rows 40000 --names 1", "acquisitions --rows 100"] {
        let (truth, text) = file_of(arguments);
        let mut weeks: BTreeMap<(String, String), [u64; 2]> = BTreeMap::new();
        let (mut calendar, mut countries) = (BTreeSet::new(), BTreeSet::new());
        for record in records(&text) {
            calendar.insert(record[3].to_owned());
            if record[4] == *"ALL" {
                continue;
            }
            countries.insert(record[4].to_owned());
            if record[5] == *"all" {
                let other = usize::from(record[0] != *"Organic");
                let users = weeks.entry((record[4].to_owned(), record[3].to_owned())).or_default();
                users[other] += record[1].parse::<u64>().expect("a number");
            }
        }
        // Every week has a row of some country, so the weeks of the data are those of the calendar.
        let calendar: Vec<String> = calendar.into_iter().collect();
        let mut listed = truth["share"].as_array().expect("a list").iter();
        for country in &countries {
            for (i, week) in calendar.iter().enumerate() {
                let four = calendar[i.saturating_sub(3)..=i].iter();
                let users = four.filter_map(|week| weeks.get(&(country.clone(), week.clone())));
                let [organic, other] = users.fold([0, 0], |sum, users| [sum[0] + users[0], sum[1] + users[1]]);
                let row = listed.next().expect("as many rows as weeks and countries");
                assert_eq!(format!("{}_{:0>2}", row["year"], row["week"].to_string()), *week);
                assert_eq!(row["country"], **country);
                match organic + other {
                    0 => assert!(row["share_organic_p4w"].is_null()),
                    all => near(&row["share_organic_p4w"], organic as f64 / all as f64),
                }
            }
        }
        assert!(listed.next().is_none());
    }
}

#[test]
fn acquisitions_are_a_cube_with_gaps_over_a_year_of_53_weeks() {
    // Whole days: 6 names of 4 systems a country and day.
    let (truth, text) = file_of("acquisitions --rows 48000");
    let mut sums: BTreeMap<(String, String), [u64; 2]> = BTreeMap::new();
    let (mut dates, mut weeks) = (BTreeSet::new(), BTreeSet::new());
    for record in records(&text) {
        let value: u64 = record[1].parse().expect("a number");
        let is_all = usize::from(record[5] == *"all");
        sums.entry((record[2].to_owned() + &record[4], record[0].to_owned())).or_default()[is_all] += value;
        dates.insert(record[2].to_owned());
        weeks.insert(record[3].to_owned());
    }
    assert!(sums.values().all(|[systems, all]| systems == all));
    let last = dates.last().expect("a day").clone();
    for date in dates.iter().filter(|date| **date != last) {
        let of = |is_total: bool| -> u64 {
            let mine = sums.iter().filter(|((key, _), _)| key.starts_with(date) && key.ends_with("ALL") == is_total);
            mine.map(|(_, [systems, _])| systems).sum()
        };
        assert_eq!(of(true), of(false), "{date}");
    }
    assert!(weeks.contains("2020_53") && dates.len() < 7 * weeks.len() - 7);
    let shares = truth["share"].as_array().expect("a list");
    assert!(shares.iter().any(|row| row["share_organic_p4w"].is_null()));
    let published = truth["share_as_published"].as_array().expect("a list");
    assert!(published.iter().any(|row| row["week"] == 0), "the first days of 2021 are in its week 0");
    assert!(published.len() > shares.len());
}

#[test]
fn the_truth_of_accidents_is_what_a_recount_finds() {
    for arguments in [
        "accidents --rows 30000",
        "accidents --rows 30000 --broken-dates 50",
        "accidents --rows 30000 --encoding utf-8-bom",
    ] {
        let (truth, text) = file_of(arguments);
        let mut months = [[0_u64; 12]; 6];
        let mut conditions: BTreeMap<(String, usize), u64> = BTreeMap::new();
        let mut areas: BTreeMap<String, BTreeMap<u64, u64>> = BTreeMap::new();
        let mut broken = 0;
        for record in records(&text) {
            assert_eq!(record.len(), 45);
            let (date, area, condition) = (&record[6], &record[16], &record[25]);
            let [Ok(year), Ok(month)] = [0..4, 5..7].map(|part| date.get(part).unwrap_or("").parse::<usize>()) else {
                broken += u64::from(!date.is_empty());
                continue;
            };
            if !(1..=12).contains(&month) || date.starts_with("2016-02-30") {
                broken += 1;
                continue;
            }
            *areas.entry(area.to_owned()).or_default().entry(year as u64).or_default() += 1;
            if (2014..2020).contains(&year) {
                months[year - 2014][month - 1] += 1;
                *conditions.entry((condition.to_owned(), year - 2014)).or_default() += 1;
            }
        }
        assert_eq!(truth["broken_dates"], broken);
        assert_eq!(broken > 0, arguments.contains("broken"));

        let mean = |month: usize| months.iter().map(|year| year[month] as f64).sum::<f64>() / 6.0;
        let residuals: f64 =
            (0..12).flat_map(|m| months.iter().map(move |year| (year[m] as f64 - mean(m)).powi(2))).sum();
        let std_error = (residuals / 60.0 * 2.0 / 6.0).sqrt();
        for (month, row) in truth["seasonality"].as_array().expect("a list").iter().enumerate() {
            let total: u64 = months.iter().map(|year| year[month]).sum();
            assert_eq!((&row["month"], &row["total"]), (&json!(month + 1), &json!(total)));
            near(&row["accidents_per_month"], mean(month));
            near(&row["vs_april"], mean(month) - mean(3));
            near(&row["std_error"], std_error);
        }

        for (question, is_taken) in [
            ("road_conditions", (|name| !name.trim().is_empty()) as fn(&str) -> bool),
            ("road_conditions_as_published", |name| !matches!(name, "" | " ")),
        ] {
            let names: BTreeSet<&String> =
                conditions.keys().map(|(name, _)| name).filter(|name| is_taken(name)).collect();
            let total = |year| names.iter().filter_map(|name| conditions.get(&((*name).clone(), year))).sum::<u64>();
            let listed = truth[question].as_array().expect("a list");
            assert_eq!(listed.len(), names.len(), "{question}");
            for (row, name) in listed.iter().zip(&names) {
                assert_eq!(row["road_condition"], **name);
                for year in 0..6 {
                    let n = conditions.get(&((*name).clone(), year)).copied().unwrap_or(0);
                    let share = row[(2014 + year).to_string()].as_f64().expect("a number");
                    assert!((share - 100.0 * n as f64 / total(year) as f64).abs() < 0.0501, "{name}");
                }
            }
        }

        let mut means: Vec<(f64, bool, &str)> = areas
            .iter()
            .map(|(name, years)| (-(years.values().sum::<u64>() as f64) / years.len() as f64, name.is_empty(), &**name))
            .collect();
        means.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
        let sum: f64 = means.iter().map(|(mean, ..)| -mean).sum();
        let listed = truth["accidents_by_area"].as_array().expect("a list");
        assert_eq!(listed.len(), means.len());
        for (row, (mean, is_null, name)) in listed.iter().zip(means) {
            assert_eq!(row["neighborhood"], if is_null { Value::Null } else { json!(name) });
            near(&row["per_year"], -mean);
            near(&row["share"], -mean / sum * 100.0);
        }
        assert!(areas.contains_key("") && areas.contains_key("stapleton") && areas["central-park"].len() < 4);
    }
}

#[test]
fn the_truth_of_calls_is_what_a_recount_finds() {
    for (encoding, is_unicode) in [("windows-1252", false), ("iso-8859-1", false), ("utf-8", true), ("utf-8-bom", true)]
    {
        let (truth, bytes) = file_of(&format!("calls --rows 20000 --encoding {encoding}"));
        assert_eq!(std::str::from_utf8(&bytes).is_ok(), is_unicode, "{encoding}");
        assert_eq!(bytes.starts_with("\u{feff}".as_bytes()), encoding == "utf-8-bom");
        assert!(is_unicode || bytes.contains(&0x96) == (encoding == "windows-1252"), "{encoding}");
        // Names of neighbourhoods differ from their bytes in one case only.
        let text: String = match String::from_utf8(bytes.clone()) {
            Ok(text) => text,
            Err(_) => bytes.iter().map(|&byte| if byte == 0x92 { '’' } else { char::from(byte) }).collect(),
        };
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        let mut unpadded = 0;
        for record in records(text.as_bytes()) {
            assert_eq!(record.len(), 24);
            assert!(record[4].ends_with(" AM") || record[4].ends_with(" PM"));
            unpadded += u64::from(record[4].find('/') == Some(1));
            *counts.entry(record[23].to_owned()).or_default() += 1;
        }
        let mut areas: Vec<(i64, bool, &String)> = counts.iter().map(|(name, n)| (-n, name.is_empty(), name)).collect();
        areas.sort_unstable();
        let expected: Vec<Value> = areas
            .iter()
            .map(|(n, is_null, name)| json!([if *is_null { Value::Null } else { json!(name) }, -n]))
            .collect();
        assert_eq!(rows(&truth["calls_by_area"], &["neighborhood", "calls"]), expected);
        assert!(unpadded > 0 && counts.contains_key("BAKER") && counts.contains_key("Baker"));
    }
}

/// The truth and the file that `arguments` make.
fn file_of(arguments: &str) -> (Value, Vec<u8>) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("system.csv");
    assert!(run(&format!("{arguments} --output {}", path.display())).status.success());
    let text = std::fs::read(&path).expect("the program wrote it");
    let truth = json(&path.with_extension("truth.json"));
    assert_eq!(truth["bytes"], text.len());
    (truth, text)
}

fn records(text: &[u8]) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text).records().map(|record| record.expect("it reads")).collect()
}

/// Some columns of a list of objects.
fn rows(list: &Value, columns: &[&str]) -> Vec<Value> {
    let list = list.as_array().expect("a list");
    list.iter().map(|row| columns.iter().map(|column| row[column].clone()).collect()).collect()
}

fn near(found: &Value, expected: f64) {
    let found = found.as_f64().expect("a number");
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} for {expected}");
}
