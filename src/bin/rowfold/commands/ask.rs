//! `rowfold ask QUESTION [INPUT…]`: a built-in question, or that of a `.sql` file.

use std::ffi::OsString;
use std::fs;

use rowfold::error::{Error, Result};
use rowfold::questions::Question;

use super::answer::answer;
use super::explain;
use crate::meaning::Meant;
use crate::shared::Shared;

/// A text longer than this is no question; what reads `/dev/zero` as one ends here.
const MAX_TEXT_BYTES: u64 = 1 << 20;

pub(super) fn run(
    names: &str,
    inputs: &[OsString],
    explain: bool,
    meant: Meant,
    shared: &'static Shared,
) -> Result<()> {
    shared.question.get_or_init(|| names.to_owned());
    let questions = questions(names)?;
    match explain {
        true => explain::explain(questions, inputs, meant, shared),
        false => answer(questions, inputs, meant, shared),
    }
}

/// The questions that `names`, with commas between, are; a file may have a comma in its name.
pub(super) fn questions(names: &str) -> Result<Vec<Question>> {
    if names.ends_with(".sql") && fs::metadata(names).is_ok() {
        return Ok(vec![question(names)?]);
    }
    names.split(',').map(question).collect()
}

fn question(name: &str) -> Result<Question> {
    if !name.ends_with(".sql") {
        return Question::built_in(name);
    }
    let cannot = |source| Error::Io { path: name.to_owned(), verb: "read", source };
    let size = fs::metadata(name).map_err(cannot)?.len();
    if size > MAX_TEXT_BYTES {
        return Err(Error::Usage(format!("{name}: {size} bytes are more than a question has; the most is 1 MiB")));
    }
    let text = String::from_utf8(fs::read(name).map_err(cannot)?);
    let text = text.map_err(|_| Error::Usage(format!("{name}: is not UTF-8, which SQL is written in")))?;
    // A place in the text is a place in the file.
    Question::named(name, &text).map_err(|error| match error {
        Error::Sql { .. } => Error::Usage(format!("{name}: {error}")),
        error => error,
    })
}
