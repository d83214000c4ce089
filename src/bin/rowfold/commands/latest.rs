//! `rowfold latest [INPUT…]`: the newest row of each key.

use std::ffi::OsString;

use rowfold::error::Result;
use rowfold::loads;

use super::load;
use crate::flags::Latest;
use crate::meaning::Meant;
use crate::shared::Shared;

pub(super) fn run(words: &[OsString], typed: &Latest, meant: Meant, shared: &'static Shared) -> Result<()> {
    let asked =
        loads::Latest { keys: typed.loading.key.clone(), by: typed.by.clone(), days: (typed.from, typed.until) };
    load::run("latest", words, &typed.loading, meant, shared, &|load, open, rejects| {
        loads::latest(&asked, load, open, rejects)
    })
}
