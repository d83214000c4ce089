//! The law of merging: cut the rows anywhere, fold the parts, send some of them through bytes, merge in any order: one answer.

use std::cmp::Ordering;
use std::fmt::Debug;

use bumpalo::Bump;
use proptest::prelude::*;
use rowfold::aggregates::states::Fold;
use rowfold::aggregates::{avg::Avg, count::Count, extreme::Extreme, mode::Mode, sum::Sum};
use rowfold::exprs::{Decimal, Type, Value, codec, compare};

/// A value that owns what it is made of.
#[derive(Clone, Debug)]
enum Owned {
    Null,
    Short(i64, u8),
    Wide(i128, u8),
    Real(f64),
    Text(Vec<u8>),
}

impl Owned {
    fn with<T>(&self, f: impl FnOnce(Value<'_>) -> T) -> T {
        match self {
            Owned::Null => f(Value::Null),
            Owned::Short(mantissa, scale) => f(Value::Short { mantissa: *mantissa, scale: *scale }),
            Owned::Wide(mantissa, scale) => f(Value::Wide(&Decimal { mantissa: *mantissa, scale: *scale })),
            Owned::Real(real) => f(Value::Real(*real)),
            Owned::Text(text) => f(Value::Text(text)),
        }
    }
}

const DIGITS_38: i128 = 10i128.pow(38);

fn decimals() -> impl Strategy<Value = Owned> {
    prop_oneof![
        1 => Just(Owned::Null),
        4 => (any::<i64>(), 0u8..=38).prop_map(|(mantissa, scale)| Owned::Short(mantissa, scale)),
        2 => (-1000i64..1000, 0u8..=3).prop_map(|(mantissa, scale)| Owned::Short(mantissa, scale)),
        2 => (1 - DIGITS_38..DIGITS_38, 0u8..=38).prop_map(|(mantissa, scale)| Owned::Wide(mantissa, scale)),
    ]
}

fn numbers() -> impl Strategy<Value = Owned> {
    prop_oneof![4 => decimals(), 1 => any::<f64>().prop_map(Owned::Real)]
}

fn texts() -> impl Strategy<Value = Owned> {
    prop_oneof![
        1 => Just(Owned::Null),
        4 => "[0-9]{1,3}(\\.[0-9]{1,2})?|[a-c]{1,30}".prop_map(|text| Owned::Text(text.into_bytes())),
        1 => prop::collection::vec(any::<u8>(), 1..40).prop_map(Owned::Text),
    ]
}

fn spelt(result: Result<Value<'_>, String>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    codec::encode(result?, &mut bytes);
    Ok(bytes)
}

fn folded<F: Fold>(fold: &F, rows: &[Owned]) -> F::State {
    let mut state = F::State::default();
    rows.iter().for_each(|row| row.with(|value| fold.update(&mut state, value)));
    state
}

/// The rows in one go, and in parts: `cuts` says where, every other part goes through bytes, the last comes first.
fn check<F: Fold>(fold: &F, rows: &[Owned], cuts: &[usize]) {
    let arena = Bump::new();
    let whole = spelt(fold.finish(&folded(fold, rows), &arena));
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.len() + 1)).collect();
    cuts.extend([0, rows.len()]);
    cuts.sort_unstable();
    let mut merged = F::State::default();
    for (i, cut) in cuts.windows(2).enumerate().collect::<Vec<_>>().into_iter().rev() {
        let part = folded(fold, &rows[cut[0]..cut[1]]);
        let mut bytes = Vec::new();
        fold.encode(&part, &mut bytes);
        bytes.push(0xAA);
        match i % 3 {
            0 => fold.merge(&mut merged, part),
            1 => fold.merge(&mut merged, fold.decode(&mut bytes.as_slice()).expect("was encoded")),
            _ => {
                let mut rest = bytes.as_slice();
                fold.merge_encoded(&mut merged, &mut rest).expect("was encoded");
                assert_eq!(rest, [0xAA], "an encoded state ends where it ends");
            }
        }
    }
    assert_eq!(whole, spelt(fold.finish(&merged, &arena)), "cut at {cuts:?}");
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0usize..100, 0..6)
}

fn rows<T: Debug + Clone>(row: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(row, 0..40)
}

proptest! {
    #[test]
    fn count_obeys_the_law(rows in rows(numbers()), cuts in cuts()) {
        check(&Count, &rows, &cuts);
    }

    #[test]
    fn sum_of_decimals_obeys_the_law(rows in rows(decimals()), cuts in cuts()) {
        check(&Sum, &rows, &cuts);
    }

    #[test]
    fn sum_with_reals_obeys_the_law(rows in rows(numbers()), cuts in cuts()) {
        check(&Sum, &rows, &cuts);
    }

    #[test]
    fn avg_obeys_the_law(rows in rows(numbers()), cuts in cuts()) {
        check(&Avg, &rows, &cuts);
    }

    #[test]
    fn min_and_max_of_numbers_obey_the_law(rows in rows(decimals()), cuts in cuts()) {
        check(&Extreme { ty: Type::Number, wanted: Ordering::Less }, &rows, &cuts);
        check(&Extreme { ty: Type::Number, wanted: Ordering::Greater }, &rows, &cuts);
    }

    #[test]
    fn min_and_max_of_dynamic_values_obey_the_law(rows in rows(texts()), cuts in cuts()) {
        for ty in [Type::Dynamic, Type::Text] {
            check(&Extreme { ty, wanted: Ordering::Less }, &rows, &cuts);
            check(&Extreme { ty, wanted: Ordering::Greater }, &rows, &cuts);
        }
    }

    /// What arrives at `mode` is each value once with its count, so its parts are cut between values.
    #[test]
    fn mode_obeys_the_law(values in prop::collection::btree_map("[0-9]{1,2}|[a-c]{1,3}", 1u64..5, 0..20), rotate in 0usize..20) {
        let mode = Mode { ty: Type::Dynamic };
        let encode = |(text, n): &(&String, &u64)| {
            let mut bytes = Vec::new();
            codec::write_varint(**n, &mut bytes);
            codec::encode(Value::Text(text.as_bytes()), &mut bytes);
            bytes
        };
        let mut states: Vec<Vec<u8>> = values.iter().map(|value| encode(&value)).collect();
        let expected = values.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| {
            compare(Type::Dynamic, Value::Text(b.0.as_bytes()), Value::Text(a.0.as_bytes()))
        }));
        let expected = expected.map_or(Value::Null, |(text, _)| Value::Text(text.as_bytes()));
        if !states.is_empty() {
            let mid = rotate % states.len();
            states.rotate_left(mid);
        }
        let arena = Bump::new();
        let mut merged = Default::default();
        states.iter().for_each(|state| mode.merge_encoded(&mut merged, &mut state.as_slice()).expect("was encoded"));
        prop_assert_eq!(spelt(mode.finish(&merged, &arena)), spelt(Ok(expected)));
    }

    /// The exact sum, by integers of any size, is what comes out; more than 38 digits are an error and never a wrap.
    #[test]
    fn a_sum_of_integers_is_the_sum(rows in prop::collection::vec(1 - DIGITS_38..DIGITS_38, 1..40)) {
        let owned: Vec<Owned> = rows.iter().map(|&mantissa| Owned::Wide(mantissa, 0)).collect();
        let (mut high, mut low) = (0i128, 0i128);
        for row in &rows {
            high += row.div_euclid(1 << 64);
            low += row.rem_euclid(1 << 64);
        }
        high += low.div_euclid(1 << 64);
        let exact = high.checked_mul(1 << 64).and_then(|high| high.checked_add(low.rem_euclid(1 << 64)));
        let exact = exact.filter(|sum| sum.abs() < DIGITS_38);
        let arena = Bump::new();
        match (Sum.finish(&folded(&Sum, &owned), &arena), exact) {
            (Ok(value), Some(exact)) => {
                prop_assert_eq!(spelt(Ok(value)), spelt(Ok(Value::Wide(&Decimal { mantissa: exact, scale: 0 }))));
            }
            (Err(_), None) => {}
            (sum, exact) => prop_assert!(false, "{sum:?} {exact:?}"),
        }
    }
}
