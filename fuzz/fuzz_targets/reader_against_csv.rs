//! Any bytes, at any chunk size, on any path, mapped or read, on one to three threads: the records are those of the `csv` crate.
//!
//! The first two bytes say how; the rest is the text. Runs with nightly, `cargo fuzz run reader_against_csv`, or without:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none reader_against_csv`.
#![no_main]

use std::io::Write;
use std::sync::Mutex;

use bumpalo::Bump;
use libfuzzer_sys::fuzz_target;
use rowfold::error::{Error, Result};
use rowfold::readers::{Input, Io, Ragged, Settings, Simd, Sizes, Unlimited};

type Records = Vec<Vec<Vec<u8>>>;

fuzz_target!(|bytes: &[u8]| {
    let [how, chunk, text @ ..] = bytes else { return };
    let simd = Simd::available();
    let settings = Settings {
        delimiter: Some(b','),
        header: false,
        ragged: Ragged::Skip,
        io: if how & 1 == 0 { Io::Map } else { Io::Read },
        simd: Some(simd[usize::from(how >> 1 & 3) % simd.len()]),
        ..Settings::default()
    };
    let (chunk_bytes, block_bytes) = (1 + usize::from(*chunk), 1 + usize::from(how >> 3) * 8);
    let sizes = Sizes { chunk_bytes, block_bytes, batch_records: 1 + usize::from(*chunk) % 9, work_bytes: 0 };
    let found = records(text, &settings, sizes, 1 + usize::from(*how) % 3);
    let mut expected = csv_records(text);
    let is_open = csv_records(&[text, b"\n"].concat()) != expected;
    match expected.first().map(Vec::len) {
        _ if is_refused(text) => {}
        None => assert!(matches!(found, Err(Error::Empty { .. }))),
        Some(_) if is_open => assert!(matches!(found, Err(Error::OpenQuote { .. }))),
        Some(n_columns) => {
            expected.retain(|record| record.len() == n_columns);
            assert_eq!(found.expect("no error"), expected);
        }
    }
});

/// Text that is refused by name.
fn is_refused(text: &[u8]) -> bool {
    let magics: [&[u8]; 6] = [b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\0"];
    let is_utf16 = matches!(text, [_, 0, _, 0, ..] | [0, _, 0, _, ..]);
    is_utf16 || magics.iter().any(|magic| text.starts_with(magic))
}

fn csv_records(text: &[u8]) -> Records {
    let mut reader = csv::ReaderBuilder::new();
    let records = reader.has_headers(false).flexible(true).from_reader(text).into_byte_records();
    records.map(|record| record.expect("memory").iter().map(<[u8]>::to_vec).collect()).collect()
}

fn records(text: &[u8], settings: &Settings, sizes: Sizes, n_threads: usize) -> Result<Records> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text).expect("written");
    let input = Input::open(&[file.path()], settings)?;
    let scan = input.scan(sizes, &Unlimited);
    let found = Mutex::new(Vec::new());
    let work = || {
        let mut worker = scan.worker();
        let arena = Bump::new();
        let read = (|| {
            while let Some(chunk) = worker.next_chunk()? {
                let mut records = Records::new();
                while let Some(batch) = worker.next_batch()? {
                    let field = |r, k| batch.column(k).field(r, &arena).to_vec();
                    let record = |r| (0..input.columns().len()).map(|k| field(r, k)).collect();
                    records.extend((0..batch.n_records()).map(record));
                }
                found.lock().expect("no panic").push((chunk.ordinal, records));
            }
            Ok(())
        })();
        read.unwrap_or_else(|error| worker.fail(error));
    };
    std::thread::scope(|threads| {
        // Joined, not only waited for: a thread whose ends are still being tied looks like a leak.
        let workers: Vec<_> = (0..n_threads).map(|_| threads.spawn(work)).collect();
        workers.into_iter().for_each(|worker| worker.join().expect("no panic"));
    });
    scan.finish()?;
    let mut chunks = found.into_inner().expect("no panic");
    chunks.sort();
    Ok(chunks.into_iter().flat_map(|chunk| chunk.1).collect())
}
