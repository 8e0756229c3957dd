#!/usr/bin/env bash
# Tries what packaging/build.sh put into dist/, each way of installing from a clean place: packaging/try.sh [binary] [deb] [wheel]
# [npm] [cargo] [sbom] [reproduce] [static] [arm64] [windows] [image]; without words the first four. Prints the last line of each run. The
# package is tried in a new Debian root, which needs root and debootstrap; arm64 needs qemu-user-static and libc6-arm64-cross, windows
# needs wine64, the image podman.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD
dist=$PWD/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp samples/contacts.csv "$work/"
chmod 755 "$work"

# Runs the main job with the program in a folder, in an empty environment, and shows its version and the last line that it writes.
run() {
    (cd "$work" && rm -rf contacts.sandbox.results && env -i HOME="$work/home" PATH="$1:/usr/bin:/bin" m1import contacts.csv --sandbox \
        --progress never >"$work/out" 2>"$work/err") || { cat "$work/out" "$work/err"; return 1; }
    shown "$2" "$(env -i HOME="$work/home" PATH="$1:/usr/bin:/bin" m1import --version)" "$(<"$work/out")"
}

shown() { printf '%s: %s\n  first: %s\n  last: %s\n' "$1" "$2" "$(head -1 <<<"$3")" "$(tail -1 <<<"$3")"; }

# A folder with the program, started by another one.
wrapped() {
    mkdir -p "$work/$1"
    printf '#!/bin/sh\nexec %s "$@"\n' "$2" >"$work/$1/m1import"
    chmod 755 "$work/$1/m1import"
}

plain() {
    mkdir -p "$work/$1"
    install -m 755 "$dist"/m1import-*-"$2" "$work/$1/m1import"
    run "$work/$1" "$1"
    if grep -aqF -e "${CARGO_HOME:-$HOME/.cargo}/" -e "$PWD/" "$work/$1/m1import"; then
        echo "the binary names paths of this machine" && return 1
    fi
    printf '  size: %s bytes\n' "$(stat -c %s "$work/$1/m1import")"
}

binary() {
    plain binary x86_64-unknown-linux-gnu
    printf '  newest symbol: %s\n' "$(objdump -T "$work/binary/m1import" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)"
}

static() {
    plain static x86_64-unknown-linux-musl
    ! readelf -d "$work/static/m1import" | grep NEEDED || return 1
}

# The last commit, built again in another folder, from nothing.
reproduce() {
    git clone --quiet --no-hardlinks "$source" "$work/again"
    (cd "$work/again" && env -u CARGO_TARGET_DIR packaging/build.sh binary)
    (cd "$work/again/dist" && sha256sum m1import-*) | tee "$work/sums"
    (cd "$dist" && sha256sum --check --strict "$work/sums")
}

arm64() {
    wrapped arm64 "qemu-aarch64-static -L /usr/aarch64-linux-gnu $(echo "$dist"/m1import-*-aarch64-unknown-linux-gnu)"
    run "$work/arm64" arm64
}

windows() {
    # Wine keeps its registry in the home folder.
    mkdir -p "$work/home"
    wrapped windows "env WINEDEBUG=-all /usr/lib/wine/wine64 $(echo "$dist"/m1import-*-windows-gnu.exe)"
    run "$work/windows" windows
}

# Read-only, without a network and without any capability. ENGINE and RUN_OPTIONS help where containers are restricted.
image() {
    local engine options out tag
    read -ra engine <<<"${ENGINE:-podman}"
    read -ra options <<<"${RUN_OPTIONS:-}"
    tag=localhost/m1import:$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
    install -d -o 65532 -g 65532 "$work/data"
    cp samples/contacts.csv "$work/data/"
    in_image() {
        "${engine[@]}" run --rm --read-only --cap-drop all --network none "${options[@]}" --volume "$work/data:/data" "$tag" "$@"
    }
    out=$(in_image contacts.csv --sandbox --progress never 2>"$work/err") || { cat "$work/err"; return 1; }
    shown image "$(in_image --version)" "$out"
    printf '  results belong to user %s; size: %s bytes\n' "$(stat -c %u "$work/data/contacts.sandbox.results/summary.json")" \
        "$("${engine[@]}" image inspect --format '{{.Size}}' "$tag")"
}

deb() {
    local package root out
    package=$(echo "$dist"/m1import_*_amd64.deb)
    lintian --allow-root --fail-on error "$package" || return 1
    root=$work/root
    debootstrap --variant=minbase --include=systemd bookworm "$root" >"$work/debootstrap.log"
    cp "$package" "$root/tmp/m1import.deb"
    cp samples/contacts.csv "$root/tmp/"
    chroot "$root" dpkg -i /tmp/m1import.deb | tail -1
    out=$(chroot "$root" sh -c 'cd /tmp && m1import contacts.csv --sandbox --progress never 2>/tmp/err') || { cat "$root/tmp/err"; return 1; }
    shown deb "$(chroot "$root" m1import --version)" "$out"
    # Beside the binary. A minimal root leaves out what lies in usr/share/man and usr/share/doc, if it is told to.
    for file in usr/share/man/man1/m1import.1.gz usr/share/man/man1/m1import-check.1.gz usr/lib/systemd/system/m1import.service \
        usr/lib/systemd/system/m1import.timer usr/share/bash-completion/completions/m1import \
        usr/share/zsh/vendor-completions/_m1import usr/share/fish/vendor_completions.d/m1import.fish; do
        [[ -s $root/$file ]] || { echo "not installed: /$file"; return 1; }
    done
    # The units name programs of the root that they are in.
    systemd-analyze verify --root "$root" --man=no m1import.service m1import.timer
    systemd-analyze security --root "$root" --offline=true m1import.service | tail -1
    printf '  installed: %s files\n' "$(chroot "$root" dpkg -L m1import | while read -r file; do [[ ! -f $root$file ]] || echo "$file"; done | wc -l)"
    chroot "$root" dpkg -r m1import | tail -1
}

wheel() {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" -q install "$dist"/m1import-*.whl
    run "$work/venv/bin" 'pip install'
    python3 -m venv "$work/tools"
    "$work/tools/bin/pip" -q install pipx==1.18.4 uv==0.13.9
    PIPX_HOME=$work/pipx PIPX_BIN_DIR=$work/pipx-bin "$work/tools/bin/pipx" install --quiet "$dist"/m1import-*.whl
    run "$work/pipx-bin" 'pipx install'
    wrapped uvx "$work/tools/bin/uvx --quiet --cache-dir $work/uv --from $(echo "$dist"/m1import-*.whl) m1import"
    run "$work/uvx" uvx
}

npm_package() {
    npm install --silent --prefix "$work/npm" "$dist"/m1import-*.tgz
    run "$work/npm/node_modules/.bin" npm
}

# The list of packages follows its published schema and names no folder of this machine.
sbom() {
    local list
    list=$(echo "$dist"/m1import-*.cdx.json)
    ! grep -F -e "$PWD" -e "${CARGO_HOME:-$HOME/.cargo}/" "$list" || return 1
    python3 -m venv "$work/schema"
    "$work/schema/bin/pip" -q install 'cyclonedx-python-lib[json-validation]==11.12.0'
    "$work/schema/bin/python" - "$list" <<'PYTHON'
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = open(sys.argv[1], encoding="utf-8").read()
listed = json.loads(text)
version = listed["specVersion"]
error = JsonStrictValidator(SchemaVersion.from_version(version)).validate_str(text)
print(f"sbom: CycloneDX {version}, {len(listed['components'])} packages:", error or "valid")
sys.exit(error is not None)
PYTHON
}

cargo_install() {
    cargo install --quiet --locked --path . --root "$work/cargo"
    run "$work/cargo/bin" cargo
}

ways=("$@")
((${#ways[@]})) || ways=(binary deb wheel npm)
for way in "${ways[@]}"; do
    case $way in
        binary | deb | wheel | sbom | reproduce | static | arm64 | windows | image) "$way" ;;
        npm) npm_package ;;
        cargo) cargo_install ;;
        *) echo "try.sh: no way $way" >&2; exit 2 ;;
    esac
done
