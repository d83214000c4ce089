//! The parameters of a question: what it declares, what is set, and the literals that stand for `:name` in its text.
//!
//! ```sql
//! -- param: from date = 2014-01-01
//! -- param: least number
//! ```
//!
//! A `:name` becomes a literal before the parser sees it, so whoever reads the syntax tree knows nothing of parameters.

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan};

use super::{names, refuse};
use crate::error::{Error, Result, quoted};
use crate::exprs::{Type, boolean, number, time};

/// A parameter of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// What `:name` and `--set name=…` call it.
    pub name: String,
    /// What its values are.
    pub ty: Type,
    /// What was set, else its default; `None` when it must be set.
    pub value: Option<String>,
}

impl Parameter {
    /// Sets it; `false`, and unchanged, when `text` is none of its type.
    pub(super) fn set(&mut self, text: &str) -> bool {
        let is_its = is_a(self.ty, text);
        if is_its {
            self.value = Some(text.to_owned());
        }
        is_its
    }

    /// As the question declares it.
    fn declaration(&self) -> String {
        let default = self.value.as_ref().map_or_else(String::new, |value| format!(" = {value}"));
        format!("{} {}{default}", self.name, self.ty.name())
    }

    /// The tokens of its literal. Where none is set yet, one of its type, so that all else can be checked.
    fn literal(&self) -> Vec<Token> {
        let text = self.value.as_deref();
        let string = |otherwise: &str| Token::SingleQuotedString(text.unwrap_or(otherwise).to_owned());
        match self.ty {
            Type::Number => match text.unwrap_or("0").trim_start_matches('+') {
                negative if negative.starts_with('-') => {
                    vec![Token::LParen, Token::Minus, Token::Number(negative[1..].to_owned(), false), Token::RParen]
                }
                digits => vec![Token::Number(digits.to_owned(), false)],
            },
            Type::Date => vec![Token::make_keyword("DATE"), string("1970-01-01")],
            Type::Timestamp => vec![Token::make_keyword("TIMESTAMP"), string("1970-01-01T00:00:00Z")],
            Type::Boolean => {
                let is_true = text.and_then(|text| boolean::parse(text.as_bytes())).unwrap_or_default();
                vec![Token::make_keyword(if is_true { "TRUE" } else { "FALSE" })]
            }
            _ => vec![string("")],
        }
    }
}

/// Whether `text` spells a `ty`.
fn is_a(ty: Type, text: &str) -> bool {
    let bytes = text.as_bytes();
    match ty {
        Type::Number => number::parse(bytes).is_some(),
        Type::Date => time::parse_date(bytes).is_some(),
        Type::Timestamp => time::parse_timestamp(bytes).is_some(),
        Type::Boolean => boolean::parse(bytes).is_some(),
        _ => true,
    }
}

/// Sets `parameters` as `settings` say, each a name and a value. An error lists what there is to set.
pub(super) fn set(parameters: &mut [Parameter], settings: &[(String, String)]) -> Result<()> {
    let declared = listed(parameters);
    for (name, value) in settings {
        let refused = |what: String| Err(Error::Usage(format!("--set {name}={value}: {what}; {declared}")));
        let Some(parameter) = parameters.iter_mut().find(|parameter| is_called(parameter, name)) else {
            return refused(format!("no parameter {}", quoted(name.as_bytes())));
        };
        if !parameter.set(value) {
            let ty = parameter.ty.name();
            return refused(format!("{} is no {ty}", quoted(value.as_bytes())));
        }
    }
    Ok(())
}

/// Refuses parameters that are neither set nor have a default.
pub(super) fn settled(parameters: &[Parameter]) -> Result<()> {
    match parameters.iter().find(|parameter| parameter.value.is_none()) {
        None => Ok(()),
        Some(Parameter { name, ty, .. }) => {
            let declared = listed(parameters);
            Err(Error::Usage(format!("parameter {name} is not set: --set {name}={}; {declared}", example(*ty))))
        }
    }
}

/// All parameters, for a message.
fn listed(parameters: &[Parameter]) -> String {
    match parameters {
        [] => "the question takes no parameters".to_owned(),
        _ => {
            let declared: Vec<String> = parameters.iter().map(Parameter::declaration).collect();
            format!("the question takes {}", declared.join(", "))
        }
    }
}

fn example(ty: Type) -> &'static str {
    match ty {
        Type::Number => "1",
        Type::Date => "2021-02-12",
        Type::Timestamp => "2021-02-12T08:00:00Z",
        Type::Boolean => "true",
        _ => "TEXT",
    }
}

fn is_called(parameter: &Parameter, name: &str) -> bool {
    names::fold(&parameter.name) == names::fold(name)
}

/// Puts the literals of `parameters` in the places of their names; all of a literal's tokens have the name's place.
pub(super) fn substitute(tokens: Vec<TokenWithSpan>, parameters: &[Parameter]) -> Result<Vec<TokenWithSpan>> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(colon) = tokens.next() {
        let end = colon.span.end;
        let follows = |token: &TokenWithSpan| matches!(token.token, Token::Word(_)) && token.span.start == end;
        let Some(name) = (colon.token == Token::Colon).then(|| tokens.next_if(follows)).flatten() else {
            out.push(colon);
            continue;
        };
        let Token::Word(word) = &name.token else { continue };
        let parameter = parameters.iter().find(|parameter| is_called(parameter, &word.value));
        let parameter = parameter.ok_or_else(|| undeclared(&word.value, parameters, colon.span.start))?;
        let span = Span::new(colon.span.start, name.span.end);
        out.extend(parameter.literal().into_iter().map(|token| TokenWithSpan::new(token, span)));
    }
    Ok(out)
}

fn undeclared(name: &str, parameters: &[Parameter], at: Location) -> Error {
    let way_out = match names::nearest(name, parameters.iter().map(|parameter| parameter.name.as_str())) {
        Some(nearest) => format!("did you mean :{nearest}?"),
        None => format!("declare it above the SELECT: -- param: {name} number = 1"),
    };
    refuse::error(at, format!("parameter :{name} is not declared"), way_out)
}

#[cfg(test)]
mod tests {
    use crate::questions::{Question, TableHeader, bind};

    const DATES: &str = "-- param: from date = 2014-01-01\n-- param: least number\n-- param: name text = 'o''k'\n";

    /// What asking `sql` with `settings` comes to: the filter's text, or the error.
    fn said(sql: &str, settings: &[(&str, &str)]) -> String {
        let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let header = ["d".to_owned(), "n".to_owned()];
        let bound = Question::inline(sql).and_then(|mut question| {
            question.set(&settings)?;
            bind(&question, &[TableHeader { table: "t", columns: &header, path: "t.csv" }])
        });
        bound.map_or_else(
            |error| error.to_string(),
            |plan| plan.answer().iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(", "),
        )
    }

    #[test]
    fn a_parameter_is_a_literal() {
        let sql = format!("{DATES}SELECT :from, :Least, :name, n -:least FROM t LIMIT :least");
        assert_eq!(said(&sql, &[("least", "3")]), "date '2014-01-01', 3, 'o''k', n - 3");
        let settings = [("least", "2"), ("FROM", "2015-02-03"), ("name", "a;b")];
        assert_eq!(said(&sql, &settings), "date '2015-02-03', 2, 'a;b', n - 2");
        let sql = "-- param: x number = -1.5\n-- param: ok boolean = yes\nSELECT n * :x, :ok FROM t";
        assert_eq!(said(sql, &[]), "n * (-1.5), true");
    }

    #[test]
    fn what_is_not_set_or_ill_typed_lists_all() {
        let sql = format!("{DATES}SELECT n FROM t WHERE d > :from AND n > :least");
        for (settings, expected) in [
            (
                &[][..],
                "parameter least is not set: --set least=1; the question takes from date = 2014-01-01, least number, name text = o'k",
            ),
            (
                &[("least", "x")],
                "--set least=x: \"x\" is no number; the question takes from date = 2014-01-01, least number, name text = o'k",
            ),
            (
                &[("until", "1")],
                "--set until=1: no parameter \"until\"; the question takes from date = 2014-01-01, least number, name text = o'k",
            ),
            (
                &[("from", "2015-02-30"), ("least", "1")],
                "--set from=2015-02-30: \"2015-02-30\" is no date; the question",
            ),
        ] {
            let said = said(&sql, settings);
            assert!(said.starts_with(expected), "{said}");
        }
        assert_eq!(
            said("SELECT n FROM t", &[("a", "1")]),
            "--set a=1: no parameter \"a\"; the question takes no parameters"
        );
    }

    #[test]
    fn faults_of_declarations_and_names_have_their_place() {
        for (sql, expected) in [
            (
                "SELECT n\nFROM t WHERE n > :m",
                "line 2, column 18: parameter :m is not declared: declare it above the SELECT: -- param: m number = 1",
            ),
            (
                "-- param: from date\nSELECT n FROM t WHERE d > :fron",
                "line 2, column 27: parameter :fron is not declared: did you mean :from?",
            ),
            (
                "-- param: from date = x\nSELECT n FROM t",
                "line 1, column 11: \"x\" is no date: write a default that is one, or none",
            ),
            (
                "-- param: from\nSELECT n FROM t",
                "line 1, column 15: expected a data type name, found the end of the text",
            ),
            (
                "-- param: a text\n-- param: A text\nSELECT n FROM t",
                "line 2, column 11: parameter \"A\" is declared twice: declare it once",
            ),
        ] {
            assert_eq!(said(sql, &[]), expected, "{sql}");
        }
    }
}
