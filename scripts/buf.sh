#!/usr/bin/env bash
# Prints the path of `buf`, which is put into the shared cache if it is not there yet.
set -euo pipefail
version=1.75.0
folder="${XDG_CACHE_HOME:-${HOME:-$PWD}/.cache}/kinpath/buf-$version"
if [ ! -x "$folder/bin/buf" ]; then
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check "buf-bin==$version" >&2
fi
echo "$folder/bin/buf"
