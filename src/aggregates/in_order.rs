//! Keys of groups in, their numbers in the order of the keys out.
//!
//! The obvious way sorts numbers and compares keys, each time at two random places of the table. Instead sixteen bytes of each
//! key are fetched beside its number; these are sorted, and only keys that are equal so far are fetched on. Of the six keys of
//! h2o q10 that is two fetches a group.

use super::key::INLINE_BYTES;
use super::keys::Keys;
use crate::exprs::{Type, Value, sort_key};

/// How the bytes of keys stand to the order of groups.
#[derive(Clone, Copy, Debug)]
pub enum KeyOrder {
    /// They order as `memcmp` does, and no key is the beginning of another.
    Bytes,
    /// They are one text or dynamic value, of this type; NULL stands last.
    Value(Type),
}

impl KeyOrder {
    /// The bytes that order the key `bytes` as `memcmp` does; in `scratch` where they are others.
    #[inline]
    pub fn key<'k>(self, bytes: Option<&'k [u8]>, scratch: &'k mut Vec<u8>) -> &'k [u8] {
        match self {
            KeyOrder::Bytes => bytes.unwrap_or_default(),
            KeyOrder::Value(ty) => {
                scratch.clear();
                sort_key(ty, bytes.map_or(Value::Null, Value::Text), false, false, scratch);
                scratch
            }
        }
    }
}

/// The numbers of all `keys`, in their order.
///
/// Takes 24 bytes a key while it works, and those that order it where they are not the key's own.
pub fn in_order(keys: &Keys, order: KeyOrder) -> Vec<u32> {
    let numbers = 0..u32::try_from(keys.len()).expect("numbers have 32 bits");
    let mut entries: Vec<Entry> = numbers.map(|number| Entry { high: 0, low: 0, number }).collect();
    match order {
        KeyOrder::Bytes => sort(&mut entries, 0, &|entries: &mut [Entry], depth| {
            for entries in entries.chunks_mut(FETCH) {
                keys.fetch(entries.iter().map(|entry| entry.number));
                for entry in entries {
                    let mut inline = [0; INLINE_BYTES];
                    let key = keys.key(entry.number, &mut inline);
                    entry.set_word(key.map_or(0, |key| word(key.get(&inline), depth)));
                }
            }
        }),
        KeyOrder::Value(_) => {
            // Room at once: a buffer that doubles is there three times.
            let mut all = Vec::with_capacity(keys.bytes());
            let (mut ends, mut scratch) = (Vec::with_capacity(keys.len()), Vec::new());
            for entry in &entries {
                let mut inline = [0; INLINE_BYTES];
                let key = keys.key(entry.number, &mut inline);
                all.extend_from_slice(order.key(key.as_ref().map(|key| key.get(&inline)), &mut scratch));
                ends.push(all.len());
            }
            sort(&mut entries, 0, &|entries: &mut [Entry], depth| {
                for entry in entries {
                    let number = entry.number as usize;
                    let start = if number == 0 { 0 } else { ends[number - 1] };
                    entry.set_word(word(&all[start..ends[number]], depth));
                }
            });
        }
    }
    entries.into_iter().map(|entry| entry.number).collect()
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    high: u64,
    low: u64,
    number: u32,
}

impl Entry {
    #[inline]
    fn word(&self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "its two halves, so that an entry takes 24 bytes")]
    fn set_word(&mut self, word: u128) {
        (self.high, self.low) = ((word >> 64) as u64, word as u64);
    }
}

/// Sixteen bytes of `key` from `depth` on, zeros behind its end, as a number that orders like them.
#[inline]
fn word(key: &[u8], depth: usize) -> u128 {
    let rest = key.get(depth..).unwrap_or_default();
    let bytes = match rest.first_chunk::<16>() {
        Some(bytes) => *bytes,
        None => {
            let mut bytes = [0; 16];
            bytes[..rest.len()].copy_from_slice(rest);
            bytes
        }
    };
    u128::from_be_bytes(bytes)
}

/// Keys fetched at a time: few enough to be still there when they are looked at.
const FETCH: usize = 256;

/// Sorts `entries`, of which the keys are equal before `depth`; keys differ, and none is the beginning of another. `set` sets
/// the words of entries to those at a depth.
fn sort(entries: &mut [Entry], mut depth: usize, set: &impl Fn(&mut [Entry], usize)) {
    loop {
        set(entries, depth);
        depth += 16;
        let Some(first) = entries.first().map(Entry::word) else { return };
        if entries.len() < 2 || entries.iter().any(|entry| entry.word() != first) {
            break;
        }
    }
    entries.sort_unstable_by_key(Entry::word);
    for equal in entries.chunk_by_mut(|a, b| a.word() == b.word()) {
        if equal.len() > 1 {
            sort(equal, depth, set);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::aggregates::seed::Seed;
    use proptest::prelude::*;

    use super::*;
    use crate::aggregates::key::Key;
    use crate::exprs::dynamic;

    fn check(rows: Vec<Option<Vec<u8>>>, order: KeyOrder, sorted: impl Fn(&mut Vec<Option<Vec<u8>>>)) {
        let (seed, mut keys) = (Seed::random(), Keys::new(usize::MAX, 0));
        for row in &rows {
            let key = row.as_ref().map_or(Key::NULL, |bytes| Key::new(bytes));
            keys.number(&key, key.hash(&seed), &seed);
        }
        let found: Vec<_> = in_order(&keys, order)
            .into_iter()
            .map(|number| {
                let mut inline = [0; INLINE_BYTES];
                keys.key(number, &mut inline).map(|key| key.get(&inline).to_vec())
            })
            .collect();
        let mut expected = rows;
        sorted(&mut expected);
        expected.dedup();
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn keys_of_bytes_come_in_the_order_of_bytes(rows in prop::collection::vec(prop::collection::vec(1u8..3, 0..60), 0..200)) {
            let rows = rows.into_iter().map(|mut row| { row.push(0); Some(row) }).collect();
            check(rows, KeyOrder::Bytes, |rows| rows.sort());
        }

        #[test]
        fn values_come_in_their_order_and_null_last(rows in prop::collection::vec(prop::option::weighted(0.9, "-?[0-9]{0,3}(\\.[0-9]{1,2})?|[ab]{1,40}"), 0..200)) {
            let rows: Vec<_> = rows.into_iter().map(|row| row.map(String::into_bytes)).collect();
            check(rows.clone(), KeyOrder::Value(Type::Text), |rows| {
                rows.sort_by(|a, b| a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(b)));
            });
            check(rows, KeyOrder::Value(Type::Dynamic), |rows| rows.sort_by(|a, b| match (a, b) {
                (Some(a), Some(b)) => dynamic::compare(a, b),
                (a, b) => a.is_none().cmp(&b.is_none()),
            }));
        }
    }
}
