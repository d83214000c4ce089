"""One peer, one work, one process: `peer.py TOOL WORK PATH THREADS [OUT]`.

The answer goes to stdout as CSV, or to the file OUT where the work writes one; a work through a pipe reads stdin, and of PATH the
header only. To stderr goes one JSON line: the seconds of the query alone (without starting Python and importing the peer, which a
user of its library does once) and the peak resident memory: of this process; for xan, of all processes of its pipeline.
"""

import csv
import json
import os
import pathlib
import subprocess
import sys
import time

import works

HERE = pathlib.Path(__file__).resolve().parent


class Input:
    """What is read, as peers have to be told."""

    def __init__(self, work, path):
        self.data, self.piped = work.data, work.pipe
        self.path = "/dev/stdin" if self.piped else path
        self.columns = self.data.columns(path)

    def declared(self, types, quote='"'):
        """Its columns as SQL declares them, types by name in `types`."""
        return ", ".join(f"{quote}{name}{quote} {types[kind]}" for name, kind in self.columns.items())


def emojis_in(query, escape=lambda text: text):
    """`query` with the patterns of emojis in it, and the rows of the table `keys`."""
    import emojis

    keys = emojis.keys()
    parts = {"{runs}": emojis.runs(keys), "{pattern}": emojis.pattern(keys), "{members}": emojis.members(keys)}
    for name, part in parts.items():
        query = query.replace(name, escape(part))
    return query, ", ".join(f"('{sequence}', '{key}')" for sequence, key in keys.items())


def ask_duckdb(work, read, threads, out):
    import duckdb

    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    started = time.perf_counter()
    query = work.text("duckdb")
    if work.emojis:
        query, rows = emojis_in(query)
        connection.execute("CREATE TABLE keys(sequence VARCHAR, key VARCHAR)")
        connection.execute(f"INSERT INTO keys VALUES {rows}")
    types = {"text": "'VARCHAR'", "integer": "'BIGINT'", "real": "'DOUBLE'"}
    columns = ", ".join(f"'{name}': {types[kind]}" for name, kind in read.columns.items())
    compression = {"": "none", ".gz": "gzip", ".zst": "zstd"}[read.data.compressed]
    connection.execute(
        f"""CREATE VIEW t AS SELECT * FROM read_csv('{read.path}', header = true, delim = '{read.data.delimiter}', quote = '"',
            escape = '"', columns = {{{columns}}}, auto_detect = false, compression = '{compression}', max_line_size = 16777216)"""
    )
    if out:
        connection.execute(f"COPY ({query}) TO '{out}' (FORMAT csv, HEADER)")
        return time.perf_counter() - started, None, None
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    return time.perf_counter() - started, columns, rows


def ask_polars(work, read, threads, out):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    started = time.perf_counter()
    types = {"text": pl.String, "integer": pl.Int64, "real": pl.Float64}
    schema = {name: types[kind] for name, kind in read.columns.items()}
    source = sys.stdin.buffer if read.piped else read.path
    answer = work.text("polars")(pl, pl.scan_csv(source, separator=read.data.delimiter, schema=schema))
    if out:
        answer.sink_csv(out)
        return time.perf_counter() - started, None, None
    answer = answer.collect(engine="streaming")
    return time.perf_counter() - started, answer.columns, answer.rows()


def ask_datafusion(work, read, threads, out):
    import datafusion

    settings = datafusion.SessionConfig({"datafusion.execution.target_partitions": str(threads)})
    context = datafusion.SessionContext(settings)
    started = time.perf_counter()
    query = work.text("datafusion")
    if work.emojis:
        query, rows = emojis_in(query)
        context.sql(f"CREATE TABLE keys AS SELECT column1 AS sequence, column2 AS key FROM (VALUES {rows})")
    compression = {"": "uncompressed", ".gz": "gzip", ".zst": "zstd"}[read.data.compressed]
    context.sql(
        f"""CREATE EXTERNAL TABLE t({read.declared({"text": "VARCHAR", "integer": "BIGINT", "real": "DOUBLE"})})
            STORED AS CSV LOCATION '{read.path}' OPTIONS('format.has_header' 'true', 'format.delimiter' '{read.data.delimiter}',
            'format.newlines_in_values' '{str(read.data.multiline).lower()}', 'format.compression' '{compression}')"""
    )
    if out:
        context.sql(f"COPY ({query}) TO '{out}' STORED AS CSV OPTIONS('format.has_header' 'true')").collect()
        return time.perf_counter() - started, None, None
    batches = context.sql(query).collect()
    columns = batches[0].schema.names
    rows = [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns))]
    return time.perf_counter() - started, columns, rows


def ask_chdb(work, read, threads, out):
    import chdb.session

    session = chdb.session.Session()
    started = time.perf_counter()
    query = work.text("chdb")
    if work.emojis:
        query, rows = emojis_in(query, lambda pattern: pattern.replace("\\", "\\\\"))
        session.query("CREATE TABLE keys(sequence String, key String) ENGINE = Memory")
        session.query(f"INSERT INTO keys VALUES {rows}")
    # An empty number is NULL; an empty text is a text, which spares the peer a map of NULLs.
    types = {"text": "String", "integer": "Nullable(Int64)", "real": "Nullable(Float64)"}
    compression = {"": "none", ".gz": "gz", ".zst": "zstd"}[read.data.compressed]
    table = f"file('{read.path}', 'CSVWithNames', '{read.declared(types, '`')}', '{compression}')"
    session.query(f"CREATE VIEW t AS SELECT * FROM {table}")
    settings = f"SETTINGS max_threads = {threads}, format_csv_delimiter = '{read.data.delimiter}', engine_file_truncate_on_insert = 1"
    if out:
        session.query(f"INSERT INTO FUNCTION file('{out}', 'CSVWithNames') {query} {settings}")
        return time.perf_counter() - started, None, None
    answer = session.query(f"{query} {settings}", "CSVWithNames").bytes().decode()
    seconds = time.perf_counter() - started
    columns, *rows = csv.reader(answer.splitlines(), delimiter=read.data.delimiter)
    return seconds, columns, rows


def ask_xan(work, read, threads, out):
    own = f"{HERE / '.xan' / 'bin'}:{os.environ['PATH']}"
    words = {"PATH": own, "F": read.path, "D": read.data.delimiter, "T": str(threads), "OUT": out or ""}
    started = time.perf_counter()
    process = subprocess.Popen(["bash", "-euo", "pipefail", "-c", work.text("xan")], stdout=subprocess.PIPE, env=os.environ | words)
    os.set_blocking(process.stdout.fileno(), False)
    answer, peaks = b"", {}
    while process.poll() is None:
        time.sleep(0.005)
        answer += process.stdout.read() or b""
        peaks |= {pid: peak for pid in below(process.pid) if (peak := peak_bytes(pid))}
    answer += process.stdout.read() or b""
    if process.returncode != 0:
        sys.exit(1)
    ask_xan.peak = sum(peaks.values())
    columns, *rows = csv.reader(answer.decode().splitlines()) if answer else [None]
    return time.perf_counter() - started, columns, rows


def below(pid):
    """`pid` and what descends from it."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(descendant for child in children for descendant in below(int(child)))]


def peak_bytes(pid="self"):
    """The peak resident memory of a process: VmHWM, since ru_maxrss of a child carries its parent's; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def main():
    tool, name, path, threads, *out = sys.argv[1:]
    work = works.find(name)
    ask = {"duckdb": ask_duckdb, "polars": ask_polars, "datafusion": ask_datafusion, "chdb": ask_chdb, "xan": ask_xan}[tool]
    seconds, columns, rows = ask(work, Input(work, path), int(threads), out[0] if out else None)
    if columns:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(json.dumps({"seconds": seconds, "peak_rss_bytes": getattr(ask, "peak", 0) or peak_bytes()}), file=sys.stderr)


if __name__ == "__main__":
    main()
