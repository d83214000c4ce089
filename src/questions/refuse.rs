//! What a pass cannot do, each with the sentence that says so and the way out that is open today.
//!
//! The places where a construct is met name its [`Refusal`] and where it stands; the words are all here.

use sqlparser::tokenizer::Location;

use crate::error::Error;
use crate::exprs::Misuse;

/// A construct that is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    what: &'static str,
    way_out: &'static str,
}

impl Refusal {
    /// The refusal of what stands at `at`.
    pub(super) fn at(&self, at: Location) -> Error {
        error(at, self.what, self.way_out)
    }
}

/// `what` is wrong at `at`; `way_out` is what to write instead.
pub(super) fn error(at: Location, what: impl Into<String>, way_out: impl Into<String>) -> Error {
    Error::Sql { line: at.line.max(1), column: at.column.max(1), what: what.into(), way_out: way_out.into() }
}

/// An operator or function refuses its arguments at `at`.
pub(super) fn misuse(at: Location, misuse: Misuse) -> Error {
    error(at, misuse.what, misuse.way_out)
}

macro_rules! refusals {
    ($($name:ident: $what:literal => $way_out:literal;)*) => {
        $(pub(super) const $name: Refusal = Refusal { what: $what, way_out: $way_out };)*
    };
}

refusals! {
    // ── statements ────────────────────────────────────────────────────────────────────────────────────────────────
    STATEMENT: "rowfold answers questions and changes nothing" => "write a SELECT";
    SEVERAL: "one text asks one question" => "ask the second statement by itself";
    NOTHING: "there is no question in this text" => "write a SELECT";
    TABLE: "TABLE is not understood" => "write SELECT * FROM the table";
    INTO: "SELECT INTO writes a table" => "use --output";
    LOCK: "FOR UPDATE and its like lock what nobody else writes" => "leave it out";
    PIPE: "|> is not understood" => "write the clauses of one SELECT";
    SETTINGS: "SETTINGS and FORMAT belong to another engine" => "use rowfold's options";

    // ── what is read ──────────────────────────────────────────────────────────────────────────────────────────────
    NO_FROM: "a question reads an input" => "add FROM and the table's name";
    JOIN: "a join reads two inputs at once" => "aggregate each in a CTE, then join the CTEs";
    TWO_TABLES: "a pass reads one input, and this FROM names two" => "aggregate each in a CTE, then join the CTEs";
    SUBQUERY: "a query inside a pass would be read before its input" => "aggregate the input in a CTE, and compare with the other query there";
    TABLE_FUNCTION: "a table is a name or a quoted path" => "write FROM t and give t=PATH, or FROM 'path.csv'";
    TABLE_NAME: "a table's name is one word" => "quote a path: FROM 'path.csv'";
    TABLE_SAMPLE: "a sample is not the answer" => "leave TABLESAMPLE out: the whole input is read in one pass";
    TABLE_OPTION: "a table takes no options here" => "write FROM t, or FROM t AS alias";
    PIVOT: "PIVOT and UNPIVOT are not understood" => "write a column for each value: count(*) FILTER (WHERE x = 'a') AS a";
    UNNEST_TWICE: "a pass takes one list apart" => "ask a question for each UNNEST";
    UNNEST_ALONE: "UNNEST has no input to take its list from" => "write FROM t, UNNEST(f(x)) AS e(element)";
    UNNEST_LIST: "UNNEST takes one list function" => "write UNNEST(f(x)) AS e(element)";
    UNNEST_OPTION: "UNNEST gives elements, no positions" => "leave WITH ORDINALITY and WITH OFFSET out";
    UNNEST_ALIAS: "UNNEST gives one column" => "name it: UNNEST(f(x)) AS e(element)";
    UNNEST_SELECT: "UNNEST makes rows, so it stands in FROM" => "write FROM t, UNNEST(f(x)) AS e(element)";
    OUTER_UNNEST: "a join with UNNEST that keeps rows without elements is not understood" => "write FROM t, UNNEST(f(x)) AS e(element), or CROSS JOIN";
    LATERAL: "LATERAL is understood before UNNEST only" => "write FROM t, UNNEST(f(x)) AS e(element)";

    // ── sets of rows ──────────────────────────────────────────────────────────────────────────────────────────────
    SET_OPERATION: "INTERSECT ALL, EXCEPT ALL and BY NAME are not understood" => "write INTERSECT or EXCEPT, or compare counts";
    UNION_WIDTH: "the arms of a union have different numbers of columns" => "give each arm as many as the first";
    UNION_ORDER: "ORDER BY after a union takes names and positions of the first arm's columns" => "give the expression an alias in the first arm";

    // ── over results ──────────────────────────────────────────────────────────────────────────────────────────────
    JOIN_KIND: "this kind of join is not understood" => "write JOIN, LEFT JOIN, RIGHT JOIN, FULL JOIN or CROSS JOIN";
    JOIN_WITHOUT_ON: "a join says what goes together" => "write ON a.x = b.x, USING (x), or CROSS JOIN";
    NATURAL_JOIN: "NATURAL JOIN joins by whatever names are alike" => "name the columns: USING (x)";
    UNNEST_OUTER: "UNNEST takes apart a column of an input" => "do it in the SELECT that reads the input";
    RECURSION_ORDER: "a query that reads itself has no ORDER BY or LIMIT" => "put them where it is read";
    QUERY_WIDTH: "a query in an expression gives one column" => "select one";
    STAR_WITHOUT_FROM: "* needs a FROM" => "name what is selected";
    OUTER_PLACE: "rows of a result have no place in an input" => "say by what they are ordered: first(x ORDER BY y), string_agg(x, ',' ORDER BY y)";
    WINDOW_IN_WHERE: "WHERE comes before window functions" => "compute it in a CTE, and filter that";
    WINDOW_NAME: "a window's name stands alone after OVER, and is defined once" => "write OVER w, and WINDOW w AS (PARTITION BY … ORDER BY …)";
    WINDOW_DISTINCT: "DISTINCT does not go with OVER" => "take what is distinct in a CTE first";
    WINDOW_FUNCTION: "OVER goes with aggregates and ranks" => "leave it out";
    WINDOW_ROWS: "a window function's rows are a whole number" => "write lag(x, 2)";
    RANKING_WITHOUT_OVER: "a rank or neighbour is one within a window" => "write OVER (ORDER BY …) behind it";
    RANGE_ORDER: "a frame by value orders by one number, date or timestamp" => "write ROWS, or order by one";
    FRAME_OFFSET: "this frame does not go with what orders it" => "write ROWS 6 PRECEDING, or RANGE 6 PRECEDING over whole numbers or days";

    // ── clauses ───────────────────────────────────────────────────────────────────────────────────────────────────
    DISTINCT_ON: "DISTINCT ON keeps a row by chance of order" => "group by its columns and say which value: min(x), max(x), mode(x)";
    DISTINCT_GROUPS: "DISTINCT over groups is a second pass" => "select all of the GROUP BY columns, and DISTINCT is not needed";
    DISTINCT_ORDER: "with DISTINCT, ORDER BY takes what is selected" => "select the expression, too";
    TOP: "TOP is not understood" => "write LIMIT at the end";
    FETCH: "FETCH is not understood" => "write LIMIT at the end";
    LIMIT_BY: "LIMIT BY is not understood" => "write LIMIT n";
    LIMIT: "LIMIT and OFFSET take a whole number" => "write LIMIT 10";
    GROUPING_SETS: "GROUPING SETS, CUBE and ROLLUP are several questions in one" => "ask one for each set of columns";
    GROUP_ALL: "GROUP BY ALL is not understood" => "name the columns, or write their positions: GROUP BY 1, 2";
    GROUP_NOTHING: "GROUP BY () is not understood" => "leave GROUP BY out: one row is the answer";
    GROUP_AGGREGATE: "GROUP BY an aggregate would need its groups before they are made" => "aggregate in a CTE, then group that";
    QUALIFY: "QUALIFY is not understood" => "rank in a CTE, and filter that: WHERE n <= 3";
    WINDOW: "a window function reads results, not an input" => "aggregate the input in a CTE, and put the window over that";
    OTHER_CLAUSE: "this clause belongs to another engine" => "write SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT";
    ORDER_OPTION: "ORDER BY takes ASC or DESC, and NULLS FIRST or LAST" => "leave the rest out";
    ORDER_CONSTANT: "ORDER BY a constant orders nothing" => "write a column's name or position";
    WILDCARD_OPTION: "* takes no options here" => "name the columns";
    WILDCARD: "* stands alone in a select list, or in count(*)" => "name the columns";

    ALIAS_IN_WHERE: "WHERE comes before the select list, so it knows none of its aliases" => "write the expression again";
    POSITION: "there is no such column in the select list" => "count them from 1";
    QUALIFIER: "a column's name is c or t.c" => "leave out the rest";

    // ── aggregates ────────────────────────────────────────────────────────────────────────────────────────────────
    AGGREGATE_IN_WHERE: "WHERE chooses rows before they are aggregated" => "write HAVING for groups, or FILTER (WHERE …) after the aggregate";
    AGGREGATE_IN_UNNEST: "UNNEST makes the rows that aggregates need" => "take a column apart";
    NESTED_AGGREGATE: "an aggregate of an aggregate is a second pass" => "aggregate by GROUP BY in a CTE, then aggregate that";
    AGGREGATE_ORDER: "ORDER BY inside a function of a row orders nothing" => "leave it out";
    WITHIN_GROUP: "WITHIN GROUP takes one value to order by, ascending, and goes with mode and percentile_cont" => "write mode(x), quantile_cont(x, 0.5)";
    AGGREGATE_NULLS: "IGNORE NULLS and RESPECT NULLS are not understood" => "leave it out: aggregates leave NULLs out";
    AGGREGATE_ARGUMENT: "an aggregate takes values" => "write count(*), sum(x), …";
    FILTER_SCALAR: "FILTER goes with aggregates" => "write CASE WHEN … THEN … END";

    // ── expressions ───────────────────────────────────────────────────────────────────────────────────────────────
    NAMED_ARGUMENT: "arguments have no names here" => "write them in the function's order";
    FUNCTION_CLAUSE: "this clause of a function is not understood" => "leave it out";
    PARAMETER: "parameters have names here" => "write :name, and declare it above the SELECT: -- param: name number = 1";
    TUPLE: "a row of values is no value" => "compare each: a = 1 AND b = 2";
    EMPTY_LIST: "IN () is never true" => "write at least one value";
    QUANTIFIED: "ANY, SOME and ALL are not understood" => "write IN (…), or comparisons joined by OR and AND";
    ESCAPE: "ESCAPE takes one character" => "write ESCAPE '\\'";
    SIMILAR: "SIMILAR TO, RLIKE, REGEXP and ~ are not understood" => "write regexp_matches(text, 'pattern'), with (?i) to ignore case";
    INTERVAL: "this interval is not understood" => "write INTERVAL '10 minutes', or INTERVAL 10 MINUTE";
    INTERVAL_ANSWER: "an interval is no value of an answer or a group" => "write extract(epoch FROM …), its seconds, or add it to a time";
    TIME_ZONE: "AT TIME ZONE is not understood" => "all times are told in the zone of --tz";
    COLLATE: "COLLATE is not understood" => "text orders by its bytes";
    EXTRACT_UNIT: "extract takes a unit" => "write extract(year FROM x)";
    STRING: "this kind of string is not understood" => "write 'text'";
    NUMBER_TAIL: "a number ends where its digits end" => "write 1000 for 1_000, and a blank before what follows";
    NESTED_VALUE: "lists, maps, structs and JSON are no values of a field" => "take text apart with UNNEST(split(x, ',')) or regexp_extract";
    CAST_FORMAT: "CAST takes no FORMAT" => "leave it out";
    TYPE_SIZE: "a type has no length or precision here: nothing is cut or rounded silently" => "write text, or number";
    TYPE: "this type is not known" => "use text, number, date, timestamp or boolean";
    BIT_OPERATOR: "this operator is not understood" => "use + - * / // % || = <> < <= > >= AND OR NOT";
    EXPRESSION: "this expression is not understood" => "rowfold questions shows what questions look like";
    TOO_LONG: "a question is at most 64 KiB" => "read long lists of values from a column instead";
    TOO_MANY: "a question has at most 10,000 words and signs" => "split it into several";
    TOO_DEEP: "brackets, CASE and NOT nest at most 50 deep" => "write the question flatter";
    TOO_DEEP_EXPRESSION: "an expression is at most 256 operators deep" => "group a long one with brackets: (a + b) + (c + d)";
}

#[cfg(test)]
mod tests {
    use crate::questions::Question;

    /// Refused before any header is read.
    const TEXTS: &[&str] = &[
        // statements
        "INSERT INTO t VALUES (1)",
        "UPDATE t SET a = 1",
        "CREATE TABLE t (a int)",
        "EXPLAIN SELECT a FROM t",
        "COPY t TO 'x'",
        "SELECT a FROM t; DELETE FROM t",
        "-- nothing",
        "VALUES (1)",
        "SELECT a INTO u FROM t",
        "SELECT a FROM t FOR UPDATE",
        // what is read
        "SELECT 1",
        "SELECT a FROM t JOIN u ON t.a = u.a",
        "SELECT a FROM t NATURAL JOIN u",
        "SELECT a FROM t CROSS JOIN u",
        "SELECT a FROM t, u",
        "SELECT a FROM t, (SELECT 1) x",
        "SELECT a FROM t, LATERAL (SELECT 1) x",
        "SELECT a FROM t WHERE a IN (SELECT b FROM u)",
        "SELECT a FROM t WHERE EXISTS (SELECT b FROM u)",
        "SELECT (SELECT max(a) FROM t) FROM t",
        "SELECT a FROM read_csv('t.csv')",
        "SELECT a FROM t.csv",
        "SELECT a FROM t TABLESAMPLE BERNOULLI (10)",
        "SELECT a FROM t AS u(b)",
        "SELECT * FROM t PIVOT (sum(a) FOR b IN ('x'))",
        "SELECT a FROM UNNEST(f(x)) AS e(a)",
        "SELECT a FROM t, UNNEST(x) AS e(a)",
        "SELECT a FROM t, UNNEST(lower(x)) AS e(a)",
        "SELECT a FROM t LEFT JOIN UNNEST(f(x)) AS e(a) ON true",
        "SELECT a FROM t, UNNEST(f(x)) AS e(a), UNNEST(f(x)) AS g(b)",
        "SELECT a FROM t, UNNEST(f(x)) WITH ORDINALITY AS e(a, n)",
        "SELECT a FROM t, UNNEST(f(x)) AS e(a, b)",
        "SELECT UNNEST(f(x)) FROM t",
        // sets of rows
        "SELECT a FROM t INTERSECT ALL SELECT b FROM t",
        "SELECT a FROM t UNION BY NAME SELECT b FROM t",
        "SELECT count(*) AS n FROM t UNION ALL SELECT count(a) FROM t ORDER BY n + 1",
        // clauses
        "SELECT DISTINCT ON (a) a, b FROM t",
        "SELECT TOP 3 a FROM t",
        "SELECT a FROM t FETCH FIRST 3 ROWS ONLY",
        "SELECT a FROM t LIMIT 1 + 1",
        "SELECT a FROM t LIMIT -1",
        "SELECT a FROM t LIMIT 'x'",
        "SELECT a FROM t LIMIT 1.5",
        "SELECT a FROM t GROUP BY GROUPING SETS ((a), ())",
        "SELECT a FROM t GROUP BY ROLLUP (a)",
        "SELECT a FROM t GROUP BY a WITH ROLLUP",
        "SELECT a FROM t GROUP BY ALL",
        "SELECT count(*) FROM t GROUP BY ()",
        "SELECT a, count(*) FROM t GROUP BY 2",
        "SELECT a, count(*) FROM t GROUP BY 3",
        "SELECT count(*) FROM t GROUP BY sum(a)",
        "SELECT a FROM t QUALIFY row_number() OVER () = 1",
        "SELECT sum(a) OVER (PARTITION BY b) FROM t",
        "SELECT a FROM t ORDER BY 2",
        "SELECT a FROM t ORDER BY 'a'",
        "SELECT a FROM t ORDER BY a USING >",
        "SELECT * EXCLUDE (a) FROM t",
        "SELECT u.* FROM t",
        "SELECT a FROM t SORT BY a",
        // aggregates
        "SELECT a FROM t WHERE count(*) > 1",
        "SELECT sum(max(a)) FROM t",
        "SELECT sum(a) FILTER (WHERE max(b) > 1) FROM t",
        "SELECT count(DISTINCT *) FROM t",
        "SELECT sum(*) FROM t",
        "SELECT sum() FROM t",
        "SELECT lower(a ORDER BY b) FROM t",
        "SELECT string_agg(a, ',' ORDER BY b USING >) FROM t",
        "SELECT sum(a) WITHIN GROUP (ORDER BY a) FROM t",
        "SELECT mode() WITHIN GROUP (ORDER BY a DESC) FROM t",
        "SELECT max(a) IGNORE NULLS FROM t",
        "SELECT lower(a) FILTER (WHERE b) FROM t",
        // expressions
        "SELECT sun(a) FROM t",
        "SELECT a FROM t WHERE a = ?",
        "SELECT a FROM t WHERE (a, b) = (1, 2)",
        "SELECT a FROM t WHERE a IN ()",
        "SELECT a FROM t WHERE a = ANY (ARRAY[1, 2])",
        "SELECT a FROM t WHERE a LIKE 'x' ESCAPE 'yy'",
        "SELECT a FROM t WHERE a SIMILAR TO 'x'",
        "SELECT a FROM t WHERE a ~ 'x'",
        "SELECT a + INTERVAL '1-2' YEAR TO MONTH FROM t",
        "SELECT INTERVAL n FROM t",
        "SELECT a AT TIME ZONE 'UTC' FROM t",
        "SELECT a COLLATE de FROM t",
        "SELECT N'a' FROM t",
        "SELECT [a, b] FROM t",
        "SELECT a[1] FROM t",
        "SELECT a -> 'b' FROM t",
        "SELECT a & b FROM t",
        "SELECT a::varchar(3) FROM t",
        "SELECT a::decimal(10, 2) FROM t",
        "SELECT a::blob FROM t",
        "SELECT u.a FROM t",
        "SELECT s.t.a FROM t",
        "SELECT lower(x => a) FROM t",
        "SELECT lower(*) FROM t",
    ];

    #[test]
    fn what_a_pass_cannot_do_is_refused_with_its_place_and_a_way_out() {
        let said = TEXTS.iter().map(|text| match Question::inline(text) {
            Ok(_) => panic!("not refused: {text}"),
            Err(error) => format!("{text}\n    {error}\n"),
        });
        insta::assert_snapshot!("refusals", said.collect::<String>());
    }
}
