//! `rowfold ask QUESTION [INPUT…]`: a built-in question, or that of a `.sql` file.

use std::ffi::OsString;
use std::fs;

use rowfold::error::{Error, Result};
use rowfold::questions::Question;

use super::answer::answer;
use crate::meaning::Meant;
use crate::shared::Shared;

/// A text longer than this is no question; what reads `/dev/zero` as one ends here.
const MAX_TEXT_BYTES: u64 = 1 << 20;

pub(super) fn run(name: &str, inputs: &[OsString], meant: Meant, shared: &'static Shared) -> Result<()> {
    shared.question.get_or_init(|| name.to_owned());
    answer(question(name)?, inputs, meant, shared)
}

fn question(name: &str) -> Result<Question> {
    if !name.ends_with(".sql") {
        if let Some((first, _)) = name.split_once(',') {
            return Err(Error::Usage(format!("several questions at once are not built yet: rowfold ask {first} …")));
        }
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
