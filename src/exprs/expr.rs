//! An expression over the columns of a frame, evaluated a column at a time.
//!
//! Holds the tree and how it walks. Strict operators (comparison, arithmetic, `LIKE`, casts, every function) are
//! [`Scalar`]s behind [`Call`]; only what must not evaluate all of its operands for all rows is a variant of its own.
//!
//! The obvious way evaluates the tree once a row. Instead a node is visited once a batch and loops over its lanes:
//! 1. dispatch costs once a batch, and the loops of the scalars see nothing but values;
//! 2. `AND`, `OR`, `CASE` and `coalesce` hand on only the lanes that are still open, so what SQL's programmers guard
//!    against (`CASE WHEN kind = 'n' THEN sum(x) …`) is not evaluated, and no bad value is told that was not asked for;
//! 3. columns and constants are borrowed as operands, never copied.

use std::collections::BTreeSet;
use std::fmt::Debug;

use bumpalo::Bump;

use super::text_test::TextTest;
use super::trouble::{Trouble, Troubles};
use super::value::{Decimal, Type, Value};

/// An expression, bound: types are settled, constants folded, patterns compiled.
#[derive(Debug)]
pub enum Expr {
    /// Column `0 ≤ slot < columns` of the frame.
    Column(usize),
    /// The same value for every lane (text lives in the expression).
    Constant(Constant),
    /// A strict function of its arguments.
    Call(Call),
    /// `AND`: the next operand is evaluated only for lanes that are not false yet.
    And(Vec<Expr>),
    /// `OR`: the next operand is evaluated only for lanes that are not true yet.
    Or(Vec<Expr>),
    /// `CASE WHEN … THEN … ELSE … END`: a result is evaluated only for its lanes.
    Case {
        /// Condition and result, in order.
        arms: Vec<(Expr, Expr)>,
        /// `ELSE`; NULL when absent.
        otherwise: Option<Box<Expr>>,
    },
    /// `coalesce`: the next operand is evaluated only for lanes that are still NULL.
    Coalesce(Vec<Expr>),
}

/// A literal that owns its bytes.
#[derive(Clone, Debug)]
pub enum Constant {
    /// Anything that borrows nothing.
    Plain(Value<'static>),
    /// A decimal beyond 64 bits.
    Wide(Decimal),
    /// Text.
    Text(Box<[u8]>),
}

/// A [`Scalar`] with its arguments.
#[derive(Debug)]
pub struct Call {
    /// What is called.
    pub scalar: Box<dyn Scalar>,
    /// Its arguments, in order.
    pub args: Vec<Expr>,
}

/// A strict function: all its arguments are evaluated first, for the same lanes.
pub trait Scalar: Debug + Send + Sync {
    /// Writes `out[lane]` for each lane of `lanes`; other places are left alone.
    ///
    /// Bytes that the result needs are allocated in `arena`. What cannot be computed is NULL and told to `troubles`.
    fn eval<'a>(
        &self,
        args: &[Operand<'_, 'a>],
        lanes: &[u32],
        arena: &'a Bump,
        troubles: &mut Troubles,
        out: &mut [Value<'a>],
    );

    /// The orders of its two arguments for which it is true, where it compares texts by their bytes: less 1, equal 2, greater 4.
    fn orders_texts(&self) -> Option<u8> {
        None
    }

    /// What it says of NULL, where all it asks of its argument is whether that is NULL.
    fn says_of_null(&self) -> Option<bool> {
        None
    }

    /// The scalar that is true where this one is false and NULL where this one is, if one is as cheap: `IS NOT NULL`, `<>`.
    fn negated(&self) -> Option<Box<dyn Scalar>> {
        None
    }

    /// The type as which this reads text, where that is all it does and what spells none is in trouble.
    fn reads_as(&self) -> Option<Type> {
        None
    }
}

/// One evaluated argument.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'v, 'a> {
    /// The same for all lanes.
    Constant(Value<'a>),
    /// Indexed by lane.
    Vector(&'v [Value<'a>]),
}

impl<'a> Operand<'_, 'a> {
    /// The value of `lane`.
    #[inline]
    pub fn at(&self, lane: u32) -> Value<'a> {
        *self.get(lane)
    }

    /// The value of `lane`, where it lies.
    #[inline]
    pub fn get(&self, lane: u32) -> &Value<'a> {
        match self {
            Operand::Constant(value) => value,
            Operand::Vector(values) => &values[lane as usize],
        }
    }
}

/// The rows that an expression sees: `columns[slot][lane]`.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'v, 'a> {
    /// Columns by slot, each with one value a lane.
    pub columns: &'v [&'v [Value<'a>]],
    /// Lanes there are.
    pub n_lanes: usize,
    /// Where results allocate; reset with the batch.
    pub arena: &'a Bump,
}

impl Expr {
    /// Writes `out[lane]` for each lane of `lanes` (ascending, each once, all below `frame.n_lanes ≤ out.len()`); other places
    /// are left alone.
    ///
    /// A lane in trouble is NULL, and told to `troubles` in order of evaluation.
    pub fn eval<'a>(&self, frame: &Frame<'_, 'a>, lanes: &[u32], troubles: &mut Troubles, out: &mut [Value<'a>]) {
        match self {
            Expr::Column(slot) => {
                let values = &frame.columns[*slot];
                for &lane in lanes {
                    out[lane as usize] = values[lane as usize];
                }
            }
            Expr::Constant(constant) => fill(constant.value(frame.arena), lanes, out),
            Expr::Call(call) => call.eval(frame, lanes, troubles, out),
            Expr::And(operands) => connect(operands, false, frame, lanes, troubles, out),
            Expr::Or(operands) => connect(operands, true, frame, lanes, troubles, out),
            Expr::Case { arms, otherwise } => case(arms, otherwise.as_deref(), frame, lanes, troubles, out),
            Expr::Coalesce(operands) => coalesce(operands, frame, lanes, troubles, out),
        }
    }

    /// The values of `lanes` as an operand: a column or constant as it is, anything else evaluated into `scratch`.
    ///
    /// What a caller that only reads should call: no copy of a column is made. Other places of `scratch` hold anything.
    pub fn operand<'v, 'a>(
        &self,
        frame: &Frame<'v, 'a>,
        lanes: &[u32],
        troubles: &mut Troubles,
        scratch: &'v mut Vec<Value<'a>>,
    ) -> Operand<'v, 'a> {
        match self {
            Expr::Column(slot) => Operand::Vector(frame.columns[*slot]),
            Expr::Constant(constant) => Operand::Constant(constant.value(frame.arena)),
            _ => {
                scratch.resize(frame.n_lanes, Value::Null);
                self.eval(frame, lanes, troubles, scratch);
                Operand::Vector(scratch)
            }
        }
    }

    /// Keeps of `lanes` those for which this condition is true, as `WHERE` does: neither false nor NULL.
    pub fn filter<'a>(&self, frame: &Frame<'_, 'a>, lanes: &mut Vec<u32>, troubles: &mut Troubles) {
        match self {
            // A lane that is NULL is out already, so the third value need not be carried along.
            Expr::And(operands) => operands.iter().for_each(|operand| operand.filter(frame, lanes, troubles)),
            _ => {
                let mut scratch = Vec::new();
                let values = self.operand(frame, lanes, troubles, &mut scratch);
                lanes.retain(|&lane| values.at(lane).is_true());
            }
        }
    }

    /// The column that this is, or reads as a type: what could be read as that type in the first place.
    pub fn read_column(&self) -> Option<(usize, Option<Type>)> {
        match self {
            Expr::Column(slot) => Some((*slot, None)),
            Expr::Call(Call { scalar, args }) => match args[..] {
                [Expr::Column(slot)] => Some((slot, Some(scalar.reads_as()?))),
                _ => None,
            },
            _ => None,
        }
    }

    /// The slots that are read.
    pub fn columns(&self) -> BTreeSet<usize> {
        let mut slots = BTreeSet::new();
        self.visit(&mut |expr| {
            if let Expr::Column(slot) = expr {
                slots.insert(*slot);
            }
        });
        slots
    }

    /// The slots whose values are read, be it only to copy them: not those of which all that is asked is whether they are NULL.
    pub fn columns_read(&self) -> BTreeSet<usize> {
        let (mut slots, mut asked) = (Vec::new(), Vec::new());
        self.visit(&mut |expr| match expr {
            Expr::Column(slot) => slots.push(*slot),
            Expr::Call(Call { scalar, args }) if scalar.says_of_null().is_some() => {
                asked.extend(
                    args.iter().filter_map(|arg| if let Expr::Column(slot) = arg { Some(*slot) } else { None }),
                );
            }
            _ => {}
        });
        for slot in asked {
            if let Some(place) = slots.iter().position(|read| *read == slot) {
                slots.swap_remove(place);
            }
        }
        slots.into_iter().collect()
    }

    /// The slot of the column of which this only says whether it is NULL, and whether it is true then.
    pub fn tests_null(&self) -> Option<(usize, bool)> {
        let Expr::Call(Call { scalar, args }) = self else { return None };
        let [Expr::Column(slot)] = &args[..] else { return None };
        Some((*slot, scalar.says_of_null()?))
    }

    /// The column that is compared with a constant text, and how, if that is all this does. NULL is not true.
    pub fn tests_text(&self) -> Option<(usize, TextTest)> {
        let Expr::Call(Call { scalar, args }) = self else { return None };
        let [Expr::Column(slot), Expr::Constant(Constant::Text(text))] = &args[..] else { return None };
        Some((*slot, TextTest::new(scalar.orders_texts()?, text)))
    }

    /// Calls `each` with this expression and all within it, outermost first.
    pub fn visit<'e>(&'e self, each: &mut dyn FnMut(&'e Expr)) {
        each(self);
        match self {
            Expr::Column(_) | Expr::Constant(_) => {}
            Expr::Call(Call { args: operands, .. })
            | Expr::And(operands)
            | Expr::Or(operands)
            | Expr::Coalesce(operands) => {
                operands.iter().for_each(|operand| operand.visit(each));
            }
            Expr::Case { arms, otherwise } => {
                for (condition, result) in arms {
                    condition.visit(each);
                    result.visit(each);
                }
                otherwise.iter().for_each(|result| result.visit(each));
            }
        }
    }

    /// The constant that an expression of constants comes to, or its trouble; the expression itself if it is none.
    ///
    /// Only its own operands are looked at: they were folded when they were made.
    pub fn folded(self) -> Result<Expr, Trouble> {
        let constant = |expr: &Expr| matches!(expr, Expr::Constant(_));
        let folds = match &self {
            Expr::Column(_) | Expr::Constant(_) => false,
            Expr::Call(Call { args: operands, .. })
            | Expr::And(operands)
            | Expr::Or(operands)
            | Expr::Coalesce(operands) => operands.iter().all(constant),
            Expr::Case { arms, otherwise } => {
                arms.iter().all(|(condition, result)| constant(condition) && constant(result))
                    && otherwise.as_deref().is_none_or(constant)
            }
        };
        if !folds {
            return Ok(self);
        }
        let arena = Bump::new();
        let frame = Frame { columns: &[], n_lanes: 1, arena: &arena };
        let (mut out, mut troubles) = ([Value::Null], Troubles::default());
        self.eval(&frame, &[0], &mut troubles, &mut out);
        match troubles.found.into_iter().next() {
            Some((_, trouble)) => Err(trouble),
            None => Ok(Expr::Constant(Constant::of(out[0]))),
        }
    }
}

impl Constant {
    /// A constant that holds `value`.
    pub fn of(value: Value<'_>) -> Constant {
        match value {
            Value::Text(text) => Constant::Text(text.into()),
            Value::Wide(decimal) => Constant::Wide(*decimal),
            Value::Null => Constant::Plain(Value::Null),
            Value::Boolean(boolean) => Constant::Plain(Value::Boolean(boolean)),
            Value::Short { mantissa, scale } => Constant::Plain(Value::Short { mantissa, scale }),
            Value::Real(real) => Constant::Plain(Value::Real(real)),
            Value::Date(date) => Constant::Plain(Value::Date(date)),
            Value::Timestamp(timestamp) => Constant::Plain(Value::Timestamp(timestamp)),
        }
    }

    /// Its value; bytes are copied into `arena`, once a batch.
    pub fn value<'a>(&self, arena: &'a Bump) -> Value<'a> {
        match self {
            Constant::Plain(value) => *value,
            Constant::Wide(decimal) => Value::Wide(arena.alloc(*decimal)),
            Constant::Text(text) => Value::Text(arena.alloc_slice_copy(text)),
        }
    }

    /// Its value, borrowed from here.
    pub fn borrowed(&self) -> Value<'_> {
        match self {
            Constant::Plain(value) => *value,
            Constant::Wide(decimal) => Value::Wide(decimal),
            Constant::Text(text) => Value::Text(text),
        }
    }
}

impl Call {
    fn eval<'a>(&self, frame: &Frame<'_, 'a>, lanes: &[u32], troubles: &mut Troubles, out: &mut [Value<'a>]) {
        let mut scratch: Vec<Vec<Value<'a>>> = Vec::new();
        scratch.resize_with(self.args.len(), Vec::new);
        let operands: Vec<Operand<'_, 'a>> = self
            .args
            .iter()
            .zip(&mut scratch)
            .map(|(arg, scratch)| arg.operand(frame, lanes, troubles, scratch))
            .collect();
        self.scalar.eval(&operands, lanes, frame.arena, troubles, out);
    }
}

fn fill<'a>(value: Value<'a>, lanes: &[u32], out: &mut [Value<'a>]) {
    for &lane in lanes {
        out[lane as usize] = value;
    }
}

/// `AND` (`decides` is false) and `OR` (`decides` is true): a lane is open until an operand is what decides.
fn connect<'a>(
    operands: &[Expr],
    decides: bool,
    frame: &Frame<'_, 'a>,
    lanes: &[u32],
    troubles: &mut Troubles,
    out: &mut [Value<'a>],
) {
    fill(Value::Boolean(!decides), lanes, out);
    let mut open = lanes.to_vec();
    let mut scratch = Vec::new();
    for operand in operands {
        let values = operand.operand(frame, &open, troubles, &mut scratch);
        open.retain(|&lane| {
            let place = &mut out[lane as usize];
            match values.at(lane) {
                Value::Boolean(boolean) if boolean == decides => *place = Value::Boolean(decides),
                Value::Boolean(_) => {}
                _ => *place = Value::Null,
            }
            !matches!(place, Value::Boolean(boolean) if *boolean == decides)
        });
    }
}

fn case<'a>(
    arms: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    frame: &Frame<'_, 'a>,
    lanes: &[u32],
    troubles: &mut Troubles,
    out: &mut [Value<'a>],
) {
    let mut open = lanes.to_vec();
    let (mut taken, mut scratch) = (Vec::new(), Vec::new());
    for (condition, result) in arms {
        let values = condition.operand(frame, &open, troubles, &mut scratch);
        taken.clear();
        open.retain(|&lane| {
            let takes = values.at(lane).is_true();
            if takes {
                taken.push(lane);
            }
            !takes
        });
        result.eval(frame, &taken, troubles, out);
    }
    match otherwise {
        Some(result) => result.eval(frame, &open, troubles, out),
        None => fill(Value::Null, &open, out),
    }
}

fn coalesce<'a>(
    operands: &[Expr],
    frame: &Frame<'_, 'a>,
    lanes: &[u32],
    troubles: &mut Troubles,
    out: &mut [Value<'a>],
) {
    fill(Value::Null, lanes, out);
    let mut open = lanes.to_vec();
    for operand in operands {
        operand.eval(frame, &open, troubles, out);
        open.retain(|&lane| out[lane as usize].is_null());
    }
}
