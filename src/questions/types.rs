//! The name of a SQL type in, one of rowfold's types out.
//!
//! Integers, decimals and floats are all `number`: exact. Declaring one rounds nothing; `CAST(x AS int)` is asked to round
//! and does ([`is_whole`]). A length or precision, which would cut or round unseen, is refused.

use sqlparser::ast::{CharacterLength, DataType, ExactNumberInfo};

use super::refuse::{self, Refusal};
use crate::exprs::Type;

/// The type that `spelt` names.
pub(super) fn of(spelt: &DataType) -> Result<Type, Refusal> {
    use DataType::*;
    match spelt {
        Text | TinyText | MediumText | LongText | String(None) => Ok(Type::Text),
        Character(length)
        | Char(length)
        | CharacterVarying(length)
        | CharVarying(length)
        | Varchar(length)
        | Nvarchar(length) => unsized_text(length),
        Numeric(size) | Decimal(size) | Dec(size) | Float(size) | Double(size) => unsized_number(size),
        TinyInt(None) | SmallInt(None) | MediumInt(None) | Int(None) | Integer(None) | BigInt(None) | HugeInt => {
            Ok(Type::Number)
        }
        Int2(None) | Int4(None) | Int8(None) | Float4 | Float8 | Real | DoublePrecision => Ok(Type::Number),
        Date => Ok(Type::Date),
        Timestamp(None, _) | Datetime(None) => Ok(Type::Timestamp),
        Bool | Boolean => Ok(Type::Boolean),
        Custom(name, arguments) if name.to_string().eq_ignore_ascii_case("number") => match arguments.is_empty() {
            true => Ok(Type::Number),
            false => Err(refuse::TYPE_SIZE),
        },
        String(Some(_)) | TinyInt(_) | SmallInt(_) | MediumInt(_) | Int(_) | Integer(_) | BigInt(_) | Int2(_)
        | Int4(_) | Int8(_) | Timestamp(..) | Datetime(_) => Err(refuse::TYPE_SIZE),
        _ => Err(refuse::TYPE),
    }
}

/// Whether `spelt` is one of the integers, to which a cast rounds.
pub(super) fn is_whole(spelt: &DataType) -> bool {
    use DataType::*;
    let is_short = matches!(spelt, TinyInt(_) | SmallInt(_) | MediumInt(_) | Int2(_));
    is_short || matches!(spelt, Int(_) | Integer(_) | Int4(_) | Int8(_) | BigInt(_) | HugeInt)
}

fn unsized_text(length: &Option<CharacterLength>) -> Result<Type, Refusal> {
    match length {
        None | Some(CharacterLength::Max) => Ok(Type::Text),
        Some(CharacterLength::IntegerLength { .. }) => Err(refuse::TYPE_SIZE),
    }
}

fn unsized_number(size: &ExactNumberInfo) -> Result<Type, Refusal> {
    match size {
        ExactNumberInfo::None => Ok(Type::Number),
        _ => Err(refuse::TYPE_SIZE),
    }
}
