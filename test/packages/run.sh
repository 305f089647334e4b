#!/usr/bin/env bash
# run.sh TORC NODE SCENARIO: run a scenario under both runtimes, each in a fresh copy of its directory beside
# the packages that scripts/packages prepares; pass if both print the same and exit 0 and leave no
# process behind. In there `node` is the runtime, also for what the scenario starts, and npm is the pinned one.
#
# A scenario is a directory with main.js, main.mjs or main.sh; with needs.sh if it wants a server: that is
# sourced first, starts it, and adds to `settings` where it is, or exits 77. What both print is kept beside the packages.
set -u
torc=$1 node=$2 scenario=$3
here=$(dirname "${BASH_SOURCE[0]}")
tree=$("$here/../../scripts/packages" "$torc") || exit 1
seconds=200

work=$(mktemp -d) || exit 1
settings=() at_exit=()
finish() {
    local step
    for step in "${at_exit[@]}"; do "$step"; done
    rm -rf "$work"
}
trap finish EXIT

# Nothing of the user's settings: colours, npm's configuration, options for node.
clean_run() {
    env -i PATH="$work/bin:$work/app/node_modules/.bin:$PATH" HOME="$work/home" TMPDIR="$work/tmp" LANG=C.UTF-8 \
        TZ=UTC NO_COLOR=1 npm_config_registry="$(cat "$tree/npm-cache/registry")" "${settings[@]}" "$@"
}

# What the scenario started, however deep, has its home in the environment. Give it a moment to go.
check_left_behind() {
    local i pids=()
    for ((i = 0; i < 600; i++)); do
        mapfile -t pids < <(grep -lzsx "HOME=$work/home" /proc/[0-9]*/environ | cut -d/ -f3)
        ((${#pids[@]})) || return 0
        sleep 0.1
    done
    echo "left behind:"
    ps -o args= "${pids[@]}"
    kill -KILL "${pids[@]}"
}

# run_under RUNTIME: what the scenario prints, with the place where it ran called WORK.
run_under() {
    local main=main.sh shell=bash
    mkdir -p "$work/bin" "$work/home/.npm" "$work/tmp"
    ln -s "$tree/npm-cache/_cacache" "$work/home/.npm/_cacache"
    cp -r "$scenario" "$work/app"
    cp -r "$here/common" "$work/app/common"
    [[ -e $scenario/package-lock.json ]] || ln -s "$tree/node_modules" "$work/app/node_modules"
    ln -s "${!1}" "$work/bin/node"
    ln -s "$tree/node_modules/npm/bin/npm-cli.js" "$work/bin/npm"
    ln -s "$tree/node_modules/npm/bin/npx-cli.js" "$work/bin/npx"
    [[ -e $scenario/main.sh ]] || main=$(cd "$scenario" && echo main.*js) shell=node
    {
        (cd "$work/app" && clean_run timeout -k 5 "$seconds" "$shell" "$main") 2>"$work/stderr" </dev/null
        echo "exit code $?"
        check_left_behind
    } | sed "s|$work|WORK|g; s|$tree|TREE|g"
    rm -rf "$work/app" "$work/bin" "$work/home" "$work/tmp"
}

[[ ! -e $scenario/needs.sh ]] || source "$scenario/needs.sh"

key=$({ "$node" --version; cd "$here"; cat run.sh; find common "$scenario" -type f | sort | xargs sha256sum; } |
    sed "s|$here||" | sha256sum | cut -c1-16)
expected=$tree/expected/${scenario##*/}-$key
run_under torc >"$work/actual"
mv "$work/stderr" "$work/stderr.torc"
[[ -e $expected ]] && cmp -s "$expected" "$work/actual" && exit 0
# What is kept may be an answer that a busy machine led to: Node is asked anew.
run_under node >"$work/expected"
grep -qx 'exit code 0' "$work/expected" && ! grep -qx 'left behind:' "$work/expected" || {
    echo "the scenario fails under node:"
    cat "$work/expected" "$work/stderr"
    exit 1
}
if diff -u --label node "$work/expected" --label torc "$work/actual"; then
    mkdir -p "$tree/expected"
    mv "$work/expected" "$expected"
    exit 0
fi
echo '--- stderr of torc:'
cat "$work/stderr.torc"
exit 1
