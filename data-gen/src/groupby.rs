//! The data set of h2o.ai's db-benchmark, group-by: six keys, three values.
//!
//! Of N rows and K groups: id1 and id2 are `id001` … of K values, id3 is `id0000000001` … of N/K, id4 and id5 are numbers to K, id6 to N/K;
//! v1 is 1 to 5, v2 1 to 15, v3 0 to 100 with six decimals, zeros at the end left out. All are equally likely and nothing is empty.

use clap::Args;
use serde::Serialize;

use crate::blocks::{Rows, Written};
use crate::extent::Extent;
use crate::fields::{integer, padded};
use crate::output::{Failure, Output};
use crate::random::Random;

/// What is asked for.
#[derive(Debug, Args)]
pub(crate) struct GroupBy {
    #[command(flatten)]
    extent: Extent,
    #[command(flatten)]
    output: Output,
    /// Values of id1, id2, id4, id5; the others have rows / K
    #[arg(long, value_name = "K", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=999_999))]
    groups: u32,
}

/// About one row, to guess how many make a size.
const ROW_BYTES: u64 = 49;

impl GroupBy {
    /// Writes it, and beside it the sums by id1 and over all.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let guess = self.extent.asked_rows().unwrap_or_else(|bytes| bytes / ROW_BYTES);
        let n_rows = self.extent.rows(&Keys::new(guess, self.groups));
        let keys = Keys::new(n_rows, self.groups);
        self.output.write(&self.extent, &keys, n_rows, |written| Some(Truth::new(n_rows, &written)))
    }
}

#[derive(Debug, Serialize)]
struct Truth {
    rows: u64,
    bytes: u64,
    v1: u64,
    v2: u64,
    /// In millionths, so that it is exact.
    v3_millionths: u64,
    distinct_id3: usize,
    distinct_id6: usize,
    by_id1: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Group {
    id1: String,
    rows: u64,
    v1: u64,
}

impl Truth {
    fn new(n_rows: u64, written: &Written<Tally>) -> Truth {
        let Tally { by_id1, id3, id6, v2, v3 } = &written.tally;
        let distinct = |seen: &[bool]| seen.iter().filter(|&&seen| seen).count();
        let groups = (1..).zip(by_id1).filter(|(_, (rows, _))| *rows > 0);
        Truth {
            rows: n_rows,
            bytes: written.bytes,
            v1: by_id1.iter().map(|(_, v1)| v1).sum(),
            v2: *v2,
            v3_millionths: *v3,
            distinct_id3: distinct(id3),
            distinct_id6: distinct(id6),
            by_id1: groups.map(|(id, &(rows, v1))| Group { id1: format!("id{id:03}"), rows, v1 }).collect(),
        }
    }
}

/// The maker of rows.
#[derive(Debug)]
struct Keys {
    few: u32,
    many: u32,
}

impl Keys {
    fn new(n_rows: u64, few: u32) -> Keys {
        let many = (n_rows / u64::from(few)).clamp(1, u64::from(u32::MAX) - 1);
        Keys { few, many: u32::try_from(many).expect("clamped") }
    }
}

/// Sums over some rows.
#[derive(Debug)]
struct Tally {
    /// Rows and the sum of v1 by id1.
    by_id1: Vec<(u64, u64)>,
    id3: Vec<bool>,
    id6: Vec<bool>,
    v2: u64,
    v3: u64,
}

impl Rows for Keys {
    type Tally = Tally;

    fn tally(&self) -> Tally {
        let (few, many) = (self.few as usize, self.many as usize);
        Tally { by_id1: vec![(0, 0); few], id3: vec![false; many], id6: vec![false; many], v2: 0, v3: 0 }
    }

    fn merge(&self, into: &mut Tally, from: Tally) {
        for (into, from) in into.by_id1.iter_mut().zip(from.by_id1) {
            into.0 += from.0;
            into.1 += from.1;
        }
        for (into, from) in [(&mut into.id3, from.id3), (&mut into.id6, from.id6)] {
            for (into, from) in into.iter_mut().zip(from) {
                *into |= from;
            }
        }
        into.v2 += from.v2;
        into.v3 += from.v3;
    }

    fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"id1,id2,id3,id4,id5,id6,v1,v2,v3\n");
    }

    fn row(&self, _: u64, random: &mut Random, out: &mut Vec<u8>, tally: &mut Tally) {
        let [id1, id2, id4, id5] = std::array::from_fn(|_| random.below(self.few));
        let [id3, id6] = std::array::from_fn(|_| random.below(self.many));
        let (v1, v2, v3) = (random.between(1, 5), random.between(1, 15), u64::from(random.below(100_000_001)));
        for id in [id1, id2] {
            out.extend_from_slice(b"id");
            if id < 999 {
                padded::<3>(out, u64::from(id) + 1);
            } else {
                integer(out, u64::from(id) + 1);
            }
            out.push(b',');
        }
        out.extend_from_slice(b"id");
        padded::<10>(out, u64::from(id3) + 1);
        for number in [id4 + 1, id5 + 1, id6 + 1, v1, v2] {
            out.push(b',');
            integer(out, u64::from(number));
        }
        out.push(b',');
        millionths(out, v3);
        out.push(b'\n');

        let group = &mut tally.by_id1[id1 as usize];
        group.0 += 1;
        group.1 += u64::from(v1);
        tally.id3[id3 as usize] = true;
        tally.id6[id6 as usize] = true;
        tally.v2 += u64::from(v2);
        tally.v3 += v3;
    }
}

/// `n` millionths, without zeros at the end.
fn millionths(out: &mut Vec<u8>, n: u64) {
    integer(out, n / 1_000_000);
    if !n.is_multiple_of(1_000_000) {
        out.push(b'.');
        padded::<6>(out, n % 1_000_000);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millionths_are_decimals_without_superfluous_zeros() {
        for (n, text) in [
            (0, "0"),
            (1, "0.000001"),
            (500_000, "0.5"),
            (10_000_000, "10"),
            (99_999_999, "99.999999"),
            (20_100_000, "20.1"),
        ] {
            let mut out = Vec::new();
            millionths(&mut out, n);
            assert_eq!(out, text.as_bytes());
        }
    }
}
