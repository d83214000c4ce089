//! `histogram`: how often each value is there, as the text of a JSON object in the order of the values.
//!
//! A text, since an answer's values are no maps; JSON, since every program reads it.

use super::AggregateFunction;
use super::functions::{Bound, Route};
use super::ordered::{Given, InOrder, Stop, Walk};
use super::states::States;
use crate::exprs::{Type, Value, codec, sort_key, write};

pub(super) const HISTOGRAM: AggregateFunction = AggregateFunction {
    name: "histogram",
    signature: "histogram(value)",
    doc: "How often each value that is not NULL is there, as JSON in the order of the values: {\"a\":2,\"b\":1}.",
    bind: |asked| {
        let asked = asked.unordered()?.not_distinct()?;
        let [value] = asked.arguments(HISTOGRAM.signature)?;
        let order = Box::new(Histogram { ty: value.ty });
        let bound = Bound::rows(value, Type::Text, || Box::new(States::new(Given)));
        Ok(bound.by(Route::InOrder { order, once: false }))
    },
};

#[derive(Clone, Copy, Debug)]
struct Histogram {
    ty: Type,
}

impl InOrder for Histogram {
    fn row(&self, value: Value<'_>, _: u64, key: &mut Vec<u8>, payload: &mut Vec<u8>) -> u64 {
        sort_key(self.ty, value, false, false, key);
        let start = payload.len();
        write(value, payload);
        // It is there once, however often; quotes, a colon, a comma, a count; what is escaped takes more.
        let more =
            payload[start..].iter().map(|&byte| if byte < 0x20 { 6 } else { 1 + u64::from(b"\"\\".contains(&byte)) });
        more.sum::<u64>() + 24
    }

    fn walk(&self, _: u64) -> Box<dyn Walk> {
        Box::new(Counting { json: vec![b'{'] })
    }
}

#[derive(Debug)]
struct Counting {
    json: Vec<u8>,
}

impl Walk for Counting {
    fn take(&mut self, payload: &[u8], count: u64) -> Result<(), Stop> {
        let text = std::str::from_utf8(payload)
            .map_err(|_| Stop::Failed("a value of a histogram is no UTF-8 text, which JSON cannot hold".to_owned()))?;
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        quote(text, &mut self.json);
        self.json.extend_from_slice(format!(":{count}").as_bytes());
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Stop> {
        self.json.push(b'}');
        codec::encode(Value::Text(&self.json), out);
        Ok(())
    }
}

/// Appends `text` as a JSON string.
pub(super) fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
