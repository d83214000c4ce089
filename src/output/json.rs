//! A row as a JSON object, rows as an array: keys in column order, exact decimals as numbers with all their digits.
//!
//! JSON holds Unicode only: text that is not UTF-8 is an error that names CSV. Infinities and NaN are no JSON numbers and become
//! strings.

use super::Format;
use crate::error::{Error, Result, quoted};
use crate::exprs::{Type, Value, number, write};
use crate::questions::plan::AnswerColumn;

/// An array of objects.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Format for Json {
    fn begin(&self, _columns: &[AnswerColumn], out: &mut Vec<u8>) {
        out.push(b'[');
    }

    fn row(&self, columns: &[AnswerColumn], values: &[Value<'_>], out: &mut Vec<u8>) -> Result<()> {
        out.push(b'\n'); // before the object, so that no rows leave no line
        object(columns, values, out)
    }

    fn between(&self) -> &'static [u8] {
        b","
    }

    fn end(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n]\n");
    }
}

/// Writes one row as `{"name":value,…}`.
pub(super) fn object(columns: &[AnswerColumn], values: &[Value<'_>], out: &mut Vec<u8>) -> Result<()> {
    out.push(b'{');
    for (index, (column, value)) in columns.iter().zip(values).enumerate() {
        if index > 0 {
            out.push(b',');
        }
        string(&column.name, out);
        out.push(b':');
        match *value {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Text(bytes) => text(column, bytes, out)?,
            Value::Real(real) if !real.is_finite() => quote(*value, out),
            Value::Date(_) | Value::Timestamp(_) => quote(*value, out),
            value => write(value, out),
        }
    }
    out.push(b'}');
    Ok(())
}

/// Text as a string; what spells a plain number in a dynamic column *is* one, digit for digit.
fn text(column: &AnswerColumn, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
    if column.ty == Type::Dynamic && number::is_plain(bytes) {
        out.extend_from_slice(bytes);
        return Ok(());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => string(text, out),
        Err(_) => {
            let what = format!("column {}: {}", quoted(column.name.as_bytes()), quoted(bytes));
            return Err(Error::NotUtf8 { what, format: "JSON" });
        }
    }
    Ok(())
}

fn string(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a string into memory is always JSON");
}

fn quote(value: Value<'_>, out: &mut Vec<u8>) {
    out.push(b'"');
    write(value, out); // nothing in it needs escaping
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::{columns, spelt, typed};

    #[test]
    fn values_keep_their_kind_and_their_digits() {
        let columns = typed(&[("n", Type::Number), ("t\"", Type::Text), ("d", Type::Dynamic), ("e", Type::Dynamic)]);
        let rows: [&[Value<'_>]; 2] = [
            &[
                Value::Short { mantissa: 9747747934, scale: 3 },
                Value::Text(b"7"),
                Value::Text(b"7"),
                Value::Text(b"07"),
            ],
            &[Value::Null, Value::Text("\"é\n".as_bytes()), Value::Boolean(false), Value::Real(f64::NAN)],
        ];
        let written = String::from_utf8(spelt(&Json, &columns, &rows).expect("UTF-8")).expect("UTF-8");
        let lines: Vec<_> = written.lines().collect();
        assert_eq!(lines[1], r#"{"n":9747747.934,"t\"":"7","d":7,"e":"07"},"#);
        assert!(lines[2].starts_with(r#"{"n":null,"t\"":"\"é\n","d":false,"e":"#));
        let parsed: serde_json::Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(parsed.as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn no_rows_are_an_empty_array() {
        let written = spelt(&Json, &columns(&["a"]), &[]).expect("bytes");
        assert_eq!(written, b"[\n]\n");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&written).expect("JSON"), serde_json::json!([]));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        let refused = spelt(&Json, &columns(&["a"]), &[&[Value::Text(b"caf\xe9")]]).expect_err("no UTF-8");
        assert_eq!(
            refused.to_string(),
            r#"column "a": "caf\xe9" is not UTF-8, which JSON cannot hold; --encoding says what it is, or --format csv passes bytes through"#
        );
    }
}
