#!/usr/bin/env bash
# So many distinct phones (100,000,000), and a thousand of them again, are checked as they come through a pipe, with little
# memory (64MB): whether each phone and each duplicate is counted. What the phones take beyond it, 16 bytes each, and what
# came through the pipe lie in the temporary folder meanwhile.
#
#   cargo build --release && ROWS=100000000 MEMORY=64MB benches/many_phones.sh
#
# The numbers are Indian mobiles, +91 98 and eight digits, in an order that jumps from one end to the other. Needs awk, python3
# and GNU time.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
ours=${M1IMPORT:-$here/../target/release/m1import}
rows=${ROWS:-100000000}
again=1000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

phones() {
    awk -v rows="$rows" -v again="$again" 'BEGIN {
        print "phone"
        for (n = 0; n < rows + again; n++) printf "+9198%08d\n", n % rows * 7654321 % 100000000
    }'
}

phones | /usr/bin/time -o "$work/cost" -f '%e s, %U s user, %S s system, %M KiB at the peak' \
    "$ours" check - --memory "${MEMORY:-64MB}" --output json >"$work/summary.json" 2>"$work/screen" ||
    [ $? = 1 ] || { cat "$work/screen" >&2; exit 1; }
cat "$work/cost"
python3 - "$work/summary.json" "$rows" "$again" <<'END'
import json, sys

rows = json.load(open(sys.argv[1]))["rows"]
expected = {"read": int(sys.argv[2]) + int(sys.argv[3]), "duplicate": int(sys.argv[3]), "invalid": 0}
found = {name: rows[name] for name in expected}
print(found, "as it should be" if found == expected else f"and not {expected}")
sys.exit(found != expected)
END
