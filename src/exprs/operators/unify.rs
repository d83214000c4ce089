//! Several operands in, the one type they can all have out: branches of `CASE`, arguments of `coalesce`, both sides of `=`.

use super::cast::demand;
use crate::error::quoted;
use crate::exprs::time::Span;
use crate::exprs::{Misuse, Type, Typed, time};

/// The one type that all of `values` can have, and they as it.
pub fn unify(values: Vec<Typed>) -> Result<(Vec<Typed>, Type), Misuse> {
    let ty = common(&values)?;
    let values = values.into_iter().map(|value| demand(value, ty)).collect::<Result<_, _>>()?;
    Ok((values, ty))
}

/// NULL and text literals go with everything; dynamic goes with everything, which then is demanded of it; a date goes with timestamps.
fn common(values: &[Typed]) -> Result<Type, Misuse> {
    let mut ty = Type::Null;
    for value in values.iter().filter(|value| value.as_literal().is_none()) {
        ty = both(ty, value.ty).ok_or_else(|| conflict(values, ty, value))?;
    }
    let mut literals = values.iter().filter_map(Typed::as_literal).peekable();
    match ty {
        Type::Null if literals.peek().is_some() => Ok(Type::Text),
        // A date beside '2024-02-29 12:00' is its midnight; the literal is not cut to its day.
        Type::Date
            if literals.any(|text| time::parse_plain_date(text).is_none() && time::parse_timestamp(text).is_some()) =>
        {
            Ok(Type::Timestamp)
        }
        ty => Ok(ty),
    }
}

/// `value` does not go with those before it, which are `ty`: a text among them could be cast, otherwise all to text.
fn conflict(values: &[Typed], ty: Type, value: &Typed) -> Misuse {
    let what = format!("{} is a {}, beside a {ty}", quoted(value.text.as_bytes()), value.ty);
    let other = if value.ty == Type::Text { ty } else { value.ty };
    let text = values.iter().find(|value| value.ty == Type::Text && value.as_literal().is_none());
    let way_out = match text {
        Some(text) => format!("CAST({} AS {other})", text.text),
        None => format!("CAST({} AS text)", value.text),
    };
    Misuse::new(what, way_out)
}

fn both(a: Type, b: Type) -> Option<Type> {
    use Type::*;
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Null, ty) | (ty, Null) => Some(ty),
        (Dynamic, Interval(_)) | (Interval(_), Dynamic) => None,
        (Dynamic, Text) | (Text, Dynamic) => Some(Dynamic),
        (Dynamic, ty) | (ty, Dynamic) => Some(ty),
        (Date, Timestamp) | (Timestamp, Date) => Some(Timestamp),
        (Interval(Span::Day | Span::Microsecond), Interval(Span::Day | Span::Microsecond)) => {
            Some(Interval(Span::Microsecond))
        }
        (Interval(_), _) | (_, Interval(_)) => None,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{null, number, text};
    use super::*;
    use crate::exprs::operators::testing::column;

    #[test]
    fn literals_and_dynamic_values_become_what_stands_beside_them() {
        use Type::*;
        for (values, expected) in [
            (vec![column(0, Dynamic), text("none")], Dynamic),
            (vec![column(0, Dynamic), number("0").unwrap()], Number),
            (vec![text("a"), null()], Text),
            (vec![null(), null()], Null),
            (vec![column(0, Date), text("2024-01-01")], Date),
            (vec![column(0, Date), text("2024-01-01 12:00")], Timestamp),
            (vec![column(0, Date), column(1, Timestamp)], Timestamp),
            (vec![column(0, Text), column(1, Dynamic)], Dynamic),
        ] {
            let (values, ty) = unify(values).unwrap();
            assert_eq!(ty, expected);
            assert!(values.iter().all(|value| value.ty == expected));
        }
        let misuse = unify(vec![column(0, Number), column(1, Text)]).unwrap_err();
        assert_eq!(misuse.to_string(), "\"c1\" is a text, beside a number: CAST(c1 AS number)");
    }
}
