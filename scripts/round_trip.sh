#!/usr/bin/env bash
# The question: is a whole store that was written out and read in elsewhere the same store?
#
#   scripts/round_trip.sh [PEOPLE] [CHILDREN]      10000 people and 200 children if not told
#
# A sample community is imported, some people are recorded by hand, so that there is history, and the store is written
# out and read into two others: as JSON Lines and as a CSV bundle. Both must verify, and `find` must give the same bytes
# for every child asked about (of the bundle's store all but the revision and the page token, which are its own). The JSON Lines store
# written out again must give the same file, byte by byte: ids, statements, commits and times.
#
# KINPATH is the program, ROUND_TRIP_BUNDLE a bundle to use instead of a new one, ROUND_TRIP_DIR where to work.
set -euo pipefail

people="${1:-10000}"
children="${2:-200}"
cache="${XDG_CACHE_HOME:-${HOME:-$PWD}/.cache}/kinpath"
kinpath="${KINPATH:-${CARGO_TARGET_DIR:-$cache/target}/release/kinpath}"
place="${ROUND_TRIP_DIR:-$(mktemp -d)}"
as_of=2026-11-01
server_pid=""

stop_server() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
        server_pid=""
    fi
}
clean_up() {
    stop_server
    if [ -z "${ROUND_TRIP_DIR:-}" ]; then rm -rf "$place"; fi
}
trap clean_up EXIT

timed() { # what it is, then the command
    local what="$1" began
    shift
    began=$(date +%s.%N)
    "$@"
    printf '%-44s %8.1f s\n' "$what" "$(echo "$(date +%s.%N) - $began" | bc)"
}

answers() { # a store, the file to write
    local ready="$place/ready"
    : >"$ready"
    "$kinpath" --data "$1" serve --address 127.0.0.1:0 >"$ready" 2>"$place/server.log" &
    server_pid=$!
    until grep -q '^ready ' "$ready"; do
        kill -0 "$server_pid" || { cat "$place/server.log"; exit 1; }
        sleep 0.1
    done
    local address child
    address=$(sed -n 's/^ready //p' "$ready")
    : >"$2"
    while read -r child; do
        "$kinpath" --server "$address" --json find "$child" --as-of "$as_of" >>"$2"
    done <"$place/children"
    stop_server
}

mkdir -p "$place"
bundle="${ROUND_TRIP_BUNDLE:-$place/community}"
if [ -z "${ROUND_TRIP_BUNDLE:-}" ]; then
    timed "generate $people people" "$kinpath" generate --people "$people" --seed 1 --out "$bundle" >/dev/null
fi
source="$(basename "$bundle")"
# Evenly over all cases. The second column of cases.csv is the child.
tail -n +2 "$bundle/cases.csv" | cut -d, -f2 | awk -v source="$source" '{ print source ":" $0 }' >"$place/all"
awk -v want="$children" -v all="$(wc -l <"$place/all")" 'int(NR * want / all) > int((NR - 1) * want / all)' \
    "$place/all" >"$place/children"

timed "import the community" "$kinpath" --data "$place/one" import "$bundle"
head -20 "$place/children" | while read -r child; do
    "$kinpath" --data "$place/one" connect --child "$child" --relation "mother's brother" \
        --name "Uncle of ${child#*:}" --source "round trip|p. 1" >/dev/null
done

timed "export JSON Lines" "$kinpath" --data "$place/one" export --format jsonl --out "$place/one.jsonl"
timed "import JSON Lines" "$kinpath" --data "$place/two" import "$place/one.jsonl"
timed "verify" "$kinpath" --data "$place/two" verify
timed "export JSON Lines again" "$kinpath" --data "$place/two" export --format jsonl --out "$place/two.jsonl"
cmp "$place/one.jsonl" "$place/two.jsonl"
timed "ask the first store" answers "$place/one" "$place/one.answers"
timed "ask the second store" answers "$place/two" "$place/two.answers"
cmp "$place/one.answers" "$place/two.answers"
echo "JSON Lines: the same file again, and $(wc -l <"$place/children") children with the same answers" \
    "($(wc -c <"$place/one.answers") bytes)"
rm -rf "$place/two" "$place/two.jsonl" "$place/one.jsonl"

# The folder's name is the source's name: the same as before.
mkdir -p "$place/out"
timed "export a CSV bundle" "$kinpath" --data "$place/one" export --format csv --out "$place/out/$source"
timed "import the CSV bundle" "$kinpath" --data "$place/three" import "$place/out/$source"
timed "verify" "$kinpath" --data "$place/three" verify
timed "ask the third store" answers "$place/three" "$place/three.answers"
of_any_store() { sed -E 's/"(revision|nextExcludedPageToken)":"[^"]*"/"\1":""/' "$1"; }
cmp <(of_any_store "$place/one.answers") <(of_any_store "$place/three.answers")
echo "CSV bundle: $(wc -l <"$place/children") children with the same answers"
