//! The law of merging: cut the rows anywhere, fold the parts, send some of them through bytes, merge in any order: one answer.

use std::cmp::Ordering;
use std::fmt::Debug;

use bumpalo::Bump;
use proptest::prelude::*;
use rowfold::aggregates::moments::Spread;
use rowfold::aggregates::pairs::{Pairs, Statistic};
use rowfold::aggregates::place::Chosen;
use rowfold::aggregates::states::Fold;
use rowfold::aggregates::top_k::TopK;
use rowfold::aggregates::{approx_distinct, approx_quantile};
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

/// Values packed as one, as an aggregate of several arguments gets them.
fn pack(values: &[Owned]) -> Owned {
    let mut bytes = Vec::new();
    values.iter().for_each(|value| value.with(|value| codec::encode(value, &mut bytes)));
    Owned::Text(bytes)
}

fn packed(values: Vec<BoxedStrategy<Owned>>) -> impl Strategy<Value = Owned> {
    values.prop_map(|values| pack(&values))
}

/// Few different numbers, so that there are ties.
fn small() -> impl Strategy<Value = Owned> {
    (0i64..3, 0u8..2).prop_map(|(n, scale)| Owned::Short(n * 10i64.pow(scale.into()), scale))
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

    #[test]
    fn variances_obey_the_law(rows in rows(numbers()), cuts in cuts()) {
        for (is_sample, is_root) in [(false, false), (true, false), (false, true), (true, true)] {
            check(&Spread { is_sample, is_root }, &rows, &cuts);
        }
    }

    #[test]
    fn statistics_of_pairs_obey_the_law(rows in rows(packed(vec![numbers().boxed(), numbers().boxed()])), cuts in cuts()) {
        use Statistic::*;
        for statistic in [Correlation, Covariance, SampleCovariance, Slope, Intercept, Determination] {
            check(&Pairs { statistic }, &rows, &cuts);
        }
    }

    /// Places differ from row to row, so which comes first does not depend on the order of merging.
    #[test]
    fn chosen_rows_obey_the_law(rows in rows((small(), texts())), cuts in cuts()) {
        let row = |(place, (by, value)): (usize, &(Owned, Owned))| {
            pack(&[by.clone(), Owned::Short(i64::try_from(place).expect("few"), 0), value.clone()])
        };
        let rows: Vec<Owned> = rows.iter().enumerate().map(row).collect();
        for wanted in [Ordering::Less, Ordering::Greater] {
            for tie in [Ordering::Less, Ordering::Greater] {
                check(&Chosen { ty: Type::Number, wanted, tie }, &rows, &cuts);
            }
        }
    }

    /// With integers all of it can be computed in integers: n·Σx² − (Σx)² over n², rounded once by the division.
    #[test]
    fn a_variance_of_integers_is_rounded_once(rows in prop::collection::vec(-1_000_000i64..1_000_000, 1..40), shift in any::<i32>()) {
        let owned: Vec<Owned> = rows.iter().map(|&n| Owned::Short(n + i64::from(shift), 0)).collect();
        let n = i64::try_from(rows.len()).expect("few");
        let spread = n * rows.iter().map(|x| x * x).sum::<i64>() - rows.iter().sum::<i64>().pow(2);
        let arena = Bump::new();
        let fold = Spread { is_sample: false, is_root: false };
        let found = fold.finish(&folded(&fold, &owned), &arena);
        // Both sides of the division are exact reals.
        prop_assume!(spread < 1 << 53);
        prop_assert_eq!(spelt(found), spelt(Ok(Value::Real(spread as f64 / (n * n) as f64))));
    }

    #[test]
    fn sketches_of_different_values_obey_the_law(rows in prop::collection::vec((0u32..20_000).prop_map(|n| Owned::Short(n.into(), 0)), 0..3000), cuts in prop::collection::vec(0usize..3000, 0..6)) {
        use approx_distinct::Told::*;
        for told in [Estimate, Low, High] {
            check(&approx_distinct::Different { told }, &rows, &cuts);
        }
    }

    #[test]
    fn approximate_quantiles_obey_the_law(rows in prop::collection::vec(numbers(), 0..4000), cuts in prop::collection::vec(0usize..4000, 0..6), fraction in 0.0f64..=1.0) {
        use approx_quantile::Told::*;
        for told in [Middle, Low, High] {
            check(&approx_quantile::Buckets { fraction, told }, &rows, &cuts);
        }
    }

    /// As of `mode`, values arrive with their counts.
    #[test]
    fn top_k_obeys_the_law(values in prop::collection::btree_map("[0-9]{1,2}|[a-c]{1,3}", 1u64..5, 0..20), k in 1usize..8, cut in 0usize..20) {
        let top = TopK { ty: Type::Text, k };
        let part = |values: &[(&String, &u64)]| {
            let mut best = Default::default();
            for (text, n) in values {
                let mut bytes = Vec::new();
                codec::write_varint(**n << 1, &mut bytes);
                codec::encode(Value::Text(text.as_bytes()), &mut bytes);
                top.merge_encoded(&mut best, &mut bytes.as_slice()).expect("was encoded");
            }
            best
        };
        let values: Vec<(&String, &u64)> = values.iter().collect();
        let (arena, whole) = (Bump::new(), part(&values));
        let (first, second) = values.split_at(cut.min(values.len()));
        let (mut merged, mut bytes) = (part(second), Vec::new());
        top.encode(&part(first), &mut bytes);
        bytes.push(0xAA);
        let mut rest = bytes.as_slice();
        top.merge(&mut merged, top.decode(&mut rest).expect("was encoded"));
        prop_assert_eq!(rest, [0xAA]);
        prop_assert_eq!(spelt(top.finish(&whole, &arena)), spelt(top.finish(&merged, &arena)));
    }

    /// What arrives at `mode` is each value once with its count, so its parts are cut between values.
    #[test]
    fn mode_obeys_the_law(values in prop::collection::btree_map("[0-9]{1,2}|[a-c]{1,3}", 1u64..5, 0..20), rotate in 0usize..20) {
        let mode = Mode { ty: Type::Dynamic };
        let encode = |(text, n): &(&String, &u64)| {
            let mut bytes = Vec::new();
            codec::write_varint(**n << 1, &mut bytes);
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
