#!/bin/sh
# Long runs against damaged and random inputs. SECONDS_EACH bounds each coverage-guided target;
# those run only where cargo-fuzz and a nightly compiler are installed.
set -eu
cd "$(dirname "$0")/.."
MUTATIONS="${MUTATIONS:-100000}" cargo test --locked --test robust -- --nocapture
SETS="${SETS:-20000}" cargo test --locked --test random_sets -- --nocapture
BODIES="${BODIES:-20000}" cargo test --locked --test bodies -- --nocapture
# 15,000 modules and components, run before and after.
SHRINK="${SHRINK:-3000}" cargo test --locked --test shrink do_the_same -- --nocapture
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo 'cargo-fuzz or a nightly compiler is missing: the coverage-guided targets were not run'
    echo 'install them with: cargo install cargo-fuzz && rustup toolchain install nightly'
    exit 0
fi
for target in validate inspect new compose; do
    mkdir -p "fuzz/corpus/$target"
    cp target/guests/*/release/*.wasm "fuzz/corpus/$target/" 2>/dev/null || true
    cargo +nightly fuzz run "$target" -- -max_total_time="${SECONDS_EACH:-3600}" \
        -rss_limit_mb=1024 -timeout=5 -max_len=200000
done
