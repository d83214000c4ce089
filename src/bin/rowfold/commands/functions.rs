//! `rowfold functions [NAME]`: what a question can call.

use rowfold::error::{Error, Result};
use rowfold::exprs::{Type, Value};
use rowfold::questions::functions::{self, Entry};
use rowfold::questions::plan::AnswerColumn;

use crate::meaning::Meant;
use crate::shared::Shared;
use crate::sink;

pub(super) fn run(name: Option<&str>, meant: Meant, shared: &'static Shared) -> Result<()> {
    let mut entries: Vec<Entry> = functions::all();
    if let Some(name) = name {
        let name = name.to_lowercase();
        entries.retain(|entry| entry.name == name);
        if entries.is_empty() {
            let what = format!("there is no function {name:?}; rowfold functions lists those there are");
            return Err(Error::Usage(what));
        }
    }
    let text = |name: &str| AnswerColumn { name: name.to_owned(), ty: Type::Text };
    let mut sink = sink::open(&meant.answer, &[], shared)?;
    sink.begin(&[text("function"), text("kind"), text("description")])?;
    for Entry { kind, signature, doc, .. } in entries {
        let row = [signature, kind.name(), doc].map(|text| Value::Text(text.as_bytes()));
        sink.row(&row)?;
    }
    sink.finish()
}
