//! `rowfold history [INPUT…]`: every version of every row.

use std::ffi::OsString;

use rowfold::error::Result;
use rowfold::loads;

use super::load;
use crate::flags::History;
use crate::meaning::Meant;
use crate::shared::Shared;

pub(super) fn run(words: &[OsString], typed: &History, meant: Meant, shared: &'static Shared) -> Result<()> {
    let asked = loads::History {
        keys: typed.loading.key.clone(),
        valid_from: typed.valid_from.clone(),
        close: typed.deletes.clone(),
    };
    load::run("history", words, &typed.loading, meant, shared, &|load, open, rejects| {
        loads::history(&asked, load, open, rejects)
    })
}
