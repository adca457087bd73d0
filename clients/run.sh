#!/usr/bin/env bash
# Runs the client examples against a server of their own. Usage: clients/run.sh path/to/kinpath
# Tells plainly which were left out because their runtime is not there.
set -euo pipefail
kinpath="$(realpath "$1")"
cd "$(dirname "$0")/.."
root="$PWD"
cache="${XDG_CACHE_HOME:-${HOME:-$PWD}/.cache}/kinpath"
work="$(mktemp -d)"
# Today nobody checks who calls; every example sends its token all the same.
export KINPATH_TOKEN="${KINPATH_TOKEN:-example-token}"

running=()
clean_up() {
    for process in "${running[@]}"; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean_up EXIT

left_out() { echo "$1: LEFT OUT, $2"; }

# Prints the rest of the first line of a file that begins with a word, once it is there; ends when the process does.
first_words() { # file, word, process, what it is
    for _ in $(seq 200); do
        if grep -q "^$2 " "$1"; then
            sed -n "s/^$2 //p" "$1"
            return
        fi
        kill -0 "$3" 2>/dev/null || break
        sleep 0.05
    done
    echo "$4 did not start" >&2
    return 1
}

# Puts the packages of the lock file into the cache, generates the code from the protos, and compiles.
prepare_typescript() {
    local modules fresh
    modules="$cache/clients-typescript-$(cksum <clients/typescript/package-lock.json | tr ' ' -)"
    if [ ! -d "$modules" ]; then
        fresh="$modules.$$"
        mkdir -p "$fresh"
        cp clients/typescript/{package.json,package-lock.json,.npmrc} "$fresh"
        (cd "$fresh" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >/dev/null
        # Somebody else may have been faster: then theirs stays.
        mv -T "$fresh" "$modules" 2>/dev/null || rm -rf "$fresh"
    fi
    cp -R clients/typescript "$work"
    ln -s "$modules/node_modules" "$work/typescript/node_modules"
    cd "$work/typescript"
    local google=node_modules/google-proto-files
    "$buf" generate --template buf.gen.yaml "$root"
    "$buf" generate --template buf.gen.yaml "$google" --path "$google/google/rpc/error_details.proto"
    node_modules/.bin/tsc
    mkdir site
    cp browser/index.html site
    node_modules/.bin/esbuild compiled/browser/page.js --bundle --format=iife --global-name=kinpathPage --minify \
        --target=es2022 --log-level=warning --outfile=site/page.js
    cd "$root"
}

run_python() {
    local python="$cache/clients-python"
    [ -x "$python/bin/python" ] || python3 -m venv "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check -r clients/python/requirements.txt
    mkdir "$work/python"
    "$python/bin/python" -m grpc_tools.protoc -Iproto --python_out="$work/python" \
        --grpc_python_out="$work/python" proto/kinpath/v1/*.proto
    PYTHONPATH="$work/python" "$python/bin/python" clients/python/main_job.py "$address"
}

# What is here, and why the rest is left out.
has_python=""
python3 -c 'import ensurepip, venv' 2>/dev/null && has_python=yes
buf=""
[ -z "$has_python" ] || buf="$(scripts/buf.sh)"
node_version="$(node --version 2>/dev/null || true)"
node_version="${node_version#v}"
has_typescript=""
chromium=""
if [ -z "$buf" ]; then
    no_typescript="there is no python3 with venv here to install buf with"
elif [ -z "$node_version" ] || ! command -v npm >/dev/null; then
    no_typescript="there is no node with npm here"
elif [ "${node_version%%.*}" -lt 20 ]; then
    no_typescript="node is $node_version here, and 20 or later is needed"
else
    has_typescript=yes
    prepare_typescript
    chromium="$(command -v chromium || command -v google-chrome || true)"
fi

# The page is served first: the server is told from which web page it may be called.
: >"$work/pages" >"$work/ready" >"$work/settings.toml"
if [ -n "$chromium" ]; then
    node "$work/typescript/compiled/browser/serve.js" "$work/typescript/site" >"$work/pages" &
    running+=($!)
    origins="$(first_words "$work/pages" pages $! "what serves the page")"
    read -r allowed other <<<"$origins"
    echo "web_origins = [\"$allowed\"]" >"$work/settings.toml"
fi

# A store with a few people who do not exist.
"$kinpath" generate --people 200 --seed 1 --out "$work/sample" >/dev/null
"$kinpath" --data "$work/store" import "$work/sample" >/dev/null
"$kinpath" --data "$work/store" serve --config "$work/settings.toml" --address 127.0.0.1:0 >"$work/ready" &
running+=($!)
address="$(first_words "$work/ready" ready $! "the server")"

if [ -n "$has_python" ]; then
    run_python
else
    left_out python "there is no python3 with venv here"
fi

if [ -n "$has_typescript" ]; then
    node "$work/typescript/compiled/node/main.js" "http://$address"
else
    left_out "typescript, node" "$no_typescript"
fi

if [ -n "$chromium" ]; then
    node "$work/typescript/compiled/browser/drive.js" "$chromium" "http://$address" "$allowed" "$other"
else
    left_out "typescript, browser" "${no_typescript:-there is no chromium here}"
fi

if command -v cargo >/dev/null; then
    # Into the target directory of the server that is tried, where everything is compiled already.
    CARGO_TARGET_DIR="$(dirname "$(dirname "$kinpath")")" \
        cargo run --release --quiet --example main_job -- "http://$address"
else
    left_out rust "there is no cargo here"
fi

if [ -z "$buf" ]; then
    left_out "buf curl" "there is no python3 with venv here to install buf with"
elif ! command -v jq >/dev/null; then
    left_out "buf curl" "there is no jq here"
else
    clients/buf_curl/main_job.sh "$buf" "$address"
fi
