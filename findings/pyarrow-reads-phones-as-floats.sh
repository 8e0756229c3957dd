#!/usr/bin/env bash
# pyarrow 26.0.1 (PyPI).
# Its CSV reader infers a type for each column. Whole numbers make int64, but a sign "+" in front of one is no integer for it, and is one
# for floats: a column of international phones becomes double, and as text they are 12025550101.0 or 1.2025550101e+10.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
"$work/venv/bin/python" - <<'PYTHON'
import io
from pyarrow import csv

for cells, kind in ((["12025550101", "61491570156"], "int64"), (["+12025550101", "+61491570156"], "double")):
    column = csv.read_csv(io.BytesIO(("Phone\n" + "\n".join(cells) + "\n").encode()))["Phone"]
    print(cells, "->", column.type, column.to_pylist())
    assert str(column.type) == kind, column.type
PYTHON
