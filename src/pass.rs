//! The only loop and the only threads that fold: plans and inputs in, answers out.
//!
//! ```text
//! scan:    every worker: chunk ─▶ batch ─▶ for each pass: lanes ─▶ folders, collector or stream
//! finish:  every worker: partition ─▶ groups ─▶ rows ─▶ collector        (a fold by value first, into its main fold)
//! answer:  one thread:   collectors, merged ─▶ sink
//! ```
//!
//! A phase begins when the one before it is done on all workers; inside a phase workers share nothing but tickets.

mod changes;
mod columns;
mod elements;
mod filter;
mod frame;
mod grouping;
mod key_parts;
mod lender;
mod look;
mod marked;
mod numbers;
mod ordering;
mod packed;
mod partitions;
mod results;
mod stage;
mod streaming;
mod turns;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering as Memory};
use std::sync::{Arc, Mutex};

use bumpalo::Bump;

use crate::aggregates::slabs::Pool;
use crate::aggregates::spill::Spill;
use crate::budget;
use crate::error::{Error, Result};
use crate::exprs::{Value, codec};
use crate::finish::Tables;
use crate::output::Sink;
use crate::questions::plan::{AnswerColumn, Pass as Block, Plan, Scan as Reads};
use crate::readers::{Input, Scan, Sizes};
pub use changes::Changes;
pub(crate) use lender::{Copies, Lender};
pub(crate) use look::look;
use results::{Results, Table};
use stage::{Desk, Part, Stage};
pub(crate) use streaming::{Next, Spelt, Stream};
pub(crate) use turns::Turns;

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
    pub stop: Arc<AtomicBool>,
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
    /// What a load changed of a table that is kept, when there is one.
    pub changes: Mutex<Option<Changes>>,
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
    /// Whether the answer has estimates.
    pub approximate: AtomicBool,
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
    let memory_bytes = budget::memory_bytes(settings.memory_bytes);
    let spill = Spill::new(settings.spill_dir.clone(), settings.spill_limit_bytes);
    let n_outer = asked.iter().filter(|asked| asked.plan.outer.is_some()).count();
    let tables_bytes = budget::tables_bytes(memory_bytes, n_outer);
    let open = |asked: &Asked<'_>| match &asked.plan.outer {
        None => Ok(None),
        Some(outer) => {
            let directory = spill.told_directory()?;
            let tables = Tables::open(outer, tables_bytes, directory.as_deref(), settings.spill_limit_bytes)?;
            Ok(Some(Mutex::new(tables)))
        }
    };
    let mut tables = asked.iter().map(open).collect::<Result<Vec<_>>>()?;
    for (place, input) in inputs.iter().enumerate() {
        let mut tasks = Vec::new();
        for (asked, tables) in asked.iter_mut().zip(&tables) {
            let Some(reads) = asked.plan.scans.iter().find(|scan| scan.input == place) else { continue };
            match (&asked.plan.outer, tables) {
                (Some(outer), Some(tables)) => {
                    for (at, table) in outer.tables.iter().enumerate().filter(|(_, table)| table.input == place) {
                        let into = Results::Table(Table { tables, place: at });
                        tasks.push(Task { reads, block: &reads.passes[table.pass], into });
                    }
                }
                _ => {
                    let into = Results::Answer(&mut *asked.sink);
                    tasks.extend(reads.passes.first().map(|block| Task { reads, block, into }));
                }
            }
        }
        if !tasks.is_empty() {
            read(input, &mut tasks, n_outer * tables_bytes, settings, &spill, progress)?;
        }
    }
    for (asked, tables) in asked.iter_mut().zip(&mut tables) {
        if let (Some(outer), Some(tables)) = (&asked.plan.outer, tables.take()) {
            let mut tables = tables.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            progress.approximate.fetch_or(outer.is_approximate(), Memory::Relaxed);
            asked.sink.begin(&outer.answer)?;
            let most = tables_bytes.max(budget::left_bytes(memory_bytes) / 2);
            let stop = Arc::clone(&progress.stop);
            let sink = &mut *asked.sink;
            tables.answer(outer, most, move || stop.load(Memory::Relaxed), &mut |values| {
                progress.answer_rows.fetch_add(1, Memory::Relaxed);
                sink.row(values)
            })?;
            if tables.bytes() > tables_bytes as u64 {
                progress.spilled_bytes.fetch_add(tables.bytes(), Memory::Relaxed);
            }
            asked.sink.finish()?;
        }
    }
    Ok(())
}

/// One pass, what it reads, and where its rows go.
struct Task<'t> {
    reads: &'t Reads,
    block: &'t Block,
    into: Results<'t>,
}

/// Reads `input` once, for all of `tasks`; `tables_bytes` of memory are other people's.
fn read(
    input: &Input,
    tasks: &mut [Task<'_>],
    tables_bytes: usize,
    settings: &Settings,
    spill: &Spill,
    progress: &Progress,
) -> Result<()> {
    let blocks: Vec<_> = tasks.iter().map(|task| (task.reads, task.block)).collect();
    let stages: Vec<Stage<'_>> = blocks.iter().map(|(reads, block)| Stage::new(reads, block, settings)).collect();
    let mut scans: Vec<&Reads> = blocks.iter().map(|(reads, _)| *reads).collect();
    scans.dedup_by(|one, other| std::ptr::eq(*one, *other));
    let copies = scans.into_iter().map(Copies::of).fold(Copies::default(), Copies::and);
    let columns: Vec<usize> =
        blocks.iter().flat_map(|(reads, _)| reads.columns.iter().map(|column| column.index)).collect();
    let decoder_bytes = usize::try_from(input.decoder_bytes(Some(&columns))?).unwrap_or(usize::MAX);
    let sink_bytes = tasks.iter_mut().map(|task| task.into.sink().held_bytes()).sum();
    let needs =
        budget::Needs { copies: copies.most(), decoder_bytes, tables_bytes, sink_bytes, ..budget::Needs::default() };
    progress.approximate.fetch_or(stages.iter().any(Stage::is_approximate), Memory::Relaxed);
    let needs = stages.iter().fold(needs, |needs, stage| stage.add_needs(needs));
    let mut shares = budget::settle(settings.memory_bytes, settings.threads, input.io(), needs)?;
    if let Some(chunk_bytes) = settings.chunk_bytes {
        shares.sizes = Sizes { chunk_bytes, ..shares.sizes };
    }
    progress.threads.store(shares.threads as u64, Memory::Relaxed);
    progress.memory_bytes.store(shares.memory_bytes, Memory::Relaxed);

    let pool = Pool::new(shares.slab_bytes, shares.max_kept_slabs);
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(shares.threads).thread_name(|i| format!("fold-{i}")).build();
    let threads = threads.map_err(|error| Error::Usage(format!("cannot start {} threads: {error}", shares.threads)))?;
    let lender = Lender::new(copies, &shares, input.io(), needs);
    let pass = Pass {
        blocks: &blocks,
        shares,
        stages: &stages,
        spill,
        pool: &pool,
        threads: &threads,
        lender: &lender,
        progress,
    };
    let mut into: Vec<&mut Results<'_>> = tasks.iter_mut().map(|task| &mut task.into).collect();
    let answered = pass.answer(input, &mut into);
    progress.spilled_bytes.store(spill.written_bytes(), Memory::Relaxed);
    answered
}

/// What an arena keeps of memory behind a batch; one that a long record blew up is given back.
const KEPT_BYTES: usize = 8 << 20;

/// What all phases of a run share.
struct Pass<'r> {
    blocks: &'r [(&'r Reads, &'r Block)],
    shares: budget::Shares,
    stages: &'r [Stage<'r>],
    spill: &'r Spill,
    pool: &'r Pool,
    threads: &'r rayon::ThreadPool,
    lender: &'r Lender,
    progress: &'r Progress,
}

/// What a worker fills: a part a stage, and beside it the rows that leave as they are read.
struct Hands<'w, 's> {
    parts: &'w mut [Part<'s>],
    spelt: Vec<Spelt>,
    /// By stage: whether nobody wants more of its rows.
    full: Vec<bool>,
}

impl Pass<'_> {
    /// Scans `input` and puts the rows of stage `i` into `into[i]`.
    fn answer(&self, input: &Input, into: &mut [&mut Results<'_>]) -> Result<()> {
        let stores: Vec<_> = self.stages.iter().map(|stage| stage.stores(self.pool, self.spill)).collect();
        let part = |i: usize| self.stages[i].part(&stores[i], self.spill, &self.shares);
        let mut workers: Vec<Vec<Part<'_>>> =
            (0..self.shares.threads).map(|_| (0..self.stages.len()).map(part).collect()).collect();
        self.stream(input, into, &mut workers)?;
        let finish = self.shares.finish(self.lender.most_lent());
        for (i, stage) in self.stages.iter().enumerate() {
            let is_answer = into[i].is_answer();
            let sink = into[i].sink();
            let columns = &self.blocks[i].1.columns;
            if stage.is_in_key_order() {
                sink.begin(columns)?;
                let cut = &self.blocks[i].1.cut;
                let stream = Stream::new(sink, columns, cut.offset, cut.limit);
                let mut parts: Vec<&mut Part<'_>> = workers.iter_mut().map(|parts| &mut parts[i]).collect();
                let spelt = (&stream, self.shares.spelt_bytes);
                let finished =
                    stage.finish_in_order(&mut parts, &stores[i], self.threads, finish, spelt, self.progress);
                if is_answer {
                    self.progress.answer_rows.fetch_add(stream.written(), Memory::Relaxed);
                }
                drop(stream);
                finished?;
            } else if !stage.is_stream() {
                let mut parts: Vec<&mut Part<'_>> = workers.iter_mut().map(|parts| &mut parts[i]).collect();
                stage.finish(&mut parts, &stores[i], self.threads, finish, self.progress)?;
                sink.begin(columns)?;
                let (mut arena, mut n_rows) = (Bump::new(), 0u64);
                stage.emit(workers.iter_mut().map(|parts| &mut parts[i]), finish, &mut |payload| {
                    arena.reset();
                    if n_rows.is_multiple_of(1024) {
                        self.check_stop()?;
                    }
                    n_rows += 1;
                    if is_answer {
                        self.progress.answer_rows.fetch_add(1, Memory::Relaxed);
                    }
                    sink.row(&values(payload, columns, &arena))
                })?;
            }
            sink.finish()?;
        }
        Ok(())
    }

    /// Scans `input`; the rows of stages that stream go into their sinks meanwhile.
    fn stream(&self, input: &Input, into: &mut [&mut Results<'_>], workers: &mut [Vec<Part<'_>>]) -> Result<()> {
        let (mut streams, mut is_answer) = (Vec::new(), Vec::new());
        for (i, results) in into.iter_mut().enumerate() {
            let Block { columns, cut, .. } = self.blocks[i].1;
            streams.push(if self.stages[i].is_stream() {
                results.sink().begin(columns)?;
                is_answer.push(results.is_answer());
                Some(Stream::new(results.sink(), columns, cut.offset, cut.limit))
            } else {
                None
            });
        }
        let nothing = (0..streams.len()).all(|i| streams[i].is_some() && self.blocks[i].1.cut.limit == Some(0));
        let scanned = if nothing { Ok(()) } else { self.scan(input, workers, &streams) };
        for (stream, _) in streams.iter().flatten().zip(is_answer).filter(|(_, is_answer)| *is_answer) {
            self.progress.answer_rows.fetch_add(stream.written(), Memory::Relaxed);
        }
        scanned
    }

    fn check_stop(&self) -> Result<()> {
        check_stop(self.progress)
    }

    /// Reads the whole input on all threads; `workers[i]` are worker i's parts, one a stage, and `streams` those of stages that
    /// stream.
    fn scan(&self, input: &Input, workers: &mut [Vec<Part<'_>>], streams: &[Option<Stream<'_>>]) -> Result<()> {
        let scan = input.scan(self.shares.sizes, self.lender);
        self.threads.scope(|scope| {
            for parts in workers {
                let scan = &scan;
                scope.spawn(move |_| self.work(scan, parts, streams));
            }
        });
        let warnings = scan.finish()?;
        self.progress.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(warnings);
        // An interrupt ends the whole pipeline: what looked like the end of the input may be its writer's.
        self.check_stop()
    }

    fn work(&self, scan: &Scan<'_>, parts: &mut [Part<'_>], streams: &[Option<Stream<'_>>]) {
        let reads_no_field = self.stages.iter().all(Stage::reads_no_field);
        let mut worker = if reads_no_field { scan.worker().without_fields() } else { scan.worker() };
        let mut arena = Bump::new();
        let spelt = streams.iter().map(|_| Spelt::of(self.shares.spelt_bytes)).collect();
        let mut hands = Hands { parts, spelt, full: vec![false; streams.len()] };
        let any_stream = streams.iter().any(Option::is_some);
        let mut ordinal = 0;
        let mut work = || -> Result<()> {
            while let Some(chunk) = worker.next_chunk()? {
                ordinal = chunk.ordinal;
                self.check_stop()?;
                for (stage, part) in self.stages.iter().zip(&mut *hands.parts) {
                    stage.fold_counted(worker.counted(), part)?;
                }
                loop {
                    // The error of a record comes after the records before it, whose rows may fill the limit.
                    let folded = match worker.next_batch() {
                        Ok(None) => break,
                        Ok(Some(batch)) => self.fold(&batch, &mut hands, streams, ordinal, &arena),
                        Err(error) => Err(error),
                    };
                    if arena.allocated_bytes() > KEPT_BYTES {
                        arena = Bump::new()
                    } else {
                        arena.reset()
                    }
                    if any_stream {
                        worker.intact()?;
                        if self.hand_over(&mut hands, streams, ordinal, folded.is_err())? == Next::Stop {
                            scan.stop_after(ordinal);
                            streams.iter().flatten().for_each(|stream| stream.pass_on(ordinal));
                            self.count(&worker.take_counts());
                            return Ok(());
                        }
                    }
                    self.count(&worker.take_counts());
                    folded?;
                }
                worker.intact()?;
                if any_stream {
                    let next = self.hand_over(&mut hands, streams, ordinal, true)?;
                    streams.iter().flatten().for_each(|stream| stream.pass_on(ordinal));
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
            streams.iter().flatten().for_each(|stream| stream.fail(ordinal));
            worker.fail(error);
        }
    }

    /// Hands over what is spelt; stops when nobody wants more of anything.
    fn hand_over(
        &self,
        hands: &mut Hands<'_, '_>,
        streams: &[Option<Stream<'_>>],
        ordinal: u64,
        must: bool,
    ) -> Result<Next> {
        let mut next = Next::Stop;
        for (i, stream) in streams.iter().enumerate() {
            match stream {
                None => next = Next::Go,
                Some(_) if hands.full[i] => {}
                Some(stream) => match stream.hand_over(ordinal, &mut hands.spelt[i], must)? {
                    Next::Go => next = Next::Go,
                    Next::Stop => {
                        hands.full[i] = true;
                        hands.spelt[i].clear();
                    }
                },
            }
        }
        Ok(next)
    }

    fn fold(
        &self,
        batch: &crate::readers::Batch<'_>,
        hands: &mut Hands<'_, '_>,
        streams: &[Option<Stream<'_>>],
        ordinal: u64,
        arena: &Bump,
    ) -> Result<()> {
        let desk = Desk { arena, most_elements: self.shares.sizes.batch_records, progress: self.progress };
        for (i, stage) in self.stages.iter().enumerate() {
            match &streams[i] {
                Some(_) if hands.full[i] => {}
                Some(stream) => stage.stream(batch, stream, &mut hands.spelt[i], ordinal, &desk)?,
                None => stage.fold(batch, &mut hands.parts[i], &desk)?,
            }
        }
        Ok(())
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

/// The row that `payload` spells.
fn values<'a>(mut payload: &'a [u8], columns: &[AnswerColumn], arena: &'a Bump) -> Vec<Value<'a>> {
    let decode = |_| codec::decode(&mut payload, arena).expect("was encoded by the collector's side");
    columns.iter().map(decode).collect()
}

pub(crate) fn check_stop(progress: &Progress) -> Result<()> {
    if progress.stop.load(Memory::Relaxed) { Err(Error::Interrupted { terminated: false }) } else { Ok(()) }
}
