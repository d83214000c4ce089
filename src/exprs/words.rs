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

/// A text of up to 24 bytes that lies nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Short {
    /// Its words.
    pub words: [u64; 3],
    /// How many bytes it has.
    pub len: usize,
}

impl Short {
    /// The first `len` bytes of `head`; `None` where those are more.
    #[inline(always)]
    pub fn of_head(head: &[u8; LONGEST], len: usize) -> Option<Short> {
        let (words, mask) = (of(head), MASKS.get(len)?);
        Some(Short { words: [words[0] & mask[0], words[1] & mask[1], words[2] & mask[2]], len })
    }

    /// The `len ≤ 8` lowest bytes of `word`, which has no others.
    #[inline(always)]
    pub fn of_word(word: u64, len: usize) -> Short {
        Short { words: [word, 0, 0], len }
    }

    /// Both, one behind the other; `None` where that is too long.
    #[inline(always)]
    pub fn then(self, Short { words: [a, b, c], len }: Short) -> Option<Short> {
        let (n_bits, n_words) = (self.len % 8 * 8, self.len / 8);
        let above = |word: u64| word >> 1 >> (63 - n_bits);
        let moved = [a << n_bits, above(a) | b << n_bits, above(b) | c << n_bits];
        let moved = match n_words {
            0 => moved,
            1 => [0, moved[0], moved[1]],
            2 => [0, 0, moved[0]],
            _ => [0; 3],
        };
        let [one, two, three] = self.words;
        let both = Short { words: [one | moved[0], two | moved[1], three | moved[2]], len: self.len + len };
        (both.len <= LONGEST).then_some(both)
    }
}

/// Whether the text of `len ≤ 8` bytes in `word` is decimal digits alone, the first of several no zero.
#[inline(always)]
pub fn is_whole_number(word: u64, len: usize) -> bool {
    const ZEROS: u64 = EACH * 0x30;
    const HIGH: u64 = EACH * 0xF0;
    let all = word | ZEROS & !MASKS[len][0];
    let are_digits = all & HIGH == ZEROS && all.wrapping_add(EACH * 6) & HIGH == ZEROS;
    are_digits && (len == 1 || word & 0xFF != 0x30)
}

/// Whether one of the first `len ≤ 24` bytes is at most `most`, which is below 127.
#[inline(always)]
pub fn any_up_to(most: u8, words: [u64; 3], len: usize) -> bool {
    let limit = EACH * (u64::from(most) + 1);
    let mut found = 0;
    for i in 0..3 {
        let word = words[i] | !MASKS[len][i];
        found |= word.wrapping_sub(limit) & !word;
    }
    found & EACH << 7 != 0
}

/// One in each byte.
const EACH: u64 = 0x0101_0101_0101_0101;

/// What a text of each length covers of three words.
static MASKS: [[u64; 3]; LONGEST + 1] = {
    let mut masks = [[0; 3]; LONGEST + 1];
    let mut len = 1;
    while len <= LONGEST {
        masks[len] = masks[len - 1];
        masks[len][(len - 1) / 8] |= 0xFF << ((len - 1) % 8 * 8);
        len += 1;
    }
    masks
};

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

/// Appends `head`, of at most 7 bytes, and a text of `len` bytes, which its words begin with. As many bytes are written whatever the
/// length, at once, and then cut off.
#[inline(always)]
pub fn write<const N: usize>(head: [u8; N], words: [u64; 3], len: usize, out: &mut Vec<u8>) {
    debug_assert!(len <= LONGEST);
    let [one, two, three] = words;
    let (up, down) = (N * 8, 64 - N * 8);
    let head = head.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let all = [head | one << up, one >> down | two << up, two >> down | three << up, three >> down];
    let mut bytes = [0; 32];
    for (to, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(all) {
        *to = word.to_le_bytes();
    }
    let start = out.len();
    out.extend_from_slice(&bytes);
    out.truncate(start + N + len);
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
        fn digits_and_low_bytes_are_told_as_byte_by_byte(text in "[0-9]{1,9}|[/-:]{1,9}|[\0-\x04a]{0,24}|[\x01-\u{ff}]{0,12}", most in 0u8..127) {
            let text = &text.as_bytes()[..text.len().min(LONGEST)];
            prop_assert_eq!(any_up_to(most, words(text), text.len()), text.iter().any(|&byte| byte <= most));
            if let 1..=8 = text.len() {
                let is_one = text.iter().all(u8::is_ascii_digit) && (text.len() == 1 || text[0] != b'0');
                prop_assert_eq!(is_whole_number(words(text)[0], text.len()), is_one);
            }
        }

        #[test]
        fn what_is_behind_a_short_text_is_none_of_it(text in prop::collection::vec(any::<u8>(), 0..30), more in any::<[u8; LONGEST]>()) {
            let room = [&text[..], &more].concat();
            let short = Short::of_head(room.first_chunk().expect("24 more"), text.len());
            prop_assert_eq!(short, (text.len() <= LONGEST).then(|| Short { words: words(&text), len: text.len() }));
        }

        #[test]
        fn one_short_text_behind_another_is_both(
            one in prop::collection::vec(any::<u8>(), 0..=LONGEST), other in prop::collection::vec(any::<u8>(), 0..=LONGEST),
        ) {
            let short = |text: &[u8]| Short { words: words(text), len: text.len() };
            let both = [&one[..], &other].concat();
            prop_assert_eq!(short(&one).then(short(&other)), (both.len() <= LONGEST).then(|| short(&both)));
        }

        #[test]
        fn of_a_longer_text_both_ends_are_in_the_words(text in prop::collection::vec(any::<u8>(), LONGEST + 1..60)) {
            prop_assert_eq!(bytes(words(&text)).to_vec(), [&text[..16], &text[text.len() - 8..]].concat());
        }
    }
}
