//! One `SELECT` over results in, its pieces of SQL out.

use sqlparser::ast::{OrderByExpr, Select};
use sqlparser::tokenizer::Location;

use super::emit::{Bound, Emit};
use super::relations::Relations;
use super::{Env, Spelt, Split};
use crate::error::Result;
use crate::questions::lower::Scope;
use crate::questions::refuse;
use crate::questions::select::{self as block, By, OrderKey};
use crate::questions::term::Term;

/// A `SELECT`, all but its list spelt.
pub(super) struct Parts {
    pub(super) distinct: bool,
    pub(super) items: Vec<(String, Bound)>,
    /// `FROM` to `HAVING`.
    pub(super) after: String,
    pub(super) order: Vec<Key>,
    /// What orders where nothing is said: the keys of groups.
    pub(super) keys: Vec<String>,
    pub(super) at: Location,
}

/// One key of `ORDER BY`.
pub(super) struct Key {
    pub(super) by: Place,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
}

/// What orders.
pub(super) enum Place {
    /// An item of the list.
    Item(usize),
    /// What is not selected, in SQL.
    Sql(String),
}

impl<'q> Split<'q> {
    /// The pieces of `select`. In the `whole` question no two columns have one name.
    pub(super) fn select(
        &self,
        select: &Select,
        order: &[OrderByExpr],
        env: Option<&Env<'_>>,
        around: Option<&Relations<'_, 'q>>,
        whole: bool,
    ) -> Result<Parts> {
        let clauses = self.reader.clauses(select)?;
        let at = clauses.at;
        if select.qualify.is_some() {
            return Err(refuse::QUALIFY.at(at));
        }
        let (from, relations) = self.from(select, env, around)?;
        let scope = Scope { names: &relations, terms: &self.terms };
        let lowered = block::lower(&clauses, None, order, scope)?;
        if !self.knows() {
            let nothing = Parts {
                distinct: false,
                items: Vec::new(),
                after: String::new(),
                order: Vec::new(),
                keys: Vec::new(),
                at,
            };
            return Ok(nothing);
        }
        if whole {
            block::unique_names(&lowered)?;
        }
        let rows = Emit { split: self, relations: &relations, keys: None };
        let mut after = from;
        let mut conditions = lowered.filter.iter().map(|term| rows.condition(term)).collect::<Result<Vec<_>>>()?;
        if !conditions.is_empty() {
            after += &format!(" WHERE {}", conditions.join(" AND "));
        }
        let key = |term: &Term| Ok((term.clone(), rows.value(term)?));
        let keys: Vec<(Term, Spelt)> = lowered.keys.iter().map(key).collect::<Result<_>>()?;
        let mut ordered_keys = Vec::new();
        if !keys.is_empty() {
            let list: Vec<String> = keys.iter().map(|(_, spelt)| spelt.as_key()).collect();
            after += &format!(" GROUP BY {}", list.join(", "));
            ordered_keys = keys.iter().map(|(_, spelt)| self.ordered(spelt)).collect();
        }
        let emit = Emit { keys: lowered.is_grouped().then_some(&keys[..]), ..rows };
        if let Some(having) = &lowered.having {
            conditions = vec![emit.condition(having)?];
            after += &format!(" HAVING {}", conditions.join(" AND "));
        }
        let order = lowered.order.iter().map(|OrderKey { by, descending, nulls_first, .. }| {
            let by = match by {
                By::Item(place) => Place::Item(*place),
                By::Term(term) => Place::Sql(emit.order(term)?),
            };
            Ok(Key { by, descending: *descending, nulls_first: *nulls_first })
        });
        let order = order.collect::<Result<_>>()?;
        let item = |item: &crate::questions::lower::Item| Ok((item.name.clone(), emit.bound(&item.term)?));
        let items = lowered.items.iter().map(item).collect::<Result<_>>()?;
        Ok(Parts { distinct: lowered.distinct, items, after, order, keys: ordered_keys, at })
    }
}
