//! What a Parquet file says is what the answer says, type for type; its bytes do not depend on how it was made.

use parquet::basic::{LogicalType, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::tool::Place;

const TYPES: &str = "-- input: t(d date, at timestamp, ok boolean, text text)\n";

/// Columns as `name: physical`, and rows as the library shows them.
pub(crate) fn read(place: &Place, name: &str) -> (Vec<String>, Vec<String>, usize) {
    let bytes = std::fs::read(place.path(name)).expect("written");
    std::fs::write(place.path("copy"), bytes).expect("room");
    let file = std::fs::File::open(place.path("copy")).expect("written");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let schema = reader.metadata().file_metadata().schema_descr();
    let shown = |column: &parquet::schema::types::ColumnDescPtr| {
        let logical = match column.logical_type_ref() {
            None => String::new(),
            Some(LogicalType::Decimal(_)) => format!(" decimal({}, {})", column.type_precision(), column.type_scale()),
            Some(LogicalType::String) => " string".to_owned(),
            Some(LogicalType::Date) => " date".to_owned(),
            Some(LogicalType::Timestamp(_)) => " timestamp".to_owned(),
            Some(other) => format!(" {other:?}"),
        };
        format!("{}: {}{logical}", column.name(), column.physical_type())
    };
    let columns = schema.columns().iter().map(shown).collect();
    let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row").to_string()).collect();
    (columns, rows, reader.num_row_groups())
}

#[test]
fn every_type_has_its_column() {
    let place = Place::with(&[(
        "a.csv",
        "n,m,big,d,at,ok,text\n1,1.50,12345678901234567890.5,2021-02-12,2021-02-12T08:00:00Z,true,é\n,-0.125,-1,,,,\n-7,2,3,1969-12-31,1969-12-31T23:59:59.5Z,false,\"a,b\"\n",
    )]);
    let text = format!(
        "{TYPES}SELECT n + 0 AS n, m + 0 AS m, big * 1 AS big, n / 2 AS half, d, at, ok, text, n AS any FROM t"
    );
    place.answer(&["sql", &text, "a.csv", "--format", "parquet", "--output", "a.parquet"]);
    let (columns, rows, n_groups) = read(&place, "a.parquet");
    assert_eq!(
        columns,
        [
            "n: INT64",
            "m: INT64 decimal(4, 3)",
            "big: FIXED_LEN_BYTE_ARRAY decimal(21, 1)",
            "half: DOUBLE",
            "d: INT32 date",
            "at: INT64 timestamp",
            "ok: BOOLEAN",
            "text: BYTE_ARRAY string",
            "any: BYTE_ARRAY string"
        ]
    );
    assert_eq!(n_groups, 1);
    insta::assert_snapshot!(rows.join("\n"));
    let _ = Physical::INT64;
}

#[test]
fn an_answer_without_rows_has_its_columns() {
    let place = Place::with(&[("a.csv", "n,d\n")]);
    let text = "-- input: t(n number, d date)\nSELECT n, d FROM t";
    place.answer(&["sql", text, "a.csv", "--format", "parquet", "--output", "a.parquet"]);
    let (columns, rows, _) = read(&place, "a.parquet");
    assert_eq!((columns, rows.len()), (vec!["n: INT64".to_owned(), "d: INT32 date".to_owned()], 0));
}

#[test]
fn row_groups_are_bounded_and_the_file_is_the_same_however_it_was_made() {
    let rows: String = (0..300_000).map(|i| format!("{i},{}.{},text {}\n", i % 97, i % 10, i % 1000)).collect();
    let place = Place::with(&[("a.csv", &format!("n,m,t\n{rows}"))]);
    let text = "SELECT n + 0 AS n, m * 2 AS m, t FROM t";
    let mut all = Vec::new();
    for (threads, memory) in [("1", "64M"), ("2", "256M")] {
        place.answer(&[
            "sql",
            text,
            "a.csv",
            "--format",
            "parquet",
            "-o",
            "a.parquet",
            "--threads",
            threads,
            "--memory",
            memory,
        ]);
        all.push(std::fs::read(place.path("a.parquet")).expect("written"));
    }
    assert_eq!(all[0], all[1]);
    let (_, rows, n_groups) = read(&place, "a.parquet");
    assert_eq!((rows.len(), n_groups), (300_000, 3));
    assert_eq!(rows[299_999], "{n: 299999, m: 151.8, t: \"text 999\"}");
}

#[test]
fn what_parquet_cannot_hold_is_refused() {
    let place = Place::with(&[("a.csv", "n\n1e-30\n99999999999999999999\n")]);
    place.write("b.csv", b"t\n\xe9\n");
    let ended = place.run(&["sql", "SELECT n + 0 AS n FROM t", "a.csv", "--format", "parquet", "-o", "x"]);
    assert!(ended.code == 2 && ended.stderr.contains("20 digits before the point and 30 after it"), "{ended:?}");
    let ended = place.run(&["sql", "SELECT t FROM t", "b.csv", "--format", "parquet", "-o", "x"]);
    assert!(ended.code == 3 && ended.stderr.contains("which Parquet cannot hold"), "{ended:?}");
    assert_eq!(place.names(), ["a.csv", "b.csv"]);
}
