"""Writes the contacts with each writer, imports the file into a sandbox, and compares: run.py PROGRAM FOLDER [WORD].

`lost` counts the contacts that the writer itself changes, or that are rejected with a reason: `LOSSES` in writers.py says
which, and what is read of them is compared all the same.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from contacts import contacts
from writers import LOSSES, WRITERS

PROGRAM, WORK, WORD = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
SEED = int(os.environ.get("SEED", "1"))
LINE = "{:36} {:>8} {:>6} {:>6} {:>7}  {}"


def imported(path, folder):
    """The contacts that a sandbox holds after the import, by phone; and how the import ended."""
    sandbox = subprocess.Popen([PROGRAM, "sandbox", "--port", "0", "--token", "sandbox"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = sandbox.stdout.readline().strip()
        words = [PROGRAM, path, "--endpoint", address, "--token", "sandbox", "--default-country", "DE", "-o", folder / "results"]
        done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        listing = "/".join(address.split("/")[:3]) + "/contacts"
        request = urllib.request.Request(listing, headers={"Authorization": "Bearer sandbox"})
        found = {}
        for one in json.load(urllib.request.urlopen(request)):
            person = one["profile"]["userDetails"]
            phone = person["contact"]["phone"]
            number = "+" + phone["prefix"] + phone["number"]
            found[number] = (person["userProvidedName"], person["contact"].get("email", ""), person["tags"])
        return found, done
    finally:
        sandbox.kill()
        sandbox.wait()


def compared(rows, found):
    """What differs, in words."""
    differences = []
    for name, _, meant, email, tags in rows:
        # A line break in a name is a blank.
        wanted = (name.replace("\n", " "), email, tags)
        got = found.get(meant)
        if got is None:
            differences.append(f"{meant} is missing")
            continue
        for field, one, other in zip(["name", "e-mail", "tags"], wanted, got):
            if one != other:
                differences.append(f"{meant} {field}: {one!r} is read as {other!r}")
    meant = {row[2] for row in rows}
    differences.extend(f"{number} was never written" for number in found if number not in meant)
    return differences


def main():
    rows = contacts(SEED)
    print(LINE.format("writer", "contacts", "read", "lost", "differ", "how it ended"))
    wrong = []
    for name, write, is_refused in WRITERS:
        if WORD.lower() not in name.lower():
            continue
        with tempfile.TemporaryDirectory(dir=WORK) as folder:
            try:
                path = write(rows, Path(folder))
            except (OSError, ImportError, subprocess.SubprocessError) as error:
                output = getattr(error, "stderr", None) or b""
                print(LINE.format(name, "-", "-", "-", "-", f"cannot write: {error} {output[-200:]!r}"))
                continue
            if path is None:
                print(LINE.format(name, "-", "-", "-", "-", "not on this machine"))
                continue
            found, done = imported(path, Path(folder))
            said = done.stderr.strip().splitlines()
            lost = 0
            if is_refused:
                differences = [] if done.returncode == 65 and not found else ["it is not refused"]
            else:
                left = [row for row in map(LOSSES.get(name, tuple), rows) if row]
                lost = sum(LOSSES.get(name, tuple)(row) != row for row in rows)
                differences = compared(left, found)
            why = said[0].split(": ", 2)[-1][:90] if is_refused and said else ""
            print(LINE.format(name, len(rows), len(found), lost, len(differences), f"{done.returncode} {why}".rstrip()))
            for difference in differences[:4]:
                print(f"    {difference}")
            wrong += [name] if differences else []
    print(f"{len(wrong)} writers differ: {', '.join(wrong)}" if wrong else "no differences")
    return 1 if wrong else 0


sys.exit(main())
