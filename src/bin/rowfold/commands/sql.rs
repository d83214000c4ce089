//! `rowfold sql TEXT [INPUT…]`: a SQL text as it is typed.

use std::ffi::OsString;

use rowfold::error::Result;
use rowfold::questions::Question;

use super::answer::answer;
use super::explain;
use crate::meaning::Meant;
use crate::shared::Shared;

pub(super) fn run(text: &str, inputs: &[OsString], explain: bool, meant: Meant, shared: &'static Shared) -> Result<()> {
    shared.question.get_or_init(|| text.trim().to_owned());
    let questions = vec![Question::inline(text)?];
    match explain {
        true => explain::explain(questions, inputs, meant, shared),
        false => answer(questions, inputs, meant, shared),
    }
}
