"""The rows of the table: what is asked, of which data, and how each tool says it. A row is added by adding an entry.

A peer's text is the fastest that we know for it; columns that a question does not use are not read. The answers are compared, so
a text that is fast and wrong is seen.
"""

from dataclasses import dataclass
from typing import Any, Callable

import emojis


@dataclass(frozen=True)
class Data:
    """A file of data-gen's, made when it is not there."""

    name: str
    generator: tuple[str, ...]
    delimiter: str = ","
    #: How much of it, as data-gen is told; the size that was asked for where it is empty.
    amount: tuple[str, ...] = ()

    def file_name(self, size: str) -> str:
        """What it is called in data/."""
        return f"{self.name}-{self.amount[-1] if self.amount else size}.csv"


@dataclass(frozen=True)
class Work:
    """One question to all tools."""

    name: str
    title: str
    data: Data
    #: Words after `rowfold`, before the input.
    rowfold: tuple[str, ...]
    #: A query over the view `t`, all of whose columns are text; `{runs}`, `{pattern}` and the table `keys(sequence, key)` are of emojis.py.
    duckdb: str
    #: From the polars module and the lazy frame to a lazy frame.
    polars: Callable[[Any, Any], Any]
    #: Whether `keys` is wanted.
    emojis: bool = False


TWEETS = Data("tweets", ("tweets", "--shape", "real", "--seed", "1"))
MOCK = Data("mock", ("tweets", "--shape", "mock", "--seed", "1"), "~", ("--rows", "12000000"))


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


TOP_DAYS = """
    WITH authors AS (
        SELECT left(date, 10) AS date, username, count(*) AS n FROM t
        WHERE content IS NOT NULL AND date IS NOT NULL GROUP BY ALL
    )
    SELECT date, (list(username ORDER BY n DESC, username) FILTER (WHERE username IS NOT NULL))[1] AS username, sum(n)::BIGINT AS tweets
    FROM authors GROUP BY date ORDER BY tweets DESC, date LIMIT 10
"""

WORKS = (
    Work(
        name="top-days",
        title="`tweets/top-days`",
        data=TWEETS,
        rowfold=("ask", "tweets/top-days"),
        duckdb=TOP_DAYS,
        polars=top_days,
    ),
    Work(
        name="top-days-mock",
        title="`tweets/top-days`, 12 M rows of `mock` (2.2 GB, 2,000 users × 366 days)",
        data=MOCK,
        rowfold=("ask", "tweets/top-days"),
        duckdb=TOP_DAYS,
        polars=top_days,
    ),
    Work(
        name="top-emojis",
        title="`tweets/top-emojis`",
        data=TWEETS,
        rowfold=("ask", "tweets/top-emojis"),
        duckdb="""
            WITH found AS (SELECT unnest(regexp_extract_all(content, '{runs}')) AS run FROM t),
                 counted AS (SELECT run, count(*) AS n FROM found GROUP BY run),
                 parts AS (SELECT unnest(regexp_extract_all(run, '{pattern}')) AS sequence, n FROM counted)
            SELECT key AS emoji, sum(n)::BIGINT AS count FROM parts JOIN keys USING (sequence)
            GROUP BY key ORDER BY count DESC, emoji LIMIT 10
        """,
        polars=top_emojis,
        emojis=True,
    ),
    Work(
        name="top-mentions",
        title="`tweets/top-mentions`",
        data=TWEETS,
        rowfold=("ask", "tweets/top-mentions"),
        duckdb="""
            WITH found AS (SELECT unnest(regexp_extract_all(content, '@([A-Za-z0-9_]+)', 1)) AS username FROM t)
            SELECT username, count(*) AS count FROM found GROUP BY username ORDER BY count DESC, username LIMIT 10
        """,
        polars=top_mentions,
    ),
    Work(
        name="by-username",
        title="`count(*)` by username",
        data=TWEETS,
        rowfold=("sql", "SELECT username, count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10"),
        duckdb="SELECT username, count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10",
        polars=by_username,
    ),
)


def find(name: str) -> Work:
    """The entry called `name`."""
    return next(work for work in WORKS if work.name == name)
