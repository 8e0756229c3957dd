#!/usr/bin/env bash
# csvkit 2.2.0 with agate 1.14.2 (PyPI).
# csvcut, csvgrep and csvstack hand cells on as they are. csvsort and csvjoin, asked about another column, guess the type of every
# column first and write the phones back as numbers: the plus is gone, and with it the sign that they are international.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check csvkit==2.2.0 agate==1.14.2
cd "$work"
printf 'Name,Phone\nBruno,+61491570156\nAda,+12025550101\n' >contacts.csv
same() { printf '%s:\n%s\n' "$1" "$2"; [ "$2" = "$(printf '%b' "$3")" ]; }
same csvcut "$(venv/bin/csvcut -c Phone contacts.csv)" 'Phone\n+61491570156\n+12025550101'
same 'csvsort -c Name' "$(venv/bin/csvsort -c Name contacts.csv)" 'Name,Phone\nAda,12025550101\nBruno,61491570156'
