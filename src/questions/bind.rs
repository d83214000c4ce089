//! A question and a header in, a plan out.

use super::frame::Rows;
use super::names::Header;
use super::passes;
use super::plan::{AnswerColumn, Cut, Order, Pass, Plan};
use super::question::Question;
use super::refuse;
use super::select::{self, By, OrderKey, Select};
use super::shape::Shape;
use super::slots;
use super::{parse, shape};
use crate::error::{Result, quoted};
use crate::exprs::{Expr, Type, Typed, operators};

/// The plan of `question` over an input whose header is `columns`; `path` is the input's name in messages.
pub fn bind(question: &Question, columns: &[String], path: &str) -> Result<Plan> {
    let header = Header::Read { columns, path };
    parse::with_query(question.text(), |parsed| {
        let shape = shape::of(parsed)?;
        let selects = lower(&shape, header)?;
        // A question that parsed reads one table.
        let Some(table) = question.tables().first() else { return Err(refuse::NO_FROM.at(shape.arms[0].at)) };
        plan(&shape, &selects, Rows::new(header, table))
    })
}

/// The arms of a shape in terms, with all that can be wrong without knowing types.
pub(super) fn lower(shape: &Shape<'_>, header: Header<'_>) -> Result<Vec<Select>> {
    let is_union = shape.arms.len() > 1;
    let order = if is_union { &[][..] } else { shape.order };
    let selects: Vec<Select> = shape.arms.iter().map(|arm| select::lower(arm, order, header)).collect::<Result<_>>()?;
    if is_union {
        select::union_order(shape.order, &selects[0].items, shape.arms[0].at)?;
        if let Some(arm) = selects.iter().find(|arm| !arm.is_global()) {
            return Err(refuse::UNION_ARM.at(arm.at));
        }
    }
    Ok(selects)
}

fn plan(shape: &Shape<'_>, selects: &[Select], mut rows: Rows<'_>) -> Result<Plan> {
    let first = &selects[0];
    unique_names(first)?;
    let mut passes = selects.iter().map(|select| passes::bind(select, &mut rows)).collect::<Result<Vec<Pass>>>()?;
    let (limit, offset) = (shape.limit, shape.offset);
    let union_order = match passes.as_mut_slice() {
        [only] => {
            only.cut.limit = limit;
            only.cut.offset = offset;
            None
        }
        arms => {
            one_type_a_column(selects, arms)?;
            let order = select::union_order(shape.order, &first.items, first.at)?;
            let order: Vec<Order> = order.iter().filter_map(union_key).collect();
            (!order.is_empty() || limit.is_some() || offset > 0).then_some(Cut { order, limit, offset })
        }
    };
    let types = passes[0].outputs().iter().map(|output| output.ty);
    let answer = first.items.iter().zip(types).map(|(item, ty)| AnswerColumn { name: item.name.clone(), ty }).collect();
    let mut columns = rows.columns;
    slots::settle(&mut columns, &mut passes);
    Ok(Plan { columns, passes, answer, union_order })
}

fn union_key(key: &OrderKey) -> Option<Order> {
    match key.by {
        By::Item(output) => Some(Order { output, descending: key.descending, nulls_first: key.nulls_first }),
        By::Term(_) => None,
    }
}

fn unique_names(select: &Select) -> Result<()> {
    for (place, item) in select.items.iter().enumerate() {
        if select.items[..place].iter().any(|other| other.name == item.name) {
            let what = format!("two columns of the answer are called {}", quoted(item.name.as_bytes()));
            return Err(refuse::error(item.term.at, what, format!("name one of them: {} AS …", item.term.text)));
        }
    }
    Ok(())
}

/// The arms of a `UNION ALL` as wide as the first, each column of one type in all of them.
fn one_type_a_column(selects: &[Select], arms: &mut [Pass]) -> Result<()> {
    let width = selects[0].items.len();
    if let Some(other) = selects.iter().find(|select| select.items.len() != width) {
        return Err(refuse::UNION_WIDTH.at(other.at));
    }
    for column in 0..width {
        let types: Vec<Type> = arms.iter().map(|arm| arm.outputs()[column].ty).collect();
        if types.iter().all(|ty| *ty == types[0]) {
            continue;
        }
        let values = arms.iter_mut().zip(selects).map(|(arm, select)| {
            let output = &mut arm.outputs_mut()[column];
            let expr = std::mem::replace(&mut output.expr, Expr::And(Vec::new()));
            Typed { expr, ty: output.ty, text: select.items[column].term.text.clone() }
        });
        let at = selects[0].items[column].term.at;
        let (values, ty) = operators::unify(values.collect()).map_err(|misuse| refuse::misuse(at, misuse))?;
        for (arm, value) in arms.iter_mut().zip(values) {
            let output = &mut arm.outputs_mut()[column];
            (output.expr, output.ty) = (value.expr, ty);
        }
    }
    Ok(())
}
