//! Counts in, the answers they give out: as JSON beside the file they are about.
//!
//! Orders as the questions do: by count descending, then by name in byte order.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::output::{Failure, create};

/// The numbers of the `k` largest of `counts` and their counts, equal ones by `name` ascending; those that are 0 take no part.
pub(crate) fn top<'a>(counts: &[u64], k: usize, name: impl Fn(usize) -> &'a [u8]) -> Vec<(usize, u64)> {
    let mut best: Vec<(usize, u64)> = counts.iter().copied().enumerate().filter(|&(_, count)| count > 0).collect();
    let order = |a: &(usize, u64), b: &(usize, u64)| b.1.cmp(&a.1).then_with(|| name(a.0).cmp(name(b.0)));
    if best.len() > k {
        best.select_nth_unstable_by(k, order);
        best.truncate(k);
    }
    best.sort_unstable_by(order);
    best
}

/// Bytes that are known to be ASCII or UTF-8, for JSON.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Writes `truth` to `path`.
///
/// # Errors
/// Where it cannot be written.
pub(crate) fn write(path: &Path, truth: &impl Serialize) -> Result<(), Failure> {
    let mut file = BufWriter::new(create(path)?);
    serde_json::to_writer_pretty(&mut file, truth)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.flush())
        .map_err(|error| Failure::new(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_come_first_and_ties_by_name() {
        let names: [&[u8]; 5] = [b"e", b"d", b"c", b"b", b"a"];
        assert_eq!(top(&[2, 0, 5, 2, 2], 3, |i| names[i]), [(2, 5), (4, 2), (3, 2)]);
        assert_eq!(top(&[2, 0, 5, 2, 2], 9, |i| names[i]), [(2, 5), (4, 2), (3, 2), (0, 2)]);
    }
}
