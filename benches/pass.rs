//! The five tweets questions end to end, on a file of data-gen's. An answer other than data-gen's own count fails.
//!
//! `cargo bench --bench pass`

use std::fs;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use divan::Bencher;
use divan::counter::BytesCount;
use rowfold::output::{Destination, Json, Streamed};
use rowfold::pass::{self, Asked, Progress};
use rowfold::questions::{Question, TableHeader, bind};
use rowfold::readers::{self, Input};
use serde_json::Value;
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// The process's, which has also made the file.
const MEMORY_BYTES: u64 = 512_000_000;

/// Tweets as real ones are: 105,000 of them.
const SIZE: &str = "20MB";

struct Tweets {
    directory: TempDir,
    truth: Value,
}

static TWEETS: LazyLock<Tweets> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("tweets.csv");
    let words = ["data-gen", "tweets", "--shape", "real", "--size", SIZE, "--output"];
    data_gen::run(words.map(Into::into).into_iter().chain([path.into_os_string()])).expect("room");
    let truth = fs::read(directory.path().join("tweets.truth.json")).expect("written");
    Tweets { directory, truth: serde_json::from_slice(&truth).expect("JSON") }
});

/// Bytes of the answer.
#[derive(Clone, Default)]
struct Answer(Arc<Mutex<Vec<u8>>>);

impl Write for Answer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn ask(name: &str, threads: usize) -> Vec<u8> {
    let question = Question::built_in(name).expect("is built in");
    let settings = pass::Settings { memory_bytes: Some(MEMORY_BYTES), threads: Some(threads), ..Default::default() };
    let path = TWEETS.directory.path().join("tweets.csv");
    let input = Input::open(&[path], &readers::Settings::default()).expect("opened");
    let table = &question.tables()[0].name;
    let header = TableHeader { table, columns: input.columns(), path: input.path() };
    let plan = bind(&question, &[header]).expect("its columns are there");
    let answer = Answer::default();
    let mut sink = Streamed::new(Arc::new(Json), Destination::stream("memory", answer.clone()), false);
    let mut asked = [Asked { plan: &plan, sink: &mut sink }];
    pass::run(&mut asked, &[input], &settings, &Progress::default()).expect("answered");
    std::mem::take(&mut *answer.0.lock().expect("nobody panicked"))
}

#[divan::bench(args = ["top-days", "top-emojis", "top-mentions", "top-mentions-as-published", "quality"], consts = [1, 2])]
fn on_threads<const THREADS: usize>(bencher: Bencher<'_, '_>, question: &str) {
    let name = format!("tweets/{question}");
    let expected = &TWEETS.truth[question.replace('-', "_")];
    let bytes = TWEETS.truth["bytes"].as_u64().expect("a count");
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let answer: Value = serde_json::from_slice(&ask(&name, THREADS)).expect("JSON");
        assert_eq!(answer, *expected);
    });
}
