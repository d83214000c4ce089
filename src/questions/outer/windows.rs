//! Window functions: `f(…) OVER (…)` as a term in, SQL out.
//!
//! Ranks and neighbours are SQLite's own, since they compute nothing. An aggregate over a window is the one that passes have.

use super::Spelt;
use super::emit::{Bound, Emit, Leaves};
use crate::error::Result;
use crate::exprs::time::Interval;
use crate::exprs::{Expr, Type, Value};
use crate::questions::plan::OuterKind;
use crate::questions::refuse;
use crate::questions::term::{Key, Kind, Term, Window, WindowBound, WindowFrame, WindowFunction};
use crate::questions::typed;

/// What a window function that is no aggregate takes and gives.
#[derive(Debug)]
pub(in crate::questions) struct Ranking {
    pub(in crate::questions) name: &'static str,
    signature: &'static str,
    /// The least and the most arguments.
    args: (usize, usize),
    gives: Gives,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Gives {
    Whole,
    Real,
    /// A value of its first argument.
    Value,
}

/// All of them, by name.
pub(in crate::questions) const RANKINGS: [Ranking; 11] = [
    Ranking { name: "cume_dist", signature: "cume_dist()", args: (0, 0), gives: Gives::Real },
    Ranking { name: "dense_rank", signature: "dense_rank()", args: (0, 0), gives: Gives::Whole },
    Ranking { name: "first_value", signature: "first_value(value)", args: (1, 1), gives: Gives::Value },
    Ranking { name: "lag", signature: "lag(value[, rows[, default]])", args: (1, 3), gives: Gives::Value },
    Ranking { name: "last_value", signature: "last_value(value)", args: (1, 1), gives: Gives::Value },
    Ranking { name: "lead", signature: "lead(value[, rows[, default]])", args: (1, 3), gives: Gives::Value },
    Ranking { name: "nth_value", signature: "nth_value(value, n)", args: (2, 2), gives: Gives::Value },
    Ranking { name: "ntile", signature: "ntile(n)", args: (1, 1), gives: Gives::Whole },
    Ranking { name: "percent_rank", signature: "percent_rank()", args: (0, 0), gives: Gives::Real },
    Ranking { name: "rank", signature: "rank()", args: (0, 0), gives: Gives::Whole },
    Ranking { name: "row_number", signature: "row_number()", args: (0, 0), gives: Gives::Whole },
];

impl Emit<'_, '_> {
    /// `window`, which `term` is.
    pub(super) fn window(&self, term: &Term, window: &Window) -> Result<Spelt> {
        let over = format!(" OVER ({})", self.over(term, window)?);
        let name = match &window.function {
            WindowFunction::Aggregate(aggregate) => {
                let moves = window.frame.as_ref().is_some_and(|frame| frame.start != WindowBound::UnboundedPreceding);
                return self.aggregate(aggregate, moves, &over);
            }
            WindowFunction::Ranking(name) => *name,
        };
        let Some(ranking) = RANKINGS.iter().find(|ranking| ranking.name == name) else {
            return Err(refuse::EXPRESSION.at(term.at));
        };
        let args = &window.args;
        if args.len() < ranking.args.0 || args.len() > ranking.args.1 {
            let what = format!("{name} does not take {} arguments", args.len());
            return Err(refuse::error(term.at, what, format!("write {}", ranking.signature)));
        }
        let (mut list, mut ty, mut whole) = (Vec::new(), Type::Number, ranking.gives == Gives::Whole);
        let value = if ranking.gives == Gives::Value { args.first() } else { None };
        if let Some(value) = value {
            let spelt = self.value(value)?;
            (ty, whole) = (spelt.ty, spelt.whole);
            list.push(spelt.sql);
        }
        for (place, arg) in args.iter().enumerate().skip(usize::from(value.is_some())) {
            match &arg.kind {
                Kind::Number(digits) if digits.parse::<u32>().is_ok() && place < 2 => list.push(digits.clone()),
                _ if place == 2 => {
                    let bound = self.bound(arg)?;
                    let typed = typed::demand(bound.typed, ty, arg.at)?;
                    let spelt = self.split.spell(Bound { typed, leaves: bound.leaves })?;
                    whole &= spelt.whole;
                    list.push(spelt.sql);
                }
                _ => return Err(refuse::WINDOW_ROWS.at(arg.at)),
            }
        }
        Ok(Spelt { sql: format!("{name}({}){over}", list.join(", ")), ty, whole })
    }

    fn over(&self, term: &Term, window: &Window) -> Result<String> {
        let mut parts = Vec::new();
        if !window.partition.is_empty() {
            let keys = window.partition.iter().map(|key| Ok(self.value(key)?.as_key())).collect::<Result<Vec<_>>>()?;
            parts.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        let ranges = window.frame.as_ref().filter(|frame| frame.units == "RANGE" && frame.has_offset());
        if !window.order.is_empty() {
            let keys = window.order.iter().map(|Key { by: key, descending, nulls_first }| {
                let sql = match ranges {
                    Some(_) => self.range_key(key)?.0,
                    None => self.order(key)?,
                };
                Ok(super::query::direction(sql, *descending, *nulls_first))
            });
            parts.push(format!("ORDER BY {}", keys.collect::<Result<Vec<_>>>()?.join(", ")));
        }
        if let Some(frame) = &window.frame {
            let ty = match (ranges, window.order.as_slice()) {
                (None, _) => None,
                (Some(_), [key]) => Some(self.range_key(&key.by)?.1),
                (Some(_), _) => return Err(refuse::RANGE_ORDER.at(term.at)),
            };
            let (start, end) = (self.frame_bound(&frame.start, ty)?, self.frame_bound(&frame.end, ty)?);
            parts.push(format!("{} BETWEEN {start} AND {end}", frame.units));
        }
        Ok(parts.join(" "))
    }

    /// What a frame by value counts on: whole numbers, days or microseconds; and the type of the key.
    fn range_key(&self, key: &Term) -> Result<(String, Type)> {
        let spelt = self.value(key)?;
        let ty = spelt.ty;
        match ty {
            Type::Number if spelt.whole => Ok((spelt.sql, ty)),
            Type::Number | Type::Date | Type::Timestamp => {
                let called = self.split.register(&format!("range of {ty}"), OuterKind::Range, vec![ty], Type::Number);
                Ok((format!("{called}({})", spelt.sql), ty))
            }
            _ => Err(refuse::RANGE_ORDER.at(key.at)),
        }
    }

    /// `ty` is that of the key where the frame goes by value.
    fn frame_bound(&self, bound: &WindowBound, ty: Option<Type>) -> Result<String> {
        Ok(match bound {
            WindowBound::UnboundedPreceding => "UNBOUNDED PRECEDING".to_string(),
            WindowBound::UnboundedFollowing => "UNBOUNDED FOLLOWING".to_string(),
            WindowBound::CurrentRow => "CURRENT ROW".to_string(),
            WindowBound::Preceding(offset) => format!("{} PRECEDING", self.frame_offset(offset, ty)?),
            WindowBound::Following(offset) => format!("{} FOLLOWING", self.frame_offset(offset, ty)?),
        })
    }

    /// So many rows, or so much of what `ty` is counted in.
    fn frame_offset(&self, offset: &Term, ty: Option<Type>) -> Result<i64> {
        let found = match self.offset(offset)? {
            (Type::Number, Some(count)) if ty != Some(Type::Timestamp) => Some(count),
            (Type::Interval(span), Some(count)) => match (ty, Interval { count, span }.micros()) {
                (Some(Type::Timestamp), micros) => micros,
                (Some(Type::Date), Some(micros)) if micros % DAY_MICROS == 0 => Some(micros / DAY_MICROS),
                _ => None,
            },
            _ => None,
        };
        found.filter(|count| *count >= 0).ok_or_else(|| refuse::FRAME_OFFSET.at(offset.at))
    }

    /// The type of `term`, and the whole number that it always is.
    fn offset(&self, term: &Term) -> Result<(Type, Option<i64>)> {
        let mut frame = Leaves::over(*self);
        let typed = typed::bind(&mut frame, term)?;
        let whole = match &typed.expr {
            Expr::Constant(constant) => match constant.borrowed() {
                Value::Short { mantissa, scale: 0 } => Some(mantissa),
                _ => None,
            },
            _ => None,
        };
        Ok((typed.ty, whole))
    }
}

const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

impl WindowFrame {
    /// Whether it begins or ends so many rows or so much away.
    pub(super) fn has_offset(&self) -> bool {
        let is_offset = |bound: &WindowBound| matches!(bound, WindowBound::Preceding(_) | WindowBound::Following(_));
        is_offset(&self.start) || is_offset(&self.end)
    }
}
