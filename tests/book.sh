#!/bin/sh
# The book of docs/, in target/book; a warning is a failure.
set -eu
cd "$(dirname "$0")/.."
if ! command -v mdbook >/dev/null; then
    echo 'SKIPPED: mdbook is missing (cargo install mdbook): the book is not built'
    exit 0
fi
log=$(mdbook build docs 2>&1) || { echo "$log"; exit 1; }
if echo "$log" | grep -E 'WARN|ERROR'; then
    exit 1
fi
echo "the book is in target/book"
