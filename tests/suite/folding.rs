//! Groups equal those of a map, however small the tables, the slabs and the pool are, and whatever is spilled or split.

use std::collections::BTreeMap;

use bumpalo::Bump;
use proptest::prelude::*;
use rowfold::aggregates::count::Count;
use rowfold::aggregates::folder::{Argument, Folder, bounded};
use rowfold::aggregates::in_order::{KeyOrder, in_order};
use rowfold::aggregates::key::{INLINE_BYTES, Key};
use rowfold::aggregates::partition::fold_partition;
use rowfold::aggregates::seed::Seed;
use rowfold::aggregates::slabs::{PARTITIONS, Pool, Store};
use rowfold::aggregates::spill::Spill;
use rowfold::aggregates::states::{Aggregate, States, Values};
use rowfold::aggregates::sum::Sum;
use rowfold::exprs::{Type, Value, codec};

type Row = (Option<Vec<u8>>, i64);

fn states() -> Vec<Box<dyn Aggregate>> {
    vec![Box::new(States::new(Count)), Box::new(States::new(Sum))]
}

fn expected(rows: &[Row]) -> BTreeMap<Option<Vec<u8>>, Vec<u8>> {
    let mut groups = BTreeMap::new();
    for (key, number) in rows {
        let group = groups.entry(key.clone()).or_insert((0i64, 0i128));
        *group = (group.0 + 1, group.1 + i128::from(*number));
    }
    let spelt = |(n, sum): (i64, i128)| {
        let mut spelt = Vec::new();
        codec::encode(Value::integer(n), &mut spelt);
        codec::encode(Value::integer(i64::try_from(sum).expect("small")), &mut spelt);
        spelt
    };
    groups.into_iter().map(|(key, group)| (key, spelt(group))).collect()
}

/// Folds `rows` on `n_workers` folders by turns, `batch` rows at a time.
fn check(
    rows: &[Row],
    n_workers: usize,
    batch: usize,
    hot_bytes: usize,
    slab_bytes: usize,
    max_kept: usize,
    table_bytes: usize,
) {
    let (spill, pool) = (Spill::new(None, None), Pool::new(slab_bytes, max_kept));
    let order = KeyOrder::Value(Type::Text);
    for store in [Store::new(&pool, &spill), Store::in_order(&pool, &spill, order)] {
        let folded = fold(rows, &store, n_workers, batch, hot_bytes, table_bytes);
        let found: BTreeMap<_, _> = folded.iter().cloned().collect();
        assert_eq!(found.len(), folded.len(), "a group comes once");
        assert_eq!(found, expected(rows));
        if store.levels() == u32::MAX {
            assert!(folded.is_sorted_by_key(|(key, _)| (key.is_none(), key.clone())), "ranges stand in order");
        }
    }
}

/// Folds `rows` in `store`, and gives the groups in the order in which they come, each table put in order.
fn fold(
    rows: &[Row],
    store: &Store<'_>,
    n_workers: usize,
    batch: usize,
    hot_bytes: usize,
    table_bytes: usize,
) -> Vec<(Option<Vec<u8>>, Vec<u8>)> {
    let seed = Seed::random();
    let mut folders: Vec<Folder<'_>> =
        (0..n_workers).map(|_| Folder::new(states(), store, seed.clone(), hot_bytes)).collect();
    for (i, rows) in rows.chunks(batch).enumerate() {
        let keys: Vec<Key<'_>> =
            rows.iter().map(|(key, _)| key.as_ref().map_or(Key::NULL, |key| Key::new(key))).collect();
        let values: Vec<Value<'_>> =
            rows.iter().map(|(_, number)| Value::Short { mantissa: *number, scale: 0 }).collect();
        let lanes: Vec<u32> = (0..u32::try_from(rows.len()).expect("few")).collect();
        let argument = |values| Argument { lanes: &lanes, passes: None, values };
        let arguments = [argument(Values::Same(Value::Boolean(true))), argument(Values::Each(&values))];
        folders[i % n_workers].fold(rows.len(), &lanes, Some(&*keys), &arguments).expect("disk");
    }
    folders.into_iter().for_each(|folder| folder.close().expect("disk"));
    let mut groups = Vec::new();
    let mut table = bounded(states(), table_bytes);
    for partition in 0..PARTITIONS {
        fold_partition(&mut table, table_bytes, &seed, store, partition, 0, &mut |found| {
            let (mut inline, arena) = ([0; INLINE_BYTES], Bump::new());
            for number in in_order(&found.keys, KeyOrder::Value(Type::Text)) {
                let key = found.keys.key(number, &mut inline).map(|key| key.get(&inline).to_vec());
                let mut spelt = Vec::new();
                found
                    .states
                    .iter()
                    .for_each(|states| codec::encode(states.finish(number, &arena).expect("fits"), &mut spelt));
                groups.push((key, spelt));
            }
            Ok(())
        })
        .expect("disk");
    }
    groups
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn groups_are_those_of_a_map(
        rows in prop::collection::vec((prop::option::weighted(0.95, prop::collection::vec(prop::sample::select(b"abcdefgh".to_vec()), 0..5)), -1000i64..1000), 0..2000),
        n_workers in 1usize..4, batch in 1usize..300, slab_bytes in 16usize..300, max_kept in 0usize..20, hot_bytes in 0usize..20_000, table_bytes in 0usize..20_000,
    ) {
        check(&rows, n_workers, batch, hot_bytes, slab_bytes, max_kept, table_bytes);
    }
}

#[test]
fn long_keys_pass_slabs_and_tables() {
    let key = |i: usize| Some(vec![u8::try_from(i % 7).expect("small"); 10 + i % 7 * 300]);
    let rows: Vec<Row> = (0..500).map(|i| (key(i), 1)).collect();
    check(&rows, 2, 10, 1000, 128, 2, 1000);
}

#[test]
fn keys_that_never_repeat_are_passed_by_and_come_out_whole() {
    let rows: Vec<Row> = (0..300_000u32).map(|i| (Some(i.to_le_bytes().to_vec()), 1)).collect();
    check(&rows, 2, 1000, 64 << 10, 4096, 8, 64 << 10);
}

#[test]
fn keys_that_drift_come_out_whole() {
    let rows: Vec<Row> = (0..300_000u32).map(|i| (Some((i / 50).to_le_bytes().to_vec()), 1)).collect();
    check(&rows, 2, 1000, 64 << 10, 4096, 8, 64 << 10);
}

#[test]
fn keys_that_come_in_order_are_split_by_their_own_ranges() {
    let rows: Vec<Row> = (0..200_000u32).map(|i| (Some(format!("{i:09}").into_bytes()), 1)).collect();
    check(&rows, 2, 1000, 16 << 10, 512, 8, 16 << 10);
}
