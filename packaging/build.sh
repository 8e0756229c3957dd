#!/usr/bin/env bash
# Builds what people install, into dist/: packaging/build.sh [binary] [deb] [wheel] [npm] [sbom] [image] [sums]; without words all of
# them but the image. Needs the Rust toolchain, Python 3 with venv, npm for npm, and podman or buildah for the image; tools come from
# PyPI and crates.io, in fixed versions, into target/package/. The binary runs on any x86-64 Linux with glibc 2.17 or newer. TARGET
# chooses another system for the binary, and needs `rustup target add $TARGET`: x86_64-unknown-linux-musl (static, for the image),
# aarch64-unknown-linux-gnu, x86_64-pc-windows-gnu.
set -euo pipefail
cd "$(dirname "$0")/.."
self=$PWD/packaging/build.sh
target=${TARGET:-x86_64-unknown-linux-gnu}
tools=$PWD/target/package/tools
dist=$PWD/dist
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
program=m1import
[[ $target != *-windows-* ]] || program=m1import.exe
built=${CARGO_TARGET_DIR:-$PWD/target}
binary=$built/$target/release/$program
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

# A program of crates.io, for this machine.
tool() {
    [[ -x $tools/bin/$1 ]] || RUSTFLAGS='' cargo install --quiet --locked --root "$tools" "$1@$2"
    export PATH=$tools/bin:$PATH
}

binary() {
    python
    local glibc=
    [[ $target != *-linux-gnu ]] || glibc=.2.17
    cargo zigbuild --release --locked --target "$target$glibc"
    install -m 755 "$binary" "$dist/m1import-$version-$target${program#m1import}"
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
    tool cargo-deb 3.8.0
    mkdir -p target/release
    cargo deb --no-build --no-strip --target "$target" --output "$dist/"
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

# What the binary is made of: a CycloneDX document.
sbom() {
    tool cargo-cyclonedx 0.5.9
    cargo cyclonedx --format json --spec-version 1.5 --target "$target" --override-filename "m1import-$version.cdx"
    sed "s|file://$PWD|file:///m1import|g" "m1import-$version.cdx.json" >"$dist/m1import-$version.cdx.json"
    rm "m1import-$version.cdx.json"
}

# An image with the static binary, the certificates of this machine, and nothing else.
image() {
    local static=x86_64-unknown-linux-musl context=target/package/image builder
    [[ -e $dist/m1import-$version-$static ]] || TARGET=$static "$self" binary
    builder=$(command -v buildah || command -v podman || command -v docker)
    rm -rf "$context" && mkdir -p "$context" && install -d -m 1777 "$context/tmp"
    install -m 755 "$dist/m1import-$version-$static" "$context/m1import"
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$context/"
    "$builder" build --quiet --file packaging/container/Containerfile --tag "m1import:$version" "$context"
}

sums() { (cd "$dist" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%f\n' | sort | xargs sha256sum >SHA256SUMS && cat SHA256SUMS); }

steps=("$@")
((${#steps[@]})) || steps=(binary deb wheel npm sbom sums)
for step in "${steps[@]}"; do
    case $step in
        binary | deb | wheel | sbom | image | sums) "$step" ;;
        npm) npm_package ;;
        *) echo "build.sh: no step $step" >&2; exit 2 ;;
    esac
done
