"""The same work on rowfold, its floor and its peers, measured side by side: `make bench-peers`.

For each work of works.py: makes its data, brings it into the page cache, then in every round runs each tool once, one after the
other (so that the machine's drift meets all alike), each in a process of its own; compares the answers; hands the figures to
report.py, which keeps those of the same day that were not measured again, so that the table can be filled in several runs.

  python run.py --size 2.3GB --rounds 5 --memory 64M --works top-days,top-emojis --tools floor,rowfold
"""

import argparse
import csv
import datetime
import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import answers
import report
import works
from report import ROOT, TOOLS, Run

HERE = pathlib.Path(__file__).resolve().parent
DATA = ROOT / "data"
STARTED = datetime.datetime.now().isoformat(timespec="seconds")


def command(tool, work, path, options, out="OUT"):
    """What is run, as words."""
    rowfold, threads = str(options.binaries / "rowfold"), str(work.threads or options.threads)
    common = ["--threads", threads, "--memory", options.memory, "--stats=json"]
    if tool == "floor":
        return ["wc", "-l"] if work.pipe else [rowfold, "floor", str(path), *common]
    if tool == "rowfold":
        source = "-" if work.pipe else str(path)
        output = ("--output", f"{out}/" if work.parts else str(out)) if work.writes else ()
        return [rowfold, *work.text(tool), source, *common, "--format", "csv", *output]
    return [sys.executable, str(HERE / "peer.py"), tool, work.name, str(path), threads, *((str(out),) if work.writes else ())]


def measure(tool, work, path, options, number, folder):
    """Runs `tool` once, in `folder` if it writes."""
    run = Run(work.name, path.name, tool, number, commit=report.commit(), started=STARTED)
    unable = cannot(tool, work)
    if unable:
        run.failure = unable
        return run
    out = folder / f"{work.name}-{tool}.csv"
    cat = subprocess.Popen(["cat", path], stdout=subprocess.PIPE) if work.pipe else None
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command(tool, work, path, options, out),
            stdin=cat.stdout if cat else subprocess.DEVNULL,
            stdout=answer,
            stderr=said,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        if cat:
            cat.stdout.close()
        late = threading.Timer(options.limit, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        _, status, usage = os.wait4(process.pid, 0)
        run.process_seconds = run.seconds = time.perf_counter() - started
        late.cancel()
        if cat:
            cat.wait()
        process.returncode = os.waitstatus_to_exitcode(status)
        run.cpu_seconds = usage.ru_utime + usage.ru_stime
        answer.seek(0)
        said.seek(0)
        answered, lines = answer.read().decode(), said.read().decode(errors="replace").strip().splitlines()
    if process.returncode != 0:
        run.failure = reason(process.returncode, run.seconds, lines, options)
        discard(out)
        return run
    if lines and lines[-1].startswith("{"):
        told = json.loads(lines[-1])
        run.peak_rss_bytes = told["peak_rss_bytes"]
        run.seconds = told["seconds"] if tool in report.PEERS else run.seconds
    run.answer = list(csv.reader(answered.splitlines()))
    if work.writes and tool != "floor":
        run.answer = written(work, out) if number == 1 else []
        discard(out)
    return run


def written(work, out):
    """The answer that was written to `out`: of several questions one behind the other, else its digest."""
    if not work.parts:
        return answers.digest_of_file(out, work.keys)
    files = [out / f"tweets-{part}.csv" for part in work.parts]
    return [row for file in files for row in csv.reader(file.read_text().splitlines())]


def discard(out):
    """Removes what was written to `out`, if anything was."""
    if out.is_dir():
        shutil.rmtree(out)
    else:
        out.unlink(missing_ok=True)


def cannot(tool, work):
    """Why `tool` has nothing to run for `work`, or nothing."""
    if tool == "floor":
        return report.NO_FLOOR if work.data.compressed else ""
    text = work.text(tool)
    return text.reason if isinstance(text, works.Cannot) else ""


def reason(code, seconds, lines, options):
    """Why a process ended with `code`, in a line."""
    if code == -signal.SIGKILL:
        return f"longer than {options.limit:.0f} s" if seconds >= options.limit else "killed: out of memory"
    spoken = [line for line in lines if not line.startswith("{")] or ["no word"]
    return f"exit {code}: {spoken[-1].replace(f'{DATA}/', '')[:120]}"


def compare(work, runs, kept):
    """The sentences that say who answers otherwise than rowfold; `kept` is rowfold's answer of an earlier run, if there is one.

    rowfold's own answers to the parts of a work are what it has to answer to all of them at once.
    """
    given = [(run.tool, answers.kept(run.answer, work.keys)) for run in runs if run.answer and run.tool != "floor"]
    reference = kept if work.parts else next((answer for tool, answer in given if tool == "rowfold"), kept)
    for tool, answer in given:
        if reference and not answers.agree(answer, reference):
            yield f"{work.name}: {report.NAMES[tool]} answers otherwise than {'the parts' if work.parts else 'rowfold'}: {answer[:3]} … {reference[:3]} …"


def measured(work, options, folder):
    """All rounds of one work; a tool that failed is not tried again, nor one that has taken its time."""
    path = work.data.make(DATA, options)
    asked = [tool for tool in options.tools.split(",") if not work.parts or tool not in report.PEERS]
    runs, taken = [], dict.fromkeys(asked, 0.0)
    for number in range(1, options.rounds + 1):
        for tool in taken:
            if taken[tool] <= options.enough:
                run = measure(tool, work, path, options, number, folder)
                runs.append(run)
                taken[tool] += math.inf if run.failure else run.process_seconds
                print(f"{work.name:20} {tool:10} {run.seconds:7.3f} s {run.peak_rss_bytes / 1e6:8.1f} MB {run.failure}", flush=True)
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="2.3GB", help="of each file that is measured in bytes (default 2.3GB)")
    parser.add_argument("--scale", type=float, default=1, help="of each file that is measured in rows: 0.01 is a hundredth")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="64M", help="rowfold's budget (default 64M)")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which a tool is ended (default 120)")
    parser.add_argument("--enough", type=float, default=math.inf, help="seconds in one work after which a tool has no more rounds (default: never)")
    parser.add_argument("--works", help="names, with commas between (default all)")
    parser.add_argument("--tools", default=",".join(TOOLS), help=f"default {','.join(TOOLS)}")
    parser.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target" / "release", help="where rowfold and data-gen are")
    parser.add_argument("--runs", type=pathlib.Path, default=ROOT / "benches" / "runs", help="where the folder of the day is")
    parser.add_argument("--no-readme", dest="readme", action="store_false", help="leave the README alone")
    options = parser.parse_args()
    wanted = options.works.split(",") if options.works else [work.name for work in works.WORKS]
    day = report.Day(options.runs / datetime.date.today().isoformat())
    wrong = []
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        for work in map(works.find, wanted):
            runs = measured(work, options, pathlib.Path(folder))
            if not runs:
                continue
            differing = list(compare(work, runs, day.answer(work, runs[0].input)))
            for sentence in differing:
                print(sentence, file=sys.stderr, flush=True)
            wrong += differing
            if not differing:
                day.keep(runs, next((answers.kept(r.answer, work.keys) for r in runs if r.tool == "rowfold" and r.answer), None))
    day.write(options, lambda tool, work: command(tool, work, work.data.path(DATA, options), options))
    if wrong:
        sys.exit(f"{len(wrong)} answers differ; their works are not in the table")


if __name__ == "__main__":
    main()
