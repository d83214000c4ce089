//! The comments at the top of a question's text in, its title and the tables that it declares out.
//!
//! ```sql
//! -- title: The ten busiest dates
//! -- description: …
//! -- input: events(time timestamp, action text in ('Open', 'Close'), n number,
//! --     note) delimiter '~' quote none encoding 'windows-1252'
//! -- param: from date = 2014-01-01
//! ```
//!
//! Only lines before the first that is no comment count; a comment without a key that is known here is a comment.
//! An input line goes on while its bracket is open. Its tokens are read from the text with all else blanked, so that
//! they know their true places.

use sqlparser::ast::DataType;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token};

use super::parameter::Parameter;
use super::parse::{DIALECT, syntax_error, tokenize};
use super::question::{DeclaredColumn, Table};
use super::{names, refuse, types};
use crate::error::{Error, Result, quoted};
use crate::exprs::Type;

/// What the comments say.
#[derive(Debug, Default)]
pub(super) struct Comments {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// Each with the place of its line.
    pub(super) inputs: Vec<(Location, Table)>,
    pub(super) parameters: Vec<Parameter>,
}

/// The comments at the top of `text`.
pub(super) fn read(text: &str) -> Result<Comments> {
    let mut comments = Comments::default();
    let mut lines = text.lines().zip(1..).take_while(|(line, _)| is_comment(line) || line.trim().is_empty());
    while let Some((line, number)) = lines.next() {
        let Some((key, value)) = line.trim_start().trim_start_matches('-').split_once(':') else { continue };
        match key.trim() {
            "title" => comments.title.get_or_insert_with(|| value.trim().to_string()),
            "description" => comments.description.get_or_insert_with(|| value.trim().to_string()),
            "param" => {
                let parameter = parameter(&in_place(line, value, number), &comments.parameters)?;
                comments.parameters.push(parameter);
                continue;
            }
            "input" => {
                let mut declaration = in_place(line, value, number);
                while declaration.matches('(').count() > declaration.matches(')').count() {
                    let Some((more, _)) = lines.next() else { break };
                    declaration.push('\n');
                    declaration.push_str(&more.replacen("--", "  ", 1));
                }
                let table = input(&declaration)?;
                let at = Location::new(number as u64, 1);
                if comments.inputs.iter().any(|(_, other)| names::fold(&other.name) == names::fold(&table.name)) {
                    return Err(refuse::error(
                        at,
                        format!("table {:?} is declared twice", table.name),
                        "declare it once",
                    ));
                }
                comments.inputs.push((at, table));
                continue;
            }
            _ => continue,
        };
    }
    Ok(comments)
}

/// `value`, which ends line `number`, behind blanks that put it in its place.
fn in_place(line: &str, value: &str, number: usize) -> String {
    "\n".repeat(number - 1) + &" ".repeat(line.chars().count() - value.chars().count()) + value
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("--")
}

/// `name type [= default]`, with blanks before it that put it in its place; the default is what stands there, or quoted.
fn parameter(declaration: &str, others: &[Parameter]) -> Result<Parameter> {
    let (declared, default) = match declaration.split_once('=') {
        Some((declared, default)) => (declared, Some(default.trim())),
        None => (declaration, None),
    };
    let tokens = tokenize(declared)?;
    let at = tokens.first().map_or(Location::new(1, 1), |token| token.span.start);
    let end = tokens.last().map_or(at, |token| token.span.end);
    let mut parser = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
    let syntax = |error: ParserError| syntax_error(error, end);
    let name = parser.parse_identifier().map_err(syntax)?.value;
    let spelt = parser.parse_data_type().map_err(syntax)?;
    let ty = types::of(&spelt).map_err(|refusal| refusal.at(at))?;
    parser.expect_token(&Token::EOF).map_err(syntax)?;
    if others.iter().any(|other| names::fold(&other.name) == names::fold(&name)) {
        return Err(refuse::error(at, format!("parameter {name:?} is declared twice"), "declare it once"));
    }
    let mut parameter = Parameter { name, ty, value: None };
    if let Some(default) = default {
        let inside = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let default = inside.map_or_else(|| default.to_owned(), |inside| inside.replace("''", "'"));
        if !parameter.set(&default) {
            let what = format!("{} is no {}", quoted(default.as_bytes()), ty.name());
            return Err(refuse::error(at, what, "write a default that is one, or none"));
        }
    }
    Ok(parameter)
}

/// `t(column [type] [in ('a', …)], …) [delimiter 'c'] [quote 'c'|none] [encoding 'name']`, with blanks before it that put it in its place.
fn input(declaration: &str) -> Result<Table> {
    let tokens = tokenize(declaration)?;
    let end = tokens.last().map_or(Location::new(1, 1), |token| token.span.end);
    let mut parser = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
    let syntax = |error: ParserError| syntax_error(error, end);

    let mut table = Table { name: parser.parse_identifier().map_err(syntax)?.value, ..Table::default() };
    if parser.consume_token(&Token::LParen) && !parser.consume_token(&Token::RParen) {
        loop {
            let at = parser.peek_token_ref().span.start;
            let column = column(&mut parser, at, &syntax)?;
            if table.columns.iter().any(|other| names::fold(&other.name) == names::fold(&column.name)) {
                return Err(refuse::error(
                    at,
                    format!("column {:?} is declared twice", column.name),
                    "declare it once",
                ));
            }
            table.columns.push(column);
            if !parser.consume_token(&Token::Comma) {
                break;
            }
        }
        parser.expect_token(&Token::RParen).map_err(syntax)?;
    }
    loop {
        let at = parser.peek_token_ref().span.start;
        if parser.parse_keyword(Keyword::DELIMITER) {
            let way_out = "write delimiter ';' or '\\t'";
            table.delimiter = Some(one_byte(&mut parser, "a delimiter is one byte", way_out, &syntax)?);
        } else if parser.parse_keywords(&[Keyword::QUOTE, Keyword::NONE]) {
            table.quote = Some(None);
        } else if parser.parse_keyword(Keyword::QUOTE) {
            let way_out = "write quote '\"', or quote none";
            table.quote = Some(Some(one_byte(&mut parser, "a quote is one byte", way_out, &syntax)?));
        } else if parser.parse_keyword(Keyword::ENCODING) {
            table.encoding = Some(parser.parse_literal_string().map_err(syntax)?);
        } else {
            break;
        }
        if table.delimiter.is_some() && table.quote == Some(table.delimiter) {
            return Err(refuse::error(
                at,
                "delimiter and quote are the same byte",
                "write quote none for a file without",
            ));
        }
    }
    parser.expect_token(&Token::EOF).map_err(syntax)?;
    Ok(table)
}

/// `'c'`, or `'\t'`.
fn one_byte(parser: &mut Parser<'_>, what: &str, way_out: &str, syntax: &impl Fn(ParserError) -> Error) -> Result<u8> {
    let at = parser.peek_token_ref().span.start;
    match parser.parse_literal_string().map_err(syntax)?.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] => Ok(*byte),
        _ => Err(refuse::error(at, what, way_out)),
    }
}

fn column(parser: &mut Parser<'_>, at: Location, syntax: &impl Fn(ParserError) -> Error) -> Result<DeclaredColumn> {
    let name = parser.parse_identifier().map_err(syntax)?.value;
    let typeless =
        matches!(parser.peek_token_ref().token, Token::Comma | Token::RParen) || parser.peek_keyword(Keyword::IN);
    let ty = match typeless {
        true => Type::Dynamic,
        false => {
            let spelt: DataType = parser.parse_data_type().map_err(syntax)?;
            types::of(&spelt).map_err(|refusal| refusal.at(at))?
        }
    };
    let mut allowed = None;
    if parser.parse_keyword(Keyword::IN) {
        if !matches!(ty, Type::Dynamic | Type::Text) {
            return Err(refuse::error(at, "only text is declared with IN", "declare the column as text"));
        }
        parser.expect_token(&Token::LParen).map_err(syntax)?;
        let values = parser.parse_comma_separated(Parser::parse_literal_string).map_err(syntax)?;
        parser.expect_token(&Token::RParen).map_err(syntax)?;
        allowed = Some(values.into_iter().map(|value| value.into_bytes().into()).collect());
    }
    Ok(DeclaredColumn { name, ty, allowed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        read(text).map_or_else(
            |error| error.to_string(),
            |comments| {
                let inputs = comments.inputs.iter().map(|(at, table)| {
                    let columns = table.columns.iter().map(|column| match &column.allowed {
                        Some(allowed) => format!("{} {:?} in {}", column.name, column.ty, allowed.len()),
                        None => format!("{} {:?}", column.name, column.ty),
                    });
                    format!(
                        "{}: {}({}) {:?}",
                        at.line,
                        table.name,
                        columns.collect::<Vec<_>>().join(", "),
                        table.delimiter
                    )
                });
                inputs.collect::<Vec<_>>().join("; ")
            },
        )
    }

    #[test]
    fn comments_give_title_and_description() {
        let comments = read("-- title: A: b\n--description:c\n\n-- note: d\nSELECT 1\n-- title: e").expect("is right");
        assert_eq!((comments.title.as_deref(), comments.description.as_deref()), (Some("A: b"), Some("c")));
    }

    #[test]
    fn input_lines_declare_tables() {
        let cases = [
            (
                "-- input: t(id text, n number, d date, at timestamp, ok boolean)",
                "1: t(id Text, n Number, d Date, at Timestamp, ok Boolean) None",
            ),
            (
                "-- input: t(id, date, \"a b\" varchar, n int, m double precision)",
                "1: t(id Dynamic, date Dynamic, a b Text, n Number, m Number) None",
            ),
            (
                "--\n-- input: e(action text in ('Open','Close'), x in ('a')) delimiter '~'",
                "2: e(action Text in 2, x Dynamic in 1) Some(126)",
            ),
            ("-- input: t(a,\n--   b number) delimiter '\\t'\nSELECT 1", "1: t(a Dynamic, b Number) Some(9)"),
            ("-- input: t\n-- input: u()", "1: t() None; 2: u() None"),
            ("-- input: t(a) quote '''' encoding 'latin1' delimiter ';'", "1: t(a Dynamic) Some(59)"),
            ("-- input: t(a) quote none", "1: t(a Dynamic) None"),
            ("SELECT 1\n-- input: t(a)", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn faults_of_input_lines_have_their_place() {
        let cases = [
            ("-- input: t(a, A)", "line 1, column 16: column \"A\" is declared twice: declare it once"),
            (
                "\n-- input: t(a blob)",
                "line 2, column 13: this type is not known: use text, number, date, timestamp or boolean",
            ),
            (
                "-- input: t(a varchar(3))",
                "line 1, column 13: a type has no length or precision here: nothing is cut or rounded silently: write text, or number",
            ),
            (
                "-- input: t(n number in ('1'))",
                "line 1, column 13: only text is declared with IN: declare the column as text",
            ),
            ("-- input: t(a", "line 1, column 14: expected a data type name, found the end of the text"),
            (
                "-- input: t(a) delimiter 'ab'",
                "line 1, column 26: a delimiter is one byte: write delimiter ';' or '\\t'",
            ),
            ("-- input: t(a) quote ''", "line 1, column 22: a quote is one byte: write quote '\"', or quote none"),
            (
                "-- input: t(a) quote ';' delimiter ';'",
                "line 1, column 26: delimiter and quote are the same byte: write quote none for a file without",
            ),
            ("-- input: t(a) b", "line 1, column 16: expected EOF, found b"),
            ("-- input: t\n-- input: T", "line 2, column 1: table \"T\" is declared twice: declare it once"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
