#!/usr/bin/env bash
# The main job from end to end: a sample community, a server on this machine, a newly found relative, the question.
# DEMO_PEOPLE sets the size of the community, DEMO_DIR where it is kept.
set -euo pipefail

cache="${XDG_CACHE_HOME:-${HOME:-$PWD}/.cache}/kinpath"
kinpath="${CARGO_TARGET_DIR:-$cache/target}/release/kinpath"
place="${DEMO_DIR:-$cache/demo}"
people="${DEMO_PEOPLE:-2000}"
child="community:story-1"
server_pid=""

say() { printf '\n--- %s\n' "$*"; }
shown() { # a command as one would type it, then its output
    local words=()
    local word
    for word in "$@"; do
        case "$word" in
            *[\ \|\']*) words+=("\"$word\"") ;;
            *) words+=("$word") ;;
        esac
    done
    printf '\n$ kinpath %s\n\n' "${words[*]}"
    "$kinpath" "$@"
}
stop_server() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
        server_pid=""
    fi
}
trap stop_server EXIT

rm -rf "${place:?}/community" "$place/store"
mkdir -p "$place"

say "A sample community of $people people. Nobody in it is real."
"$kinpath" generate --people "$people" --seed 1 --out "$place/community"

say "Into a store"
"$kinpath" --data "$place/store" import "$place/community"

say "A server on this machine"
"$kinpath" --data "$place/store" serve --address 127.0.0.1:0 >"$place/ready" 2>"$place/server.log" &
server_pid=$!
address=""
for _ in $(seq 1 300); do
    address="$(sed -n 's/^ready //p' "$place/ready")"
    [ -n "$address" ] && break
    if ! kill -0 "$server_pid" 2>/dev/null; then
        echo "the server did not start:" >&2
        cat "$place/server.log" >&2
        exit 1
    fi
    sleep 0.1
done
if [ -z "$address" ]; then
    echo "the server did not get ready in 30 seconds; its log: $place/server.log" >&2
    exit 1
fi
echo "it listens at $address"

say "A specialist found somebody in the child's file"
shown --server "$address" connect --child "$child" --relation "father's mother" --name "Marlene Corwin" \
    --born "1962~" --phone "778-555-0188" --place "Stonequay" \
    --source "file 2019-114|p. 31|2026-10-02|Jenna Corwin, the father's sister"

say "Who could belong to this child? She has kin on both sides"
shown --server "$address" find "$child" --leads 8 --excluded 8

say "A child of whose family nobody is known: those who know her"
shown --server "$address" find community:story-2 --leads 4 --excluded 4

say "Two sisters who must stay together, and nobody of their family can take them: waiting families"
shown --server "$address" find community:story-3 --leads 3 --excluded 4
shown --server "$address" match families community:story-3 --top 3

stop_server
say "The server has stopped. The community stays in $place/store. To go on:"
cat <<NEXT
  $kinpath --data $place/store find $child --purpose connection
  $kinpath --data $place/store show $child
  $kinpath --data $place/store relatives $child --degree 4
  $kinpath --data $place/store serve
NEXT
