//! The only loop and the only threads that fold: plans and inputs in, answers out.
//!
//! ```text
//! scan:    every worker: chunk ─▶ batch ─▶ for each pass: lanes ─▶ folders, collector or stream
//! finish:  every worker: partition ─▶ groups ─▶ rows ─▶ collector        (a fold by value first, into its main fold)
//! answer:  one thread:   collectors, merged ─▶ sink
//! ```
//!
//! A phase begins when the one before it is done on all workers; inside a phase workers share nothing but tickets.

mod frame;
mod grouping;
mod lender;
mod marked;
mod ordering;
mod partitions;
mod stage;
mod streaming;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering as Memory};

use bumpalo::Bump;

use crate::aggregates::slabs::Pool;
use crate::aggregates::spill::Spill;
use crate::budget;
use crate::error::{Error, Result};
use crate::exprs::{Value, codec};
use crate::output::Sink;
use crate::questions::plan::{Plan, Scan as Reads};
use crate::readers::{Input, Scan, Sizes};
pub(crate) use lender::{Copies, Lender};
use ordering::union_key;
use stage::{Desk, Part, Stage};
pub(crate) use streaming::{Next, Spelt, Stream};

/// What a person sets about a pass.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `--memory`; `None` is the smaller of 256 MB and 60 % of the cgroup's limit.
    pub memory_bytes: Option<u64>,
    /// `--threads`; `None` is what `available_parallelism` says, shrunk when the budget is too small for it.
    pub threads: Option<usize>,
    /// `--spill-dir`.
    pub spill_dir: Option<PathBuf>,
    /// `--spill-limit`.
    pub spill_limit_bytes: Option<u64>,
    /// `--bad-values null`: count bad values as NULL instead of ending at the first.
    pub bad_values_are_null: bool,
    /// `--null-value`: a field that says this is NULL, as an empty one is.
    pub null_value: Option<Box<[u8]>>,
    /// `--chunk`: bytes of input a ticket, for tests.
    pub chunk_bytes: Option<usize>,
}

/// How far a pass has come: written by the workers, read by a progress bar, and by `--stats` also after a failure.
#[derive(Debug, Default)]
pub struct Progress {
    /// Set from outside (a signal, a closed pipe) to end the pass soon with [`Error::Interrupted`].
    pub stop: AtomicBool,
    /// Bytes of input read.
    pub bytes: AtomicU64,
    /// Records after the header.
    pub rows: AtomicU64,
    /// Records padded (`--ragged pad`).
    pub padded_rows: AtomicU64,
    /// Records skipped (`--ragged skip`).
    pub skipped_rows: AtomicU64,
    /// Empty lines, which are no records.
    pub empty_lines: AtomicU64,
    /// Records that are no JSON, left out (`flatten --on-bad skip`).
    pub bad_records: AtomicU64,
    /// Keys that an object of JSON has twice.
    pub duplicate_keys: AtomicU64,
    /// Groups there were.
    pub groups: AtomicU64,
    /// Bytes written to spill files.
    pub spilled_bytes: AtomicU64,
    /// Rows of the answer.
    pub answer_rows: AtomicU64,
    /// Bad values by column, when they count as NULL.
    pub bad_values: Mutex<BTreeMap<String, u64>>,
    /// Sentences for stderr that are no errors: a file that grew, `min` over numbers and text.
    pub warnings: Mutex<Vec<String>>,
    /// Threads that folded, the budget they kept; 0 until settled.
    pub threads: AtomicU64,
    /// The budget in force.
    pub memory_bytes: AtomicU64,
}

/// A question that is asked: its plan, and where its answer goes.
pub struct Asked<'a> {
    /// Bound to the headers of the inputs.
    pub plan: &'a Plan,
    /// Begun, filled and finished by the run.
    pub sink: &'a mut dyn Sink,
}

/// Answers all of `asked` over `inputs`, those whose headers the plans were bound to, each answer row by row into its sink.
///
/// Reads each input once, one after the other. Memory: `settings.memory_bytes`, whatever the inputs. The answers' bytes do not
/// depend on threads, chunk size, budget or reader.
///
/// Errors: the first in input order of what is wrong with the data; [`Error::Memory`] before a byte is read when the budget is
/// too small for the plans; whatever input, spill file or sink fail with.
pub fn run(asked: &mut [Asked<'_>], inputs: &[Input], settings: &Settings, progress: &Progress) -> Result<()> {
    let [Asked { plan, sink }] = asked else {
        return Err(Error::Usage("several questions at once are not built yet".to_owned()));
    };
    let [reads] = plan.scans.as_slice() else {
        return Err(Error::Usage("questions over several inputs are not built yet".to_owned()));
    };
    let input = &inputs[reads.input];
    let stages: Vec<Stage<'_>> = reads.passes.iter().map(|pass| Stage::new(reads, pass, settings)).collect();
    let copies = Copies::of(reads);
    let decoder_bytes = usize::try_from(input.decoder_bytes()).unwrap_or(usize::MAX);
    let needs = budget::Needs {
        copies: copies.most(),
        decoder_bytes,
        sink_bytes: sink.held_bytes(),
        ..budget::Needs::default()
    };
    let needs = stages.iter().fold(needs, |needs, stage| stage.add_needs(needs));
    let mut shares = budget::settle(settings.memory_bytes, settings.threads, input.io(), needs)?;
    if let Some(chunk_bytes) = settings.chunk_bytes {
        shares.sizes = Sizes { chunk_bytes, ..shares.sizes };
    }
    progress.threads.store(shares.threads as u64, Memory::Relaxed);
    progress.memory_bytes.store(shares.memory_bytes, Memory::Relaxed);

    let spill = Spill::new(settings.spill_dir.clone(), settings.spill_limit_bytes);
    let pool = Pool::new(shares.slab_bytes, shares.max_kept_slabs);
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(shares.threads).thread_name(|i| format!("fold-{i}")).build();
    let threads = threads.map_err(|error| Error::Usage(format!("cannot start {} threads: {error}", shares.threads)))?;
    let lender = Lender::new(copies, &shares, input.io(), needs);
    let pass = Pass {
        plan,
        reads,
        shares,
        stages: &stages,
        spill: &spill,
        pool: &pool,
        threads: &threads,
        lender: &lender,
        progress,
    };
    let answered = pass.answer(input, *sink);
    progress.spilled_bytes.store(spill.written_bytes(), Memory::Relaxed);
    answered
}

/// What an arena keeps of memory behind a batch; one that a long record blew up is given back.
const KEPT_BYTES: usize = 8 << 20;

/// What all phases of a run share.
struct Pass<'r> {
    plan: &'r Plan,
    reads: &'r Reads,
    shares: budget::Shares,
    stages: &'r [Stage<'r>],
    spill: &'r Spill,
    pool: &'r Pool,
    threads: &'r rayon::ThreadPool,
    lender: &'r Lender,
    progress: &'r Progress,
}

impl Pass<'_> {
    fn answer(&self, input: &Input, sink: &mut dyn Sink) -> Result<()> {
        let columns = &self.plan.answer;
        if let [stage] = self.stages
            && stage.is_stream()
        {
            sink.begin(columns)?;
            let cut = &self.reads.passes[0].cut;
            let stream = Stream::new(sink, columns, cut.offset, cut.limit);
            let scanned =
                if cut.limit == Some(0) { Ok(()) } else { self.scan(input, &mut self.no_parts(), Some(&stream)) };
            self.progress.answer_rows.store(stream.written(), Memory::Relaxed);
            drop(stream);
            scanned?;
            return sink.finish();
        }
        let stores: Vec<_> = self.stages.iter().map(|stage| stage.stores(self.pool, self.spill)).collect();
        let part = |i: usize| self.stages[i].part(&stores[i], self.spill, &self.shares);
        let mut workers: Vec<Vec<Part<'_>>> =
            (0..self.shares.threads).map(|_| (0..self.stages.len()).map(part).collect()).collect();
        self.scan(input, &mut workers, None)?;
        let finish = self.shares.finish(self.lender.most_lent());
        if let [stage] = self.stages
            && stage.is_in_key_order()
        {
            sink.begin(columns)?;
            let cut = &self.reads.passes[0].cut;
            let stream = Stream::new(sink, columns, cut.offset, cut.limit);
            let mut parts: Vec<&mut Part<'_>> = workers.iter_mut().map(|parts| &mut parts[0]).collect();
            let spelt_bytes = self.shares.spelt_bytes;
            let finished = stage.finish_in_order(
                &mut parts,
                &stores[0],
                self.threads,
                finish,
                (&stream, spelt_bytes),
                self.progress,
            );
            self.progress.answer_rows.store(stream.written(), Memory::Relaxed);
            drop(stream);
            finished?;
            return sink.finish();
        }
        for (i, stage) in self.stages.iter().enumerate() {
            let mut parts: Vec<&mut Part<'_>> = workers.iter_mut().map(|parts| &mut parts[i]).collect();
            stage.finish(&mut parts, &stores[i], self.threads, finish, self.progress)?;
        }
        let parts = |i: usize, workers: &mut Vec<Vec<Part<'_>>>, each: &mut dyn FnMut(&[u8]) -> Result<()>| {
            self.stages[i].emit(workers.iter_mut().map(|parts| &mut parts[i]), finish, each)
        };
        sink.begin(columns)?;
        if self.stages.len() == 1 {
            let mut arena = Bump::new();
            parts(0, &mut workers, &mut |payload| {
                arena.reset();
                self.row(sink, payload, &arena)
            })?;
        } else {
            let mut rows = Vec::new();
            for i in 0..self.stages.len() {
                parts(i, &mut workers, &mut |payload| {
                    rows.push(payload.to_vec());
                    Ok(())
                })?;
            }
            self.emit_union(rows, sink)?;
        }
        sink.finish()
    }

    /// The arms of a union have a row each.
    fn emit_union(&self, rows: Vec<Vec<u8>>, sink: &mut dyn Sink) -> Result<()> {
        let cut = self.plan.union_order.clone().unwrap_or_default();
        let arena = Bump::new();
        let mut keyed: Vec<(Vec<u8>, Vec<u8>)> = rows.into_iter().map(|payload| (Vec::new(), payload)).collect();
        // Without ORDER BY the arms stand as they were written.
        if !cut.order.is_empty() {
            for (key, payload) in &mut keyed {
                union_key(&cut, &self.plan.answer, &self.values(payload, &arena), key);
            }
            keyed.sort();
        }
        let clamp = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let limit = cut.limit.map_or(usize::MAX, clamp);
        keyed.iter().skip(clamp(cut.offset)).take(limit).try_for_each(|(_, payload)| self.row(sink, payload, &arena))
    }

    fn row(&self, sink: &mut dyn Sink, payload: &[u8], arena: &Bump) -> Result<()> {
        if self.progress.answer_rows.fetch_add(1, Memory::Relaxed).is_multiple_of(1024) {
            self.check_stop()?;
        }
        sink.row(&self.values(payload, arena))
    }

    fn values<'a>(&self, mut payload: &'a [u8], arena: &'a Bump) -> Vec<Value<'a>> {
        let decode = |_| codec::decode(&mut payload, arena).expect("was encoded by the collector's side");
        self.plan.answer.iter().map(decode).collect()
    }

    fn no_parts<'s>(&self) -> Vec<Vec<Part<'s>>> {
        (0..self.shares.threads).map(|_| Vec::new()).collect()
    }

    fn check_stop(&self) -> Result<()> {
        check_stop(self.progress)
    }

    /// Reads the whole input on all threads; `workers[i]` are worker i's parts, one a stage.
    fn scan(&self, input: &Input, workers: &mut [Vec<Part<'_>>], stream: Option<&Stream<'_>>) -> Result<()> {
        let scan = input.scan(self.shares.sizes, self.lender);
        self.threads.scope(|scope| {
            for parts in workers {
                let scan = &scan;
                scope.spawn(move |_| self.work(scan, parts, stream));
            }
        });
        let warnings = scan.finish()?;
        self.progress.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(warnings);
        // An interrupt ends the whole pipeline: what looked like the end of the input may be its writer's.
        self.check_stop()
    }

    fn work(&self, scan: &Scan<'_>, parts: &mut [Part<'_>], stream: Option<&Stream<'_>>) {
        let reads_no_field = self.stages.iter().all(Stage::reads_no_field);
        let mut worker = if reads_no_field { scan.worker().without_fields() } else { scan.worker() };
        let (mut arena, mut spelt) = (Bump::new(), Spelt::of(self.shares.spelt_bytes));
        let mut ordinal = 0;
        let mut work = || -> Result<()> {
            while let Some(chunk) = worker.next_chunk()? {
                ordinal = chunk.ordinal;
                self.check_stop()?;
                for (stage, part) in self.stages.iter().zip(&mut *parts) {
                    stage.fold_counted(worker.counted(), part)?;
                }
                loop {
                    // The error of a record comes after the records before it, whose rows may fill the limit.
                    let folded = match worker.next_batch() {
                        Ok(None) => break,
                        Ok(Some(batch)) => {
                            self.fold(&batch, parts, stream.map(|stream| (stream, &mut spelt)), ordinal, &arena)
                        }
                        Err(error) => Err(error),
                    };
                    if arena.allocated_bytes() > KEPT_BYTES {
                        arena = Bump::new()
                    } else {
                        arena.reset()
                    }
                    if let Some(stream) = stream {
                        worker.intact()?;
                        let next = stream.hand_over(ordinal, &mut spelt, folded.is_err())?;
                        if next == Next::Stop {
                            scan.stop_after(ordinal);
                            stream.pass_on(ordinal);
                            self.count(&worker.take_counts());
                            return Ok(());
                        }
                    }
                    self.count(&worker.take_counts());
                    folded?;
                }
                worker.intact()?;
                if let Some(stream) = stream {
                    let next = stream.hand_over(ordinal, &mut spelt, true)?;
                    stream.pass_on(ordinal);
                    if next == Next::Stop {
                        scan.stop_after(ordinal);
                    }
                }
            }
            Ok(())
        };
        let worked = work();
        self.count(&worker.take_counts());
        if let Err(error) = worked {
            if let Some(stream) = stream {
                stream.fail(ordinal);
            }
            worker.fail(error);
        }
    }

    fn fold(
        &self,
        batch: &crate::readers::Batch<'_>,
        parts: &mut [Part<'_>],
        stream: Option<(&Stream<'_>, &mut Spelt)>,
        ordinal: u64,
        arena: &Bump,
    ) -> Result<()> {
        let desk = Desk { arena, most_elements: self.shares.sizes.batch_records, progress: self.progress };
        match stream {
            Some((stream, spelt)) => self.stages[0].stream(batch, stream, spelt, ordinal, &desk),
            None => self.stages.iter().zip(parts).try_for_each(|(stage, part)| stage.fold(batch, part, &desk)),
        }
    }

    fn count(&self, counts: &crate::readers::Counts) {
        let add = |to: &AtomicU64, n: u64| {
            if n > 0 {
                to.fetch_add(n, Memory::Relaxed);
            }
        };
        add(&self.progress.bytes, counts.bytes);
        add(&self.progress.rows, counts.rows);
        add(&self.progress.padded_rows, counts.padded);
        add(&self.progress.skipped_rows, counts.skipped);
        add(&self.progress.empty_lines, counts.empty_lines);
    }
}

pub(crate) fn check_stop(progress: &Progress) -> Result<()> {
    if progress.stop.load(Memory::Relaxed) { Err(Error::Interrupted { terminated: false }) } else { Ok(()) }
}
