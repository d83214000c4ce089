//! Any lines of JSON objects, at any chunk size, on one to three threads: the cells are what serde_json says of each line.
//!
//! Any other bytes: no panic, and the same rows whatever the chunks and threads. The first byte says how; the rest is the text. Runs as
//! the other target does.
#![no_main]

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use libfuzzer_sys::fuzz_target;
use rowfold::error::Error;
use rowfold::flatten::{self, Columns, OnBad};
use rowfold::output::{Csv, Destination, Streamed};
use rowfold::pass::{Progress, Settings};
use rowfold::readers::{self, Input, Records};
use serde_json::value::RawValue;

type Object = HashMap<String, Box<RawValue>>;

fuzz_target!(|bytes: &[u8]| {
    let [how, text @ ..] = bytes else { return };
    let found = flattened(text, 1 + usize::from(how >> 2), 1 + usize::from(how & 3) % 3);
    assert_eq!(found, flattened(text, 1 << 20, 1), "whatever the chunks and threads");
    if let Some(expected) = expected(text) {
        assert_eq!(found.expect("objects are flattened"), expected);
    }
});

/// The cells `a` and `b.c` of each line, if all lines are objects whose cells are plain.
fn expected(text: &[u8]) -> Option<Vec<[String; 2]>> {
    let text = std::str::from_utf8(text).ok().filter(|text| !text.contains(['\0', '\u{feff}']))?;
    let lines = text.split('\n').map(|line| line.trim_matches([' ', '\t', '\r'])).filter(|line| !line.is_empty());
    let rows = lines.map(|line| {
        let object: Object = serde_json::from_str(line).ok()?;
        let below = object.get("b").filter(|raw| raw.get().starts_with('{'));
        let below: Object = below.map_or(Some(Object::new()), |raw| serde_json::from_str(raw.get()).ok())?;
        Some([cell(object.get("a"))?, cell(below.get("c"))?])
    });
    rows.collect::<Option<Vec<_>>>().filter(|rows| !rows.is_empty())
}

/// What stands in the cell of `raw`; `None` where it may be a wrapped value.
fn cell(raw: Option<&Box<RawValue>>) -> Option<String> {
    match raw.map_or("null", |raw| raw.get()) {
        "null" => Some(String::new()),
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        object if object.starts_with('{') => None,
        other => Some(other.to_owned()),
    }
}

/// The rows that are left where bad records are left out, or the kind of error.
fn flattened(text: &[u8], chunk_bytes: usize, threads: usize) -> Result<Vec<[String; 2]>, std::mem::Discriminant<Error>> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text).expect("written");
    let run = || {
        let reading = readers::Settings { records: Records::Json, ..readers::Settings::default() };
        let input = Input::open(&[file.path()], &reading)?;
        let columns = Columns::parse("a,b.c", None, &[])?;
        let settings = Settings { chunk_bytes: Some(chunk_bytes), threads: Some(threads), ..Settings::default() };
        let out = Collected::default();
        let mut sink = Streamed::new(Arc::new(Csv::COMMAS), Destination::stream("memory", out.clone()), false);
        flatten::run(&columns, &input, &settings, OnBad::Skip, &mut sink, &Progress::default())?;
        let written = std::mem::take(&mut *out.0.lock().expect("no panic"));
        let rows = csv::Reader::from_reader(&*written).into_byte_records();
        let row = |record: csv::ByteRecord| [0, 1].map(|i| String::from_utf8_lossy(&record[i]).into_owned());
        Ok(rows.map(|record| row(record.expect("two fields"))).collect())
    };
    run().map_err(|error: Error| std::mem::discriminant(&error))
}

/// Memory that a sink writes to.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<u8>>>);

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
