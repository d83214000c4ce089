//! `FROM` of an outer query in, its SQL and the relations that it makes out.

use sqlparser::ast::{
    Expr, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, Select, Spanned, TableAlias, TableFactor,
};
use sqlparser::tokenizer::Location;

use super::emit::{Emit, quoted};
use super::relations::{Cell, Relation, Relations};
use super::{Column, Env, Spelt, Split, Translated};
use crate::error::Result;
use crate::exprs::Type;
use crate::questions::lower::Scope;
use crate::questions::names;
use crate::questions::refuse::{self, Refusal};
use crate::questions::select as block;
use crate::questions::shape::nearest;

/// What a table in `FROM` is.
enum Source<'e> {
    Input,
    Known(&'e Env<'e>),
}

impl<'q> Split<'q> {
    /// Whether `select` reads an input, and so is a pass. One that reads something beside it is refused.
    pub(super) fn reads_input(&self, select: &Select, env: Option<&Env<'_>>) -> Result<bool> {
        let relations = select
            .from
            .iter()
            .flat_map(|part| std::iter::once(&part.relation).chain(part.joins.iter().map(|join| &join.relation)));
        let (mut inputs, mut others) = (0, None);
        for relation in relations {
            match relation {
                TableFactor::Table { name, args: None, .. } if matches!(source(name, env), Source::Input) => {
                    inputs += 1
                }
                TableFactor::UNNEST { .. } | TableFactor::Function { .. } => {}
                other => others = Some(other),
            }
        }
        match others {
            Some(other) if inputs > 0 => {
                Err(refuse::JOIN.at(nearest(other.span().start, select.select_token.0.span.start)))
            }
            _ => Ok(inputs > 0),
        }
    }

    /// The `FROM` of `select`, with the word itself; and what it makes known.
    pub(super) fn from<'s>(
        &'s self,
        select: &'s Select,
        env: Option<&'s Env<'s>>,
        around: Option<&'s Relations<'s, 'q>>,
    ) -> Result<(String, Relations<'s, 'q>)> {
        let merged = Relation { alias: String::new(), columns: self.knows().then(Vec::new) };
        let mut relations = Relations { split: self, env, list: vec![merged], windows: &select.named_window, around };
        let at = select.select_token.0.span.start;
        let mut sql = String::new();
        for part in &select.from {
            let (piece, relation) = self.relation(&part.relation, env, at)?;
            sql += if sql.is_empty() { " FROM " } else { " CROSS JOIN " };
            sql += &piece;
            self.add(&mut relations, relation, at)?;
            for join in &part.joins {
                let here = nearest(join.relation.span().start, at);
                let (piece, relation) = self.relation(&join.relation, env, at)?;
                let (word, constraint) = join_word(&join.join_operator).map_err(|refusal| refusal.at(here))?;
                self.add(&mut relations, relation, here)?;
                let condition = self.constraint(&mut relations, word, constraint, here)?;
                sql += &format!(" {word} {piece}{condition}");
            }
        }
        Ok((sql, relations))
    }

    fn add(&self, relations: &mut Relations<'_, 'q>, relation: Relation, at: Location) -> Result<()> {
        if relations.list.iter().any(|other| names::fold(&other.alias) == names::fold(&relation.alias)) {
            let what = format!("two tables here are called {}", relation.alias);
            return Err(refuse::error(at, what, format!("give one another name: {} AS …", relation.alias)));
        }
        relations.list.push(relation);
        Ok(())
    }

    fn relation(&self, factor: &TableFactor, env: Option<&Env<'_>>, at: Location) -> Result<(String, Relation)> {
        let at = nearest(factor.span().start, at);
        match factor {
            TableFactor::Table { name, alias, .. } => {
                // Refuses every option that a table has elsewhere.
                self.reader.table(factor)?;
                let Source::Known(known) = source(name, env) else { return Err(refuse::JOIN.at(at)) };
                let called = alias.as_ref().map_or(known.name, |alias| alias.name.value.as_str());
                let columns = renamed(known.columns, alias.as_ref(), at)?;
                Ok((format!("{} AS {}", known.called, quoted(called)), Relation::new(called, columns.as_deref())))
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                let Translated { sql, columns } = self.query(subquery, env, None, false)?;
                let numbered = format!("subquery {}:{}", at.line, at.column);
                let called = alias.as_ref().map_or(numbered.as_str(), |alias| alias.name.value.as_str());
                let columns = renamed(columns.as_deref(), alias.as_ref(), at)?;
                Ok((format!("({sql}) AS {}", quoted(called)), Relation::new(called, columns.as_deref())))
            }
            TableFactor::UNNEST { .. } => Err(refuse::UNNEST_OUTER.at(at)),
            other => Err(self.reader.no_table(other)),
        }
    }

    /// ` ON …`, of `ON` or `USING`; what `USING` merges moves to the front.
    fn constraint(
        &self,
        relations: &mut Relations<'_, 'q>,
        word: &str,
        constraint: &JoinConstraint,
        at: Location,
    ) -> Result<String> {
        match constraint {
            JoinConstraint::None if word == "CROSS JOIN" => Ok(String::new()),
            JoinConstraint::None => Err(refuse::JOIN_WITHOUT_ON.at(at)),
            JoinConstraint::Natural => Err(refuse::NATURAL_JOIN.at(at)),
            JoinConstraint::On(condition) => Ok(format!(" ON {}", self.on(relations, condition, at)?)),
            JoinConstraint::Using(columns) => {
                let columns = columns.iter().map(|name| self.using(relations, word, name, at));
                Ok(format!(" ON {}", columns.collect::<Result<Vec<_>>>()?.join(" AND ")))
            }
        }
    }

    fn on(&self, relations: &Relations<'_, 'q>, condition: &Expr, at: Location) -> Result<String> {
        let scope = Scope { names: relations, terms: &self.terms };
        let term = block::lower_alone(condition, scope, at)?;
        Emit { split: self, relations, keys: None }.condition(&term)
    }

    /// One column of `USING`: the equality of both sides.
    fn using(&self, relations: &mut Relations<'_, 'q>, word: &str, name: &ObjectName, at: Location) -> Result<String> {
        let [ObjectNamePart::Identifier(name)] = name.0.as_slice() else { return Err(refuse::QUALIFIER.at(at)) };
        if !self.knows() {
            return Ok(String::new());
        }
        let joined = relations.list.len() - 1;
        let sides = [(0..joined), (joined..joined + 1)].map(|side| {
            let mut found = Vec::new();
            for relation in side {
                let cells = relations.list[relation].columns.iter().flatten().enumerate();
                found.extend(
                    cells
                        .filter(|(_, cell)| !cell.merged && names::fold(&cell.name) == names::fold(&name.value))
                        .map(|(place, _)| (relation, place)),
                );
            }
            found
        });
        let [[left], [right]] = [sides[0].as_slice(), sides[1].as_slice()] else {
            let what = format!("USING ({name}) takes a column that each side has once");
            return Err(refuse::error(at, what, format!("write ON a.{name} = b.{name}")));
        };
        let at_place = |(relation, place): (usize, usize)| {
            relations.list[relation].columns.as_ref().map(|cells| cells[place].clone())
        };
        let (Some(one), Some(other)) = (at_place(*left), at_place(*right)) else { return Ok(String::new()) };
        if one.spelt.ty != other.spelt.ty {
            let what = format!("USING ({name}): a {} beside a {}", one.spelt.ty, other.spelt.ty);
            return Err(refuse::error(at, what, format!("write ON, with CAST(… AS {})", one.spelt.ty)));
        }
        let condition = self.equal(&one.spelt, &other.spelt);
        let spelt = match word {
            "RIGHT JOIN" => other.spelt.clone(),
            "FULL JOIN" => Spelt {
                sql: format!("coalesce({}, {})", one.spelt.sql, other.spelt.sql),
                whole: one.spelt.whole && other.spelt.whole,
                ..one.spelt
            },
            _ => one.spelt.clone(),
        };
        for (relation, place) in [*left, *right] {
            if let Some(cells) = relations.list[relation].columns.as_mut() {
                cells[place].merged = true;
            }
        }
        let first = relations.list[0].columns.get_or_insert_default();
        // What an earlier USING made is made anew, where it stood.
        match left {
            (0, place) => first[*place] = Cell { name: one.name, spelt, merged: false },
            _ => first.push(Cell { name: one.name, spelt, merged: false }),
        }
        Ok(condition)
    }

    /// `left = right`, of one type, by value.
    pub(super) fn equal(&self, left: &Spelt, right: &Spelt) -> String {
        if left.ty == Type::Number && !left.whole && !right.whole {
            return format!("{} = {}", self.ordered(left), self.ordered(right));
        }
        format!("{} = {}", left.sql, right.sql)
    }
}

/// What `name` in `FROM` is.
fn source<'e>(name: &ObjectName, env: Option<&'e Env<'e>>) -> Source<'e> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ident)] if ident.quote_style != Some('\'') => {
            Env::find(env, &ident.value).map_or(Source::Input, Source::Known)
        }
        _ => Source::Input,
    }
}

/// `columns` under the names that `alias` gives them; in the SQL they are called as before.
pub(super) fn renamed(
    columns: Option<&[Column]>,
    alias: Option<&TableAlias>,
    at: Location,
) -> Result<Option<Vec<Column>>> {
    let names = alias.map_or(&[][..], |alias| &alias.columns);
    let Some(columns) = columns else { return Ok(None) };
    if names.is_empty() {
        return Ok(Some(columns.to_vec()));
    }
    if names.len() != columns.len() {
        let what = format!("{} columns are given {} names", columns.len(), names.len());
        return Err(refuse::error(at, what, "name each"));
    }
    let renamed = columns.iter().zip(names);
    Ok(Some(renamed.map(|(column, name)| Column { name: name.name.value.clone(), ..column.clone() }).collect()))
}

/// The join as SQLite writes it, and its constraint.
fn join_word(operator: &JoinOperator) -> Result<(&'static str, &JoinConstraint), Refusal> {
    use JoinOperator::*;
    match operator {
        Join(constraint) | Inner(constraint) => Ok(("JOIN", constraint)),
        Left(constraint) | LeftOuter(constraint) => Ok(("LEFT JOIN", constraint)),
        Right(constraint) | RightOuter(constraint) => Ok(("RIGHT JOIN", constraint)),
        FullOuter(constraint) => Ok(("FULL JOIN", constraint)),
        CrossJoin(constraint) => Ok(("CROSS JOIN", constraint)),
        _ => Err(refuse::JOIN_KIND),
    }
}
