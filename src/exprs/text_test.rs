//! A text in, whether it stands to a constant as a comparison asks out: `x >= '2021-02-26'`.
//!
//! The obvious way compares bytes, by a call for each text. Nearly always the first sixteen decide: they are a number that orders like
//! them, with zeros behind a shorter text.

use std::cmp::Ordering;

use super::words::LONGEST;

/// A comparison of texts, by their bytes, with a constant on the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTest {
    /// The orders of both for which it is true, as bits: less 1, equal 2, greater 4.
    truth: u8,
    text: Box<[u8]>,
    head: u128,
}

impl TextTest {
    /// The comparison with `text` that is true for the orders `truth`: less 1, equal 2, greater 4.
    pub fn new(truth: u8, text: &[u8]) -> TextTest {
        let mut head = [0; LONGEST];
        let len = text.len().min(LONGEST);
        head[..len].copy_from_slice(&text[..len]);
        TextTest { truth, text: text.into(), head: number(&head, text.len()) }
    }

    /// Whether it is true of `text`.
    #[inline]
    pub fn holds(&self, text: &[u8]) -> bool {
        self.is_true_of(text.cmp(&self.text))
    }

    /// The same of a text of `len` bytes that begins as `head` does; `text` is all of it.
    #[inline(always)]
    pub fn holds_of<'t>(&self, head: &[u8; LONGEST], len: usize, text: impl FnOnce() -> &'t [u8]) -> bool {
        let order = number(head, len).cmp(&self.head);
        if order.is_eq() { self.holds(text()) } else { self.is_true_of(order) }
    }

    #[inline(always)]
    fn is_true_of(&self, order: Ordering) -> bool {
        // -1, 0 and 1 are bits 0, 1 and 2.
        self.truth >> (order as i8 + 1) & 1 != 0
    }
}

/// The first sixteen bytes of a text of `len` that begins as `head` does, as a number that orders like them.
#[inline(always)]
fn number(head: &[u8; LONGEST], len: usize) -> u128 {
    let bytes = u128::from_be_bytes(*head.first_chunk().expect("are more"));
    let n_behind = 16usize.saturating_sub(len);
    bytes & u128::MAX.unbounded_shl(u32::try_from(8 * n_behind).expect("at most 128"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_head_tells_what_the_text_does(
            text in prop::collection::vec(0u8..3, 0..40), constant in prop::collection::vec(0u8..3, 0..40), same in 0usize..40,
            more in any::<[u8; LONGEST]>(), truth in 0u8..8,
        ) {
            let constant = [&text[..same.min(text.len())], &constant].concat();
            let test = TextTest::new(truth, &constant);
            let room = [&text[..], &more].concat();
            let expected = match text.cmp(&constant) { Ordering::Less => truth & 1, Ordering::Equal => truth & 2, Ordering::Greater => truth & 4 } != 0;
            prop_assert_eq!(test.holds(&text), expected);
            prop_assert_eq!(test.holds_of(room.first_chunk().expect("24 more"), text.len(), || &text), expected);
        }
    }
}
