"""One peer, one work, one process: `peer.py TOOL WORK PATH THREADS`.

The answer goes to stdout as CSV; to stderr goes one JSON line: the seconds of the query alone (without starting Python and
importing the peer, which a user of its library does once) and the peak resident memory of this process.
"""

import csv
import json
import os
import sys
import time


def answer_of_duckdb(work, path, threads):
    import duckdb

    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    started = time.perf_counter()
    query = work.duckdb
    if work.emojis:
        import emojis

        keys = emojis.keys()
        connection.execute("CREATE TABLE keys(sequence VARCHAR, key VARCHAR)")
        rows = ", ".join(f"('{sequence}', '{key}')" for sequence, key in keys.items())
        connection.execute(f"INSERT INTO keys VALUES {rows}")
        query = query.replace("{runs}", emojis.runs(keys)).replace("{pattern}", emojis.pattern(keys))
    connection.execute(
        f"""CREATE VIEW t AS SELECT * FROM read_csv('{path}', header = true, delim = '{work.data.delimiter}', quote = '"',
            escape = '"', all_varchar = true, auto_detect = true, max_line_size = 16777216)"""
    )
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    return time.perf_counter() - started, columns, rows


def answer_of_polars(work, path, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    started = time.perf_counter()
    frame = pl.scan_csv(path, separator=work.data.delimiter, infer_schema=False)
    answer = work.polars(pl, frame).collect(engine="streaming")
    return time.perf_counter() - started, answer.columns, answer.rows()


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main():
    import works

    tool, name, path, threads = sys.argv[1:]
    answer = {"duckdb": answer_of_duckdb, "polars": answer_of_polars}[tool]
    seconds, columns, rows = answer(works.find(name), path, int(threads))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    print(json.dumps({"seconds": seconds, "peak_rss_bytes": peak_bytes()}), file=sys.stderr)


if __name__ == "__main__":
    main()
