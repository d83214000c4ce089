//! What a question asks of an aggregate in, how its values travel and are folded out: bound once, before a byte is read.

use super::ordered::InOrder;
use super::states::Aggregate;
use crate::exprs::functions::{constant_text, required};
use crate::exprs::{Expr, Misuse, Type, Typed, Value, operators};

/// An aggregate as a question can name it.
#[derive(Debug)]
pub struct AggregateFunction {
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called: `sum(number)`.
    pub signature: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Takes the arguments, demands their types, chooses the fold.
    pub bind: fn(Asked) -> Result<Bound, Misuse>,
}

/// What a call says beside its name.
#[derive(Debug)]
pub struct Asked {
    /// Its arguments; none is `count(*)`.
    pub args: Vec<Typed>,
    /// `DISTINCT`.
    pub distinct: bool,
    /// `ORDER BY` inside of it.
    pub order: Vec<Key>,
    /// The place of the row in the input: a number that grows from row to row.
    pub place: Typed,
}

/// A key of an `ORDER BY`.
#[derive(Debug)]
pub struct Key {
    /// What is ordered by.
    pub value: Typed,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST`.
    pub nulls_first: bool,
}

/// A call, bound.
#[derive(Debug)]
pub struct Bound {
    /// What is folded of each row; several arguments are packed into one. `None` counts rows.
    pub argument: Option<Typed>,
    /// The type of the results.
    pub result: Type,
    /// How values come to the states.
    pub route: Route,
    /// Makes the states of the main fold.
    pub make: Make,
    /// Whether the results are estimates.
    pub is_approximate: bool,
    /// Whether states keep texts of any length, or groups' names while their values are sorted.
    pub keeps_texts: bool,
}

/// How values come to the states of their group.
#[derive(Debug)]
pub enum Route {
    /// Row by row.
    Rows,
    /// Each different value once, as a row: the route of `DISTINCT`.
    Once,
    /// Each different value with its count, through [`Fold::merge_encoded`](super::states::Fold::merge_encoded).
    Counted,
    /// All values of a group with their counts, in an order of theirs.
    InOrder {
        /// Which, and what is made of them.
        order: Box<dyn InOrder>,
        /// Whether each different value counts once, however often it is there.
        once: bool,
    },
}

/// Makes empty states.
pub struct Make(Box<dyn Fn() -> Box<dyn Aggregate> + Send + Sync>);

impl std::fmt::Debug for Make {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Make")
    }
}

impl Make {
    /// States without groups.
    pub fn states(&self) -> Box<dyn Aggregate> {
        (self.0)()
    }
}

impl Bound {
    /// A fold row by row.
    pub(super) fn rows(
        argument: Typed,
        result: Type,
        make: impl Fn() -> Box<dyn Aggregate> + Send + Sync + 'static,
    ) -> Bound {
        let keeps_texts = matches!(result, Type::Text | Type::Dynamic);
        let make = Make(Box::new(make));
        Bound { argument: Some(argument), result, route: Route::Rows, make, is_approximate: false, keeps_texts }
    }

    /// The same without an argument: every row counts.
    pub(super) fn without_argument(self) -> Bound {
        Bound { argument: None, ..self }
    }

    /// The same, whose results are estimates.
    pub(super) fn approximate(self) -> Bound {
        Bound { is_approximate: true, ..self }
    }

    /// The same on another route.
    pub(super) fn by(self, route: Route) -> Bound {
        let keeps_texts = self.keeps_texts || matches!(route, Route::InOrder { .. });
        Bound { route, keeps_texts, ..self }
    }

    /// The same, whose states keep rows packed.
    pub(super) fn keeping_rows(self) -> Bound {
        Bound { keeps_texts: true, ..self }
    }

    /// The same, each different value once if `distinct`.
    pub(super) fn distinct(self, distinct: bool) -> Bound {
        if distinct { self.by(Route::Once) } else { self }
    }

    /// The argument's expression.
    pub fn expr(&self) -> Option<&Expr> {
        self.argument.as_ref().map(|argument| &argument.expr)
    }
}

impl Asked {
    /// Exactly `N` arguments.
    pub(super) fn arguments<const N: usize>(self, signature: &str) -> Result<[Typed; N], Misuse> {
        required(self.args, signature)
    }

    /// The same, refusing `ORDER BY`, which changes nothing here.
    pub(super) fn unordered(self) -> Result<Asked, Misuse> {
        match self.order.is_empty() {
            true => Ok(self),
            false => Err(Misuse::new("ORDER BY inside this aggregate changes nothing", "leave it out")),
        }
    }

    /// The same, refusing `DISTINCT`, which has no meaning here.
    pub(super) fn not_distinct(self) -> Result<Asked, Misuse> {
        match self.distinct {
            false => Ok(self),
            true => Err(Misuse::new("DISTINCT has no meaning in this aggregate", "leave it out")),
        }
    }
}

/// The only argument, as a `ty`, and what else is asked.
pub(super) fn only(asked: Asked, ty: Type, signature: &str) -> Result<(Typed, Asked), Misuse> {
    let asked = asked.unordered()?;
    let Asked { args, distinct, order, place } = asked;
    let [value] = required(args, signature)?;
    Ok((operators::demand(value, ty)?, Asked { args: Vec::new(), distinct, order, place }))
}

/// The text that an argument spells out.
pub(super) fn text(arg: &Typed, what: &str) -> Result<Vec<u8>, Misuse> {
    constant_text(arg, what).map(<[u8]>::to_vec)
}

/// The number that an argument spells out.
pub(super) fn number(arg: Typed, what: &str) -> Result<crate::exprs::number::Number, Misuse> {
    let text = arg.text.clone();
    let arg = operators::demand(arg, Type::Number)?;
    let number = arg.as_constant().and_then(|value: Value<'_>| crate::exprs::number::Number::of(value));
    number.ok_or_else(|| Misuse::new(format!("{what} is {text}, which differs by row"), "write it out as a number"))
}
