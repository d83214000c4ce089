//! Keys and values in, groups out: the hot table, the logs, the partitions; without a reader. A wrong count or sum fails.
//!
//! `cargo bench --bench aggregates`; the name of a bench says how many rows have how many keys.

use bumpalo::Bump;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rowfold::aggregates::count::Count;
use rowfold::aggregates::extreme::Owned;
use rowfold::aggregates::folder::{Argument, Folder, bounded};
use rowfold::aggregates::key::Key;
use rowfold::aggregates::mode::{Mode, encode_counted};
use rowfold::aggregates::partition::fold_partition;
use rowfold::aggregates::seed::Seed;
use rowfold::aggregates::slabs::{PARTITIONS, Pool, Store};
use rowfold::aggregates::spill::Spill;
use rowfold::aggregates::states::{Aggregate, Fold, States, Values};
use rowfold::aggregates::sum::Sum;
use rowfold::exprs::{Type, Value, codec};

fn main() {
    divan::main();
}

const ROWS: u32 = 1 << 20;
const LANES: u32 = 1 << 12;
const HOT_BYTES: usize = 512 << 10;
const SLAB_BYTES: usize = 16 << 10;
const TABLE_BYTES: usize = 4 << 20;

fn states() -> Vec<Box<dyn Aggregate>> {
    vec![Box::new(States::new(Count)), Box::new(States::new(Sum))]
}

/// A key a row, of 8 to 12 bytes, as user names are; `n_keys` of them, no two neighbours alike.
fn keys(n_keys: u32) -> Vec<Vec<u8>> {
    (0..ROWS).map(|row| format!("user{}", row.wrapping_mul(0x9e37_79b1) % n_keys).into_bytes()).collect()
}

/// Folds all rows on one worker; the groups, the rows counted and the sum of what was summed, which is 1 a row.
fn fold(keys: &[Vec<u8>], max_kept_slabs: usize) -> (usize, i64, i64) {
    let (spill, pool) = (Spill::new(None, None), Pool::new(SLAB_BYTES, max_kept_slabs));
    let (store, seed) = (Store::new(&pool, &spill), Seed::random());
    let mut folder = Folder::new(states(), &store, seed.clone(), HOT_BYTES);
    let lanes: Vec<u32> = (0..LANES).collect();
    let argument = |value| Argument { lanes: &lanes, passes: None, values: Values::Same(value) };
    let arguments = [argument(Value::Boolean(true)), argument(Value::Short { mantissa: 1, scale: 0 })];
    for keys in keys.chunks(LANES as usize) {
        let keys: Vec<Key<'_>> = keys.iter().map(|key| Key::new(key)).collect();
        folder.fold(keys.len(), &lanes, Some(&*keys), &arguments).expect("disk");
    }
    folder.close().expect("disk");
    let mut table = bounded(states(), TABLE_BYTES);
    let (mut n_groups, mut counted, mut summed) = (0, 0, 0);
    let integer =
        |value: Value<'_>| if let Value::Short { mantissa, scale: 0 } = value { mantissa } else { panic!("{value:?}") };
    for partition in 0..PARTITIONS {
        fold_partition(&mut table, TABLE_BYTES, &seed, &store, partition, 0, &mut |groups| {
            let arena = Bump::new();
            for group in 0..u32::try_from(groups.keys.len()).expect("few") {
                n_groups += 1;
                counted += integer(groups.states[0].finish(group, &arena).expect("fits"));
                summed += integer(groups.states[1].finish(group, &arena).expect("fits"));
            }
            Ok(())
        })
        .expect("disk");
    }
    (n_groups, counted, summed)
}

fn check(bencher: Bencher<'_, '_>, n_keys: u32, max_kept_slabs: usize) {
    let keys = keys(n_keys);
    bencher.counter(ItemsCount::new(ROWS)).bench_local(|| {
        let (n_groups, counted, summed) = fold(black_box(&keys), max_kept_slabs);
        assert_eq!((n_groups, counted, summed), (n_keys as usize, i64::from(ROWS), i64::from(ROWS)));
    });
}

#[divan::bench(args = [1, 100, 5_000])]
fn million_rows_in_the_hot_table(bencher: Bencher<'_, '_>, n_keys: u32) {
    check(bencher, n_keys, 0);
}

#[divan::bench(args = [100_000, ROWS], sample_count = 10)]
fn million_rows_past_the_hot_table(bencher: Bencher<'_, '_>, n_keys: u32) {
    check(bencher, n_keys, 1 << 12);
}

#[divan::bench(args = [100_000, ROWS], sample_count = 10)]
fn million_rows_spilled(bencher: Bencher<'_, '_>, n_keys: u32) {
    check(bencher, n_keys, 0);
}

/// Encoded states of the values of one group, each once: what a fold of folds hands to the outer one.
#[divan::bench(args = [100, 100_000])]
fn mode_of_values(bencher: Bencher<'_, '_>, n_values: u32) {
    let mut encoded = Vec::new();
    for number in 0..n_values {
        let count = u64::from(number.wrapping_mul(0x9e37_79b1) % 1000) + if number == n_values / 2 { 2000 } else { 1 };
        let (mut value, text) = (Vec::new(), format!("user{number}"));
        codec::encode(Value::Text(text.as_bytes()), &mut value);
        encode_counted(count, &value, &mut encoded);
    }
    let (mode, expected) = (Mode { ty: Type::Text }, format!("user{}", n_values / 2));
    bencher.counter(ItemsCount::new(n_values)).bench_local(|| {
        let (mut state, mut rest, arena) =
            (<Mode as Fold>::State::default(), black_box(encoded.as_slice()), Bump::new());
        while !rest.is_empty() {
            mode.merge_encoded(&mut state, &mut rest).expect("was encoded");
        }
        let mut found = Owned::default();
        found.set(mode.finish(&state, &arena).expect("a winner"));
        assert!(matches!(found.get(), Value::Text(text) if text == expected.as_bytes()));
    });
}

/// Sums of so many groups, encoded, into the same groups: what merging partials costs.
#[divan::bench(args = [1_000, 100_000])]
fn merge_of_sums(bencher: Bencher<'_, '_>, n_groups: u32) {
    let all: Vec<u32> = (0..n_groups).collect();
    let mut states = States::new(Sum);
    states.grow(n_groups as usize);
    states.update(&all, &all, Values::Same(Value::Short { mantissa: 125, scale: 2 }));
    let mut encoded = Vec::new();
    all.iter().for_each(|group| states.encode(*group, &mut encoded));
    let bencher = bencher.counter(ItemsCount::new(n_groups));
    let fresh = || {
        let mut states = States::new(Sum);
        states.grow(n_groups as usize);
        states
    };
    bencher.with_inputs(fresh).bench_local_refs(|states| {
        let arena = Bump::new();
        for _ in 0..2 {
            let mut rest = black_box(encoded.as_slice());
            all.iter().for_each(|group| states.merge(Some(*group), &mut rest).expect("was encoded"));
        }
        let sum = states.finish(n_groups - 1, &arena).expect("fits");
        let mut text = Vec::new();
        rowfold::exprs::write(sum, &mut text);
        assert_eq!(text, b"2.5");
    });
}
