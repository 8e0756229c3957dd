#!/usr/bin/env bash
# shards.sh N FILE [OPTION...]: imports FILE in N shards side by side with GNU parallel, and puts the results together. With
# PARALLEL='--sshlogin a,b' the shards run on other machines that see the same file. A shard that ends with 75 (the server was
# unavailable) runs again up to twice, which resumes it; 1 (rows were rejected) is a finished shard. Ends as the merge does.
set -euo pipefail
count=$1 file=$2
shift 2
shard() {
    local code tries=0
    while :; do
        code=0
        m1import "$@" || code=$?
        tries=$((tries + 1))
        [[ $code == 75 && $tries -lt 3 ]] || break
        sleep 10
    done
    ((code <= 1))
}
export -f shard
SHELL=$(command -v bash) && export SHELL
stem=${file%.gz} stem=${stem%.zst} stem=${stem%.*}
parallel --jobs "$count" --env shard shard "$file" --shard "{}/$count" --quiet "$@" ::: $(seq "$count") </dev/null || true
folders=()
for number in $(seq "$count"); do folders+=("$stem.$number-of-$count.results"); done
m1import merge "${folders[@]}"
