//! Headers of a load and of what is kept in, the columns of the result out, and where each is in what is read.
//!
//! The result has the columns of what is kept, in their order; where nothing is kept yet, those of the load.

use crate::error::{Error, Result, quoted};
use crate::exprs::Type;
use crate::loads::Load;
use crate::questions::place_of;
use crate::questions::plan::AnswerColumn;
use crate::readers::{Input, places};

/// The columns of the result, and where they are.
#[derive(Debug)]
pub(super) struct Columns {
    /// Those of the load, then those that are added.
    pub(super) names: Vec<String>,
    /// How many of them are of the load.
    pub(super) n_own: usize,
    /// Where the load's are in it.
    pub(super) in_load: Vec<usize>,
    /// Where the load's are in what is kept, and where those that are added.
    pub(super) in_kept: Vec<usize>,
    pub(super) added_in_kept: Vec<usize>,
    /// What the result has between two fields.
    pub(super) delimiter: u8,
    /// What messages call the load.
    path: String,
}

impl Columns {
    /// Those of `load`, to which `command` adds `added`.
    pub(super) fn of(load: &Load<'_>, command: &str, added: &[&str]) -> Result<Columns> {
        let path = load.input.path();
        if let Some(name) = added.iter().find(|name| load.input.columns().iter().any(|column| column == *name)) {
            let name = quoted(name.as_bytes());
            return Err(Error::Usage(format!("{path}: has a column {name}, as {command} adds one; rename it")));
        }
        let delimiter = load.kept.map_or(load.delimiter, Input::delimiter);
        let mut columns = Columns {
            names: load.input.columns().to_vec(),
            n_own: load.input.columns().len(),
            in_load: (0..load.input.columns().len()).collect(),
            in_kept: Vec::new(),
            added_in_kept: Vec::new(),
            delimiter,
            path: path.to_owned(),
        };
        if let Some(kept) = load.kept {
            columns.added_in_kept = added.iter().map(|name| added_place(kept, name, command)).collect::<Result<_>>()?;
            columns.in_kept = (0..kept.columns().len()).filter(|at| !columns.added_in_kept.contains(at)).collect();
            columns.names = columns.in_kept.iter().map(|&at| kept.columns()[at].clone()).collect();
            columns.in_load = places((kept.path(), &columns.names), (path, load.input.columns()))?;
        }
        columns.names.extend(added.iter().map(|&name| name.to_owned()));
        Ok(columns)
    }

    /// The names of the load's.
    pub(super) fn own(&self) -> &[String] {
        &self.names[..self.n_own]
    }

    /// Which of the load's is meant by `name`.
    pub(super) fn place_of(&self, name: &str) -> Result<usize> {
        place_of(name, self.own(), &self.path)
    }

    /// Which are meant by `names`, each once.
    pub(super) fn places_of(&self, names: &[String]) -> Result<Vec<usize>> {
        let mut places: Vec<usize> = Vec::new();
        for name in names {
            let place = self.place_of(name)?;
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Ok(places)
    }

    /// As a sink is told them.
    pub(super) fn answer(&self) -> Vec<AnswerColumn> {
        self.names.iter().map(|name| AnswerColumn { name: name.clone(), ty: Type::Dynamic }).collect()
    }
}

/// Where a column that `command` adds is in what it wrote.
fn added_place(kept: &Input, name: &str, command: &str) -> Result<usize> {
    let (path, quoted) = (kept.path(), quoted(name.as_bytes()));
    let place = kept.columns().iter().position(|column| column == name);
    place.ok_or_else(|| {
        let what =
            format!("no column {quoted}: --into names what rowfold {command} wrote, or a file that is not there yet");
        Error::Usage(format!("{path}: {what}"))
    })
}
