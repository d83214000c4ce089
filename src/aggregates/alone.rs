//! One group, in memory: rows of values in, its value out. What an engine beside ours calls, over answers that are small.
//!
//! The same folds on the same routes as in a pass; values that a pass would sort on disk are sorted in a map.

use std::collections::BTreeMap;

use bumpalo::Bump;

use super::functions::{Bound, Route};
use super::mode;
use super::ordered::Stop;
use super::states::{Aggregate, Values};
use crate::exprs::{Frame, Trouble, Troubles, Value, codec};

/// The group of one call.
#[derive(Debug)]
pub struct Alone<'b> {
    bound: &'b Bound,
    states: Box<dyn Aggregate>,
    /// By encoded value, how often it was there; of routes that look at each value once.
    values: BTreeMap<Vec<u8>, u64>,
}

impl<'b> Alone<'b> {
    /// The group of `bound`, whose argument reads `Expr::Column(i)` for value `i` of a row.
    pub fn new(bound: &'b Bound) -> Alone<'b> {
        let mut states = bound.make.states();
        states.grow(1);
        Alone { bound, states, values: BTreeMap::new() }
    }

    /// Adds a row.
    pub fn add(&mut self, row: &[Value<'_>]) -> Result<(), Trouble> {
        let arena = Bump::new();
        let columns: Vec<_> = row.iter().map(|value| [*value]).collect();
        let columns: Vec<&[Value<'_>]> = columns.iter().map(|column| &column[..]).collect();
        let frame = Frame { columns: &columns, n_lanes: 1, arena: &arena };
        let (mut out, mut troubles) = ([Value::Boolean(true)], Troubles::default());
        if let Some(expr) = self.bound.expr() {
            expr.eval(&frame, &[0], &mut troubles, &mut out);
        }
        if let Some((_, trouble)) = troubles.found.into_iter().next() {
            return Err(trouble);
        }
        match self.bound.route {
            Route::Rows => self.states.update(&[0], &[0], Values::Each(&out)),
            _ if out[0].is_null() => {}
            _ => {
                let mut key = Vec::new();
                codec::encode(out[0], &mut key);
                *self.values.entry(key).or_insert(0) += 1;
            }
        }
        Ok(())
    }

    /// The group's value, in `arena`.
    pub fn finish<'a>(mut self, arena: &'a Bump) -> Result<Value<'a>, String> {
        let mut state = Vec::new();
        let values = std::mem::take(&mut self.values);
        match &self.bound.route {
            Route::Rows => {}
            Route::Once => {
                for key in values.keys() {
                    let value = codec::decode(&mut key.as_slice(), arena).unwrap_or(Value::Null);
                    self.states.update(&[0], &[0], Values::Same(value));
                }
            }
            Route::Counted => {
                for (key, count) in &values {
                    state.clear();
                    mode::encode_counted(*count, key, &mut state);
                    self.states.merge(Some(0), &mut state.as_slice()).ok_or("a state is damaged")?;
                }
            }
            Route::InOrder { order, once } => {
                let mut rows: Vec<(Vec<u8>, Vec<u8>, u64)> = Vec::new();
                for (key, count) in &values {
                    let value = codec::decode(&mut key.as_slice(), arena).unwrap_or(Value::Null);
                    let (mut place, mut payload) = (Vec::new(), Vec::new());
                    let count = if *once { 1 } else { *count };
                    order.row(value, count, &mut place, &mut payload);
                    rows.push((place, payload, count));
                }
                rows.sort_unstable();
                let n = rows.iter().map(|(.., count)| count).sum();
                if n > 0 {
                    let mut walk = order.walk(n);
                    let walked = rows.iter().try_for_each(|(_, payload, count)| walk.take(payload, *count));
                    walked.and_then(|()| walk.finish(&mut state)).map_err(|stop: Stop| stop.to_string())?;
                    self.states.merge(Some(0), &mut state.as_slice()).ok_or("a state is damaged")?;
                }
            }
        }
        self.states.finish(0, arena)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::functions::{Asked, Key};
    use crate::aggregates::{all, find};
    use crate::exprs::{Type, Typed, operators, write};

    /// What `name` gives over dynamic rows; the last column is the row's place.
    fn answer(name: &str, args: Vec<Typed>, distinct: bool, order: Vec<Key>, rows: &[&[&str]]) -> String {
        let width = rows.first().map_or(0, |row| row.len());
        let place = Typed::column(width, Type::Number, "place");
        let asked = Asked { args, distinct, order, place };
        let bound = match (find(name).expect("a name").bind)(asked) {
            Ok(bound) => bound,
            Err(misuse) => return misuse.to_string(),
        };
        let mut group = Alone::new(&bound);
        for (place, row) in (0..).zip(rows) {
            let field = |text: &&'static str| if text.is_empty() { Value::Null } else { Value::Text(text.as_bytes()) };
            let row: Vec<&'static str> = row.iter().map(|text| &*String::leak((*text).to_owned())).collect();
            let mut values: Vec<_> = row.iter().map(field).collect();
            values.push(Value::integer(place));
            if let Err(trouble) = group.add(&values) {
                return format!("{trouble:?}");
            }
        }
        let (arena, mut out) = (Bump::new(), Vec::new());
        match group.finish(&arena) {
            Ok(Value::Null) => "NULL".to_owned(),
            Ok(value) => {
                write(value, &mut out);
                String::from_utf8(out).expect("UTF-8")
            }
            Err(what) => what,
        }
    }

    fn c(slot: usize) -> Typed {
        Typed::column(slot, Type::Dynamic, format!("c{slot}"))
    }

    fn of(name: &str, values: &[&str]) -> String {
        let rows: Vec<[&str; 1]> = values.iter().map(|value| [*value]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        answer(name, vec![c(0)], false, vec![], &rows)
    }

    const PAIRS: &[&[&str]] = &[&["1", "2"], &["3", "3"], &["", "9"], &["5", "7"], &["9", ""]];

    #[test]
    fn aggregates_stand_by_name_and_are_called_as_they_say() {
        assert!(all().is_sorted_by_key(|function| function.name));
        for function in all() {
            assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.signature);
            assert!(function.doc.ends_with('.') || function.doc.ends_with('}'), "{}", function.doc);
        }
    }

    #[test]
    fn statistics_of_one_number_are_rounded_once() {
        for (name, values, expected) in [
            ("var_pop", &["1", "2", "3", "4", ""][..], "1.25"),
            ("var_samp", &["1", "2", "3", "4"], "1.6666666666666667"),
            ("stddev_pop", &["2", "4", "4", "4", "5", "5", "7", "9"], "2.0"),
            ("stddev", &["1", "3"], "1.4142135623730951"),
            ("variance", &["1"], "NULL"),
            ("var_pop", &["1"], "0.0"),
            ("var_pop", &["", ""], "NULL"),
            ("var_pop", &["1000000000000.1", "1000000000000.3"], "0.01"),
            ("var_pop", &["1e300", "1e300"], "0.0"),
            ("stddev_pop", &["1e-200", "3e-200"], "1e-200"),
            ("stddev_pop", &["1e300", "3e300"], "1e300"),
            ("median", &["3", "1", "2", ""], "2.0"),
            ("median", &["0.1", "0.2"], "0.15"),
            ("median", &["1e300", "3e300"], "2e300"),
            ("median", &[""], "NULL"),
            ("histogram", &["b", "a", "", "b", "10", "9"], "{\"9\":1,\"10\":1,\"a\":1,\"b\":2}"),
            ("bool_and", &["true", "", "f"], "false"),
            ("bool_or", &["true", "", "f"], "true"),
            ("bool_or", &[""], "NULL"),
            ("mode", &["b", "a", "b", "a", "c"], "a"),
            ("approx_count_distinct", &["b", "a", "", "b"], "2"),
            ("approx_count_distinct", &[""], "0"),
            ("first", &["", "a"], "NULL"),
            ("last", &["", "a", "b"], "b"),
        ] {
            assert_eq!(of(name, values), expected, "{name} of {values:?}");
        }
    }

    #[test]
    fn statistics_of_two_numbers_leave_rows_with_a_null_out() {
        // y: 1 3 5, x: 2 3 7; means 3 and 4; Σ(x−4)(y−3) = 4 + 0 + 6 = 10, Σ(x−4)² = 14, Σ(y−3)² = 8.
        for (name, expected) in [
            ("covar_pop", 10.0 / 3.0),
            ("covar_samp", 5.0),
            ("regr_slope", 10.0 / 14.0),
            ("regr_intercept", 3.0 - 4.0 * 10.0 / 14.0),
            ("regr_r2", 100.0 / 112.0),
            ("corr", 10.0 / 112f64.sqrt()),
        ] {
            let found: f64 = answer(name, vec![c(0), c(1)], false, vec![], PAIRS).parse().expect("a real");
            assert!((found - expected).abs() < 1e-15, "{name}: {found} {expected}");
        }
        let line: &[&[&str]] = &[&["1", "0.1"], &["2", "0.2"], &["3", "0.3"]];
        assert_eq!(answer("corr", vec![c(0), c(1)], false, vec![], line), "1.0");
        assert_eq!(answer("regr_slope", vec![c(0), c(1)], false, vec![], line), "10.0");
        let flat: &[&[&str]] = &[&["1", "5"], &["2", "5"]];
        for (name, of_y, of_x) in [("corr", "NULL", "NULL"), ("regr_slope", "NULL", "0.0"), ("regr_r2", "NULL", "1.0")]
        {
            assert_eq!(answer(name, vec![c(0), c(1)], false, vec![], flat), of_y, "{name}");
            assert_eq!(answer(name, vec![c(1), c(0)], false, vec![], flat), of_x, "{name}");
        }
    }

    #[test]
    fn a_row_is_chosen_by_another_value_or_its_place() {
        let rows: &[&[&str]] = &[&["a", "2"], &["b", "10"], &["c", "10"], &["d", "2"], &["", "99"], &["e", ""]];
        for (name, expected) in [("arg_min", "a"), ("arg_max", "b")] {
            assert_eq!(answer(name, vec![c(0), c(1)], false, vec![], rows), expected, "{name}");
        }
        let by = |descending| vec![Key { value: c(1), descending, nulls_first: false }];
        for (name, descending, expected) in
            [("first", false, "a"), ("first", true, "NULL"), ("last", false, "NULL"), ("last", true, "d")]
        {
            assert_eq!(answer(name, vec![c(0)], false, by(descending), rows), expected, "{name} {descending}");
        }
    }

    #[test]
    fn texts_are_joined_in_order() {
        let rows: &[&[&str]] = &[&["b", "2"], &["a", "1"], &["", "0"], &["b", ""], &["c", "2"]];
        let join = |distinct, order| answer("string_agg", vec![c(0), operators::text("-")], distinct, order, rows);
        assert_eq!(join(false, vec![]), "b-a-b-c");
        assert_eq!(join(true, vec![]), "a-b-c");
        let by = |descending| vec![Key { value: c(1), descending, nulls_first: false }];
        assert_eq!(join(false, by(false)), "a-b-c-b");
        assert_eq!(join(false, by(true)), "b-c-a-b");
        assert!(join(true, by(true)).starts_with("string_agg(DISTINCT …) joins in the order of bytes"));
    }

    #[test]
    fn a_quantile_lies_between_two_values_in_proportion() {
        let rows: &[&[&str]] = &[&["10"], &["20"], &["20"], &["40"], &["50"]];
        let quantile = |fraction: &str, distinct| {
            let args = vec![c(0), operators::number(fraction).expect("a number")];
            answer("quantile_cont", args, distinct, vec![], rows)
        };
        for (fraction, expected) in [
            ("0", "10.0"),
            ("0.25", "20.0"),
            ("0.5", "20.0"),
            ("0.6", "28.0"),
            ("0.75", "40.0"),
            ("1", "50.0"),
            ("0.99", "49.6"),
        ] {
            assert_eq!(quantile(fraction, false), expected, "{fraction}");
        }
        assert_eq!(quantile("0.5", true), "30.0");
        assert!(quantile("1.1", false).contains("does not lie between 0 and 1"));
    }

    #[test]
    fn the_most_frequent_values_come_with_their_counts() {
        let rows: &[&[&str]] = &[&["b"], &["a"], &["c"], &["c"], &[""], &["a"], &["d"]];
        let top = |k| answer("top_k", vec![c(0), operators::number(k).expect("a number")], false, vec![], rows);
        assert_eq!(top("3"), r#"[{"value":"a","count":2},{"value":"c","count":2},{"value":"b","count":1}]"#);
        assert_eq!(top("0"), "k is 0: write a whole number from 1 to 1000");
    }

    #[test]
    fn distinct_values_are_added_once() {
        let rows: &[&[&str]] = &[&["1"], &["1.0"], &["2"], &[""], &["2"]];
        assert_eq!(answer("sum", vec![c(0)], true, vec![], rows), "3");
        assert_eq!(answer("avg", vec![c(0)], true, vec![], rows), "1.5");
        assert_eq!(answer("count", vec![c(0)], true, vec![], rows), "3", "dynamic values are their bytes");
        assert_eq!(answer("count", vec![], false, vec![], rows), "5");
    }
}
