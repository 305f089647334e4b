# Shared by the scripts beside it; sourced, never run. Sets $root (the checkout) and $cache (where
# downloads live). Progress goes to stderr, so that a script's stdout can carry its result.
# shellcheck shell=bash

set -euo pipefail
umask 022
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
script=${0##*/}

say() { printf '%s: %s\n' "$script" "$*" >&2; }
die() {
    say "error: $*"
    exit 1
}

# The cache is outside the checkout: several checkouts share it, and `git clean` does not cost a
# download. Its path ends up in linker options and in apt's configuration, hence the check.
open_cache() {
    local base=${XDG_CACHE_HOME:-}
    [[ $base == /* ]] || base=${HOME:-}/.cache # the XDG rule: a relative path counts as unset
    cache=${TORC_CACHE:-$base/torc}
    [[ $cache == /* ]] || die "the cache directory must be an absolute path: '$cache' (TORC_CACHE)"
    [[ $cache != *[[:space:]:,\;\"\'\\\$#\&\`]* ]] ||
        die "the cache path '$cache' has a character that linkers and apt do not take; set TORC_CACHE"
    mkdir -p "$cache/tmp" 2>/dev/null && [[ -w $cache/tmp ]] ||
        die "cannot write to the cache directory '$cache'; set TORC_CACHE to one that you own"
}

# Hold the named lock until this script ends. Children inherit it: what a killed script left
# running finishes before the next run looks at the files.
take_lock() {
    exec {lock_fd}>"$cache/tmp/$1.lock"
    flock -n "$lock_fd" && return
    say "waiting for another run that is preparing the $1"
    flock "$lock_fd"
}

# A new work directory under the lock $1, in $work. Whatever an interrupted run left is removed
# here, so a directory under its final name is always complete.
open_work() {
    rm -rf "$cache/tmp/$1."*/
    work=$(mktemp -d "$cache/tmp/$1.XXXXXX")
    chmod 755 "$work"
    trap 'rm -rf "$work"' EXIT
}

# publish FROM TO: make a finished directory visible under its final name, at once or not at all.
publish() {
    sync -f "$1"
    rm -rf "$2"
    mv -T "$1" "$2"
}

# need_tools COMMAND:PACKAGE ...: install the host packages of missing commands as root, otherwise
# name the one command that does.
need_tools() {
    local pair packages=()
    for pair; do
        command -v "${pair%%:*}" >/dev/null || packages+=("${pair#*:}")
    done
    ((${#packages[@]})) || return 0
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        die "missing on this machine: ${packages[*]}; run: sudo apt-get install ${packages[*]}"
    fi
    say "installing on this machine: ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y --no-install-recommends "${packages[@]}" >&2 ||
        { apt-get update >&2 && apt-get install -y --no-install-recommends "${packages[@]}" >&2; } ||
        die "could not install ${packages[*]}; check the network, then run: apt-get install ${packages[*]}"
}
