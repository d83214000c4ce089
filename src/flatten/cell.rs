//! The bytes of one JSON value in, the cell of a table that it is out.
//!
//! A string is its text, a number the digits it is written in, `null` nothing, an array or object its JSON; MongoDB's wrapped values
//! are what they wrap: `{"$oid": …}`, `{"$numberLong": …}`, and a `$date` in milliseconds is its instant.

use std::fmt;

use bumpalo::Bump;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::exprs::Value;

/// The cell of `raw`, a value as it stands in the record; a number is an instant if it `is_date`.
pub(super) fn cell<'b>(raw: &'b str, is_date: bool, arena: &'b Bump) -> Result<Value<'b>, serde_json::Error> {
    match raw.as_bytes() {
        b"null" => Ok(Value::Null),
        [b'"', text @ .., b'"'] if memchr::memchr(b'\\', text).is_none() => Ok(Value::Text(text)),
        [b'"', ..] => unescaped(raw, arena).map(|text| Value::Text(text.as_bytes())),
        [b'-' | b'0'..=b'9', ..] if is_date => instant(raw),
        [b'{', ..] => match wrapped(raw) {
            Some((Wrapper::Date, inner)) => cell(inner, true, arena),
            Some((Wrapper::Id, inner)) => cell(inner, false, arena),
            Some((Wrapper::Number, inner)) => match cell(inner, false, arena)? {
                Value::Text(digits) if is_date => instant(&String::from_utf8_lossy(digits)),
                number => Ok(number),
            },
            None => Ok(Value::Text(raw.as_bytes())),
        },
        other => Ok(Value::Text(other)),
    }
}

/// Milliseconds since 1970 as an instant.
fn instant(milliseconds: &str) -> Result<Value<'static>, serde_json::Error> {
    let microseconds = milliseconds.parse::<i64>().ok().and_then(|n| n.checked_mul(1000));
    // The years 1 to 9999, as everywhere.
    let range = -62_135_596_800_000_000..=253_402_300_799_999_999;
    match microseconds.filter(|n| range.contains(n)) {
        Some(instant) => Ok(Value::Timestamp(instant)),
        None => Err(serde_json::Error::custom("a $date that is no number of milliseconds")),
    }
}

/// What an object of one field stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapper {
    Id,
    Date,
    Number,
}

impl Wrapper {
    /// That of the field's name.
    pub(super) fn of(key: &str) -> Option<Wrapper> {
        match key {
            "$oid" => Some(Wrapper::Id),
            "$date" => Some(Wrapper::Date),
            "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal" => Some(Wrapper::Number),
            _ => None,
        }
    }
}

/// The wrapper that `raw` is and what it wraps, if it is one.
fn wrapped(raw: &str) -> Option<(Wrapper, &str)> {
    struct Sole;
    impl<'b> Visitor<'b> for Sole {
        type Value = Option<(Wrapper, &'b str)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'b>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let Some(key) = map.next_key::<std::borrow::Cow<'b, str>>()? else { return Ok(None) };
            let wrapper = Wrapper::of(&key);
            let inner: &'b RawValue = map.next_value()?;
            let mut is_sole = true;
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                is_sole = false;
            }
            Ok(wrapper.filter(|_| is_sole).map(|wrapper| (wrapper, inner.get())))
        }
    }
    // Every wrapper's name begins so; other objects need not be looked into.
    let is_likely = raw[1..].trim_ascii_start().starts_with("\"$");
    is_likely.then(|| serde_json::Deserializer::from_str(raw).deserialize_map(Sole).ok()).flatten().flatten()
}

/// The text of a string with escapes, in the arena.
fn unescaped<'b>(raw: &'b str, arena: &'b Bump) -> Result<&'b str, serde_json::Error> {
    Copied(arena).deserialize(&mut serde_json::Deserializer::from_str(raw))
}

/// A text that is copied only where it does not stand in the input as it is.
pub(super) struct Copied<'b>(pub(super) &'b Bump);

impl<'b> DeserializeSeed<'b> for Copied<'b> {
    type Value = &'b str;

    fn deserialize<D: Deserializer<'b>>(self, deserializer: D) -> Result<&'b str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'b> Visitor<'b> for Copied<'b> {
    type Value = &'b str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, text: &'b str) -> Result<&'b str, E> {
        Ok(text)
    }

    fn visit_str<E>(self, text: &str) -> Result<&'b str, E> {
        Ok(self.0.alloc_str(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exprs::write;

    fn shown(raw: &str, is_date: bool) -> Option<String> {
        let arena = Bump::new();
        let mut out = Vec::new();
        match cell(raw, is_date, &arena) {
            Err(_) => return None,
            Ok(value) => write(value, &mut out),
        }
        Some(String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn values_are_the_cells_that_they_stand_for() {
        for (raw, expected) in [
            ("null", ""),
            ("true", "true"),
            ("1.50", "1.50"),
            ("-0", "-0"),
            ("1e400", "1e400"),
            ("123456789012345678901234567890.10", "123456789012345678901234567890.10"),
            ("\"\"", ""),
            ("\"a, b\"", "a, b"),
            ("\"a\\n\\\"b\\\"\\/\"", "a\n\"b\"/"),
            ("\"\\ud83d\\ude4f \\u00e9\"", "🙏 é"),
            ("[1, 2]", "[1, 2]"),
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("{\"$oid\":\"5f\"}", "5f"),
            ("{\"$numberLong\":\"9007199254740993\"}", "9007199254740993"),
            ("{ \"$date\" : 1 }", "1970-01-01T00:00:00.001Z"),
            ("{\"$date\":{\"$numberLong\":\"-1000\"}}", "1969-12-31T23:59:59Z"),
            ("{\"$date\":\"2021-02-12T05:00:00+05:30\"}", "2021-02-12T05:00:00+05:30"),
            ("{\"$oid\":\"5f\",\"more\":1}", "{\"$oid\":\"5f\",\"more\":1}"),
            ("{\"$other\":1}", "{\"$other\":1}"),
        ] {
            assert_eq!(shown(raw, false).as_deref(), Some(expected), "{raw}");
        }
        assert_eq!(shown("1614834367000", true).as_deref(), Some("2021-03-04T05:06:07Z"));
    }

    #[test]
    fn half_a_surrogate_pair_and_a_date_of_no_calendar_are_wrong() {
        for raw in ["\"\\ud83d\"", "\"\\ude4f\"", "\"\\ud83d x\"", "{\"$date\":1e400}", "{\"$date\":99999999999999999}"]
        {
            assert_eq!(shown(raw, false), None, "{raw}");
        }
    }
}
