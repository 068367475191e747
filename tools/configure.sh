#!/bin/sh
# Configures a build folder when it is new, or when a file has come or gone since (meson lists the files only then).
# usage: tools/configure.sh FOLDER [MESON-OPTION]...
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
list=$(find src tests catalog web/dist/index.html -name '*.[ch]' -o -name '*.sql' -o -name '*.yaml' -o -name 'meson.build' -o -name index.html 2>/dev/null | LC_ALL=C sort)
if ! [ -f "$folder/build.ninja" ]; then
    say=$(meson setup "$folder" "$@" 2>&1) || { echo "$say"; exit 1; }
elif ! [ "$list" = "$(cat "$folder/sources.list" 2>/dev/null)" ]; then
    say=$(meson setup --reconfigure "$folder" 2>&1) || { echo "$say"; exit 1; }
fi
printf '%s\n' "$list" >"$folder/sources.list"
