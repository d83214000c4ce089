//! A sample in, its delimiter out: the one by which most records have as many fields as the first.
//!
//! A guess, and shown as one (`--stats`); nothing else in rowfold is guessed.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// What is tried; of equals, the first.
const CANDIDATES: [u8; 5] = *b",;\t|~";

/// The delimiter of `sample`, which ends in the middle of a record unless it `is_all`. A comma when none divides the first record.
pub(crate) fn delimiter(sample: &[u8], is_all: bool, quote: Option<u8>) -> u8 {
    let candidates = CANDIDATES.into_iter().filter(|&candidate| Some(candidate) != quote);
    let dividing: Vec<u8> =
        candidates.filter(|&candidate| Counts::of(sample, candidate, quote, true).next() > Some(1)).collect();
    match dividing[..] {
        [] => b',',
        [only] => only,
        _ => dividing
            .into_iter()
            .map(|candidate| (agreement(sample, candidate, quote, is_all), candidate))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map_or(b',', |(_, candidate)| candidate),
    }
}

/// How many in a million records have as many fields as the first; then, how many fields.
fn agreement(sample: &[u8], delimiter: u8, quote: Option<u8>, is_all: bool) -> (usize, usize) {
    let mut counts = Counts::of(sample, delimiter, quote, is_all);
    let Some(first) = counts.next() else { return (0, 0) };
    let (alike, all) = counts.fold((1, 1), |(alike, all), n| (alike + usize::from(n == first), all + 1));
    (alike * 1_000_000 / all, first)
}

/// The number of fields of each record, by `csv-core`.
struct Counts<'s> {
    reader: Reader,
    rest: &'s [u8],
    /// Whether what stands at the end without a line end is a record.
    is_all: bool,
}

impl<'s> Counts<'s> {
    fn of(sample: &'s [u8], delimiter: u8, quote: Option<u8>, is_all: bool) -> Counts<'s> {
        let mut reader = ReaderBuilder::new();
        reader.delimiter(delimiter).quoting(quote.is_some()).quote(quote.unwrap_or(b'"'));
        Counts { reader: reader.build(), rest: sample, is_all }
    }
}

impl Iterator for Counts<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let (mut bytes, mut ends) = ([0; 1024], [0; 256]);
        let mut n_fields = 0;
        loop {
            let at_end = self.rest.is_empty();
            let (result, n_in, _, n_ends) = self.reader.read_record(self.rest, &mut bytes, &mut ends);
            self.rest = &self.rest[n_in..];
            n_fields += n_ends;
            match result {
                ReadRecordResult::Record if at_end && !self.is_all => return None,
                ReadRecordResult::Record => return Some(n_fields),
                ReadRecordResult::End => return None,
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sample: &str, expected: u8) {
        let found = delimiter(sample.as_bytes(), true, Some(b'"'));
        assert_eq!(char::from(found), char::from(expected), "{sample}");
    }

    #[test]
    fn delimiter_is_the_one_by_which_records_agree() {
        check("a,b\n1,2\n", b',');
        check("a;b;c\n1,5;2;3\n", b';');
        check("id~username~content~date\n1~x~\"a, b; c~d\ne\"~2021-01-01\n", b'~');
        check("a\tb\n1\t2\n", b'\t');
        check("a, b|c\n1|2\n3|4\n", b'|');
        check("a;b,c\n1,2;3\n4,5;6\n7;8,9,10\n", b';');
    }

    #[test]
    fn comma_is_what_nothing_divides() {
        check("a\n1;2\n", b',');
        check("", b',');
    }

    #[test]
    fn cut_record_at_the_end_of_a_sample_has_no_say() {
        assert_eq!(delimiter(b"a;b,c\n1;2,3\n4;5", false, Some(b'"')), b',');
    }
}
