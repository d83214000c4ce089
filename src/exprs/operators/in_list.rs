//! `value IN (list…)`: constants are sorted once and searched; other lists are compared one by one.

use bumpalo::Bump;

use super::unify::unify;
use crate::exprs::expr::{Constant, Expr, Operand, Scalar};
use crate::exprs::lanewise::map;
use crate::exprs::trouble::Troubles;
use crate::exprs::{Misuse, Type, Typed, Value, compare};

/// `value IN (list…)`, with SQL's NULL logic: NULL if nothing equals it and the list has a NULL.
///
/// The types meet as they do for `=`, over the whole list.
pub fn in_list(value: Typed, list: Vec<Typed>) -> Result<Typed, Misuse> {
    let items = list.iter().map(|item| &*item.text).collect::<Vec<_>>().join(", ");
    let text = format!("{} IN ({items})", value.text);
    let values = std::iter::once(value).chain(list).collect();
    let (mut values, mut ty) =
        unify(values).map_err(|misuse| Misuse { what: format!("{text}: {}", misuse.what), ..misuse })?;
    if ty == Type::Dynamic {
        // Dynamic values are equal when their bytes are.
        ty = Type::Text;
    }
    if !values[1..].iter().all(|item| matches!(item.expr, Expr::Constant(_))) {
        return Typed::call(AmongValues { ty, yes: true }, values, Type::Boolean, text);
    }
    let mut items: Vec<Constant> = values
        .drain(1..)
        .filter_map(|item| match item.expr {
            Expr::Constant(constant) => Some(constant),
            _ => None,
        })
        .collect();
    let n_items = items.len();
    items.retain(|item| !item.borrowed().is_null());
    let has_null = items.len() < n_items;
    items.sort_by(|a, b| compare(ty, a.borrowed(), b.borrowed()));
    items.dedup_by(|a, b| compare(ty, a.borrowed(), b.borrowed()).is_eq());
    Typed::call(Among { ty, items, has_null, yes: true }, values, Type::Boolean, text)
}

/// Among constants.
#[derive(Debug)]
struct Among {
    ty: Type,
    items: Vec<Constant>,
    has_null: bool,
    yes: bool,
}

impl Scalar for Among {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        let found = Value::Boolean(self.yes);
        let absent = if self.has_null { Value::Null } else { Value::Boolean(!self.yes) };
        match self.items.as_slice() {
            // A few texts are told apart by length and first bytes sooner than by a search.
            texts if self.ty == Type::Text && texts.len() <= 8 => map(args[0], lanes, out, |_, value| {
                let equals = |item: &Constant| matches!((item, value), (Constant::Text(item), Value::Text(text)) if **item == *text);
                if texts.iter().any(equals) { found } else { absent }
            }),
            items => map(args[0], lanes, out, |_, value| {
                let place = items.binary_search_by(|item| compare(self.ty, item.borrowed(), value));
                if place.is_ok() { found } else { absent }
            }),
        }
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        let (ty, has_null, yes) = (self.ty, self.has_null, !self.yes);
        Some(Box::new(Among { ty, items: self.items.clone(), has_null, yes }))
    }
}

/// Among values of the same row.
#[derive(Debug)]
struct AmongValues {
    ty: Type,
    yes: bool,
}

impl Scalar for AmongValues {
    fn eval<'a>(&self, args: &[Operand<'_, 'a>], lanes: &[u32], _: &'a Bump, _: &mut Troubles, out: &mut [Value<'a>]) {
        map(args[0], lanes, out, |lane, value| {
            let mut has_null = false;
            let found = args[1..].iter().any(|item| match item.at(lane) {
                Value::Null => {
                    has_null = true;
                    false
                }
                item => compare(self.ty, item, value).is_eq(),
            });
            if has_null && !found { Value::Null } else { Value::Boolean(found == self.yes) }
        });
    }

    fn negated(&self) -> Option<Box<dyn Scalar>> {
        Some(Box::new(AmongValues { ty: self.ty, yes: !self.yes }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{not, null, number, text};
    use super::*;
    use crate::exprs::operators::testing::{check, column};

    #[test]
    fn a_value_is_among_a_few_or_many_constants_or_columns() {
        let few = || vec![text("b"), text("a")];
        let many = || (0..20).map(|n| text(&format!("t{n}"))).collect::<Vec<_>>();
        let column = |slot| column(slot, Type::Dynamic);
        for (list, field, expected) in [
            (few(), "a", "true"),
            (few(), "c", "false"),
            (few(), "", "NULL"),
            (many(), "t19", "true"),
            (many(), "t20", "false"),
            (vec![text("a"), null()], "a", "true"),
            (vec![text("a"), null()], "b", "NULL"),
            (vec![number("1").unwrap(), number("2.50").unwrap()], "2.5", "true"),
            (vec![number("1").unwrap(), number("2.50").unwrap()], "x", "!number"),
            (vec![column(1), column(2)], "z", "true"),
            (vec![column(1), text("y")], "q", "false"),
            (vec![column(1), null()], "q", "NULL"),
        ] {
            let negated = match expected {
                "true" => "false",
                "false" => "true",
                other => other,
            };
            let again = list
                .iter()
                .map(|item| Typed { expr: reopened(&item.expr), ty: item.ty, text: item.text.clone() })
                .collect();
            check(in_list(column(0), list), &[field, "x", "z"], expected);
            check(not(in_list(column(0), again).unwrap()), &[field, "x", "z"], negated);
        }
    }

    fn reopened(expr: &Expr) -> Expr {
        match expr {
            Expr::Column(slot) => Expr::Column(*slot),
            Expr::Constant(constant) => Expr::Constant(constant.clone()),
            other => panic!("{other:?}"),
        }
    }
}
