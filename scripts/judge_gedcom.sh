#!/usr/bin/env bash
# Has every .ged file in a folder judged by other programs: gedcom7 validates version 7, Gramps reads 5.5.1.
# Usage: scripts/judge_gedcom.sh FOLDER   (PYTHON=… chooses the Python in which the judges are installed)
set -euo pipefail
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
exec "${PYTHON:-python3}" "$(dirname "$0")/judge_gedcom.py" "$1"
