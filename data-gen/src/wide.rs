//! A table of 60 columns, ten kinds of value six times over, for questions that need a few of many columns.
//!
//! `code_1, integer_1, decimal_1, word_1, date_1, timestamp_1, flag_1, text_1, sparse_1, large_1, code_2, …, large_6`. The truth is about
//! `code_3` as the key and five others: count of `sparse_5`, sums of `integer_2`, `integer_6`, `decimal_1` and `decimal_4`.

use clap::Args;
use serde::Serialize;

use crate::blocks::Rows;
use crate::calendar;
use crate::extent::Extent;
use crate::fields::{self, integer, padded, pair};
use crate::output::{Failure, Output};
use crate::random::{Random, part};

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct Wide {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
}

impl Wide {
    /// Writes it, and beside it five aggregates by `code_3`.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let table = Table { dates: (FIRST_DAY..FIRST_DAY + N_DAYS).map(calendar::date).collect() };
        let n_rows = self.extent.rows(&table);
        self.output.write(&self.extent, &table, n_rows, |written| {
            let groups = (0..).zip(written.tally).filter(|(_, sums)| sums.rows > 0);
            Some(Truth { rows: n_rows, bytes: written.bytes, by_code_3: groups.map(Group::of).collect() })
        })
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    rows: u64,
    bytes: u64,
    by_code_3: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    code_3: String,
    #[serde(flatten)]
    sums: Sums,
}

impl Group {
    fn of((code, sums): (u32, Sums)) -> Group {
        Group { code_3: format!("c{code:02}"), sums }
    }
}

/// Sums over some rows of one code; those of decimals in hundredths, so that they are exact.
#[derive(Debug, Clone, Default, Serialize)]
struct Sums {
    rows: u64,
    sparse_5_count: u64,
    integer_2: u64,
    integer_6: u64,
    decimal_1_hundredths: i64,
    decimal_4_hundredths: i64,
}

const KINDS: [&str; 10] =
    ["code", "integer", "decimal", "word", "date", "timestamp", "flag", "text", "sparse", "large"];
const REPEATS: usize = 6;
const N_CODES: u32 = 100;
const MOST_INTEGER: u32 = 1_000_000;
const MOST_HUNDREDTHS: u32 = 999_999;
/// 2010-01-01.
const FIRST_DAY: u32 = 14_610;
const N_DAYS: u32 = 5_000;
const WORDS: [&str; 16] = [
    "amber", "birch", "copper", "delta", "ember", "flint", "granite", "harbour", "indigo", "juniper", "kestrel",
    "lagoon", "maple", "nickel", "océan", "peña",
];

/// The maker of rows.
#[derive(Debug)]
struct Table {
    dates: Vec<String>,
}

impl Rows for Table {
    type Tally = Vec<Sums>;

    fn tally(&self) -> Vec<Sums> {
        vec![Sums::default(); N_CODES as usize]
    }

    fn merge(&self, into: &mut Vec<Sums>, from: Vec<Sums>) {
        for (into, from) in into.iter_mut().zip(from) {
            into.rows += from.rows;
            into.sparse_5_count += from.sparse_5_count;
            into.integer_2 += from.integer_2;
            into.integer_6 += from.integer_6;
            into.decimal_1_hundredths += from.decimal_1_hundredths;
            into.decimal_4_hundredths += from.decimal_4_hundredths;
        }
    }

    fn header(&self, out: &mut Vec<u8>) {
        let names: Vec<String> = (1..=REPEATS).flat_map(|i| KINDS.map(|kind| format!("{kind}_{i}"))).collect();
        out.extend_from_slice(names.join(",").as_bytes());
        out.push(b'\n');
    }

    fn row(&self, _: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Vec<Sums>) {
        let parts: [Part; REPEATS] = std::array::from_fn(|_| self.part(random, out));
        if let Some(end) = out.last_mut() {
            *end = b'\n';
        }
        let sums = &mut tally[parts[2].code as usize];
        sums.rows += 1;
        sums.sparse_5_count += u64::from(parts[4].has_sparse);
        sums.integer_2 += u64::from(parts[1].integer);
        sums.integer_6 += u64::from(parts[5].integer);
        sums.decimal_1_hundredths += parts[0].hundredths;
        sums.decimal_4_hundredths += parts[3].hundredths;
    }
}

/// What the truth may need of ten columns.
struct Part {
    code: u32,
    integer: u32,
    hundredths: i64,
    has_sparse: bool,
}

impl Table {
    /// Appends ten columns, a comma behind each.
    fn part(&self, random: &mut Random, out: &mut Vec<u8>) -> Part {
        let code = random.below(N_CODES);
        out.push(b'c');
        pair(out, code);
        out.push(b',');

        let integer_value = random.below(MOST_INTEGER + 1);
        integer(out, u64::from(integer_value));
        out.push(b',');

        let hundredths = i64::from(random.between(0, 2 * MOST_HUNDREDTHS)) - i64::from(MOST_HUNDREDTHS);
        if hundredths < 0 {
            out.push(b'-');
        }
        integer(out, hundredths.unsigned_abs() / 100);
        out.push(b'.');
        padded::<2>(out, hundredths.unsigned_abs() % 100);
        out.push(b',');

        word(random, out);
        out.push(b',');
        self.date(random, out);
        out.push(b',');
        self.date(random, out);
        time(out, random.below(86_400));
        out.extend_from_slice(if random.one_in(2) { b",true," } else { b",false," });

        text(random, out);
        out.push(b',');
        let has_sparse = random.one_in(5);
        if has_sparse {
            integer(out, u64::from(random.below(1000)));
        }
        out.push(b',');
        integer(out, 1_000_000_000_000_000_000 + random.bits() % 1_000_000_000_000_000_000);
        out.push(b',');
        Part { code, integer: integer_value, hundredths, has_sparse }
    }

    fn date(&self, random: &mut Random, out: &mut Vec<u8>) {
        out.extend_from_slice(self.dates[random.below(N_DAYS) as usize].as_bytes());
    }
}

/// ` HH:MM:SS`.
fn time(out: &mut Vec<u8>, second: u32) {
    for (before, part) in [(b' ', second / 3600), (b':', second / 60 % 60), (b':', second % 60)] {
        out.push(before);
        pair(out, part);
    }
}

fn word(random: &mut Random, out: &mut Vec<u8>) {
    out.extend_from_slice(random.choose(&WORDS).as_bytes());
}

/// Two words; one text in sixteen has to be quoted.
fn text(random: &mut Random, out: &mut Vec<u8>) {
    let start = out.len();
    word(random, out);
    out.extend_from_slice(match part(random.bits(), 32) {
        0 => b", ",
        1 => b" \" ",
        _ => b" ",
    });
    word(random, out);
    fields::enclose(out, start, b',');
}
