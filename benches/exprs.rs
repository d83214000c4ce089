//! Values out of bytes, a batch at a time: numbers, dates, times; emojis, mentions, patterns. A wrong sum or count fails.
//!
//! `cargo bench --bench exprs`; the name of a bench says what its fields are.

use bumpalo::Bump;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use rowfold::exprs::{Frame, Misuse, Troubles, Type, Typed, Value, functions, lists, number, operators, time};

fn main() {
    divan::main();
}

/// Fields of a batch; as many as a reader gives.
const LANES: u32 = 1024;

/// Fields one after another.
struct Column {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Column {
    fn of(field: impl Fn(u32) -> String) -> Column {
        let mut column = Column { bytes: Vec::new(), ends: Vec::new() };
        for lane in 0..LANES {
            column.bytes.extend_from_slice(field(lane).as_bytes());
            column.ends.push(column.bytes.len());
        }
        column
    }

    fn values(&self) -> Vec<Value<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| Value::Text(&self.bytes[start..end])).collect()
    }

    /// About 130 bytes of tweet, an emoji in every third, a mention in every second, letters of two scripts.
    fn tweets() -> Column {
        Column::of(|i| {
            let emoji = if i % 3 == 0 { "\u{1f468}\u{200d}\u{1f33e} " } else { "" };
            let mention = if i % 2 == 0 { format!("@user_{i} ") } else { String::new() };
            format!(
                "{emoji}किसान farmers protest in delhi, {mention}they said no and sat down; day {i} of many more days to come"
            )
        })
    }
}

/// Calls `sum` over each field of `column`; all the sums are `expected`.
fn parse(bencher: Bencher<'_, '_>, column: &Column, expected: i64, parse: impl Fn(&[u8]) -> i64) {
    let values = column.values();
    let fields: Vec<&[u8]> =
        values.iter().filter_map(|value| if let Value::Text(field) = value { Some(*field) } else { None }).collect();
    let bencher = bencher.counter(BytesCount::new(column.bytes.len())).counter(ItemsCount::new(LANES));
    bencher.bench_local(|| {
        let sum: i64 = black_box(&fields).iter().map(|field| parse(field)).sum();
        assert_eq!(sum, expected);
    });
}

#[divan::bench]
fn number_12_34(bencher: Bencher<'_, '_>) {
    let column = Column::of(|i| format!("{}.{:02}", i % 90 + 10, i % 100));
    let expected = (0..LANES).map(|i| i64::from((i % 90 + 10) * 100 + i % 100)).sum();
    parse(bencher, &column, expected, |field| number::parse_short(field).expect("a number").0);
}

#[divan::bench]
fn number_1234567890123(bencher: Bencher<'_, '_>) {
    let column = Column::of(|i| (1_364_506_249_000 + i64::from(i)).to_string());
    let expected = (0..LANES).map(|i| 1_364_506_249_000 + i64::from(i)).sum();
    parse(bencher, &column, expected, |field| number::parse_short(field).expect("a number").0);
}

#[divan::bench]
fn date_plain(bencher: Bencher<'_, '_>) {
    let column = Column::of(|i| format!("1970-01-{:02}", i % 31 + 1));
    let expected = (0..LANES).map(|i| i64::from(i % 31)).sum();
    parse(bencher, &column, expected, |field| i64::from(time::parse_date(field).expect("a date")));
}

#[divan::bench]
fn date_of_timestamp(bencher: Bencher<'_, '_>) {
    let column = Column::of(|i| format!("1970-01-{:02}T09:33:{:02}+00:00", i % 31 + 1, i % 60));
    let expected = (0..LANES).map(|i| i64::from(i % 31)).sum();
    parse(bencher, &column, expected, |field| i64::from(time::parse_date(field).expect("a date")));
}

#[divan::bench]
fn timestamp_with_offset(bencher: Bencher<'_, '_>) {
    let column = Column::of(|i| format!("1970-01-01T02:00:{:02}+01:00", i % 60));
    let expected = (0..LANES).map(|i| i64::from(3600 + i % 60) * 1_000_000).sum();
    parse(bencher, &column, expected, |field| time::parse_timestamp(field).expect("a timestamp"));
}

/// The elements that the list function `name` finds in tweets are so many.
fn list(bencher: Bencher<'_, '_>, name: &str, args: Vec<Typed>, expected: u64) {
    let column = Column::tweets();
    let values = column.values();
    let args = std::iter::once(Typed::column(0, Type::Text, "content")).chain(args).collect();
    let bound = (lists::find(name).expect("is there").bind)(args).expect("fits");
    bencher.counter(BytesCount::new(column.bytes.len())).bench_local(|| {
        let mut found = 0;
        for value in black_box(&values) {
            bound.list.each(*value, &mut |_| found += 1).expect("text");
        }
        assert_eq!(found, expected);
    });
}

#[divan::bench]
fn emojis(bencher: Bencher<'_, '_>) {
    list(bencher, "emojis", vec![], u64::from(LANES.div_ceil(3)));
}

#[divan::bench]
fn mentions(bencher: Bencher<'_, '_>) {
    list(bencher, "mentions", vec![], u64::from(LANES / 2));
}

#[divan::bench]
fn regexp_extract_all(bencher: Bencher<'_, '_>) {
    list(bencher, "regexp_extract_all", vec![operators::text("@[A-Za-z0-9_]+")], u64::from(LANES / 2));
}

/// So many tweets meet the condition.
fn condition(bencher: Bencher<'_, '_>, condition: impl Fn(Typed) -> Result<Typed, Misuse>, expected: usize) {
    let column = Column::tweets();
    let values = column.values();
    let expr = condition(Typed::column(0, Type::Text, "content")).expect("fits").expr;
    let all: Vec<u32> = (0..LANES).collect();
    bencher.counter(BytesCount::new(column.bytes.len())).bench_local(|| {
        let arena = Bump::new();
        let frame = Frame { columns: &[black_box(&values)], n_lanes: LANES as usize, arena: &arena };
        let (mut lanes, mut troubles) = (all.clone(), Troubles::default());
        expr.filter(&frame, &mut lanes, &mut troubles);
        assert!(lanes.len() == expected && troubles.is_empty());
    });
}

#[divan::bench]
fn like_anywhere(bencher: Bencher<'_, '_>) {
    condition(bencher, |content| operators::like(content, operators::text("%@user!_%"), Some('!'), false), 512);
}

#[divan::bench]
fn like_prefix(bencher: Bencher<'_, '_>) {
    condition(bencher, |content| operators::like(content, operators::text("किसान%"), None, false), 682);
}

#[divan::bench]
fn ilike_anywhere(bencher: Bencher<'_, '_>) {
    condition(bencher, |content| operators::like(content, operators::text("%DELHI%day 1%"), None, true), 135);
}

#[divan::bench]
fn regexp_matches(bencher: Bencher<'_, '_>) {
    let matches = functions::find("regexp_matches").expect("is there");
    condition(bencher, |content| (matches.bind)(vec![content, operators::text("day [0-9]+00 of")]), 10);
}
