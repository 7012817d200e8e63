#!/bin/sh
# The main job on real input: a project in several languages becomes one component, is looked at,
# checked and called.
set -eu
cd "$(dirname "$0")/.."
step() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }
tools=$PWD/target/toolchains
export PATH="$tools/bin:$tools/node_modules/.bin:$PATH"
missing=
for tool in clang wit-bindgen jco esbuild; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
project=examples/pipeline
if [ -n "$missing" ]; then
    echo "Not here:$missing (\`make toolchains\` installs them). The pipeline is that of Rust alone."
    project=examples/pipeline/rust.toml
fi

echo 'Building wct and a runner; the first time this takes minutes.'
cargo build --locked --quiet --bin wct --example call

wct=target/debug/wct
pipeline=examples/pipeline/target/wct/pipeline.wasm
step $wct build "$project"
step $wct build "$project"
step $wct inspect "$pipeline"
step $wct inspect --wit "$pipeline"
step $wct validate "$pipeline"
step target/debug/examples/call "$pipeline" 'demo:text/fingerprint@1.0.0#fingerprint' \
    '"{\"name\": \"wct\", \"made\": [1, 2]}"' -- \
    '"{\"made\":[1,2],\"name\":\"wct\"}"' -- \
    '"{"'
