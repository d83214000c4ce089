//! A Parquet file answers as the CSV would that says the same; what it cannot say in a field is refused.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;

use crate::tool::{Ended, Place};

/// What writes one column.
type Fill<'f> = &'f dyn Fn(&mut SerializedColumnWriter<'_>);

/// A file of one row group; `columns` write its leaves in order.
fn write(place: &Place, name: &str, schema: &str, properties: WriterPropertiesBuilder, columns: &[Fill<'_>]) {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let file = File::create(place.path(name)).expect("room");
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).expect("room");
    let mut group = writer.next_row_group().expect("room");
    for fill in columns {
        let mut column = group.next_column().expect("room").expect("a leaf of the schema");
        fill(&mut column);
        column.close().expect("room");
    }
    group.close().expect("room");
    writer.close().expect("room");
}

fn texts(column: &mut SerializedColumnWriter<'_>, texts: &[&str], levels: Option<&[i16]>, repeats: Option<&[i16]>) {
    let texts: Vec<ByteArray> = texts.iter().map(|text| text.as_bytes().to_vec().into()).collect();
    column.typed::<ByteArrayType>().write_batch(&texts, levels, repeats).expect("room");
}

/// The rows of `sql` over `csv`, as a Parquet file.
fn convert(place: &Place, sql: &str, csv: &str, name: &str) {
    place.answer(&["sql", sql, csv, "--format", "parquet", "--output", name]);
}

/// What is refused: its exit code and words.
#[track_caller]
fn refused(ended: &Ended, code: i32, words: &[&str]) {
    assert!(ended.code == code && ended.stdout.is_empty(), "{ended:?}");
    words.iter().for_each(|word| assert!(ended.stderr.contains(word), "{word}: {ended:?}"));
}

#[test]
fn every_type_is_the_text_that_it_was() {
    let csv = "n,m,big,half,d,at,ok,text\n\
        1,1.5,12345678901234567890.5,0.5,2021-02-12,2021-02-12T08:00:00Z,true,é\n\
        ,-0.125,-1,,,,,\n\
        -7,2,3,1e-09,1969-12-31,1969-12-31T23:59:59.5Z,false,\"a,\"\"b\"\"\r\nc\"\n";
    let place = Place::with(&[("a.csv", csv)]);
    let types =
        "-- input: t(n number, m number, big number, half number, d date, at timestamp, ok boolean, text text)\n";
    convert(
        &place,
        &format!("{types}SELECT n, m, big, half / 1 AS half, d, at, ok, text FROM t"),
        "a.csv",
        "a.parquet",
    );
    let answer = place.answer(&["sql", "SELECT * FROM t", "a.parquet"]);
    assert_eq!(answer, csv.replace("1e-09", "0.000000001"));
}

#[test]
fn questions_answer_over_parquet_as_over_csv() {
    let place = Place::with(&[]);
    place.generate("tweets --size 3MB --shape real", "tweets.csv");
    convert(&place, "SELECT * FROM t", "tweets.csv", "tweets.parquet");
    for question in ["tweets/top-days", "tweets/top-emojis", "tweets/top-mentions", "tweets/quality"] {
        let expected = place.answer(&["ask", question, "tweets.csv"]);
        for options in [["--threads", "1"], ["--threads", "3"], ["--chunk", "1000"], ["--io", "map"]] {
            assert_eq!(
                place.answer(&[&["ask", question, "tweets.parquet"], &options[..]].concat()),
                expected,
                "{question}"
            );
        }
    }
    let both = place.answer(&["sql", "SELECT count(*) AS n FROM t", "tweets.csv", "tweets.parquet"]);
    let one = place.answer(&["sql", "SELECT count(*) AS n FROM t", "tweets.csv"]);
    let rows = |answer: &str| answer.lines().nth(1).and_then(|n| n.parse::<u64>().ok()).expect("a number");
    assert_eq!(rows(&both), 2 * rows(&one));
}

#[test]
fn cells_of_any_length_come_whole() {
    let long = format!("{}\"\n,\r{}", "\"".repeat(40_000), "é\n".repeat(50_000));
    let place = Place::with(&[("a.csv", &format!("x,t\n1,\"{}\"\n2,\n3,b\n", long.replace('"', "\"\"")))]);
    convert(&place, "SELECT * FROM t", "a.csv", "a.parquet");
    for sql in
        ["SELECT * FROM t", "SELECT t FROM t", "SELECT x FROM t", "SELECT count(*) FROM t", "SELECT count(t) FROM t"]
    {
        assert_eq!(place.answer(&["sql", sql, "a.parquet"]), place.answer(&["sql", sql, "a.csv"]), "{sql}");
    }
    convert(&place, "SELECT t FROM t", "a.csv", "one.parquet");
    for sql in ["SELECT t FROM t", "SELECT count(*) FROM t"] {
        assert_eq!(place.answer(&["sql", sql, "one.parquet"]), place.answer(&["sql", sql, "a.csv"]), "{sql}");
    }
}

/// Those that others write: dictionaries, pages of both versions, all ways to compress, fixed lengths, structs.
#[test]
fn files_of_others_are_read() {
    let schema = "message m { required int64 u (INTEGER(64, false)); optional int64 at (TIMESTAMP(NANOS, false)); \
        required int32 time (TIME(MILLIS, true)); required fixed_len_byte_array(5) price (DECIMAL(11, 2)); \
        optional group place { required binary name (STRING); optional int32 day (DATE); } }";
    let snappy = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let gzip = WriterProperties::builder().set_compression(Compression::GZIP(Default::default()));
    let lz4 = WriterProperties::builder().set_compression(Compression::LZ4_RAW);
    let second = WriterProperties::builder().set_writer_version(parquet::file::properties::WriterVersion::PARQUET_2_0);
    let small = WriterProperties::builder().set_data_page_row_count_limit(7).set_write_batch_size(7);
    let all = [snappy, gzip, lz4, second.set_dictionary_enabled(false), small];
    let n = 3000;
    for (i, properties) in all.into_iter().enumerate() {
        let place = Place::with(&[]);
        let fills: [Fill<'_>; 6] = [
            &|column| {
                let values: Vec<i64> = (0..n).map(|row| -1 - row % 3).collect();
                column.typed::<Int64Type>().write_batch(&values, None, None).expect("room");
            },
            &|column| {
                let levels: Vec<i16> = (0..n).map(|row| i16::from(row % 2 == 0)).collect();
                let values: Vec<i64> = (0..n).filter(|row| row % 2 == 0).map(|row| row * 1_000_000_001).collect();
                column.typed::<Int64Type>().write_batch(&values, Some(&levels), None).expect("room");
            },
            &|column| {
                let values: Vec<i32> = (0..n).map(|row| i32::try_from(row * 1000 + 500).expect("small")).collect();
                column.typed::<Int32Type>().write_batch(&values, None, None).expect("room");
            },
            &|column| {
                let price = |row: i64| FixedLenByteArray::from((-row * 50).to_be_bytes()[3..].to_vec());
                let values: Vec<_> = (0..n).map(price).collect();
                column.typed::<FixedLenByteArrayType>().write_batch(&values, None, None).expect("room");
            },
            &|column| {
                let levels: Vec<i16> = (0..n).map(|row| i16::from(row % 3 > 0)).collect();
                let names: Vec<String> = (0..n).filter(|row| row % 3 > 0).map(|row| format!("n{}", row % 10)).collect();
                texts(column, &names.iter().map(String::as_str).collect::<Vec<_>>(), Some(&levels), None);
            },
            &|column| {
                let levels: Vec<i16> = (0..n).map(|row| i16::try_from(row % 3).expect("small")).collect();
                let days: Vec<i32> =
                    (0..n).filter(|row| row % 3 == 2).map(|row| i32::try_from(row).expect("small")).collect();
                column.typed::<Int32Type>().write_batch(&days, Some(&levels), None).expect("room");
            },
        ];
        write(&place, "a.parquet", schema, properties, &fills);
        let answer = place.answer(&["sql", "SELECT u, at, time, price, place_name, place_day FROM t", "a.parquet"]);
        let rows: Vec<&str> = answer.lines().collect();
        assert_eq!(rows.len(), 3001, "{i}");
        assert_eq!(rows[1], "18446744073709551615,1970-01-01T00:00:00,00:00:00.5,0,,");
        assert_eq!(rows[2], "18446744073709551614,,00:00:01.5,-0.5,n1,");
        assert_eq!(rows[3], "18446744073709551613,1970-01-01T00:00:02.000000002,00:00:02.5,-1,n2,1970-01-03");
        assert_eq!(rows[3000], "18446744073709551613,,00:49:59.5,-1499.5,n9,1978-03-19");
    }
}

#[test]
fn bad_values_are_told_by_their_row() {
    let rows: String = (0..5000).map(|row| if row == 3210 { "x,\"a\nb\"\n" } else { "1,\"a\nb\"\n" }).collect();
    let place = Place::with(&[("a.csv", &format!("n,t\n{rows}"))]);
    convert(&place, "SELECT * FROM t", "a.csv", "a.parquet");
    for threads in ["1", "2"] {
        let ended = place.run(&["sql", "SELECT sum(n), max(t) FROM t", "a.parquet", "--threads", threads]);
        refused(&ended, 3, &["a.parquet: record 3211: column \"n\": \"x\" is no number"]);
    }
}

#[test]
fn what_has_no_place_in_a_row_is_refused_where_it_is_asked_for() {
    let place = Place::with(&[]);
    let schema = "message m { required binary id (STRING); repeated binary tags (STRING); }";
    let fills: [Fill<'_>; 2] = [&|column| texts(column, &["a", "b"], None, None), &|column| {
        texts(column, &["x", "y"], Some(&[1, 1, 0]), Some(&[0, 1, 0]))
    }];
    write(&place, "a.parquet", schema, WriterProperties::builder(), &fills);
    assert_eq!(place.answer(&["sql", "SELECT id FROM t", "a.parquet"]), "id\na\nb\n");
    refused(&place.run(&["sql", "SELECT tags FROM t", "a.parquet"]), 2, &["a.parquet: column \"tags\" is a list"]);
    let bytes = std::fs::read(place.path("a.parquet")).expect("written");
    let ended = place.run_with(&["sql", "SELECT id FROM t", "-"], &bytes);
    refused(&ended, 2, &["stdin: Parquet", "name the file"]);
    refused(&place.run(&["flatten", "a.parquet"]), 3, &["a.parquet: Parquet, where text is read"]);
}

#[test]
fn a_file_cut_off_or_damaged_anywhere_is_an_error_or_what_it_was() {
    let rows: String = (0..500).map(|row| format!("{row},text {}\n", row % 7)).collect();
    let place = Place::with(&[("a.csv", &format!("n,t\n{rows}"))]);
    convert(&place, "SELECT n + 0 AS n, t FROM t", "a.csv", "a.parquet");
    let whole = std::fs::read(place.path("a.parquet")).expect("written");
    let sql = ["sql", "SELECT count(*), sum(n), max(t) FROM t", "b.parquet"];
    for cut in (4..whole.len()).step_by(whole.len() / 23) {
        place.write("b.parquet", &whole[..cut]);
        refused(&place.run(&sql), 3, &["b.parquet: byte "]);
    }
    for at in (4..whole.len()).step_by(whole.len() / 97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        place.write("b.parquet", &damaged);
        let ended = place.run(&sql);
        assert!(matches!(ended.code, 0 | 2 | 3 | 4) && !ended.stderr.contains("panicked"), "{at}: {ended:?}");
    }
}

/// Pages of 12 MB, of which two are in use at a time.
#[test]
fn pages_beyond_the_budget_are_refused_with_one_that_does() {
    let place = Place::with(&[]);
    let words: Vec<String> =
        (0..120_000u64).map(|row| format!("{:0200}", row.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_data_page_size_limit(12_000_000)
        .set_data_page_row_count_limit(1_000_000);
    write(
        &place,
        "a.parquet",
        "message m { required binary t (STRING); }",
        properties,
        &[&|column| {
            texts(column, &words, None, None);
        }],
    );
    let ask = |memory: &str| {
        place.run(&["sql", "SELECT count(t) AS n, min(t) AS t FROM t", "a.parquet", "--memory", memory, "--stats=json"])
    };
    let ended = ask("32M");
    refused(&ended, 4, &["to decode its input", "would do"]);
    let refusal = ended.stderr.lines().next().and_then(|line| line.strip_suffix(" would do")).expect("what would do");
    let memory = refusal.rsplit(' ').next().expect("a size").to_owned();
    let ended = ask(&memory);
    assert_eq!(ended.code, 0, "{memory}: {}", ended.stderr);
    let stats: serde_json::Value =
        serde_json::from_str(ended.stderr.lines().last().expect("statistics")).expect("JSON");
    assert!(stats["peak_rss_bytes"].as_u64() <= stats["memory_bytes"].as_u64(), "{stats}");
}
