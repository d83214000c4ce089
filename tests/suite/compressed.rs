//! Compressed files are read as what they were before, or not at all.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use rowfold::error::{Error, Exit};
use rowfold::readers::{Input, Io, Ragged, Reserve, Settings, Simd, Sizes, Unlimited};
use tempfile::NamedTempFile;

use crate::records::{How, Records, WAYS, Way, read, settings};
use crate::tool::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

const FORMATS: [Format; 4] = [Format::Gzip, Format::Zstd, Format::Bzip2, Format::Xz];

impl Format {
    /// One stream, with a checksum.
    fn pack(self, text: &[u8]) -> Vec<u8> {
        match self {
            Format::Gzip => {
                let mut encoder =
                    flate2::GzBuilder::new().filename("tweets.csv").write(Vec::new(), flate2::Compression::default());
                encoder.write_all(text).expect("memory");
                encoder.finish().expect("memory")
            }
            Format::Zstd => zstd(text, 17),
            Format::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                encoder.write_all(text).expect("memory");
                encoder.finish().expect("memory")
            }
            Format::Xz => xz(text, 1 << 20),
        }
    }

    /// How many bytes tell that it is this.
    fn magic_bytes(self) -> usize {
        match self {
            Format::Gzip => 2,
            Format::Zstd => 4,
            Format::Bzip2 => 10,
            Format::Xz => 6,
        }
    }
}

/// A frame with a window of 2^`window_log` bytes.
fn zstd(text: &[u8], window_log: u32) -> Vec<u8> {
    use zstd_safe::CParameter::{ChecksumFlag, ContentSizeFlag, WindowLog};
    let mut context = zstd_safe::CCtx::create();
    for parameter in [ChecksumFlag(true), ContentSizeFlag(false), WindowLog(window_log)] {
        context.set_parameter(parameter).expect("valid");
    }
    let mut packed = vec![0; zstd_safe::compress_bound(text.len())];
    let mut output = zstd_safe::OutBuffer::around(&mut packed[..]);
    let mut input = zstd_safe::InBuffer::around(text);
    while input.pos() < text.len() {
        context.compress_stream(&mut output, &mut input).expect("room");
    }
    while context.end_stream(&mut output).expect("room") > 0 {}
    let len = output.pos();
    packed.truncate(len);
    packed
}

/// A stream with a dictionary of so many bytes.
fn xz(text: &[u8], dictionary_bytes: u32) -> Vec<u8> {
    use liblzma::stream::{Check, Filters, LzmaOptions, Stream};
    let mut options = LzmaOptions::new_preset(0).expect("a preset");
    options.dict_size(dictionary_bytes);
    let stream = Stream::new_stream_encoder(Filters::new().lzma2(&options), Check::Crc64).expect("valid");
    let mut encoder = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

fn how(way: Way, chunk_bytes: usize, threads: usize) -> How {
    How { way, chunk_bytes, block_bytes: 64, threads, simd: Simd::best() }
}

fn rows(n: usize) -> Vec<u8> {
    let row = |i: usize| format!("{i},\"said, {}\nand {}\"\n", i * i, i % 7);
    (0..n).fold(b"a,b\n".to_vec(), |text, i| [text, row(i).into_bytes()].concat())
}

/// Like [`rows`], and hard to compress.
fn noise(n: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state >> 20
    };
    (0..n).fold(b"a,b\n".to_vec(), |mut text, _| {
        text.extend(format!("{:x},{:x}\n", next(), next()).into_bytes());
        text
    })
}

/// Holds what `packed` gives against what `text` gives.
#[track_caller]
fn check(packed: &[u8], text: &[u8], how: How) {
    let (expected, _) = read(text, &settings(), how).expect("plain");
    let (records, counts) = read(packed, &settings(), how).unwrap_or_else(|error| panic!("{error}, {how:?}"));
    assert_eq!(records.len(), expected.len(), "{how:?}");
    let differs = records.iter().zip(&expected).position(|(record, expected)| record != expected);
    if let Some(i) = differs {
        panic!(
            "record {i} is {}, not {}; {how:?}",
            records[i].join(&b'|').escape_ascii(),
            expected[i].join(&b'|').escape_ascii()
        );
    }
    assert_eq!(counts.bytes, packed.len() as u64, "compressed bytes are counted, {how:?}");
}

#[test]
fn records_are_those_of_the_plain_file_at_every_chunk_size() {
    let text = rows(60);
    for format in FORMATS {
        let packed = format.pack(&text);
        for chunk_bytes in (1..40).chain([1000, 1 << 20]) {
            for way in WAYS {
                check(&packed, &text, how(way, chunk_bytes, 1 + chunk_bytes % 3));
            }
        }
    }
}

#[test]
fn a_text_longer_than_every_buffer_is_read_whole() {
    let text = noise(150_000);
    for format in FORMATS {
        let packed = format.pack(&text);
        for way in [Way::Map, Way::Pipe] {
            check(&packed, &text, how(way, 100_000, 3));
        }
    }
}

#[test]
fn streams_behind_one_another_are_one_text() {
    let text = rows(40);
    for format in FORMATS {
        for cut in [0, 1, 3, 4, 50, text.len() - 1, text.len()] {
            let packed = [format.pack(&text[..cut]), format.pack(b""), format.pack(&text[cut..])].concat();
            for way in WAYS {
                check(&packed, &text, how(way, 100, 2));
            }
        }
    }
}

#[test]
fn a_stream_of_every_format_cut_by_its_own_tool_is_read() {
    // pzstd writes a frame to be skipped first.
    let text = rows(10);
    let skipped = b"\x50\x2a\x4d\x18\x04\0\0\0\x01\x02\x03\x04";
    check(&[skipped, &Format::Zstd.pack(&text)[..]].concat(), &text, how(Way::Map, 100, 1));
    check(&[&Format::Zstd.pack(&text)[..], skipped].concat(), &text, how(Way::Pipe, 100, 1));
    // A tape's blocks, and xz's multiples of four, end in zeros.
    for format in [Format::Gzip, Format::Xz] {
        let packed = format.pack(&text);
        check(&[&packed[..], &[0; 512]].concat(), &text, how(Way::Map, 100, 1));
        check(
            &[&packed[..], &[0; 4], &format.pack(b"1,2\n")].concat(),
            &[&text[..], b"1,2\n"].concat(),
            how(Way::Pipe, 100, 1),
        );
    }
}

#[test]
fn every_file_of_a_table_may_be_compressed_or_not() {
    let (one, two) = (rows(30), b"b,a\n1,2\n\"3\",4\n");
    let files: Vec<NamedTempFile> =
        [one.clone(), Format::Gzip.pack(&one), Format::Xz.pack(two), Format::Zstd.pack(two)]
            .iter()
            .map(|bytes| file_of(bytes))
            .collect();
    let paths: Vec<_> = files.iter().map(NamedTempFile::path).collect();
    let input = Input::open(&paths, &settings()).expect("opened");
    let (records, _) = crate::records::scan(&input, how(Way::Map, 64, 2)).expect("read");
    assert_eq!(records.len(), 64);
    assert_eq!(records[61], [&b"4"[..], b"3"]);
    let sizes: Vec<u64> = input.files().iter().map(|file| file.bytes).collect();
    let expected: Vec<u64> = files.iter().map(|file| file.path().metadata().expect("there").len()).collect();
    assert_eq!(sizes, expected);
    assert_eq!(input.size_bytes(), Some(expected.iter().sum()));
    assert!(paths.iter().all(|path| input.is_file(path)));
}

#[test]
fn nothing_compressed_is_an_empty_file() {
    for format in FORMATS {
        for way in WAYS {
            let empty = read(&format.pack(b""), &settings(), how(way, 100, 1));
            assert!(matches!(empty, Err(Error::Empty { .. })), "{format:?} {empty:?}");
            let (records, _) = read(&format.pack(b"a,b\n"), &settings(), how(way, 100, 1)).expect("a header");
            assert_eq!(records, Records::new());
        }
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error_at_its_end() {
    let text = rows(12);
    for format in FORMATS {
        let packed = format.pack(&text);
        for len in format.magic_bytes()..packed.len() {
            for way in [Way::Map, Way::Pipe] {
                match read(&packed[..len], &settings(), how(way, 50, 2)) {
                    Err(error @ Error::Corrupt { .. }) => {
                        assert_eq!(error.exit(), Exit::Data);
                        let sentence = error.to_string();
                        assert!(sentence.contains(&format!("byte {len}: ")), "{format:?} {len}: {sentence}");
                        assert!(sentence.contains("is cut off here"), "{format:?} {len}: {sentence}");
                    }
                    other => panic!("{format:?} {len}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn a_long_file_cut_anywhere_is_no_short_answer() {
    let text = noise(40_000);
    for format in FORMATS {
        let packed = format.pack(&text);
        for len in (1..20).map(|i| packed.len() * i / 20).chain([packed.len() - 1]) {
            let found = read(&packed[..len], &settings(), how(Way::Map, 4096, 2));
            assert!(matches!(found, Err(Error::Corrupt { at, .. }) if at == len as u64), "{format:?} {len}");
        }
    }
}

#[test]
fn records_before_a_cut_come_before_the_error_at_every_chunk_size() {
    let text = noise(40_000);
    for format in FORMATS {
        let packed = format.pack(&text);
        let file = file_of(&packed[..packed.len() - 1]);
        let mut counts = Vec::new();
        for chunk_bytes in [1 << 12, 1 << 16, 1 << 20] {
            let input = Input::open(&[file.path()], &settings()).expect("opened");
            let scan = input.scan(Sizes { chunk_bytes, ..Sizes::best(Io::Map) }, &Unlimited);
            let mut worker = scan.worker();
            let ended = loop {
                match worker.next_chunk() {
                    Ok(Some(_)) => while worker.next_batch().expect("whole").is_some() {},
                    ended => break ended,
                }
            };
            assert!(matches!(ended, Err(Error::Corrupt { .. })), "{format:?}");
            counts.push(worker.take_counts().rows);
        }
        assert!(counts.iter().all(|rows| rows == &counts[0]), "{format:?} {counts:?}");
    }
}

#[test]
fn a_bit_flipped_anywhere_changes_no_answer() {
    let text = rows(12);
    for format in FORMATS {
        let packed = format.pack(&text);
        let how = how(Way::Map, 1000, 1);
        let (expected, _) = read(&text, &settings(), how).expect("plain");
        let mut n_refused = 0;
        for bit in 8 * format.magic_bytes()..8 * packed.len() {
            let mut flipped = packed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            match read(&flipped, &settings(), how) {
                // A name, a time: nothing of the text.
                Ok((records, _)) => assert!(records == expected, "{format:?}, bit {bit}"),
                // A header that is garbage is told before the checksum behind it.
                Err(Error::Corrupt { .. } | Error::Malformed { .. }) => n_refused += 1,
                Err(error) => panic!("{format:?}, bit {bit}: {error}"),
            }
        }
        assert!(n_refused > 4 * packed.len(), "{format:?}");
    }
}

#[test]
fn what_follows_the_last_stream_is_an_error_at_its_place() {
    let text = rows(5);
    for format in FORMATS {
        let packed = format.pack(&text);
        for tail in [&b"x"[..], b"1,2\n", &b"PK\x03\x04 and more, longer than any header of a stream"[..]] {
            for way in WAYS {
                let error = read(&[&packed[..], tail].concat(), &settings(), how(way, 64, 1)).expect_err("refused");
                let sentence = error.to_string();
                assert!(sentence.contains(&format!("byte {0}: ", packed.len())), "{sentence}");
                assert!(sentence.ends_with(&format!("cut it off: head -c {}", packed.len())), "{sentence}");
            }
        }
    }
}

#[test]
fn what_is_compressed_twice_is_refused_by_name() {
    for (inner, name) in FORMATS.into_iter().zip(["gzip", "zstd", "bzip2", "xz"]) {
        for outer in FORMATS {
            let error =
                read(&outer.pack(&inner.pack(&rows(5))), &settings(), how(Way::Map, 64, 1)).expect_err("refused");
            assert!(error.to_string().contains(&format!("compressed twice, within as {name}")), "{error}");
        }
    }
}

#[test]
fn a_bad_record_is_told_at_its_line_of_the_text() {
    let text = [&rows(20)[..], b"1,2,3\n", &rows(20)].concat();
    for format in FORMATS {
        for way in WAYS {
            let settings = Settings { ragged: Ragged::Error, ..settings() };
            let error = read(&format.pack(&text), &settings, how(way, 64, 1)).expect_err("refused");
            assert!(error.to_string().contains("line 42: 3 fields"), "{error}");
        }
    }
}

fn file_of(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    file
}

/// Lends up to a limit, and keeps account.
#[derive(Debug, Default)]
struct Books {
    limit_bytes: u64,
    lent: AtomicU64,
    most: AtomicU64,
}

impl Reserve for Books {
    fn work_bytes(&self, _field_bytes: &dyn Fn(usize) -> usize) -> u64 {
        0
    }

    fn would_do(&self, record_bytes: u64) -> u64 {
        record_bytes
    }

    fn reserve(&self, bytes: u64) -> bool {
        let lent = self.lent.load(Ordering::SeqCst) + bytes;
        if lent > self.limit_bytes {
            return false;
        }
        self.lent.store(lent, Ordering::SeqCst);
        self.most.fetch_max(lent, Ordering::SeqCst);
        true
    }

    fn give_back(&self, bytes: u64) {
        self.lent.fetch_sub(bytes, Ordering::SeqCst);
    }
}

fn scan_all(input: &Input, reserve: &dyn Reserve) -> Result<u64, Error> {
    let scan = input.scan(Sizes { chunk_bytes: 4096, block_bytes: 1024, ..Sizes::best(Io::Map) }, reserve);
    let mut worker = scan.worker();
    let read = (|| {
        while worker.next_chunk()?.is_some() {
            while worker.next_batch()?.is_some() {}
        }
        Ok(())
    })();
    let rows = worker.take_counts().rows;
    read.unwrap_or_else(|error| worker.fail(error));
    drop(worker);
    scan.finish().map(|_| rows)
}

#[test]
fn what_a_decoder_needs_is_told_before_the_scan() {
    let text = rows(5);
    let need = |packed: &[u8]| {
        Input::open(&[file_of(packed)], &settings()).expect("opened").decoder_bytes(None).expect("known")
    };
    assert_eq!(need(&text), 0, "of a plain file");
    let least = need(&Format::Gzip.pack(&text));
    assert!((500_000..2_000_000).contains(&least), "{least}");
    for mib in [1, 8, 64] {
        for packed in [xz(&text, mib << 20), zstd(&text, (u64::from(mib) << 20).ilog2())] {
            let more = need(&packed) - least;
            let window = u64::from(mib) << 20;
            assert!((window..window + (1 << 20)).contains(&more), "{mib} MiB: {more}");
        }
    }
    let files = [file_of(&xz(&text, 8 << 20)), file_of(&xz(&text, 4 << 20)), file_of(&text)];
    let all = Input::open(&files, &settings()).expect("opened").decoder_bytes(None).expect("known");
    assert_eq!(all, need(&xz(&text, 8 << 20)), "one file is decoded at a time");
}

#[test]
fn a_later_stream_that_needs_more_memory_asks_for_it_and_gives_it_back() {
    let text = noise(30_000);
    let packed = |pack: fn(&[u8], u32) -> Vec<u8>, windows: [u32; 3]| {
        [pack(&text, windows[0]), pack(&text[4..], windows[1]), pack(&text[4..], windows[2])].concat()
    };
    for packed in [packed(zstd, [16, 23, 20]), packed(xz, [1 << 16, 1 << 23, 1 << 20])] {
        let file = file_of(&packed);
        let open = || Input::open(&[file.path()], &settings()).expect("opened");
        let books = Books { limit_bytes: 20 << 20, ..Books::default() };
        assert_eq!(scan_all(&open(), &books).expect("read"), 90_000);
        assert!((7 << 20..10 << 20).contains(&books.most.load(Ordering::SeqCst)), "{books:?}");
        assert_eq!(books.lent.load(Ordering::SeqCst), 0, "all is given back");

        let error = scan_all(&open(), &Books { limit_bytes: 1 << 20, ..Books::default() }).expect_err("refused");
        assert_eq!(error.exit(), Exit::Limit);
        assert!(matches!(error, Error::MemoryAt { need_bytes: 0x80_0000..0x90_0000, .. }), "{error:?}");
    }
}

#[test]
fn a_compressed_file_that_changes_while_it_is_read_is_told_to_have_changed() {
    for format in FORMATS {
        let file = file_of(&format.pack(&noise(60_000)));
        let input = Input::open(&[file.path()], &settings()).expect("opened");
        file.as_file().set_len(100_000).expect("truncated");
        let error = scan_all(&input, &Unlimited).expect_err("shrunk");
        assert!(matches!(error, Error::Changed { what: "shrank", .. }), "{error}");
    }
}

#[test]
fn the_tool_answers_or_says_how_much_memory_would_do() {
    let place = Place::with(&[]);
    let text = noise(20_000);
    let count = "SELECT count(*) AS n FROM t";
    for (i, format) in FORMATS.into_iter().enumerate() {
        let name = format!("packed-{i}");
        place.write(&name, &format.pack(&text));
        assert_eq!(place.answer(&["sql", count, &name, "--memory", "40M", "--format", "csv"]), "n\n20000\n");
        let piped = place.run_with(&["sql", count, "-", "--format", "csv"], &format.pack(&text));
        assert_eq!(piped.stdout, b"n\n20000\n");
        place.write(&name, &format.pack(&text)[..5000]);
        let cut = place.run(&["sql", count, &name]);
        assert_eq!((cut.code, cut.stdout.len()), (3, 0), "{}", cut.stderr);
    }
    for packed in [xz(&text, 64 << 20), zstd(&text, 26)] {
        place.write("long", &packed);
        let refused = place.run(&["sql", count, "long", "--memory", "64M", "--threads", "2"]);
        assert_eq!(refused.code, 4, "{}", refused.stderr);
        let would_do = refused.stderr.split_once(" would do").expect("a figure").0.rsplit_once(' ').expect("words").1;
        let answered = place.run(&["sql", count, "long", "--memory", would_do, "--threads", "2", "--format", "csv"]);
        assert_eq!((answered.code, &answered.stdout[..]), (0, &b"n\n20000\n"[..]), "{}", answered.stderr);
    }
}
