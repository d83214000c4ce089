"""Whether two tools answer alike, and what is kept of an answer to see it.

rowfold's sums of decimals are exact and peers' are sums of doubles, so numbers agree within a billionth. Answers that are long, or files
in any order, are kept as their number of rows, the sum of their numbers, and that sum weighted by a hash of the row's texts.
"""

import csv
import pathlib
import zlib

#: Longer answers are kept as a digest.
MOST_ROWS = 500
TOLERANCE = 1e-9


def digest_of_file(path: pathlib.Path, keys: int) -> list:
    """Header and digest of the CSV at `path`, whose first `keys` columns say what a row is about."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        return [next(rows), *_digest(rows, keys)]


def kept(answer: list, keys: int) -> list:
    """`answer`, or its digest if it is long."""
    return answer if len(answer) <= MOST_ROWS else [answer[0], *_digest(answer[1:], keys)]


def _digest(rows, keys: int) -> list:
    n, sums, weighted, rows_sum = 0, [], [], 0
    for row in rows:
        n += 1
        weight = zlib.crc32("\0".join(row[:keys]).encode())
        rows_sum += weight
        if not sums:
            sums, weighted = [0.0] * (len(row) - keys), [0.0] * (len(row) - keys)
        for i, text in enumerate(row[keys:]):
            number = float(text or 0)
            sums[i] += number
            weighted[i] += number * (weight & 1023)
    return [[str(x) for x in (n, rows_sum, *sums, *weighted)]]


def agree(one: list, other: list) -> bool:
    """Whether they are the same, numbers within the tolerance."""
    return len(one) == len(other) and all(len(a) == len(b) and all(map(_same, a, b)) for a, b in zip(one, other))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    return abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
