#!/usr/bin/env bash
# compare.sh TORC NODE [FLAGS] FILE: run a program under both runtimes; pass if they print the same to
# stdout and exit the same. Prints the difference otherwise.
set -u
torc=$1 node=$2
shift 2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for runtime in node torc; do
    "${!runtime}" "$@" >"$work/$runtime" 2>"$work/$runtime.stderr"
    echo "exit code $?" >>"$work/$runtime"
done
diff -u --label node "$work/node" --label torc "$work/torc" && exit 0
echo '--- stderr of torc:'
cat "$work/torc.stderr"
exit 1
