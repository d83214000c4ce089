//! Columns in the order in which they were met in, columns in the order of the file out, with every expression over
//! input rows following: column `i` is slot `i`, the exploded element is the slot after the last, the row's place the one after that.

use super::frame::{ELEMENT, PLACE};
use super::plan::{Body, InputColumn, Pass};
use crate::exprs::Expr;

/// Sorts `columns` by their place in the header and renumbers `passes`.
pub(super) fn settle(columns: &mut [InputColumn], passes: &mut [Pass]) {
    let met: Vec<usize> = columns.iter().map(|column| column.index).collect();
    columns.sort_by_key(|column| column.index);
    let place = |index: &usize| columns.partition_point(|column| column.index < *index);
    let slots: Vec<usize> = met.iter().map(place).collect();
    for pass in passes {
        let element = pass.explode.as_mut().map(|list| &mut list.subject);
        let filters = pass.filter.iter_mut().chain(&mut pass.element_filter);
        filters.chain(element).for_each(|expr| renumber(expr, &slots));
        match &mut pass.body {
            Body::Rows { outputs } => outputs.iter_mut().for_each(|output| renumber(&mut output.expr, &slots)),
            Body::Groups { keys, aggregates, .. } => {
                keys.iter_mut().for_each(|key| renumber(&mut key.expr, &slots));
                let inner = aggregates.iter_mut().flat_map(|call| call.argument.iter_mut().chain(&mut call.filter));
                inner.for_each(|expr| renumber(expr, &slots));
            }
        }
    }
}

/// Slot `i` of `expr` becomes `slots[i]`.
pub(super) fn renumber(expr: &mut Expr, slots: &[usize]) {
    match expr {
        Expr::Column(slot) if *slot == ELEMENT => *slot = slots.len(),
        Expr::Column(slot) if *slot == PLACE => *slot = slots.len() + 1,
        Expr::Column(slot) => *slot = slots[*slot],
        Expr::Constant(_) => {}
        Expr::Call(call) => call.args.iter_mut().for_each(|arg| renumber(arg, slots)),
        Expr::And(operands) | Expr::Or(operands) | Expr::Coalesce(operands) => {
            operands.iter_mut().for_each(|operand| renumber(operand, slots));
        }
        Expr::Case { arms, otherwise } => {
            for (condition, result) in arms {
                renumber(condition, slots);
                renumber(result, slots);
            }
            otherwise.iter_mut().for_each(|otherwise| renumber(otherwise, slots));
        }
    }
}
