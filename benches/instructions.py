"""How many instructions rowfold takes for fixed small inputs, counted by callgrind: `make instructions`.

Writes benches/instructions.csv, which is committed: a figure that moves shows in a diff, on whatever machine. One thread, AVX2 (valgrind
knows no AVX-512); start-up is a row of its own, since every other contains it. Counts move by a thousandth with the addresses that the
system deals (twice the same binary, 2026-11-21), so three digits of them are kept.
"""

import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
INPUTS = {
    "tweets": ("tweets", "--shape", "real", "--rows", "20000"),
    "groupby": ("groupby", "--rows", "100000"),
    "measurements": ("measurements", "--rows", "200000"),
    "wide": ("wide", "--rows", "5000"),
}
#: Name, input, words before it.
QUESTIONS = (
    ("start-up", None, ("--version",)),
    ("count", "tweets", ("sql", "SELECT count(*) AS n FROM t")),
    ("filter", "tweets", ("sql", "SELECT id, username FROM t WHERE date >= '2021-02-26'")),
    ("by-username", "tweets", ("sql", "SELECT username, count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10")),
    ("top-days", "tweets", ("ask", "tweets/top-days")),
    ("top-emojis", "tweets", ("ask", "tweets/top-emojis")),
    ("top-mentions", "tweets", ("ask", "tweets/top-mentions")),
    ("h2o-q1", "groupby", ("sql", "SELECT id1, sum(v1) AS v1 FROM t GROUP BY 1 ORDER BY 1")),
    ("h2o-q5", "groupby", ("sql", "SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM t GROUP BY 1")),
    ("h2o-q10", "groupby", ("sql", "SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS n FROM t GROUP BY 1, 2, 3, 4, 5, 6")),
    ("stations", "measurements", ("sql", "SELECT station, min(temperature), avg(temperature), max(temperature) FROM t GROUP BY 1")),
    ("wide", "wide", ("sql", "SELECT code_3, count(sparse_5), sum(integer_2), sum(decimal_4) FROM t GROUP BY 1")),
)


def instructions(words: list, folder: str) -> int:
    """What callgrind counts of a run of `words`, to three digits."""
    counted = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "ROWFOLD_SIMD": "avx2", "LC_ALL": "C.UTF-8"},
    )
    found = re.search(r"Collected : (\d+)", counted.stderr)
    if counted.returncode != 0 or not found:
        sys.exit(f"{' '.join(map(str, words))}\n{counted.stderr}")
    return int(float(f"{int(found[1]):.3g}"))


def main():
    binaries = pathlib.Path(sys.argv[1]) if sys.argv[1:] else ROOT / "target" / "release"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        sizes = {}
        for name, words in INPUTS.items():
            subprocess.run([binaries.resolve() / "data-gen", *words, "--seed", "1", "--output", f"{folder}/{name}.csv"], check=True)
            sizes[name] = os.path.getsize(f"{folder}/{name}.csv")
        for name, source, words in QUESTIONS:
            inputs = [f"{source}.csv", "--threads", "1", "--memory", "128M", "--format", "csv"] if source else []
            count = instructions([binaries.resolve() / "rowfold", *words, *inputs], folder)
            each = f"{count / sizes[source]:.1f}" if source else ""
            rows.append((name, sizes.get(source, 0), count, each))
            print(f"{name:14} {count:14,} {each:>8} a byte", flush=True)
    with open(ROOT / "benches" / "instructions.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("question", "input_bytes", "instructions", "a_byte"), *rows])


if __name__ == "__main__":
    main()
