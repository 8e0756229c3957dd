#!/usr/bin/env bash
# exceljs 4.4.0 (npm).
# Reading a CSV makes a number of each cell that looks like one, a cell at a time: in one column of national numbers those
# written without blanks lose their leading 0, and those with blanks keep it. Saved as a workbook, the column mixes both kinds.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cd "$work" && npm init --yes >/dev/null && npm install --silent --no-fund --no-audit exceljs@4.4.0
cat >cells.js <<'JS'
const assert = require('node:assert');
const { Readable } = require('node:stream');
const { Workbook } = require('exceljs');
(async () => {
  const lines = 'Name,Phone\nAda,0151 23456789\nBruno,015123456780\nCara,+12025550101\n';
  const sheet = await new Workbook().csv.read(Readable.from([lines]));
  const phones = sheet.getColumn(2).values.slice(2);
  console.log(phones);
  assert.deepEqual(phones, ['0151 23456789', 15123456780, 12025550101]);
})();
JS
node cells.js
