//! Columns and an input in, rows into a sink: the records are read and parsed on all threads, the rows leave in their order.

use std::sync::atomic::Ordering::Relaxed;

use bumpalo::Bump;

use crate::budget::{self, Needs, Shares};
use crate::error::{Error, Place, Result};
use crate::exprs::{Value, time};
use crate::flatten::columns::Columns;
use crate::flatten::record::{Bad, Record, Stop};
use crate::output::Sink;
use crate::pass::{self, Copies, Lender, Next, Progress, Spelt, Stream};
use crate::readers::{Batch, Counts, Input, Scan, Sizes};

/// What becomes of a record that is not right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBad {
    /// It ends the run with [`Error::Json`].
    #[default]
    Error,
    /// It is left out, and counted.
    Skip,
}

/// How often a record's text lies in memory beside the record: without escapes, and spelt, in a buffer that doubles, quotes doubled.
pub(super) const COPIES: usize = 5;

/// What an arena keeps of memory behind a batch; one that a long record blew up is given back.
const KEPT_BYTES: usize = 4 << 20;

/// Writes the rows of all records of `input`, which is of JSON, to `sink`, in input order.
///
/// Memory: `settings.memory_bytes`, whatever the input. Errors: the first in input order of what is wrong with a record, unless
/// `on_bad` says otherwise; a date that is none where only the day of a date is wanted, unless `settings.bad_values_are_null`.
pub fn run(
    columns: &Columns,
    input: &Input,
    settings: &pass::Settings,
    on_bad: OnBad,
    sink: &mut dyn Sink,
    progress: &Progress,
) -> Result<()> {
    let needs = Needs { columns: columns.answer.len(), streams: true, ..needs(input)? };
    let (shares, lender) = shares(input, settings, needs, progress)?;
    sink.begin(&columns.answer)?;
    let stream = Stream::new(sink, &columns.answer, 0, None);
    let scan = input.scan(shares.sizes, &lender);
    on_all_threads(&shares, || {
        Worker { columns, settings, on_bad, progress, scan: &scan, stream: &stream, shares: &shares }.work();
    })?;
    progress.answer_rows.store(stream.written(), Relaxed);
    drop(stream);
    end(scan, progress)?;
    sink.finish()
}

/// What every run over JSON needs.
pub(super) fn needs(input: &Input) -> Result<Needs> {
    let decoder_bytes = usize::try_from(input.decoder_bytes(None)?).unwrap_or(usize::MAX);
    Ok(Needs { copies: COPIES, decoder_bytes, ..Needs::default() })
}

/// Divides the budget.
fn shares(input: &Input, settings: &pass::Settings, needs: Needs, progress: &Progress) -> Result<(Shares, Lender)> {
    let mut shares = budget::settle(settings.memory_bytes, settings.threads, input.io(), needs)?;
    if let Some(chunk_bytes) = settings.chunk_bytes {
        shares.sizes = Sizes { chunk_bytes, ..shares.sizes };
    }
    progress.threads.store(shares.threads as u64, Relaxed);
    progress.memory_bytes.store(shares.memory_bytes, Relaxed);
    let lender = Lender::new(Copies::of_column(0, COPIES), &shares, input.io(), needs);
    Ok((shares, lender))
}

/// Does `work` once a thread.
fn on_all_threads(shares: &Shares, work: impl Fn() + Sync) -> Result<()> {
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(shares.threads).thread_name(|i| format!("json-{i}")).build();
    let threads = threads.map_err(|error| Error::Usage(format!("cannot start {} threads: {error}", shares.threads)))?;
    threads.scope(|scope| (0..shares.threads).for_each(|_| scope.spawn(|_| work())));
    Ok(())
}

/// What the scan came to.
fn end(scan: Scan<'_>, progress: &Progress) -> Result<()> {
    let warnings = scan.finish()?;
    progress.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(warnings);
    pass::check_stop(progress)
}

/// Adds what was read; `n_blank` of its records are blanks, as good as empty.
fn count(progress: &Progress, counts: Counts, n_blank: u64) {
    progress.bytes.fetch_add(counts.bytes, Relaxed);
    progress.rows.fetch_add(counts.rows - n_blank, Relaxed);
    progress.empty_lines.fetch_add(counts.empty_lines + n_blank, Relaxed);
}

/// What a record that is not right is told as.
pub(super) fn told(batch: &Batch<'_>, r: usize, bad: Bad) -> Error {
    Error::Json { place: batch.place(r), byte: bad.byte as u64, what: bad.what }
}

/// A record with the byte that divides the fields of a line, which JSON never holds.
pub(super) fn not_json(error: Error) -> Error {
    match error {
        Error::Ragged { place, .. } => Error::Json { place, byte: 0, what: "a NUL".to_owned() },
        error => error,
    }
}

struct Worker<'w, 'o> {
    columns: &'w Columns,
    settings: &'w pass::Settings,
    on_bad: OnBad,
    progress: &'w Progress,
    scan: &'w Scan<'w>,
    stream: &'w Stream<'o>,
    shares: &'w Shares,
}

impl Worker<'_, '_> {
    fn work(&self) {
        let mut reader = self.scan.worker();
        let mut spelt = Spelt::of(self.shares.spelt_bytes);
        let mut record = Record::new(self.columns);
        let (mut arena, mut ordinal, mut n_blank) = (Bump::new(), 0, 0);
        let mut work = || -> Result<()> {
            while let Some(chunk) = reader.next_chunk()? {
                ordinal = chunk.ordinal;
                pass::check_stop(self.progress)?;
                loop {
                    // The error of a record comes after the rows of those before it.
                    let flattened = match reader.next_batch() {
                        Ok(None) => break,
                        Ok(Some(batch)) => self.batch(&batch, &mut record, &mut spelt, (ordinal, &mut n_blank), &arena),
                        Err(error) => Err(not_json(error)),
                    };
                    if arena.allocated_bytes() > KEPT_BYTES {
                        arena = Bump::new()
                    } else {
                        arena.reset()
                    }
                    reader.intact()?;
                    let next = self.stream.hand_over(ordinal, &mut spelt, flattened.is_err())?;
                    self.counted(&reader.take_counts(), std::mem::take(&mut n_blank), &mut record);
                    flattened?;
                    if next == Next::Stop {
                        return Ok(());
                    }
                }
                reader.intact()?;
                let next = self.stream.hand_over(ordinal, &mut spelt, true)?;
                self.stream.pass_on(ordinal);
                if next == Next::Stop {
                    return Ok(());
                }
            }
            Ok(())
        };
        let worked = work();
        self.counted(&reader.take_counts(), n_blank, &mut record);
        if let Err(error) = worked {
            self.stream.fail(ordinal);
            reader.fail(error);
        }
    }

    fn counted(&self, counts: &Counts, n_blank: u64, record: &mut Record<'_>) {
        count(self.progress, *counts, n_blank);
        self.progress.duplicate_keys.fetch_add(std::mem::take(&mut record.duplicate_keys), Relaxed);
    }

    fn batch(
        &self,
        batch: &Batch<'_>,
        record: &mut Record<'_>,
        spelt: &mut Spelt,
        (ordinal, n_blank): (u64, &mut u64),
        arena: &Bump,
    ) -> Result<()> {
        let lines = batch.column(0);
        for r in 0..batch.n_records() {
            let line = lines.raw(r).trim_ascii_start();
            // A line of blanks is as good as empty.
            if line.is_empty() {
                *n_blank += 1;
                continue;
            }
            let rows = record.rows(line, arena, &mut |cells| {
                for &column in &self.columns.date_only {
                    cells[column] = self.day(cells[column], column, || batch.place(r))?;
                }
                self.stream.spell_row(cells, spelt)?;
                if spelt.is_full() {
                    batch.intact()?;
                    self.stream.hand_over(ordinal, spelt, true)?;
                }
                Ok(())
            });
            match rows {
                Ok(()) => {}
                Err(Stop::Taken(error)) => return Err(error),
                Err(Stop::Bad(_)) if self.on_bad == OnBad::Skip => {
                    self.progress.bad_records.fetch_add(1, Relaxed);
                }
                // Bytes that are not the file's are not to blame.
                Err(Stop::Bad(bad)) => return Err(batch.intact().err().unwrap_or_else(|| told(batch, r, bad))),
            }
        }
        Ok(())
    }

    /// The day of an instant.
    fn day<'b>(&self, value: Value<'b>, column: usize, place: impl Fn() -> Place) -> Result<Value<'b>> {
        let text = match value {
            Value::Timestamp(instant) => return Ok(Value::Date(time::day_of(instant))),
            Value::Text(text) if !text.is_empty() => text,
            other => return Ok(other),
        };
        if let Some(day) = time::parse_date(text) {
            return Ok(Value::Date(day));
        }
        let name = &self.columns.answer[column].name;
        if !self.settings.bad_values_are_null {
            let place = Place { column: Some(name.clone()), ..place() };
            return Err(Error::BadValue { place, wanted: "date", text: text.to_vec() });
        }
        let mut bad_values = self.progress.bad_values.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *bad_values.entry(name.clone()).or_default() += 1;
        Ok(Value::Null)
    }
}
