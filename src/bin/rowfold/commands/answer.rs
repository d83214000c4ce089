//! A question and the words that name its inputs in, its answer where it is meant to go.

use std::ffi::OsString;

use rowfold::error::{Error, Result};
use rowfold::questions::{Question, bind};
use rowfold::readers::Input;
use rowfold::{pass, readers};

use crate::meaning::Meant;
use crate::shared::{Opened, Shared};
use crate::{inputs, sink};

pub(super) fn answer(question: &Question, words: &[OsString], meant: Meant, shared: &'static Shared) -> Result<()> {
    let tables = question.tables();
    let files = inputs::of_tables(tables, words)?;
    let ([table], [files]) = (tables, files.as_slice()) else {
        return Err(Error::Usage("questions over several inputs are not built yet".to_owned()));
    };
    let reading = readers::Settings { delimiter: meant.reading.delimiter.or(table.delimiter), ..meant.reading };
    let opened = Opened { input: Input::open(files, &reading)?, table: table.name.clone(), files: files.clone() };
    let input = &shared.opened.get_or_init(|| opened).input;
    let plan = bind(question, input.columns(), input.path())?;
    let mut sink = sink::open(&meant.answer, Some(input), shared)?;
    pass::run(&plan, input, &meant.pass, &mut *sink, &shared.progress)
}
