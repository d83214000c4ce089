//! Files that change while they are read, memory that is lent and given back, ends from outside.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

use rowfold::error::{Error, Result};
use rowfold::readers::{Input, Io, Reserve, Scan, Settings, Simd, Sizes, Unlimited};
use tempfile::NamedTempFile;

use crate::records::{How, WAYS, read, settings};

const SMALL: Sizes = Sizes { chunk_bytes: 4096, block_bytes: 1024, batch_records: 100, work_bytes: 0 };

fn file_of(text: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text).expect("written");
    file
}

fn rows(n: usize) -> Vec<u8> {
    (0..n).fold(b"a,b\n".to_vec(), |mut text, i| {
        text.extend_from_slice(format!("{i},{}\n", i * i).as_bytes());
        text
    })
}

fn open(file: &NamedTempFile, io: Io) -> Input {
    Input::open(&[file.path()], &Settings { io, ..settings() }).expect("opened")
}

/// Reads all there is on one thread, doing `meanwhile` after the first batch.
fn read_while(input: &Input, meanwhile: impl FnOnce()) -> Result<Vec<String>, Error> {
    let scan = input.scan(SMALL, &Unlimited);
    let mut meanwhile = Some(meanwhile);
    let mut worker = scan.worker();
    let read = (|| {
        while worker.next_chunk()?.is_some() {
            while worker.next_batch()?.is_some() {
                if let Some(meanwhile) = meanwhile.take() {
                    meanwhile();
                }
            }
        }
        Ok(())
    })();
    if let Err(error) = read {
        worker.fail(error);
    }
    drop(worker);
    scan.finish()
}

#[test]
fn truncated_file_ends_in_an_error_not_a_signal() {
    for io in [Io::Map, Io::Read] {
        for len in [0, 10, 4096, 5000, 40_000] {
            let file = file_of(&rows(10_000));
            let ended = read_while(&open(&file, io), || file.as_file().set_len(len).expect("truncated"));
            assert!(matches!(ended, Err(Error::Changed { what: "shrank", .. })), "{io:?} to {len}: {ended:?}");
        }
    }
}

#[test]
fn truncation_of_the_chunk_in_hand_is_told_before_anything_leaves() {
    let file = file_of(&rows(1000));
    let input = open(&file, Io::Map);
    let scan = input.scan(SMALL, &Unlimited);
    let mut worker = scan.worker();
    worker.next_chunk().expect("there").expect("one");
    file.as_file().set_len(0).expect("truncated");
    let told = worker.next_batch().map(|batch| batch.map(|batch| batch.column(0).raw(0).to_vec()));
    assert!(told.is_err() || worker.intact().is_err(), "{told:?}");
}

#[test]
fn replaced_file_is_an_error() {
    let file = file_of(&rows(10_000));
    let ended = read_while(&open(&file, Io::Map), || {
        file_of(&rows(10_000)).persist(file.path()).expect("renamed");
    });
    assert!(matches!(ended, Err(Error::Changed { what: "was replaced", .. })), "{ended:?}");
}

#[test]
fn file_written_to_is_an_error() {
    let file = file_of(&rows(10_000));
    let ended = read_while(&open(&file, Io::Read), || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let mut other = OpenOptions::new().write(true).open(file.path()).expect("opened");
        other.write_all(b"b").expect("written");
    });
    assert!(matches!(ended, Err(Error::Changed { what: "was written to", .. })), "{ended:?}");
}

#[test]
fn grown_file_is_a_warning() {
    for io in [Io::Map, Io::Read] {
        let file = file_of(&rows(10_000));
        let ended = read_while(&open(&file, io), || {
            let mut other = OpenOptions::new().append(true).open(file.path()).expect("opened");
            other.write_all(b"1,2\n").expect("written");
        });
        let warnings = ended.expect("no error");
        assert!(warnings[0].contains("grew by 4 bytes"), "{warnings:?}");
    }
}

/// Lends up to a limit, and keeps books.
#[derive(Default)]
struct Books {
    limit_bytes: u64,
    copies: u64,
    lent: AtomicU64,
    most: AtomicU64,
}

impl Reserve for Books {
    fn work_bytes(&self, field_bytes: &dyn Fn(usize) -> usize) -> u64 {
        let long = field_bytes(0);
        assert!(long < 100 || field_bytes(1) == 1, "behind the long one is x");
        long as u64 * self.copies
    }

    fn reserve(&self, bytes: u64) -> bool {
        let lent = self.lent.fetch_add(bytes, Ordering::SeqCst) + bytes;
        self.most.fetch_max(lent, Ordering::SeqCst);
        if lent > self.limit_bytes {
            self.lent.fetch_sub(bytes, Ordering::SeqCst);
            return false;
        }
        true
    }

    fn would_do(&self, record_bytes: u64) -> u64 {
        record_bytes
    }

    fn give_back(&self, bytes: u64) {
        self.lent.fetch_sub(bytes, Ordering::SeqCst);
    }
}

/// Six records of 300,000 bytes each among short ones.
fn with_long_records() -> Vec<u8> {
    let long = format!("\"{}\",x\n", "long, \n".repeat(43_000));
    let some = rows(2000);
    (0..6).fold(b"a,b\n".to_vec(), |mut text, _| {
        text.extend_from_slice(&some[4..]);
        text.extend_from_slice(long.as_bytes());
        text
    })
}

#[test]
fn memory_for_long_records_is_lent_once_at_a_time_and_given_back() {
    let text = with_long_records();
    for io in [Io::Map, Io::Read] {
        let file = file_of(&text);
        let input = open(&file, io);
        let books = Books { limit_bytes: 1 << 20, ..Books::default() };
        let scan = input.scan(SMALL, &books);
        let n = AtomicU64::new(0);
        std::thread::scope(|threads| {
            for _ in 0..3 {
                threads.spawn(|| {
                    let mut worker = scan.worker();
                    while worker.next_chunk().expect("read").is_some() {
                        while let Some(batch) = worker.next_batch().expect("read") {
                            n.fetch_add(batch.n_records() as u64, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        scan.finish().expect("read");
        assert_eq!(n.into_inner(), 6 * 2001, "{io:?}");
        assert_eq!(books.lent.into_inner(), 0, "{io:?}: all is given back");
        let most = books.most.into_inner();
        assert!((250_000..=700_000).contains(&most), "{io:?}: one record at a time, and not twice over: {most}");
    }
}

/// One worker reads it all.
fn read_alone(scan: &Scan<'_>) -> Result<()> {
    let mut worker = scan.worker();
    while worker.next_chunk()?.is_some() {
        while worker.next_batch()?.is_some() {}
    }
    Ok(())
}

#[test]
fn what_is_made_of_a_long_record_is_asked_for_with_it() {
    let text = with_long_records();
    for (io, limit_bytes) in [(Io::Map, 2_000_000), (Io::Read, 2_000_000), (Io::Map, 1_000_000)] {
        let file = file_of(&text);
        let input = open(&file, io);
        let books = Books { limit_bytes, copies: 4, ..Books::default() };
        let read = read_alone(&input.scan(SMALL, &books));
        let fits = limit_bytes > 1_600_000;
        assert_eq!(read.is_ok(), fits, "{io:?}, {limit_bytes}: {read:?}");
        if let Err(error) = read {
            let would_do = 43_000 * 7 + 4;
            assert!(matches!(error, Error::MemoryAt { would_do_bytes, .. } if would_do_bytes == would_do), "{error:?}");
        }
    }
}

#[test]
fn record_beyond_the_budget_is_told_by_its_line() {
    let text = with_long_records();
    for io in [Io::Map, Io::Read] {
        let file = file_of(&text);
        let input = open(&file, io);
        let books = Books { limit_bytes: 100_000, ..Books::default() };
        let scan = input.scan(SMALL, &books);
        let error = read_alone(&scan).expect_err("too long");
        assert!(matches!(&error, Error::MemoryAt { place, .. } if place.line == Some(2002)), "{io:?}: {error}");
    }
}

#[test]
fn long_records_come_through_whole() {
    let text = with_long_records();
    for way in WAYS {
        for chunk_bytes in [1000, 5000, 300_000, 1 << 20] {
            let how = How { way, chunk_bytes, block_bytes: 1000, threads: 3, simd: Simd::best() };
            let (records, counts) = read(&text, &settings(), how).expect("read");
            assert_eq!(records.len(), 6 * 2001, "{how:?}");
            assert_eq!(records[2000][0].len(), 7 * 43_000, "{how:?}");
            assert_eq!(counts.skipped, 0);
        }
    }
}

#[test]
fn nothing_is_handed_out_behind_the_chunk_that_was_enough() {
    let file = file_of(&rows(10_000));
    let input = open(&file, Io::Map);
    let scan = input.scan(SMALL, &Unlimited);
    let (mut first, mut second) = (scan.worker(), scan.worker());
    let chunk = first.next_chunk().expect("read").expect("a chunk");
    scan.stop_after(chunk.ordinal);
    assert!(second.next_chunk().expect("read").is_none());
    assert!(first.next_batch().expect("read").is_some(), "the chunk itself goes on");
}

#[test]
fn long_records_wait_for_no_worker_that_waits_for_its_turn() {
    let text = with_long_records();
    for io in [Io::Map, Io::Read] {
        let file = file_of(&text);
        let input = open(&file, io);
        let scan = input.scan(SMALL, &Unlimited);
        // As a caller does that writes rows in input order: nobody takes another chunk before its turn has come.
        let (turn, moved) = (Mutex::new(0), Condvar::new());
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    let mut worker = scan.worker();
                    while let Some(chunk) = worker.next_chunk().expect("read") {
                        while worker.next_batch().expect("read").is_some() {
                            drop(moved.wait_while(turn.lock().expect("no panic"), |turn| *turn < chunk.ordinal));
                        }
                        drop(moved.wait_while(turn.lock().expect("no panic"), |turn| *turn < chunk.ordinal));
                        *turn.lock().expect("no panic") += 1;
                        moved.notify_all();
                    }
                });
            }
        });
        assert!(*turn.lock().expect("no panic") > 100);
    }
}

#[test]
fn error_behind_the_chunk_that_was_enough_is_not_told() {
    let mut text = rows(10_000);
    text.extend_from_slice(b"1,2,3\n");
    let file = file_of(&text);
    let input = Input::open(&[file.path()], &Settings { ragged: Default::default(), ..settings() }).expect("opened");
    let scan = input.scan(SMALL, &Unlimited);
    let mut worker = scan.worker();
    let first = worker.next_chunk().expect("read").expect("a chunk");
    let error = (|| {
        while worker.next_chunk()?.is_some() {
            while worker.next_batch()?.is_some() {}
        }
        Ok(())
    })();
    scan.stop_after(first.ordinal);
    worker.fail(error.expect_err("ragged"));
    drop(worker);
    scan.finish().expect("not told");
}

#[test]
fn panic_in_one_worker_wakes_those_that_wait() {
    let file = file_of(&rows(50_000));
    let input = open(&file, Io::Read);
    let scan = input.scan(SMALL, &Unlimited);
    std::thread::scope(|threads| {
        let panicking = threads.spawn(|| {
            let mut worker = scan.worker();
            worker.next_chunk().expect("read");
            std::panic::resume_unwind(Box::new("as if by a fault"));
        });
        for _ in 0..2 {
            threads.spawn(|| {
                let mut worker = scan.worker();
                while worker.next_chunk().expect("read").is_some() {}
            });
        }
        assert!(panicking.join().is_err());
    });
}

#[test]
fn first_error_in_input_order_is_the_one_told() {
    let mut text = rows(20_000);
    for line in [3000, 9000, 15_000] {
        let at = text.iter().enumerate().filter(|byte| *byte.1 == b'\n').nth(line).expect("a line").0;
        text.splice(at..at, *b",surplus");
    }
    for threads in [1, 2, 3, 8] {
        for way in WAYS {
            let how = How { way, chunk_bytes: 1000, block_bytes: 500, threads, simd: Simd::best() };
            let error = read(&text, &Settings { ragged: Default::default(), ..settings() }, how).expect_err("ragged");
            assert!(error.to_string().contains("line 3001: 3 fields"), "{how:?}: {error}");
        }
    }
}

#[test]
fn floor_counts_every_newline() {
    let file = file_of(&rows(10_000));
    for io in [Io::Map, Io::Read] {
        let found = open(&file, io).count_newlines(2, SMALL, &|_| Ok(())).expect("read");
        assert_eq!(found, 10_001, "the header's included");
    }
}

#[test]
fn proc_files_are_read_as_streams() {
    let input = Input::open(&["/proc/self/status"], &Settings { delimiter: Some(b':'), ..settings() }).expect("opened");
    assert_eq!(input.columns()[0], "Name");
    assert_eq!(input.size_bytes(), None);
}
