#!/usr/bin/env bash
# The program beside what one would take instead, in one run on one machine: each file and both sides in turn, ROUNDS rounds (7),
# printed as one Markdown table.
#
#   cargo build --release && benches/peers.sh
#
# The peers are installed from their package registries into target/peers, and the files made there, 3 GB with those of ten
# million rows:
#   meilisearch-importer 0.2.4 (crates.io)   forwards rows and looks at nothing
#   duckdb 2.0.1 (PyPI)                      counts the distinct numbers, and checks none of them
#   python-calamine 0.9.1 (PyPI)             reads the cells of a spreadsheet
# M1IMPORT names another binary, BEFORE an older one that is measured beside it; PEERS and FILES other folders, where what is
# there already is used. MOST=1000000 leaves out larger files. Needs python3 with venv and GNU time.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
export M1IMPORT=${M1IMPORT:-$here/../target/release/m1import}
export PEERS=${PEERS:-$here/../target/peers}
export FILES=${FILES:-$PEERS/files}

[ -x "$PEERS/bin/python" ] || python3 -m venv "$PEERS"
"$PEERS/bin/python" -c 'import importlib.metadata as m; assert (m.version("duckdb"), m.version("python-calamine")) == ("2.0.1", "0.9.1")' 2>/dev/null ||
    "$PEERS/bin/pip" install --quiet duckdb==2.0.1 python-calamine==0.9.1
[ -x "$PEERS/bin/meilisearch-importer" ] ||
    cargo install --quiet --locked --root "$PEERS" meilisearch-importer --version 0.2.4
exec python3 "$here/peers.py"
