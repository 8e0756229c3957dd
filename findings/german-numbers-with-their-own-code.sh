#!/usr/bin/env bash
# phonenumbers 9.0.43 (PyPI, the port of libphonenumber to Python).
# A guess would be that a German mobile written as country code and number without "+" is read as that mobile when the region is
# DE. German fixed lines have many lengths, so all of its digits together are a valid German landline too, and the
# library takes that reading: the country code is kept as the begin of a national number, and "49" stands twice. The same happens
# to an Indian mobile without "+": it becomes a valid German landline. is_valid_number says True each time.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$work/venv/bin/python" - <<'PYTHON'
import phonenumbers as p

FIXED = p.PhoneNumberType.FIXED_LINE
expected = {"4917612345678": "+494917612345678", "919876543210": "+49919876543210"}
for digits, e164 in expected.items():
    number = p.parse(digits, "DE")
    seen = (p.format_number(number, p.PhoneNumberFormat.E164), p.is_valid_number(number), p.number_type(number) == FIXED)
    print(f"{digits} in DE: {seen[0]}, valid {seen[1]}, fixed line {seen[2]}")
    assert seen == (e164, True, True), seen
PYTHON
