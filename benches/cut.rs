//! Records out of a scan, without a question: cut, indexed, one column looked at; beside the floor. A wrong count fails.
//!
//! `cargo bench --bench cut`; one thread, a file in the page cache.

use std::io::Write;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rowfold::readers::{Input, Io, Settings, Simd, Sizes, Unlimited};
use tempfile::NamedTempFile;

fn main() {
    divan::main();
}

/// A file, how many records it has, and its size.
struct Table {
    file: NamedTempFile,
    rows: usize,
    bytes: usize,
}

impl Table {
    fn of(header: &str, rows: usize, row: impl Fn(usize) -> String) -> Table {
        let mut text = header.to_owned();
        (0..rows).for_each(|i| text.push_str(&row(i)));
        let mut file = NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        Table { file, rows, bytes: text.len() }
    }

    /// 180 bytes a record, two thirds of them quoted, over several lines, with doubled quotes.
    fn tweets() -> Table {
        Table::of("id,username,content,date\n", 200_000, |i| {
            let said = "farmers protest in delhi \u{1f64f} they said ".repeat(3);
            let content = match i % 3 {
                0 => format!("{said}no"),
                1 => format!("\"{said}\n\nno, and {i}\""),
                _ => format!("\"{said} \"\"no\"\"\n{i}\""),
            };
            format!("{},user{},{content},2021-02-{:02}\n", 1_364_506_249 + i, i % 20_011, i % 28 + 1)
        })
    }

    /// 13 bytes a record.
    fn narrow() -> Table {
        Table::of("k,v\n", 3_000_000, |i| format!("key{:03},{}.{:02}\n", i * 7 % 997, i % 90 + 10, i % 100))
    }

    fn open(&self, io: Io, simd: Simd) -> Input {
        let settings = Settings { io, simd: Some(simd), ..Settings::default() };
        Input::open(&[self.file.path()], &settings).expect("opened")
    }
}

/// Reads all records on one thread; how many there were, and how long column 1 was in all.
fn read(input: &Input) -> (usize, usize) {
    let scan = input.scan(Sizes::best(input.io()), &Unlimited);
    let mut worker = scan.worker();
    let (mut rows, mut len) = (0, 0);
    while worker.next_chunk().expect("read").is_some() {
        while let Some(batch) = worker.next_batch().expect("read") {
            let column = batch.column(1);
            rows += batch.n_records();
            len += (0..batch.n_records()).map(|r| column.raw(r).len()).sum::<usize>();
        }
    }
    (rows, len)
}

fn records(bencher: Bencher<'_, '_>, table: &Table, io: Io, simd: Simd) {
    if !simd.is_here() {
        return;
    }
    let bencher = bencher.counter(BytesCount::new(table.bytes));
    bencher.with_inputs(|| table.open(io, simd)).bench_local_refs(|input| {
        let (rows, len) = read(input);
        assert_eq!(rows, table.rows);
        black_box(len)
    });
}

#[divan::bench(args = [Simd::Portable, Simd::Avx2, Simd::Avx512], sample_count = 20)]
fn tweets_mapped(bencher: Bencher<'_, '_>, simd: Simd) {
    records(bencher, &Table::tweets(), Io::Map, simd);
}

#[divan::bench(args = [Simd::Portable, Simd::Avx2, Simd::Avx512], sample_count = 20)]
fn tweets_read(bencher: Bencher<'_, '_>, simd: Simd) {
    records(bencher, &Table::tweets(), Io::Read, simd);
}

#[divan::bench(args = [Simd::Portable, Simd::Avx2, Simd::Avx512], sample_count = 20)]
fn narrow_mapped(bencher: Bencher<'_, '_>, simd: Simd) {
    records(bencher, &Table::narrow(), Io::Map, simd);
}

/// What one thread can do to the same file and no less: read it, count newlines.
#[divan::bench(sample_count = 20)]
fn tweets_floor(bencher: Bencher<'_, '_>) {
    let table = Table::tweets();
    let input = table.open(Io::Map, Simd::best());
    let bencher = bencher.counter(BytesCount::new(table.bytes));
    bencher.bench_local(|| {
        let lines = input.count_newlines(1, Sizes::best(Io::Map), &|_| Ok(())).expect("read");
        assert!(lines > table.rows as u64);
    });
}
