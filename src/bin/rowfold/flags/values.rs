//! A value as it is typed, what it says out.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use rowfold::exprs::Type;
use rowfold::questions;
use rowfold::readers::{Encoding, Quote};

/// A byte as it is typed: itself, `\t`, or `\x1f` where no keyboard has it. Not necessarily UTF-8.
pub(super) fn one_byte(text: &OsStr) -> Result<u8, String> {
    let byte = match text.as_bytes() {
        b"\\t" | b"tab" => Some(b'\t'),
        [byte] => Some(*byte),
        [b'\\', b'x', hex @ ..] if hex.len() == 2 => {
            std::str::from_utf8(hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
        }
        _ => None,
    };
    match byte {
        Some(b'\n' | b'\r') => Err("a line end ends records, whatever else it does".to_owned()),
        Some(byte) => Ok(byte),
        None => Err("one byte: , or ; or | or ~ or \\t or \\x1f".to_owned()),
    }
}

pub(super) fn quote(text: &OsStr) -> Result<Quote, String> {
    if text == "none" { Ok(Quote::None) } else { one_byte(text).map(Quote::Byte) }
}

pub(super) fn encoding(text: &OsStr) -> Result<Encoding, String> {
    text.to_string_lossy().parse()
}

pub(super) fn lines(text: &OsStr) -> Result<u64, String> {
    text.to_string_lossy().parse().map_err(|_| "a number of lines".to_owned())
}

pub(super) fn output_delimiter(text: &OsStr) -> Result<u8, String> {
    match one_byte(text)? {
        b'"' => Err("a quote stands around fields, not between them".to_owned()),
        byte => Ok(byte),
    }
}

/// `COLUMN=TYPE`
pub(super) fn column_type(text: &str) -> Result<(String, Type), String> {
    let (name, ty) = text.rsplit_once('=').ok_or("COLUMN=TYPE")?;
    let ty = questions::type_called(ty).ok_or("a type is text, number, date, timestamp or boolean")?;
    Ok((name.to_owned(), ty))
}

/// `NAME=VALUE`
pub(super) fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
