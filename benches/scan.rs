//! The two passes over a chunk, each alone, on every path: bytes in L2, no file. A wrong count fails.
//!
//! `cargo bench --bench scan`; one thread.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use rowfold::readers::{Passes, Simd};

fn main() {
    divan::main();
}

/// What a chunk holds; its size and its shape are the name.
#[derive(Clone, Copy, Debug)]
enum Text {
    /// 180 bytes a record of 4 fields, two thirds of them quoted, with newlines and doubled quotes.
    Tweets,
    /// 14 bytes a record of 2 fields, no quote.
    Narrow,
    /// 120 bytes a record of 60 fields: a separator every other byte.
    Wide,
}

const TEXTS: [Text; 3] = [Text::Tweets, Text::Narrow, Text::Wide];

/// As much as a worker looks at before it looks again.
const CHUNK_BYTES: usize = 256 << 10;

impl Text {
    /// Whole records that fill a chunk, and how many separators and records they have.
    fn chunk(self) -> (Vec<u8>, usize, usize) {
        let row = |i: usize| match self {
            Text::Tweets => {
                let said = "farmers protest in delhi \u{1f64f} they said ".repeat(3);
                let content = match i % 3 {
                    0 => format!("{said}no"),
                    1 => format!("\"{said}\n\nno, and {i}\""),
                    _ => format!("\"{said} \"\"no\"\"\n{i}\""),
                };
                format!("{},user{},{content},2021-02-{:02}\n", 1_364_506_249 + i, i % 20_011, i % 28 + 1)
            }
            Text::Narrow => format!("key{:03},{}.{:02}\n", i * 7 % 997, i % 90 + 10, i % 100),
            Text::Wide => format!("{}0\n", format!("{},", i % 10).repeat(59)),
        };
        let n_fields = match self {
            Text::Tweets => 4,
            Text::Narrow => 2,
            Text::Wide => 60,
        };
        let (mut text, mut rows) = (Vec::new(), 0);
        while text.len() + 256 < CHUNK_BYTES {
            text.extend(row(rows).into_bytes());
            rows += 1;
        }
        (text, rows * n_fields, rows)
    }
}

/// Every text on every path that this machine has.
fn cases() -> Vec<(Simd, Text)> {
    Simd::available().into_iter().flat_map(|simd| TEXTS.map(|text| (simd, text))).collect()
}

/// The first pass: quotes summed up, masks kept.
#[divan::bench(args = cases())]
fn keep(bencher: Bencher<'_, '_>, (simd, text): (Simd, Text)) {
    let (bytes, ..) = text.chunk();
    let mut passes = Passes::of(simd, b',', b'"');
    bencher.counter(BytesCount::new(bytes.len())).bench_local(|| assert!(passes.keep(black_box(&bytes))));
}

/// The second pass: separators and record ends listed from the masks.
#[divan::bench(args = cases())]
fn index_kept(bencher: Bencher<'_, '_>, (simd, text): (Simd, Text)) {
    let (bytes, separators, records) = text.chunk();
    let mut passes = Passes::of(simd, b',', b'"');
    assert!(passes.keep(&bytes));
    let bencher = bencher.counter(BytesCount::new(bytes.len()));
    bencher.bench_local(|| assert_eq!(passes.index_kept(0..bytes.len()), (separators, records)));
}

/// Both in one, where the state is known before: what is done with a pipe.
#[divan::bench(args = cases())]
fn index(bencher: Bencher<'_, '_>, (simd, text): (Simd, Text)) {
    let (bytes, separators, records) = text.chunk();
    let mut passes = Passes::of(simd, b',', b'"');
    let bencher = bencher.counter(BytesCount::new(bytes.len()));
    bencher.bench_local(|| assert_eq!(passes.index(black_box(&bytes)), (separators, records)));
}
