#!/bin/sh
# Everything that is checked beside the tests.
set -eu
cd "$(dirname "$0")/.."
say() { printf '\n== %s\n' "$1"; }
say formatting
cargo fmt --check
(cd tests/guests && cargo fmt --check)
say lints
cargo clippy --locked --all-targets -- -D warnings
say 'the library alone'
cargo check --locked --lib --no-default-features
# The exception: wac-parser, behind the feature `wac`, brings version 0.258 of some.
say 'one version of each library'
doubled=$(cargo tree --locked -d -e normal --depth 0 | grep -E '^(wasm|wit|wast)' |
    cut -d' ' -f1,2 | sort -u | grep -v ' v0\.258\.' | cut -d' ' -f1 | uniq -d || true)
if [ -n "$doubled" ]; then
    printf 'more than one version goes into the program:\n%s\n' "$doubled"
    exit 1
fi
say 'licences and sources'
if command -v cargo-deny >/dev/null; then
    cargo deny --locked --all-features check licenses bans sources
else
    echo 'SKIPPED: cargo-deny is missing'
fi
say 'the package'
cargo package --locked --allow-dirty --no-verify --quiet
say docs
RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --quiet
say 'fuzz targets and benchmarks'
cargo check --locked --quiet --manifest-path fuzz/Cargo.toml --target-dir target/fuzz
cargo check --locked --quiet --manifest-path benches/peers/Cargo.toml --target-dir target/peers
cargo check --locked --quiet --benches --manifest-path benches/inside/Cargo.toml --target-dir target
