#!/usr/bin/env bash
# The program beside what one would take instead, in one run on one machine: the same files, ROUNDS rounds in turn (7),
# medians with minimum and maximum, and the median of the ratios of each round.
#
#   cargo build --release && benches/peers.sh contacts.csv contacts.ndjson contacts.json contacts.xlsx
#
# Files of contacts with the columns `prefix` and `phone`, any of these kinds. A .csv is also imported, 1,000 contacts a
# request, into a server that answers at once. The peers are installed from their package registries into target/peers:
#   meilisearch-importer 0.2.4 (crates.io)   forwards rows and looks at nothing
#   duckdb 2.0.1 (PyPI)                      counts the distinct numbers, and checks none of them
#   python-calamine 0.9.1 (PyPI)             reads the cells of a spreadsheet
# M1IMPORT names another binary; BEFORE an older one, which is measured beside it. Needs python3 with venv, GNU time, awk.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
ours=${M1IMPORT:-$here/../target/release/m1import}
rounds=${ROUNDS:-7}
peers=${PEERS:-$here/../target/peers}
work=$(mktemp -d)
port=18931

install() {
    [ -x "$peers/bin/python" ] || python3 -m venv "$peers"
    "$peers/bin/pip" install --quiet duckdb==2.0.1 python-calamine==0.9.1
    [ -x "$peers/bin/meilisearch-importer" ] ||
        cargo install --quiet --locked --root "$peers" meilisearch-importer --version 0.2.4
}
install
python3 "$here/answer.py" $port & server=$!
trap 'kill $server; rm -rf "$work"' EXIT
sleep 1

# name, command: appends wall seconds, CPU seconds and MiB of peak memory to the results of that name.
measure() {
    local name=$1; shift
    /usr/bin/time -o "$work/one" -f '%e %U %S %M' "$@" >"$work/out" 2>&1 || ended "$?" "$1"
    awk 'END { print $1, $2 + $3, $4 / 1024 }' "$work/one" >>"$work/$name"
}

# exit code, program: our 1 says that some rows were not sent; everything else is a failure.
ended() {
    [ "$1" = 1 ] && { [ "$2" = "$ours" ] || [ "$2" = "${BEFORE:-}" ]; } && return
    cat "$work/out" >&2
    exit 1
}

imported() { # name, binary, file
    rm -rf "$work/results"
    M1IMPORT_TOKEN=bench measure "$1" "$2" "$3" --endpoint "http://127.0.0.1:$port/inbox/users/import" \
        --batch-size 1000 --batch-bytes 1MB --quiet --output-dir "$work/results" --restart
}

counted() { # name, table function
    measure "$1" "$peers/bin/python" -c "
import duckdb, sys
duckdb.sql(f'select count(distinct prefix || phone) from {sys.argv[1]}').fetchall()" "$2"
}

# what, ours, theirs: a line for each of wall, CPU and memory.
compare() {
    paste -d ' ' "$work/$2" "$work/$3" | awk -v what="$1" '
        function sorted(values, n,   i, j, held) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && values[j] < values[j - 1]; j--) {
                    held = values[j]; values[j] = values[j - 1]; values[j - 1] = held
                }
        }
        function spread(values, n) {
            sorted(values, n)
            return sprintf("%.2f (%.2f to %.2f)", values[int((n + 1) / 2)], values[1], values[n])
        }
        { for (c = 1; c <= 6; c++) cell[c, NR] = $c }
        END {
            split("wall s|CPU s|MiB", units, "|")
            for (u = 1; u <= 3; u++) {
                for (r = 1; r <= NR; r++) {
                    a[r] = cell[u, r]; b[r] = cell[u + 3, r]; ratio[r] = b[r] > 0 ? a[r] / b[r] : 0
                }
                sorted(ratio, NR)
                printf "%-44s %-7s %-26s %-26s %.2f\n", u == 1 ? what : "", units[u], spread(a, NR), spread(b, NR),
                    ratio[int((NR + 1) / 2)]
            }
        }'
}

# what, command: the median of 20 starts, in milliseconds of wall time.
start() {
    python3 - "$@" <<'END'
import statistics, subprocess, sys, time

def once():
    begin = time.perf_counter()
    subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - begin)

times = sorted(once() for _ in range(20))
print(f"{sys.argv[1]:44} {'ms':7} {statistics.median(times):.1f} ({times[0]:.1f} to {times[-1]:.1f})")
END
}

printf '%-44s %-7s %-26s %-26s %s\n' "" "" ours theirs ratio
for file in "$@"; do
    file=$(realpath "$file")
    name=$(basename "$file")
    rm -f "$work"/*.times
    for _ in $(seq "$rounds"); do
        measure check.times "$ours" check "$file" --quiet
        [ -z "${BEFORE:-}" ] || measure before.times "$BEFORE" check "$file" --quiet
        case $name in
        *.csv)
            counted peer.times "read_csv('$file', all_varchar = true)"
            imported import.times "$ours" "$file"
            [ -z "${BEFORE:-}" ] || imported import-before.times "$BEFORE" "$file"
            measure forward.times "$peers/bin/meilisearch-importer" --url "http://127.0.0.1:$port" \
                --index contacts --files "$file" --batch-size 100kB --jobs 4
            ;;
        *.ndjson | *.json) counted peer.times "read_json('$file')" ;;
        *.xlsx)
            measure peer.times "$peers/bin/python" -c "
import sys, python_calamine
python_calamine.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()" "$file"
            ;;
        esac
    done
    case $name in
    *.xlsx) compare "check $name, calamine" check.times peer.times ;;
    *) compare "check $name, duckdb" check.times peer.times ;;
    esac
    [ ! -e "$work/before.times" ] || compare "check $name, before" check.times before.times
    [ ! -e "$work/import.times" ] || compare "import $name, meilisearch-importer" import.times forward.times
    [ ! -e "$work/import-before.times" ] || compare "import $name, before" import.times import-before.times
    case $name in
    *.csv)
        sort -n -k 2 "$work/check.times" | awk -v rows="$(($(wc -l <"$file") - 1))" -v what="check $name, a row" '
            { cpu[NR] = $2 } END { printf "%-44s %-7s %.3f\n", what, "CPU us", 1e6 * cpu[int((NR + 1) / 2)] / rows }'
        head -n 11 "$file" >"$work/ten.csv"
        ;;
    esac
done
start "start, --version" "$ours" --version
[ ! -e "$work/ten.csv" ] || start "start, check of 10 rows" "$ours" check "$work/ten.csv" --quiet
