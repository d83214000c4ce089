//! One `SELECT` in terms in, a pass over the input out: rows as they are, or groups.

use super::frame::{Frame, Groups, Rows};
use super::plan::{AnswerColumn, Body, Cut, Order, Output, Pass};
use super::refuse;
use super::select::{By, OrderKey, Select};
use super::term::Term;
use super::typed;
use crate::error::Result;
use crate::exprs::lists::BoundList;

impl Select {
    /// Whether it makes groups, if only the one of a global aggregate.
    pub(super) fn is_grouped(&self) -> bool {
        !self.keys.is_empty() || self.having.is_some() || self.terms().any(|term| term.aggregate().is_some())
    }

    /// What is selected or ordered by.
    fn terms(&self) -> impl Iterator<Item = &Term> {
        let ordered = self.order.iter().filter_map(|key| match &key.by {
            By::Item(_) => None,
            By::Term(term) => Some(term),
        });
        self.items.iter().map(|item| &item.term).chain(ordered)
    }
}

/// The pass that `select` is over `rows`; its limit is not known here.
pub(super) fn bind(select: &Select, rows: &mut Rows<'_>) -> Result<Pass> {
    rows.element = None;
    let explode = explode(select, rows)?;
    rows.element = explode.as_ref().map(|list| list.element);
    let filter = typed::conditions(rows, select.filter.iter().filter(|term| !term.reads_element()))?;
    let element_filter = typed::conditions(rows, select.filter.iter().filter(|term| term.reads_element()))?;
    let (body, order) = match (select.is_grouped(), select.distinct) {
        (false, false) => row_body(select, rows)?,
        (false, true) => distinct_body(select, rows)?,
        (true, distinct) => {
            let all_keys_are_selected = select.keys.iter().all(|key| select.items.iter().any(|item| item.term == *key));
            if distinct && !all_keys_are_selected {
                return Err(refuse::DISTINCT_GROUPS.at(select.at));
            }
            group_body(select, rows)?
        }
    };
    let cut = Cut { order, limit: None, offset: 0 };
    let (Body::Rows { outputs } | Body::Groups { outputs, .. }) = &body;
    let columns = select.items.iter().zip(outputs);
    let columns = columns.map(|(item, output)| AnswerColumn { name: item.name.clone(), ty: output.ty }).collect();
    Ok(Pass { filter, explode, element_filter, body, columns, cut })
}

fn explode(select: &Select, rows: &mut Rows<'_>) -> Result<Option<BoundList>> {
    let Some(call) = &select.unnest else { return Ok(None) };
    let args = call.args.iter().map(|arg| typed::bind(rows, arg)).collect::<Result<_>>()?;
    (call.function.bind)(args).map(Some).map_err(|misuse| refuse::misuse(call.at, misuse))
}

fn row_body(select: &Select, rows: &mut Rows<'_>) -> Result<(Body, Vec<Order>)> {
    let (outputs, order) = outputs(select, rows)?;
    Ok((Body::Rows { outputs }, order))
}

/// `SELECT DISTINCT` is a group for each different row.
fn distinct_body(select: &Select, rows: &mut Rows<'_>) -> Result<(Body, Vec<Order>)> {
    if let Some(key) = select.order.iter().find(|key| matches!(key.by, By::Term(_))) {
        return Err(refuse::DISTINCT_ORDER.at(key.at));
    }
    let keys = select.items.iter().map(|item| &item.term);
    groups(select, rows, keys)
}

fn group_body(select: &Select, rows: &mut Rows<'_>) -> Result<(Body, Vec<Order>)> {
    groups(select, rows, select.keys.iter())
}

fn groups<'s>(select: &Select, rows: &mut Rows<'_>, by: impl Iterator<Item = &'s Term>) -> Result<(Body, Vec<Order>)> {
    let mut keys: Vec<Output> = Vec::new();
    let mut terms: Vec<(Term, _)> = Vec::new();
    for term in by {
        if terms.iter().all(|(known, _)| known != term) {
            let bound = typed::value(rows, term)?;
            terms.push((term.clone(), bound.ty));
            keys.push(Output { expr: bound.expr, ty: bound.ty });
        }
    }
    let mut frame = Groups { rows, keys: terms, aggregates: Vec::new() };
    let having = select.having.as_ref().map(|having| typed::condition(&mut frame, having)).transpose()?;
    let (outputs, order) = outputs(select, &mut frame)?;
    let aggregates = frame.aggregates.into_iter().map(|(_, call, _)| call).collect();
    Ok((Body::Groups { keys, aggregates, having, outputs }, order))
}

/// What is selected, then what is only ordered by; and the order over both.
fn outputs(select: &Select, frame: &mut impl Frame) -> Result<(Vec<Output>, Vec<Order>)> {
    let mut hidden: Vec<&Term> = Vec::new();
    let mut order = Vec::new();
    for OrderKey { by, descending, nulls_first, .. } in &select.order {
        let output = match by {
            By::Item(place) => *place,
            By::Term(term) => {
                let known = hidden.iter().position(|known| *known == term);
                select.items.len()
                    + known.unwrap_or_else(|| {
                        hidden.push(term);
                        hidden.len() - 1
                    })
            }
        };
        order.push(Order { output, descending: *descending, nulls_first: *nulls_first });
    }
    let terms = select.items.iter().map(|item| &item.term).chain(hidden);
    let outputs = terms.map(|term| typed::value(frame, term).map(|bound| Output { expr: bound.expr, ty: bound.ty }));
    Ok((outputs.collect::<Result<_>>()?, order))
}
