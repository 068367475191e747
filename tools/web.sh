#!/bin/bash
# Builds the pages (web/dist) when Node is there and something of them changed. Without Node what was built before is used,
# and without that the program is built with no pages; both are said.
# usage: tools/web.sh [fetch]     fetch: only what the pages are built and checked with, and the types made of the API
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=${1:-}
say() { printf 'web: %s\n' "$*"; }

# Why it cannot be built; what there is goes into the program all the same.
without() {
    if [ "$wanted" = fetch ]; then
        say "$1"
        exit 1
    fi
    if [ -f web/dist/index.html ]; then
        say "$1; the pages are those built before"
    else
        say "$1, and web/dist is not there: the program is built without pages (API and command line work)"
    fi
    exit 0
}

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    without "Node.js and npm are not installed"
fi

/usr/bin/python3 tools/api.py types web/src/api/types.ts.new
cmp -s web/src/api/types.ts.new web/src/api/types.ts || cp web/src/api/types.ts.new web/src/api/types.ts
rm -f web/src/api/types.ts.new

inputs=$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f ! -name .built -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
if [ "$wanted" != fetch ] && [ -f web/dist/index.html ] && [ "$(cat web/.built 2>/dev/null)" = "$inputs" ]; then
    say "the pages are up to date"
    exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! cmp -s web/package-lock.json web/node_modules/.locked; then
    say "fetching what the pages are built with (npm ci)"
    if ! (cd web && npm ci --ignore-scripts) >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        without "npm ci failed (its last lines stand above)"
    fi
    cp web/package-lock.json web/node_modules/.locked
fi
[ "$wanted" != fetch ] || exit 0

if ! (cd web && npx --no-install vite build) >"$log" 2>&1; then
    cat "$log" >&2
    say "the pages do not build (see above)"
    exit 1
fi
printf '%s\n' "$inputs" >web/.built
say "$(sed -n 's/.*\(first view: .*\)/\1/p' "$log")"
