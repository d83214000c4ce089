//! A question and a CSV in memory in, the answer as CSV out: the one way from tests to the library.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rowfold::error::{Error, Result};
use rowfold::output::{Csv, Destination, Streamed};
use rowfold::pass::{self, Asked, Progress};
use rowfold::questions::{Question, TableHeader, bind};
use rowfold::readers::{self, Input, Io};

/// How a question is asked; the answer must not depend on any of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    /// What a person sets about the pass.
    pub(crate) pass: pass::Settings,
    /// What a person sets about reading.
    pub(crate) readers: readers::Settings,
}

impl Way {
    /// So many threads, chunks of so many bytes, such a budget.
    pub(crate) fn new(threads: usize, chunk_bytes: Option<usize>, memory_bytes: u64, io: Io) -> Way {
        let mut way = Way::default();
        way.pass.threads = Some(threads);
        way.pass.chunk_bytes = chunk_bytes;
        way.pass.memory_bytes = Some(memory_bytes);
        way.readers.io = io;
        way
    }
}

/// Bytes that a sink writes and a test reads.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The answer to `question` over `csv`, as CSV.
pub(crate) fn ask(question: &Question, csv: &[u8], way: &Way) -> Result<String> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary directory");
    file.write_all(csv).expect("disk");
    let input = Input::open(&[file.path()], &way.readers)?;
    let table = &question.tables()[0].name;
    let plan = bind(question, &[TableHeader { table, columns: input.columns(), path: "t.csv" }])?;
    let out = Shared::default();
    let mut sink = Streamed::new(Arc::new(Csv::COMMAS), Destination::stream("memory", out.clone()), false);
    let mut asked = [Asked { plan: &plan, sink: &mut sink }];
    pass::run(&mut asked, &[input], &way.pass, &Progress::default())?;
    let bytes = std::mem::take(&mut *out.0.lock().expect("nobody panicked"));
    Ok(String::from_utf8(bytes).expect("the tests' data is UTF-8"))
}

/// The answer to `sql`, asked in the usual way.
pub(crate) fn sql(sql: &str, csv: &str) -> Result<String, Error> {
    ask(&Question::inline(sql)?, csv.as_bytes(), &Way::default())
}
