#!/usr/bin/env bash
# xlwt 1.3.0, read by xlrd 2.0.2 (PyPI).
# xlwt computes nothing, and stores with each formula, a sum too, a result all the same: the empty text. A reader that trusts stored results
# cannot tell such a phone from an empty cell until a spreadsheet program has saved the file once.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check xlwt==1.3.0 xlrd==2.0.2
"$work/venv/bin/python" - "$work/contacts.xls" <<'PYTHON'
import sys
import xlrd
import xlwt

book = xlwt.Workbook()
sheet = book.add_sheet("Contacts")
for column, value in enumerate(["15112345678", xlwt.Formula('"+49"&A1'), xlwt.Formula("1+1")]):
    sheet.write(0, column, value)
book.save(sys.argv[1])
row = xlrd.open_workbook(sys.argv[1]).sheet_by_index(0).row(0)
print(row)
assert [(cell.ctype, cell.value) for cell in row[1:]] == [(xlrd.XL_CELL_TEXT, "")] * 2, row
PYTHON
