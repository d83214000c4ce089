//! A query of the outer query in, its SQL out: `WITH`, the arms of `UNION` and its kin, `VALUES`, and what orders them.

use sqlparser::ast::{Expr, Query, SetExpr, SetOperator, SetQuantifier, With};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Location;

use super::emit::{Bound, Emit, called, quoted, unknown};
use super::from::renamed;
use super::relations::Relations;
use super::select::{Key, Parts, Place};
use super::{Column, Env, Spelt, Split, Translated};
use crate::error::Result;
use crate::exprs::{Expr as Bare, Type, Typed, operators};
use crate::questions::lower::{Item, Scope};
use crate::questions::plan::AnswerColumn;
use crate::questions::refuse;
use crate::questions::select::{self as block, By, OrderKey};
use crate::questions::shape::Arm;
use crate::questions::term::{Kind, Term};

/// One arm of a union, whose columns still may be told to be of another type.
struct UnionArm {
    items: Vec<(String, Bound)>,
    /// What stands before its items, and after them.
    before: &'static str,
    after: String,
    at: Location,
}

impl<'q> Split<'q> {
    /// The pass that `query` is, if it is nothing else.
    pub(super) fn only_pass<'a>(&self, query: &'a Query, env: Option<&Env<'_>>) -> Result<Option<Arm<'a>>> {
        self.reader.only(query)?;
        match &*query.body {
            SetExpr::Select(select) if query.with.is_none() && self.reads_input(select, env)? => {
                self.reader.arm(select).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The SQL of the whole question, in total order; and its columns.
    pub(super) fn answer(&self, query: &Query) -> Result<(String, Vec<AnswerColumn>)> {
        let Translated { sql, columns } = self.query(query, None, None, true)?;
        Ok((sql, columns.unwrap_or_default().iter().map(Column::answer).collect()))
    }

    /// `query` in SQL. The `whole` question is in total order, and its columns are named apart.
    pub(super) fn query(
        &self,
        query: &Query,
        env: Option<&Env<'_>>,
        around: Option<&Relations<'_, 'q>>,
        whole: bool,
    ) -> Result<Translated> {
        self.reader.only(query)?;
        match &query.with {
            None => self.body(query, env, around, whole),
            Some(with) => {
                let mut pieces = Vec::new();
                let translated = self.with(with, 0, query, env, around, whole, &mut pieces)?;
                if pieces.is_empty() {
                    return Ok(translated);
                }
                let word = if with.recursive { "WITH RECURSIVE" } else { "WITH" };
                let sql = format!("{word} {} {}", pieces.join(", "), translated.sql);
                Ok(Translated { sql, ..translated })
            }
        }
    }

    /// The queries of `with` from the `place`th on, each known to those after it, then the body of `query`.
    #[expect(clippy::too_many_arguments, reason = "what a query is translated in, and how far its WITH is")]
    fn with(
        &self,
        with: &With,
        place: usize,
        query: &Query,
        env: Option<&Env<'_>>,
        around: Option<&Relations<'_, 'q>>,
        whole: bool,
        pieces: &mut Vec<String>,
    ) -> Result<Translated> {
        let Some(cte) = with.cte_tables.get(place) else { return self.body(query, env, around, whole) };
        let name = &cte.alias.name;
        let at = name.span.start;
        if with.cte_tables[..place].iter().any(|other| other.alias.name.value.eq_ignore_ascii_case(&name.value)) {
            return Err(refuse::error(at, format!("WITH names {name} twice"), "give one another name"));
        }
        let (called, columns) = match self.only_pass(&cte.query, env)? {
            Some(arm) => {
                let table = self.pass(&arm, Some(&cte.query), Some(&name.value))?;
                (table.sql, table.columns)
            }
            None => {
                let called = quoted(&name.value);
                let translated = match (with.recursive, &*cte.query.body) {
                    (true, SetExpr::SetOperation { .. }) if cte.query.with.is_none() => {
                        self.recursive(cte, &called, env)?
                    }
                    _ => self.query(&cte.query, env, None, false)?,
                };
                pieces.push(format!("{called} AS ({})", translated.sql));
                (called, translated.columns)
            }
        };
        let columns = renamed(columns.as_deref(), Some(&cte.alias), at)?;
        let env = Env { name: &name.value, called: &called, columns: columns.as_deref(), around: env };
        self.with(with, place + 1, query, Some(&env), around, whole, pieces)
    }

    fn body(
        &self,
        query: &Query,
        env: Option<&Env<'_>>,
        around: Option<&Relations<'_, 'q>>,
        whole: bool,
    ) -> Result<Translated> {
        let order = self.reader.order(query)?;
        let (limit, offset) = self.reader.limit(query.limit_clause.as_ref())?;
        let limits = limits(limit, offset);
        match &*query.body {
            SetExpr::Select(select) if self.reads_input(select, env)? => {
                let table = self.pass(&self.reader.arm(select)?, Some(query), None)?;
                let columns = table.columns.unwrap_or_default();
                let list: Vec<&str> = columns.iter().map(|column| column.called.as_str()).collect();
                // Its rows stand in the order that it gave them.
                let sql = format!("SELECT {} FROM {} ORDER BY rowid", list.join(", "), table.sql);
                Ok(Translated { sql, columns: self.knows().then_some(columns) })
            }
            SetExpr::Select(select) => {
                let parts = self.select(select, order, env, around, whole)?;
                self.spelt_select(parts, whole, limits.is_some(), &limits.unwrap_or_default())
            }
            SetExpr::Query(inner) if order.is_empty() && limits.is_none() => self.query(inner, env, around, whole),
            body => {
                let mut arms = Vec::new();
                let mut all_alike = true;
                self.arms(body, env, around, &mut all_alike, &mut arms)?;
                let (sql, columns) = self.union(arms, None)?;
                self.ordered_union(sql, columns, order, all_alike, whole, limits)
            }
        }
    }

    /// A query that reads itself: the arms that do not say what its columns are.
    fn recursive(&self, cte: &sqlparser::ast::Cte, called: &str, env: Option<&Env<'_>>) -> Result<Translated> {
        let at = cte.alias.name.span.start;
        if cte.query.order_by.is_some() || cte.query.limit_clause.is_some() {
            return Err(refuse::RECURSION_ORDER.at(at));
        }
        let SetExpr::SetOperation { left, op: SetOperator::Union, set_quantifier, right } = &*cte.query.body else {
            return self.query(&cte.query, env, None, false);
        };
        let mut alike = true;
        let mut arms = Vec::new();
        self.arms(left, env, None, &mut alike, &mut arms)?;
        let (first, columns) = self.union(arms, None)?;
        let named = renamed(columns.as_deref(), Some(&cte.alias), at)?;
        let itself = Env { name: &cte.alias.name.value, called, columns: named.as_deref(), around: env };
        let mut arms = Vec::new();
        self.arms(right, Some(&itself), None, &mut alike, &mut arms)?;
        let (then, _) = self.union(arms, columns.as_deref())?;
        let word = union_word(SetOperator::Union, *set_quantifier, at)?;
        Ok(Translated { sql: format!("{first} {word} {then}"), columns })
    }

    /// The arms of `body`, each with the operator before it. It leans to the left, so its left side is walked.
    fn arms(
        &self,
        body: &SetExpr,
        env: Option<&Env<'_>>,
        around: Option<&Relations<'_, 'q>>,
        all_alike: &mut bool,
        arms: &mut Vec<UnionArm>,
    ) -> Result<()> {
        let mut rest = body;
        let mut right_sides = Vec::new();
        while let SetExpr::SetOperation { left, op, set_quantifier, right } = rest {
            let at = self.reader.parsed.place(Keyword::UNION);
            right_sides.push((union_word(*op, *set_quantifier, at)?, right));
            rest = left;
        }
        arms.extend(self.arm_of(rest, env, around, "")?);
        for (word, right) in right_sides.into_iter().rev() {
            *all_alike &= word == "UNION ALL";
            arms.extend(self.arm_of(right, env, around, word)?);
        }
        Ok(())
    }

    /// One arm; several of `VALUES`.
    fn arm_of(
        &self,
        body: &SetExpr,
        env: Option<&Env<'_>>,
        around: Option<&Relations<'_, 'q>>,
        before: &'static str,
    ) -> Result<Vec<UnionArm>> {
        let start = self.reader.start();
        match body {
            SetExpr::Select(select) if self.reads_input(select, env)? => {
                let arm = self.reader.arm(select)?;
                let at = arm.clauses.at;
                let table = self.pass(&arm, None, None)?;
                Ok(vec![of_table(table, before, at)])
            }
            SetExpr::Select(select) => {
                let parts = self.select(select, &[], env, around, false)?;
                let at = parts.at;
                let (items, after) = (parts.items, parts.after);
                if !parts.distinct {
                    return Ok(vec![UnionArm { items, before, after, at }]);
                }
                let (list, columns, _) = self.listed(items)?;
                let sql = format!("(SELECT DISTINCT {list}{after})");
                Ok(vec![of_table(Translated { sql, columns: self.knows().then_some(columns) }, before, at)])
            }
            SetExpr::Query(query) => {
                let Translated { sql, columns } = self.query(query, env, around, false)?;
                Ok(vec![of_table(Translated { sql: format!("({sql})"), columns }, before, start)])
            }
            SetExpr::SetOperation { .. } => {
                let mut arms = Vec::new();
                self.arms(body, env, around, &mut true, &mut arms)?;
                let (sql, columns) = self.union(arms, None)?;
                Ok(vec![of_table(Translated { sql: format!("({sql})"), columns }, before, start)])
            }
            SetExpr::Values(values) => {
                let nothing = Relations { split: self, env, list: Vec::new(), windows: &[], around };
                let scope = Scope { names: &nothing, terms: &self.terms };
                let mut arms = Vec::new();
                for row in &values.rows {
                    let value = |(place, value): (usize, &Expr)| {
                        let term = block::lower_alone(value, scope, start)?;
                        Ok((format!("column{}", place + 1), self.bound_in(&nothing, &term)?))
                    };
                    let items = row.content.iter().enumerate().map(value).collect::<Result<_>>()?;
                    let before = if arms.is_empty() { before } else { "UNION ALL" };
                    arms.push(UnionArm { items, before, after: String::new(), at: start });
                }
                Ok(arms)
            }
            SetExpr::Table(_) => Err(refuse::TABLE.at(self.reader.parsed.place(Keyword::TABLE))),
            _ => Err(refuse::STATEMENT.at(start)),
        }
    }

    /// `term` over `relations`; nothing in particular while headers are unread.
    fn bound_in(&self, relations: &Relations<'_, 'q>, term: &Term) -> Result<Bound> {
        match self.knows() {
            true => Emit { split: self, relations, keys: None }.bound(term),
            false => Ok(nothing(term)),
        }
    }

    /// All arms in SQL, each column of one type in all; of the types of `like`, if it is given.
    fn union(&self, mut arms: Vec<UnionArm>, like: Option<&[Column]>) -> Result<(String, Option<Vec<Column>>)> {
        let width = arms.first().map_or(0, |arm| arm.items.len());
        if !self.knows() {
            return Ok((String::new(), None));
        }
        let width = like.map_or(width, <[Column]>::len);
        if let Some(other) = arms.iter().find(|arm| arm.items.len() != width) {
            return Err(refuse::UNION_WIDTH.at(other.at));
        }
        let mut columns = called(arms[0].items.iter().map(|(name, bound)| (name.clone(), bound.typed.ty)));
        let mut lists: Vec<Vec<String>> = arms.iter().map(|_| Vec::new()).collect();
        for (place, column) in columns.iter_mut().enumerate() {
            let at = arms[0].at;
            let (mut values, mut leaves) = (Vec::new(), Vec::new());
            for arm in &mut arms {
                let bound = std::mem::replace(&mut arm.items[place].1, nothing_at_all());
                values.push(bound.typed);
                leaves.push(bound.leaves);
            }
            let misuse = |misuse| refuse::misuse(at, misuse);
            let (values, ty) = match like {
                None => operators::unify(values).map_err(misuse)?,
                Some(like) => {
                    let ty = like[place].ty;
                    let demanded = values.into_iter().map(|value| operators::demand(value, ty).map_err(misuse));
                    (demanded.collect::<Result<Vec<_>>>()?, ty)
                }
            };
            (column.ty, column.whole) = (ty, true);
            for ((typed, leaves), list) in values.into_iter().zip(leaves).zip(&mut lists) {
                let spelt = self.spell(Bound { typed, leaves })?;
                column.whole &= spelt.whole;
                list.push(format!("{} AS {}", spelt.sql, column.called));
            }
        }
        // A column that reads itself may become what it was not.
        if like.is_none() {
            columns.iter_mut().for_each(|column| column.whole &= column.ty == Type::Number);
        }
        let pieces = arms.iter().zip(&lists).map(|(arm, list)| {
            let before = if arm.before.is_empty() { String::new() } else { format!("{} ", arm.before) };
            format!("{before}SELECT {}{}", list.join(", "), arm.after)
        });
        Ok((pieces.collect::<Vec<_>>().join(" "), Some(columns)))
    }

    fn ordered_union(
        &self,
        sql: String,
        columns: Option<Vec<Column>>,
        order: &[sqlparser::ast::OrderByExpr],
        all_alike: bool,
        whole: bool,
        limits: Option<String>,
    ) -> Result<Translated> {
        let at = self.reader.start();
        let names = columns.iter().flatten().map(|column| column.name.clone());
        let items: Vec<Item> = names
            .map(|name| Item { name, term: Term { kind: Kind::Null, text: "".into(), at }, is_alias: true })
            .collect();
        let keys = block::union_order(order, &items, self.knows(), at)?;
        let Some(columns) = columns else { return Ok(Translated { sql, columns: None }) };
        if keys.is_empty() && limits.is_none() && (!whole || all_alike) {
            return Ok(Translated { sql, columns: Some(columns) });
        }
        let mut orders: Vec<String> = Vec::new();
        let mut placed = Vec::new();
        for OrderKey { by, descending, nulls_first, .. } in &keys {
            let By::Item(place) = by else { continue };
            placed.push(*place);
            orders.push(direction(self.ordered(&spelt_of(&columns[*place])), *descending, *nulls_first));
        }
        if whole || limits.is_some() {
            let rest = columns.iter().enumerate().filter(|(place, _)| !placed.contains(place));
            orders.extend(rest.map(|(_, column)| direction(self.ordered(&spelt_of(column)), false, false)));
        }
        let list: Vec<&str> = columns.iter().map(|column| column.called.as_str()).collect();
        let limits = limits.unwrap_or_default();
        let sql = format!("SELECT {} FROM ({sql}) ORDER BY {}{limits}", list.join(", "), orders.join(", "));
        Ok(Translated { sql, columns: Some(columns) })
    }

    /// `query`, in an expression of a `SELECT` over `around`: its place among the queries.
    pub(super) fn query_in_expression(
        &self,
        query: &Query,
        env: Option<&Env<'_>>,
        around: &Relations<'_, 'q>,
    ) -> Result<usize> {
        let Translated { sql, columns } = self.query(query, env, Some(around), false)?;
        let mut state = self.state.borrow_mut();
        state.queries.push((sql, columns));
        Ok(state.queries.len() - 1)
    }
}

/// What a table, or a query in brackets, is as an arm.
fn of_table(table: Translated, before: &'static str, at: Location) -> UnionArm {
    let item = |column: &Column| {
        let spelt = spelt_of(column);
        let typed = Typed { expr: Bare::Column(0), ty: column.ty, text: column.name.as_str().into() };
        (column.name.clone(), Bound { typed, leaves: vec![spelt] })
    };
    let items = table.columns.iter().flatten().map(item).collect();
    UnionArm { items, before, after: format!(" FROM {}", table.sql), at }
}

fn spelt_of(column: &Column) -> Spelt {
    Spelt { sql: column.called.clone(), ty: column.ty, whole: column.whole }
}

fn nothing(term: &Term) -> Bound {
    Bound { typed: Typed { text: term.text.clone(), ..operators::null() }, leaves: vec![unknown()] }
}

fn nothing_at_all() -> Bound {
    Bound { typed: operators::null(), leaves: Vec::new() }
}

/// The set operation as SQLite writes it.
fn union_word(op: SetOperator, quantifier: SetQuantifier, at: Location) -> Result<&'static str> {
    use SetQuantifier::*;
    match (op, quantifier) {
        (SetOperator::Union, All) => Ok("UNION ALL"),
        (SetOperator::Union, None | Distinct) => Ok("UNION"),
        (SetOperator::Intersect, None | Distinct) => Ok("INTERSECT"),
        (SetOperator::Except | SetOperator::Minus, None | Distinct) => Ok("EXCEPT"),
        _ => Err(refuse::SET_OPERATION.at(at)),
    }
}

/// ` LIMIT …`, if there is any.
fn limits(limit: Option<u64>, offset: u64) -> Option<String> {
    match (limit, offset) {
        (None, 0) => None,
        // SQLite takes no OFFSET alone; a negative limit is none.
        (limit, offset) => {
            let limit = limit.map_or("-1".to_string(), |limit| limit.min(i64::MAX as u64).to_string());
            Some(format!(" LIMIT {limit} OFFSET {offset}"))
        }
    }
}

/// A key of `ORDER BY`, with where NULLs stand always said.
pub(super) fn direction(sql: String, descending: bool, nulls_first: bool) -> String {
    let nulls = if nulls_first { "FIRST" } else { "LAST" };
    format!("{sql}{} NULLS {nulls}", if descending { " DESC" } else { "" })
}

impl Split<'_> {
    /// The select list of `items`, its columns, and what each is.
    fn listed(&self, items: Vec<(String, Bound)>) -> Result<(String, Vec<Column>, Vec<Spelt>)> {
        let mut columns = called(items.iter().map(|(name, bound)| (name.clone(), bound.typed.ty)));
        let (mut list, mut all) = (Vec::new(), Vec::new());
        for ((_, bound), column) in items.into_iter().zip(&mut columns) {
            let spelt = self.spell(bound)?;
            column.whole = spelt.whole;
            list.push(format!("{} AS {}", spelt.sql, column.called));
            all.push(spelt);
        }
        Ok((list.join(", "), columns, all))
    }

    fn spelt_select(&self, parts: Parts, whole: bool, limited: bool, limits: &str) -> Result<Translated> {
        if !self.knows() {
            return Ok(Translated { sql: String::new(), columns: None });
        }
        let Parts { distinct, items, after, order, keys, .. } = parts;
        let (list, columns, spelt) = self.listed(items)?;
        let mut orders: Vec<String> = Vec::new();
        let mut placed = Vec::new();
        for Key { by, descending, nulls_first } in order {
            let sql = match by {
                Place::Item(place) => {
                    placed.push(place);
                    self.ordered(&spelt[place])
                }
                Place::Sql(sql) => sql,
            };
            orders.push(direction(sql, descending, nulls_first));
        }
        if whole || limited {
            if orders.is_empty() {
                orders.extend(keys.into_iter().map(|key| direction(key, false, false)));
            }
            let rest = spelt.iter().enumerate().filter(|(place, _)| !placed.contains(place));
            orders.extend(rest.map(|(_, spelt)| direction(self.ordered(spelt), false, false)));
        }
        let order = if orders.is_empty() { String::new() } else { format!(" ORDER BY {}", orders.join(", ")) };
        let distinct = if distinct { "DISTINCT " } else { "" };
        Ok(Translated { sql: format!("SELECT {distinct}{list}{after}{order}{limits}"), columns: Some(columns) })
    }
}
