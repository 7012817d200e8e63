#!/bin/sh
# The main job on real input: a Rust guest becomes a component twice over, is looked at, checked
# and called.
set -eu
cd "$(dirname "$0")/.."
step() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }
out=target/demo
mkdir -p "$out"

echo 'Building wct, the guest and a runner; the first time this takes minutes.'
cargo build --locked --quiet --bin wct --example call
for target in wasm32-wasip1 wasm32-unknown-unknown; do
    (cd tests/guests && CARGO_TARGET_DIR=../../target/guests \
        cargo build --locked --quiet --release --target "$target" -p documents)
    cp "target/guests/$target/release/documents.wasm" "$out/$target.wasm"
done

wct=target/debug/wct
step $wct new "$out/wasm32-wasip1.wasm" -o "$out/documents-wasi.wasm"
step $wct new "$out/wasm32-unknown-unknown.wasm" -o "$out/documents.wasm"
step $wct inspect "$out/documents-wasi.wasm"
step $wct inspect --wit "$out/documents.wasm"
step $wct validate "$out/documents-wasi.wasm" "$out/documents.wasm"
for component in documents-wasi documents; do
    step target/debug/examples/call "$out/$component.wasm" \
        'demo:documents/formatter@1.0.0#format' \
        '"{\"name\": \"wct\", \"made\": [1, 2]}"' 'some({indent: 2, sort-keys: true})'
    step target/debug/examples/call "$out/$component.wasm" \
        'demo:documents/formatter@1.0.0#summarize' '"{\"name\": \"wct\", \"made\": [1, 2]}"'
done
