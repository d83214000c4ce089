//! A question and headers in, a plan out.

use super::outer;
use super::parse;
use super::plan::Plan;
use super::question::Question;
use crate::error::Result;

/// An input's header, as a question is bound to it.
#[derive(Clone, Copy, Debug)]
pub struct TableHeader<'a> {
    /// The table that the input is for, by the name that [`Question::tables`] gives it.
    pub table: &'a str,
    /// The names of its columns.
    pub columns: &'a [String],
    /// Its name in messages.
    pub path: &'a str,
}

/// The plan of `question` over the inputs with these headers, among them one for each of its tables.
pub fn bind(question: &Question, inputs: &[TableHeader<'_>]) -> Result<Plan> {
    question.settled()?;
    parse::with_query(question.text(), question.parameters(), |parsed| outer::plan(parsed, inputs, question.tables()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregates::functions::Route;
    use crate::exprs::{Constant, Expr};
    use crate::questions::plan::{Body, Cut, Output, Pass};

    const HEADER: &[&str] = &["id", "User Name", "n", "m", "day", "text", "N2"];
    const INPUT: &str = "-- input: t(n number, m number, day date, text text)\n";

    /// The plan of `sql` in a line, or the error.
    fn plan_of(sql: &str) -> String {
        let columns: Vec<String> = HEADER.iter().map(|name| name.to_string()).collect();
        let bound = Question::inline(sql)
            .and_then(|question| bind(&question, &[TableHeader { table: "t", columns: &columns, path: "t.csv" }]));
        bound.map_or_else(|error| error.to_string(), |plan| show(&plan))
    }

    fn show(plan: &Plan) -> String {
        let columns: Vec<String> =
            plan.scans[0].columns.iter().map(|column| format!("{} {:?}", column.name, column.ty)).collect();
        let answer: Vec<String> =
            plan.answer().iter().map(|column| format!("{} {:?}", column.name, column.ty)).collect();
        let passes: Vec<String> = plan.scans[0].passes.iter().map(show_pass).collect();
        let outer = plan.outer.as_ref().map_or_else(String::new, |outer| format!(" then {}", outer.sql));
        format!("[{}] {}{outer} -> [{}]", columns.join(", "), passes.join(" + "), answer.join(", "))
    }

    fn show_pass(pass: &Pass) -> String {
        let mut out = String::new();
        let mut part = |name: &str, expr: Option<&Expr>| {
            if let Some(expr) = expr {
                out += &format!("{name} {} ", show_expr(expr));
            }
        };
        part("where", pass.filter.as_ref());
        part("explode", pass.explode.as_ref().map(|list| &list.subject));
        part("where element", pass.element_filter.as_ref());
        let outputs = match &pass.body {
            Body::Rows { outputs } => {
                out += "rows";
                outputs
            }
            Body::Groups { keys, aggregates, having, outputs } => {
                let calls = aggregates.iter().map(|call| {
                    let distinct = if matches!(call.route, Route::Once) { "distinct " } else { "" };
                    let filter =
                        call.filter.as_ref().map_or_else(String::new, |filter| format!(" if {}", show_expr(filter)));
                    format!(
                        "{}({distinct}{}){filter}",
                        call.function.name,
                        call.argument.as_ref().map_or("*".into(), show_expr)
                    )
                });
                let calls: Vec<String> = calls.collect();
                out += &format!("groups by ({}) of ({})", show_outputs(keys), calls.join(", "));
                if let Some(having) = having {
                    out += &format!(" having {}", show_expr(having));
                }
                outputs
            }
        };
        let (visible, hidden) = outputs.split_at(pass.columns.len());
        out += &format!(" give ({})", show_outputs(visible));
        if !hidden.is_empty() {
            out += &format!(" hiding ({})", show_outputs(hidden));
        }
        out + &show_cut(&pass.cut)
    }

    fn show_cut(cut: &Cut) -> String {
        let keys = cut.order.iter().map(|key| {
            let direction = if key.descending { " desc" } else { "" };
            format!("{}{direction}{}", key.output, if key.nulls_first { " nulls first" } else { "" })
        });
        let keys: Vec<String> = keys.collect();
        let order = if keys.is_empty() { String::new() } else { format!(" order {}", keys.join(", ")) };
        let limit = cut.limit.map_or_else(String::new, |limit| format!(" limit {limit}"));
        let offset = if cut.offset > 0 { format!(" offset {}", cut.offset) } else { String::new() };
        order + &limit + &offset
    }

    fn show_outputs(outputs: &[Output]) -> String {
        outputs.iter().map(|output| show_expr(&output.expr)).collect::<Vec<_>>().join(", ")
    }

    fn show_expr(expr: &Expr) -> String {
        let all = |operands: &[Expr], word: &str| operands.iter().map(show_expr).collect::<Vec<_>>().join(word);
        match expr {
            Expr::Column(slot) => format!("#{slot}"),
            Expr::Constant(Constant::Text(text)) => format!("'{}'", String::from_utf8_lossy(text)),
            Expr::Constant(_) => "const".to_string(),
            Expr::Call(call) => format!("f({})", all(&call.args, ", ")),
            Expr::And(operands) => format!("({})", all(operands, " and ")),
            Expr::Or(operands) => format!("({})", all(operands, " or ")),
            Expr::Coalesce(operands) => format!("coalesce({})", all(operands, ", ")),
            Expr::Case { arms, otherwise } => {
                let arms =
                    arms.iter().map(|(condition, result)| format!("{}: {}", show_expr(condition), show_expr(result)));
                let otherwise = otherwise.as_deref().map_or("null".into(), show_expr);
                format!("case({}; {otherwise})", arms.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn check(cases: &[(&str, &str)]) {
        for (sql, expected) in cases {
            assert_eq!(plan_of(&format!("{INPUT}{sql}")), *expected, "{sql}");
        }
    }

    #[test]
    fn columns_stand_in_the_order_of_the_file_with_their_types() {
        check(&[
            (
                "SELECT text, n, id FROM t",
                "[id Dynamic, n Number, text Text] rows give (#2, #1, #0) -> [text Text, n Number, id Dynamic]",
            ),
            (
                "SELECT user_name AS u, USER_NAME, t.n FROM t",
                "[User Name Dynamic, n Number] rows give (#0, #0, #1) -> [u Dynamic, USER_NAME Dynamic, n Number]",
            ),
            (
                "SELECT \"User Name\" FROM t LIMIT 3 OFFSET 1",
                "[User Name Dynamic] rows give (#0) limit 3 offset 1 -> [User Name Dynamic]",
            ),
            ("SELECT count(*) FROM t", "[] groups by () of (count(*)) give (#0) -> [count(*) Number]"),
            ("SELECT x.day FROM t AS x LIMIT ALL", "[day Date] rows give (#0) -> [day Date]"),
        ]);
    }

    #[test]
    fn a_star_is_the_header() {
        let all = "[id Dynamic, User Name Dynamic, n Number, m Number, day Date, text Text, N2 Dynamic]";
        check(&[
            ("SELECT * FROM t LIMIT 0", &format!("{all} rows give (#0, #1, #2, #3, #4, #5, #6) limit 0 -> {all}")),
            (
                "SELECT *, n FROM t",
                "line 2, column 11: two columns of the answer are called \"n\": name one of them: n AS …",
            ),
        ]);
    }

    #[test]
    fn groups_know_names_aliases_positions_and_expressions() {
        check(&[
            (
                "SELECT day, sum(n) FROM t GROUP BY day",
                "[n Number, day Date] groups by (#1) of (sum(#0)) give (#0, #1) -> [day Date, sum(n) Number]",
            ),
            (
                "SELECT day AS d, sum(n) AS s FROM t GROUP BY d",
                "[n Number, day Date] groups by (#1) of (sum(#0)) give (#0, #1) -> [d Date, s Number]",
            ),
            (
                "SELECT sum(n), Day FROM t GROUP BY 2",
                "[n Number, day Date] groups by (#1) of (sum(#0)) give (#1, #0) -> [sum(n) Number, Day Date]",
            ),
            (
                "SELECT t.day FROM t GROUP BY (day), t.\"day\"",
                "[day Date] groups by (#0) of () give (#0) -> [day Date]",
            ),
            (
                "SELECT count(*) FROM t GROUP BY id",
                "[id Dynamic] groups by (#0) of (count(*)) give (#1) -> [count(*) Number]",
            ),
            (
                "SELECT day, n FROM t GROUP BY day",
                "line 2, column 13: \"n\" is neither grouped by nor in an aggregate: add it to GROUP BY, or say which: min(x), max(x), mode(x)",
            ),
            (
                "SELECT n, count(*) FROM t",
                "line 2, column 8: \"n\" is neither grouped by nor in an aggregate: add it to GROUP BY, or say which: min(x), max(x), mode(x)",
            ),
            (
                "SELECT *, count(*) FROM t",
                "line 2, column 8: \"id\" is neither grouped by nor in an aggregate: add it to GROUP BY, or say which: min(x), max(x), mode(x)",
            ),
        ]);
    }

    #[test]
    fn an_aggregate_that_is_asked_twice_is_one_call() {
        check(&[
            (
                "SELECT sum(n) AS a, SUM(t.N) AS b, sum(m) AS c, count(DISTINCT n) AS d, count(n) AS e FROM t",
                "[n Number, m Number] groups by () of (sum(#0), sum(#1), count(distinct #0), count(#0)) give (#0, #0, #1, #2, #3) -> [a Number, b Number, c Number, d Number, e Number]",
            ),
            (
                "SELECT id, count(*) AS c FROM t GROUP BY id ORDER BY COUNT(*) DESC, max(n)",
                "[id Dynamic, n Number] groups by (#0) of (count(*), max(#1)) give (#0, #1) hiding (#2) order 1 desc, 2 -> [id Dynamic, c Number]",
            ),
        ]);
    }

    #[test]
    fn order_takes_aliases_positions_and_expressions() {
        check(&[
            (
                "SELECT n AS day, day AS n FROM t ORDER BY n DESC NULLS FIRST, 1 NULLS LAST",
                "[n Number, day Date] rows give (#0, #1) order 1 desc nulls first, 0 -> [day Number, n Date]",
            ),
            (
                "SELECT id FROM t ORDER BY n, t.id, m, n DESC",
                "[id Dynamic, n Number, m Number] rows give (#0) hiding (#1, #2) order 1, 0, 2, 1 desc -> [id Dynamic]",
            ),
            (
                "SELECT * FROM t ORDER BY 9",
                "line 2, column 26: there is no such column in the select list: count them from 1",
            ),
        ]);
    }

    #[test]
    fn distinct_rows_are_groups() {
        check(&[
            (
                "SELECT DISTINCT id, n, id AS i FROM t ORDER BY n",
                "[id Dynamic, n Number] groups by (#0, #1) of () give (#0, #1, #0) order 1 -> [id Dynamic, n Number, i Dynamic]",
            ),
            (
                "SELECT DISTINCT id FROM t ORDER BY n",
                "line 2, column 36: with DISTINCT, ORDER BY takes what is selected: select the expression, too",
            ),
            ("SELECT DISTINCT count(*) FROM t", "[] groups by () of (count(*)) give (#0) -> [count(*) Number]"),
            (
                "SELECT DISTINCT id, max(n) FROM t GROUP BY id",
                "[id Dynamic, n Number] groups by (#0) of (max(#1)) give (#0, #1) -> [id Dynamic, max(n) Number]",
            ),
            (
                "SELECT DISTINCT max(n) FROM t GROUP BY id",
                "line 2, column 1: DISTINCT over groups is a second pass: select all of the GROUP BY columns, and DISTINCT is not needed",
            ),
        ]);
    }

    #[test]
    fn conditions_are_split_at_the_element() {
        check(&[
            (
                "SELECT e, count(*) AS c FROM t, UNNEST(words(text)) AS w(e) WHERE n IS NULL AND (e <> 'x' AND m IS NULL) AND w.e <> t.id GROUP BY e",
                "[id Dynamic, n Number, m Number, text Text] where (f(#1) and f(#2)) explode #3 where element (f(#4, 'x') and f(#4, #0)) groups by (#4) of (count(*)) give (#0, #1) -> [e Text, c Number]",
            ),
            (
                "SELECT n2 FROM t CROSS JOIN UNNEST(words(text)) AS n2",
                "line 2, column 8: \"n2\" is a column, and what UNNEST gives: write t.n2 or n2.n2",
            ),
            (
                "SELECT t.n2, n2.n2 AS e FROM t, LATERAL UNNEST(words(text)) AS n2",
                "[text Text, N2 Dynamic] explode #0 rows give (#1, #2) -> [n2 Dynamic, e Text]",
            ),
        ]);
    }

    #[test]
    fn arms_of_a_union_share_their_columns() {
        check(&[
            (
                "SELECT 'a' AS what, count(n) AS c FROM t UNION ALL SELECT 'b', count(DISTINCT id) FROM T UNION ALL SELECT 'c', sum(n) FROM t WHERE m IS NULL ORDER BY c DESC LIMIT 2",
                "[id Dynamic, n Number, m Number] groups by () of (count(#1)) give ('a', #0) + groups by () of (count(distinct #0)) give ('b', #0) + where f(#2) groups by () of (sum(#1)) give ('c', #0) then SELECT \"what\", \"c\" FROM (SELECT \"what\" AS \"what\", \"c\" AS \"c\" FROM \"pass 1\" UNION ALL SELECT \"'b'\" AS \"what\", \"count(distinct id)\" AS \"c\" FROM \"pass 2\" UNION ALL SELECT \"'c'\" AS \"what\", \"sum(n)\" AS \"c\" FROM \"pass 3\") ORDER BY \"order of number\"(\"c\") DESC NULLS LAST, \"what\" NULLS LAST LIMIT 2 OFFSET 0 -> [what Text, c Number]",
            ),
            (
                "SELECT count(n) FROM t UNION ALL SELECT count(m) FROM t",
                "[n Number, m Number] groups by () of (count(#0)) give (#0) + groups by () of (count(#1)) give (#0) then SELECT \"count(n)\" AS \"count(n)\" FROM \"pass 1\" UNION ALL SELECT \"count(m)\" AS \"count(n)\" FROM \"pass 2\" -> [count(n) Number]",
            ),
            (
                "SELECT count(n), 1 AS x FROM t UNION ALL SELECT count(m) FROM t",
                "line 2, column 42: the arms of a union have different numbers of columns: give each arm as many as the first",
            ),
        ]);
    }

    #[test]
    fn names_that_are_not_there_are_told_with_the_nearest() {
        check(&[
            (
                "SELECT usr_name FROM t",
                "t.csv: no column \"usr_name\"; did you mean \"User Name\"? (id, User Name, n, m, day, text, N2)",
            ),
            (
                "SELECT n AS total FROM t WHERE total > 1",
                "line 2, column 32: WHERE comes before the select list, so it knows none of its aliases: write the expression again",
            ),
            (
                "SELECT id, sum(n) AS total FROM t GROUP BY id HAVING total > 1 AND sum(m) > 1",
                "[id Dynamic, n Number, m Number] groups by (#0) of (sum(#1), sum(#2)) having (f(#1, const) and f(#2, const)) give (#0, #1) -> [id Dynamic, total Number]",
            ),
        ]);
    }

    #[test]
    fn long_chains_are_flat_or_refused() {
        let ors = vec!["n IS NULL"; 1_000].join(" OR ");
        assert!(
            plan_of(&format!("{INPUT}SELECT n FROM t WHERE {ors}")).starts_with("[n Number] where (f(#0) or f(#0) or")
        );
        let sum = vec!["n"; 4_000].join(" + ");
        let said = plan_of(&format!("{INPUT}SELECT {sum} FROM t"));
        assert_eq!(
            said,
            "line 2, column 8: an expression is at most 256 operators deep: group a long one with brackets: (a + b) + (c + d)"
        );
        let nested = format!("{}n{}", "(".repeat(40), " BETWEEN 1 AND 2)".repeat(40));
        let said = plan_of(&format!("{INPUT}SELECT n FROM t WHERE {nested}"));
        assert!(said.contains("10,000 words") || said.contains("line 2"), "{said}");
    }

    const WORDS: &str = "SELECT SELECT FROM FROM t t , WHERE GROUP BY HAVING ORDER LIMIT OFFSET UNION ALL DISTINCT AS a b n m day id text \
        \"User Name\" * ( ) ( ) + - / // % || = <> < >= AND OR NOT IN BETWEEN LIKE ILIKE ESCAPE IS NULL TRUE CASE WHEN THEN ELSE \
        END CAST TRY_CAST :: number date timestamp boolean 1 2 0 -1 1.5 1e400 'x' '' '%' 'é' count( sum( min( mode( lower( substr( trim( \
        extract(year emojis( split( UNNEST( CROSS JOIN FILTER (WHERE DESC NULLS FIRST OVER e . ; '2021-01-01' DATE TIMESTAMP ALL ANY WITH \
        EXISTS INTERVAL EXTRACT SUBSTRING FOR TOP ON USING LATERAL VALUES [ ] { } -- /* $1 ? ' \" \\ \u{0} ~ & -> =>";

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]
        #[test]
        fn no_text_is_too_odd_to_be_answered_or_refused(head in 0..4usize, places in proptest::collection::vec(0..400usize, 0..30)) {
            let words: Vec<&str> = WORDS.split_whitespace().collect();
            let head = ["", "SELECT ", "SELECT n FROM t WHERE ", "SELECT id, count(*) FROM t GROUP BY id HAVING "][head];
            let tail: Vec<&str> = places.iter().map(|place| words[place % words.len()]).collect();
            plan_of(&format!("{INPUT}{head}{}", tail.join(" ")));
        }
    }
}
