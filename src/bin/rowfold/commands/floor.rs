//! `rowfold floor INPUT`: how long reading an input and counting its newlines takes, on the same threads.
//!
//! No question can be answered faster; benchmarks stand beside it.

use std::ffi::OsString;
use std::sync::Arc;

use rowfold::error::Result;

use crate::meaning::Meant;
use crate::shared::Shared;

pub(super) fn run(_words: &[OsString], _meant: Meant, _shared: &Arc<Shared>) -> Result<()> {
    unimplemented!()
}
