#!/bin/sh
# Long runs against damaged and random inputs. SECONDS_EACH bounds each coverage-guided target,
# TARGETS chooses some of them; they run where cargo-fuzz is installed. No nightly compiler is
# needed: there is no unsafe code to sanitize but one memory map.
set -eu
cd "$(dirname "$0")/.."
MUTATIONS="${MUTATIONS:-100000}" cargo test --locked --test robust -- --nocapture
SETS="${SETS:-20000}" cargo test --locked --test random_sets -- --nocapture
BODIES="${BODIES:-20000}" cargo test --locked --test bodies -- --nocapture
# 15,000 modules and components, run before and after.
SHRINK="${SHRINK:-3000}" cargo test --locked --test shrink do_the_same -- --nocapture
exec ./fuzz/guided.sh
