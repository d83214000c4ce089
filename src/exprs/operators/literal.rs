//! The literals of a question.

use bumpalo::Bump;

use crate::exprs::{Misuse, Type, Typed, Value, number, time};

/// A number: `3`, `0.10`, `1e-9`.
pub fn number(text: &str) -> Result<Typed, Misuse> {
    let number = number::parse(text.as_bytes())
        .ok_or_else(|| Misuse::new(format!("{text} is no number of at most 38 digits"), "write it with an exponent"))?;
    let arena = Bump::new();
    Ok(Typed::constant(number.value(&arena), Type::Number, text))
}

/// A text; the empty one is text too, not NULL.
pub fn text(text: &str) -> Typed {
    Typed::constant(Value::Text(text.as_bytes()), Type::Text, format!("'{}'", text.replace('\'', "''")))
}

/// `true` or `false`.
pub fn boolean(boolean: bool) -> Typed {
    Typed::constant(Value::Boolean(boolean), Type::Boolean, if boolean { "true" } else { "false" })
}

/// `NULL`.
pub fn null() -> Typed {
    Typed::constant(Value::Null, Type::Null, "NULL")
}

/// `DATE 'YYYY-MM-DD'`.
pub fn date(text: &str) -> Result<Typed, Misuse> {
    let date = time::parse_date(text.as_bytes())
        .ok_or_else(|| Misuse::new(format!("'{text}' is no date"), "write it as '2024-02-29'"))?;
    Ok(Typed::constant(Value::Date(date), Type::Date, format!("DATE '{text}'")))
}

/// `TIMESTAMP 'YYYY-MM-DD HH:MM:SS'`.
pub fn timestamp(text: &str) -> Result<Typed, Misuse> {
    let timestamp = time::parse_timestamp(text.as_bytes())
        .ok_or_else(|| Misuse::new(format!("'{text}' is no timestamp"), "write it as '2024-02-29T13:30:00Z'"))?;
    Ok(Typed::constant(Value::Timestamp(timestamp), Type::Timestamp, format!("TIMESTAMP '{text}'")))
}
