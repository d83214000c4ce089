//! Everything that a question can call, in one list: what `rowfold functions` prints and `docs/functions.md` is made of.

use std::fmt::Write;

use crate::aggregates;
use crate::exprs::{functions, lists};

/// A function, aggregate or list function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, lower case.
    pub name: &'static str,
    /// Where it can stand.
    pub kind: Kind,
    /// How it is called.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

/// Where a function can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Of the values of a row.
    Scalar,
    /// Of the rows of a group.
    Aggregate,
    /// In `UNNEST`.
    List,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Scalar => "scalar",
            Kind::Aggregate => "aggregate",
            Kind::List => "list",
        }
    }
}

/// All there are: scalars, aggregates, list functions, each by name.
pub fn all() -> Vec<Entry> {
    let scalar =
        |f: &functions::Function| Entry { name: f.name, kind: Kind::Scalar, signature: f.signature, doc: f.doc };
    let aggregate = |f: &&aggregates::AggregateFunction| Entry {
        name: f.name,
        kind: Kind::Aggregate,
        signature: f.signature,
        doc: f.doc,
    };
    let list = |f: &lists::ListFunction| Entry { name: f.name, kind: Kind::List, signature: f.signature, doc: f.doc };
    let scalars = functions::all().iter().map(scalar);
    scalars.chain(aggregates::all().iter().map(aggregate)).chain(lists::all().iter().map(list)).collect()
}

/// `docs/functions.md`.
pub fn document() -> String {
    let mut out = String::from(INTRODUCTION);
    for (kind, title) in
        [(Kind::Scalar, "Functions of a row"), (Kind::Aggregate, "Aggregates"), (Kind::List, "Lists, for `UNNEST`")]
    {
        let _ = write!(out, "\n## {title}\n\n| function | gives |\n| --- | --- |\n");
        for Entry { signature, doc, .. } in all().iter().filter(|entry| entry.kind == kind) {
            let _ = writeln!(out, "| `{}` | {} |", signature.replace('|', "\\|"), doc.replace('|', "\\|"));
        }
    }
    out
}

const INTRODUCTION: &str = "\
# Functions

Made by `make functions` from the tables in the source; a test holds that it is current. `rowfold functions` prints the same.

NULL makes NULL, unless it is said otherwise; aggregates leave NULLs out. Numbers are exact decimals until a function of reals
makes reals of them. Texts are bytes; where characters are counted they have to be UTF-8.

Also understood: `+ - * / // %`, `||`, comparisons, `AND OR NOT`, `IS [NOT] NULL`, `IS [NOT] DISTINCT FROM`, `IN`, `BETWEEN`,
`LIKE`, `ILIKE`, `CASE`, `CAST`, `TRY_CAST`, `::`, `position(part IN text)`, `trim(BOTH 'x' FROM text)`, `INTERVAL '1 month'`.

## Times

A date is a day, a timestamp an instant. Days, hours and weeks of an instant are those of `--tz` (UTC unless told), whose rules are
in the binary (`rowfold --version` says which), not the machine's; a time without an offset stands in that zone, and timestamps
are printed with its offset. Where clocks are put forward, a time in the gap is read as so much later (02:30 as 03:30); where they
are put back, a time that there is twice is read as the first, and an hour that comes twice is two hours to `date_trunc`.

`date + 3`, `date - date` (days), `time + INTERVAL '1 month'` (a timestamp; the same day of the month, or its last),
`timestamp - timestamp` (an interval: `extract(epoch FROM …)` are its seconds), `2 * INTERVAL '1 week'`.
";
