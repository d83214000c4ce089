//! A plan in, what will be done out, for people: the passes, what each reads and keeps, the outer query as SQLite gets it.

use std::fmt::Write;

use sqlparser::parser::Parser;

use super::parse::DIALECT;
use super::plan::{Body, Pass, Plan, Scan};
use crate::aggregates::AggregateCall;
use crate::aggregates::functions::Route;
use crate::exprs::Expr;

impl Plan {
    /// What will be done, line by line; `tables` are the names of the inputs that it was bound to.
    pub fn explained(&self, tables: &[&str]) -> String {
        let mut out = String::new();
        for scan in &self.scans {
            let table = tables.get(scan.input).copied().unwrap_or_default();
            let _ = writeln!(
                out,
                "read {table} once{}",
                if scan.columns.is_empty() { ", none of its columns" } else { ":" }
            );
            for column in &scan.columns {
                let allowed = if column.allowed.is_some() { ", of the values declared" } else { "" };
                let _ = writeln!(out, "  {} {}{allowed}", column.name, column.ty);
            }
            for (place, pass) in scan.passes.iter().enumerate() {
                let _ = writeln!(out, "\n{}", self.heading(scan, place, pass));
                explain_pass(scan, pass, &mut out);
            }
            out.push('\n');
        }
        if let Some(outer) = &self.outer {
            let columns: Vec<&str> = outer.answer.iter().map(|column| column.name.as_str()).collect();
            let _ = writeln!(out, "outer query, by SQLite: {}", columns.join(", "));
            let _ = writeln!(out, "  its functions are named by what they compute, exactly, as in a pass\n");
            out += &pretty(&outer.sql);
            out.push('\n');
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }

    fn heading(&self, scan: &Scan, place: usize, pass: &Pass) -> String {
        let tables = self.outer.iter().flat_map(|outer| &outer.tables);
        let columns: Vec<&str> = pass.columns.iter().map(|column| column.name.as_str()).collect();
        let mut name =
            tables.filter(|table| table.input == scan.input && table.pass == place).map(|table| table.name.as_str());
        match name.next_back() {
            Some(name) => format!("pass {name:?}: {}", columns.join(", ")),
            None => format!("pass: {}", columns.join(", ")),
        }
    }
}

fn explain_pass(scan: &Scan, pass: &Pass, out: &mut String) {
    let read: Vec<&str> =
        columns_of(pass).into_iter().filter_map(|slot| Some(scan.columns.get(slot)?.name.as_str())).collect();
    let _ = writeln!(out, "  reads {}", if read.is_empty() { "no column".to_string() } else { read.join(", ") });
    match &pass.body {
        Body::Rows { .. } if pass.cut.order.is_empty() => {
            let _ = writeln!(out, "  rows leave as they are read: constant memory");
        }
        Body::Rows { .. } => {
            let _ = writeln!(out, "  rows are put in order, on disk where memory ends");
        }
        Body::Groups { keys, aggregates, .. } => {
            match keys.len() {
                0 => drop(writeln!(out, "  one group")),
                n => drop(writeln!(
                    out,
                    "  groups by {n} key{}, on disk where memory ends",
                    if n == 1 { "" } else { "s" }
                )),
            }
            for call in aggregates {
                let distinct = if matches!(call.route, Route::Once) { "DISTINCT " } else { "" };
                let argument = if call.argument.is_some() { call.ty.name() } else { "*" };
                let _ = writeln!(
                    out,
                    "  {}({distinct}{argument}): {}",
                    call.function.name,
                    memory_of(call, keys.is_empty())
                );
            }
        }
    }
    if let Some(limit) = pass.cut.limit {
        let _ = writeln!(out, "  the first {limit} of them");
    }
}

/// How the memory of an aggregate grows.
fn memory_of(call: &AggregateCall, is_global: bool) -> &'static str {
    match (call.is_by_value(), is_global) {
        (true, _) => "memory per value, on disk where memory ends",
        (false, true) => "constant memory",
        (false, false) => "memory per group",
    }
}

/// The slots that `pass` reads.
fn columns_of(pass: &Pass) -> std::collections::BTreeSet<usize> {
    let filters = pass.filter.iter().chain(&pass.element_filter).chain(pass.explode.iter().map(|list| &list.subject));
    let mut exprs: Vec<&Expr> = filters.collect();
    match &pass.body {
        Body::Rows { outputs } => exprs.extend(outputs.iter().map(|output| &output.expr)),
        Body::Groups { keys, aggregates, .. } => {
            exprs.extend(keys.iter().map(|key| &key.expr));
            exprs.extend(aggregates.iter().flat_map(|call| call.argument.iter().chain(&call.filter)));
        }
    }
    exprs.into_iter().flat_map(Expr::columns).collect()
}

/// `sql` over several lines.
fn pretty(sql: &str) -> String {
    match Parser::parse_sql(&DIALECT, sql).as_deref() {
        Ok([statement]) => format!("{statement:#}"),
        _ => sql.to_string(),
    }
}
