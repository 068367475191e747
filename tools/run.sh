#!/bin/sh
# Assesses a repository and serves the pages with it, on a data folder of its own (build/run-data), which stays.
# usage: tools/run.sh REPOSITORY [OPTION-OF-SERVE]...
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
sinetti=$here/build/sinetti
data=$here/build/run-data
repository=$(cd "$1" && pwd)
shift

say() { printf 'run: %s\n' "$*"; }

if ! [ -f "$data/config" ]; then
    "$sinetti" init --data "$data" --origin localhost/sinetti-run >/dev/null
fi

# By its location the server finds it again: it is assessed each day, and from the pages on demand.
name=$(basename "$repository" .git)
if ! "$sinetti" fact list --data "$data" --kind repository --format json | grep -q "\"location\":\"$repository\""; then
    main=$(git -C "$repository" symbolic-ref -q HEAD || echo refs/heads/main)
    /usr/bin/python3 -c 'import json, sys; print(json.dumps(dict(zip(("name", "main", "location"), sys.argv[1:]), project="", state="active", schedule=24)))' \
        "$name" "$main" "$repository" | "$sinetti" fact add repository repo:new --data "$data" --payload - >/dev/null
fi

say "assessing $repository"
"$sinetti" assess --data "$data" --name "$name" --output "html:$here/report.html" "$repository"
say "the whole report is in $here/report.html; the pages follow (Ctrl-C ends them)"
exec "$sinetti" serve --data "$data" --access-log "$data/access.log" "$@"
