#!/usr/bin/env bash
# phonenumbers 9.0.43 (PyPI, the port of libphonenumber to Python).
# An Italian mobile has ten digits. With one or two digits too many it is not called too long: it is valid, as the voice mail box of
# some mobile. Whoever only asks is_valid_number sends messages to a mailbox.
set -euo pipefail
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$work/venv/bin/python" - <<'PYTHON'
import phonenumbers as p

kinds = p.PhoneNumberType
for whole, kind in (("+393331234567", kinds.MOBILE), ("+3933312345678", kinds.VOICEMAIL), ("+39333123456789", kinds.VOICEMAIL)):
    number = p.parse(whole)
    seen = (p.is_valid_number(number), p.number_type(number))
    print(f"{whole}: valid {seen[0]}, type {kinds.to_string(seen[1])}")
    assert seen == (True, kind), seen
PYTHON
