# Shared by the tests of scripts/; sourced, never run. Each works on a copy of scripts/ in $checkout, with a cache of
# its own, and with tools of its own first in PATH (`tool`): no network, and no change to this machine.
# shellcheck shell=bash
set -euo pipefail

box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
checkout=$box/checkout
export TORC_CACHE=$box/cache
mkdir -p "$checkout" "$box/bin"
cp -r "$(dirname "${BASH_SOURCE[0]}")/../../scripts" "$checkout/scripts"
export PATH=$box/bin:$PATH box

# tool NAME: make a command of this name; stdin is what it does, in bash.
tool() {
    { echo '#!/usr/bin/env bash' && cat; } >"$box/new"
    chmod +x "$box/new"
    mv "$box/new" "$box/bin/$1" # the old one may still run
}

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    [[ ! -e $box/err ]] || sed 's/^/    /' "$box/out" "$box/err" >&2
    exit 1
}

# run COMMAND...: sets $code; what it says is in $box/out and $box/err.
run() {
    code=0
    "$@" >"$box/out" 2>"$box/err" </dev/null || code=$?
}

# fails TEXT COMMAND...: it has to exit with 1, say TEXT, and print nothing to stdout.
fails() {
    run "${@:2}"
    ((code == 1)) || fail "exit $code, not 1: ${*:2}"
    grep -qF -- "$1" "$box/err" || fail "no '$1': ${*:2}"
    [[ ! -s $box/out ]] || fail "something on stdout: ${*:2}"
}

# Nothing half made is left in the cache, under no name that counts.
cache_is_clean() {
    local left
    left=$(find "$TORC_CACHE" -mindepth 1 ! -name tmp ! -name '*.lock' ! -path "$TORC_CACHE/apt*")
    [[ -z $left ]] || fail "left in the cache: $left"
}
