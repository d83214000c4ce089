//! A call in the text in, a function or aggregate with its arguments out; also the syntax that is a call in disguise:
//! `extract(year FROM x)`, `substring(x FROM 2 FOR 3)`, `trim(BOTH 'x' FROM y)`, `position(x IN y)`.

use sqlparser::ast::{
    self, CeilFloorKind, DateTimeField, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentClause, FunctionArguments, NamedWindowExpr, ObjectName, OrderByExpr, OrderByOptions, OrderBySort,
    Spanned, TrimWhereField, WindowFrameBound, WindowFrameUnits, WindowType,
};
use sqlparser::tokenizer::Location;

use super::lower::Lower;
use super::names;
use super::outer::windows::RANKINGS;
use super::refuse;
use super::shape::nearest;
use super::term::{Key, Kind, Term, Window, WindowBound, WindowFrame, WindowFunction};
use crate::aggregates;
use crate::error::{Error, Result, quoted};
use crate::exprs::{functions, lists};

/// A list function's call, the argument of `UNNEST`.
#[derive(Debug)]
pub(super) struct ListCall {
    pub(super) function: &'static lists::ListFunction,
    pub(super) args: Vec<Term>,
    pub(super) at: Location,
}

/// What stands between the brackets of a call.
#[derive(Debug, Default)]
struct Arguments<'f> {
    /// `None` for `*`.
    args: Vec<Option<&'f Expr>>,
    distinct: bool,
    order: &'f [OrderByExpr],
}

impl Lower<'_> {
    /// What `expr` calls; `None` when it is no call. Arguments are lowered with `self`.
    pub(super) fn call(&self, expr: &Expr) -> Result<Option<Kind>> {
        let named = |name: &str, args: Vec<Term>| self.function(name, args).map(Some);
        match expr {
            Expr::Function(function) => self.written(function).map(Some),
            Expr::Extract { field, expr: value, .. } => {
                let unit = match field {
                    DateTimeField::Custom(unit) => unit.value.to_lowercase(),
                    DateTimeField::Week(Some(_)) => return Err(self.refuse(refuse::EXTRACT_UNIT)),
                    field => field.to_string().to_lowercase(),
                };
                named("extract", vec![self.text(unit), self.term(value)?])
            }
            Expr::Ceil { expr: value, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                named("ceil", vec![self.term(value)?])
            }
            Expr::Floor { expr: value, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                named("floor", vec![self.term(value)?])
            }
            Expr::Position { expr: part, r#in: whole } => {
                let name = functions::find("strpos").map_or("position", |function| function.name);
                named(name, vec![self.term(whole)?, self.term(part)?])
            }
            Expr::Substring { expr: value, substring_from: Some(from), substring_for, .. } => {
                let args = [Some(&**value), Some(&**from), substring_for.as_deref()];
                named("substr", args.into_iter().flatten().map(|arg| self.term(arg)).collect::<Result<_>>()?)
            }
            Expr::Trim { expr: value, trim_where, trim_what, trim_characters } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "trim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                let characters = trim_what.as_deref().into_iter().chain(trim_characters.iter().flatten());
                let args = std::iter::once(&**value).chain(characters);
                named(name, args.map(|arg| self.term(arg)).collect::<Result<_>>()?)
            }
            _ => Ok(None),
        }
    }

    /// The list function that `UNNEST(expr)` takes.
    pub(super) fn list(&self, expr: &Expr) -> Result<ListCall> {
        let at = nearest(expr.span().start, self.at);
        let Expr::Function(function) = expr else { return Err(refuse::UNNEST_LIST.at(at)) };
        let name = function_name(&function.name);
        let Some(found) = lists::find(&name) else {
            let is_other = functions::find(&name).is_some() || aggregates::find(&name).is_some();
            return Err(if is_other { refuse::UNNEST_LIST.at(at) } else { unknown(&name, at) });
        };
        let below = Lower { at, depth: self.depth + 1, ..*self };
        let Arguments { args, distinct, order } = below.arguments(function)?;
        if distinct || !order.is_empty() || function.filter.is_some() || function.over.is_some() {
            return Err(refuse::UNNEST_LIST.at(at));
        }
        let mut terms = Vec::new();
        for arg in args {
            let term = below.term(arg.ok_or_else(|| refuse::WILDCARD.at(at))?)?;
            match term.aggregate() {
                Some(aggregate) => return Err(refuse::AGGREGATE_IN_UNNEST.at(aggregate.at)),
                None => terms.push(term),
            }
        }
        Ok(ListCall { function: found, args: terms, at })
    }

    /// `name(…)` as it is written.
    fn written(&self, function: &Function) -> Result<Kind> {
        let name = function_name(&function.name);
        if let Some(over) = &function.over {
            return self.window(function, over);
        }
        if name == "unnest" {
            return Err(self.refuse(refuse::UNNEST_SELECT));
        }
        let within = matches!(function.within_group.as_slice(), [_]);
        // The standard's `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`.
        let name = if within && name == "percentile_cont" { "quantile_cont".to_owned() } else { name };
        let mut arguments = self.arguments(function)?;
        if let Some(aggregate) = aggregates::find(&name) {
            if let [by] = function.within_group.as_slice() {
                if !matches!(aggregate.name, "mode" | "quantile_cont") || by.options.sort.is_some() {
                    return Err(self.refuse(refuse::WITHIN_GROUP));
                }
                arguments.args.insert(0, Some(&by.expr));
            }
            return self.aggregate(aggregate.name, &arguments, function.filter.as_deref(), false);
        }
        if RANKINGS.iter().any(|ranking| ranking.name == name) {
            self.scope.names.window(None, self.at)?;
            return Err(self.refuse(refuse::RANKING_WITHOUT_OVER));
        }
        let Arguments { args, distinct, order } = arguments;
        if !order.is_empty() {
            return Err(self.refuse(refuse::AGGREGATE_ORDER));
        }
        if distinct || function.filter.is_some() {
            return Err(self.refuse(if functions::find(&name).is_some() {
                refuse::FILTER_SCALAR
            } else {
                return Err(unknown(&name, self.at));
            }));
        }
        let args = args.into_iter().map(|arg| self.term(arg.ok_or_else(|| self.refuse(refuse::WILDCARD))?));
        self.function(&name, args.collect::<Result<_>>()?)
    }

    /// The arguments of a call; what has no meaning in any is refused.
    fn arguments<'f>(&self, function: &'f Function) -> Result<Arguments<'f>> {
        if function.within_group.len() > 1 {
            return Err(self.refuse(refuse::WITHIN_GROUP));
        }
        if function.null_treatment.is_some() {
            return Err(self.refuse(refuse::AGGREGATE_NULLS));
        }
        if function.uses_odbc_syntax || !matches!(function.parameters, FunctionArguments::None) {
            return Err(self.refuse(refuse::FUNCTION_CLAUSE));
        }
        let list = match &function.args {
            FunctionArguments::List(list) => list,
            FunctionArguments::None => return Ok(Arguments::default()),
            FunctionArguments::Subquery(_) => return Err(self.refuse(refuse::SUBQUERY)),
        };
        let order = match list.clauses.as_slice() {
            [] => &[][..],
            [FunctionArgumentClause::OrderBy(keys)] => keys,
            [FunctionArgumentClause::IgnoreOrRespectNulls(_), ..] => return Err(self.refuse(refuse::AGGREGATE_NULLS)),
            _ => return Err(self.refuse(refuse::FUNCTION_CLAUSE)),
        };
        let args = list.args.iter().map(|arg| match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(Some(expr)),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => Ok(None),
            FunctionArg::Unnamed(_) => Err(self.refuse(refuse::WILDCARD)),
            FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => Err(self.refuse(refuse::NAMED_ARGUMENT)),
        });
        let distinct = matches!(list.duplicate_treatment, Some(DuplicateTreatment::Distinct));
        Ok(Arguments { args: args.collect::<Result<_>>()?, distinct, order })
    }

    fn aggregate(
        &self,
        name: &'static str,
        arguments: &Arguments<'_>,
        filter: Option<&Expr>,
        is_window: bool,
    ) -> Result<Kind> {
        let Arguments { args, distinct, order } = arguments;
        let args = match args.as_slice() {
            [None] if name == "count" && !distinct => Vec::new(),
            [] => return Err(self.refuse(refuse::AGGREGATE_ARGUMENT)),
            args => args
                .iter()
                .map(|arg| self.term(arg.ok_or_else(|| self.refuse(refuse::AGGREGATE_ARGUMENT))?))
                .collect::<Result<Vec<_>>>()?,
        };
        let order = order.iter().map(|key| self.key(key)).collect::<Result<Vec<_>>>()?;
        let filter = filter.map(|filter| self.term(filter).map(Box::new)).transpose()?;
        let kind = Kind::Aggregate { name: name.into(), args, distinct: *distinct, order, filter };
        let whole = Term { kind, text: "".into(), at: self.at };
        match whole.parts().into_iter().find_map(Term::aggregate) {
            Some(nested) if !is_window => Err(refuse::NESTED_AGGREGATE.at(nested.at)),
            _ => Ok(whole.kind),
        }
    }

    /// `function OVER over`.
    fn window(&self, function: &Function, over: &WindowType) -> Result<Kind> {
        let spec = match over {
            WindowType::WindowSpec(spec) => {
                self.scope.names.window(None, self.at)?;
                spec
            }
            WindowType::NamedWindow(name) => match self.scope.names.window(Some(name), self.at)? {
                Some(NamedWindowExpr::WindowSpec(spec)) => spec,
                _ => return Err(self.refuse(refuse::WINDOW_NAME)),
            },
        };
        if spec.window_name.is_some() {
            return Err(self.refuse(refuse::WINDOW_NAME));
        }
        let name = function_name(&function.name);
        let arguments = self.arguments(function)?;
        if arguments.distinct {
            return Err(self.refuse(refuse::WINDOW_DISTINCT));
        }
        let ranking = RANKINGS.iter().find(|ranking| ranking.name == name);
        let (called, args) = match (ranking, aggregates::find(&name)) {
            (Some(ranking), _) if function.filter.is_none() => {
                let args = arguments.args.into_iter();
                let args = args.map(|arg| self.term(arg.ok_or_else(|| self.refuse(refuse::WILDCARD))?));
                (WindowFunction::Ranking(ranking.name), args.collect::<Result<_>>()?)
            }
            (Some(_), _) => return Err(self.refuse(refuse::FILTER_SCALAR)),
            (None, Some(aggregate)) => {
                let kind = self.aggregate(aggregate.name, &arguments, function.filter.as_deref(), true)?;
                let text = Function { over: None, ..function.clone() }.to_string();
                (WindowFunction::Aggregate(Term { kind, text: text.into(), at: self.at }), Vec::new())
            }
            (None, None) if functions::find(&name).is_some() => return Err(self.refuse(refuse::WINDOW_FUNCTION)),
            (None, None) => return Err(unknown(&name, self.at)),
        };
        let partition = spec.partition_by.iter().map(|key| self.term(key)).collect::<Result<_>>()?;
        let order = spec.order_by.iter().map(|key| self.key(key)).collect::<Result<_>>()?;
        let frame = spec.window_frame.as_ref().map(|frame| self.frame(frame)).transpose()?;
        Ok(Kind::Window(Box::new(Window { function: called, args, partition, order, frame })))
    }

    fn frame(&self, frame: &ast::WindowFrame) -> Result<WindowFrame> {
        let units = match frame.units {
            WindowFrameUnits::Rows => "ROWS",
            WindowFrameUnits::Range => "RANGE",
            WindowFrameUnits::Groups => "GROUPS",
        };
        let bound = |bound: &WindowFrameBound| {
            Ok(match bound {
                WindowFrameBound::CurrentRow => WindowBound::CurrentRow,
                WindowFrameBound::Preceding(None) => WindowBound::UnboundedPreceding,
                WindowFrameBound::Following(None) => WindowBound::UnboundedFollowing,
                WindowFrameBound::Preceding(Some(offset)) => WindowBound::Preceding(self.term(offset)?),
                WindowFrameBound::Following(Some(offset)) => WindowBound::Following(self.term(offset)?),
            })
        };
        let end = frame.end_bound.as_ref().map_or(Ok(WindowBound::CurrentRow), bound)?;
        Ok(WindowFrame { units, start: bound(&frame.start_bound)?, end })
    }

    /// A key of an `ORDER BY` inside an aggregate or a window.
    fn key(&self, key: &OrderByExpr) -> Result<Key> {
        let by = self.term(&key.expr)?;
        let OrderByOptions { sort, nulls_first } = &key.options;
        let descending = match sort {
            None | Some(OrderBySort::Asc) => false,
            Some(OrderBySort::Desc) => true,
            Some(OrderBySort::Using(_)) => return Err(self.refuse(refuse::ORDER_OPTION)),
        };
        Ok(Key { by, descending, nulls_first: nulls_first.unwrap_or(false) })
    }

    fn function(&self, name: &str, args: Vec<Term>) -> Result<Kind> {
        match (functions::find(name), lists::find(name)) {
            (Some(function), _) => Ok(Kind::Function { name: function.name.into(), args }),
            (None, Some(list)) => {
                let what = format!("{name} gives a list");
                Err(refuse::error(
                    self.at,
                    what,
                    format!("make rows of it: FROM t, UNNEST({}) AS e(element)", list.signature),
                ))
            }
            (None, None) => Err(unknown(name, self.at)),
        }
    }

    fn text(&self, text: String) -> Term {
        Term { text: format!("'{text}'").into(), kind: Kind::Text(text), at: self.at }
    }
}

fn function_name(name: &ObjectName) -> String {
    name.to_string().to_lowercase()
}

/// No function is called `name`: the nearest that is, or all there are.
fn unknown(name: &str, at: Location) -> Error {
    let names = || {
        let functions = functions::all().iter().map(|function| function.name);
        let lists = lists::all().iter().map(|function| function.name);
        functions.chain(aggregates::all().iter().map(|function| function.name)).chain(lists)
    };
    let what = format!("there is no function {}", quoted(name.as_bytes()));
    match names::nearest(name, names()) {
        Some(nearest) => refuse::error(at, what, format!("did you mean {nearest}?")),
        None => {
            let mut all: Vec<_> = names().collect();
            all.sort_unstable();
            refuse::error(at, what, format!("there are {}", all.join(", ")))
        }
    }
}
