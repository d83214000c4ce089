//! Terms in, pieces of SQL out: what SQLite can do itself as it is, all else as a call of a registered function.

use std::fmt::Write;
use std::sync::Arc;

use super::relations::Relations;
use super::{Column, Spelt, Split};
use crate::aggregates::functions::{Asked, Key};
use crate::aggregates::{self, AggregateCall};
use crate::error::{Error, Result, quoted as in_quotes};
use crate::exprs::operators::{self, Comparison};
use crate::exprs::{self, Constant, Expr, Type, Typed, Value};
use crate::questions::frame::Frame;
use crate::questions::plan::{OuterFunction, OuterKind};
use crate::questions::term::{Kind, Term};
use crate::questions::{refuse, slots, typed};

/// Longer names of functions are cut.
const NAME_BYTES: usize = 120;
/// SQLite's own bound.
const ARGUMENTS: usize = 100;

/// Spells the terms of one `SELECT`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Emit<'s, 'q> {
    pub(super) split: &'s Split<'q>,
    pub(super) relations: &'s Relations<'s, 'q>,
    /// Of a grouped `SELECT` its keys.
    pub(super) keys: Option<&'s [(Term, Spelt)]>,
}

/// A term that is typed over pieces of SQL: slot `i` is `leaves[i]`.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) typed: Typed,
    pub(super) leaves: Vec<Spelt>,
}

/// What terms stand on: each piece once.
pub(super) struct Leaves<'s, 'q> {
    emit: Emit<'s, 'q>,
    leaves: Vec<Spelt>,
}

impl Emit<'_, '_> {
    /// `term` as SQL.
    pub(super) fn value(&self, term: &Term) -> Result<Spelt> {
        if !self.split.knows() {
            return Ok(unknown());
        }
        let bound = self.bound(term)?;
        self.split.spell(bound)
    }

    /// `term`, typed; to be spelt when it is known what it has to be.
    pub(super) fn bound(&self, term: &Term) -> Result<Bound> {
        let mut frame = Leaves::over(*self);
        let typed = typed::value(&mut frame, term)?;
        Ok(Bound { typed, leaves: frame.leaves })
    }

    /// `term` as a condition. Conjuncts stand for themselves, so that SQLite sees what it can look up.
    pub(super) fn condition(&self, term: &Term) -> Result<String> {
        if !self.split.knows() {
            return Ok(String::new());
        }
        match &term.kind {
            Kind::And(terms) => {
                let conjuncts = terms.iter().map(|term| self.condition(term)).collect::<Result<Vec<_>>>()?;
                Ok(conjuncts.join(" AND "))
            }
            Kind::Compare(Comparison::Equal, both) => match self.equality(both)? {
                Some(sql) => Ok(sql),
                None => self.truth(term),
            },
            _ => self.truth(term),
        }
    }

    fn truth(&self, term: &Term) -> Result<String> {
        let Bound { typed, leaves } = self.bound(term)?;
        let typed = typed::demand(typed, Type::Boolean, term.at)?;
        Ok(self.split.spell(Bound { typed, leaves })?.sql)
    }

    /// `left = right` where both are of one type: there SQLite's equality is ours.
    fn equality(&self, [left, right]: &[Term; 2]) -> Result<Option<String>> {
        let (left, right) = (self.bound(left)?, self.bound(right)?);
        if left.typed.ty != right.typed.ty {
            return Ok(None);
        }
        let ty = left.typed.ty;
        let (left, right) = (self.split.spell(left)?, self.split.spell(right)?);
        Ok((ty != Type::Null).then(|| self.split.equal(&left, &right)))
    }

    /// What orders as `term` does, for SQLite.
    pub(super) fn order(&self, term: &Term) -> Result<String> {
        let spelt = self.value(term)?;
        Ok(self.split.ordered(&spelt))
    }

    /// The aggregate `term`, with `over` behind it; `moves` if its window loses rows.
    pub(super) fn aggregate(&self, term: &Term, moves: bool, over: &str) -> Result<Spelt> {
        let Kind::Aggregate { name, args, distinct, order, filter } = &term.kind else {
            return Err(refuse::EXPRESSION.at(term.at));
        };
        let Some(function) = aggregates::find(name) else { return Err(refuse::EXPRESSION.at(term.at)) };
        // What is inside an aggregate sees rows, not groups; over groups, groups.
        let inside = Emit { keys: if over.is_empty() { None } else { self.keys }, ..*self };
        let filter = match filter {
            Some(filter) => format!(" FILTER (WHERE {})", inside.condition(filter)?),
            None => String::new(),
        };
        let whole = |sql: String| Ok(Spelt { sql, ty: Type::Number, whole: true });
        match (&**name, args.as_slice()) {
            ("count", []) => return whole(format!("count(*){filter}{over}")),
            ("count", [value]) if order.is_empty() => {
                let value = inside.value(value)?;
                let distinct = if *distinct { "DISTINCT " } else { "" };
                return whole(format!("count({distinct}{}){filter}{over}", value.sql));
            }
            _ => {}
        }
        let mut frame = Leaves::over(inside);
        let args = args.iter().map(|arg| typed::bind(&mut frame, arg)).collect::<Result<Vec<_>>>()?;
        let order = order.iter().map(|key| {
            let value = typed::bind(&mut frame, &key.by)?;
            Ok(Key { value, descending: key.descending, nulls_first: key.nulls_first })
        });
        let order = order.collect::<Result<Vec<_>>>()?;
        if order.is_empty() && matches!(function.name, "first" | "last" | "string_agg") {
            return Err(refuse::OUTER_PLACE.at(term.at));
        }
        // Rows of a result have no place: of two that tie, the one that SQLite meets first stays.
        let misuse = |misuse| refuse::misuse(term.at, misuse);
        let place = operators::number("0").map_err(misuse)?;
        let bound = (function.bind)(Asked { args, distinct: *distinct, order, place });
        let mut call = AggregateCall::new(function, bound.map_err(misuse)?, None);
        let ty = call.result;
        let (types, args) = inside.split.arguments(call.argument.as_mut(), &frame.leaves, &term.text)?;
        let kind = OuterKind::Aggregate { call: Arc::new(call), moves };
        let called = inside.split.register(&term.text, kind, types, ty);
        Ok(Spelt { sql: format!("{called}({args}){filter}{over}"), ty, whole: false })
    }
}

impl<'s, 'q> Leaves<'s, 'q> {
    /// Nothing yet.
    pub(super) fn over(emit: Emit<'s, 'q>) -> Leaves<'s, 'q> {
        Leaves { emit, leaves: Vec::new() }
    }
}

impl Frame for Leaves<'_, '_> {
    fn leaf(&mut self, term: &Term) -> Result<Option<Typed>> {
        let key = self.emit.keys.and_then(|keys| keys.iter().find(|(key, _)| key == term));
        let spelt = match (key, &term.kind) {
            (Some((_, spelt)), _) => spelt.clone(),
            (None, Kind::Column(index)) => {
                if self.emit.keys.is_some() && self.emit.relations.is_own(*index) {
                    let what = format!("{} is neither grouped by nor in an aggregate", in_quotes(term.text.as_bytes()));
                    return Err(refuse::error(
                        term.at,
                        what,
                        "add it to GROUP BY, or say which: min(x), max(x), mode(x)",
                    ));
                }
                self.emit.relations.column(*index)
            }
            (None, Kind::Aggregate { .. }) => match self.emit.keys {
                Some(_) => self.emit.aggregate(term, false, "")?,
                None => return Err(refuse::AGGREGATE_IN_WHERE.at(term.at)),
            },
            (None, Kind::Window(window)) => self.emit.window(term, window)?,
            (None, Kind::Query(place)) => {
                let (sql, column) = self.emit.split.query_of(*place, term.at)?;
                Spelt { sql: format!("({sql})"), ..column }
            }
            (None, Kind::Exists(place)) => {
                let sql = self.emit.split.state.borrow().queries[*place].0.clone();
                Spelt { sql: format!("EXISTS ({sql})"), ty: Type::Boolean, whole: false }
            }
            (None, Kind::InQuery(value, place)) => {
                let (sql, column) = self.emit.split.query_of(*place, term.at)?;
                let bound = self.emit.bound(value)?;
                let typed = typed::demand(bound.typed, column.ty, term.at)?;
                let value = self.emit.split.spell(Bound { typed, leaves: bound.leaves })?;
                Spelt { sql: format!("{} IN ({sql})", value.sql), ty: Type::Boolean, whole: false }
            }
            _ => return Ok(None),
        };
        let slot = self.leaves.iter().position(|leaf| leaf.sql == spelt.sql).unwrap_or(self.leaves.len());
        let ty = spelt.ty;
        if slot == self.leaves.len() {
            self.leaves.push(spelt);
        }
        Ok(Some(Typed { expr: Expr::Column(slot), ty, text: term.text.clone() }))
    }

    fn count(&mut self) -> usize {
        let terms = self.emit.split.terms.get() + 1;
        self.emit.split.terms.set(terms);
        terms
    }
}

impl Split<'_> {
    /// `bound` as SQL.
    pub(super) fn spell(&self, bound: Bound) -> Result<Spelt> {
        let Bound { typed: Typed { mut expr, ty, text }, leaves } = bound;
        if let Expr::Column(slot) = expr {
            return Ok(Spelt { ty, ..leaves[slot].clone() });
        }
        if let Expr::Constant(constant) = &expr {
            let whole = matches!(constant.borrowed(), Value::Short { scale: 0, .. });
            return Ok(Spelt { sql: literal(constant), ty, whole });
        }
        let (types, args) = self.arguments(Some(&mut expr), &leaves, &text)?;
        let called = self.register(&text, OuterKind::Scalar(expr.into()), types, ty);
        Ok(Spelt { sql: format!("{called}({args})"), ty, whole: false })
    }

    /// The types and the SQL of those of `leaves` that `expr` reads, which reads them by their places among these then.
    fn arguments(&self, expr: Option<&mut Expr>, leaves: &[Spelt], text: &str) -> Result<(Vec<Type>, String)> {
        let Some(expr) = expr else { return Ok((Vec::new(), String::new())) };
        let used: Vec<usize> = expr.columns().into_iter().collect();
        if used.len() > ARGUMENTS {
            let what = format!("{} reads {} columns", in_quotes(text.as_bytes()), used.len());
            return Err(Error::Usage(format!("{what}; an expression over results reads at most {ARGUMENTS}")));
        }
        let mut places = vec![0; leaves.len()];
        used.iter().enumerate().for_each(|(place, &slot)| places[slot] = place);
        slots::renumber(expr, &places);
        let types = used.iter().map(|&slot| leaves[slot].ty).collect();
        let args: Vec<&str> = used.iter().map(|&slot| leaves[slot].sql.as_str()).collect();
        Ok((types, args.join(", ")))
    }

    /// What orders as `spelt` does, for SQLite, which puts all numbers before all text.
    pub(super) fn ordered(&self, spelt: &Spelt) -> String {
        match spelt.ty {
            Type::Number if !spelt.whole => {
                format!(
                    "{}({})",
                    self.register("order of number", OuterKind::Order, vec![spelt.ty], spelt.ty),
                    spelt.sql
                )
            }
            Type::Dynamic => {
                format!(
                    "{}({})",
                    self.register("order of dynamic", OuterKind::Order, vec![spelt.ty], spelt.ty),
                    spelt.sql
                )
            }
            _ => spelt.as_key(),
        }
    }

    /// The quoted name under which a function is registered: `text`, or that with a number where another has it.
    pub(super) fn register(&self, text: &str, kind: OuterKind, args: Vec<Type>, ty: Type) -> String {
        let mut state = self.state.borrow_mut();
        if matches!(kind, OuterKind::Order | OuterKind::Range)
            && let Some(known) = state.functions.iter().find(|function| function.name == text)
        {
            return quoted(&known.name);
        }
        let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= NAME_BYTES).last();
        let short = text[..end.unwrap_or(0)].replace(|c: char| c.is_control(), " ");
        let is_taken = |name: &str| state.functions.iter().any(|function| function.name.eq_ignore_ascii_case(name));
        let numbered = (2..).map(|number| format!("{short} #{number}"));
        let name =
            std::iter::once(short.clone()).chain(numbered).find(|name| !is_taken(name)).expect("numbers do not end");
        let called = quoted(&name);
        state.functions.push(OuterFunction { name, kind, args, ty });
        called
    }

    /// The SQL and the one column of the query at `place`.
    fn query_of(&self, place: usize, at: sqlparser::tokenizer::Location) -> Result<(String, Spelt)> {
        let state = self.state.borrow();
        match &state.queries[place] {
            (sql, Some(columns)) => match columns.as_slice() {
                [column] => Ok((sql.clone(), Spelt { sql: String::new(), ty: column.ty, whole: column.whole })),
                _ => Err(refuse::QUERY_WIDTH.at(at)),
            },
            (sql, None) => Ok((sql.clone(), unknown())),
        }
    }
}

/// What stands for all that is not known before headers are read.
pub(super) fn unknown() -> Spelt {
    Spelt { sql: String::new(), ty: Type::Null, whole: false }
}

/// A name in SQL's quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\"").replace('\0', " "))
}

/// Columns of these names, each called as no other is: SQLite looks at no letter's case.
pub(super) fn called(columns: impl Iterator<Item = (String, Type)>) -> Vec<Column> {
    let mut all: Vec<Column> = Vec::new();
    for (name, ty) in columns {
        let numbered = (2..).map(|number| format!("{name} {number}"));
        let is_free = |name: &String| !all.iter().any(|other| other.called.eq_ignore_ascii_case(&quoted(name)));
        let free = std::iter::once(name.clone()).chain(numbered).find(is_free).expect("numbers do not end");
        all.push(Column { name, called: quoted(&free), ty, whole: false });
    }
    all
}

/// A constant as it crosses into SQLite.
fn literal(constant: &Constant) -> String {
    let mut bytes = Vec::new();
    match constant.borrowed() {
        Value::Null => return "NULL".to_string(),
        Value::Boolean(truth) => return u8::from(truth).to_string(),
        Value::Short { mantissa, scale: 0 } => return mantissa.to_string(),
        Value::Real(real) => {
            let mut sql = String::new();
            // Seventeen digits name every real; the exponent says that it is one.
            let _ = write!(sql, "{real:.16e}");
            return sql;
        }
        value => {
            exprs::crossing::text(value, &mut bytes);
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => format!("'{}'", text.replace('\'', "''")),
        Ok(text) => blob(text.as_bytes()),
        Err(error) => blob(error.as_bytes()),
    }
}

fn blob(bytes: &[u8]) -> String {
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("CAST(x'{hex}' AS TEXT)")
}
