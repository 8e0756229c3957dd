#!/usr/bin/env bash
# Builds what people install, into dist/: packaging/build.sh [binary] [deb] [wheel] [npm] [sums]; without words all of them.
# Needs the Rust toolchain, Python 3 with venv, and npm for npm; tools come from PyPI and crates.io, in fixed versions, into
# target/package/. The binary runs on any x86-64 Linux with glibc 2.17 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
target=x86_64-unknown-linux-gnu
tools=$PWD/target/package/tools
dist=$PWD/dist
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
binary=$PWD/target/$target/release/m1import
mkdir -p "$dist" "$tools"
# The same bytes wherever it is built: no paths of this machine, no time.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export RUSTFLAGS="--remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$PWD=/m1import"

python() {
    [[ -x $tools/venv/bin/pip ]] || python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" -q install cargo-zigbuild==0.24.1 ziglang==0.17.1 maturin==1.16.0
    export PATH=$tools/venv/bin:$PATH
}

binary() {
    python
    cargo zigbuild --release --locked --target "$target.2.17"
    install -m 755 "$binary" "$dist/m1import-$version-$target"
}

# Man pages and completions, made by the binary itself.
extras() {
    [[ -x $binary ]] || binary
    rm -rf target/package/man target/package/completions
    mkdir -p target/package/man target/package/completions
    "$binary" man >target/package/man/m1import.1
    for command in check phone ping sandbox sample config merge schema completions; do
        "$binary" man "$command" >"target/package/man/m1import-$command.1"
    done
    gzip -9n target/package/man/*
    "$binary" completions bash >target/package/completions/m1import.bash
    "$binary" completions zsh >target/package/completions/_m1import
    "$binary" completions fish >target/package/completions/m1import.fish
}

deb() {
    extras
    [[ -x $tools/bin/cargo-deb ]] || RUSTFLAGS='' cargo install --quiet --locked --root "$tools" cargo-deb@3.8.0
    mkdir -p target/release
    PATH=$tools/bin:$PATH cargo deb --no-build --no-strip --target "$target" --output "$dist/"
}

wheel() {
    python
    (cd packaging/python && maturin build --release --locked --zig --target "$target" --compatibility manylinux2014 --out "$dist")
}

npm_package() {
    [[ -x $binary ]] || binary
    rm -rf target/package/npm
    cp -r packaging/npm target/package/npm
    install -D -m 755 "$binary" target/package/npm/bin/m1import
    (cd target/package/npm && npm pack --silent --pack-destination "$dist")
}

sums() { (cd "$dist" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%f\n' | sort | xargs sha256sum >SHA256SUMS && cat SHA256SUMS); }

steps=("$@")
((${#steps[@]})) || steps=(binary deb wheel npm sums)
for step in "${steps[@]}"; do
    case $step in
        binary | deb | wheel | sums) "$step" ;;
        npm) npm_package ;;
        *) echo "build.sh: no step $step" >&2; exit 2 ;;
    esac
done
