//! One pass of a plan through the phases of a run: its side of the scan, its finish, its rows.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::Ordering as Memory;

use bumpalo::Bump;

use super::frame::{Located, Reading, Take, locate};
use super::grouping::Grouping;
use super::ordering::{Into, Ordering};
use super::packed::Packed;
use super::partitions::{Notes, Partitions};
use super::streaming::{Next, Spelt, Stream};
use super::{Progress, Settings};
use crate::aggregates::folder::{Folder, bounded};
use crate::aggregates::groups::Groups;
use crate::aggregates::in_order::{KeyOrder, in_order};
use crate::aggregates::ordered::{self, InOrder, Stop, Walker};
use crate::aggregates::slabs::{Pool, Store};
use crate::aggregates::spill::Spill;
use crate::budget::{Finish, Needs, Shares};
use crate::error::{Error, Place, Result};
use crate::exprs::{Expr, Trouble, Troubles, Value};
use crate::finish::{Collector, Gathered, Target};
use crate::questions::plan::{Body, Output, Pass, Scan};
use crate::readers::Batch;

/// What a worker works with while it folds a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Desk<'d> {
    /// Emptied behind each batch.
    pub(super) arena: &'d Bump,
    /// Elements of `UNNEST` at a time.
    pub(super) most_elements: usize,
    /// What bad values are counted in.
    pub(super) progress: &'d Progress,
}

/// A pass, made ready.
#[derive(Debug)]
pub(super) struct Stage<'p> {
    scan: &'p Scan,
    pass: &'p Pass,
    reading: Reading,
    kind: Kind<'p>,
    ordering: Ordering<'p>,
    settings: &'p Settings,
}

#[derive(Debug)]
enum Kind<'p> {
    /// Rows that leave as they are read.
    Stream(&'p [Output]),
    /// Rows that are put in order.
    Rows(&'p [Output]),
    Groups(Grouping<'p>),
}

/// One worker's state of a stage.
#[derive(Debug)]
pub(super) struct Part<'s> {
    /// The main fold, then those by value; taken when the scan is over.
    folders: Vec<Folder<'s>>,
    packed: Packed,
    /// Of rows from the beginning, of groups when the scan is over.
    collector: Option<Collector<'s>>,
}

impl<'p> Stage<'p> {
    /// `pass` of `scan`, made ready.
    pub(super) fn new(scan: &'p Scan, pass: &'p Pass, settings: &'p Settings) -> Stage<'p> {
        let (kind, later): (_, Vec<&Expr>) = match &pass.body {
            Body::Rows { outputs } => {
                let kind = if pass.cut.order.is_empty() { Kind::Stream(outputs) } else { Kind::Rows(outputs) };
                (kind, outputs.iter().map(|output| &output.expr).collect())
            }
            Body::Groups { keys, aggregates, .. } => {
                let arguments = aggregates.iter().flat_map(|call| call.argument.iter().chain(&call.filter));
                let later = keys.iter().map(|key| &key.expr).chain(arguments).collect();
                // Only groups of one pass may leave at once.
                let in_key_order = scan.passes.len() == 1 && Ordering::new(pass).is_by_keys();
                (Kind::Groups(Grouping::new(keys, aggregates, in_key_order)), later)
            }
        };
        let reading = Reading::of(scan, pass, &later, settings.null_value.is_some());
        Stage { scan, pass, reading, kind, ordering: Ordering::new(pass), settings }
    }

    /// Whether rows leave as they are read.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self.kind, Kind::Stream(_))
    }

    /// Whether groups leave in the order of their keys, as [`finish_in_order`](Stage::finish_in_order) has them.
    pub(super) fn is_in_key_order(&self) -> bool {
        matches!(&self.kind, Kind::Groups(Grouping { key_order: Some(_), .. }))
    }

    /// Whether values of its rows are estimates.
    pub(super) fn is_approximate(&self) -> bool {
        matches!(&self.pass.body, Body::Groups { aggregates, .. } if aggregates.iter().any(|call| call.is_approximate))
    }

    /// `needs` and those of this stage.
    pub(super) fn add_needs(&self, needs: Needs) -> Needs {
        let (Body::Rows { outputs } | Body::Groups { outputs, .. }) = &self.pass.body;
        // Columns of one pass are gone before those of the next are made, so the largest counts.
        let columns = self.reading.n_columns() + outputs.len() + usize::from(self.pass.explode.is_some());
        Needs {
            folds: needs.folds + if let Kind::Groups(grouping) = &self.kind { grouping.n_folds() } else { 0 },
            columns: needs.columns.max(columns),
            orders: needs.orders + usize::from(!self.is_stream()),
            streams: needs.streams || self.is_stream() || self.is_in_key_order(),
            collects: needs.collects || matches!(self.kind, Kind::Rows(_)),
            keeps_texts: needs.keeps_texts || matches!(&self.kind, Kind::Groups(grouping) if grouping.keeps_texts()),
            ..needs
        }
    }

    /// A store a fold.
    pub(super) fn stores<'s>(&self, pool: &'s Pool, spill: &'s Spill) -> Vec<Store<'s>> {
        match &self.kind {
            Kind::Groups(grouping) => grouping.stores(pool, spill),
            _ => Vec::new(),
        }
    }

    /// One worker's state.
    pub(super) fn part<'s>(&self, stores: &'s [Store<'s>], spill: &'s Spill, shares: &Shares) -> Part<'s> {
        let folders = match &self.kind {
            Kind::Groups(grouping) => grouping.folders(stores, shares.hot_bytes),
            _ => Vec::new(),
        };
        let target = self.ordering.target(shares.order_bytes());
        let collector = matches!(self.kind, Kind::Rows(_)).then(|| Collector::new(target, spill));
        Part { folders, packed: Packed::default(), collector }
    }

    /// Whether all that is asked of records is how many there are.
    pub(super) fn reads_no_field(&self) -> bool {
        let Kind::Groups(grouping) = &self.kind else { return false };
        grouping.only_counts() && self.pass.filter.is_none() && self.pass.explode.is_none()
    }

    /// Folds `n` records of which no field is read.
    pub(super) fn fold_counted(&self, n: u64, part: &mut Part<'_>) -> Result<()> {
        match &self.kind {
            Kind::Groups(grouping) if n > 0 => grouping.fold_counted(n, &mut part.folders[0]),
            _ => Ok(()),
        }
    }

    /// Folds a batch.
    pub(super) fn fold(&self, batch: &Batch<'_>, part: &mut Part<'_>, desk: &Desk<'_>) -> Result<()> {
        let mut located = Vec::new();
        self.lanes(batch, desk, &mut located, &mut |lanes, located| {
            let mut troubles = Troubles::default();
            match (&self.kind, &mut part.collector) {
                (Kind::Groups(grouping), _) => {
                    grouping.fold(&mut part.folders, &mut part.packed, &lanes, &mut troubles)?
                }
                (Kind::Rows(outputs), Some(collector)) => {
                    let values = outputs.iter().map(|output| &*lanes.eval(&output.expr, &mut troubles));
                    self.ordering.collect_rows(lanes.lanes, &values.collect::<Vec<_>>(), collector)?;
                }
                (Kind::Rows(_), None) | (Kind::Stream(_), _) => {}
            }
            locate(&mut troubles, &lanes, located);
            Ok(())
        })?;
        part.packed.end();
        self.judge(&located, batch, desk.progress)
    }

    /// Spells the rows of a batch; those before a bad value even when it ends the pass, since they may fill the limit.
    pub(super) fn stream(
        &self,
        batch: &Batch<'_>,
        stream: &Stream<'_>,
        spelt: &mut Spelt,
        ordinal: u64,
        desk: &Desk<'_>,
    ) -> Result<()> {
        let Kind::Stream(outputs) = &self.kind else { return Ok(()) };
        let mut located = Vec::new();
        self.lanes(batch, desk, &mut located, &mut |mut lanes, located| {
            let mut troubles = Troubles::default();
            let values: Vec<_> = outputs.iter().map(|output| &*lanes.eval(&output.expr, &mut troubles)).collect();
            locate(&mut troubles, &lanes, located);
            if let Some((record, _)) = self.first_fatal(located) {
                lanes.cut_before(*record);
            }
            stream.spell(lanes.lanes, &values, spelt, &mut |spelt| {
                batch.intact()?;
                stream.hand_over(ordinal, spelt, true)
            })
        })?;
        self.judge(&located, batch, desk.progress)
    }

    fn lanes(&self, batch: &Batch<'_>, desk: &Desk<'_>, located: &mut Vec<Located>, take: &mut Take<'_>) -> Result<()> {
        let null = self.settings.null_value.as_deref();
        self.reading.lanes((self.scan, self.pass), (batch, null), (desk.arena, desk.most_elements), located, take)
    }

    /// The first trouble in input order that ends the pass.
    fn first_fatal<'l>(&self, located: &'l [Located]) -> Option<&'l Located> {
        let fatal = |trouble: &Trouble| !self.settings.bad_values_are_null || matches!(trouble, Trouble::Failed { .. });
        located.iter().filter(|(_, trouble)| fatal(trouble)).min_by_key(|(record, _)| *record)
    }

    /// Counts the troubles of a batch, or ends the pass with the first.
    fn judge(&self, located: &[Located], batch: &Batch<'_>, progress: &Progress) -> Result<()> {
        match self.first_fatal(located) {
            Some((record, Trouble::Bad { words, column, text, .. })) => {
                let (place, text) = (batch.place_of(*record, column), text.to_vec());
                Err(Error::BadValue { place, wanted: words, text })
            }
            Some((record, Trouble::Failed { what })) => {
                Err(Error::Overflow { place: batch.place(*record), what: what.to_string() })
            }
            None => {
                count_bad_fields(located, progress);
                Ok(())
            }
        }
    }

    /// Finishes the folds on all threads: those by value into the main one, the main one into rows for the collectors.
    pub(super) fn finish<'s>(
        &self,
        parts: &mut [&mut Part<'s>],
        stores: &[Store<'s>],
        threads: &rayon::ThreadPool,
        finish: Finish,
        progress: &Progress,
    ) -> Result<()> {
        let Kind::Groups(grouping) = &self.kind else { return Ok(()) };
        self.close(grouping, parts, stores, threads, finish, progress)?;
        let partitions = Partitions::new(&stores[0], finish.table_bytes, progress);
        let notes = Notes::default();
        each_part(&mut parts[..finish.threads], threads, |part| {
            let mut collector = Collector::new(self.ordering.target(finish.order_bytes), stores[0].spill());
            let mut table = bounded(grouping.make_of(0), finish.table_bytes);
            while let Some(partition) = partitions.next()? {
                partitions.fold(partition, &mut table, &grouping.seed, &mut |groups| {
                    self.finish_groups(grouping, groups, None, &mut Into::Collector(&mut collector), progress, &notes)
                })?;
            }
            part.collector = Some(collector);
            Ok(())
        })?;
        notes.tell(progress);
        Ok(())
    }

    /// Finishes the folds on all threads as [`finish`](Stage::finish) does, and hands the rows of one partition after the
    /// other to `stream`: partitions stand in the order of their keys.
    pub(super) fn finish_in_order<'s>(
        &self,
        parts: &mut [&mut Part<'s>],
        stores: &[Store<'s>],
        threads: &rayon::ThreadPool,
        finish: Finish,
        stream: (&Stream<'_>, usize),
        progress: &Progress,
    ) -> Result<()> {
        let Kind::Groups(grouping) = &self.kind else { return Ok(()) };
        let Some(key_order) = grouping.key_order else { return Ok(()) };
        self.close(grouping, parts, stores, threads, finish, progress)?;
        let (stream, spelt_bytes) = stream;
        // No rows are collected; what puts a table in order takes a third as much as that, or two thirds (`in_order`).
        let quarters = if let KeyOrder::Bytes = key_order { 3 } else { 2 };
        let table_bytes = (finish.table_bytes + finish.order_bytes) / 4 * quarters;
        let partitions = Partitions::new(&stores[0], table_bytes, progress);
        let notes = Notes::default();
        let first_error = Mutex::new(None);
        each_part(&mut parts[..finish.threads], threads, |_| {
            let mut table = bounded(grouping.make_of(0), table_bytes);
            let mut spelt = Spelt::of(spelt_bytes);
            while let Some(partition) = partitions.next()? {
                let ordinal = partition as u64;
                let mut next = Next::Go;
                let folded = partitions.fold(partition, &mut table, &grouping.seed, &mut |groups| {
                    let order = in_order(&groups.keys, key_order);
                    let mut rows = |lanes: &[u32], outputs: &[&[Value<'_>]]| {
                        if next == Next::Stop {
                            return Ok(());
                        }
                        stream.spell(lanes, outputs, &mut spelt, &mut |spelt| {
                            next = stream.hand_over(ordinal, spelt, true)?;
                            Ok(next)
                        })
                    };
                    self.finish_groups(grouping, groups, Some(&order), &mut Into::Rows(&mut rows), progress, &notes)
                });
                let handed = match next {
                    // The rows before an error leave, as they do where rows leave as they are read.
                    Next::Go => stream.hand_over(ordinal, &mut spelt, true),
                    Next::Stop => Ok(Next::Stop),
                };
                match folded.and(handed) {
                    Ok(Next::Go) => stream.pass_on(ordinal),
                    Ok(Next::Stop) => {
                        stream.pass_on(ordinal);
                        return Ok(());
                    }
                    Err(error) => {
                        stream.fail(ordinal);
                        let mut first = lock(&first_error);
                        if first.as_ref().is_none_or(|&(other, _)| ordinal < other) {
                            *first = Some((ordinal, error));
                        }
                        return Ok(());
                    }
                }
            }
            Ok(())
        })?;
        notes.tell(progress);
        first_error
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .map_or(Ok(()), |(_, error)| Err(error))
    }

    fn finish_groups(
        &self,
        grouping: &Grouping<'_>,
        groups: &Groups,
        order: Option<&[u32]>,
        into: &mut Into<'_, '_>,
        progress: &Progress,
        notes: &Notes,
    ) -> Result<()> {
        progress.groups.fetch_add(groups.keys.len() as u64, Memory::Relaxed);
        let finished = self.ordering.finish_groups(grouping, groups, order, into, self.settings.bad_values_are_null)?;
        count_bad(finished.troubles.iter().filter_map(bad_column), progress);
        lock(&notes.0).extend(finished.warnings);
        Ok(())
    }

    /// Ends the scan's side: folds by value are finished and merged into the main fold, which hands all over to its store.
    fn close<'s>(
        &self,
        grouping: &Grouping<'_>,
        parts: &mut [&mut Part<'s>],
        stores: &[Store<'s>],
        threads: &rayon::ThreadPool,
        finish: Finish,
        progress: &Progress,
    ) -> Result<()> {
        let close = |parts: &mut [&mut Part<'s>]| {
            let mut some = parts.chunks_mut(finish.threads);
            some.try_for_each(|parts| {
                each_part(parts, threads, |part| part.folders.pop().map_or(Ok(()), Folder::close))
            })
        };
        for fold in (1..grouping.n_folds()).rev() {
            close(parts)?;
            if let Some(order) = grouping.in_order(fold) {
                self.walk_values(grouping, (fold, order), parts, stores, threads, finish, progress)?;
                continue;
            }
            let partitions = Partitions::new(&stores[fold], finish.table_bytes, progress);
            each_part(&mut parts[..finish.threads], threads, |part| {
                let main = part.folders.first_mut().expect("the main folder is closed last");
                let mut table = bounded(grouping.make_of(fold), finish.table_bytes);
                while let Some(partition) = partitions.next()? {
                    partitions.fold(partition, &mut table, &grouping.seed, &mut |groups| {
                        grouping.merge_by_value(fold, groups, main)
                    })?;
                }
                Ok(())
            })?;
        }
        if grouping.is_global() {
            parts[0].folders[0].ensure_global();
        }
        close(parts)
    }

    /// Finishes the fold by value `fold` whose values are wanted in order: they are sorted on all threads, and walked on one.
    #[expect(clippy::too_many_arguments, reason = "all of the finish, handed on")]
    fn walk_values<'s>(
        &self,
        grouping: &Grouping<'p>,
        (fold, order): (usize, &dyn InOrder),
        parts: &mut [&mut Part<'s>],
        stores: &[Store<'s>],
        threads: &rayon::ThreadPool,
        finish: Finish,
        progress: &Progress,
    ) -> Result<()> {
        let partitions = Partitions::new(&stores[fold], finish.table_bytes, progress);
        let spill = stores[fold].spill();
        // The rows of the answer come later, so what is set aside for them is free.
        let target = Target { offset: 0, limit: None, limit_bytes: finish.order_bytes };
        each_part(&mut parts[..finish.threads], threads, |part| {
            let (mut rows, mut collector) = (ordered::Rows::default(), Collector::new(target, spill));
            let mut table = bounded(grouping.make_of(fold), finish.table_bytes);
            while let Some(partition) = partitions.next()? {
                partitions.fold(partition, &mut table, &grouping.seed, &mut |groups| {
                    grouping.collect_values(fold, groups, &mut rows, &mut collector)
                })?;
            }
            rows.finish(&mut |key, payload| collector.push(key, payload))?;
            part.collector = Some(collector);
            Ok(())
        })?;
        let collectors = parts.iter_mut().filter_map(|part| part.collector.take()).collect();
        let main = parts[0].folders.first_mut().expect("the main folder is closed last");
        let limit_bytes = finish.order_bytes as u64 / 2;
        let mut walker = Walker::new(order, limit_bytes);
        let stopped = |stop| stopped(stop, limit_bytes, progress.memory_bytes.load(Memory::Relaxed));
        let mut merged = Ok(());
        let mut done = |key: &[u8], state: &[u8]| {
            if merged.is_ok() {
                merged = grouping.merge_walked(fold, key, state, main);
            }
        };
        Gathered(collectors).emit(target, &mut |payload| {
            let taken = walker.take(payload, &mut done).expect("was made by collect_values");
            taken.map_err(stopped)
        })?;
        walker.finish(&mut done).map_err(stopped)?;
        merged
    }

    /// Calls `each` with the encoded rows of the answer, in order.
    pub(super) fn emit<'w, 's: 'w>(
        &self,
        parts: impl Iterator<Item = &'w mut Part<'s>>,
        finish: Finish,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let collectors = parts.filter_map(|part| part.collector.take()).collect();
        Gathered(collectors).emit(self.ordering.target(finish.order_bytes), each)
    }
}

/// Why the values of a group cannot be walked.
fn stopped(stop: Stop, limit_bytes: u64, memory_bytes: u64) -> Error {
    match stop {
        Stop::TooLong { bytes } => {
            let place = Place { path: "one group".to_owned(), ..Place::default() };
            // The limit is a share of what the budget has above a fixed part, so it grows at least as the budget does.
            let budget = u128::from(memory_bytes) * u128::from(bytes) / u128::from(limit_bytes.max(1));
            let would_do_bytes = u64::try_from(budget).unwrap_or(u64::MAX).next_multiple_of(1_000_000);
            Error::MemoryAt { place, what: "its value", need_bytes: bytes, would_do_bytes }
        }
        Stop::Failed(what) => Error::Overflow { place: Place { path: "answer".to_owned(), ..Place::default() }, what },
    }
}

/// Runs `work` on every part, each on a thread of its own; the first error by part is told.
fn each_part<'w, 's: 'w>(
    parts: &mut [&'w mut Part<'s>],
    threads: &rayon::ThreadPool,
    work: impl Fn(&mut Part<'s>) -> Result<()> + Sync,
) -> Result<()> {
    let mut results: Vec<Result<()>> = parts.iter().map(|_| Ok(())).collect();
    threads.scope(|scope| {
        for (part, result) in parts.iter_mut().zip(&mut results) {
            let work = &work;
            scope.spawn(move |_| *result = work(part));
        }
    });
    results.into_iter().collect()
}

/// Counts bad fields, each once: a field may be read by several expressions, and by each element beside it.
fn count_bad_fields(located: &[Located], progress: &Progress) {
    let fields = located.iter().filter_map(|(record, trouble)| Some((*record, bad_column(trouble)?)));
    let fields: BTreeSet<(usize, &str)> = fields.collect();
    count_bad(fields.into_iter().map(|(_, column)| column), progress);
}

fn bad_column(trouble: &Trouble) -> Option<&str> {
    match trouble {
        Trouble::Bad { column, .. } => Some(column),
        Trouble::Failed { .. } => None,
    }
}

fn count_bad<'t>(columns: impl Iterator<Item = &'t str>, progress: &Progress) {
    let mut counts = None;
    for column in columns {
        let counts = counts.get_or_insert_with(|| lock(&progress.bad_values));
        *counts.entry(column.to_owned()).or_insert(0) += 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
