#!/usr/bin/env bash
# Runs the client examples against a server of their own. Usage: clients/run.sh path/to/kinpath
# Tells plainly which were left out because their runtime is not there.
set -euo pipefail
cd "$(dirname "$0")/.."
kinpath="$1"
work="$(mktemp -d)"
server=""
clean_up() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

# A store with a few people who do not exist.
"$kinpath" generate --people 200 --seed 1 --out "$work/sample" >/dev/null
"$kinpath" --data "$work/store" import "$work/sample" >/dev/null
: >"$work/ready"
"$kinpath" --data "$work/store" serve --address 127.0.0.1:0 >"$work/ready" &
server=$!
for _ in $(seq 100); do
    grep -q '^ready ' "$work/ready" && break
    sleep 0.1
done
address="$(sed -n 's/^ready //p' "$work/ready")"
[ -n "$address" ] || { echo "the server did not start" >&2; exit 1; }

if python3 -c 'import venv' 2>/dev/null; then
    python="${KINPATH_CLIENT_PYTHON:-}"
    if [ -z "$python" ]; then
        cache="${XDG_CACHE_HOME:-${HOME:-$PWD}/.cache}/kinpath/clients-python"
        [ -x "$cache/bin/python" ] || python3 -m venv "$cache"
        "$cache/bin/pip" install --quiet --disable-pip-version-check -r clients/python/requirements.txt
        python="$cache/bin/python"
    fi
    mkdir -p "$work/python"
    "$python" -m grpc_tools.protoc -Iproto --python_out="$work/python" --grpc_python_out="$work/python" \
        proto/kinpath/v1/*.proto
    PYTHONPATH="$work/python" "$python" clients/python/main_job.py "$address"
else
    echo "python: LEFT OUT, there is no python3 with venv here"
fi
