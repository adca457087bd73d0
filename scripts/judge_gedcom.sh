#!/usr/bin/env bash
# Takes every GEDCOM file of a folder in and out again, and has other programs judge the exports: gedcom7 validates
# version 7, Gramps must read the same people, families and parent links as from the originals.
# Usage: scripts/judge_gedcom.sh FOLDER   (PYTHON=… chooses the Python in which gedcom7, gramps and gramps-gedcom7 are
# installed; Gramps needs Debian's python3-gi, so that must be a venv of /usr/bin/python3 with --system-site-packages)
set -euo pipefail
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
exports=$(mktemp -d)
trap 'rm -rf "$exports"' EXIT
here=$(dirname "$0")
status=0
cargo run --quiet --release --manifest-path "$here/../Cargo.toml" --example gedcom_round_trip -- "$1" "$exports" || status=1
"${PYTHON:-python3}" "$here/judge_gedcom.py" "$1" "$exports" || status=1
exit $status
