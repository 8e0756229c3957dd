#!/usr/bin/env bash
# Tries what packaging/build.sh put into dist/, each way of installing from a clean place: packaging/try.sh [binary] [deb] [wheel]
# [npm] [cargo]; without words all but cargo, which builds for minutes. Prints the last line of each run. The package is tried in a
# new Debian root, which needs root and debootstrap; the binary also by its symbols.
set -euo pipefail
cd "$(dirname "$0")/.."
dist=$PWD/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp samples/contacts.csv "$work/"

# Runs the main job with a program in an empty environment, and shows its last line and its count.
run() {
    (cd "$work" && rm -rf contacts.sandbox.results && env -i HOME="$work/home" PATH="$1:/usr/bin:/bin" m1import contacts.csv --sandbox \
        --progress never >"$work/out" 2>"$work/err") || { cat "$work/err"; return 1; }
    printf '%s: %s: %s\n' "$2" "$(env -i PATH="$1:/usr/bin:/bin" m1import --version)" "$(head -1 "$work/out")"
}

binary() {
    mkdir -p "$work/binary"
    install -m 755 "$dist"/m1import-*-x86_64-unknown-linux-gnu "$work/binary/m1import"
    run "$work/binary" binary
    if grep -aqF -e "${CARGO_HOME:-$HOME/.cargo}/" -e "$PWD/" "$work/binary/m1import"; then
        echo "the binary names paths of this machine" && return 1
    fi
    printf 'size %s bytes; newest symbol %s\n' "$(stat -c %s "$work/binary/m1import")" \
        "$(objdump -T "$work/binary/m1import" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)"
}

deb() {
    package=$(echo "$dist"/m1import_*_amd64.deb)
    lintian --fail-on error "$package" || return 1
    root=$work/root
    debootstrap --variant=minbase bookworm "$root" >"$work/debootstrap.log"
    cp "$package" "$root/tmp/m1import.deb"
    cp samples/contacts.csv "$root/tmp/"
    chroot "$root" dpkg -i /tmp/m1import.deb | tail -1
    chroot "$root" sh -c 'cd /tmp && m1import contacts.csv --sandbox --progress never 2>/dev/null | head -1; m1import --version'
    chroot "$root" dpkg -L m1import | grep -c . | sed 's/$/ files/'
    chroot "$root" dpkg -r m1import | tail -1
}

wheel() {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" -q install "$dist"/m1import-*.whl
    run "$work/venv/bin" wheel
}

npm_package() {
    npm install --silent --prefix "$work/npm" "$dist"/m1import-*.tgz
    run "$work/npm/node_modules/.bin" npm
}

cargo_install() {
    cargo install --quiet --locked --path . --root "$work/cargo"
    run "$work/cargo/bin" cargo
}

ways=("$@")
((${#ways[@]})) || ways=(binary deb wheel npm)
for way in "${ways[@]}"; do
    case $way in
        binary | deb | wheel) "$way" ;;
        npm) npm_package ;;
        cargo) cargo_install ;;
        *) echo "try.sh: no way $way" >&2; exit 2 ;;
    esac
done
