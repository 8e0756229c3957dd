#!/usr/bin/env python3
"""Imports a made-up file once as a whole and once in shards, and compares what came of it: try_shards.py [--slurm] [ROWS].

m1import must be on the PATH, and GNU parallel; with --slurm the shards run as a job array of Slurm instead, and task 1 is killed
and requeued while it sends. Each of the two imports goes to a sandbox of its own. Prints every field of summary.json in which the
two differ; ends with 1 if one does that should not.
"""

import csv
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

SHARDS = 8
HERE = pathlib.Path(__file__).resolve().parent
# What may differ: names, times, and how the contacts went into requests. The requests of eight shards are not those of one run.
OTHER = ("endpoint", "job", "started", "finished", "seconds", "requests", "files.journal")


def make(path, rows):
    """Contacts of three countries: most of them valid, some twice, some with what is no number."""
    chance = random.Random(17)
    phones = []
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Name", "Phone", "Email"])
        for row in range(rows):
            if chance.random() < 0.02:
                phone = chance.choice(["", "12345", "n/a", "+999 123 456 789", "9.18E+11"])
            elif phones and chance.random() < 0.03:
                phone = chance.choice(phones)
            else:
                phone = chance.choice(
                    [f"+91 98{chance.randrange(10**8):08}", f"+27 82 {chance.randrange(10**7):07}", f"0049 151 {chance.randrange(10**8):08}"]
                )
                phones.append(phone)
            table.writerow([f"Person {row}", phone, f"p{row}@example.org" if row % 3 else ""])


class Sandbox:
    def __init__(self, *options):
        self.process = subprocess.Popen(["m1import", "sandbox", "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.endpoint = self.process.stdout.readline().strip()

    def contacts(self):
        """The numbers that it holds."""
        root = self.endpoint.split("/inbox")[0]
        request = urllib.request.Request(root + "/contacts", headers={"Authorization": "Bearer sandbox"})
        phones = [held["profile"]["userDetails"]["contact"]["phone"] for held in json.load(urllib.request.urlopen(request))]
        return [phone["prefix"] + phone["number"] for phone in phones]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def run(line, folder, expected=(0, 1)):
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True)
    if done.returncode not in expected:
        sys.exit(f"{line} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def slurm(folder, options):
    """A job array. Task 1 is requeued once it has sent something."""
    shutil.copy(HERE / "slurm" / "shards.sbatch", folder)
    line = ["sbatch", "--parsable", f"--array=1-{SHARDS}", "shards.sbatch", "contacts.csv", *options]
    job = run(line, folder).strip()
    journal = folder / f"contacts.1-of-{SHARDS}.results" / "journal.ndjson"
    while not (journal.exists() and journal.stat().st_size > 1000):
        time.sleep(0.05)
    run(["scontrol", "requeue", f"{job}_1"], folder)
    while run(["squeue", "--noheader", "--jobs", job], folder, expected=(0, 1)).strip():
        time.sleep(1)
    run(["m1import", "merge", *(f"contacts.{number}-of-{SHARDS}.results" for number in range(1, SHARDS + 1))], folder)


def accepted(folder):
    """The numbers that the table of a run calls accepted."""
    with open(folder / "results.csv", newline="", encoding="utf-8-sig") as file:
        return [row["prefix"] + row["number"] for row in csv.DictReader(file) if row["status"].startswith("accepted")]


def flat(value, path=""):
    if isinstance(value, dict) and value:
        return {k: v for key, inner in value.items() for k, v in flat(inner, f"{path}.{key}" if path else key).items()}
    return {path: value}


def main():
    with_slurm = "--slurm" in sys.argv
    rows = next((int(word) for word in sys.argv[1:] if word.isdigit()), 20_000)
    work = pathlib.Path(tempfile.mkdtemp(prefix="shards-"))
    whole, parts = work / "whole", work / "parts"
    for folder in (whole, parts):
        folder.mkdir()
        make(folder / "contacts.csv", rows)
    one, many = Sandbox(), Sandbox(*(["--latency", "400ms"] if with_slurm else []))
    run(["m1import", "contacts.csv", "--endpoint", one.endpoint, "--token", "sandbox", "--quiet"], whole)
    options = ["--endpoint", many.endpoint, "--token", "sandbox"]
    if with_slurm:
        slurm(parts, options)
    else:
        run(["bash", str(HERE / "parallel" / "shards.sh"), str(SHARDS), "contacts.csv", *options], parts)
    try:
        wrong = compare(whole, parts, one, many)
    finally:
        one.stop()
        many.stop()
        shutil.rmtree(work)
    sys.exit(1 if wrong else 0)


def compare(whole, parts, one, many):
    results = [parts / f"contacts.{number}-of-{SHARDS}.results" for number in range(1, SHARDS + 1)]
    sent = [set(accepted(folder)) for folder in results]
    everything = set(accepted(whole / "contacts.results"))
    wrong = []
    if sum(map(len, sent)) != len(set().union(*sent)):
        wrong.append("a number was sent by two shards")
    if set().union(*sent) != everything:
        wrong.append("the shards sent other numbers than the one run")
    held, again = one.contacts(), many.contacts()
    if set(held) != everything or set(again) != everything:
        wrong.append("the sandboxes hold other numbers")
    print(f"rows {sum(1 for _ in open(whole / 'contacts.csv')) - 1}; sent by the one run {len(everything)}, by the shards {[len(part) for part in sent]}, together {sum(map(len, sent))}")
    print(f"held: {len(set(held))} and {len(set(again))}")
    merged = parts / "contacts.results"
    for name in ("results.csv", "rejected.csv"):
        # What a task had sent before it was killed is accepted_before in the table of the one that resumed.
        table = (merged / name).read_bytes()
        before = table.count(b",accepted_before,")
        same = (whole / "contacts.results" / name).read_bytes() == table.replace(b",accepted_before,", b",accepted,")
        print(f"{name}: {'byte for byte the same' if same else 'differs'}{f', but for {before} accepted_before' if before else ''}")
        if not same or (before and "--slurm" not in sys.argv):
            wrong.append(name)
    single = flat(json.loads((whole / "contacts.results" / "summary.json").read_text()))
    together = flat(json.loads((merged / "summary.json").read_text()))
    differing = [path for path in sorted(single.keys() | together.keys()) if single.get(path) != together.get(path)]
    print(f"summary.json: {len(single.keys() | together.keys()) - len(differing)} fields the same; these differ (one run, merged):")
    for path in differing:
        print(f"  {path}: {single.get(path)} | {together.get(path)}")
        resumed = "--slurm" in sys.argv and path in ("rows.accepted", "rows.accepted_before")
        if not path.startswith(OTHER) and not resumed:
            wrong.append(path)
    for what in wrong:
        print("wrong:", what)
    return wrong


main()
