"""Snapshots of 20 M keys into a table that is kept, on rowfold and its peers: `make bench-loads`.

Makes daily snapshots of purchases (data-gen), then has each tool make of them, one after the other in a process of its own: their history
(every version of every row) and their latest rows; rowfold besides loads the last snapshot into a history that is there. A peer's
answer is held against rowfold's, record by record; rowfold's history against what data-gen wrote. Peers have no limit of memory.

  python benches/loads.py --keys 20000000 --days 3 --memory 64M --rounds 1 --binaries target/release
"""

import argparse
import csv
import datetime
import filecmp
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = ("PurchaseID", "customer", "product", "quantity", "price", "status", "date")
VALUES = COLUMNS[1:-1]


def duckdb_query(work, days):
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    read = "SELECT *, {} AS day FROM read_csv('{}', header = true, delim = ',', quote = '\"', escape = '\"', columns = {{{}}}, auto_detect = false)"
    rows = " UNION ALL ".join(read.format(number, path, columns) for number, path in enumerate(days))
    if work == "latest":
        return f"SELECT * EXCLUDE day FROM ({rows}) QUALIFY row_number() OVER (PARTITION BY PurchaseID ORDER BY date DESC) = 1 ORDER BY PurchaseID"
    values = f"row({', '.join(VALUES)})"
    return f"""
        WITH seen AS (SELECT *, lag({values}) OVER (PARTITION BY PurchaseID ORDER BY day) AS before FROM ({rows})),
             versions AS (SELECT * FROM seen WHERE before IS NULL OR before IS DISTINCT FROM {values})
        SELECT {', '.join(COLUMNS)}, row_number() OVER v AS version, date AS valid_from, lead(date) OVER v AS valid_until
        FROM versions WINDOW v AS (PARTITION BY PurchaseID ORDER BY day) ORDER BY PurchaseID, version
    """


def duckdb(work, days, out, threads):
    import duckdb

    connection = duckdb.connect(config={"threads": threads, "temp_directory": str(out.parent / "duckdb")})
    connection.execute(f"COPY ({duckdb_query(work, days)}) TO '{out}' (FORMAT csv, HEADER)")


def polars(work, days, out, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    schema = dict.fromkeys(COLUMNS, pl.String)
    rows = pl.concat([pl.scan_csv(path, schema=schema).with_columns(day=pl.lit(number)) for number, path in enumerate(days)])
    rows = rows.sort("PurchaseID", "day")
    key = pl.col("PurchaseID")
    if work == "latest":
        rows = rows.filter((key != key.shift(-1)).fill_null(True)).select(COLUMNS)
    else:
        same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in ("PurchaseID", *VALUES))
        rows = rows.filter(~same).with_columns(
            version=pl.int_range(1, pl.len() + 1).over("PurchaseID"),
            valid_from=pl.col("date"),
            valid_until=pl.when(key == key.shift(-1)).then(pl.col("date").shift(-1)),
        )
        rows = rows.select(*COLUMNS, "version", "valid_from", "valid_until")
    rows.sink_csv(out)


PEERS = {"duckdb": duckdb, "polars": polars}


def peer(tool, work, out, threads, days):
    """In a process of its own: does `work`, and tells its peak resident memory, which is that of the process."""
    PEERS[tool](work, days, pathlib.Path(out), int(threads))
    status = pathlib.Path("/proc/self/status").read_text(encoding="utf-8")
    peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"peak_rss_bytes": peak}), file=sys.stderr)


def rowfold(options, work, out, days):
    words = {
        "history": ["history", "--valid-from", "date", "--output", out],
        "latest": ["latest", "--by", "date", "--output", out],
        "upsert": ["history", "--valid-from", "date", "--into", out],
    }[work]
    limits = ["--memory", options.memory, "--threads", str(options.threads), "--spill-dir", str(options.folder), "--stats=json"]
    return [str(options.binaries / "rowfold"), *words, "--key", "PurchaseID", *limits, *days]


def measure(tool, work, command):
    """Runs `command`; its seconds, of wall and of CPU, and its own word on its memory."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        return {"tool": tool, "work": work, "seconds": round(seconds, 2), "failure": said.strip()[-300:] or f"status {status}"}
    told = json.loads(said.strip().splitlines()[-1])
    return {
        "tool": tool,
        "work": work,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_rss_bytes": told["peak_rss_bytes"],
        "spilled_bytes": told.get("spilled_bytes"),
        "rows": told.get("answer_rows"),
    }


def differ(path, other):
    """The first record in which two answers differ; quotes do not matter."""
    if filecmp.cmp(path, other, shallow=False):
        return None
    with open(path, newline="", encoding="utf-8") as one, open(other, newline="", encoding="utf-8") as two:
        records = itertools.zip_longest(csv.reader(one), csv.reader(two))
        return next((f"record {number}: {a} and {b}" for number, (a, b) in enumerate(records, 1) if a != b), None)


def purchases(options):
    """The snapshots, and the history that data-gen knows."""
    folder = options.folder / f"purchases-{options.keys}-{options.days}"
    if not (folder / "truth.json").exists():
        generator = str(options.binaries / "data-gen")
        subprocess.run([generator, "purchases", "--keys", str(options.keys), "--days", str(options.days), "--output", folder], check=True)
    days = [folder / day["file"] for day in json.loads((folder / "truth.json").read_text())["days"]]
    return days, folder / "history.csv"


def warm(paths):
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 22):
                pass


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--keys", type=int, default=20_000_000)
    arguments.add_argument("--days", type=int, default=3)
    arguments.add_argument("--memory", default="64M")
    arguments.add_argument("--threads", type=int, default=os.cpu_count())
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--works", default="history,latest,upsert")
    arguments.add_argument("--tools", default="rowfold,duckdb,polars")
    arguments.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target/release")
    arguments.add_argument("--folder", type=pathlib.Path, default=ROOT / "target/tmp/loads")
    arguments.add_argument("--runs", type=pathlib.Path, default=ROOT / "benches/runs" / datetime.date.today().isoformat())
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    days, truth = purchases(options)
    warm(days)
    size = sum(path.stat().st_size for path in days)
    runs = []
    for number, work in itertools.product(range(1, options.rounds + 1), options.works.split(",")):
        ours = options.folder / f"{work}-rowfold.csv"
        for tool in options.tools.split(",") if work != "upsert" else ("rowfold",):
            out = options.folder / f"{work}-{tool}.csv"
            out.unlink(missing_ok=True)
            if work == "upsert":
                subprocess.run(rowfold(options, work, out, days[:-1]), check=True, stderr=subprocess.DEVNULL)
            words = [sys.executable, __file__, "peer", tool, work, out, str(options.threads), *days]
            command = rowfold(options, work, out, days[-1:] if work == "upsert" else days) if tool == "rowfold" else words
            run = {"round": number, "bytes": size} | measure(tool, work, [str(word) for word in command])
            if "failure" not in run:
                expected = ours if tool != "rowfold" else truth if work != "latest" else None
                difference = expected and expected.exists() and differ(expected, out)
                run["agrees"] = not difference
                if difference:
                    run["difference"] = difference
            print(json.dumps(run), flush=True)
            runs.append(run)
            if tool != "rowfold":
                out.unlink(missing_ok=True)
        ours.unlink(missing_ok=True)
    shutil.rmtree(options.folder / "duckdb", ignore_errors=True)
    options.runs.mkdir(parents=True, exist_ok=True)
    about = {"keys": options.keys, "days": options.days, "memory": options.memory, "threads": options.threads}
    about["load_average"] = os.getloadavg()
    (options.runs / "loads.json").write_text(json.dumps({"about": about, "runs": runs}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["peer"]:
        peer(*sys.argv[2:6], sys.argv[6:])
    else:
        main()
