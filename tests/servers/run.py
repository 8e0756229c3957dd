"""Starts each server in turn, imports into it, and compares what came of it: run.py PROGRAM FOLDER [WORD]."""

import csv
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cases import CASES, ROWS
from servers import BEFORE, HOST, programs, service

PROGRAM, WORK, WORD = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
LINE = "{:34} {:>4} {:>8} {:>7} {:>5} {:>8} {:>9} {:>7}  {}"
NOTHING = ["-"] * 7


def free_ports(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for(port):
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def imported(case, folder, port, app):
    """Runs the import; a service behind a proxy has a name that only the proxy knows."""
    with open(folder / "contacts.csv", "w") as file:
        file.write("Name,Phone\n" + "".join(f"Contact {n},+2783{n:07}\n" for n in range(ROWS)))
    before = BEFORE.get(case.server)
    through = before is not None and before.proxy
    scheme = "https" if through or "ssl" in getattr(before, "words", {}).get("listen", "") else "http"
    host = f"{HOST}:{app}" if through else f"127.0.0.1:{port}"
    arguments = ["contacts.csv", "--endpoint", f"{scheme}://{host}/inbox/users/import", "--token", "test-token", *case.options]
    arguments += ["--proxy", f"http://127.0.0.1:{port}"] if through else []
    arguments += ["--cacert", str(WORK / "ca.pem")] if scheme == "https" else []
    arguments += [] if "--give-up-after" in case.options else ["--give-up-after", "60s"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    began = time.monotonic()
    run = subprocess.run([PROGRAM, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=150)
    return run, time.monotonic() - began


def differences(case, run, summary, messages, held):
    """What came out otherwise than expected."""
    rows, requests = summary["rows"], summary["requests"]
    if run.returncode != case.exit:
        yield f"exit {case.exit} expected"
    if (rows["accepted"], rows["refused"]) != (case.accepted, case.refused):
        yield f"{case.accepted} accepted and {case.refused} refused expected"
    if held["contacts"] != rows["accepted"]:
        yield f"the server holds {held['contacts']}"
    if requests["sent"] > case.requests:
        yield f"{case.requests} requests expected"
    if requests["throttled"] * 100 > requests["sent"] * case.throttled:
        yield f"{case.throttled} % throttled expected"
    if case.says not in run.stderr + messages:
        yield f"does not say: {case.says}: {run.stderr[-300:]}"


def outcome(case, folder, port, app, held_at):
    """The line of the table, and what is not as expected."""
    run, seconds = imported(case, folder, port, app)
    summary = json.loads((folder / "contacts.results/summary.json").read_text())
    held = {"contacts": 0}
    if held_at:
        held = json.load(urllib.request.urlopen(f"http://127.0.0.1:{held_at}/held", timeout=5))
    with open(folder / "contacts.results/results.csv", newline="") as file:
        messages = "\n".join(row["message"] for row in csv.DictReader(file))
    rows, requests = summary["rows"], summary["requests"]
    figures = [run.returncode, rows["accepted"], rows["refused"], rows["unconfirmed"] + rows["not_sent"],
               requests["sent"], requests["throttled"], f"{seconds:.1f}"]
    return figures, list(differences(case, run, summary, messages, held))


def stop(running):
    for server in running:
        server.terminate()
    for server in running:
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def tried(case):
    """Runs a case; None where a server is not there."""
    with tempfile.TemporaryDirectory() as name:
        folder, (port, app, second) = Path(name), free_ports(3)
        # Some servers become another user.
        folder.chmod(0o777)
        (folder / "hosts").write_text(f"127.0.0.1 {HOST}\n")
        started = programs(case.server, folder, port, app, second)
        if started is None:
            return None
        held_at = started[0][2] if service(case.server) else None
        running, log = [], open(folder / "log", "w")
        try:
            for command, variables, at in started:
                running.append(subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log, cwd=folder))
                if not wait_for(at):
                    return NOTHING, ["it does not start: " + (folder / "log").read_text()[-300:]]
            return outcome(case, folder, port, app, held_at)
        except (subprocess.TimeoutExpired, OSError, KeyError, ValueError) as error:
            return NOTHING, [f"{type(error).__name__}: {error}"[:300]]
        finally:
            stop(running)


def main():
    print(LINE.format("server", "exit", "accepted", "refused", "open", "requests", "throttled", "seconds", ""))
    failed, absent = 0, 0
    for case in CASES:
        if WORD not in case.name:
            continue
        done = tried(case)
        figures, wrong = done or (NOTHING, [])
        failed, absent = failed + bool(wrong), absent + (done is None)
        said = "not to be had" if done is None else "; ".join(wrong) or "as expected"
        print(LINE.format(case.name, *figures, said), flush=True)
    print(f"{failed} otherwise than expected, {absent} not to be had")
    sys.exit(1 if failed else 0)


main()
