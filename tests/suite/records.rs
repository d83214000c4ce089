//! The records of rowfold are those of the `csv` crate.

use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::Mutex;

use bumpalo::Bump;
use proptest::prelude::*;
use rowfold::error::{Error, Result};
use rowfold::readers::{Counts, Input, Io, Quote, Ragged, Settings, Simd, Sizes, Unlimited};

pub(crate) type Records = Vec<Vec<Vec<u8>>>;

/// How the bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Map,
    Read,
    Pipe,
}

pub(crate) const WAYS: [Way; 3] = [Way::Map, Way::Read, Way::Pipe];

/// How it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    pub(crate) way: Way,
    pub(crate) chunk_bytes: usize,
    pub(crate) block_bytes: usize,
    pub(crate) threads: usize,
    pub(crate) simd: Simd,
}

impl How {
    /// Batches are as small as chunks are: of a few records where a chunk has a few.
    pub(crate) fn sizes(self) -> Sizes {
        let batch_records = 1 + self.chunk_bytes / 16;
        Sizes { chunk_bytes: self.chunk_bytes, block_bytes: self.block_bytes, batch_records, work_bytes: 0 }
    }
}

pub(crate) fn settings() -> Settings {
    Settings { delimiter: Some(b','), ragged: Ragged::Skip, ..Settings::default() }
}

/// Reads `text` as a file or a pipe.
pub(crate) fn read(text: &[u8], settings: &Settings, how: How) -> Result<(Records, Counts)> {
    let io = if how.way == Way::Read { Io::Read } else { Io::Map };
    let settings = Settings { io, simd: Some(how.simd), ..settings.clone() };
    if how.way == Way::Pipe {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let path = PathBuf::from(format!("/proc/self/fd/{}", reader.as_raw_fd()));
        std::thread::scope(|threads| {
            threads.spawn(move || drop(writer.write_all(text)));
            let input = Input::open(&[path], &settings);
            drop(reader);
            scan(&input?, how)
        })
    } else {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text).expect("written");
        let found = scan(&Input::open(&[file.path()], &settings)?, how);
        let counted = count(&Input::open(&[file.path()], &settings)?, how).map_err(|error| error.to_string());
        let cut = found.as_ref().map(|found| found.1).map_err(|error| error.to_string());
        assert_eq!(counted, cut, "counted, and cut; {how:?}\n{}", text.escape_ascii());
        found
    }
}

/// What is counted of `input` when no field is read.
fn count(input: &Input, how: How) -> Result<Counts> {
    let all = Mutex::new(Counts::default());
    let scan = input.scan(how.sizes(), &Unlimited);
    let work = || {
        let mut worker = scan.worker().without_fields();
        let mut rows = 0;
        let read = (|| {
            while worker.next_chunk()?.is_some() {
                rows += worker.counted();
                while let Some(batch) = worker.next_batch()? {
                    rows += batch.n_records() as u64;
                }
            }
            Ok(())
        })();
        let is_whole = read.is_ok();
        read.unwrap_or_else(|error| worker.fail(error));
        let counts = worker.take_counts();
        assert!(!is_whole || counts.rows == rows, "{} and {rows}", counts.rows);
        add(&mut all.lock().expect("no panic"), counts);
    };
    std::thread::scope(|threads| (0..how.threads).for_each(|_| drop(threads.spawn(work))));
    scan.finish()?;
    Ok(all.into_inner().expect("no panic"))
}

fn add(all: &mut Counts, counts: Counts) {
    all.bytes += counts.bytes;
    all.rows += counts.rows;
    all.padded += counts.padded;
    all.skipped += counts.skipped;
    all.empty_lines += counts.empty_lines;
}

/// All records of `input`, in its order.
pub(crate) fn scan(input: &Input, how: How) -> Result<(Records, Counts)> {
    let found = Mutex::new((Vec::new(), Counts::default()));
    let scan = input.scan(how.sizes(), &Unlimited);
    let work = || {
        let mut worker = scan.worker();
        let mut arena = Bump::new();
        let read = (|| {
            while let Some(chunk) = worker.next_chunk()? {
                let mut records = Records::new();
                while let Some(batch) = worker.next_batch()? {
                    let columns: Vec<_> = (0..input.columns().len()).map(|k| batch.column(k)).collect();
                    let record = |r| columns.iter().map(|column| column.field(r, &arena).to_vec()).collect();
                    records.extend((0..batch.n_records()).map(record));
                    arena.reset();
                }
                found.lock().expect("no panic").0.push((chunk.ordinal, records));
            }
            Ok(())
        })();
        if let Err(error) = read {
            worker.fail(error);
        }
        add(&mut found.lock().expect("no panic").1, worker.take_counts());
    };
    std::thread::scope(|threads| (0..how.threads).for_each(|_| drop(threads.spawn(work))));
    scan.finish()?;
    let (mut chunks, counts) = found.into_inner().expect("no panic");
    chunks.sort_by_key(|chunk| chunk.0);
    assert!(chunks.iter().enumerate().all(|(i, chunk)| i as u64 == chunk.0), "ordinals have no gaps");
    Ok((chunks.into_iter().flat_map(|chunk| chunk.1).collect(), counts))
}

/// The records of the `csv` crate, ragged or not.
fn csv_records(text: &[u8], settings: &Settings) -> Records {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(settings.delimiter.expect("given"));
    match settings.quote {
        Quote::Byte(quote) => reader.quote(quote),
        Quote::None => reader.quoting(false),
    };
    let records = reader.from_reader(text).into_byte_records();
    records.map(|record| record.expect("memory").iter().map(<[u8]>::to_vec).collect()).collect()
}

/// A text that a further line end does not end but becomes part of.
fn ends_in_quotes(text: &[u8], settings: &Settings) -> bool {
    let longer = [text, b"\n"].concat();
    csv_records(text, settings) != csv_records(&longer, settings)
}

/// Holds rowfold against the `csv` crate.
#[track_caller]
fn check(text: &[u8], settings: &Settings, how: How) {
    let context = || format!("{how:?}\n{}", text.escape_ascii());
    let mut expected = csv_records(text, settings);
    let found = read(text, settings, how);
    if expected.is_empty() {
        return assert!(matches!(found, Err(Error::Empty { .. })), "{found:?} {}", context());
    }
    if ends_in_quotes(text, settings) {
        return assert!(matches!(found, Err(Error::OpenQuote { .. })), "{found:?} {}", context());
    }
    let n_columns = expected[0].len();
    let n_all = expected.len();
    expected.retain(|record| record.len() == n_columns);
    let (records, counts) = found.unwrap_or_else(|error| panic!("{error} {}", context()));
    let shown = |records: &Records| -> Vec<String> {
        records.iter().map(|record| record.join(&b'|').escape_ascii().to_string()).collect()
    };
    assert!(records == expected, "{:?}\n{:?}\n{}", shown(&records), shown(&expected), context());
    assert_eq!(counts.rows, expected.len() as u64, "rows, {}", context());
    assert_eq!(counts.skipped, (n_all - expected.len()) as u64, "skipped, {}", context());
    assert_eq!(counts.bytes, text.len() as u64, "bytes, {}", context());
}

/// Every chunk size, way and path; the number of threads varies with them.
fn check_everywhere(text: &[u8], settings: &Settings) {
    for chunk_bytes in (1..=70).chain([1000]) {
        for way in WAYS {
            for simd in Simd::available() {
                check(text, settings, How { way, chunk_bytes, block_bytes: 64, threads: 1 + chunk_bytes % 3, simd });
            }
        }
    }
}

fn no_header() -> Settings {
    Settings { header: false, ..settings() }
}

#[test]
fn records_are_those_of_csv_at_every_chunk_size() {
    for text in [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\r\n1,2\r\n\r\n3,4\r\n",
        "a,b\r1,2\r\r3,4\r",
        "\n\n\r\na,b\n\n1,2\n\n\n",
        "a,b\n\"x\ny\",2\n\"\"\"\",\"\"\n",
        "a,b\n\"x\r\ny\",\"\r\"\r\n\"\n\",\",\"\r\n",
        "a,b\nx\"y\",\"z\"w\n\"a\"b\"c\",d\nq\"\",\"\"\"\"\"\"\n",
        "a,b\n1\n1,2,3\n,\n\"\"\n1,2\n",
        "a\n1\n\n\"\"\n2\r\n\r\n3",
        "\u{feff}a,b\n1,2\n",
        "\n\u{feff}\n1\n",
        "\u{feff}\u{feff}a,b\n\u{feff},2\n",
        "a,b\n1,\0\n\0,2\n",
        "a,b\n\"1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n13,14\n15,16\n17,18\n19,20\n21,22\n\",x\n1,2\n",
        "a,b\n1,\"open\n2,3\n",
        "a,b\n1,\"\"\"",
        "\n\r\n",
        "\"",
        ",",
        "a,b\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,y\n1,2\n",
    ] {
        check_everywhere(text.as_bytes(), &no_header());
    }
}

#[test]
fn quotes_mean_nothing_where_none_are_set() {
    let settings = Settings { quote: Quote::None, ..no_header() };
    check_everywhere(b"a,b\n\"1,2\"\n\"x\ny\",z\n", &settings);
}

#[test]
fn any_byte_separates_and_any_other_encloses() {
    let settings = Settings { delimiter: Some(0), quote: Quote::Byte(0xff), ..no_header() };
    check_everywhere(b"a\x00b\n\xff1\x00\n\xff\x002\n\xff\xff\xff\xff\x00\"\n", &settings);
}

fn how() -> impl Strategy<Value = How> {
    let way = prop::sample::select(WAYS.to_vec());
    let simd = prop::sample::select(Simd::available());
    (way, 1..=70usize, 1..=100usize, 1..=3usize, simd).prop_map(|(way, chunk_bytes, block_bytes, threads, simd)| How {
        way,
        chunk_bytes,
        block_bytes,
        threads,
        simd,
    })
}

/// Text in which nearly every record has three fields.
fn orderly() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        4 => "[ab]{0,6}",
        2 => "\"([ab,\n\r]|\"\"){0,9}\"",
        1 => "[ab\"]{0,4}",
    ];
    let record = (prop::collection::vec(field, 3), prop::sample::select(vec!["\n", "\n", "\r\n", "\r", "\n\n"]));
    let record = record.prop_map(|(fields, end)| format!("{}{end}", fields.join(",")));
    prop::collection::vec(record, 1..20).prop_map(|records| records.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn records_of_any_text_are_those_of_csv(text in prop::collection::vec(prop::sample::select(b"\"\",,\n\n\rab".to_vec()), 0..200), how in how()) {
        check(&text, &no_header(), how);
    }

    #[test]
    fn records_of_orderly_text_are_those_of_csv(text in orderly(), how in how()) {
        check(&text, &no_header(), how);
    }

    #[test]
    fn records_of_one_column_are_those_of_csv(text in prop::collection::vec(prop::sample::select(b"\"\n\n\rab".to_vec()), 0..120), how in how()) {
        check(&[b"x\n", &text[..]].concat(), &no_header(), how);
    }

    #[test]
    fn large_chunks_and_blocks_make_no_difference(text in orderly(), how in how(), times in 1..60usize, n in 100..5000usize) {
        check(&text.repeat(times), &no_header(), How { chunk_bytes: n, block_bytes: n / 2, ..how });
    }

    #[test]
    fn empty_lines_are_counted_alike_everywhere(text in prop::collection::vec(prop::sample::select(b"\"\n\n\r\ra".to_vec()), 0..80), how in how()) {
        let text = [b"x\n", &text[..]].concat();
        let whole = How { way: Way::Read, chunk_bytes: 1000, block_bytes: 1000, threads: 1, simd: Simd::Portable };
        if let Ok((_, counts)) = read(&text, &no_header(), whole) {
            prop_assert_eq!(read(&text, &no_header(), how).expect("as before").1, counts);
        }
    }
}
