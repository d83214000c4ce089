//! Questions and the words that name their inputs in, their answers where they are meant to go.

use std::ffi::OsString;
use std::path::PathBuf;

use rowfold::error::{Error, Result, quoted};
use rowfold::pass::{self, Asked};
use rowfold::questions::plan::Plan;
use rowfold::questions::{Question, Table, TableHeader, bind};
use rowfold::readers::Input;

use crate::answers::Answers;
use crate::inputs;
use crate::meaning::Meant;
use crate::shared::{Opened, Shared};

/// Answers all of `questions`, reading each input once.
pub(super) fn answer(
    mut questions: Vec<Question>,
    words: &[OsString],
    meant: Meant,
    shared: &'static Shared,
) -> Result<()> {
    set(&mut questions, &meant.parameters)?;
    let questions = &questions;
    let answers = Answers::of(questions, &meant.answer)?;
    let opened = open(questions, words, &meant, shared)?;
    let plans = plans(questions, opened)?;
    let mut sinks = answers.sinks(&opened.inputs, shared)?;
    let asked = plans.iter().zip(sinks.each());
    let mut asked: Vec<Asked<'_>> = asked.map(|(plan, sink)| Asked { plan, sink }).collect();
    pass::run(&mut asked, &opened.inputs, &meant.pass, &shared.progress)?;
    drop(asked);
    sinks.finish()
}

/// The inputs of all of `questions`; a table that several read is opened once.
pub(super) fn open(
    questions: &[Question],
    words: &[OsString],
    meant: &Meant,
    shared: &'static Shared,
) -> Result<&'static Opened> {
    let tables = tables(questions)?;
    let files = inputs::of_tables(&tables, words)?;
    let open = |(table, files): (&Table, &Vec<PathBuf>)| Input::open(files, &meant.reading.of(table, &tables)?);
    let inputs = tables.iter().zip(&files).map(open).collect::<Result<_>>()?;
    let named = tables.iter().map(|table| table.name.clone()).zip(files).collect();
    Ok(shared.opened.get_or_init(|| Opened { tables: named, inputs }))
}

/// The plan of each question over what is open.
pub(super) fn plans(questions: &[Question], opened: &Opened) -> Result<Vec<Plan>> {
    let header = |((table, _), input): (&'_ (String, Vec<PathBuf>), &'_ Input)| -> (String, Vec<String>, String) {
        (table.clone(), input.columns().to_vec(), input.path().to_owned())
    };
    let headers: Vec<_> = opened.tables.iter().zip(&opened.inputs).map(header).collect();
    let headers: Vec<_> = headers.iter().map(|(table, columns, path)| TableHeader { table, columns, path }).collect();
    questions.iter().map(|question| bind(question, &headers)).collect()
}

/// The tables of all of `questions`, each once.
pub(super) fn tables(questions: &[Question]) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    for table in questions.iter().flat_map(Question::tables) {
        match tables.iter().find(|known| known.is_called(&table.name)) {
            None => tables.push(table.clone()),
            Some(known)
                if (known.delimiter, known.quote, &known.encoding)
                    != (table.delimiter, table.quote, &table.encoding) =>
            {
                let name = quoted(table.name.as_bytes());
                return Err(Error::Usage(format!(
                    "two questions declare that table {name} is spelt differently; ask them one by one"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(tables)
}

/// Sets each of `parameters` in the questions that declare it, of which there is one.
pub(super) fn set(questions: &mut [Question], parameters: &[(String, String)]) -> Result<()> {
    for parameter in parameters {
        let declares = |question: &Question| question.parameters().iter().any(|known| known.name == parameter.0);
        let any = questions.iter().any(declares);
        // Who declares it not refuses it, with what there is.
        for question in questions.iter_mut().filter(|question| !any || declares(question)) {
            question.set(std::slice::from_ref(parameter))?;
        }
    }
    Ok(())
}
