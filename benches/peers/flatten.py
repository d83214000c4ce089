"""Nested JSON Lines to a table on rowfold, DuckDB and jq: writes flatten.md and flatten.csv into the day's runs.

Makes an export of tweets (data-gen tweets --layout lines), and takes four columns of its twenty-odd, one of them of an object within.
In every round each tool runs once, one after the other, each in a process of its own; what they wrote is compared by a question.
jq, which reads on one thread, takes a piece of the file.

  python flatten.py --size 2GB --piece 200MB --rounds 3 --memory 64M [--keep]
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import report

COLUMNS = "id,user.username=username,content,date"
FIELDS = ["tool", "round", "bytes", "seconds", "cpu_seconds", "peak_rss_bytes", "commit", "started"]
STARTED = datetime.datetime.now().isoformat(timespec="seconds")
JQ = """["id","username","content","date"], (inputs | [.id, .user.username, .content, (.date // "")[0:10]]) | @csv"""
# Counts and sums that differ where a row does.
SAME = (
    "SELECT count(*) AS rows, count(username) AS named, count(DISTINCT username) AS users, sum(length(content)) AS points, "
    "sum(id) AS ids, min(date) AS first, max(date) AS last FROM t"
)
DUCKDB = """
import sys, time, duckdb
source, out, threads = sys.argv[1:]
connection = duckdb.connect(config={"threads": int(threads)})
connection.execute('SET enable_progress_bar = false')
started = time.perf_counter()
connection.execute(f'''COPY (SELECT id, "user".username AS username, content, date[1:10] AS date FROM read_json('{source}',
    format = 'newline_delimited', columns = {{id: 'VARCHAR', "user": 'STRUCT(username VARCHAR)', content: 'VARCHAR', date: 'VARCHAR'}}))
    TO '{out}' (FORMAT csv, HEADER)''')
print(time.perf_counter() - started)
"""


def command(tool, options, source, out):
    """What is run, as words."""
    if tool == "rowfold":
        words = ["flatten", str(source), "--columns", COLUMNS, "--date-only", "date", "--output", str(out), "--stats=json"]
        return [str(options.binaries / "rowfold"), *words, "--memory", options.memory, "--threads", str(options.threads)]
    if tool == "duckdb":
        return [sys.executable, "-c", DUCKDB, str(source), str(out), str(options.threads)]
    return ["jq", "--null-input", "--raw-output", JQ, str(source)]


def peak_bytes(process):
    """The most that `process` has held so far; None where that cannot be read any more."""
    try:
        lines = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


def measure(tool, number, options, source, out):
    """Runs `tool` once: a row of figures."""
    with tempfile.TemporaryFile() as said, out.open("wb") if tool == "jq" else tempfile.TemporaryFile() as answer:
        started = time.perf_counter()
        process = subprocess.Popen(command(tool, options, source, out), stdin=subprocess.DEVNULL, stdout=answer, stderr=said)
        peak = 0
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, peak_bytes(process) or 0)
            time.sleep(0.02)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read().decode()
        if process.returncode != 0:
            raise SystemExit(f"{tool}: exit {process.returncode}: {words}")
        if tool == "rowfold":
            told = json.loads(words.splitlines()[-1])
            seconds, peak = told["seconds"], told["peak_rss_bytes"]
        elif tool == "duckdb":
            answer.seek(0)
            seconds = float(answer.read())  # without starting Python
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return dict(zip(FIELDS, [tool, number, source.stat().st_size, seconds, cpu_seconds, peak, report.commit(), STARTED]))


def said(options, table):
    """What the table at `table` comes to."""
    words = [options.binaries / "rowfold", "sql", SAME, table, "--delimiter", ",", "--format", "csv"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def lines(options, rows, bytes_of):
    """The report, a line at a time."""
    yield f"# flatten, {datetime.date.today()}"
    yield ""
    yield f"`{COLUMNS}` of tweets as JSON Lines to CSV: {options.rounds} rounds, {options.threads} threads, page cache warm, rowfold"
    yield f"under `--memory {options.memory}`. jq reads {bytes_of['jq'] / 1e6:.0f} MB of the {bytes_of['rowfold'] / 1e9:.2f} GB. The tables of rowfold and DuckDB agree."
    if os.getloadavg()[0] > 2 * options.threads:
        yield f"Others were at work, too (load {os.getloadavg()[0]:.1f}): seconds are theirs as well, CPU seconds are not, but for caches shared."
    yield ""
    yield "| tool | best / median seconds | GB/s | best / median CPU seconds a GB | peak memory |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for tool in dict.fromkeys(row["tool"] for row in rows):
        own = [row for row in rows if row["tool"] == tool]
        gigabytes = bytes_of[tool] / 1e9
        seconds, cpu, peak = ([row[name] for row in own] for name in FIELDS[3:6])
        best, median = min(seconds), statistics.median(seconds)
        speed = f"{gigabytes / best:.2f} / {gigabytes / median:.2f}"
        cpu = f"{min(cpu) / gigabytes:.2f} / {statistics.median(cpu) / gigabytes:.2f}"
        yield f"| {tool} | {best:.2f} / {median:.2f} | {speed} | {cpu} | {max(peak) / 1e6:.0f} MB |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="2GB")
    parser.add_argument("--piece", default="200MB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--memory", default="64M")
    parser.add_argument("--binaries", type=pathlib.Path, default=report.ROOT / "target/release")
    parser.add_argument("--generator", type=pathlib.Path, help="data-gen [default: that of --binaries]")
    parser.add_argument("--folder", type=pathlib.Path, default=report.ROOT / "data", help="where the export and the tables go")
    parser.add_argument("--keep", action="store_true", help="leave the export where it is")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    generator = options.generator or options.binaries / "data-gen"
    sources = {}
    for name, size in [("whole", options.size), ("piece", options.piece)]:
        sources[name] = options.folder / f"tweets-{size}.json"
        if not sources[name].exists():
            words = ["tweets", "--size", size, "--shape", "real", "--layout", "lines", "--truth", "none", "--output", sources[name]]
            subprocess.run([generator, *words], check=True)
    tools = ["rowfold", "duckdb", *(["jq"] if shutil.which("jq") else [])]
    source_of = {tool: sources["piece" if tool == "jq" else "whole"] for tool in tools}
    for source in sources.values():
        subprocess.run(["cat", source], check=True, stdout=subprocess.DEVNULL)  # into the page cache
    rows = []
    for number in range(1, options.rounds + 1):
        answers = {}
        for tool in tools:
            out = options.folder / f"flattened-{tool}.csv"
            rows.append(measure(tool, number, options, source_of[tool], out))
            print({name: rows[-1][name] for name in FIELDS[:6]}, flush=True)
            if number == 1 and tool != "jq":
                answers[tool] = said(options, out)
            out.unlink()
        if len(set(answers.values())) > 1:
            raise SystemExit(f"the tables differ: {answers}")
    folder = report.ROOT / "benches/runs" / str(datetime.date.today())
    folder.mkdir(parents=True, exist_ok=True)
    bytes_of = {tool: source_of[tool].stat().st_size for tool in tools} | {"jq": sources["piece"].stat().st_size}
    (folder / "flatten.md").write_text("\n".join(lines(options, rows, bytes_of)) + "\n")
    with (folder / "flatten.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if not options.keep:
        for source in sources.values():
            source.unlink()


if __name__ == "__main__":
    main()
