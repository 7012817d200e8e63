#!/bin/sh
# The coverage-guided targets, one after the other, SECONDS_EACH seconds each; a finding ends the
# run of its target and is kept in fuzz/artifacts. TARGETS chooses, LOGS is a folder for what they
# say.
set -eu
cd "$(dirname "$0")/.."
if ! cargo fuzz --version >/dev/null 2>&1; then
    echo 'cargo-fuzz is missing: the coverage-guided targets were not run'
    echo 'install it with: cargo install cargo-fuzz --locked'
    exit 0
fi
all='validate inspect review new compose diff shrink wit text plan manifest names behavior'
LOGS="${LOGS:-fuzz/logs}"
mkdir -p "$LOGS"
cargo run --quiet --locked --example seeds -- fuzz/corpus target/guests/*/release/*.wasm
failed=''
for target in ${TARGETS:-$all}; do
    features=''
    if [ "$target" = behavior ]; then features='--features run'; fi
    # shellcheck disable=SC2086
    cargo fuzz run -O -s none $features "$target" -- -max_total_time="${SECONDS_EACH:-3600}" \
        -rss_limit_mb=1024 -timeout=10 -max_len=65536 -print_final_stats=1 \
        >"$LOGS/$target.log" 2>&1 || failed="$failed $target"
    tail -n 3 "$LOGS/$target.log" | sed "s/^/$target: /"
done
if [ -n "$failed" ]; then
    echo "findings in:$failed; see $LOGS"
    exit 1
fi
