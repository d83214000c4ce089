//! An input in, the kinds of its columns out: every value is looked at, on all threads.
//!
//! The obvious way looks at the first thousand rows; the next one is of another kind. A column that was found to be text is not
//! looked at again, so prose costs nothing.

use bumpalo::Bump;

use super::Kind;
use crate::budget::Needs;
use crate::error::Result;
use crate::pass::{self, Copies, Progress, look};
use crate::readers::{Batch, Input};

/// What an arena keeps of memory behind a batch.
const KEPT_BYTES: usize = 1 << 20;

/// The kind of each of `columns` of `input`, in all of its records.
pub fn find(input: &Input, columns: &[usize], settings: &pass::Settings, progress: &Progress) -> Result<Vec<Kind>> {
    let decoder_bytes = usize::try_from(input.decoder_bytes(Some(columns))?).unwrap_or(usize::MAX);
    // Only what may be spelt as NULL is, with its quotes undoubled, copied.
    let copies = usize::from(settings.null_value.is_some());
    let needs = Needs { copies, decoder_bytes, ..Needs::default() };
    let copied = columns.iter().map(|&column| Copies::of_column(column, copies));
    let copied = copied.fold(Copies::default(), Copies::and);
    let null = settings.null_value.as_deref();
    let new = || (vec![Kind::Nothing; columns.len()], Bump::new());
    let found = look(input, (settings, needs), copied, progress, new, |(kinds, arena), batch, _| {
        for (kind, &column) in kinds.iter_mut().zip(columns) {
            *kind = joined(*kind, batch, column, null, arena);
            if arena.allocated_bytes() > KEPT_BYTES { *arena = Bump::new() } else { arena.reset() }
        }
        Ok(())
    })?;
    let mut kinds = vec![Kind::Nothing; columns.len()];
    for (others, _) in found {
        kinds.iter_mut().zip(others).for_each(|(kind, other)| *kind = kind.and(other));
    }
    Ok(kinds)
}

/// `kind` and that of all values of `column`.
fn joined(mut kind: Kind, batch: &Batch<'_>, column: usize, null: Option<&[u8]>, arena: &Bump) -> Kind {
    let fields = batch.column(column);
    for r in 0..batch.n_records() {
        if kind == Kind::Text {
            break;
        }
        let text = match (fields.said(r), null) {
            (Some(range), _) => fields.bytes(range),
            // With quotes of its own it is text, unless that is how NULL is spelt.
            (None, Some(_)) => fields.field(r, arena),
            (None, None) => return Kind::Text,
        };
        if !text.is_empty() && Some(text) != null {
            kind = kind.and(Kind::of(text));
        }
    }
    kind
}
