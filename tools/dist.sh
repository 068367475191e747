#!/bin/bash
# Makes the source release, sinetti-VERSION.tar.xz: what git has of HEAD, with the pages built, so that installing needs no Node.
# usage: tools/dist.sh      in a work tree without changes
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'dist: %s\n' "$*"; }
stop() { printf 'dist: %s\n' "$@" >&2; exit 1; }

version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" meson.build)
name=sinetti-$version
[ -n "$version" ] || stop "meson.build tells no version"
[ -z "$(git status --porcelain)" ] || stop "there are changes that are not committed; commit them or take them back"

tools/web.sh
if [ ! -f web/dist/index.html ] || [ ! -f web/.built ]; then
    stop "the pages could not be built; Node.js and npm are needed here, so that others need none"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The same commit gives the same bytes: one owner, the commit's time, names in order.
at=$(git log -1 --format=%ct)
git archive --prefix="$name/" HEAD | tar -x -C "$folder"
cp -R web/dist "$folder/$name/web/dist"
cp web/.built "$folder/$name/web/.built"
tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$at" --mode=u=rwX,go=rX -cJf "$name.tar.xz" "$name"
say "$name.tar.xz ($(stat -c %s "$name.tar.xz") bytes, SHA-256 $(sha256sum "$name.tar.xz" | cut -d ' ' -f 1))"
