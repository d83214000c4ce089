"""Whether two tools answer alike, and what is kept of an answer to see it.

rowfold's sums of decimals are exact and peers' are sums of doubles, so numbers agree within a billionth. Answers that are long, or files
in any order, are kept as a digest: rows, a hash of what the rows are about, the sum of each column of numbers, and that sum weighted
by the hash, so that a number under another key is seen.
"""

import pathlib

import polars as pl

#: Longer answers are kept as a digest.
MOST_ROWS = 500
TOLERANCE = 1e-9


def digest_of_file(path: pathlib.Path, keys: int) -> list:
    """Header and digest of the CSV at `path`, whose first `keys` columns say what a row is about."""
    return _digest(pl.scan_csv(path, infer_schema=False), keys)


def kept(answer: list, keys: int) -> list:
    """`answer`, or header and digest of it if it is long."""
    if len(answer) <= MOST_ROWS:
        return answer
    return _digest(pl.LazyFrame(answer[1:], schema=dict.fromkeys(answer[0], pl.String), orient="row"), keys)


def agree(one: list, other: list) -> bool:
    """Whether they are the same, numbers within the tolerance."""
    return len(one) == len(other) and all(len(a) == len(b) and all(map(_same, a, b)) for a, b in zip(one, other))


def _digest(rows: pl.LazyFrame, keys: int) -> list:
    names = rows.collect_schema().names()
    about = pl.concat_str(pl.col(names[:keys]).fill_null(""), separator="\0").hash(seed=0) % (1 << 30)
    numbers = [pl.col(name).cast(pl.Float64).fill_null(0.0) for name in names[keys:]]
    figures = rows.select(
        pl.len().alias("rows"),
        about.cast(pl.Int64).sum().alias("about"),
        *(number.sum().alias(f"sum {i}") for i, number in enumerate(numbers)),
        *((number * (about % 1024)).sum().alias(f"weighted {i}") for i, number in enumerate(numbers)),
    )
    return [names, [str(figure) for figure in figures.collect(engine="streaming").row(0)]]


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
