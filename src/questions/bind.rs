//! A question and a header in, a plan out.

use super::plan::Plan;
use super::question::Question;
use crate::error::Result;

/// The plan of `question` over an input whose header is `columns`; `path` is the input's name in messages.
pub fn bind(_question: &Question, _columns: &[String], _path: &str) -> Result<Plan> {
    unimplemented!()
}
