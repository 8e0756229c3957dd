"""Starts each server in turn, imports into it, and compares what came of it: run.py PROGRAM FOLDER [WORD]."""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM, WORK, WORD = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
HERE = Path(__file__).parent
ROWS = 2000
DEBIAN = WORK / "debian"
PLATFORM = next(iter((DEBIAN / "usr/lib").glob("*-linux-gnu*")), DEBIAN)


@dataclass
class Case:
    """A server, options of the import, and what must come of it."""

    name: str
    server: str
    options: list = field(default_factory=list)
    exit: int = 0
    accepted: int = ROWS
    refused: int = 0
    # A word of standard error or of the messages in results.csv.
    says: str = ""
    # The endpoint is behind a proxy of that kind, which refuses.
    proxy: bool = False


VALIDATED = {"exit": 1, "accepted": ROWS - 2, "refused": 2, "says": "is not a number"}
CASES = [
    Case("express 4, defaults", "express4"),
    Case("express 5, defaults", "express5"),
    Case("express 5, bodies over 100 kB", "express5", ["--batch-size", "2000", "--batch-bytes", "1MB"], says="[server.batch_too_large]"),
    Case("express 5, gzip unasked", "express5-gzip"),
    Case("express 5, 500 for two contacts", "express5-500", **{**VALIDATED, "says": "cannot read number"}),
    *[Case(name, name, **VALIDATED) for name in ["express-validator", "zod", "zod-treeify", "celebrate"]],
    Case("Fastify, schema", "fastify-schema", **{**VALIDATED, "says": "must NOT be valid"}),
    Case("NestJS, class-validator", "nest", **VALIDATED),
    Case("FastAPI, pydantic", "fastapi", **VALIDATED),
    Case("express-rate-limit, draft-8", "express-rate-limit"),
    Case("express-rate-limit, no header", "express-rate-limit-silent"),
    Case("@fastify/rate-limit", "fastify-rate-limit"),
    Case("NestJS, named throttlers", "nest-throttler", **VALIDATED),
    Case("nginx, limit_req 5r/s", "nginx-limit"),
    Case("nginx, bodies up to 10 kB", "nginx-small", says="[server.batch_too_large]"),
    Case("nginx, header of 9 kB", "nginx", ["--header", "X-Long: " + "x" * 9000], 78, 0, says="[server.headers_too_large]"),
    Case("HAProxy, defaults", "haproxy"),
    Case("tinyproxy, CONNECT denied", "tinyproxy", [], 78, 0, says="answered 403 to CONNECT", proxy=True),
    Case("squid, CONNECT denied", "squid", [], 78, 0, says="answered 403 to CONNECT", proxy=True),
    Case("mitmproxy, unknown host", "mitmproxy", ["--give-up-after", "5s"], 75, 0, says="answered 502 to CONNECT", proxy=True),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def binary(name):
    """A program of the system, or of a package that was unpacked."""
    unpacked = [folder / name for folder in (DEBIAN / "usr/sbin", DEBIAN / "usr/bin") if (folder / name).exists()]
    return shutil.which(name) or (str(unpacked[0]) if unpacked else None)


NGINX = """daemon off; master_process off; error_log stderr; pid {folder}/nginx.pid;
events {{}} http {{ access_log off;
client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
scgi_temp_path {folder}/e; {http}
server {{ listen 127.0.0.1:{port}; location / {{ {location} proxy_pass http://127.0.0.1:{app}; }} }} }}
"""
CONFIGURATIONS = {
    "nginx": ("nginx", NGINX, "", ""),
    "nginx-small": ("nginx", NGINX, "", "client_max_body_size 10k;"),
    "nginx-limit": ("nginx", NGINX, "limit_req_zone $binary_remote_addr zone=all:1m rate=5r/s;", "limit_req zone=all;"),
    "haproxy": ("haproxy", "defaults\n mode http\n timeout connect 2s\n timeout client 9s\n timeout server 9s\n"
                "frontend in\n bind 127.0.0.1:{port}\n default_backend app\nbackend app\n server app 127.0.0.1:{app}\n", "", ""),
    "tinyproxy": ("tinyproxy", "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nConnectPort 80\n", "", ""),
    "squid": ("squid", "http_port 127.0.0.1:{port}\nhttp_access deny all\npid_filename {folder}/squid.pid\nmime_table "
              + str(DEBIAN) + "/usr/share/squid/mime.conf\nicon_directory " + str(DEBIAN) + "/usr/share/squid/icons\n"
              "error_directory " + str(DEBIAN) + "/usr/share/squid/errors/templates\ncache_log /dev/null\n"
              "pinger_enable off\nunlinkd_program " + str(DEBIAN) + "/usr/lib/squid/unlinkd\naccess_log none\ncache_store_log none\nnetdb_filename none\nshutdown_lifetime 1 second\ncoredump_dir {folder}\n", "", ""),
}


def commands(case, folder, port, app):
    """The programs to start, or None where one of them is not there."""
    python, node = WORK / "python/bin", shutil.which("node")
    shutil.copy(HERE / "app.js", WORK / "npm")
    service = lambda name, at: [node, str(WORK / "npm/app.js"), name, str(at)] if node else None
    if case.server == "fastapi":
        return [[str(python / "uvicorn"), "--app-dir", str(HERE), "app:app", "--port", str(port), "--log-level", "error"]]
    if case.server == "mitmproxy":
        return [[str(python / "mitmdump"), "-q", "--listen-host", "127.0.0.1", "-p", str(port), "--set", "connection_strategy=eager",
                 "--set", f"confdir={folder}"]]
    if case.server not in CONFIGURATIONS:
        return [service(case.server, port)]
    name, template, http, location = CONFIGURATIONS[case.server]
    path = folder / "server.conf"
    path.write_text(template.format(folder=folder, port=port, app=app, http=http, location=location))
    options = {"nginx": ["-p", str(folder), "-c", str(path)], "haproxy": ["-db", "-f", str(path)],
               "tinyproxy": ["-d", "-c", str(path)], "squid": ["-N", "-f", str(path)]}[name]
    found = binary(name)
    return ([] if case.proxy else [service("express5", app)]) + [[found, *options] if found else None]


def wait_for(port):
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def imported(case, folder, port):
    with open(folder / "contacts.csv", "w") as file:
        file.write("Name,Phone\n" + "".join(f"Contact {n},+2783{n:07}\n" for n in range(ROWS)))
    host = "https://service.invalid" if case.proxy else f"http://127.0.0.1:{port}"
    arguments = ["contacts.csv", "--endpoint", f"{host}/inbox/users/import", "--token", "test-token", *case.options]
    arguments += ["--proxy", f"http://127.0.0.1:{port}"] if case.proxy else []
    arguments += [] if "--give-up-after" in case.options else ["--give-up-after", "60s"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    began = time.monotonic()
    run = subprocess.run([PROGRAM, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=150)
    return run, time.monotonic() - began


def outcome(case, folder, port, app):
    """The line of the table, and whether it is as expected."""
    run, seconds = imported(case, folder, port)
    summary = json.loads((folder / "contacts.results/summary.json").read_text())
    rows, requests = summary["rows"], summary["requests"]
    held = {"contacts": 0}
    if not case.proxy:
        at = app if case.server in CONFIGURATIONS else port
        held = json.load(urllib.request.urlopen(f"http://127.0.0.1:{at}/held", timeout=5))
    with open(folder / "contacts.results/results.csv", newline="") as file:
        messages = "\n".join(row["message"] for row in csv.DictReader(file))
    wrong = []
    if run.returncode != case.exit:
        wrong.append(f"exit {case.exit} expected")
    if (rows["accepted"], rows["refused"]) != (case.accepted, case.refused):
        wrong.append(f"{case.accepted} accepted and {case.refused} refused expected")
    if held["contacts"] != rows["accepted"]:
        wrong.append(f"the server holds {held['contacts']}")
    if case.says not in run.stderr + messages:
        wrong.append(f"does not say: {case.says}: {run.stderr[-300:]}")
    figures = [run.returncode, rows["accepted"], rows["refused"], rows["unconfirmed"] + rows["not_sent"],
               requests["sent"], requests["throttled"], f"{seconds:.1f}"]
    return figures, wrong


def tried(case):
    """Runs a case; None where a server is not there."""
    with tempfile.TemporaryDirectory() as name:
        folder, port, app = Path(name), free_port(), free_port()
        folder.chmod(0o755)
        programs = commands(case, folder, port, app)
        if not all(programs):
            return None
        libraries = f"{PLATFORM}:{DEBIAN}/usr/lib"
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries} if case.server in CONFIGURATIONS else os.environ
        log = open(folder / "log", "w")
        running = []
        try:
            for program in programs:
                env = os.environ if program[0].endswith("node") else environment
                running.append(subprocess.Popen(program, env=env, stdout=log, stderr=log, cwd=folder))
            ports = [port] + ([app] if len(programs) > 1 else [])
            if not all(wait_for(at) for at in ports):
                return ["-"] * 7, ["it does not start: " + (folder / "log").read_text()[-300:]]
            return outcome(case, folder, port, app)
        except (subprocess.TimeoutExpired, OSError, KeyError, ValueError) as error:
            return ["-"] * 7, [f"{type(error).__name__}: {error}"[:300]]
        finally:
            for server in running:
                server.terminate()
            for server in running:
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()


def main():
    line = "{:34} {:>4} {:>8} {:>7} {:>5} {:>8} {:>9} {:>7}  {}"
    print(line.format("server", "exit", "accepted", "refused", "open", "requests", "throttled", "seconds", ""))
    failed = 0
    for case in CASES:
        if WORD not in case.name:
            continue
        done = tried(case)
        figures, wrong = done or (["-"] * 7, [])
        failed += bool(wrong)
        said = "not to be had" if done is None else "; ".join(wrong) or "as expected"
        print(line.format(case.name, *figures, said), flush=True)
    print(f"{failed} otherwise than expected")
    sys.exit(1 if failed else 0)


main()
