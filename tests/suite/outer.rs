//! Outer queries: what is asked over the results of passes, worked out by hand.

use crate::tool::Place;

const DAYS: &str = "\
day,user,n,x
2021-01-01,ann,1,0.1
2021-01-01,bob,2,0.2
2021-01-02,ann,3,0.3
2021-01-04,cat,,1.5
2021-01-05,bob,7,2.25
";

const USERS: &str = "user,country\nann,IN\nbob,CL\ndan,US\n";

const DECLARED: &str = "-- input: t(day date, n number, x number)\n";

fn check(sql: &str, expected: &str) {
    let place = Place::with(&[("t.csv", DAYS), ("u.csv", USERS)]);
    let sql = format!("{DECLARED}{sql}");
    let mut words = vec!["sql", &sql, "t=t.csv"];
    if sql.contains("FROM u") {
        words.push("u=u.csv");
    }
    assert_eq!(place.answer(&words), expected, "{sql}");
}

/// What is said of SQL that is refused.
fn refused(sql: &str) -> String {
    let place = Place::with(&[("t.csv", DAYS), ("u.csv", USERS)]);
    let sql = format!("{DECLARED}{sql}");
    let mut words = vec!["sql", &sql, "t=t.csv"];
    if sql.contains("FROM u") {
        words.push("u=u.csv");
    }
    let ended = place.run(&words);
    assert!(ended.stdout.is_empty() && ended.code == 2, "{sql}: {ended:?}");
    ended.stderr.trim_start_matches("rowfold: ").trim_end().to_owned()
}

#[test]
fn arms_of_a_union_stand_in_their_order() {
    check("SELECT 'z' AS k, count(*) AS n FROM t UNION ALL SELECT 'a', count(n) FROM t", "k,n\nz,5\na,4\n");
    check("SELECT user FROM t UNION SELECT user FROM u", "user\nann\nbob\ncat\ndan\n");
    check("SELECT user FROM t INTERSECT SELECT user FROM u", "user\nann\nbob\n");
    check("SELECT user FROM t EXCEPT SELECT user FROM u ORDER BY 1 DESC", "user\ncat\n");
    // A count is a number beside a decimal: both print as what they are.
    check("SELECT sum(x) AS s FROM t UNION ALL SELECT count(*) FROM t", "s\n4.35\n5\n");
}

#[test]
fn decimals_stay_exact_across_the_border() {
    // 0.1 + 0.3 is 0.4, and 0.2 + 2.25 is 2.45: in reals 0.30000000000000004 and its like.
    check(
        "WITH a AS (SELECT user, sum(x) AS x FROM t GROUP BY user) SELECT user, x * 3 AS x3, x / 2 AS half FROM a",
        "user,x3,half\nann,1.2,0.2\nbob,7.35,1.225\ncat,4.5,0.75\n",
    );
    check(
        "WITH a AS (SELECT user, sum(x) AS x FROM t GROUP BY user) SELECT sum(x) AS s, max(x) AS m, avg(x) AS a FROM a",
        "s,m,a\n4.35,2.45,1.45\n",
    );
    // Ten is more than nine, 2.25 less than 2.5: by value, not by text.
    check("WITH a AS (SELECT x * 4 AS y FROM t) SELECT y FROM a ORDER BY y DESC LIMIT 3", "y\n9\n6\n1.2\n");
}

#[test]
fn joins_keep_what_they_say_they_keep() {
    let with = "WITH a AS (SELECT user, sum(n) AS n FROM t GROUP BY user), b AS (SELECT user, country FROM u) ";
    check(&format!("{with}SELECT user, n, country FROM a JOIN b USING (user)"), "user,n,country\nann,4,IN\nbob,9,CL\n");
    check(
        &format!("{with}SELECT a.user, country FROM a LEFT JOIN b ON a.user = b.user"),
        "user,country\nann,IN\nbob,CL\ncat,\n",
    );
    check(
        &format!("{with}SELECT * FROM a FULL JOIN b USING (user)"),
        "user,n,country\nann,4,IN\nbob,9,CL\ncat,,\ndan,,US\n",
    );
    check(&format!("{with}SELECT count(*) AS n FROM a CROSS JOIN b"), "n\n9\n");
    check(&format!("{with}SELECT user FROM b WHERE NOT EXISTS (SELECT 1 FROM a WHERE a.user = b.user)"), "user\ndan\n");
    check(&format!("{with}SELECT user FROM b WHERE user IN (SELECT user FROM a WHERE n > 5)"), "user\nbob\n");
}

#[test]
fn windows_see_their_frames() {
    let with = "WITH d AS (SELECT day, count(*) AS c, sum(x) AS s FROM t GROUP BY day) ";
    check(
        &format!("{with}SELECT day, sum(s) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS two FROM d"),
        "day,two\n2021-01-01,0.3\n2021-01-02,0.6\n2021-01-04,1.8\n2021-01-05,3.75\n",
    );
    // Two days back: 01-04 sees 01-02 no more … and it does, since 02 is two days before 04.
    check(
        &format!("{with}SELECT day, sum(c) OVER (ORDER BY day RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS n FROM d"),
        "day,n\n2021-01-01,2\n2021-01-02,3\n2021-01-04,2\n2021-01-05,2\n",
    );
    check(
        &format!("{with}SELECT day, rank() OVER (ORDER BY c DESC) AS r, lag(day) OVER (ORDER BY day) AS p FROM d"),
        "day,r,p\n2021-01-01,1,\n2021-01-02,2,2021-01-01\n2021-01-04,2,2021-01-02\n2021-01-05,2,2021-01-04\n",
    );
    check(
        &format!(
            "{with}SELECT day, max(s) OVER w AS m, min(s) OVER w AS l FROM d WINDOW w AS (ORDER BY day ROWS 1 PRECEDING)"
        ),
        "day,m,l\n2021-01-01,0.3,0.3\n2021-01-02,0.3,0.3\n2021-01-04,1.5,0.3\n2021-01-05,2.25,1.5\n",
    );
}

#[test]
fn a_calendar_is_a_query_that_reads_itself() {
    check(
        "WITH RECURSIVE span AS (SELECT min(n) AS a, max(n) AS b FROM t), r(i) AS (\
         SELECT a FROM span UNION ALL SELECT i + 1 FROM r, span WHERE i < b) SELECT count(*) AS n, sum(i) AS s FROM r",
        "n,s\n7,28\n",
    );
}

#[test]
fn groups_of_groups_know_their_keys() {
    check(
        "WITH a AS (SELECT day, user, count(*) AS c FROM t GROUP BY day, user) \
         SELECT user, count(*) AS days, sum(c) AS c FROM a GROUP BY user HAVING count(*) > 1 ORDER BY days DESC, user DESC",
        "user,days,c\nbob,2,2\nann,2,2\n",
    );
    check(
        "SELECT user, s > (SELECT avg(s) FROM (SELECT sum(x) AS s FROM t GROUP BY user) q) AS above \
         FROM (SELECT user, sum(x) AS s FROM t GROUP BY user) AS p",
        "user,above\nann,false\nbob,true\ncat,true\n",
    );
    check(
        "WITH a AS (SELECT day, user FROM t) SELECT mode(user) AS m, count(DISTINCT user) AS n FROM a",
        "m,n\nann,3\n",
    );
}

#[test]
fn what_an_outer_query_cannot_do_is_refused_with_a_way_out() {
    let cases = [
        "WITH a AS (SELECT user FROM u) SELECT * FROM t JOIN a ON t.user = a.user",
        "SELECT * FROM t, u",
        "WITH a AS (SELECT day, n FROM t) SELECT day FROM a GROUP BY n",
        "WITH a AS (SELECT day, n FROM t) SELECT dya FROM a",
        "WITH a AS (SELECT day, n FROM t) SELECT b.day FROM a",
        "WITH a AS (SELECT day, n FROM t), b AS (SELECT day FROM t) SELECT day FROM a, b",
        "WITH a AS (SELECT day, n FROM t), b AS (SELECT user FROM u) SELECT 1 AS one FROM a NATURAL JOIN b",
        "WITH a AS (SELECT day, n FROM t) SELECT n FROM a UNION ALL SELECT day FROM a",
        "WITH a AS (SELECT day, n FROM t) SELECT n, n FROM a",
        "WITH a AS (SELECT day, n FROM t) SELECT sum(n) OVER (ORDER BY n ROWS n PRECEDING) AS s FROM a",
        "WITH a AS (SELECT day, n FROM t) SELECT rank() FROM a",
        "WITH a AS (SELECT day, n FROM t) SELECT n FROM a WHERE rank() OVER (ORDER BY n) = 1",
        "WITH a AS (SELECT day, n FROM t) SELECT n FROM a WHERE n IN (SELECT day, n FROM a)",
        "WITH a AS (SELECT day, n FROM t) SELECT day + 'x' AS s FROM a",
        "WITH a AS (SELECT day, n FROM t), a AS (SELECT n FROM t) SELECT n FROM a",
        "SELECT count(*) AS n FROM t WHERE n > (SELECT avg(n) FROM t)",
        "SELECT 1 AS one",
        "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
    ];
    let said: String = cases.iter().map(|sql| format!("{sql}\n    {}\n", refused(sql))).collect();
    insta::assert_snapshot!("outer_refusals", said);
}
