//! A load and what is kept in, what is kept after it out.

use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

use crate::aggregates::spill::Spill;
use crate::budget::{self, Needs, Shares};
use crate::error::{Error, Result};
use crate::finish::Sorted;
use crate::loads::columns::Columns;
use crate::loads::keep::Keep;
use crate::loads::kept;
use crate::loads::merge::{GATHERED, Merge, Merged, Out};
use crate::loads::record::Spelling;
use crate::loads::refusals::{HELD_BYTES, Refusal, Refusals, Refuse, Teller};
use crate::loads::scan::{Rows, Side};
use crate::output::Sink;
use crate::pass::{self, Changes, Copies, Lender, Progress};
use crate::readers::{Input, Sizes};

/// A load, and what it goes into.
#[derive(Clone, Copy, Debug)]
pub struct Load<'l> {
    /// The load: files in their order.
    pub input: &'l Input,
    /// What is kept so far: a regular file that is read as it is.
    pub kept: Option<&'l Input>,
    /// What is between two fields of the result, where nothing is kept so far.
    pub delimiter: u8,
    /// The budget, what is NULL, what becomes of bad values.
    pub settings: &'l pass::Settings,
    /// How far it is.
    pub progress: &'l Progress,
}

/// Opens the sink of the result; once more where what was written has to be thrown away.
pub type Open<'o> = dyn FnMut() -> Result<Box<dyn Sink>> + 'o;

/// How often a field lies in memory beside its record while that is loaded or merged: unquoted, spelt in a buffer that doubles, in
/// two runs that are merged, as the row in hand and as the one before it.
const COPIES: usize = 7;

/// How often one of the key does besides.
const KEY_COPIES: usize = 4;

/// Merges `load` into what is kept, as `keep` says.
pub(super) fn run<K: Keep>(
    keep: &K,
    load: &Load<'_>,
    columns: &Columns,
    key: &[usize],
    open: &mut Open<'_>,
    rejects: Option<&mut dyn Sink>,
) -> Result<()> {
    let Load { settings, progress, .. } = *load;
    if let Some(kept) = load.kept.filter(|kept| !kept.is_plain_file()) {
        let path = kept.path();
        return Err(Error::Usage(format!("{path}: --into names a file of plain CSV, which is written anew")));
    }
    let budget = Budget::of(load, columns, key)?;
    let spill = Spill::new(settings.spill_dir.clone(), settings.spill_limit_bytes);
    let merging = Merging { keep, load, columns, budget: &budget, spill: &spill };
    let mut begin = || -> Result<Box<dyn Sink>> {
        let mut sink = open()?;
        sink.begin(&columns.answer())?;
        Ok(sink)
    };
    let sink = begin()?;
    let of_load = Refusals::new(&spill);
    let loaded = merging.loaded(&of_load)?;
    let mut of_merge = Refusals::new(&spill);
    let merged = match load.kept {
        None => merging.alone(&loaded, sink, &of_merge)?,
        Some(kept) => match merging.by_the_way(kept, &loaded, sink, &of_merge)? {
            Some(merged) => merged,
            None => {
                of_merge = Refusals::new(&spill);
                progress.answer_rows.store(0, Relaxed);
                let loaded = loaded.written(budget.loaded_bytes())?;
                merging.sorted(kept, &loaded, begin()?, &of_merge)?
            }
        },
    };
    progress.spilled_bytes.store(spill.written_bytes(), Relaxed);
    note(progress, merged.changes, of_load.len() + of_merge.len());
    let teller = Teller { columns, key, input: load.input, kept: load.kept };
    match teller.tell(vec![of_load, of_merge], rejects, budget.shares.order_bytes())? {
        Some(refused) => Err(refused),
        None => merged.finish(),
    }
}

/// What is merged, and with what.
struct Merging<'m, K> {
    keep: &'m K,
    load: &'m Load<'m>,
    columns: &'m Columns,
    budget: &'m Budget,
    spill: &'m Spill,
}

impl<'m, K: Keep> Merging<'m, K> {
    /// The rows of the load.
    fn loaded(&self, refusals: &Refusals<'_>) -> Result<Sorted<'m>> {
        let spelling = Spelling::new(&self.columns.in_load, &[], self.columns.delimiter);
        let refuse = |refusal: &Refusal<'_>| refusals.push(refusal);
        let rows = self.rows(Side::Loaded, self.load.input, &spelling, &refuse);
        Sorted::of(rows.sorters(self.spill, self.budget.shares.order_bytes())?, self.budget.loaded_bytes())
    }

    /// Where nothing is kept so far.
    fn alone(&self, loaded: &Sorted<'_>, sink: Box<dyn Sink>, refusals: &Refusals<'_>) -> Result<Merged> {
        let refuse = |refusal: &Refusal<'_>| refusals.push(refusal);
        Merge::new(self.keep, loaded, Out::new(sink, &refuse, self.load.progress))?.finish()
    }

    /// With what is kept as it is read; `None` where that is in no order.
    fn by_the_way(
        &self,
        kept: &Input,
        loaded: &Sorted<'_>,
        sink: Box<dyn Sink>,
        refusals: &Refusals<'_>,
    ) -> Result<Option<Merged>> {
        let spelling = self.spelling_of_kept();
        let refuse = |refusal: &Refusal<'_>| refusals.push(refusal);
        let rows = self.rows(Side::Kept, kept, &spelling, &refuse);
        let merge = Merge::new(self.keep, loaded, Out::new(sink, &refuse, self.load.progress))?;
        let merge = kept::merge(&rows, merge)?;
        if merge.is_in_order() { merge.finish().map(Some) } else { Ok(None) }
    }

    /// With what is kept, sorted before.
    fn sorted(
        &self,
        kept: &Input,
        loaded: &Sorted<'_>,
        sink: Box<dyn Sink>,
        refusals: &Refusals<'_>,
    ) -> Result<Merged> {
        let spelling = self.spelling_of_kept();
        let refuse = |refusal: &Refusal<'_>| refusals.push(refusal);
        let part_bytes = self.budget.shares.order_bytes();
        let rows = self.rows(Side::Kept, kept, &spelling, &refuse);
        let kept = Sorted::of(rows.sorters(self.spill, part_bytes)?, part_bytes)?;
        let mut merge = Merge::new(self.keep, loaded, Out::new(sink, &refuse, self.load.progress))?;
        let mut rows = kept.rows()?;
        while let Some((key, payload)) = rows.row() {
            merge.kept(key, payload)?;
            rows.advance()?;
        }
        merge.finish()
    }

    fn spelling_of_kept(&self) -> Spelling {
        let Columns { in_kept, added_in_kept, delimiter, .. } = self.columns;
        Spelling::new(in_kept, added_in_kept, *delimiter)
    }

    fn rows<'r>(&'r self, side: Side, input: &'r Input, spelling: &'r Spelling, refuse: &'r Refuse<'r>) -> Rows<'r, K> {
        let Budget { shares, of_load, of_kept } = self.budget;
        let lender = match side {
            Side::Loaded => of_load,
            Side::Kept => of_kept,
        };
        Rows { keep: self.keep, side, input, spelling, shares, lender, refuse, progress: self.load.progress }
    }
}

/// What is divided before anything is read.
struct Budget {
    shares: Shares,
    of_load: Lender,
    of_kept: Lender,
}

impl Budget {
    /// What merging the load's rows may take: the parts of all sorters. The one of merging is left to what is kept.
    fn loaded_bytes(&self) -> usize {
        self.shares.order_bytes() * self.shares.threads
    }

    fn of(load: &Load<'_>, columns: &Columns, key: &[usize]) -> Result<Budget> {
        let Load { input, settings, progress, .. } = *load;
        let copies = |places: &[usize]| {
            let copies = |(column, &place)| (place, COPIES + if key.contains(&column) { KEY_COPIES } else { 0 });
            Copies::of_columns(places.iter().enumerate().map(copies))
        };
        let (of_load, of_kept) = (copies(&columns.in_load), copies(&columns.in_kept));
        let needs = Needs {
            orders: 1,
            collects: true,
            streams: load.kept.is_some(),
            copies: of_load.most(),
            decoder_bytes: usize::try_from(input.decoder_bytes(None)?).unwrap_or(usize::MAX),
            // Refusals of the load and of the merge, what is gathered of the result, two destinations.
            sink_bytes: 2 * HELD_BYTES + 4 * GATHERED,
            ..Needs::default()
        };
        let mut shares = budget::settle(settings.memory_bytes, settings.threads, input.io(), needs)?;
        if let Some(chunk_bytes) = settings.chunk_bytes {
            shares.sizes = Sizes { chunk_bytes, ..shares.sizes };
        }
        progress.threads.store(shares.threads as u64, Relaxed);
        progress.memory_bytes.store(shares.memory_bytes, Relaxed);
        let lender = |copies| Lender::new(copies, &shares, input.io(), needs);
        Ok(Budget { of_load: lender(of_load), of_kept: lender(of_kept), shares })
    }
}

/// Tells what came of the load.
fn note(progress: &Progress, changes: Changes, rejected: u64) {
    let mut noted = progress.changes.lock().unwrap_or_else(PoisonError::into_inner);
    let left_out = noted.map_or(0, |noted| noted.left_out);
    *noted = Some(Changes { rejected, left_out, ..changes });
}
