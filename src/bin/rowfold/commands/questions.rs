//! `rowfold questions [NAME]`: what comes built in, or the SQL of one.

use rowfold::error::Result;
use rowfold::exprs::{Type, Value};
use rowfold::output::Destination;
use rowfold::questions::plan::AnswerColumn;
use rowfold::questions::{Question, catalogue};

use crate::meaning::Meant;
use crate::shared::Shared;
use crate::sink;

pub(super) fn run(name: Option<&str>, meant: Meant, shared: &'static Shared) -> Result<()> {
    match name {
        Some(name) => {
            let question = Question::built_in(name)?;
            let mut destination = sink::destination(&meant.answer, shared)?;
            write(&mut destination, question.text())
        }
        None => {
            let text = |name: &str| AnswerColumn { name: name.to_owned(), ty: Type::Text };
            let mut sink = sink::open(&meant.answer, &[], shared)?;
            sink.begin(&[text("question"), text("title")])?;
            for built_in in catalogue::all() {
                let question = Question::built_in(built_in.name)?;
                let title = question.title().unwrap_or_default();
                sink.row(&[Value::Text(built_in.name.as_bytes()), Value::Text(title.as_bytes())])?;
            }
            sink.finish()
        }
    }
}

fn write(destination: &mut Destination, text: &str) -> Result<()> {
    destination.write(text.as_bytes())?;
    if !text.ends_with('\n') {
        destination.write(b"\n")?;
    }
    destination.finish()
}
