//! Every path gives the lists that the automaton gives, from every state, and the same end.

use proptest::prelude::*;

use super::*;
use crate::readers::automaton::Ends;

const STATES: [State; 6] =
    [State::RecordStart, State::AfterCr, State::FieldStart, State::InField, State::InQuoted, State::QuoteInQuoted];

/// Separators, record ends and end state, by the automaton alone.
fn oracle(bytes: &[u8], dialect: Dialect, mut state: State) -> (Vec<u32>, Vec<u32>, State) {
    let (mut seps, mut ends) = (vec![u32::MAX], vec![u32::MAX]);
    for (i, &byte) in bytes.iter().enumerate() {
        let (next, what) = dialect.step(state, byte);
        if what == Ends::Record {
            ends.push(seps.len() as u32 - 1);
        }
        if what != Ends::Nothing {
            seps.push(i as u32);
        }
        state = next;
    }
    (seps, ends, state)
}

fn check(bytes: &[u8], dialect: Dialect) {
    for state in STATES {
        if dialect.quote.is_none() && matches!(state, State::InQuoted | State::QuoteInQuoted) {
            continue;
        }
        let (seps, ends, end) = oracle(bytes, dialect, state);
        for simd in Simd::available() {
            let mut index = Index::for_blocks(16);
            let context = || format!("{simd} from {state:?}: {}", bytes.escape_ascii());
            assert_eq!(simd.index(bytes, dialect, state, &mut index), end, "end state, {}", context());
            assert_eq!(index.seps(), seps, "separators, {}", context());
            assert_eq!(index.ends(), ends, "record ends, {}", context());
            let last = ends.last().filter(|_| ends.len() > 1).map(|&i| seps[i as usize + 1] as usize);
            assert_eq!(simd.last_end(bytes, dialect, state), (end, last), "last end, {}", context());
            let mut kept = Kept::default();
            if let Some(told) = simd.keep(bytes, dialect, &mut kept).end(bytes, dialect, state) {
                assert_eq!(told, end, "summary, {}", context());
                kept.settle(state == State::InQuoted);
                check_kept(bytes, dialect, state, simd, &kept);
            }
            check_tally(bytes, dialect, state, simd);
        }
    }
}

/// What is tallied is what the automaton finds; all that is regular is, if the state was guessed.
fn check_tally(bytes: &[u8], dialect: Dialect, state: State, simd: Simd) {
    let (seps, ends, end) = oracle(bytes, dialect, state);
    let fields: Vec<u32> = ends.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
    let whole = if state.is_record_start() { &fields[..] } else { fields.get(1..).unwrap_or_default() };
    for n_columns in [2, 3] {
        let pattern = Pattern::of(n_columns).expect("few columns");
        let (summary, tally) = simd.tally(bytes, dialect, &pattern);
        let context = || format!("{simd}, {n_columns} columns from {state:?}: {}", bytes.escape_ascii());
        let Some(told) = summary.end(bytes, dialect, state) else { continue };
        assert_eq!(told, end, "summary tallied, {}", context());
        let is_regular = !fields.is_empty() && whole.iter().all(|&n| n as usize == n_columns);
        let n_left = seps.len() - 1 - fields.iter().sum::<u32>() as usize;
        match tally.records(bytes, state) {
            Some((n, last)) => {
                // The LF of a CRLF may be all there is.
                let is_lf = fields.is_empty() && state == State::AfterCr && bytes.starts_with(b"\n");
                assert!(is_regular || is_lf, "{}", context());
                assert_eq!(n, whole.len() as u64, "records, {}", context());
                let place = if is_lf { 0 } else { seps[ends[fields.len()] as usize + 1] as usize };
                assert_eq!(last, place, "last end, {}", context());
            }
            None => assert!(
                !is_regular || n_left >= n_columns || summary.seems_inside() || state == State::InQuoted,
                "{}",
                context()
            ),
        }
    }
}

/// From every place where a record begins, and to some, what was kept tells what the bytes do.
fn check_kept(bytes: &[u8], dialect: Dialect, mut state: State, simd: Simd, kept: &Kept) {
    let mut index = Index::for_blocks(16);
    for (start, &byte) in bytes.iter().enumerate() {
        let begins = state == State::RecordStart || state == State::AfterCr && byte != b'\n';
        state = dialect.step(state, byte).0;
        if !begins {
            continue;
        }
        for end in [start + 1, (start + 63).min(bytes.len()), (start + bytes.len()) / 2 + 1, bytes.len()] {
            let end = end.clamp(start, bytes.len());
            let (seps, ends, _) = oracle(&bytes[start..end], dialect, State::RecordStart);
            simd.index_kept(kept, start..end, &mut index);
            let context = || format!("{simd}, {start}..{end} of {}", bytes.escape_ascii());
            assert_eq!(index.seps(), seps, "separators kept, {}", context());
            assert_eq!(index.ends(), ends, "record ends kept, {}", context());
        }
    }
}

const COMMA: Dialect = Dialect { delimiter: b',', quote: Some(b'"') };

#[test]
fn quotes_where_none_should_be_are_walked() {
    for text in
        ["a\"b,c\"d\n", "\"a\"b\",c\n", "\"\"\"\"\n", "a\"\"b,\"c\n\",d", "\"a\"\"b\",\"\"\"c\"", "\"a\r\n\"\r\n\"b\""]
    {
        check(text.as_bytes(), COMMA);
    }
}

#[test]
fn summary_tells_where_every_quote_opens_or_closes_a_field() {
    let text = b"a,\"b\",\"c\"\"d\ne\",\"\"\n".repeat(20);
    for simd in Simd::available() {
        let summary = simd.keep(&text, COMMA, &mut Kept::default());
        assert_eq!(summary.end(&text, COMMA, State::RecordStart), Some(State::RecordStart), "{simd}");
    }
}

#[test]
fn regular_records_are_counted_whatever_is_between_their_quotes() {
    let record = b"a,\"b,\",\"c\"\"d\r\ne\",\"\"\r\n";
    let text = record.repeat(40);
    let pattern = Pattern::of(4).expect("few columns");
    for simd in Simd::available() {
        for (begin, state, begun) in
            [(0, State::RecordStart, 40), (3, State::InQuoted, 39), (6, State::QuoteInQuoted, 39)]
        {
            let (summary, tally) = simd.tally(&text[begin..], COMMA, &pattern);
            assert!(summary.end(&text[begin..], COMMA, state).is_some(), "{simd} from {begin}");
            let last = text.len() - 2 - begin;
            assert_eq!(tally.records(&text[begin..], state), Some((begun, last)), "{simd} from {begin}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_path_marks_the_bytes_that_are_asked_for(
        bytes in proptest::collection::vec(prop::sample::select(b"abcdef".to_vec()), 0..=PIECE_BYTES),
        needles in prop::array::uniform4(prop::sample::select(b"abyz".to_vec())), start in 0u32..100,
    ) {
        let mut places = [0; _];
        let oracle: Vec<u32> = (start..).zip(&bytes).filter(|(_, byte)| needles.contains(byte)).map(|(place, _)| place).collect();
        for simd in Simd::available() {
            let n = simd.mark(&bytes, needles, start, &mut places);
            prop_assert_eq!(&places[..n], &oracle, "{}", simd);
        }
    }

    #[test]
    fn every_path_agrees_on_records_of_two_fields(fields in proptest::collection::vec(prop::sample::select(vec!["", "a", "bcd", "\"e,\n\"", "\"\"", "fghijklmnop"]), 2..60), end in prop::sample::select(vec!["\n", "\r\n", "\r"])) {
        let (pairs, _) = fields.as_chunks::<2>();
        let text: String = pairs.iter().map(|[one, other]| format!("{one},{other}{end}")).collect();
        for begin in 0..text.len().min(20) {
            check(&text.as_bytes()[begin..], COMMA);
        }
    }

    #[test]
    fn every_path_agrees_with_the_automaton(bytes in proptest::collection::vec(prop::sample::select(b"\"\",,\r\nab".to_vec()), 0..300)) {
        check(&bytes, COMMA);
    }

    #[test]
    fn every_path_agrees_on_text_with_few_separators(bytes in proptest::collection::vec(prop::sample::select(b"abcdefghijklmnopqrstuvwxyz\",\n\r".to_vec()), 0..400)) {
        check(&bytes, COMMA);
        check(&bytes, Dialect { delimiter: b'a', quote: Some(b'b') });
        check(&bytes, Dialect { delimiter: b',', quote: None });
    }

    #[test]
    fn every_path_agrees_on_any_bytes_and_dialect(bytes in proptest::collection::vec(any::<u8>(), 0..200), delimiter in any::<u8>(), quote in any::<u8>()) {
        let is_line_end = |byte| byte == b'\r' || byte == b'\n';
        prop_assume!(delimiter != quote && !is_line_end(delimiter) && !is_line_end(quote));
        check(&bytes, Dialect { delimiter, quote: Some(quote) });
    }
}
