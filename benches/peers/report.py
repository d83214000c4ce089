"""Figures in, what people look at out: the day's raw.csv and summary.md, its chart, the README's table. Nothing is typed by hand.

A day's folder may be filled in several runs: what a run measured replaces what the day had of that work and tool; a work that was
measured on another input before is forgotten. Each row says of which commit it is.
"""

import csv
import functools
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

import chart
import works

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = {"floor": "floor", "rowfold": "rowfold", "duckdb": "DuckDB", "polars": "Polars", "datafusion": "DataFusion", "chdb": "chDB", "xan": "xan"}
TOOLS = tuple(NAMES)
PEERS = TOOLS[2:]
#: What the floor says of a work that has none, which is no failure.
NO_FLOOR = "compressed"
COLUMNS = ("work", "input", "tool", "round", "seconds", "process_seconds", "cpu_seconds", "peak_rss_bytes", "commit", "started", "failure")


@dataclass
class Run:
    """One process: what it answered and what it took."""

    work: str
    input: str
    tool: str
    round: int
    #: From start to end of the process; for a peer the query alone, without starting Python and importing.
    seconds: float = 0.0
    process_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_rss_bytes: int = 0
    commit: str = ""
    #: When the program was started that measured it: runs of one start met the same machine, one after the other.
    started: str = ""
    failure: str = ""
    answer: list = field(default_factory=list)


class Day:
    """The folder of one day's figures."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.runs, self.answers = [], {}
        raw = folder / "raw.csv"
        if raw.exists():
            with open(raw, newline="") as file:
                rows = csv.DictReader(file)
                if tuple(rows.fieldnames) == COLUMNS:
                    self.runs = [_run(row) for row in rows]
        if (folder / "answers.json").exists():
            self.answers = json.loads((folder / "answers.json").read_text())

    def answer(self, work: works.Work, input: str) -> list | None:
        """What rowfold answered to `work` on `input` before; to one of several parts, what it answered to those."""
        kept = [self.answers.get(name, {}) for name in work.parts or (work.name,)]
        if any(answer.get("input") != input for answer in kept):
            return None
        return [row for answer in kept for row in answer["answer"]]

    def keep(self, runs: list[Run], answer: list | None) -> None:
        """Takes the runs of one work, and what rowfold answered, if it was asked."""
        work, input, tools = runs[0].work, runs[0].input, {run.tool for run in runs}
        self.runs = [run for run in self.runs if run.work != work or (run.input == input and run.tool not in tools)] + runs
        if answer:
            self.answers[work] = {"input": input, "answer": answer}

    def write(self, options, command) -> None:
        """Leaves the figures where they are looked for; `command` says what is run for a tool and a work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        order = {work.name: i for i, work in enumerate(works.WORKS)}
        self.runs = sorted((r for r in self.runs if r.work in order), key=lambda r: (order[r.work], r.round, TOOLS.index(r.tool)))
        with open(self.folder / "raw.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for r in self.runs:
                seconds = [f"{s:.4f}" for s in (r.seconds, r.process_seconds, r.cpu_seconds)]
                writer.writerow([r.work, r.input, r.tool, r.round, *seconds, r.peak_rss_bytes, r.commit, r.started, r.failure])
        (self.folder / "answers.json").write_text(json.dumps(self.answers, ensure_ascii=False, separators=(",", ":")) + "\n")
        (self.folder / "machine.txt").write_text(machine(options, self.runs) + "\n")
        (self.folder / "chart.svg").write_text(chart.svg(self._panels()))
        (self.folder / "summary.md").write_text(self._summary(options, command))
        table = self._table(_short)
        if options.readme:
            _between(ROOT / "README.md", "measured", f"{table}\n\n{self._note(options)}")
            picture = os.path.relpath(self.folder / "chart.svg", ROOT)
            _between(ROOT / "README.md", "chart", f"![Seconds of each work on rowfold and its peers]({picture})")
        print(f"\n{table}\n\nin {self.folder}")

    def _measured(self):
        """Each work that was measured, with its runs by tool."""
        for work in works.WORKS:
            mine = {tool: [run for run in self.runs if run.work == work.name and run.tool == tool] for tool in TOOLS}
            if any(mine.values()):
                yield work, {tool: runs for tool, runs in mine.items() if runs}

    def _shown(self):
        """As they were measured; where a work is of parts, a peer has one run beside them: the sum of its medians there."""
        measured = {work.name: (work, by_tool) for work, by_tool in self._measured()}
        for work, by_tool in measured.values():
            parts = [measured.get(name, (None, {}))[1] for name in work.parts]
            sums = {tool: _sum(work, [part.get(tool, []) for part in parts]) for tool in PEERS} if parts else {}
            yield work, by_tool | {tool: [run] for tool, run in sums.items() if run}

    def _scans(self) -> str:
        """What one scan is worth, in a sentence a work."""
        sentences = []
        measured = {work.name: by_tool for work, by_tool in self._measured()}
        for work, by_tool in self._measured():
            ours = _median(by_tool.get("rowfold", []))
            parts = [measured.get(name, {}) for name in work.parts]
            apart = sum(_median(part.get("rowfold", [])) for part in parts)
            best = [min((_median(part.get(tool, [])) for tool in PEERS if _median(part.get(tool, []))), default=0) for part in parts]
            if parts and ours and apart and all(best):
                sentences.append(
                    f" The {len(parts)} questions in one scan: {ours:.2f} s; rowfold's {len(parts)} runs: {apart:.2f} s ({apart / ours:.1f} ×); "
                    f"of each the best peer: {sum(best):.2f} s ({sum(best) / ours:.1f} ×)."
                )
        return "".join(sentences)

    def _table(self, cell) -> str:
        lines = ["| work | " + " | ".join(NAMES.values()) + " |", "| --- |" + " --- |" * len(NAMES)]
        for work, by_tool in self._shown():
            ours = _median(by_tool.get("rowfold", []))
            apart = "" if _together(by_tool) else " †"
            lines.append(f"| {work.title}{apart} | " + " | ".join(cell(tool, by_tool.get(tool, []), ours) for tool in TOOLS) + " |")
        return "\n".join(lines)

    def _panels(self):
        for work, by_tool in self._shown():
            bars = [chart.Bar(tool, NAMES[tool], _median(runs), _peak(runs), _failure(runs)) for tool, runs in by_tool.items()]
            yield chart.Panel(work.title, [bar for bar in bars if bar.failure != NO_FLOOR])

    def _note(self, options) -> str:
        counts = {len([r for r in runs if not r.failure]) for _, by_tool in self._measured() for runs in by_tool.values() if _median(runs)} or {0}
        rounds = "–".join(dict.fromkeys(str(n) for n in (min(counts), max(counts))))
        return (
            f"Median of {rounds} runs (× rowfold's), peak resident memory; tweets are `real` ones, {options.size}, where nothing else is said; {options.threads} "
            f"threads, page cache warm, rowfold under `--memory {options.memory}`. All answers agree. A peer's time is that of its query alone, "
            "without starting Python; its memory, and all of rowfold's, is the whole process's. Peers are told the types of the columns. floor: "
            "reading the file and counting newlines; of a pipe, `cat f \\| wc -l`."
            + ("" if all(_together(by_tool) for _, by_tool in self._shown()) else " †: the tools were measured apart, not in turns.")
            + self._scans()
        )

    def _summary(self, options, command) -> str:
        said = f"make bench-peers ARGS='{shlex.join(sys.argv[1:])}'" if sys.argv[1:] else "make bench-peers"
        commands = [
            "$ " + ("cat … | " if work.pipe else "") + shlex.join(map(str, command(tool, work))).replace(f"{ROOT}/", "")
            for work, by_tool in self._measured()
            for tool, runs in by_tool.items()
            if _median(runs)
        ]
        return (
            f"# {self.folder.name}\n\nThe last of its runs was `{said}`. Cells are best / median seconds (× rowfold's median), CPU seconds, "
            f"peak resident memory.\n\n{self._table(_long)}\n\n{self._note(options)}\n\n![Seconds of each work](chart.svg)\n\n"
            f"```text\n{machine(options, self.runs)}\n```\n\nCommands, each in every round:\n\n```text\n" + "\n".join(commands) + "\n```\n"
        )


def _run(row: dict) -> Run:
    seconds = {name: float(row[name]) for name in ("seconds", "process_seconds", "cpu_seconds")}
    numbers = {name: int(row[name]) for name in ("round", "peak_rss_bytes")}
    return Run(**{**row, **seconds, **numbers})


def _sum(work: works.Work, parts: list[list[Run]]) -> Run | None:
    """The parts of a work, one behind the other, as one run: the sum of their medians, the greatest of their peaks."""
    if not all(_median(runs) for runs in parts):
        return None
    cpu = sum(statistics.median(run.cpu_seconds for run in runs) for runs in parts)
    first, starts = parts[0][0], {run.started for runs in parts for run in runs}
    return Run(
        work=work.name,
        input=first.input,
        tool=first.tool,
        round=0,
        seconds=sum(map(_median, parts)),
        cpu_seconds=cpu,
        peak_rss_bytes=max(map(_peak, parts)),
        started=starts.pop() if len(starts) == 1 else "",
    )


def _together(by_tool: dict[str, list[Run]]) -> bool:
    """Whether the tools were measured in one run of the program, one after the other."""
    return len({run.started for runs in by_tool.values() for run in runs if not _failure(runs)}) <= 1


def _failure(runs: list[Run]) -> str:
    return next((run.failure for run in runs if run.failure), "")


def _median(runs: list[Run]) -> float:
    """0 where there is none."""
    return 0.0 if not runs or _failure(runs) else statistics.median(run.seconds for run in runs)


def _peak(runs: list[Run]) -> int:
    return max((run.peak_rss_bytes for run in runs), default=0)


def _unmeasured(runs: list[Run]) -> str:
    failure = _failure(runs)
    return f"cannot: {failure}".replace("|", "\\|") if failure and failure != NO_FLOOR else "–"


def _times(tool: str, runs: list[Run], ours: float) -> str:
    return f" ({_median(runs) / ours:.1f} ×)" if ours and tool in PEERS else ""


def _megabytes(runs: list[Run]) -> str:
    return f", {_peak(runs) / 1e6:,.0f} MB" if _peak(runs) else ""


def _short(tool: str, runs: list[Run], ours: float) -> str:
    """A cell of the README."""
    if not _median(runs):
        return _unmeasured(runs)
    return f"{_median(runs):.2f} s{_times(tool, runs, ours)}{_megabytes(runs)}"


def _long(tool: str, runs: list[Run], ours: float) -> str:
    """A cell of the summary."""
    if not _median(runs):
        return _unmeasured(runs)
    cpu = statistics.median(run.cpu_seconds for run in runs)
    return f"{min(r.seconds for r in runs):.2f} / {_median(runs):.2f} s{_times(tool, runs, ours)}, {cpu:.2f} s CPU{_megabytes(runs)}"


def _between(path: pathlib.Path, name: str, text: str) -> None:
    """Puts `text` between the marks of `name`, if the file has them."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    whole = path.read_text() if path.exists() else ""
    if begin in whole and end in whole:
        before, rest = whole.split(begin, 1)
        path.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end, 1)[1]}")


def _said(*words: str) -> str:
    try:
        return subprocess.run(words, capture_output=True, text=True, cwd=ROOT).stdout.strip()
    except OSError:
        return "none"


@functools.cache
def commit() -> str:
    """Of which commit rowfold is, as far as the work tree tells."""
    return _said("git", "rev-parse", "--short=12", "HEAD") + ("+" if _said("git", "status", "--porcelain", "src", "Cargo.lock") else "")


def machine(options, runs) -> str:
    """What it was measured on and with."""
    from importlib.metadata import version

    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(line.split(":", 1)[1].strip() for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    facts = {
        "processor": f"{cpu}, {os.cpu_count()} logical",
        "memory": memory,
        "system": f"{platform.system()} {platform.release()}",
        "commit": ", ".join(dict.fromkeys(run.commit for run in runs)) + " (+: with changes)",
        "rowfold": _said(str(options.binaries / "rowfold"), "--version"),
        "rustc": _said("rustc", "--version"),
        "python": platform.python_version(),
        **{name: version(name) for name in ("duckdb", "polars", "datafusion", "chdb", "emoji")},
        "xan": _said(str(pathlib.Path(__file__).resolve().parent / ".xan" / "bin" / "xan"), "--version"),
    }
    return "\n".join(f"{name:10} {fact}" for name, fact in facts.items())
