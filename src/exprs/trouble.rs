//! What is wrong with the values of a batch, lane by lane; the reader of the file adds the place.

use super::value::Type;

/// Something wrong with one lane's value; the value is NULL and evaluation goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `text` does not spell what is demanded: a bad value.
    Bad {
        /// The type that was demanded.
        wanted: Type,
        /// What was wanted, in words that follow "is no": "number", "date", "UTF-8 text", ….
        words: &'static str,
        /// The column as the question names it, or the expression's text.
        column: Box<str>,
        /// The offending bytes, at most 64 of them.
        text: Box<[u8]>,
    },
    /// Not a matter of one value's spelling: over 38 digits, ….
    Failed {
        /// The sentence.
        what: Box<str>,
    },
}

/// Troubles of a batch, in order of evaluation: the first in input order is [`Troubles::first`].
#[derive(Debug, Default)]
pub struct Troubles {
    /// Lane and trouble, in order of evaluation.
    pub found: Vec<(u32, Trouble)>,
}

impl Troubles {
    /// Nothing is wrong.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The trouble of the least lane; of several there the one found first.
    pub fn first(&self) -> Option<&(u32, Trouble)> {
        self.found.iter().min_by_key(|(lane, _)| *lane)
    }

    /// `text`, of `column`, in `lane` is no `wanted`.
    #[cold]
    pub fn bad(&mut self, lane: u32, wanted: Type, column: &str, text: &[u8]) {
        let words = if wanted == Type::Text { "UTF-8 text" } else { wanted.name() };
        let text = text[..text.len().min(64)].into();
        self.found.push((lane, Trouble::Bad { wanted, words, column: column.into(), text }));
    }

    /// `lane` has no value because of `what`.
    #[cold]
    pub fn failed(&mut self, lane: u32, what: impl Into<Box<str>>) {
        self.found.push((lane, Trouble::Failed { what: what.into() }));
    }
}
