#!/bin/sh
# Lists the files that match the patterns given, sorted: a room is a folder, so its sources need no list of their own.
# usage: tools/sources.sh DIR PATTERN...
set -eu
cd "$1"; shift
for pattern in "$@"; do
    # shellcheck disable=SC2086
    ls -1 $pattern 2>/dev/null || true
done | LC_ALL=C sort
