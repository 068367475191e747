#!/bin/bash
# Installs the Debian packages that are missing, and only those.
# usage: tools/deps.sh [build|test|lint]...   (default: all)
set -euo pipefail

build="gcc libc6-dev make meson ninja-build pkg-config python3 python3-yaml git
    libsqlite3-dev nettle-dev libsodium-dev libfyaml-dev libjansson-dev libpcre2-dev libcurl4-gnutls-dev libpq-dev
    libmicrohttpd-dev liboath-dev libqrencode-dev libfido2-dev libcbor-dev librhonabwy-dev libgnutls28-dev zlib1g-dev
    libunistring-dev libxlsxwriter-dev libexpat1-dev"
test="$build libcmocka-dev libssl-dev python3-jsonschema python3-cryptography python3-aiosmtpd nginx-light fcgiwrap wrk openssl clang libclang-rt-dev postgresql-15
    gnupg openssh-client openssh-server openssl glewlwyd chromium"
lint="$build libcmocka-dev libssl-dev clang-format clang-tidy cppcheck shellcheck binutils"
# The pages need Node, whose ever it is, unless they are built already.
if ! command -v npm >/dev/null && [ ! -f "$(dirname "$0")/../web/dist/index.html" ]; then
    build="$build nodejs npm"
    test="$test nodejs npm"
    lint="$lint nodejs npm"
elif ! command -v npm >/dev/null; then # tests sign in at a provider of npm's
    test="$test nodejs npm"
fi

say() { printf 'deps: %s\n' "$*"; }
stop() { printf 'deps: %s\n' "$@" >&2; exit 1; }

wanted=()
for set in "${@:-all}"; do
    case $set in
    build) read -r -d '' -a names <<<"$build" || true ;;
    test) read -r -d '' -a names <<<"$test" || true ;;
    lint) read -r -d '' -a names <<<"$lint" || true ;;
    all) read -r -d '' -a names <<<"$test $lint" || true ;;
    *) stop "no such set: $set" "usage: tools/deps.sh [build|test|lint]..." ;;
    esac
    wanted+=("${names[@]}")
done
mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | LC_ALL=C sort -u)

command -v dpkg-query >/dev/null ||
    stop "this is not Debian, so nothing can be installed for you." "Wanted, by their names in Debian 12: ${wanted[*]}" \
        "Install them your system's way, then use \`make build\` and tests/run.py."

missing=()
for name in "${wanted[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$name")
done
if [ ${#missing[@]} -eq 0 ]; then
    say "everything needed is installed"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
        stop "missing: ${missing[*]}" "Installing them needs root, and there is no sudo. As root: apt-get install ${missing[*]}"
    as_root=(sudo)
fi

say "installing with apt-get${as_root:+ by sudo}: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@"; }
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    stop "apt-get failed (its last lines stand above). Check the network and /etc/apt/sources.list, then run it again."
fi
say "installed"
