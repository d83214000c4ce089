//! SQL text in, the syntax tree of its one query out, with the tokens for the places that the tree does not know.
//!
//! The obvious way is `Parser::parse_sql`. A text from outside can be made to overflow the stack, there and in every walk
//! and drop of the tree after it: brackets nest as deep as the parser goes, and `a + a + a …` leans to the left as
//! deep as it is long. So
//! 1. length, words and brackets are bounded before parsing, each with its place;
//! 2. the tree lives and dies within [`with_query`], on a stack that fits the deepest tree of 10,000 words.

use sqlparser::ast::{Query, Statement};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::parameter::{self, Parameter};
use super::refuse;
use crate::error::{Error, Result};

/// The dialect that knows all of FILTER, `//`, ILIKE, UNNEST in FROM and quoted paths as tables.
pub(super) const DIALECT: GenericDialect = GenericDialect {};

const TEXT_BYTES: usize = 64 * 1024;
const TOKENS: usize = 10_000;
const BRACKETS: usize = 50;
/// The parser counts several steps a bracket.
const PARSER_STEPS: usize = 256;
/// A tree of 10,000 words is at most 5,000 deep. Its deepest walk, `Display`, takes 56 MB unoptimised and 4 MB at
/// opt-level 3 (2026-11-21, by bisection); only what is used becomes resident.
const STACK_BYTES: usize = 64 << 20;

/// A query with its tokens.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) query: Box<Query>,
    tokens: Vec<TokenWithSpan>,
}

impl Parsed {
    /// Where `keyword` stands first; the beginning of the query when it does not, and for `NoKeyword`.
    pub(super) fn place(&self, keyword: Keyword) -> Location {
        let is_it = |token: &Token| matches!(token, Token::Word(word) if word.keyword == keyword && keyword != Keyword::NoKeyword);
        let found = self.tokens.iter().find(|token| is_it(&token.token));
        found.or(self.tokens.first()).map_or(Location::new(1, 1), |token| token.span.start)
    }
}

/// What `then` makes of the query that `text` asks with `parameters`; the syntax tree never leaves.
pub(super) fn with_query<T: Send>(
    text: &str,
    parameters: &[Parameter],
    then: impl FnOnce(&Parsed) -> Result<T> + Send,
) -> Result<T> {
    let tokens = parameter::substitute(bounded(text)?, parameters)?;
    bound(&tokens)?;
    on_stack(|| query(&tokens).and_then(|query| then(&Parsed { query, tokens: tokens.clone() })))
}

/// Refuses `text` unless it is one expression, with nothing behind it.
pub(super) fn expression(text: &str) -> Result<()> {
    let tokens = bounded(text)?;
    bound(&tokens)?;
    let end = tokens.last().map_or(Location::new(1, 1), |token| token.span.end);
    on_stack(|| {
        let parser = Parser::new(&DIALECT).with_recursion_limit(PARSER_STEPS);
        let mut parser = parser.with_tokens_with_locations(tokens);
        let parsed = parser.parse_expr().and_then(|_| parser.expect_token(&Token::EOF));
        parsed.map(drop).map_err(|error| syntax_error(error, end))
    })
}

/// What `work` makes of a tree, on a stack that fits it.
fn on_stack<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        let thread =
            thread.map_err(|source| Error::Io { path: "the question".into(), verb: "start a thread for", source })?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The tokens of `text`, unless it is too long.
fn bounded(text: &str) -> Result<Vec<TokenWithSpan>> {
    if text.len() > TEXT_BYTES {
        return Err(refuse::TOO_LONG.at(Location::new(1, 1)));
    }
    tokenize(text)
}

/// The tokens of `text` without blanks and comments.
pub(super) fn tokenize(text: &str) -> Result<Vec<TokenWithSpan>> {
    let tokens = Tokenizer::new(&DIALECT, text).tokenize_with_location();
    let mut tokens = tokens.map_err(|error| refuse::error(error.location, error.message.to_lowercase(), ""))?;
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
    Ok(tokens)
}

fn bound(tokens: &[TokenWithSpan]) -> Result<()> {
    if let Some(token) = tokens.get(TOKENS) {
        return Err(refuse::TOO_MANY.at(token.span.start));
    }
    let (mut depth, mut signs) = (0usize, 0usize);
    for token in tokens {
        signs = if is_prefix(&token.token) { signs + 1 } else { 0 };
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            Token::Word(word) if word.keyword == Keyword::CASE => depth += 1,
            Token::Word(word) if word.keyword == Keyword::END => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth + signs > BRACKETS {
            return Err(refuse::TOO_DEEP.at(token.span.start));
        }
    }
    // `1_000` would parse as `1 AS _000`.
    for pair in tokens.windows(2) {
        if let ([Token::Number(..), Token::Word(_)], true) =
            ([&pair[0].token, &pair[1].token], pair[0].span.end == pair[1].span.start)
        {
            return Err(refuse::NUMBER_TAIL.at(pair[0].span.start));
        }
    }
    Ok(())
}

/// Whether it may stand before an expression, and so nest by being repeated.
fn is_prefix(token: &Token) -> bool {
    match token {
        Token::Minus | Token::Plus | Token::Tilde | Token::ExclamationMark => true,
        Token::Word(word) => matches!(word.keyword, Keyword::NOT | Keyword::INTERVAL | Keyword::PRIOR),
        _ => false,
    }
}

fn query(tokens: &[TokenWithSpan]) -> Result<Box<Query>> {
    let parser = Parser::new(&DIALECT).with_recursion_limit(PARSER_STEPS);
    let statements = parser.with_tokens_with_locations(tokens.to_vec()).parse_statements();
    let end = tokens.last().map_or(Location::new(1, 1), |token| token.span.end);
    let statements = statements.map_err(|error| syntax_error(error, end))?;
    let start = tokens.first().map_or(Location::new(1, 1), |token| token.span.start);
    let after_first = tokens.iter().position(|token| token.token == Token::SemiColon).and_then(|at| tokens.get(at + 1));
    let mut statements = statements.into_iter();
    match (statements.next(), statements.next()) {
        (None, _) => Err(refuse::NOTHING.at(start)),
        (_, Some(_)) => Err(refuse::SEVERAL.at(after_first.map_or(start, |token| token.span.start))),
        (Some(Statement::Query(query)), None) => Ok(query),
        (Some(_), None) => Err(refuse::STATEMENT.at(start)),
    }
}

/// The parser writes its place into the message; here the two are parted. Without a place it is the text's `end`.
pub(super) fn syntax_error(error: ParserError, end: Location) -> Error {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => return refuse::TOO_DEEP.at(end),
    };
    let (what, place) = message.rsplit_once(" at Line: ").unwrap_or((&message, ""));
    let (line, column) = place.split_once(", Column: ").unwrap_or_default();
    let at = Location::new(line.parse().unwrap_or(end.line), column.parse().unwrap_or(end.column));
    let what = what.strip_prefix("Expected: ").map_or_else(|| what.to_string(), |rest| format!("expected {rest}"));
    refuse::error(at, what.replace(", found: EOF", ", found the end of the text").replace(", found: ", ", found "), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The message for `text`, or "ok".
    fn said(text: &str) -> String {
        with_query(text, &[], |_| Ok("ok".to_string())).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn bounds_are_met_before_the_parser() {
        let cases = [
            (format!("SELECT {}1 FROM t", "1+".repeat(4_990)), "ok"),
            (format!("SELECT {}1 FROM t", "1+".repeat(200_000)), "a question is at most 64 KiB"),
            (format!("SELECT {}1 FROM t", "1+".repeat(15_000)), "a question has at most 10,000 words and signs"),
            (format!("SELECT {}1{} FROM t", "(".repeat(50), ")".repeat(50)), "ok"),
            (
                format!("SELECT {}1{} FROM t", "(".repeat(51), ")".repeat(51)),
                "line 1, column 58: brackets, CASE and NOT nest",
            ),
            (format!("SELECT {}", "(".repeat(60_000)), "at most 10,000"),
            (format!("SELECT {}", "(".repeat(9_000)), "brackets, CASE and NOT nest at most 50 deep"),
            (format!("SELECT {}1", "CASE WHEN ".repeat(4_000)), "brackets, CASE and NOT nest at most 50 deep"),
            (format!("SELECT {}x FROM t", "NOT ".repeat(9_000)), "brackets, CASE and NOT nest at most 50 deep"),
            (format!("SELECT {}x FROM t", "- ".repeat(9_000)), "brackets, CASE and NOT nest at most 50 deep"),
            (format!("SELECT x{} FROM t", " IS NULL".repeat(4_900)), "ok"),
            (format!("SELECT x{} FROM t", "::a".repeat(4_900)), "ok"),
            (format!("SELECT 1 FROM t{}", " UNION ALL SELECT 1 FROM t".repeat(1_600)), "ok"),
            (format!("SELECT {} FROM t", "1_000"), "line 1, column 8: a number ends where its digits end"),
        ];
        for (text, expected) in cases {
            let said = said(&text);
            assert!(said.contains(expected), "{:.60}…: {said}", text);
        }
    }

    #[test]
    fn syntax_errors_carry_their_place() {
        let cases = [
            ("", "line 1, column 1: there is no question in this text: write a SELECT"),
            ("SELECT a FROM t WHERE", "line 1, column 22: expected an expression, found the end of the text"),
            ("SELECT a\nFROM t x y", "line 2, column 10: expected end of statement, found y"),
            ("SELECT 'a", "line 1, column 8: unterminated string literal"),
            (
                "SELECT a FROM t; SELECT b FROM t",
                "line 1, column 18: one text asks one question: ask the second statement by itself",
            ),
            ("SELECT a FROM t;", "ok"),
            ("\nDROP TABLE t", "line 2, column 1: rowfold answers questions and changes nothing: write a SELECT"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
