//! A file in another encoding is read as what it says, and what says nothing in it is told at its place; one that is written so
//! is read again by the same name.

use std::io::Write;

use proptest::prelude::*;
use rowfold::output::Destination;
use rowfold::readers::{Encoding, Input, Settings, Simd};

use crate::records::{How, WAYS, Way, read, settings};
use crate::tool::{Place, ended};

/// `text` in `encoding`, spelt by hand.
fn spelt(text: &str, encoding: Encoding) -> Vec<u8> {
    let marked = |mark: &str| format!("{mark}{text}");
    match encoding {
        Encoding::Utf8 => marked("\u{feff}").into_bytes(),
        Encoding::Iso8859_1 => text.chars().map(|c| u8::try_from(u32::from(c)).expect("is of Latin-1")).collect(),
        Encoding::Windows1252 => text.chars().map(windows_1252).collect(),
        Encoding::Utf16 | Encoding::Utf16Le => marked("\u{feff}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

fn windows_1252(c: char) -> u8 {
    match c {
        '€' => 0x80,
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        'Ÿ' => 0x9f,
        c => u8::try_from(u32::from(c)).expect("is of Latin-1, too"),
    }
}

fn how(way: Way, chunk_bytes: usize, threads: usize) -> How {
    How { way, chunk_bytes, block_bytes: 64, threads, simd: Simd::best() }
}

fn said(encoding: Encoding) -> Settings {
    Settings { encoding, ..settings() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Every way to read `text` in `encoding` gives what `text` gives.
#[track_caller]
fn check(text: &str, encoding: Encoding, chunks: &[usize]) {
    let bytes = spelt(text, encoding);
    let (expected, _) = read(text.as_bytes(), &settings(), how(Way::Map, 1000, 1)).expect("UTF-8");
    for packed in [false, true] {
        let bytes = if packed { gzip(&bytes) } else { bytes.clone() };
        for way in WAYS {
            for &chunk_bytes in chunks {
                let how = how(way, chunk_bytes, 1 + chunk_bytes % 3);
                let (records, counts) = read(&bytes, &said(encoding), how)
                    .unwrap_or_else(|error| panic!("{error}: {encoding}, {how:?}, packed: {packed}"));
                assert_eq!(records, expected, "{encoding}, {how:?}, packed: {packed}");
                assert_eq!(counts.bytes, bytes.len() as u64, "bytes of the file are counted: {encoding}, {how:?}");
            }
        }
    }
}

#[test]
fn a_file_says_the_same_in_every_encoding() {
    let latin = "name,öre\nÄnne,\"é\nè, ½\"\r\n\nÿ,þ\n";
    let windows = format!("{latin}“€–Ÿ”,1\n");
    let all = format!("{windows}🚜,अ\n\"𝄞\n\",\u{feff}x\n");
    let sizes = [1, 2, 3, 5, 8, 64, 1000];
    check(latin, Encoding::Iso8859_1, &sizes);
    check(&windows, Encoding::Windows1252, &sizes);
    for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf16Le, Encoding::Utf16Be] {
        check(&all, encoding, &sizes);
    }
}

#[test]
fn characters_lie_across_the_ends_of_buffers() {
    // Buffers are of 64 and 256 KiB; one letter more before them moves every character by its bytes.
    for shift in 0..5 {
        let row = |i: usize| format!("{i},é€🚜{i}\n");
        let text = format!("a{},b\n{}", "x".repeat(shift), (0..40_000).map(row).collect::<String>());
        check(&text, Encoding::Utf16, &[100_000]);
        let latin: String = text.replace(['€', '🚜'], "ü");
        check(&latin, Encoding::Iso8859_1, &[100_000]);
    }
}

#[test]
fn controls_of_latin_1_are_not_those_of_windows() {
    let bytes = b"a\n\x80\n";
    let field = |encoding| read(bytes, &said(encoding), how(Way::Map, 100, 1)).expect("read").0[0][0].clone();
    assert_eq!(field(Encoding::Iso8859_1), "\u{80}".as_bytes());
    assert_eq!(field(Encoding::Windows1252), "€".as_bytes());
}

#[test]
fn what_is_malformed_is_told_at_its_line_after_the_records_before_it() {
    let mut bytes = spelt(&format!("a,b\n{}3,", "1,2\n".repeat(50)), Encoding::Utf16);
    let at = bytes.len();
    bytes.extend(b"\x00\xd8x\0\n\0");
    let mut cut = spelt("a,b\n1,2\n3,4", Encoding::Utf16);
    cut.pop();
    for way in WAYS {
        for chunk_bytes in [1, 7, 1000] {
            let sentence = |bytes: &[u8]| {
                read(bytes, &said(Encoding::Utf16), how(way, chunk_bytes, 2)).expect_err("malformed").to_string()
            };
            let expected = format!(
                ": line 52: byte {at}: \"\\x00\\xd8\" is no utf-16; mend it, or say what it is with --encoding"
            );
            let found = sentence(&bytes).replace("\\u{0}", "\\x00");
            assert!(found.ends_with(&expected), "{found}\n{expected}");
            let found = sentence(&cut).replace("\\u{0}", "\\x00");
            assert!(found.contains(&format!(": line 3: byte {}: \"4\" is no utf-16", cut.len() - 1)), "{found}");
        }
    }
    // A limit that is full before it never hears of it.
    let place = Place::with(&[]);
    place.write("a.csv", &bytes);
    let asked = ["sql", "SELECT b FROM t LIMIT 1", "a.csv", "-d,", "--encoding", "utf-16"];
    assert_eq!(place.answer(&asked), "b\n2\n");
}

#[test]
fn a_mark_that_says_otherwise_is_an_error() {
    for (bytes, encoding, expected) in [
        (&b"\xef\xbb\xbfa\n1\n"[..], Encoding::Windows1252, "mark of utf-8, and is said to be windows-1252"),
        (
            b"\xff\xfea\0\n\0",
            Encoding::Iso8859_1,
            "mark of utf-16le, and is said to be iso-8859-1; say --encoding utf-16le",
        ),
        (b"\xfe\xff\0a\0\n", Encoding::Utf16Le, "mark of utf-16be"),
        (b"a\0\n\0", Encoding::Utf16, "no byte-order mark; say --encoding utf-16le, or utf-16be"),
        (b"\xff\xfea\0\n\0", Encoding::Utf8, "UTF-16; --encoding utf-16 reads it"),
        (b"\0a\0\n", Encoding::Utf8, "UTF-16; --encoding utf-16be reads it"),
    ] {
        for way in WAYS {
            let error = read(bytes, &said(encoding), how(way, 100, 1)).expect_err("contradicts itself").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
    assert!(
        read(b"\xff\xfe", &said(Encoding::Utf16), how(Way::Pipe, 9, 1)).is_err_and(|e| e.to_string().contains("empty"))
    );
}

#[test]
fn delimiters_are_ascii_where_the_text_is_transcoded() {
    let settings = Settings { delimiter: Some(0xa7), ..said(Encoding::Iso8859_1) };
    let error = Input::open(&["/dev/null"], &settings).expect_err("refused").to_string();
    assert!(error.contains("--delimiter and --quote are ASCII"), "{error}");
}

/// `text` in `encoding`, as rowfold writes it, told in pieces of `sizes` bytes.
fn written(text: &str, encoding: Encoding, sizes: &[usize]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().expect("room");
    let mut destination = Destination::file(file.path()).expect("a place to write").encoded(encoding);
    let (mut rest, mut sizes) = (text.as_bytes(), sizes.iter().cycle());
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.len().min(*sizes.next().expect("is a cycle")));
        destination.write(piece).expect("has all of it");
        rest = behind;
    }
    destination.finish().expect("a file in place");
    std::fs::read(file.path()).expect("written")
}

/// Two fields a record, of characters that `encoding` has.
fn fields(encoding: Encoding) -> BoxedStrategy<Vec<[String; 2]>> {
    let windows = (0..=255).map(|byte| encoding_rs::WINDOWS_1252.decode(&[byte]).0.into_owned()).collect::<String>();
    let special = match encoding {
        Encoding::Iso8859_1 => any::<u8>().prop_map(char::from).boxed(),
        Encoding::Windows1252 => proptest::sample::select(windows.chars().collect::<Vec<_>>()).boxed(),
        _ => any::<char>().boxed(),
    };
    let plain = proptest::sample::select(vec!['a', ',', '"', '\n', 'é']);
    let field = proptest::collection::vec(prop_oneof![special, plain], 0..6);
    let field = field.prop_map(|characters| characters.into_iter().collect::<String>());
    proptest::collection::vec([field.clone(), field], 0..20).boxed()
}

fn encodings_and_fields() -> impl Strategy<Value = (Encoding, Vec<[String; 2]>)> {
    proptest::sample::select(Encoding::ALL.to_vec())
        .prop_flat_map(|encoding| fields(encoding).prop_map(move |fields| (encoding, fields)))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_by_the_same_name(
        (encoding, rows) in encodings_and_fields(),
        sizes in proptest::collection::vec(1usize..9, 1..5),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["ö", "b"]).expect("memory");
        rows.iter().for_each(|row| writer.write_record(row).expect("memory"));
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
        let (expected, _) = read(text.as_bytes(), &settings(), how(Way::Map, 1000, 1)).expect("UTF-8");
        let bytes = written(&text, encoding, &sizes);
        let (found, _) = read(&bytes, &said(encoding), how(Way::Map, 1000, 1)).expect("as it was written");
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_tool_reads_what_it_is_told() {
    let place = Place::with(&[]);
    place.write("a.csv", &spelt("name;n\nZoë;1\n€;2\n", Encoding::Windows1252));
    let sql = "SELECT upper(name) AS name FROM t";
    let expected = "name\nZOË\n€\n";
    assert_eq!(place.answer(&["sql", sql, "a.csv", "--encoding", "windows-1252"]), expected);
    assert_eq!(place.answer(&["sql", sql, "a.csv", "--encoding", "CP1252", "--memory", "32M"]), expected);
    let ended = ended(place.tool().args(["sql", sql, "a.csv"]).env("ROWFOLD_ENCODING", "windows-1252"), b"");
    assert_eq!(String::from_utf8(ended.stdout).expect("UTF-8"), expected);
}
