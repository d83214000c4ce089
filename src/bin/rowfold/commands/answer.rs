//! A question and the words that name its inputs in, its answer where it is meant to go.

use std::ffi::OsString;
use std::path::PathBuf;

use rowfold::error::Result;
use rowfold::pass::{self, Asked};
use rowfold::questions::{Question, Table, TableHeader, bind};
use rowfold::readers::Input;

use crate::meaning::Meant;
use crate::shared::{Opened, Shared};
use crate::{inputs, sink};

pub(super) fn answer(mut question: Question, words: &[OsString], meant: Meant, shared: &'static Shared) -> Result<()> {
    question.set(&meant.parameters)?;
    let tables = question.tables();
    let files = inputs::of_tables(tables, words)?;
    let open = |(table, files): (&Table, &Vec<PathBuf>)| Input::open(files, &meant.reading.of(table, tables)?);
    let inputs = tables.iter().zip(&files).map(open).collect::<Result<_>>()?;
    let named = tables.iter().map(|table| table.name.clone()).zip(files).collect();
    let opened = shared.opened.get_or_init(|| Opened { tables: named, inputs });
    let header = |((table, _), input): (&'static (String, Vec<PathBuf>), &'static Input)| TableHeader {
        table,
        columns: input.columns(),
        path: input.path(),
    };
    let headers: Vec<_> = opened.tables.iter().zip(&opened.inputs).map(header).collect();
    let plan = bind(&question, &headers)?;
    let mut sink = sink::open(&meant.answer, &opened.inputs, shared)?;
    let mut asked = [Asked { plan: &plan, sink: &mut *sink }];
    pass::run(&mut asked, &opened.inputs, &meant.pass, &shared.progress)
}
