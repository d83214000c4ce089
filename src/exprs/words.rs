//! A text of up to 24 bytes as three words: so short a one is compared, hashed and copied without a loop or a call.
//!
//! The words are its bytes in order, zeros behind them, which together with the length is one to one.

/// The longest such text, in bytes.
pub const LONGEST: usize = 24;

/// The words of `bytes`; of longer ones the first 16 bytes and the last 8.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most 24")]
pub fn words(bytes: &[u8]) -> [u64; 3] {
    let word = |chunk: &[u8; 8]| u64::from_le_bytes(*chunk);
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            if bytes.len() <= 16 {
                [word(first), word(last).unbounded_shr(8 * (16 - bytes.len() as u32)), 0]
            } else {
                let middle = bytes[8..].first_chunk().expect("17 bytes are 8 and 8 more");
                let missing = LONGEST.saturating_sub(bytes.len()) as u32;
                [word(first), word(middle), word(last) >> (8 * missing)]
            }
        }
        _ => [few(bytes), 0, 0],
    }
}

/// Up to seven bytes, with zeros behind them.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4))
        }
        _ => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Appends `head` and a text of `len` bytes, which its words begin with. As many bytes are written whatever the length, and then cut off.
#[inline(always)]
pub fn write<const N: usize>(head: [u8; N], words: [u64; 3], len: usize, out: &mut Vec<u8>) {
    debug_assert!(len <= LONGEST);
    out.reserve(N + LONGEST);
    out.extend_from_slice(&head);
    let start = out.len();
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    out.truncate(start + len);
}

/// The words of whatever `bytes` are.
#[inline(always)]
pub fn of(bytes: &[u8; LONGEST]) -> [u64; 3] {
    let word = |at: usize| u64::from_le_bytes(*bytes[at..].first_chunk().expect("three words"));
    [word(0), word(8), word(16)]
}

/// The bytes of the words, zeros behind them.
#[inline]
pub fn bytes(words: [u64; 3]) -> [u8; LONGEST] {
    let mut bytes = [0; LONGEST];
    for (to, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *to = word.to_le_bytes();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_the_bytes_and_zeros(text in prop::collection::vec(any::<u8>(), 0..=LONGEST)) {
            let mut padded = [0; LONGEST];
            padded[..text.len()].copy_from_slice(&text);
            prop_assert_eq!(bytes(words(&text)), padded);
        }

        #[test]
        fn a_text_is_written_as_it_is(before in any::<Vec<u8>>(), text in prop::collection::vec(any::<u8>(), 0..=LONGEST)) {
            let mut out = before.clone();
            write([1, 2], words(&text), text.len(), &mut out);
            prop_assert_eq!(out, [&before[..], &[1, 2], &text].concat());
        }

        #[test]
        fn of_a_longer_text_both_ends_are_in_the_words(text in prop::collection::vec(any::<u8>(), LONGEST + 1..60)) {
            prop_assert_eq!(bytes(words(&text)).to_vec(), [&text[..16], &text[text.len() - 8..]].concat());
        }
    }
}
