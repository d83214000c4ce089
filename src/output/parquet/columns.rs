//! One column of a row group: values in, typed and held until the group is written.

use ::parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use ::parquet::errors::ParquetError;
use ::parquet::file::writer::SerializedColumnWriter;
use ::parquet::schema::types::Type as Schema;

use crate::error::{Error, Result, quoted};
use crate::exprs::{Decimal, Type, Value, write};
use crate::questions::plan::AnswerColumn;

/// Digits of the largest decimal, and of the largest that 64 bits hold.
const MOST_DIGITS: u8 = 38;
const MOST_LONG_DIGITS: u8 = 18;

/// What was seen of a column's numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// The most digits before the point, and after it.
    whole: u8,
    scale: u8,
    is_beyond_64_bits: bool,
    has_reals: bool,
}

impl Seen {
    pub(super) fn note(&mut self, value: Value<'_>) {
        let Decimal { mut mantissa, mut scale } = match value {
            Value::Short { mantissa, scale } => Decimal { mantissa: mantissa.into(), scale },
            Value::Wide(decimal) => *decimal,
            Value::Real(_) => return self.has_reals = true,
            _ => return,
        };
        while scale > 0 && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        let digits = mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        let digits = u8::try_from(digits).unwrap_or(u8::MAX);
        self.whole = self.whole.max(digits.saturating_sub(scale));
        self.scale = self.scale.max(scale);
        self.is_beyond_64_bits |= scale == 0 && i64::try_from(mantissa).is_err();
    }
}

/// What a column is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Whole,
    Decimal { digits: u8, scale: u8 },
    Real,
    Text,
    Date,
    Timestamp,
}

impl Kind {
    /// Of `column`, of whose numbers this was seen.
    pub(super) fn of(column: &AnswerColumn, seen: Seen) -> Result<Kind> {
        Ok(match column.ty {
            Type::Boolean => Kind::Boolean,
            Type::Date => Kind::Date,
            Type::Timestamp => Kind::Timestamp,
            Type::Text | Type::Dynamic | Type::Interval(_) | Type::Null => Kind::Text,
            Type::Number if seen.has_reals => Kind::Real,
            Type::Number if seen.scale == 0 && !seen.is_beyond_64_bits => Kind::Whole,
            Type::Number => {
                let digits = seen.whole + seen.scale;
                if digits > MOST_DIGITS {
                    let (name, Seen { whole, scale, .. }) = (quoted(column.name.as_bytes()), seen);
                    return Err(Error::Usage(format!(
                        "column {name}: its numbers have {whole} digits before the point and {scale} after it, and a decimal of Parquet \
                         {MOST_DIGITS} in all; round them, or cast them to text"
                    )));
                }
                Kind::Decimal { digits: digits.max(1), scale: seen.scale }
            }
        })
    }

    /// Its field in the file's schema, called `name`.
    pub(super) fn field(self, name: &str) -> Result<Schema, ParquetError> {
        let (physical, logical) = match self {
            Kind::Boolean => (Physical::BOOLEAN, None),
            Kind::Whole => (Physical::INT64, None),
            Kind::Decimal { digits, scale } => {
                let physical = if digits > MOST_LONG_DIGITS { Physical::FIXED_LEN_BYTE_ARRAY } else { Physical::INT64 };
                (physical, Some(LogicalType::decimal(scale.into(), digits.into())))
            }
            Kind::Real => (Physical::DOUBLE, None),
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
            Kind::Timestamp => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
        };
        let mut field = Schema::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        if let Kind::Decimal { digits, scale } = self {
            field = field.with_precision(digits.into()).with_scale(scale.into());
            if physical == Physical::FIXED_LEN_BYTE_ARRAY {
                field = field.with_length(16);
            }
        }
        field.build()
    }
}

/// Values of one column.
pub(super) struct Column {
    name: String,
    kind: Kind,
    /// 1 where there is a value, 0 for NULL.
    levels: Vec<i16>,
    values: Values,
}

enum Values {
    Booleans(Vec<bool>),
    Days(Vec<i32>),
    Longs(Vec<i64>),
    Reals(Vec<f64>),
    Wides(Vec<i128>),
    /// All texts back to back, and where each ends.
    Texts(Vec<u8>, Vec<usize>),
}

impl Column {
    pub(super) fn new(name: &str, kind: Kind) -> Column {
        let values = match kind {
            Kind::Boolean => Values::Booleans(Vec::new()),
            Kind::Date => Values::Days(Vec::new()),
            Kind::Whole | Kind::Timestamp => Values::Longs(Vec::new()),
            Kind::Decimal { digits, .. } if digits <= MOST_LONG_DIGITS => Values::Longs(Vec::new()),
            Kind::Decimal { .. } => Values::Wides(Vec::new()),
            Kind::Real => Values::Reals(Vec::new()),
            Kind::Text => Values::Texts(Vec::new(), Vec::new()),
        };
        Column { name: name.to_owned(), kind, levels: Vec::new(), values }
    }

    /// Takes a value; how many bytes more are held.
    pub(super) fn push(&mut self, value: Value<'_>) -> Result<usize> {
        const LEVEL_BYTES: usize = size_of::<i16>();
        self.levels.push(i16::from(!value.is_null()));
        let scale = if let Kind::Decimal { scale, .. } = self.kind { scale } else { 0 };
        let n_bytes = match (&mut self.values, value) {
            (_, Value::Null) => 0,
            (Values::Booleans(values), Value::Boolean(value)) => held(values, value),
            (Values::Days(values), Value::Date(value)) => held(values, value),
            (Values::Longs(values), Value::Timestamp(value)) => held(values, value),
            (Values::Longs(values), value) => {
                held(values, i64::try_from(scaled(value, scale)).expect("was seen to fit"))
            }
            (Values::Wides(values), value) => held(values, scaled(value, scale)),
            (Values::Reals(values), value) => held(values, real(value)),
            (Values::Texts(bytes, ends), value) => {
                let start = bytes.len();
                write(value, bytes);
                if std::str::from_utf8(&bytes[start..]).is_err() {
                    let what = format!("column {}: {}", quoted(self.name.as_bytes()), quoted(&bytes[start..]));
                    return Err(Error::NotUtf8 { what, format: "Parquet" });
                }
                bytes.len() - start + held(ends, bytes.len())
            }
            (Values::Booleans(_) | Values::Days(_), _) => unreachable!("a column has values of its type"),
        };
        Ok(LEVEL_BYTES + n_bytes)
    }

    /// Writes all that is held.
    pub(super) fn write(&mut self, chunk: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match &mut self.values {
            Values::Booleans(values) => chunk.typed::<BoolType>().write_batch(values, levels, None)?,
            Values::Days(values) => chunk.typed::<Int32Type>().write_batch(values, levels, None)?,
            Values::Longs(values) => chunk.typed::<Int64Type>().write_batch(values, levels, None)?,
            Values::Reals(values) => chunk.typed::<DoubleType>().write_batch(values, levels, None)?,
            Values::Wides(values) => {
                let bytes = |value: &i128| FixedLenByteArray::from(value.to_be_bytes().to_vec());
                let values: Vec<_> = values.iter().map(bytes).collect();
                chunk.typed::<FixedLenByteArrayType>().write_batch(&values, levels, None)?
            }
            Values::Texts(bytes, ends) => {
                let all = ByteArray::from(std::mem::take(bytes));
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let texts: Vec<_> = starts.zip(ends.iter()).map(|(start, end)| all.slice(start, end - start)).collect();
                chunk.typed::<ByteArrayType>().write_batch(&texts, levels, None)?
            }
        };
        self.levels.clear();
        match &mut self.values {
            Values::Booleans(values) => values.clear(),
            Values::Days(values) => values.clear(),
            Values::Longs(values) => values.clear(),
            Values::Reals(values) => values.clear(),
            Values::Wides(values) => values.clear(),
            Values::Texts(_, ends) => ends.clear(),
        }
        Ok(())
    }
}

/// Keeps `value`; how many bytes that takes.
fn held<T>(values: &mut Vec<T>, value: T) -> usize {
    values.push(value);
    size_of::<T>()
}

/// A decimal's digits up to the `scale`th behind the point, which it has no digits beyond.
fn scaled(value: Value<'_>, scale: u8) -> i128 {
    let Decimal { mantissa, scale: own } = match value {
        Value::Short { mantissa, scale } => Decimal { mantissa: mantissa.into(), scale },
        Value::Wide(decimal) => *decimal,
        _ => unreachable!("a column of exact numbers has no others"),
    };
    match scale.checked_sub(own) {
        Some(more) => mantissa * 10i128.pow(more.into()),
        None => mantissa / 10i128.pow((own - scale).into()),
    }
}

fn real(value: Value<'_>) -> f64 {
    match value {
        Value::Real(real) => real,
        Value::Short { mantissa, scale } => spelt(mantissa.into(), scale),
        Value::Wide(decimal) => spelt(decimal.mantissa, decimal.scale),
        _ => f64::NAN,
    }
}

/// The nearest real, rounded once.
fn spelt(mantissa: i128, scale: u8) -> f64 {
    format!("{mantissa}e-{scale}").parse().unwrap_or(f64::NAN)
}
