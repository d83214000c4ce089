//! What a term's leaves are in a frame: columns of rows, or keys and aggregates of groups.

use super::names::{Header, fits};
use super::plan::InputColumn;
use super::question::Table;
use super::refuse;
use super::term::{self, Kind, Term};
use super::typed;
use crate::aggregates::functions::{Asked, Key};
use crate::aggregates::{self, AggregateCall};
use crate::error::{Result, quoted};
use crate::exprs::{Expr, Type, Typed};

/// The slot of the exploded element until the number of columns is known.
pub(super) const ELEMENT: usize = usize::MAX;

/// The slot of the row's place in the input until then.
pub(super) const PLACE: usize = usize::MAX - 1;

/// Gives terms that are leaves here their meaning.
pub(super) trait Frame {
    /// `term` as a column of the frame, or `None` when its parts are to be looked at.
    fn leaf(&mut self, term: &Term) -> Result<Option<Typed>>;
    /// Counts a term against the bound on all of them.
    fn count(&mut self) -> usize;
}

/// The rows of the input: collects the columns that are read.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    header: Header<'a>,
    /// By place in the header, what the question declares.
    declared: Vec<(usize, usize)>,
    table: &'a Table,
    /// In the order in which they were first met.
    pub(super) columns: Vec<InputColumn>,
    /// The type of what `UNNEST` gives, in the pass that is being bound.
    pub(super) element: Option<Type>,
    n_terms: usize,
}

impl<'a> Rows<'a> {
    /// Of an input with this header, which the question declares as `table`.
    pub(super) fn new(header: Header<'a>, table: &'a Table) -> Rows<'a> {
        let declared = table.columns.iter().enumerate();
        let declared = declared.flat_map(|(place, column)| {
            fits(header.columns(), &column.name).into_iter().map(move |index| (index, place))
        });
        Rows { header, declared: declared.collect(), table, columns: Vec::new(), element: None, n_terms: 0 }
    }

    fn slot(&mut self, index: usize) -> usize {
        if let Some(slot) = self.columns.iter().position(|column| column.index == index) {
            return slot;
        }
        let declared =
            self.declared.iter().find(|(place, _)| *place == index).map(|(_, place)| &self.table.columns[*place]);
        self.columns.push(InputColumn {
            name: self.header.columns().get(index).cloned().unwrap_or_default(),
            index,
            ty: declared.map_or(Type::Dynamic, |column| column.ty),
            allowed: declared.and_then(|column| column.allowed.clone()),
        });
        self.columns.len() - 1
    }
}

impl Frame for Rows<'_> {
    fn leaf(&mut self, term: &Term) -> Result<Option<Typed>> {
        let (slot, ty) = match &term.kind {
            Kind::Column(index) => {
                let slot = self.slot(*index);
                (slot, self.columns[slot].ty)
            }
            Kind::Element => (ELEMENT, self.element.unwrap_or(Type::Text)),
            Kind::Aggregate { .. } => return Err(refuse::AGGREGATE_IN_WHERE.at(term.at)),
            _ => return Ok(None),
        };
        Ok(Some(Typed { expr: Expr::Column(slot), ty, text: term.text.clone() }))
    }

    fn count(&mut self) -> usize {
        self.n_terms += 1;
        self.n_terms
    }
}

/// Groups of rows: keys first, then aggregates, each distinct call once.
#[derive(Debug)]
pub(super) struct Groups<'r, 'a> {
    pub(super) rows: &'r mut Rows<'a>,
    pub(super) keys: Vec<(Term, Type)>,
    pub(super) aggregates: Vec<(Term, AggregateCall, Type)>,
}

impl Groups<'_, '_> {
    fn aggregate(&mut self, term: &Term) -> Result<(usize, Type)> {
        if let Some(slot) = self.aggregates.iter().position(|(known, ..)| known == term) {
            return Ok((slot, self.aggregates[slot].2));
        }
        let Kind::Aggregate { name, args, distinct, order, filter } = &term.kind else {
            return Err(refuse::EXPRESSION.at(term.at));
        };
        let Some(function) = aggregates::find(name) else { return Err(refuse::EXPRESSION.at(term.at)) };
        let args = args.iter().map(|arg| typed::bind(self.rows, arg)).collect::<Result<Vec<_>>>()?;
        let order = order.iter().map(|term::Key { by, descending, nulls_first }| {
            let value = typed::bind(self.rows, by)?;
            Ok(Key { value, descending: *descending, nulls_first: *nulls_first })
        });
        let order = order.collect::<Result<Vec<_>>>()?;
        let filter = filter.as_deref().map(|filter| typed::condition(self.rows, filter)).transpose()?;
        let place = Typed::column(PLACE, Type::Number, "the row's place");
        let bound = (function.bind)(Asked { args, distinct: *distinct, order, place });
        let bound = bound.map_err(|misuse| refuse::misuse(term.at, misuse))?;
        let result = bound.result;
        self.aggregates.push((term.clone(), AggregateCall::new(function, bound, filter), result));
        Ok((self.aggregates.len() - 1, result))
    }
}

impl Frame for Groups<'_, '_> {
    fn leaf(&mut self, term: &Term) -> Result<Option<Typed>> {
        let key = self.keys.iter().position(|(key, _)| key == term);
        let (slot, ty) = match (key, &term.kind) {
            (Some(key), _) => (key, self.keys[key].1),
            (None, Kind::Aggregate { .. }) => {
                let (place, ty) = self.aggregate(term)?;
                (self.keys.len() + place, ty)
            }
            (None, Kind::Column(_) | Kind::Element) => {
                let what = format!("{} is neither grouped by nor in an aggregate", quoted(term.text.as_bytes()));
                return Err(refuse::error(term.at, what, "add it to GROUP BY, or say which: min(x), max(x), mode(x)"));
            }
            _ => return Ok(None),
        };
        Ok(Some(Typed { expr: Expr::Column(slot), ty, text: term.text.clone() }))
    }

    fn count(&mut self) -> usize {
        self.rows.count()
    }
}
