//! `rowfold explain QUESTION|SQL [INPUT…]`: what would be done, without doing it.

use std::ffi::OsString;

use rowfold::error::{Error, Result};
use rowfold::questions::{Question, TableHeader, bind};

use super::answer::{open, plans, set, tables};
use super::ask;
use crate::meaning::Meant;
use crate::shared::Shared;
use crate::sink;

pub(super) fn run(text: &str, inputs: &[OsString], meant: Meant, shared: &'static Shared) -> Result<()> {
    shared.question.get_or_init(|| text.trim().to_owned());
    // A question's name has no blanks, SQL has some.
    let questions = match text.split_whitespace().nth(1) {
        Some(_) if !text.ends_with(".sql") => vec![Question::inline(text)?],
        _ => ask::questions(text)?,
    };
    explain(questions, inputs, meant, shared)
}

/// Explains `questions`, over `inputs` or, without any, over the columns that they name.
pub(super) fn explain(
    mut questions: Vec<Question>,
    inputs: &[OsString],
    meant: Meant,
    shared: &'static Shared,
) -> Result<()> {
    set(&mut questions, &meant.parameters)?;
    let questions = &questions;
    let tables = tables(questions)?;
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let plans = match inputs.is_empty() && tables.iter().all(|table| table.path.is_none()) {
        false => plans(questions, open(questions, inputs, &meant, shared)?)?,
        true => questions.iter().map(|question| imagined(question, &names)).collect::<Result<_>>()?,
    };
    let mut destination = sink::destination(&meant.answer, shared)?;
    for (place, (question, plan)) in questions.iter().zip(&plans).enumerate() {
        if questions.len() > 1 {
            let between = if place == 0 { "" } else { "\n" };
            destination.write(format!("{between}{}\n\n", question.name().unwrap_or_default()).as_bytes())?;
        }
        destination.write(plan.explained(&names).as_bytes())?;
    }
    destination.finish()
}

/// The plan of `question` over headers of the columns that it declares or names.
fn imagined(question: &Question, names: &[&str]) -> Result<rowfold::questions::plan::Plan> {
    let declared = |name: &&str| -> Vec<String> {
        let table = question.tables().iter().find(|table| table.is_called(name));
        table.iter().flat_map(|table| &table.columns).map(|column| column.name.clone()).collect()
    };
    let mut columns: Vec<Vec<String>> = names.iter().map(declared).collect();
    loop {
        let header = |(table, columns)| TableHeader { table, columns, path: table };
        let headers: Vec<_> = names.iter().copied().zip(columns.iter().map(Vec::as_slice)).map(header).collect();
        match bind(question, &headers) {
            Err(Error::NoColumn { path, name, .. }) if names.contains(&path.as_str()) => {
                let place = names.iter().position(|table| *table == path).unwrap_or_default();
                columns[place].push(name);
            }
            bound => return bound,
        }
    }
}
