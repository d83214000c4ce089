//! `rowfold sql TEXT [INPUT…]`: a SQL text as it is typed.

use std::ffi::OsString;

use rowfold::error::Result;
use rowfold::questions::Question;

use super::answer::answer;
use crate::meaning::Meant;
use crate::shared::Shared;

pub(super) fn run(text: &str, inputs: &[OsString], meant: Meant, shared: &'static Shared) -> Result<()> {
    shared.question.get_or_init(|| text.trim().to_owned());
    answer(Question::inline(text)?, inputs, meant, shared)
}
