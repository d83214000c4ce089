//! What is converted says what it said: the same values in another dialect, another format, compressed or not; of types that hold for all of
//! a column; and what cannot be is refused.

use std::io::Read;

use proptest::prelude::*;
use serde_json::Value;

use crate::tool::{Ended, Place};

const ROWS: &str = "id,User Name,day,at,ok,price\n\
    1,\"a, \"\"b\"\"\",2021-02-12,2021-02-12T08:00:00Z,true,1.50\n\
    2,,2021-02-13,,FALSE,-3\n\
    3,\"two\nlines\",,2021-02-13T00:00:00.5Z,,\n";

fn rows() -> Place {
    Place::with(&[("a.csv", ROWS)])
}

/// Records as the `csv` crate reads them.
fn records(bytes: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(bytes).into_byte_records();
    reader.map(|record| record.expect("CSV").iter().map(<[u8]>::to_vec).collect()).collect()
}

#[test]
fn the_end_of_the_outputs_name_says_what_it_becomes() {
    let place = rows();
    for (name, expected) in [
        ("b.csv", ROWS.to_owned()),
        ("b.tsv", ROWS.replace(',', "\t").replace("\"a\t \"\"b\"\"\"", "\"a, \"\"b\"\"\"")),
        (
            "b.jsonl",
            "{\"id\":1,\"User Name\":\"a, \\\"b\\\"\",\"day\":\"2021-02-12\",\"at\":\"2021-02-12T08:00:00Z\",\"ok\":true,\"price\":1.50}\n\
             {\"id\":2,\"User Name\":null,\"day\":\"2021-02-13\",\"at\":null,\"ok\":false,\"price\":-3}\n\
             {\"id\":3,\"User Name\":\"two\\nlines\",\"day\":null,\"at\":\"2021-02-13T00:00:00.5Z\",\"ok\":null,\"price\":null}\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(place.answer(&["convert", "a.csv", name]), "");
        assert_eq!(place.read(name), expected, "{name}");
        let format = &name[2..];
        assert_eq!(place.answer(&["convert", "a.csv", "--format", format]), expected, "stdout as {format}");
        assert_eq!(place.answer(&["convert", "a.csv", "b.txt", "--format", format]), "");
        assert_eq!(place.read("b.txt"), expected, "--format {format}");
    }
    place.answer(&["convert", "a.csv", "b.json"]);
    let array: Value = serde_json::from_str(&place.read("b.json")).expect("JSON");
    assert_eq!(array[1]["price"], Value::from(-3));
}

#[test]
fn what_is_compressed_is_what_it_was_and_the_same_from_all_threads() {
    let place = Place::with(&[]);
    place.generate("tweets --rows 20000 --seed 3 --shape real", "t.csv");
    place.answer(&["convert", "t.csv", "plain.csv"]);
    let plain = std::fs::read(place.path("plain.csv")).expect("written");
    for name in ["t.csv.gz", "t.csv.zst"] {
        let mut all = Vec::new();
        for how in
            [&["--threads", "1"][..], &["--threads", "3", "--chunk", "20000"], &["--threads", "2", "--io", "map"]]
        {
            place.answer(&[&["convert", "t.csv", name][..], how].concat());
            all.push(std::fs::read(place.path(name)).expect("written"));
        }
        assert!(all.iter().all(|bytes| bytes == &all[0]), "{name}");
        let mut text = Vec::new();
        match name.ends_with("gz") {
            true => drop(flate2::read::GzDecoder::new(&*all[0]).read_to_end(&mut text).expect("gzip")),
            false => text = zstd::decode_all(&*all[0]).expect("zstd"),
        }
        assert!(text == plain, "{name}");
        place.answer(&["convert", name, "again.csv"]);
        assert!(std::fs::read(place.path("again.csv")).expect("written") == plain, "{name}");
    }
    place.answer(&["convert", "t.csv", "t.bin", "--compress", "zstd"]);
    assert_eq!(
        std::fs::read(place.path("t.bin")).expect("written"),
        std::fs::read(place.path("t.csv.zst")).expect("written")
    );
    place.answer(&["convert", "t.csv", "raw.csv.gz", "--compress", "none"]);
    assert!(std::fs::read(place.path("raw.csv.gz")).expect("written") == plain);
}

#[test]
fn bytes_of_values_are_kept_whatever_they_are() {
    let place = Place::with(&[]);
    let text = b"a;b\n007;1.50\n +1;caf\xe9\n\"x;\"\"y\";\"\"\n1e5;\"\r\n\"\n";
    place.write("a.csv", text);
    place.answer(&["convert", "a.csv", "b.csv", "--delimiter", ";"]);
    let written = std::fs::read(place.path("b.csv")).expect("written");
    assert_eq!(records(&written, b','), records(text, b';'));
    assert_eq!(&written[..], b"a,b\n007,1.50\n +1,caf\xe9\n\"x;\"\"y\",\n1e5,\"\r\n\"\n");
}

#[test]
fn a_type_is_found_over_the_whole_file_and_never_by_its_first_rows() {
    // Behind many rows of numbers comes a text, a number of another length, a date that is none.
    let many: String = (0..60_000).map(|i| format!("{i},{i}.5,2021-02-12,{i}\n")).collect();
    let place = Place::with(&[("a.csv", &format!("id,n,d,code\n{many}x,1.25,2021-02-30,007\n"))]);
    for how in [&["--threads", "1"][..], &["--threads", "3", "--chunk", "10000"]] {
        place.answer(&[&["convert", "a.csv", "a.jsonl"][..], how].concat());
        let text = place.read("a.jsonl");
        assert_eq!(text.lines().next(), Some("{\"id\":\"0\",\"n\":0.5,\"d\":\"2021-02-12\",\"code\":\"0\"}"));
        assert_eq!(text.lines().last(), Some("{\"id\":\"x\",\"n\":1.25,\"d\":\"2021-02-30\",\"code\":\"007\"}"));
    }
}

#[test]
fn from_a_pipe_or_with_text_every_column_is_text_that_is_not_declared() {
    let place = Place::with(&[("a.csv", "a,b,c\n1,2.50,true\n")]);
    let expected = "{\"a\":\"1\",\"b\":2.5,\"c\":\"true\"}\n";
    let words = ["convert", "-", "--format", "jsonl", "--type", "b=number"];
    let Ended { code, stdout, .. } = place.run_with(&words, b"a,b,c\n1,2.50,true\n");
    assert_eq!((code, String::from_utf8(stdout).expect("UTF-8").as_str()), (0, expected));
    assert_eq!(place.answer(&["convert", "a.csv", "-", "--format=jsonl", "--type=b=number", "--text"]), expected);
    assert_eq!(place.answer(&["convert", "a.csv", "-", "--format=jsonl"]), "{\"a\":1,\"b\":2.50,\"c\":true}\n");
}

#[test]
fn a_declared_type_is_held_against_every_value_and_spelt_as_it_is() {
    let place = Place::with(&[("a.csv", "d,n\n2021-02-12T23:30:00-01:00,01.50\n,x\n")]);
    let words = ["convert", "a.csv", "-", "--type", "d=date", "--type", "n=number"];
    let ended = place.run(&words);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("a.csv: line 3: column \"n\": \"x\" is no number"), "{}", ended.stderr);
    let ended = place.run(&[&words[..], &["--bad-values", "null"]].concat());
    assert_eq!((ended.code, &*ended.stdout), (0, &b"d,n\n2021-02-13,1.5\n,\n"[..]));
    assert_eq!(ended.stderr, "rowfold: bad values taken as NULL: 1 in \"n\"\n");
}

#[test]
fn columns_are_selected_renamed_and_rows_left_out() {
    let place = rows();
    for (words, expected) in [
        (&["--select", "price,id"][..], "price,id\n1.50,1\n-3,2\n,3\n"),
        (&["--select", "user_name", "--rename", "snake"], "user_name\n\"a, \"\"b\"\"\"\n\"\"\n\"two\nlines\"\n"),
        (&["--select", "id", "--where", "price > 0"], "id\n1\n"),
        (&["--select", "id", "--where", "\"User Name\" IS NOT NULL AND id <> 1"], "id\n3\n"),
        (&["--select", "id,day", "--type", "day=date", "--where", "day > '2021-02-12'"], "id,day\n2,2021-02-13\n"),
        (&["--select", "id", "--where", "price BETWEEN -5 AND 0 -- or so"], "id\n2\n"),
        (&["--select", "id", "--where", "false"], "id\n"),
    ] {
        assert_eq!(place.answer(&[&["convert", "a.csv", "-"][..], words].concat()), expected, "{words:?}");
    }
    // A condition sees a column as it is, also where the output tells its type.
    let words = ["convert", "a.csv", "-", "--format", "jsonl", "--select", "price", "--where", "price = '1.50'"];
    assert_eq!(place.answer(&words), "{\"price\":1.50}\n");
    place.write("b.csv", b"\"a,b\",c\\d\n1,2\n");
    assert_eq!(place.answer(&["convert", "b.csv", "-", "--select", "c\\\\d,a\\,b"]), "c\\d,\"a,b\"\n2,1\n");
}

#[test]
fn null_values_encodings_and_headers_are_read_as_everywhere() {
    let place = Place::with(&[]);
    place.write("a.csv", b"name;n\ncaf\xe9;NA\nx;2\n");
    let words = ["convert", "a.csv", "-", "--format", "jsonl", "--encoding", "windows-1252", "--null-value", "NA"];
    assert_eq!(place.answer(&words), "{\"name\":\"café\",\"n\":null}\n{\"name\":\"x\",\"n\":2}\n");
    let words = ["convert", "a.csv", "-", "--no-header", "--skip-lines", "1", "--encoding", "latin1"];
    assert_eq!(place.answer(&words), "column_1,column_2\ncafé,NA\nx,2\n");
    assert_eq!(
        place.answer(&["convert", "a.csv", "-", "--quoting=always", "--output-delimiter=|", "--encoding=latin1"]),
        "\"name\"|\"n\"\n\"café\"|\"NA\"\n\"x\"|\"2\"\n"
    );
    place.write("none.csv", b"a,b\n");
    assert_eq!(place.answer(&["convert", "none.csv", "-", "--format", "json"]), "[\n]\n");
    assert_eq!(place.answer(&["convert", "none.csv", "-"]), "a,b\n");
}

#[test]
fn what_is_written_in_an_encoding_is_read_again_by_its_name() {
    let text = "name,n\nZoë,1\n\"ÿ\n½\",2\n";
    let place = Place::with(&[("a.csv", text)]);
    for (encoding, zoe) in [
        ("utf-8", &b"Zo\xc3\xab,"[..]),
        ("iso-8859-1", b"Zo\xeb,"),
        ("windows-1252", b"Zo\xeb,"),
        ("utf-16", b"Z\0o\0\xeb\0,\0"),
        ("utf-16le", b"Z\0o\0\xeb\0,\0"),
        ("UTF-16BE", b"\0Z\0o\0\xeb\0,"),
    ] {
        for name in ["b.csv", "b.tsv", "b.csv.gz"] {
            place.answer(&["convert", "a.csv", name, "--output-encoding", encoding]);
            assert_eq!(place.answer(&["convert", name, "-", "--encoding", encoding]), text, "{name} in {encoding}");
        }
        place.answer(&["convert", "a.csv", "b.csv", "--output-encoding", encoding]);
        let written = std::fs::read(place.path("b.csv")).expect("written");
        assert!(written.windows(zoe.len()).any(|bytes| bytes == zoe), "{encoding}: {written:x?}");
        assert_eq!(written.starts_with(b"\xff\xfe"), encoding == "utf-16", "{encoding}");
    }
    // UTF-8 is what JSON is in, whoever says it.
    let words = ["convert", "a.csv", "-", "--format", "jsonl", "--select", "n", "--output-encoding", "utf8"];
    assert_eq!(place.answer(&words), "{\"n\":1}\n{\"n\":2}\n");
}

#[test]
fn an_encoding_is_written_the_same_from_all_threads() {
    let place = Place::with(&[]);
    place.generate("tweets --rows 20000 --seed 3 --shape real", "t.csv");
    place.answer(&["convert", "t.csv", "plain.csv"]);
    let mut all = Vec::new();
    for how in [&["--threads", "1"][..], &["--threads", "3", "--chunk", "20000"], &["--memory", "24M", "--io", "read"]]
    {
        place.answer(&[&["convert", "t.csv", "t.csv.zst", "--output-encoding", "utf-16"][..], how].concat());
        all.push(std::fs::read(place.path("t.csv.zst")).expect("written"));
    }
    assert!(all.iter().all(|bytes| bytes == &all[0]));
    place.answer(&["convert", "t.csv.zst", "again.csv", "--encoding", "utf-16"]);
    assert!(place.read("again.csv") == place.read("plain.csv"));
}

#[test]
fn a_character_that_the_encoding_lacks_is_told_at_its_line_and_no_file_appears() {
    let rows = |from: usize, to: usize| (from..to).map(|i| format!("{i},é\n")).collect::<String>();
    let lacking = format!("id,t\n{}7,€\n{}", rows(0, 5000), rows(0, 5000));
    let before = format!("{lacking}8,ragged,row\n");
    let behind = format!("id,t\n8,ragged,row\n{}", &lacking[5..]);
    let close = lacking.replace("€\n", "€\n8,ragged,row\n");
    let place = Place::with(&[("lacking.csv", &lacking), ("before.csv", &before), ("behind.csv", &behind)]);
    place.write("close.csv", close.as_bytes());
    place.write("broken.csv", b"t,u\n,\n,caf\xe9\n");
    let names = place.names();
    let lacks = "output line 5002: \"€\" (U+20AC) is not in iso-8859-1; --output-encoding utf-8 and utf-16 have every character\n";
    let ragged = "behind.csv: line 2: 3 fields where the header has 2";
    let broken = "output line 3: \"\\xe9\" is not UTF-8; --encoding says what the input is in, or --output-encoding utf-8 passes bytes through\n";
    for (name, said) in [
        ("lacking.csv", lacks),
        ("before.csv", lacks),
        ("close.csv", lacks),
        ("behind.csv", ragged),
        ("broken.csv", broken),
    ] {
        for how in
            [&["--threads", "1"][..], &["--threads", "3", "--chunk", "1000"], &["--threads", "2", "--chunk", "30"]]
        {
            let words = ["convert", name, "b.csv.gz", "--output-encoding", "latin1"];
            let ended = place.run(&[&words[..], how].concat());
            assert!(ended.code == 3 && ended.stderr.contains(said), "{name}, {how:?}: {ended:?}");
            assert_eq!(ended.stderr.starts_with("rowfold: b.csv.gz: "), said != ragged, "{ended:?}");
            assert_eq!(place.names(), names, "{name}, {how:?}");
        }
    }
    let ended = place.run(&["convert", "lacking.csv", "-", "--select", "t", "--output-encoding", "latin1"]);
    assert!(ended.code == 3 && ended.stderr.starts_with("rowfold: stdout: output line 5002: "), "{ended:?}");
    assert_eq!(place.answer(&["convert", "lacking.csv", "b.csv", "--output-encoding", "cp1252"]), "");
}

#[test]
fn what_cannot_be_converted_is_refused_and_nothing_is_left_behind() {
    let place = Place::with(&[("a.csv", "a,b,B\n1,2,3\n"), ("twice.csv", "a,a\n1,2\n"), ("bad.csv", "a,b\n1\n")]);
    place.write("latin.csv", b"a\n\xe9\n");
    let names = place.names();
    for (words, code, said) in [
        (&["a.csv", "a.csv"][..], 2, "a.csv: is the input; write to another file"),
        (&["a.csv", "./a.csv", "--format", "jsonl"], 2, "./a.csv: is the input; write to another file"),
        (&["a.csv", "b.csv", "-o", "c.csv"], 2, "OUTPUT and --output are the same; name it once"),
        (&["a.csv", "b.parquet.gz"], 2, "Parquet is compressed within; leave .gz, .zst or --compress out"),
        (
            &["a.csv", "b", "-f", "table"],
            2,
            "convert writes csv, tsv, jsonl, json or parquet; rowfold sql prints tables",
        ),
        (&["a.csv", "b.csv", "--select", "a,c"], 2, "a.csv: no column \"c\" (a, b, B)"),
        (&["a.csv", "b.csv", "--type", "c=date"], 2, "a.csv: no column \"c\" (a, b, B)"),
        (&["a.csv", "b.csv", "--type", "a=date", "--type", "A=text"], 2, "--type: column \"A\" has two types"),
        (&["a.csv", "b.csv", "--rename", "snake"], 2, "a.csv: two columns would be called \"b\"; --select those"),
        (&["twice.csv", "b.csv"], 2, "twice.csv: two columns would be called \"a\"; --select those"),
        (&["a.csv", "b.csv", "--where", "c = 1"], 2, "a.csv: no column \"c\""),
        (&["a.csv", "b.csv", "--where", "a = 1) OR (b = 2"], 2, "--where: column 6: expected EOF, found )"),
        (&["a.csv", "b.csv", "--where", "count(*) > 1"], 2, "--where: column 1: "),
        (
            &["a.csv", "b.jsonl", "--output-encoding", "utf-16"],
            2,
            "--output-encoding utf-16: JSON and Parquet are UTF-8",
        ),
        (&["a.csv", "b.parquet", "--output-encoding", "cp1252"], 2, "leave it out, or write csv or tsv"),
        (
            &["a.csv", "b.csv", "--output-encoding", "latin1", "--output-delimiter", "\\xa7"],
            2,
            "--output-delimiter is ASCII",
        ),
        (&["bad.csv", "b.csv"], 3, "bad.csv: line 2: 1 field where the header has 2"),
        (&["bad.csv", "b.json"], 3, "bad.csv: line 2: 1 field where the header has 2"),
        (&["latin.csv", "b.jsonl"], 3, "is not UTF-8, which JSON cannot hold"),
        (&["none.csv", "b.csv"], 1, "none.csv: cannot open: no such file or directory"),
    ] {
        let ended = place.run(&[&["convert"][..], words].concat());
        assert!(ended.code == code && ended.stderr.contains(said), "{words:?}: {ended:?}");
        assert_eq!(place.names(), names, "{words:?}");
    }
    for words in [
        &["--type", "a=blob"][..],
        &["--type", "a"],
        &["--output-delimiter", "\""],
        &["--rename", "camel"],
        &["--output-encoding", "latin-9"],
    ] {
        assert_eq!(place.run(&[&["convert", "a.csv", "b.csv"][..], words].concat()).code, 2, "{words:?}");
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_has_the_types_that_hold_for_all_values() {
    let place = rows();
    place.write("b.csv", format!("{ROWS}12345678901234567890,x,,,,0.125\n").as_bytes());
    place.answer(&["convert", "a.csv", "a.parquet"]);
    place.answer(&["convert", "b.csv", "b.parquet", "--type", "at=text"]);
    let (columns, rows, _) = crate::parquet::read(&place, "a.parquet");
    let expected =
        ["id: INT64", "User Name: BYTE_ARRAY string", "day: INT32 date", "at: INT64 timestamp", "ok: BOOLEAN"];
    assert_eq!(columns[..5], expected);
    assert_eq!(columns[5], "price: INT64 decimal(2, 1)");
    assert_eq!(rows.len(), 3);
    let (columns, rows, _) = crate::parquet::read(&place, "b.parquet");
    assert_eq!(columns[0], "id: FIXED_LEN_BYTE_ARRAY decimal(20, 0)");
    assert_eq!((&*columns[3], &*columns[5]), ("at: BYTE_ARRAY string", "price: INT64 decimal(4, 3)"));
    assert!(rows[3].contains("price: 0.125"), "{}", rows[3]);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_comes_back_as_what_went_in() {
    let place = rows();
    let same = ROWS.replace("FALSE", "false").replace("1.50", "1.5");
    place.answer(&["convert", "a.csv", "a.parquet"]);
    place.answer(&["convert", "a.parquet", "b.csv"]);
    assert_eq!(place.read("b.csv"), same);
    place.answer(&["convert", "a.parquet", "b.parquet"]);
    assert!(std::fs::read(place.path("a.parquet")).ok() == std::fs::read(place.path("b.parquet")).ok());
    let words = ["convert", "a.parquet", "-", "--format=jsonl", "--select=price,id", "--where=ok"];
    assert_eq!(place.answer(&words), "{\"price\":1.5,\"id\":1}\n");
}

/// Tables of at least one column; names are letters, of which no two are the same folded.
fn tables() -> impl Strategy<Value = Vec<Vec<String>>> {
    let field = "[a-c0-9.;,\"~\n\r é-]{0,6}";
    (1usize..5).prop_flat_map(move |n| proptest::collection::vec(proptest::collection::vec(field, n), 0..12))
}

fn text_of(rows: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let n = rows.first().map_or(1, Vec::len);
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record((0..n).map(|i| format!("column {i}"))).expect("memory");
    rows.iter().for_each(|row| writer.write_record(row).expect("memory"));
    writer.into_inner().expect("memory")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back_by_another_delimiter_are_the_same_records(rows in tables(), always in any::<bool>()) {
        let place = Place::with(&[]);
        let text = text_of(&rows, b',');
        place.write("a.csv", &text);
        let quoting = if always { "--quoting=always" } else { "--quoting=needed" };
        place.answer(&["convert", "a.csv", "b.csv", "-d,", "--output-delimiter", ";", quoting, "--threads=2", "--chunk=40"]);
        let there = std::fs::read(place.path("b.csv")).expect("written");
        prop_assert_eq!(records(&there, b';'), records(&text, b','));
        place.answer(&["convert", "b.csv", "c.csv.gz", "-d;"]);
        place.answer(&["convert", "c.csv.gz", "d.csv", "-d,"]);
        let back = std::fs::read(place.path("d.csv")).expect("written");
        prop_assert_eq!(records(&back, b','), records(&text, b','));
    }

    #[test]
    fn json_lines_say_what_the_records_say(rows in tables()) {
        let place = Place::with(&[]);
        place.write("a.csv", &text_of(&rows, b','));
        place.answer(&["convert", "a.csv", "a.jsonl", "-d,", "--threads=2", "--chunk=40"]);
        let lines = place.read("a.jsonl");
        let found: Vec<Vec<Option<String>>> = lines.lines().map(|line| {
            let object: serde_json::Map<String, Value> = serde_json::from_str(line).expect("JSON");
            let said = |value: &Value| match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            object.values().map(said).collect()
        }).collect();
        let number = |text: &str| text.parse::<f64>().ok();
        prop_assert_eq!(found.len(), rows.len());
        for (found, row) in found.iter().zip(&rows) {
            for (found, field) in found.iter().zip(row) {
                let same = found.as_deref() == (!field.is_empty()).then_some(field.as_str());
                let equal = found.as_deref().and_then(number).is_some_and(|found| number(field) == Some(found));
                prop_assert!(same || equal, "{:?} for {:?}", found, field);
            }
        }
    }
}
