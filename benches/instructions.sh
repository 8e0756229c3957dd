#!/usr/bin/env bash
# Instructions a row, counted by valgrind, against what was recorded here: unlike times they are the same on a busy
# machine. More than 5 % above a record fails; a change that is worth it, or one that saves, records the new count.
#
#   cargo build --release && benches/instructions.sh
#
# Rows of made-up contacts are checked, so many and five times as many: the difference is that of the rows alone. Counts
# depend on the compiler and on what the processor offers valgrind (AVX2 here). Needs valgrind and awk.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
ours=${M1IMPORT:-$here/../target/release/m1import}
rows=${ROWS:-20000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Instructions a row.
declare -A recorded=([csv]=3516 [ndjson]=6308 [json]=6674)

contacts() { # format, rows
    awk -v format="$1" -v rows="$2" 'BEGIN {
        split("Asha Rao|Jürgen Weiß|प्रिया शर्मा|Иван Петров|Siân O’Brien|王 小明", names, "|")
        split("north||vip", tags, "|"); split("Pune|Köln|", cities, "|")
        split("name email prefix phone tags city plan last_order", keys, " ")
        if (format == "csv") print "name,email,prefix,phone,tags,city,plan,last_order"
        if (format == "json") print "["
        for (n = 0; n < rows; n++) {
            split("", cells)
            cells[1] = names[n % 6 + 1]; cells[2] = "user" n "@example.com"; cells[3] = "91"
            cells[4] = sprintf("98%08d", n); cells[5] = tags[n % 3 + 1]; cells[6] = cities[n % 3 + 1]
            cells[7] = "basic"; cells[8] = sprintf("2024-%02d-%02d", n % 12 + 1, n % 28 + 1)
            line = ""
            for (i = 1; i <= 8; i++) {
                cell = format == "csv" ? cells[i] : "\"" keys[i] "\":\"" cells[i] "\""
                line = line (i > 1 ? "," : "") cell
            }
            if (format != "csv") line = "{" line "}" (format == "json" && n < rows - 1 ? "," : "")
            print line
        }
        if (format == "json") print "]"
    }'
}

count() { # file: the instructions of a check
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$ours" check "$1" --quiet 2>&1 |
        sed -n 's/.*Collected : //p'
}

failed=0
printf '%-8s %10s %10s %8s\n' "" "a row" recorded ratio
for format in csv ndjson json; do
    contacts "$format" "$rows" >"$work/few.$format"
    contacts "$format" $((5 * rows)) >"$work/many.$format"
    few=$(count "$work/few.$format")
    many=$(count "$work/many.$format")
    each=$(((many - few) / (4 * rows)))
    awk -v f="$format" -v each="$each" -v recorded="${recorded[$format]}" 'BEGIN {
        printf "%-8s %10d %10d %8.3f\n", f, each, recorded, each / recorded
        exit each > 1.05 * recorded
    }' || failed=1
done
exit $failed
