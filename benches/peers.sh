#!/usr/bin/env bash
# The program beside the fastest tool that only forwards rows, in one run on one machine: the same file, a server that
# answers at once, five rounds in turn, each time's median.
#
#   cargo install meilisearch-importer --version 0.2.4    # looks at nothing, checks nothing
#   cargo build --release && benches/peers.sh contacts.csv
#
# Only what is installed is measured. Needs python3 and GNU time.
set -euo pipefail
file=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
ours=${M1IMPORT:-$here/../target/release/m1import}
rounds=${ROUNDS:-5}
work=$(mktemp -d)
port=18931
python3 "$here/answer.py" $port & server=$!
trap 'kill $server; rm -rf "$work"' EXIT
sleep 1

measure() { # name, command: appends wall seconds, CPU seconds and kB of peak memory
    local name=$1; shift
    /usr/bin/time -o "$work/one" -f '%e %U %S %M' "$@" >"$work/out" 2>&1 || true
    tail -n 1 "$work/one" | awk '{ print $1, $2 + $3, $4 }' >>"$work/$name"
}
median() { awk -v c="$2" '{ print $c }' "$work/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$rounds"); do
    rm -rf "$work/results"
    M1IMPORT_TOKEN=bench measure m1import "$ours" "$file" --endpoint "http://127.0.0.1:$port/inbox/users/import" \
        --batch-size 1000 --batch-bytes 1MB --quiet --output-dir "$work/results"
    measure check "$ours" check "$file" --quiet
    if command -v meilisearch-importer >/dev/null; then
        measure meilisearch-importer meilisearch-importer --url "http://127.0.0.1:$port" --index contacts \
            --files "$file" --batch-size 100kB --jobs 4
    fi
done
printf '%-22s %8s %8s %10s\n' "" "wall s" "CPU s" "peak MiB"
for name in m1import check meilisearch-importer; do
    [ -e "$work/$name" ] || continue
    printf '%-22s %8s %8s %10.1f\n' "$name" "$(median $name 1)" "$(median $name 2)" \
        "$(awk -v k="$(median $name 3)" 'BEGIN { print k / 1024 }')"
done
