"""Asks rowfold and DuckDB the same questions, and says where the answers differ.

    make compare                 run both engines, compare, write answers.txt
    compare.py --generate        write the data again (deterministic, no argument of its own)

`questions.sql` holds the texts. A text begins with `-- [name]`; `-- duckdb: …` lines after it are the text for DuckDB where its
spelling differs; `-- differs: why` says that the answers differ on purpose: the difference is then checked to be there, and the
answer of rowfold is stored. `make test` asks rowfold alone and compares with `answers.txt` (tests/suite/compare.rs), so that tests
need no Python.

Numbers are equal when their decimals are; a real of rowfold (it has `.` or an exponent) beside one of DuckDB may differ in its last
digits (1e-12 of it), since DuckDB sums reals in the order in which threads meet them. Answers without ORDER BY are compared as bags.
"""

import csv
import datetime
import decimal
import io
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
DATA = HERE / "data"
TABLES = {
    "sales": "id BIGINT, day DATE, moment TIMESTAMP, region VARCHAR, product VARCHAR, units BIGINT, price DECIMAL(18,4), "
    "note VARCHAR, ok BOOLEAN",
    "rates": "product VARCHAR, rate DECIMAL(18,4), since DATE",
    "regions": "region VARCHAR, country VARCHAR",
}
DECLARED = {
    "sales": "id number, day date, moment timestamp, region text, product text, units number, price number, note text, ok boolean",
    "rates": "product text, rate number, since date",
    "regions": "region text, country text",
}


def generate():
    """Small tables with NULLs, ties, empty groups, quotes, other alphabets."""
    rng = random.Random(4)
    DATA.mkdir(exist_ok=True)
    regions = ["north", "south", "east", "West", None]
    products = ["apple", "Apple", "pear", "fig", "Éclair", "água", None]
    notes = ["", "a,b", 'say "hi"', "100%", "under_score", "  padded  ", "naïve café", "x-1", "0012", None]
    rows = []
    for i in range(1, 241):
        day = datetime.date(2023, 12, 20) + datetime.timedelta(days=rng.randrange(0, 45))
        at = datetime.datetime.combine(day, datetime.time(rng.randrange(24), rng.randrange(60), rng.randrange(60)))
        row = [
            i,
            None if rng.random() < 0.05 else day,
            None if rng.random() < 0.05 else at,
            rng.choice(regions),
            rng.choice(products),
            None if rng.random() < 0.1 else rng.randrange(-3, 12),
            None if rng.random() < 0.1 else decimal.Decimal(rng.randrange(-500, 9000)) / rng.choice([1, 10, 100, 1000]),
            rng.choice(notes),
            rng.choice(["true", "false", None]),
        ]
        rows.append(row)
    write("sales", ["id", "day", "moment", "region", "product", "units", "price", "note", "ok"], rows)
    write("rates", ["product", "rate", "since"], [["apple", "0.1", "2023-01-01"], ["Apple", "1.25", "2023-06-01"],
          ["pear", "0.333", "2024-01-01"], ["fig", "", "2024-01-15"], ["plum", "2", ""]])
    write("regions", ["region", "country"], [["north", "CL"], ["south", "BR"], ["east", "PE"], ["island", "CL"]])


def write(name, header, rows):
    with open(DATA / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows([["" if value is None else value for value in row] for row in rows])


def questions():
    """(name, text, text for DuckDB, why it differs) of each."""
    name, lines, duck, differs = None, [], [], None
    for line in (HERE / "questions.sql").read_text(encoding="utf-8").splitlines() + ["-- []"]:
        if line.startswith("-- ["):
            if name:
                text = "\n".join(lines).strip()
                yield name, text, "\n".join(duck) or text, differs
            name, lines, duck, differs = line[4:-1], [], [], None
        elif line.startswith("-- duckdb: "):
            duck.append(line[11:])
        elif line.startswith("-- differs: "):
            differs = line[12:]
        elif not line.startswith("--"):
            lines.append(line)


def tables_of(text):
    import re

    return [name for name in TABLES if re.search(rf"\b{name}\b", text)]


def rowfold(tool, text):
    names = tables_of(text)
    declared = "".join(f"-- input: {name}({DECLARED[name]})\n" for name in names)
    inputs = [f"{name}={DATA / (name + '.csv')}" for name in names]
    ended = subprocess.run([tool, "sql", declared + text, *inputs, "--format", "csv"], capture_output=True, text=True)
    return ended.stdout if ended.returncode == 0 else f"exit {ended.returncode}: {ended.stderr.strip()}"


def duckdb_rows(connection, text):
    try:
        return [list(row) for row in connection.execute(text).fetchall()]
    except Exception as error:  # what DuckDB says is part of the comparison
        return f"error: {error}"


def same(ours, theirs):
    """Whether the text of a field is the value."""
    if theirs is None:
        return ours == ""
    if isinstance(theirs, bool):
        return ours == ("true" if theirs else "false")
    if isinstance(theirs, datetime.datetime):
        text = theirs.isoformat()
        if "." in text:
            text = text.rstrip('0')
        return ours == text + "Z"
    if isinstance(theirs, datetime.date):
        return ours == theirs.isoformat()
    if isinstance(theirs, (int, float, decimal.Decimal)):
        try:
            number = decimal.Decimal(ours)
        except decimal.InvalidOperation:
            return False
        if isinstance(theirs, float):
            return abs(float(ours) - theirs) <= 1e-12 * max(1.0, abs(theirs))
        return number == theirs
    return ours == str(theirs)


def equal(text, answer, rows):
    if isinstance(rows, str) or answer.startswith("exit "):
        return isinstance(rows, str) and answer.startswith("exit ")
    ours = list(csv.reader(io.StringIO(answer)))[1:]
    # One NULL alone is an empty line, which csv.reader leaves out, or a quoted one.
    ours = [row or [""] for row in ours]
    if len(ours) != len(rows):
        return False
    if "ORDER BY" not in text.upper().rsplit(")", 1)[-1]:
        ours.sort()
        key = lambda row: [str(value) for value in row]
        rest = list(rows)
        for row in ours:
            found = next((other for other in rest if all(map(same, row, other))), None)
            if found is None:
                return False
            rest.remove(found)
        return True
    return all(len(a) == len(b) and all(map(same, a, b)) for a, b in zip(ours, rows))


def main():
    if "--generate" in sys.argv:
        return generate()
    import duckdb

    tool = sys.argv[1] if len(sys.argv) > 1 else "target/release/rowfold"
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET default_null_order = 'nulls_last'")
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(f"COPY {name} FROM '{DATA / (name + '.csv')}' (HEADER, NULLSTR '')")
    stored, wrong, n = [], 0, 0
    for name, text, duck, differs in questions():
        answer, rows = rowfold(tool, text), duckdb_rows(connection, duck)
        n += 1
        agrees = equal(text, answer, rows)
        if agrees == bool(differs):
            wrong += 1
            print(f"--- {name}: {'agrees, though it should differ' if agrees else 'differs'}\n{text}\n{answer}\nDuckDB: {rows}\n")
        stored.append(f"-- [{name}]\n{answer}")
    (HERE / "answers.txt").write_text("".join(line if line.endswith("\n") else line + "\n" for line in stored), encoding="utf-8")
    print(f"{n} questions, {wrong} not as expected")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
