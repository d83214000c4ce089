//! What is wrong with an input is told at its place, and the same whatever the chunks and threads.

use std::io::Write;

use rowfold::error::Error;
use rowfold::readers::{Input, Ragged, Settings, Simd};

use crate::records::{How, Records, WAYS, read, settings};

/// The sentence, from the place on, that reading `text` ends with everywhere.
#[track_caller]
fn check(text: &str, settings: &Settings, expected: &str) {
    for chunk_bytes in [1, 2, 3, 5, 8, 13, 64, 1000] {
        for way in WAYS {
            for threads in [1, 3] {
                let how = How { way, chunk_bytes, block_bytes: 64, threads, simd: Simd::best() };
                let error = read(text.as_bytes(), settings, how).expect_err(text).to_string();
                assert!(error.ends_with(expected), "{how:?}: {error:?} is not {expected:?}");
            }
        }
    }
}

fn strict() -> Settings {
    Settings { ragged: Ragged::Error, ..settings() }
}

#[test]
fn ragged_record_is_told_by_its_line() {
    check(
        "a,b\n1,2\n\"x\ny\",2\n1,2,3\n1\n",
        &strict(),
        "line 5: 3 fields where the header has 2; close its quotes, or choose --ragged skip",
    );
    check(
        "a,b\r\n1,2\r\n\r\n1\r\n",
        &strict(),
        "line 4: 1 field where the header has 2; close its quotes, or choose --ragged pad or --ragged skip",
    );
}

#[test]
fn open_quote_is_told_by_the_line_where_its_record_begins() {
    check(
        "a,b\n1,2\n1,\"x\n2,3\n4,5\n",
        &strict(),
        "line 3: a quote opened in this record is still open at the end of the input",
    );
    check("a,\"b\n1,2\n", &strict(), "line 1: a quote opened in this record is still open at the end of the input");
}

#[test]
fn long_record_is_told_by_the_line_where_it_begins() {
    let settings = Settings { max_record_bytes: 10, ..strict() };
    let sentence = "line 3: record passes 10 bytes; close its quote, or raise --max-record";
    check("a,b\n1,2\n12345,67890\n1,2\n", &settings, sentence);
    check("a,b\n1,2\n1,\"x\n2,3\n4,5\n1,2\n", &settings, sentence);
    check("a,b\n1,2\n1,\"x\n2,3\n4,5\n\"\n1,2\n", &settings, sentence);
    check("a,b\n12,345\n1,\"x\n2,3\n4,5\n1,2\n\"", &settings, sentence);
}

#[test]
fn longest_record_is_taken() {
    let settings = Settings { max_record_bytes: 11, ..strict() };
    for way in WAYS {
        let how = How { way, chunk_bytes: 4, block_bytes: 64, threads: 2, simd: Simd::best() };
        let (records, _) = read(b"a,b\n1,2\n12345,67890\n", &settings, how).expect("read");
        assert_eq!(records.len(), 2);
    }
}

#[test]
fn unreadable_encodings_are_refused_by_name() {
    for (text, expected) in
        [(&b"\xff\xfea\0,\0"[..], "UTF-16"), (b"a\0,\0b\0\n\0", "UTF-16"), (b"\0a\0,\0b\0\n", "UTF-16")]
    {
        for way in WAYS {
            let how = How { way, chunk_bytes: 10, block_bytes: 64, threads: 1, simd: Simd::best() };
            let error = read(text, &strict(), how).expect_err("refused").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}

#[test]
fn short_records_are_padded_and_counted() {
    for way in WAYS {
        for chunk_bytes in 1..30 {
            let how = How { way, chunk_bytes, block_bytes: 16, threads: 2, simd: Simd::best() };
            let settings = Settings { ragged: Ragged::Pad, ..settings() };
            let (records, counts) = read(b"a,b,c\n1,2,3\n4\n5,6\n\n7,8,9", &settings, how).expect("read");
            let expected: Records = [["1", "2", "3"], ["4", "", ""], ["5", "6", ""], ["7", "8", "9"]]
                .map(|record| record.map(|field| field.as_bytes().to_vec()).to_vec())
                .to_vec();
            assert_eq!(records, expected);
            assert_eq!((counts.padded, counts.empty_lines), (2, 1));
        }
    }
}

#[test]
fn lines_before_the_header_are_skipped() {
    let settings = Settings { skip_lines: 2, ..settings() };
    for way in WAYS {
        let how = How { way, chunk_bytes: 3, block_bytes: 64, threads: 2, simd: Simd::best() };
        let (records, _) = read(b"made by\n\"x\na,b\n1,2\n", &settings, how).expect("read");
        assert_eq!(records, [["1", "2"].map(|field| field.as_bytes().to_vec()).to_vec()]);
        assert!(matches!(read(b"made by\n", &settings, how), Err(Error::Empty { .. })));
    }
    check(
        "made by\n\"x\na,b\n1,2\n1\n",
        &Settings { ragged: Ragged::Error, ..settings },
        "line 5: 1 field where the header has 2; close its quotes, or choose --ragged pad or --ragged skip",
    );
}

#[test]
fn files_of_one_table_are_matched_by_name() {
    let file = |text: &str| {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(text.as_bytes()).expect("written");
        file
    };
    let (first, second) = (file("a,b\n1,2\n"), file("\u{feff}b;a\n4;3\n6;5"));
    let settings = Settings { delimiter: None, ..settings() };
    let input = Input::open(&[first.path(), second.path()], &settings).expect("open");
    let how = How { way: WAYS[0], chunk_bytes: 2, block_bytes: 64, threads: 3, simd: Simd::best() };
    let (records, _) = crate::records::scan(&input, how).expect("read");
    let flat: Vec<u8> = records.concat().concat();
    assert_eq!(flat, b"123456");
    assert_eq!(input.files()[1].delimiter, b';');
    assert_eq!((input.files()[0].rows, input.files()[1].rows), (1, 2));

    let third = file("a,c\n1,2\n");
    let error = Input::open(&[first.path(), third.path()], &settings).expect_err("other columns").to_string();
    assert!(error.contains("no column \"b\""), "{error}");
}

#[test]
fn directory_and_missing_file_are_errors() {
    assert!(matches!(Input::open(&["/"], &strict()), Err(Error::Directory { .. })));
    assert!(matches!(Input::open(&["/nonexistent/x.csv"], &strict()), Err(Error::Io { verb: "open", .. })));
    assert!(matches!(Input::open(&["/dev/null"], &strict()), Err(Error::Empty { .. })));
}

#[test]
fn endless_input_without_a_line_end_is_a_long_record() {
    assert!(matches!(Input::open(&["/dev/zero"], &strict()), Err(Error::LongRecord { .. })));
}

#[test]
fn header_alone_has_no_records() {
    for way in WAYS {
        for text in [&b"a,b"[..], b"a,b\n", b"a,b\r\n", b"\n\na,b\r\n\r\n"] {
            let how = How { way, chunk_bytes: 10, block_bytes: 64, threads: 2, simd: Simd::best() };
            assert_eq!(read(text, &strict(), how).expect("read").0, Records::new());
        }
    }
}
