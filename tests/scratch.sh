# For the scripts of tests/servers and tests/writers, which read it in: their folder as $here, that of the sources as $root, a
# folder to work in as $work, and the program as $program, built if need be. $work is removed at the end, unless KEEP=FOLDER names it.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ -n "${KEEP:-}" ]; then
  mkdir -p "$KEEP" && work=$(cd "$KEEP" && pwd)
else
  work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
fi
program=${M1IMPORT:-$root/target/debug/m1import}
[ -x "$program" ] || (cd "$root" && cargo build --locked) || exit 1
