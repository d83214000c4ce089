//! One `SELECT` as the parser left it in, its clauses as terms out; positions and aliases are resolved.
//!
//! Knows no types. While the header is unread it still finds everything that is wrong without one.

use sqlparser::ast::{
    Expr, Ident, ObjectName, OrderByExpr, OrderBySort, SelectItem, SelectItemQualifiedWildcardKind, Spanned, Value,
    WildcardAdditionalOptions,
};
use sqlparser::tokenizer::Location;

use super::call::ListCall;
use super::lower::{Aliases, Item, Lower, Scope};
use super::names;
use super::refuse;
use super::shape::{Clauses, Unnest, nearest};
use super::term::{Kind, Term};
use crate::error::{Result, quoted};

/// One `SELECT`, in terms.
#[derive(Debug)]
pub(super) struct Select {
    pub(super) distinct: bool,
    pub(super) items: Vec<Item>,
    pub(super) unnest: Option<ListCall>,
    /// `WHERE`, split at its `AND`s.
    pub(super) filter: Vec<Term>,
    pub(super) keys: Vec<Term>,
    pub(super) having: Option<Term>,
    pub(super) order: Vec<OrderKey>,
    pub(super) at: Location,
}

/// One key of `ORDER BY`.
#[derive(Debug)]
pub(super) struct OrderKey {
    pub(super) by: By,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
    pub(super) at: Location,
}

/// What an order key orders by.
#[derive(Debug)]
pub(super) enum By {
    /// An item of the select list.
    Item(usize),
    /// What is not selected.
    Term(Term),
}

/// The terms of `clauses`, ordered by `order`.
pub(super) fn lower(
    clauses: &Clauses<'_>,
    unnest: Option<ListCall>,
    order: &[OrderByExpr],
    scope: Scope<'_>,
) -> Result<Select> {
    let at = clauses.at;
    let items = items(clauses, scope)?;
    let known = lower_in(scope, Aliases::Known(&items), at);
    let list = List { items: &items, is_whole: is_whole(clauses, scope) };
    let filter = match clauses.filter {
        Some(filter) => conjuncts(lower_in(scope, Aliases::Refused(&items), at).term(filter)?),
        None => Vec::new(),
    };
    if let Some(aggregate) = filter.iter().find_map(Term::aggregate) {
        return Err(refuse::AGGREGATE_IN_WHERE.at(aggregate.at));
    }
    let is_window = |kind: &Kind| matches!(kind, Kind::Window(_));
    if let Some(window) = filter.iter().find_map(|term| term.find(&is_window)) {
        return Err(refuse::WINDOW_IN_WHERE.at(window.at));
    }
    let keys = clauses.group_by.iter().map(|key| group_key(key, list, &known)).collect::<Result<_>>()?;
    let having = clauses.having.map(|having| known.term(having)).transpose()?;
    let order = order.iter().map(|key| order_key(key, list, Some(&known), at)).collect::<Result<_>>()?;
    Ok(Select { distinct: clauses.distinct, items, unnest, filter, keys, having, order, at })
}

/// The list that `unnest` takes apart, of the columns in `scope`.
pub(super) fn lower_unnest(unnest: &Unnest<'_>, scope: Scope<'_>) -> Result<ListCall> {
    lower_in(scope, Aliases::Unknown, unnest.at).list(unnest.call)
}

/// One expression, of no clause of a `SELECT`: a join's condition, a value of `VALUES`.
pub(super) fn lower_alone(expr: &Expr, scope: Scope<'_>, at: Location) -> Result<Term> {
    lower_in(scope, Aliases::Unknown, at).term(expr)
}

/// The order of what has these `items` and is no `SELECT`: a union.
pub(super) fn union_order(
    order: &[OrderByExpr],
    items: &[Item],
    is_whole: bool,
    at: Location,
) -> Result<Vec<OrderKey>> {
    order.iter().map(|key| order_key(key, List { items, is_whole }, None, at)).collect()
}

/// Two columns of one name would be one to whoever reads the answer.
pub(super) fn unique_names(select: &Select) -> Result<()> {
    for (place, item) in select.items.iter().enumerate() {
        if select.items[..place].iter().any(|other| other.name == item.name) {
            let what = format!("two columns of the answer are called {}", quoted(item.name.as_bytes()));
            return Err(refuse::error(item.term.at, what, format!("name one of them: {} AS …", item.term.text)));
        }
    }
    Ok(())
}

fn lower_in<'a>(scope: Scope<'a>, aliases: Aliases<'a>, at: Location) -> Lower<'a> {
    Lower { scope, aliases, at, depth: 0 }
}

fn conjuncts(term: Term) -> Vec<Term> {
    match term.kind {
        Kind::And(terms) => terms,
        _ => vec![term],
    }
}

/// The select list, with `*` written out.
fn items(clauses: &Clauses<'_>, scope: Scope<'_>) -> Result<Vec<Item>> {
    let lower = lower_in(scope, Aliases::Unknown, clauses.at);
    let mut items = Vec::new();
    for item in clauses.items {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                items.push(Item { name: name_of(expr), term: lower.term(expr)?, is_alias: false });
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                items.push(Item { name: alias.value.clone(), term: lower.term(expr)?, is_alias: true });
            }
            SelectItem::Wildcard(options) => {
                plain(options)?;
                star(scope, None, options.wildcard_token.0.span.start, &mut items)?;
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(table), options) => {
                plain(options)?;
                star(scope, Some(table), nearest(table.span().start, clauses.at), &mut items)?;
            }
            SelectItem::QualifiedWildcard(..) => {
                return Err(refuse::WILDCARD.at(nearest(item.span().start, clauses.at)));
            }
            SelectItem::ExprWithAliases { .. } => {
                return Err(refuse::UNNEST_SELECT.at(nearest(item.span().start, clauses.at)));
            }
        }
    }
    Ok(items)
}

fn star(scope: Scope<'_>, table: Option<&ObjectName>, at: Location, items: &mut Vec<Item>) -> Result<()> {
    let columns = scope.names.star(table, at)?.into_iter();
    items.extend(columns.map(|(name, term)| Item { name, term, is_alias: false }));
    Ok(())
}

fn plain(options: &WildcardAdditionalOptions) -> Result<()> {
    let WildcardAdditionalOptions {
        wildcard_token,
        opt_ilike,
        opt_exclude,
        opt_except,
        opt_replace,
        opt_rename,
        opt_alias,
    } = options;
    let others = opt_ilike.is_some() || opt_exclude.is_some() || opt_except.is_some() || opt_replace.is_some();
    if others || opt_rename.is_some() || opt_alias.is_some() {
        return Err(refuse::WILDCARD_OPTION.at(wildcard_token.0.span.start));
    }
    Ok(())
}

/// The column's name as the question spells it, else the expression as `sqlparser` displays it, lower-cased.
fn name_of(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(name) => name.value.clone(),
        Expr::CompoundIdentifier(names) => names.last().map_or_else(String::new, |name| name.value.clone()),
        other => other.to_string().to_lowercase(),
    }
}

fn group_key(key: &Expr, list: List<'_>, known: &Lower<'_>) -> Result<Term> {
    let at = nearest(key.span().start, known.at);
    let term = match (list.position(key, at)?, key) {
        (Some(place), _) => match list.items.get(place) {
            Some(item) => item.term.clone(),
            None => Term { kind: Kind::Null, text: "".into(), at },
        },
        (None, Expr::Tuple(terms)) if terms.is_empty() => return Err(refuse::GROUP_NOTHING.at(at)),
        (None, Expr::Identifier(name)) if is_all(name) && !known.scope.names.has("all") => {
            return Err(refuse::GROUP_ALL.at(at));
        }
        (None, _) => known.term(key)?,
    };
    match term.aggregate() {
        Some(_) => Err(refuse::GROUP_AGGREGATE.at(at)),
        None => Ok(term),
    }
}

/// `known` is `None` for the order of a union.
fn order_key(key: &OrderByExpr, list: List<'_>, known: Option<&Lower<'_>>, at: Location) -> Result<OrderKey> {
    let at = nearest(key.span().start, at);
    let descending = match key.options.sort {
        None | Some(OrderBySort::Asc) => false,
        Some(OrderBySort::Desc) => true,
        Some(OrderBySort::Using(_)) => return Err(refuse::ORDER_OPTION.at(at)),
    };
    if key.with_fill.is_some() {
        return Err(refuse::ORDER_OPTION.at(at));
    }
    let by = match (list.position(&key.expr, at)?, list.named(&key.expr), known) {
        (Some(place), ..) | (None, Some(place), _) => By::Item(place),
        // Which columns there are is not known before headers are read.
        (None, None, None) if !list.is_whole && matches!(key.expr, Expr::Identifier(_)) => By::Item(0),
        (None, None, None) => return Err(refuse::UNION_ORDER.at(at)),
        (None, None, Some(known)) => {
            let term = known.term(&key.expr)?;
            if term.is_literal() {
                return Err(refuse::ORDER_CONSTANT.at(at));
            }
            list.items.iter().position(|item| item.term == term).map_or(By::Term(term), By::Item)
        }
    };
    Ok(OrderKey { by, descending, nulls_first: key.options.nulls_first == Some(true), at })
}

/// A select list, as positions and names in other clauses see it.
#[derive(Clone, Copy, Debug)]
struct List<'a> {
    items: &'a [Item],
    /// Not while a `*` is not written out.
    is_whole: bool,
}

impl List<'_> {
    /// The item that a whole number stands for.
    fn position(&self, expr: &Expr, at: Location) -> Result<Option<usize>> {
        let Expr::Value(value) = expr else { return Ok(None) };
        let Value::Number(digits, _) = &value.value else { return Ok(None) };
        match digits.parse::<usize>() {
            Ok(place) if place >= 1 && (place <= self.items.len() || !self.is_whole) => Ok(Some(place - 1)),
            _ => Err(refuse::POSITION.at(at)),
        }
    }

    /// The item that a bare name means: exactly if any does, else folded.
    fn named(&self, expr: &Expr) -> Option<usize> {
        let Expr::Identifier(name) = expr else { return None };
        let exact = self.items.iter().position(|item| item.name == name.value);
        exact.or_else(|| self.items.iter().position(|item| names::fold(&item.name) == names::fold(&name.value)))
    }
}

fn is_whole(clauses: &Clauses<'_>, scope: Scope<'_>) -> bool {
    let is_star = |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
    scope.names.are_known() || !clauses.items.iter().any(is_star)
}

fn is_all(name: &Ident) -> bool {
    name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all")
}
