#!/usr/bin/env python3
"""Measures what peers.sh has prepared, and prints the table."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS, PEERS, FILES = (str(Path(os.environ[name]).resolve()) for name in ("M1IMPORT", "PEERS", "FILES"))
BEFORE = os.environ.get("BEFORE")
ROUNDS = int(os.environ.get("ROUNDS", 7))
MOST = int(os.environ.get("MOST", 10_000_000))
PORT, SLOW_PORT = 18931, 18932
# What the slow server takes for an answer, in seconds; what is sent at once by default.
ANSWER, IN_FLIGHT, REQUEST = 0.05, 8, 100
UNITS = ("wall s", "CPU s", "MiB")
work = Path(tempfile.mkdtemp())


def file(rows, kind):
    """A file of so many contacts; it is made where it is not there yet."""
    path = Path(FILES) / f"{rows}.{kind}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"draft.{kind}")
        subprocess.run([sys.executable, HERE / "contacts.py", str(rows), draft], check=True)
        draft.rename(path)
    # Both sides read it from memory.
    with open(path, "rb") as contents:
        while contents.read(1 << 24):
            pass
    return str(path)


def run(*command):
    """Wall and CPU seconds and MiB of peak memory of a command; our exit code 1 says that some rows were not sent."""
    with open(work / "out", "w") as out:
        begin = time.perf_counter()
        timed = ["/usr/bin/time", "-o", work / "peak", "-f", "%M", *command]
        process = subprocess.Popen(timed, stdout=out, stderr=out, env=os.environ | {"M1IMPORT_TOKEN": "bench"})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0, 1) if command[0] in (OURS, BEFORE) else (0,)):
        sys.exit(f"{' '.join(map(str, command))}\n{(work / 'out').read_text()}")
    return wall, used.ru_utime + used.ru_stime, int((work / "peak").read_text().split()[-1]) / 1024


def check(binary, path):
    return lambda: run(binary, "check", path, "--quiet")


def imported(binary, path, *options, port=PORT):
    shutil.rmtree(work / "results", ignore_errors=True)
    return run(binary, path, "--endpoint", f"http://127.0.0.1:{port}/inbox/users/import", "--quiet", "--restart",
               "--output-dir", work / "results", *options)


def large_requests(binary, path):
    return lambda: imported(binary, path, "--batch-size", "1000", "--batch-bytes", "1MB")


def forwarded(path):
    return lambda: run(f"{PEERS}/bin/meilisearch-importer", "--url", f"http://127.0.0.1:{PORT}", "--index", "contacts",
                       "--files", path, "--batch-size", "100kB", "--jobs", "4")


def counted(table):
    query = f"select count(distinct prefix || phone) from {table}"
    return lambda: run(f"{PEERS}/bin/python", "-c", "import duckdb, sys; duckdb.sql(sys.argv[1]).fetchall()", query)


def cells(path):
    read = "import sys, python_calamine as c; c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()"
    return lambda: run(f"{PEERS}/bin/python", "-c", read, path)


def in_turn(**sides):
    """What each side took in each round."""
    taken = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            taken[name].append(side())
    return taken


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def line(what, unit, ours, beside="", theirs=None, digits=None):
    """A line of the table; the ratio is the median of those of the rounds."""
    digits = digits or (1 if unit in ("MiB", "ms") else 3 if statistics.median(ours) < 0.1 else 2)
    other = spread(theirs, digits) if theirs else ""
    ratio = f"{statistics.median(a / b for a, b in zip(ours, theirs)):.2f}" if theirs else ""
    print(f"| {what} | {unit} | {spread(ours, digits)} | {beside} | {other} | {ratio} |", flush=True)


def lines(what, taken, **names):
    """A line for each unit and each side but ours."""
    for side, name in names.items():
        for unit, ours, theirs in zip(UNITS, zip(*taken["ours"]), zip(*taken[side])):
            line(what, unit, ours, name, theirs)


def with_before(kind, path):
    return {"before": kind(BEFORE, path)} if BEFORE else {}


def beside_before():
    return {"before": "the build before"} if BEFORE else {}


def checks_of_csv():
    """The growth of `check`, beside DuckDB from a million rows on."""
    cost, cost_before = {}, {}
    for rows in (10_000, 100_000, 1_000_000, 10_000_000):
        if rows > MOST:
            break
        path, peer = file(rows, "csv"), {}
        if rows >= 1_000_000:
            peer = {"duckdb": counted(f"read_csv('{path}', all_varchar = true)")}
        taken = in_turn(ours=check(OURS, path), **peer, **with_before(check, path))
        names = {"duckdb": "DuckDB, `count(distinct)`"} if peer else {}
        if peer or BEFORE:
            lines(f"`check`, CSV, {rows:,} rows", taken, **names, **beside_before())
        else:
            line(f"`check`, CSV, {rows:,} rows", "CPU s", [cpu for _, cpu, _ in taken["ours"]])
        cost[rows] = [1e6 * cpu / rows for _, cpu, _ in taken["ours"]]
        cost_before[rows] = [1e6 * cpu / rows for _, cpu, _ in taken.get("before", [])]
    for found, name in ((cost, ""), (cost_before, ", the build before")):
        if MOST >= 10_000_000 and found[10_000_000]:
            line(f"`check`, CSV{name}, a row of 10,000,000", "CPU µs", found[10_000_000], "a row of 1,000,000",
                 found[1_000_000], 3)


def checks_of_others():
    for kind in ("ndjson", "json"):
        path = file(1_000_000, kind)
        taken = in_turn(ours=check(OURS, path), duckdb=counted(f"read_json('{path}')"), **with_before(check, path))
        lines(f"`check`, {kind}, 1,000,000 rows", taken, duckdb="DuckDB, `count(distinct)`", **beside_before())
    path = file(200_000, "xlsx")
    taken = in_turn(ours=check(OURS, path), calamine=cells(path), **with_before(check, path))
    lines("`check`, .xlsx, 200,000 rows", taken, calamine="calamine, `to_python()`", **beside_before())


def imports():
    for rows in (200_000, 1_000_000):
        path = file(rows, "csv")
        taken = in_turn(ours=large_requests(OURS, path), forward=forwarded(path), **with_before(large_requests, path))
        lines(f"import, CSV, {rows:,} rows, 1,000 a request", taken, forward="meilisearch-importer", **beside_before())


def only_changed():
    """Nothing changed, and one row in a thousand, beside a check of the same file."""
    path = file(1_000_000, "csv")
    changed, known, kept = str(work / "changed.csv"), str(work / "known"), str(work / "kept")
    with open(path, encoding="utf-8") as before, open(changed, "w", encoding="utf-8") as after:
        after.writelines("Changed " + row if number % 1000 == 500 and row[0] != '"' else row
                         for number, row in enumerate(before))

    def night(file):
        def import_():
            shutil.copy(kept, known)
            return imported(OURS, file, "--batch-size", "1000", "--batch-bytes", "1MB", "--only-changed", known)
        return import_

    imported(OURS, path, "--batch-size", "1000", "--batch-bytes", "1MB", "--only-changed", kept)
    taken = in_turn(ours=night(path), check=check(OURS, path))
    lines("`--only-changed`, 1,000,000 rows, none changed", taken, check="`check` of the same file")
    taken = in_turn(ours=night(changed), check=check(OURS, changed))
    lines("`--only-changed`, 1,000,000 rows, 0.1 % changed", taken, check="`check` of the same file")


def slow_answers():
    """An import with defaults into a server that takes its time, beside what is possible then."""
    rows = 200_000
    path = file(rows, "csv")
    taken = [imported(OURS, path, port=SLOW_PORT)[0] for _ in range(ROUNDS)]
    possible = rows_sent() / (IN_FLIGHT * REQUEST / ANSWER)
    line(f"import with defaults, CSV, {rows:,} rows, 50 ms an answer", "wall s", taken,
         f"{IN_FLIGHT} × {REQUEST} / 50 ms", ROUNDS * [possible])


def rows_sent():
    import json
    return json.loads((work / "results" / "summary.json").read_text())["rows"]["accepted"]


def starts():
    ten = work / "ten.csv"
    with open(file(10_000, "csv"), encoding="utf-8") as rows:
        ten.write_text("".join(next(rows) for _ in range(11)), encoding="utf-8")
    for what, command in (("start, `--version`", [OURS, "--version"]),
                          ("`check`, CSV, 10 rows", [OURS, "check", ten, "--quiet"])):
        taken = []
        for _ in range(21):
            begin = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            taken.append(1000 * (time.perf_counter() - begin))
        line(what, "ms", taken)


def main():
    servers = [subprocess.Popen([sys.executable, HERE / "answer.py", *map(str, words)])
               for words in ([PORT], [SLOW_PORT, ANSWER])]
    try:
        time.sleep(1)
        print("| what | | m1import | beside | | ratio |\n|---|---|---|---|---|---|", flush=True)
        for part in (starts, checks_of_csv, checks_of_others, imports, only_changed, slow_answers):
            part()
    finally:
        for server in servers:
            server.terminate()
        shutil.rmtree(work, ignore_errors=True)


main()
