//! Pieces of a syntax tree in, the clauses that are there out, and that there are no others.
//!
//! Knows no column and no function; expressions stay as the parser left them.

use sqlparser::ast::{
    self, Distinct, Expr, GroupByExpr, JoinConstraint, JoinOperator, LimitClause, ObjectNamePart, OrderByExpr,
    OrderByKind, Query, Select, SelectItem, Spanned, TableFactor, Value,
};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Location;

use super::parse::Parsed;
use super::refuse::{self, Refusal};
use crate::error::Result;

/// The clauses of one `SELECT` but `FROM`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clauses<'q> {
    pub(super) distinct: bool,
    pub(super) items: &'q [SelectItem],
    pub(super) filter: Option<&'q Expr>,
    pub(super) group_by: &'q [Expr],
    pub(super) having: Option<&'q Expr>,
    /// Of its `SELECT`.
    pub(super) at: Location,
}

/// One `SELECT … FROM t[, UNNEST(…)] …`: a pass.
#[derive(Debug)]
pub(super) struct Arm<'q> {
    pub(super) clauses: Clauses<'q>,
    pub(super) table: Named<'q>,
    pub(super) unnest: Option<Unnest<'q>>,
}

/// The table that is read.
#[derive(Debug)]
pub(super) struct Named<'q> {
    pub(super) name: &'q str,
    /// `'path.csv'` rather than a name.
    pub(super) is_path: bool,
    /// What columns may be qualified with.
    pub(super) alias: &'q str,
}

/// `UNNEST(call) AS alias(element)`
#[derive(Debug)]
pub(super) struct Unnest<'q> {
    pub(super) call: &'q Expr,
    pub(super) alias: &'q str,
    pub(super) element: &'q str,
    pub(super) at: Location,
}

/// Reads the syntax tree of one question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'q> {
    pub(super) parsed: &'q Parsed,
}

impl Reader<'_> {
    /// Where the question begins.
    pub(super) fn start(&self) -> Location {
        self.parsed.place(Keyword::NoKeyword)
    }

    /// The keys of `query`'s `ORDER BY`.
    pub(super) fn order<'q>(&self, query: &'q Query) -> Result<&'q [OrderByExpr]> {
        match &query.order_by {
            None => Ok(&[]),
            Some(order) => match &order.kind {
                OrderByKind::Expressions(keys) if order.interpolate.is_none() => Ok(keys),
                _ => Err(refuse::ORDER_OPTION.at(self.parsed.place(Keyword::ORDER))),
            },
        }
    }

    /// Refuses every clause around the body of `query` but WITH, ORDER BY and LIMIT.
    pub(super) fn only(&self, query: &Query) -> Result<()> {
        let met: [(bool, Refusal, Keyword); 6] = [
            (query.fetch.is_some(), refuse::FETCH, Keyword::FETCH),
            (!query.locks.is_empty(), refuse::LOCK, Keyword::FOR),
            (query.for_clause.is_some(), refuse::LOCK, Keyword::FOR),
            (query.settings.is_some(), refuse::SETTINGS, Keyword::SETTINGS),
            (query.format_clause.is_some(), refuse::SETTINGS, Keyword::FORMAT),
            (!query.pipe_operators.is_empty(), refuse::PIPE, Keyword::NoKeyword),
        ];
        self.refuse_first(&met)
    }

    fn refuse_first(&self, met: &[(bool, Refusal, Keyword)]) -> Result<()> {
        match met.iter().find(|(is_met, ..)| *is_met) {
            Some((_, refusal, keyword)) => Err(refusal.at(self.parsed.place(*keyword))),
            None => Ok(()),
        }
    }

    /// The pass that `select` is.
    pub(super) fn arm<'q>(&self, select: &'q Select) -> Result<Arm<'q>> {
        let clauses = self.clauses(select)?;
        let met = [
            (select.qualify.is_some(), refuse::QUALIFY, Keyword::QUALIFY),
            (!select.named_window.is_empty(), refuse::WINDOW, Keyword::WINDOW),
        ];
        self.refuse_first(&met)?;
        let (table, unnest) = self.from(select, clauses.at)?;
        Ok(Arm { clauses, table, unnest })
    }

    /// The clauses of `select`; those that no `SELECT` has here are refused.
    pub(super) fn clauses<'q>(&self, select: &'q Select) -> Result<Clauses<'q>> {
        let at = select.select_token.0.span.start;
        let met = [
            (select.top.is_some(), refuse::TOP, Keyword::TOP),
            (select.into.is_some(), refuse::INTO, Keyword::INTO),
            (!select.lateral_views.is_empty(), refuse::LATERAL, Keyword::LATERAL),
            (select.exclude.is_some(), refuse::WILDCARD_OPTION, Keyword::EXCLUDE),
            (select.prewhere.is_some(), refuse::OTHER_CLAUSE, Keyword::PREWHERE),
            (!select.connect_by.is_empty(), refuse::OTHER_CLAUSE, Keyword::CONNECT),
            (!select.cluster_by.is_empty(), refuse::OTHER_CLAUSE, Keyword::CLUSTER),
            (!select.distribute_by.is_empty(), refuse::OTHER_CLAUSE, Keyword::DISTRIBUTE),
            (!select.sort_by.is_empty(), refuse::OTHER_CLAUSE, Keyword::SORT),
            (select.select_modifiers.is_some(), refuse::OTHER_CLAUSE, Keyword::SELECT),
            (select.value_table_mode.is_some(), refuse::OTHER_CLAUSE, Keyword::SELECT),
            (matches!(select.distinct, Some(Distinct::On(_))), refuse::DISTINCT_ON, Keyword::DISTINCT),
            (select.projection.is_empty(), refuse::NOTHING, Keyword::SELECT),
        ];
        self.refuse_first(&met)?;
        Ok(Clauses {
            distinct: matches!(select.distinct, Some(Distinct::Distinct)),
            items: &select.projection,
            filter: select.selection.as_ref(),
            group_by: self.group_by(&select.group_by)?,
            having: select.having.as_ref(),
            at,
        })
    }

    fn group_by<'q>(&self, group_by: &'q GroupByExpr) -> Result<&'q [Expr]> {
        match group_by {
            GroupByExpr::Expressions(keys, modifiers) if modifiers.is_empty() => Ok(keys),
            GroupByExpr::Expressions(..) => Err(refuse::GROUPING_SETS.at(self.parsed.place(Keyword::GROUP))),
            GroupByExpr::All(_) => Err(refuse::GROUP_ALL.at(self.parsed.place(Keyword::GROUP))),
        }
    }

    /// `FROM t`, and `UNNEST` after a comma or `CROSS JOIN`.
    fn from<'q>(&self, select: &'q Select, at: Location) -> Result<(Named<'q>, Option<Unnest<'q>>)> {
        let Some(first) = select.from.first() else { return Err(refuse::NO_FROM.at(at)) };
        let table = self.table(&first.relation)?;
        let mut unnest = None;
        let joined = |join: &'q ast::Join| (&join.relation, Some(&join.join_operator));
        let others = select.from.iter().enumerate().flat_map(|(place, part)| {
            (place > 0).then_some((&part.relation, None)).into_iter().chain(part.joins.iter().map(joined))
        });
        for (relation, join) in others {
            let Some(found) = self.unnest(relation)? else {
                return Err(match join {
                    Some(_) => refuse::JOIN.at(nearest(relation.span().start, self.parsed.place(Keyword::JOIN))),
                    None => match relation {
                        TableFactor::Table { .. } => refuse::TWO_TABLES.at(nearest(relation.span().start, at)),
                        _ => self.no_table(relation),
                    },
                });
            };
            match join {
                None | Some(JoinOperator::CrossJoin(JoinConstraint::None)) => {}
                Some(_) => return Err(refuse::OUTER_UNNEST.at(found.at)),
            }
            if unnest.is_some() {
                return Err(refuse::UNNEST_TWICE.at(found.at));
            }
            unnest = Some(found);
        }
        Ok((table, unnest))
    }

    /// The table that `relation` names.
    pub(super) fn table<'q>(&self, relation: &'q TableFactor) -> Result<Named<'q>> {
        let TableFactor::Table {
            name,
            alias,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } = relation
        else {
            return Err(match self.unnest(relation)? {
                Some(unnest) => refuse::UNNEST_ALONE.at(unnest.at),
                None => self.no_table(relation),
            });
        };
        let at = nearest(relation.span().start, self.parsed.place(Keyword::FROM));
        if args.is_some() {
            return Err(refuse::TABLE_FUNCTION.at(at));
        }
        if sample.is_some() {
            return Err(refuse::TABLE_SAMPLE.at(at));
        }
        let plain = with_hints.is_empty() && version.is_none() && !with_ordinality && partitions.is_empty();
        if !plain || json_path.is_some() || !index_hints.is_empty() {
            return Err(refuse::TABLE_OPTION.at(at));
        }
        let [ObjectNamePart::Identifier(name)] = name.0.as_slice() else { return Err(refuse::TABLE_NAME.at(at)) };
        let alias = match alias {
            None => &name.value,
            Some(alias) if alias.columns.is_empty() && alias.at.is_none() => &alias.name.value,
            Some(_) => return Err(refuse::TABLE_OPTION.at(at)),
        };
        Ok(Named { name: &name.value, is_path: name.quote_style == Some('\''), alias })
    }

    /// Why `relation` is no table.
    pub(super) fn no_table(&self, relation: &TableFactor) -> crate::error::Error {
        let refusal = match relation {
            TableFactor::Derived { lateral: true, .. } => refuse::LATERAL,
            TableFactor::Derived { .. } => refuse::SUBQUERY,
            TableFactor::NestedJoin { .. } => refuse::JOIN,
            TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } | TableFactor::UnpivotExpr { .. } => refuse::PIVOT,
            TableFactor::Function { lateral: true, .. } => refuse::LATERAL,
            _ => refuse::TABLE_FUNCTION,
        };
        refusal.at(nearest(relation.span().start, self.parsed.place(Keyword::FROM)))
    }

    /// `[LATERAL] UNNEST(call) [AS alias[(element)]]`; `None` for every other relation.
    pub(super) fn unnest<'q>(&self, relation: &'q TableFactor) -> Result<Option<Unnest<'q>>> {
        let at = self.parsed.place(Keyword::UNNEST);
        let (call, alias, option) = match relation {
            TableFactor::UNNEST { alias, array_exprs, with_offset, with_ordinality, .. } => {
                let [call] = array_exprs.as_slice() else { return Err(refuse::UNNEST_LIST.at(at)) };
                (call, alias, *with_offset || *with_ordinality)
            }
            TableFactor::Function { name, args, with_ordinality, alias, lateral: true }
                if name.to_string().eq_ignore_ascii_case("unnest") =>
            {
                let [ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(call))] = args.as_slice() else {
                    return Err(refuse::UNNEST_LIST.at(at));
                };
                (call, alias, *with_ordinality)
            }
            _ => return Ok(None),
        };
        if option {
            return Err(refuse::UNNEST_OPTION.at(at));
        }
        let (alias, element) = match alias {
            None => ("unnest", "unnest"),
            Some(alias) => match alias.columns.as_slice() {
                [] => (alias.name.value.as_str(), alias.name.value.as_str()),
                [column] if column.data_type.is_none() => (alias.name.value.as_str(), column.name.value.as_str()),
                _ => return Err(refuse::UNNEST_ALIAS.at(at)),
            },
        };
        Ok(Some(Unnest { call, alias, element, at: nearest(call.span().start, at) }))
    }

    /// `LIMIT` and `OFFSET`.
    pub(super) fn limit<'q>(&self, clause: Option<&'q LimitClause>) -> Result<(Option<u64>, u64)> {
        let (limit, offset) = match clause {
            None => return Ok((None, 0)),
            Some(LimitClause::LimitOffset { limit_by, .. }) if !limit_by.is_empty() => {
                return Err(refuse::LIMIT_BY.at(self.parsed.place(Keyword::LIMIT)));
            }
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => (Some(limit), Some(offset)),
        };
        let rows = |expr: Option<&'q Expr>, keyword| match expr {
            None => Ok(None),
            Some(Expr::Value(value)) => match &value.value {
                Value::Null => Ok(None),
                Value::Number(digits, _) => digits.parse().map(Some).map_err(|_| refuse::LIMIT.at(value.span.start)),
                _ => Err(refuse::LIMIT.at(value.span.start)),
            },
            Some(other) => Err(refuse::LIMIT.at(nearest(other.span().start, self.parsed.place(keyword)))),
        };
        Ok((rows(limit, Keyword::LIMIT)?, rows(offset, Keyword::OFFSET)?.unwrap_or(0)))
    }
}

/// `at`, or where it is not known (sqlparser has no span for some elements) `otherwise`.
pub(super) fn nearest(at: Location, otherwise: Location) -> Location {
    if at.line == 0 { otherwise } else { at }
}
