#!/usr/bin/env bash
# Kills the server under its writers again and again, and checks what it left: scripts/kill_test.sh [loops] [writers]
# Its seed is printed first; KINPATH_KILL_SEED=… repeats it.
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${XDG_CACHE_HOME:-${HOME:-$PWD}/.cache}/kinpath"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
export KINPATH_KILL_LOOPS="${1:-30}"
export KINPATH_KILL_WRITERS="${2:-16}"
export KINPATH_KILL_SEED="${KINPATH_KILL_SEED:-$(date +%s)}"
export KINPATH_KILL_PEOPLE="${KINPATH_KILL_PEOPLE:-3000}"

echo "seed $KINPATH_KILL_SEED"
cargo test --release --test integration -- --test-threads=1 --nocapture killing::
