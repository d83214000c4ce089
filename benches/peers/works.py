"""The rows of the table: what is asked, of which data, and how each tool says it. A row is added by adding an entry.

A peer's text is the fastest that we know for it; columns that a question does not use are not read. The answers are compared, so
a text that is fast and wrong is seen. Where a tool is not named, it is asked in the row's SQL; Polars and xan always are.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import emojis
from data import GROUPBY, MOCK, STATIONS, TWEETS, WIDE, Data


@dataclass(frozen=True)
class Cannot:
    """Why a tool has no text."""

    reason: str


@dataclass(frozen=True)
class Work:
    """One question to all tools."""

    name: str
    title: str
    data: Data
    #: What all understand that speak SQL, over the table `t`.
    sql: str = ""
    #: How a tool says it otherwise. rowfold: words before the input. duckdb, datafusion, chdb: SQL, in which `{runs}`, `{members}`, `{pattern}` are
    #: of emojis.py, as the table `keys(sequence, key)` is. polars: from the module and the lazy frame to a lazy frame. xan: a
    #: pipeline of bash over `$F` with delimiter `$D` on `$T` threads.
    texts: dict[str, Any] = field(default_factory=dict)
    #: Whether `keys` is wanted.
    emojis: bool = False
    #: Whether the answer goes to a file as CSV, in any order of rows.
    writes: bool = False
    #: How many of an answer's columns, the first, say what a row is about; the others are numbers.
    keys: int = 1
    #: Whether the input comes through a pipe from `cat`.
    pipe: bool = False
    #: Threads, where the row is about them.
    threads: int | None = None
    #: The works that rowfold answers here in one scan, by name. A peer's figure is the sum of those that it has there.
    parts: tuple[str, ...] = ()

    def text(self, tool: str) -> Any:
        """How `tool` says it."""
        default = Cannot("has no text for it") if tool in ("polars", "xan") or not self.sql else self.sql
        return self.texts.get(tool, ("sql", default) if tool == "rowfold" else default)


def top_days(pl, tweets):
    day = pl.col("date").str.slice(0, 10)
    authors = (
        tweets.filter(pl.col("content").is_not_null() & (pl.col("content") != "") & pl.col("date").is_not_null())
        .group_by(day.alias("date"), "username")
        .agg(pl.len().alias("n"))
    )
    return (
        authors.sort("n", "username", descending=[True, False], nulls_last=True)
        .group_by("date", maintain_order=True)
        .agg(pl.col("username").drop_nulls().first(), pl.col("n").sum().alias("tweets"))
        .sort("tweets", "date", descending=[True, False])
        .head(10)
        .select("date", "username", "tweets")
    )


def top_mentions(pl, tweets):
    return (
        tweets.select(pl.col("content").str.extract_all("@[A-Za-z0-9_]+").alias("username"))
        .explode("username")
        .drop_nulls()
        .group_by("username")
        .agg(pl.len().alias("count"))
        .with_columns(pl.col("username").str.slice(1))
        .sort("count", "username", descending=[True, False])
        .head(10)
    )


def top_emojis(pl, tweets):
    keys = emojis.keys()
    return (
        tweets.select(pl.col("content").str.extract_all(emojis.pattern(keys)).alias("emoji"))
        .explode("emoji")
        .drop_nulls()
        .group_by("emoji")
        .agg(pl.len().alias("count"))
        .with_columns(pl.col("emoji").replace_strict(keys, return_dtype=pl.String))
        .group_by("emoji")
        .agg(pl.col("count").sum())
        .sort("count", "emoji", descending=[True, False])
        .head(10)
    )


def by_username(pl, tweets):
    return (
        tweets.group_by("username")
        .agg(pl.len().alias("n"))
        .sort("n", "username", descending=[True, False], nulls_last=True)
        .head(10)
    )


def q10(pl, t):
    return t.group_by("id1", "id2", "id3", "id4", "id5", "id6").agg(pl.col("v3").sum(), pl.len().alias("n"))


NO_PATTERN = Cannot("no function that finds every match of a pattern")

TOP_DAYS = {
    "rowfold": ("ask", "tweets/top-days"),
    "duckdb": """
        WITH authors AS (
            SELECT left(date, 10) AS date, username, count(*) AS n FROM t
            WHERE content IS NOT NULL AND date IS NOT NULL GROUP BY ALL
        )
        SELECT date, (list(username ORDER BY n DESC, username) FILTER (WHERE username IS NOT NULL))[1] AS username, sum(n)::BIGINT AS tweets
        FROM authors GROUP BY date ORDER BY tweets DESC, date LIMIT 10
    """,
    "datafusion": """
        WITH authors AS (
            SELECT substr(date, 1, 10) AS date, username, count(*) AS n FROM t
            WHERE content <> '' AND date <> '' GROUP BY 1, 2
        )
        SELECT date, first_value(username ORDER BY n DESC, username) FILTER (WHERE username <> '') AS username, sum(n) AS tweets
        FROM authors GROUP BY date ORDER BY tweets DESC, date LIMIT 10
    """,
    "chdb": """
        SELECT day AS date, argMinIf(username, (-toInt64(n), username), username != '') AS username, sum(n) AS tweets
        FROM (SELECT left(date, 10) AS day, username, count() AS n FROM t WHERE content != '' AND date != '' GROUP BY 1, 2)
        GROUP BY day ORDER BY tweets DESC, day LIMIT 10
    """,
    "polars": top_days,
    "xan": """
        xan parallel groupby -t "$T" -P 'filter "content && date" | map "date[:10] as day"' day,username 'count() as n' "$F" |
        xan sort -s username | xan groupby day 'argmax(n, username) as username, sum(n) as tweets' |
        xan sort -s day | xan sort -NR -s tweets | xan slice -l 10 | xan rename -s day date
    """,
}

#: Each step of xan's has to be told of another delimiter than the comma, and to keep to it.
TOP_DAYS_OF_TILDES = TOP_DAYS | {
    "xan": TOP_DAYS["xan"]
    .replace("-t \"$T\" -P 'filter", "-t \"$T\" -d \"~\" -P 'filter -d \"~\"")
    .replace("as day\"'", "as day\" | fmt -t \"~\"'")
}

BY_USERNAME = Work(
    name="by-username",
    title="`count(*)` by username, top 10",
    data=TWEETS,
    sql="SELECT username, count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10",
    texts={"polars": by_username, "xan": 'xan parallel freq -t "$T" -s username -l 10 --no-extra "$F" | xan select value,count | xan rename username,n'},
)

Q10 = "SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS n FROM t GROUP BY id1, id2, id3, id4, id5, id6"


def by_station(n: int) -> Work:
    sql = "SELECT station, min(temperature) AS least, avg(temperature) AS mean, max(temperature) AS greatest FROM t GROUP BY 1 ORDER BY 1"
    return Work(
        name=f"stations-{n}",
        title=f"min, mean, max by station, 50 M measurements, {n:,} stations",
        data=STATIONS[n],
        sql=sql,
        texts={
            "rowfold": ("sql", f"-- input: t(station text, temperature number)\n{sql}"),
            "polars": lambda pl, t: t.group_by("station")
            .agg(
                pl.col("temperature").min().alias("least"),
                pl.col("temperature").mean().alias("mean"),
                pl.col("temperature").max().alias("greatest"),
            )
            .sort("station"),
            "xan": """
                xan parallel groupby -t "$T" -d "$D" station 'min(temperature) as least, mean(temperature) as mean, max(temperature) as greatest' "$F" |
                xan sort -s station
            """,
        },
    )


WORKS = (
    Work("top-days", "`tweets/top-days`", TWEETS, texts=TOP_DAYS),
    Work("top-days-mock", "`tweets/top-days`, 12 M rows of `mock` (2.2 GB, 2,000 users × 366 days)", MOCK, texts=TOP_DAYS_OF_TILDES),
    Work(
        name="top-emojis",
        title="`tweets/top-emojis`",
        data=TWEETS,
        texts={
            "rowfold": ("ask", "tweets/top-emojis"),
            "duckdb": """
                WITH found AS (SELECT unnest(regexp_extract_all(content, '{runs}')) AS run FROM t),
                     counted AS (SELECT run, count(*) AS n FROM found GROUP BY run),
                     parts AS (SELECT unnest(regexp_extract_all(run, '{pattern}')) AS sequence, n FROM counted)
                SELECT key AS emoji, sum(n)::BIGINT AS count FROM parts JOIN keys USING (sequence)
                GROUP BY key ORDER BY count DESC, emoji LIMIT 10
            """,
            "datafusion": """
                WITH found AS (SELECT unnest(string_to_array(regexp_replace(content, '[^{members}]+', '|', 'g'), '|')) AS run FROM t),
                     counted AS (SELECT run, count(*) AS n FROM found WHERE run <> '' GROUP BY run),
                     parts AS (SELECT unnest(string_to_array(regexp_replace(run, '(?s)({pattern})|.', '${1}|', 'g'), '|')) AS sequence, n FROM counted)
                SELECT key AS emoji, sum(n) AS count FROM parts JOIN keys USING (sequence) GROUP BY key ORDER BY count DESC, emoji LIMIT 10
            """,
            "chdb": """
                WITH counted AS (SELECT arrayJoin(extractAll(content, '{runs}')) AS run, count() AS n FROM t GROUP BY run),
                     parts AS (SELECT arrayJoin(extractAll(run, '{pattern}')) AS sequence, n FROM counted)
                SELECT key AS emoji, sum(n) AS count FROM parts JOIN keys USING (sequence) GROUP BY key ORDER BY count DESC, emoji LIMIT 10
            """,
            "polars": top_emojis,
            "xan": NO_PATTERN,
        },
        emojis=True,
    ),
    Work(
        name="top-mentions",
        title="`tweets/top-mentions`",
        data=TWEETS,
        texts={
            "rowfold": ("ask", "tweets/top-mentions"),
            "duckdb": """
                WITH found AS (SELECT unnest(regexp_extract_all(content, '@([A-Za-z0-9_]+)', 1)) AS username FROM t)
                SELECT username, count(*) AS count FROM found GROUP BY username ORDER BY count DESC, username LIMIT 10
            """,
            "datafusion": """
                WITH parts AS (SELECT unnest(array_slice(string_to_array(content, '@'), 2, 1000000)) AS part FROM t),
                     found AS (SELECT regexp_match(part, '^[A-Za-z0-9_]+')[1] AS username FROM parts)
                SELECT username, count(*) AS count FROM found WHERE username IS NOT NULL GROUP BY username ORDER BY count DESC, username LIMIT 10
            """,
            "chdb": """
                SELECT arrayJoin(extractAll(content, '@([A-Za-z0-9_]+)')) AS username, count() AS count FROM t
                GROUP BY username ORDER BY count DESC, username LIMIT 10
            """,
            "polars": top_mentions,
            "xan": NO_PATTERN,
        },
    ),
    Work(
        name="one-scan",
        title="these three (`top-days`, `top-emojis`, `top-mentions`) in one scan; a peer: the sum of its three",
        data=TWEETS,
        texts={"rowfold": ("ask", "tweets/top-days,tweets/top-emojis,tweets/top-mentions")},
        writes=True,
        parts=("top-days", "top-emojis", "top-mentions"),
    ),
    BY_USERNAME,
    dataclasses.replace(BY_USERNAME, name="by-username-1-thread", title="`count(*)` by username on one thread", threads=1),
    dataclasses.replace(
        BY_USERNAME, name="by-username-tenth", title="`count(*)` by username of a tenth, 230 MB", data=dataclasses.replace(TWEETS, amount=("--size", "230MB"))
    ),
    dataclasses.replace(
        BY_USERNAME,
        name="by-username-pipe",
        title="`count(*)` by username through a pipe, `cat f \\| …`",
        pipe=True,
        texts=BY_USERNAME.texts
        | {"datafusion": Cannot("finds a pipe empty"), "xan": "xan freq -s username -l 10 --no-extra | xan select value,count | xan rename username,n"},
    ),
    dataclasses.replace(BY_USERNAME, name="by-username-gz", title="`count(*)` by username from `.csv.gz`", data=dataclasses.replace(TWEETS, compressed=".gz")),
    dataclasses.replace(BY_USERNAME, name="by-username-zst", title="`count(*)` by username from `.csv.zst`", data=dataclasses.replace(TWEETS, compressed=".zst")),
    Work(
        name="count",
        title="count of rows",
        data=TWEETS,
        sql="SELECT count(*) AS n FROM t",
        texts={"polars": lambda pl, t: t.select(pl.len().alias("n")), "xan": 'echo n; xan parallel count -t "$T" "$F"'},
    ),
    Work(
        name="filter-to-file",
        title="`SELECT` of two columns where a third is greater, to a file",
        data=TWEETS,
        sql="SELECT id, username FROM t WHERE date >= '2021-02-26'",
        texts={
            "polars": lambda pl, t: t.filter(pl.col("date") >= "2021-02-26").select("id", "username"),
            "xan": """xan parallel cat -t "$T" -P 'filter "date ge \\"2021-02-26\\"" | select id,username' "$F" -o "$OUT" """,
        },
        writes=True,
        keys=2,
    ),
    Work(
        name="h2o-q1",
        title="h2o q1: sum by id1, 100 groups of 10 M rows",
        data=GROUPBY,
        sql="SELECT id1, sum(v1) AS v1 FROM t GROUP BY id1 ORDER BY id1",
        texts={
            "polars": lambda pl, t: t.group_by("id1").agg(pl.col("v1").sum()).sort("id1"),
            "xan": """xan parallel groupby -t "$T" id1 'sum(v1) as v1' "$F" | xan sort -s id1""",
        },
    ),
    Work(
        name="h2o-q3",
        title="h2o q3: sum, mean by id3, 100 k groups, to a file",
        data=GROUPBY,
        sql="SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM t GROUP BY id3",
        texts={
            "polars": lambda pl, t: t.group_by("id3").agg(pl.col("v1").sum(), pl.col("v3").mean()),
            "xan": """xan parallel groupby -t "$T" id3 'sum(v1) as v1, mean(v3) as v3' "$F" -o "$OUT" """,
        },
        writes=True,
    ),
    Work(
        name="h2o-q5",
        title="h2o q5: three sums by id6, 100 k groups, to a file",
        data=GROUPBY,
        sql="SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM t GROUP BY id6",
        texts={
            "polars": lambda pl, t: t.group_by("id6").agg(pl.col("v1", "v2", "v3").sum()),
            "xan": """xan parallel groupby -t "$T" id6 'sum(v1) as v1, sum(v2) as v2, sum(v3) as v3' "$F" -o "$OUT" """,
        },
        writes=True,
    ),
    Work(
        name="h2o-q10",
        title="h2o q10: sum, count by six keys, 10 M groups, top 10",
        data=GROUPBY,
        sql=f"{Q10} ORDER BY v3 DESC, id1, id2, id3 LIMIT 10",
        texts={
            "polars": lambda pl, t: q10(pl, t).sort("v3", "id1", "id2", "id3", descending=[True, False, False, False]).head(10),
            "xan": """
                xan parallel groupby -t "$T" id1,id2,id3,id4,id5,id6 'sum(v3) as v3, count() as n' "$F" | xan top v3 -l 1000 |
                xan sort -s id1,id2,id3 | xan sort -NR -s v3 | xan slice -l 10
            """,
        },
    ),
    Work(
        name="h2o-q10-all",
        title="h2o q10: all 10 M groups, to a file",
        data=GROUPBY,
        sql=Q10,
        texts={
            "polars": q10,
            "xan": """xan parallel groupby -t "$T" id1,id2,id3,id4,id5,id6 'sum(v3) as v3, count() as n' "$F" -o "$OUT" """,
        },
        writes=True,
        keys=6,
    ),
    by_station(413),
    by_station(10_000),
    Work(
        name="wide",
        title="6 of 60 columns (2.4 GB), five aggregates by one",
        data=WIDE,
        sql="SELECT code_3, count(sparse_5) AS sparse, sum(integer_2) AS i2, sum(integer_6) AS i6, sum(decimal_1) AS d1, sum(decimal_4) AS d4 "
        "FROM t GROUP BY code_3 ORDER BY code_3",
        texts={
            "polars": lambda pl, t: t.group_by("code_3")
            .agg(
                pl.col("sparse_5").count().alias("sparse"),
                pl.col("integer_2").sum().alias("i2"),
                pl.col("integer_6").sum().alias("i6"),
                pl.col("decimal_1").sum().alias("d1"),
                pl.col("decimal_4").sum().alias("d4"),
            )
            .sort("code_3"),
            "xan": """
                xan parallel groupby -t "$T" code_3 'count(sparse_5) as sparse, sum(integer_2) as i2, sum(integer_6) as i6, sum(decimal_1) as d1,
                sum(decimal_4) as d4' "$F" | xan sort -s code_3
            """,
        },
    ),
)


def find(name: str) -> Work:
    """The entry called `name`."""
    return next(work for work in WORKS if work.name == name)
