"""The same work on rowfold, its floor and its peers, measured side by side: `make bench-peers`.

For each work of works.py: makes its data, brings it into the page cache, then in every round runs each tool once, one after the
other (so that the machine's drift meets all alike), each in a process of its own; compares the answers; writes
benches/runs/DATE/ (raw.csv, summary.md, machine.txt) and the README's table between its markers. Nothing is typed by hand.

  python run.py --size 2.3GB --rounds 5 --memory 64M --works top-days,top-emojis
"""

import argparse
import csv
import datetime
import io
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

import works

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
TOOLS = ("floor", "rowfold", "duckdb", "polars")
PEERS = ("duckdb", "polars")
NAMES = {"floor": "floor", "rowfold": "rowfold", "duckdb": "DuckDB", "polars": "Polars"}
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass
class Run:
    """One process: what it answered and what it took."""

    work: str
    tool: str
    round: int
    #: From start to end of the process; for a peer the query alone, without starting Python and importing.
    seconds: float
    process_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    answer: list
    failure: str = ""


def command(tool, work, path, options):
    """What is run, as words."""
    rowfold = str(options.binaries / "rowfold")
    common = ["--threads", str(options.threads), "--memory", options.memory, "--stats=json"]
    if tool == "floor":
        return [rowfold, "floor", str(path), *common]
    if tool == "rowfold":
        return [rowfold, *work.rowfold, str(path), *common, "--format", "csv"]
    return [sys.executable, str(HERE / "peer.py"), tool, work.name, str(path), str(options.threads)]


def measure(tool, work, path, options, number):
    """Runs `tool` once."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command(tool, work, path, options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    # Answers are ten rows and the report a line: neither fills a pipe before the process is waited for.
    _, status, usage = os.wait4(process.pid, 0)
    process_seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    answer, report = process.stdout.read().decode(), process.stderr.read().decode()
    run = Run(work.name, tool, number, process_seconds, process_seconds, usage.ru_utime + usage.ru_stime, 0, [])
    if process.returncode != 0:
        reason = "out of memory" if process.returncode == -9 else (report.strip().splitlines() or ["no word"])[-1]
        run.failure = f"exit {process.returncode}: {reason}"
        return run
    told = json.loads(report.strip().splitlines()[-1])
    run.peak_rss_bytes = told["peak_rss_bytes"]  # VmHWM: ru_maxrss of a child carries its parent's
    if tool in PEERS:
        run.seconds = told["seconds"]
    run.answer = list(csv.reader(io.StringIO(answer)))
    return run


def data_file(data, options):
    """The file of `data`, made if it is not there, in the page cache."""
    path = ROOT / "data" / data.file_name(options.size)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        subprocess.run([options.binaries / "data-gen", *data.generator, *(data.amount or ("--size", options.size)), "--output", path], check=True)
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass
    return path


def disagreements(runs):
    """Tools whose answer is not rowfold's, by work."""
    found = []
    for work in {run.work: None for run in runs}:
        answers = {run.tool: run.answer for run in runs if run.work == work and run.tool != "floor" and not run.failure}
        for tool, answer in answers.items():
            if answer != answers.get("rowfold", answer):
                found.append(f"{work}: {NAMES[tool]} answers otherwise than rowfold: {answer[:3]} … {answers['rowfold'][:3]} …")
    return found


def cell(runs, tool, baseline):
    """Best and median seconds, CPU seconds, memory of one tool on one work, as Markdown."""
    runs = [run for run in runs if run.tool == tool]
    failed = next((run.failure for run in runs if run.failure), None)
    if failed:
        return f"cannot: {failed}"
    best, median = min(r.seconds for r in runs), statistics.median(r.seconds for r in runs)
    cpu = statistics.median(r.cpu_seconds for r in runs)
    peak = max(r.peak_rss_bytes for r in runs)
    times = f" ({median / baseline:.1f} ×)" if baseline and tool in PEERS else ""
    return f"{best:.2f} / {median:.2f} s{times}, {cpu:.2f} s CPU, {peak / 1e6:,.0f} MB"


def table(runs, options):
    """The table of summary.md and of the README."""
    lines = [
        "| work | " + " | ".join(NAMES[tool] for tool in TOOLS) + " |",
        "| --- |" + " --- |" * len(TOOLS),
    ]
    for work in works.WORKS:
        mine = [run for run in runs if run.work == work.name]
        if mine:
            ours = [run.seconds for run in mine if run.tool == "rowfold" and not run.failure]
            baseline = statistics.median(ours) if ours else None
            lines.append(f"| {work.title} | " + " | ".join(cell(mine, tool, baseline) for tool in TOOLS) + " |")
    lines += [
        "",
        f"Best / median of {options.rounds} (× rowfold's median), CPU seconds, peak resident memory; {options.size} of `real` tweets where nothing else is said, "
        f"{options.threads} threads, page cache warm, rowfold under `--memory {options.memory}`. All answers agree. A peer's time is that "
        "of its query alone, without starting Python; CPU and memory, and all of rowfold's, are the whole process's. floor: reading the "
        "file and counting newlines.",
    ]
    return "\n".join(lines)


def machine(options):
    """What it was measured on and with."""

    def said(*words):
        return subprocess.run(words, capture_output=True, text=True, cwd=ROOT).stdout.strip()

    cpu = next((l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    memory = next(l.split(":", 1)[1].strip() for l in open("/proc/meminfo") if l.startswith("MemTotal"))
    from importlib.metadata import version

    return "\n".join(
        [
            f"processor  {cpu}, {os.cpu_count()} logical",
            f"memory     {memory}",
            f"system     {platform.system()} {platform.release()}",
            f"commit     {said('git', 'rev-parse', 'HEAD')}{' (with changes)' if said('git', 'status', '--porcelain', 'src') else ''}",
            f"rowfold    {said(str(options.binaries / 'rowfold'), '--version')}",
            f"rustc      {said('rustc', '--version')}",
            f"python     {platform.python_version()}",
            f"duckdb     {version('duckdb')}",
            f"polars     {version('polars')}",
            f"emoji      {version('emoji')}",
        ]
    )


def write(runs, options):
    """Leaves the figures where they are looked for."""
    folder = ROOT / "benches" / "runs" / datetime.date.today().isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "raw.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["work", "tool", "round", "seconds", "process_seconds", "cpu_seconds", "peak_rss_bytes", "failure"])
        for r in runs:
            seconds = [f"{s:.4f}" for s in (r.seconds, r.process_seconds, r.cpu_seconds)]
            writer.writerow([r.work, r.tool, r.round, *seconds, r.peak_rss_bytes, r.failure])
    (folder / "machine.txt").write_text(machine(options) + "\n")
    said = f"make bench-peers ARGS='{' '.join(sys.argv[1:])}'" if sys.argv[1:] else "make bench-peers"
    shown = table(runs, options)
    commands = [
        "$ " + shlex.join(command(tool, work, f"data/{work.data.file_name(options.size)}", options)).replace(f"{ROOT}/", "")
        for work in works.WORKS
        if any(run.work == work.name for run in runs)
        for tool in TOOLS
    ]
    (folder / "summary.md").write_text(
        f"# {datetime.date.today().isoformat()}\n\n`{said}`\n\n{shown}\n\n```text\n{machine(options)}\n```\n\n"
        + "Commands, each in every round:\n\n```text\n"
        + "\n".join(commands)
        + "\n```\n"
    )
    readme = ROOT / "README.md"
    text = readme.read_text() if readme.exists() else ""
    if options.readme and BEGIN in text and END in text:
        before, rest = text.split(BEGIN, 1)
        readme.write_text(f"{before}{BEGIN}\n{shown}\n{END}{rest.split(END, 1)[1]}")
    print(f"\n{shown}\n\nin {folder.relative_to(ROOT)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="2.3GB", help="of each file (default 2.3GB)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="64M", help="rowfold's budget (default 64M)")
    parser.add_argument("--works", help="names, with commas between (default all)")
    parser.add_argument("--tools", default=",".join(TOOLS), help=f"default {','.join(TOOLS)}")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target" / "release", help="where rowfold and data-gen are")
    parser.add_argument("--no-readme", dest="readme", action="store_false", help="leave the README's table alone")
    options = parser.parse_args()
    wanted = options.works.split(",") if options.works else [work.name for work in works.WORKS]
    runs = []
    for work in map(works.find, wanted):
        path = data_file(work.data, options)
        for number in range(options.rounds):
            for tool in options.tools.split(","):
                run = measure(tool, work, path, options, number + 1)
                runs.append(run)
                print(f"{work.name:14} {tool:8} {run.seconds:7.3f} s {run.peak_rss_bytes / 1e6:7.1f} MB {run.failure}", flush=True)
    wrong = disagreements(runs)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        sys.exit("nothing is written: answers differ")
    write(runs, options)


if __name__ == "__main__":
    main()
