//! The slow, obvious program: the `csv` crate, a `BTreeMap`, no cleverness. What it says is right.

use std::collections::{BTreeMap, BTreeSet};

/// A table in memory: header and records, as the `csv` crate reads them.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    header: Vec<String>,
    records: Vec<Vec<String>>,
}

/// One row of a table, by column name. An empty field is NULL.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'t> {
    table: &'t Table,
    record: &'t [String],
}

impl<'t> Row<'t> {
    /// The field, or `None` for NULL.
    pub(crate) fn get(&self, column: &str) -> Option<&'t str> {
        let i = self.table.header.iter().position(|name| name == column).expect("the test names a column that exists");
        Some(self.record[i].as_str()).filter(|field| !field.is_empty())
    }
}

impl Table {
    /// Reads `csv` with the settings that the `csv` crate has by default.
    pub(crate) fn read(csv: &[u8]) -> Table {
        let mut reader = csv::Reader::from_reader(csv);
        let header = reader.headers().expect("valid").iter().map(str::to_owned).collect();
        let record =
            |record: csv::Result<csv::StringRecord>| record.expect("valid").iter().map(str::to_owned).collect();
        Table { header, records: reader.records().map(record).collect() }
    }

    /// All rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row { table: self, record })
    }

    /// The rows of each key, by key.
    pub(crate) fn groups<'t, K: Ord>(&'t self, key: impl Fn(&Row<'t>) -> K) -> BTreeMap<K, Vec<Row<'t>>> {
        let mut groups: BTreeMap<K, Vec<Row<'t>>> = BTreeMap::new();
        self.rows().for_each(|row| groups.entry(key(&row)).or_default().push(row));
        groups
    }
}

/// How many of `rows` have a value in `column`.
pub(crate) fn count(rows: &[Row<'_>], column: &str) -> usize {
    rows.iter().filter(|row| row.get(column).is_some()).count()
}

/// How many different values `column` has.
pub(crate) fn count_distinct(rows: &[Row<'_>], column: &str) -> usize {
    rows.iter().filter_map(|row| row.get(column)).collect::<BTreeSet<_>>().len()
}

/// The integers in `column`.
pub(crate) fn integers(rows: &[Row<'_>], column: &str) -> Vec<i64> {
    rows.iter().filter_map(|row| row.get(column)).map(|field| field.parse().expect("an integer")).collect()
}

/// The most frequent text of `column`; of several, the least by bytes.
pub(crate) fn mode<'t>(rows: &[Row<'t>], column: &str) -> Option<&'t str> {
    let mut counts = BTreeMap::new();
    rows.iter().filter_map(|row| row.get(column)).for_each(|field| *counts.entry(field).or_insert(0) += 1);
    let mut best = None;
    for (field, n) in counts {
        if best.is_none_or(|(_, most)| n > most) {
            best = Some((field, n));
        }
    }
    best.map(|(field, _)| field)
}

/// `rows` as CSV under `header`.
pub(crate) fn csv(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory");
    rows.into_iter().for_each(|row| writer.write_record(row).expect("memory"));
    String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8")
}

/// A value, or nothing for NULL.
pub(crate) fn or_empty(value: Option<impl ToString>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}
