#!/usr/bin/env bash
# phonenumbers 9.0.43 (PyPI, the port of libphonenumber to Python).
# South African mobile numbers have nine national digits (numbering plan of ICASA). The metadata takes numbers of as few as
# five for valid mobiles, so a number that lost its last digits still passes is_valid_number, as type MOBILE.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$work/venv/bin/python" - <<'PYTHON'
import phonenumbers as p

for whole in ("+27821234567", "+27821234", "+2784545"):
    number = p.parse(whole)
    seen = (p.is_valid_number(number), p.number_type(number) == p.PhoneNumberType.MOBILE)
    print(f"{whole}: valid {seen[0]}, mobile {seen[1]}")
    assert seen == (True, True), seen
PYTHON
