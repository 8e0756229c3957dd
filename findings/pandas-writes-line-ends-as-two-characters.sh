#!/usr/bin/env bash
# pandas 3.0.3 (PyPI).
# DataFrame.to_html writes a line end within a cell as a backslash and the letter n, and no <br>: the page shows them, and every program that
# reads the table back gets two characters of text, its own read_html too. A name of two lines is another name afterwards.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.0.3 lxml==6.1.3
"$work/venv/bin/python" - <<'PYTHON'
import io
import pandas

table = pandas.DataFrame({"Name": ["Ada\nLovelace"]}).to_html(index=False)
cell = next(line.strip() for line in table.splitlines() if "Ada" in line)
again = pandas.read_html(io.StringIO(table))[0]["Name"][0]
print(cell, "->", repr(again))
assert cell == "<td>Ada\\nLovelace</td>", cell
assert again == "Ada\\nLovelace", again
PYTHON
